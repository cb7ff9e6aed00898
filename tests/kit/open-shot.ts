import type { Browser, Page } from 'playwright';
import { fakeEngine } from './fake-engine.ts';
import { hostPage } from './page-host.ts';
import type { Shot, Size, Theme } from './shots.ts';

/** One state of the page on a fake engine of its own, drawn. `faults` is what went wrong meanwhile, one line each. The caller closes it. */
export async function openShot(
  browser: Browser,
  shot: Shot,
  { size, theme, scale = 1 }: { size: Size; theme: Theme; scale?: number },
): Promise<{ page: Page; faults: string[]; close(): Promise<void> }> {
  const engine = fakeEngine({ scenario: shot.scenario, ...(shot.answers && { answers: shot.answers }) });
  const host = await hostPage({ engine });
  const context = await browser.newContext({
    viewport: { width: size.width, height: size.height },
    colorScheme: theme,
    deviceScaleFactor: scale,
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  if (shot.textPercent) await enlargeText(page, shot.textPercent);
  await page.goto(host.url);
  await page.getByRole('tab', { name: 'Now', includeHidden: true }).waitFor();
  await shot.act?.(page, engine).catch((thrown: unknown) => faults.push(String(thrown)));
  return {
    page,
    faults,
    async close() {
      await context.close();
      await host.close();
    },
  };
}

/** Larger text as a reader sets it in the browser; sizes in rem and the page's breakpoints follow it. */
async function enlargeText(page: Page, percent: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setFontSizes', {
    fontSizes: { standard: (16 * percent) / 100, fixed: (13 * percent) / 100 },
  });
}
