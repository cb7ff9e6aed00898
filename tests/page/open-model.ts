import type { Page } from 'playwright';
import { expect } from 'vitest';
import type { Scenario } from '../kit/fake-engine.ts';
import { waitFor } from '../kit/wait-for.ts';
import type { Opened, usePages } from './open-page.ts';

/** The Model view of a scenario, whole. */
export async function openModel(pages: ReturnType<typeof usePages>, scenario: Scenario): Promise<Opened> {
  const opened = await pages.open({ scenario });
  await opened.page.getByRole('tab', { name: 'Model' }).click();
  await heading(opened.page, 'How it stands');
  return opened;
}

export const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor();

/** Waits for the next command; fails when it is another one. */
export async function expectCommand({ host: { engine } }: Opened, index: number, command: object): Promise<void> {
  await waitFor('a command', () => engine.commands.length > index);
  expect(engine.commands.slice(index)).toEqual([command]);
}
