import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { launchChromium } from '../tests/kit/chromium.ts';
import { openShot } from '../tests/kit/open-shot.ts';
import { hostPage } from '../tests/kit/page-host.ts';
import { bothThemes, popover, type Shot, type Size, shots, type Theme, wide } from '../tests/kit/shots.ts';
import { ensureBuilt } from './ensure-built.ts';

/**
 * Pictures of every view and state into dist/screenshots, for the eye: `node build/screenshots.ts [name part]`, or into build/images:
 * `node build/screenshots.ts --readme`. What goes wrong while a state is drawn is told, and the script then ends with 1.
 */

/** Takes one picture of one state on its own host. `scale`: pixels per CSS pixel. */
async function take(
  browser: Browser,
  path: string,
  shot: Shot,
  look: { size: Size; theme: Theme; scale: number },
): Promise<void> {
  const opened = await openShot(browser, shot, look);
  await opened.page.screenshot({ path });
  await opened.close();
  for (const fault of opened.faults) {
    console.error(`${shot.name} (${look.size.name}, ${look.theme}): ${fault}`);
    process.exitCode = 1;
  }
}

/** The gate and the banner need a host that refuses or goes away. */
async function takeBroken(browser: Browser, into: string, theme: Theme): Promise<void> {
  const host = await hostPage();
  const context = await browser.newContext({
    viewport: popover,
    colorScheme: theme,
    deviceScaleFactor: 2,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(host.url.replace(/token=.*/, 'token=wrong'));
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  await page.screenshot({ path: join(into, `refused-popover-${theme}.png`) });
  await page.goto(host.url);
  await page.getByRole('tab', { name: 'Now' }).waitFor();
  await host.close();
  await page.getByText('Connection lost.').waitFor();
  await page.screenshot({ path: join(into, `lost-popover-${theme}.png`) });
  await context.close();
}

const project = new URL('..', import.meta.url).pathname;

/** Every view and state, for the eye. */
async function takeAll(browser: Browser, wanted: string): Promise<void> {
  const into = join(project, 'dist/screenshots');
  if (wanted === '') await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  for (const shot of shots.filter(({ name }) => name.includes(wanted)))
    for (const size of shot.sizes ?? [popover, wide])
      for (const theme of shot.themes ?? bothThemes)
        await take(browser, join(into, `${shot.name}-${size.name}-${theme}.png`), shot, { size, theme, scale: 2 });
  if ('refused lost'.includes(wanted)) for (const theme of bothThemes) await takeBroken(browser, into, theme);
}

/** The few that the README shows. */
async function takeForReadme(browser: Browser): Promise<void> {
  const pictures = [
    { file: 'now-light', shot: 'now', theme: 'light' },
    { file: 'now-dark', shot: 'now', theme: 'dark' },
    { file: 'insights-dark', shot: 'evidence', theme: 'dark' },
    { file: 'ask-light', shot: 'ask-citation', theme: 'light' },
    { file: 'model-light', shot: 'model-ready', theme: 'light' },
    { file: 'dreams-light', shot: 'dreams', theme: 'light' },
  ] as const;
  const into = join(project, 'build/images');
  await mkdir(into, { recursive: true });
  for (const { file, shot: name, theme } of pictures) {
    const shot = shots.find((each) => each.name === name)!;
    await take(browser, join(into, `${file}.png`), shot, { size: popover, theme, scale: 1.5 });
  }
}

ensureBuilt('page');
const browser = await launchChromium();
try {
  const [wanted = ''] = process.argv.slice(2);
  if (wanted === '--readme') await takeForReadme(browser);
  else await takeAll(browser, wanted);
} finally {
  await browser.close();
}
