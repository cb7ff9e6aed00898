import type { Locator } from 'playwright';
import { waitFor } from '../kit/wait-for.ts';

/** Waits until the page shows so many of them: what a click brings comes a moment later. */
export const shows = (count: number, things: Locator): Promise<unknown> =>
  waitFor(`${count} of them: ${String(things)}`, async () => (await things.count()) === count);
