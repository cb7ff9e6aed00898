import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { ensureBuilt } from '../../build/ensure-built.ts';
import { launchChromium } from '../kit/chromium.ts';
import { hostPage } from '../kit/page-host.ts';

/**
 * One page on one busy host for all tests of a file that only look, which spares each of them a start. `arrive` brings it back to where
 * each of them begins. The returned function gives the page to a test.
 */
export function useLastingPage(arrive: (page: Page) => Promise<void>): () => Page {
  let browser: Browser;
  let host: Awaited<ReturnType<typeof hostPage>>;
  let page: Page;
  beforeAll(async () => {
    ensureBuilt('page');
    browser = await launchChromium();
    host = await hostPage();
    page = await browser.newPage({
      viewport: { width: 420, height: 640 },
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
    });
    await page.goto(host.url);
    await page.getByRole('tab', { name: 'Now' }).waitFor();
  });
  beforeEach(() => arrive(page));
  afterAll(async () => {
    await browser.close();
    await host.close();
  });
  return () => page;
}
