import type { Browser, BrowserContextOptions, Page } from 'playwright';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { ensureBuilt } from '../../build/ensure-built.ts';
import { launchChromium } from '../kit/chromium.ts';
import { hostPage } from '../kit/page-host.ts';

type Host = Awaited<ReturnType<typeof hostPage>>;

/** One page on one fake engine. `faults` are the page's own errors: exceptions and what the content policy forbade. */
export interface Opened {
  page: Page;
  host: Host;
  faults: string[];
}

/** One browser for a test file; pages and hosts end with their test. */
export function usePages() {
  let browser: Browser;
  let ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    ensureBuilt('page');
    browser = await launchChromium();
  });
  afterEach(async () => {
    const ending = ends.reverse();
    ends = [];
    for (const end of ending) await end();
  });
  afterAll(() => browser.close());

  const host = async (options: Parameters<typeof hostPage>[0] = {}): Promise<Host> => {
    const started = await hostPage(options);
    ends.push(() => started.close());
    return started;
  };
  const visit = async (
    url: string,
    options: BrowserContextOptions & { before?: (page: Page) => Promise<unknown> } = {},
  ) => {
    const { before, ...contextOptions } = options;
    const context = await browser.newContext({
      viewport: { width: 420, height: 640 },
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      ...contextOptions,
    });
    ends.push(() => context.close());
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Minified React error|Uncaught/.test(message.text())) faults.push(message.text());
    });
    await before?.(page);
    await page.goto(url);
    return { page, faults };
  };
  return {
    host,
    visit,
    async open(
      options: Parameters<typeof hostPage>[0] = {},
      context: Parameters<typeof visit>[1] = {},
    ): Promise<Opened> {
      const started = await host(options);
      const { page, faults } = await visit(started.url, context);
      await page.getByRole('tab', { name: 'Now', includeHidden: true }).waitFor();
      return { page, host: started, faults };
    },
  };
}

/** How many pixels the page, or anything in it that hides nothing, reaches beyond the window's width. */
export const sidewaysOverflow = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const scrollers = [document.documentElement, ...document.querySelectorAll('.panel, .bar, dialog')];
    return Math.max(...scrollers.map((each) => each.scrollWidth - each.clientWidth));
  });

/** Larger text as a reader sets it in the browser. */
export async function enlargeText(page: Page, percent: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setFontSizes', {
    fontSizes: { standard: (16 * percent) / 100, fixed: (13 * percent) / 100 },
  });
}
