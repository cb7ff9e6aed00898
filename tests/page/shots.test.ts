import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../build/ensure-built.ts';
import { launchChromium } from '../kit/chromium.ts';
import { openShot } from '../kit/open-shot.ts';
import { popover, shots } from '../kit/shots.ts';
import { sidewaysOverflow } from './open-page.ts';

let browser: Browser;
beforeAll(async () => {
  ensureBuilt('page');
  browser = await launchChromium();
});
afterAll(() => browser.close());

it.each(shots.map((shot, n) => ({ ...shot, theme: shot.themes?.[0] ?? (n % 2 === 0 ? 'light' : 'dark') })))(
  '[SH2.340] is drawn without an error and without reaching beyond the window: $name',
  async (shot) => {
    const { page, faults, close } = await openShot(browser, shot, {
      size: shot.sizes?.[0] ?? popover,
      theme: shot.theme,
    });
    try {
      expect(faults).toEqual([]);
      expect(await sidewaysOverflow(page)).toBe(0);
    } finally {
      await close();
    }
  },
);
