import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { launchChromium } from '../tests/kit/chromium.ts';
import type { Scenario } from '../tests/kit/fake-engine.ts';
import { hostPage } from '../tests/kit/page-host.ts';
import { ensureBuilt } from './ensure-built.ts';

/**
 * Pictures of every view and state into dist/screenshots, for the eye: `node build/screenshots.ts [name part]`, or into build/images:
 * `node build/screenshots.ts --readme`.
 */
interface Shot {
  name: string;
  scenario: Scenario;
  /** What to do before the picture. */
  act?: (page: Page) => Promise<void>;
  sizes?: readonly Size[];
  themes?: readonly Theme[];
  /** Root text size in percent. */
  textPercent?: number;
}
interface Size {
  name: string;
  width: number;
  height: number;
}

const popover: Size = { name: 'popover', width: 420, height: 640 };
const wide: Size = { name: 'wide', width: 1200, height: 800 };
const narrow: Size = { name: 'narrow', width: 300, height: 640 };
const tall: Size = { name: 'tall', width: 420, height: 1500 };
const whole: Size = { name: 'whole', width: 420, height: 2500 };
const wideWhole: Size = { name: 'wide-whole', width: 1200, height: 1500 };

const tab = (name: string) => (page: Page) => page.getByRole('tab', { name }).click();
async function openEvidence(page: Page): Promise<void> {
  await tab('Insights')(page);
  await page
    .getByRole('button', { name: /^Evidence/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Why did you notice this?' }).first().click();
  await page.getByText('Score').first().waitFor();
}

async function openModel(page: Page): Promise<void> {
  await tab('Model')(page);
  await page.getByRole('heading', { name: 'How it stands' }).waitFor();
}
async function openPicker(page: Page): Promise<void> {
  await openModel(page);
  await page.getByRole('combobox', { name: /^Model for Thinker/ }).click();
  await page.getByRole('option').first().waitFor();
}

async function openMemory(page: Page): Promise<void> {
  await tab('Memory')(page);
  await page.locator('.memory-card, .empty').first().waitFor();
}
/** Opens the first memory whose text begins so. */
const openDetail = (begins: string) => async (page: Page) => {
  await openMemory(page);
  await page.getByRole('searchbox').fill(begins);
  await page.getByRole('searchbox').press('Enter');
  await page.locator('.memory-why').first().waitFor();
  await page.getByRole('button', { name: 'Open', exact: true }).first().click();
  await page.locator('.memory-whole').waitFor();
};
async function search(page: Page): Promise<void> {
  await openMemory(page);
  await page.getByRole('searchbox').fill('total.ts fails');
  await page.getByRole('searchbox').press('Enter');
  await page.locator('.memory-why').first().waitFor();
}
const openShelf = (name: string) => async (page: Page) => {
  await openMemory(page);
  await page.getByRole('radio', { name }).check();
  await page.locator('.card').last().waitFor();
};
async function correct(page: Page): Promise<void> {
  await openDetail('learning rounded')(page);
  await page.getByRole('button', { name: 'Correct' }).click();
}
async function remove(page: Page): Promise<void> {
  await openDetail('learning rounded')(page);
  await page.getByRole('button', { name: 'Delete…' }).click();
}
async function forget(page: Page): Promise<void> {
  await openDetail('merging')(page);
  await page.getByRole('button', { name: 'Forget' }).click();
  await page.getByRole('button', { name: 'Bring back' }).waitFor();
}
async function openDreams(page: Page): Promise<void> {
  await tab('Dreams')(page);
  await page.locator('.calibration, .dreams .soft').last().waitFor();
  await page.getByRole('heading', { name: 'Sleeps' }).waitFor();
}

const both = ['light', 'dark'] as const;
type Theme = (typeof both)[number];
const shots: Shot[] = [
  { name: 'now', scenario: 'busy', sizes: [popover, wide, tall] },
  { name: 'now-thinking', scenario: 'thinking' },
  { name: 'now-empty', scenario: 'empty' },
  { name: 'now-paused', scenario: 'paused' },
  { name: 'now-trouble', scenario: 'trouble' },
  { name: 'now-away', scenario: 'away', sizes: [popover] },
  { name: 'welcome', scenario: 'welcome' },
  { name: 'insights', scenario: 'busy', act: tab('Insights') },
  { name: 'evidence', scenario: 'busy', act: openEvidence },
  { name: 'insights-empty', scenario: 'empty', act: tab('Insights'), sizes: [popover] },
  { name: 'proposals', scenario: 'busy', act: tab('Proposals') },
  { name: 'proposals-empty', scenario: 'empty', act: tab('Proposals'), sizes: [popover] },
  { name: 'health', scenario: 'busy', act: tab('Health'), sizes: [popover, wide, tall] },
  { name: 'health-trouble', scenario: 'trouble', act: tab('Health'), sizes: [tall, wide] },
  { name: 'model-ready', scenario: 'model-ready', act: openModel, sizes: [popover, wide, whole, wideWhole] },
  { name: 'model-refused', scenario: 'model-refused', act: openModel },
  { name: 'model-long', scenario: 'model-long', act: openModel, sizes: [whole, wideWhole] },
  { name: 'model-bare', scenario: 'model-bare', act: openModel, sizes: [popover] },
  { name: 'model-loading', scenario: 'model-loading', act: openModel },
  { name: 'model-none', scenario: 'model-none', act: openModel },
  { name: 'model-off', scenario: 'model-off', act: openModel, sizes: [popover] },
  { name: 'model-not-running', scenario: 'model-not-running', act: openModel, sizes: [popover] },
  { name: 'model-not-installed', scenario: 'model-not-installed', act: openModel },
  { name: 'model-auth', scenario: 'model-auth', act: openModel, sizes: [popover] },
  { name: 'model-crashed', scenario: 'model-crashed', act: openModel, sizes: [popover] },
  { name: 'model-breaker', scenario: 'model-breaker', act: openModel, sizes: [popover, whole, wideWhole] },
  { name: 'model-busy', scenario: 'model-busy', act: openModel, sizes: [popover, wide] },
  { name: 'model-http-only', scenario: 'model-http-only', act: openModel, sizes: [popover, wideWhole] },
  { name: 'model-many', scenario: 'model-many', act: openPicker, sizes: [popover, wide] },
  { name: 'model-picker', scenario: 'model-ready', act: openPicker, sizes: [popover] },
  { name: 'model-loading-now', scenario: 'model-loading', sizes: [popover, wide] },
  {
    name: 'model-large',
    scenario: 'model-ready',
    act: openModel,
    textPercent: 200,
    themes: ['light'],
    sizes: [popover, wide, { ...whole, height: 4200 }],
  },
  {
    name: 'model-narrow',
    scenario: 'model-http-only',
    act: openModel,
    themes: ['light'],
    sizes: [{ name: 'narrow', width: 300, height: 3200 }],
  },
  { name: 'memory', scenario: 'busy', act: openMemory, sizes: [popover, wide] },
  { name: 'memory-empty', scenario: 'empty', act: openMemory },
  { name: 'memory-search', scenario: 'busy', act: search },
  { name: 'memory-open', scenario: 'busy', act: openDetail('total.ts fails'), sizes: [popover, wide, whole] },
  { name: 'memory-correct', scenario: 'busy', act: correct, sizes: [popover] },
  { name: 'memory-delete', scenario: 'busy', act: remove, sizes: [popover] },
  { name: 'memory-parted', scenario: 'busy', act: forget, sizes: [popover] },
  { name: 'memory-forgotten', scenario: 'busy', act: openShelf('Forgotten') },
  { name: 'memory-yours', scenario: 'busy', act: openShelf('Your data') },
  { name: 'dreams', scenario: 'busy', act: openDreams, sizes: [popover, wide, whole, wideWhole] },
  { name: 'dreams-empty', scenario: 'empty', act: openDreams, sizes: [popover, wideWhole] },
  { name: 'dreams-asleep', scenario: 'asleep', act: openDreams },
  { name: 'now-asleep', scenario: 'asleep' },
  { name: 'now-morning', scenario: 'morning' },
  { name: 'narrow-memory', scenario: 'busy', act: openMemory, themes: ['light'], sizes: [narrow] },
  {
    name: 'narrow-dreams',
    scenario: 'busy',
    act: openDreams,
    themes: ['light'],
    sizes: [{ name: 'narrow', width: 300, height: 2600 }],
  },
  {
    name: 'large-memory',
    scenario: 'busy',
    act: openDetail('total.ts fails'),
    textPercent: 200,
    themes: ['light'],
    sizes: [popover],
  },
  {
    name: 'large-dreams',
    scenario: 'busy',
    act: openDreams,
    textPercent: 200,
    themes: ['light'],
    sizes: [{ ...whole, height: 4200 }],
  },
  { name: 'large-now', scenario: 'busy', textPercent: 200, themes: ['light'], sizes: [popover, wide] },
  {
    name: 'large-evidence',
    scenario: 'busy',
    act: openEvidence,
    textPercent: 200,
    themes: ['light'],
    sizes: [popover],
  },
  {
    name: 'large-health',
    scenario: 'trouble',
    act: tab('Health'),
    textPercent: 200,
    themes: ['light'],
    sizes: [popover],
  },
  { name: 'narrow-now', scenario: 'trouble', themes: ['light'], sizes: [narrow] },
  { name: 'narrow-evidence', scenario: 'busy', act: openEvidence, themes: ['dark'], sizes: [narrow] },
];

/** Takes one picture of one state on its own host. `scale`: pixels per CSS pixel. */
async function take(
  browser: Browser,
  path: string,
  shot: Shot,
  look: { size: Size; theme: Theme; scale: number },
): Promise<void> {
  const host = await hostPage({ scenario: shot.scenario });
  const context = await browser.newContext({
    viewport: { width: look.size.width, height: look.size.height },
    colorScheme: look.theme,
    deviceScaleFactor: look.scale,
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && console.error(`${shot.name}: ${message.text()}`));
  page.on('pageerror', (error) => console.error(`${shot.name}: ${error.message}`));
  try {
    if (shot.textPercent) await enlargeText(page, shot.textPercent);
    await page.goto(host.url);
    await page.getByRole('tab', { name: 'Now', includeHidden: true }).waitFor();
    await shot.act?.(page);
    await page.screenshot({ path });
  } finally {
    await context.close();
    await host.close();
  }
}

/** Larger text as a reader sets it in the browser; sizes in rem and the page's breakpoints follow it. */
async function enlargeText(page: Page, percent: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setFontSizes', {
    fontSizes: { standard: (16 * percent) / 100, fixed: (13 * percent) / 100 },
  });
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
      for (const theme of shot.themes ?? both)
        await take(browser, join(into, `${shot.name}-${size.name}-${theme}.png`), shot, { size, theme, scale: 2 });
  if ('refused lost'.includes(wanted)) for (const theme of both) await takeBroken(browser, into, theme);
}

/** The few that the README shows. */
async function takeForReadme(browser: Browser): Promise<void> {
  const pictures = [
    { file: 'now-light', shot: 'now', theme: 'light' },
    { file: 'now-dark', shot: 'now', theme: 'dark' },
    { file: 'insights-dark', shot: 'evidence', theme: 'dark' },
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
