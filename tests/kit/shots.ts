import type { Page } from 'playwright';
import type { FakeEngine, Scenario } from './fake-engine.ts';

/** One state of the page worth looking at: for the eye, for axe, and for whether it is drawn without an error. */
export interface Shot {
  name: string;
  scenario: Scenario;
  /** The fake engine answers questions only when it is told to. */
  answers?: 'by-hand';
  /** What to do before the picture. */
  act?: (page: Page, engine: FakeEngine) => Promise<void>;
  sizes?: readonly Size[];
  themes?: readonly Theme[];
  /** Root text size in percent. */
  textPercent?: number;
}
export interface Size {
  name: string;
  width: number;
  height: number;
}
export const bothThemes = ['light', 'dark'] as const;
export type Theme = (typeof bothThemes)[number];

export const popover: Size = { name: 'popover', width: 420, height: 640 };
export const wide: Size = { name: 'wide', width: 1200, height: 800 };
const narrow: Size = { name: 'narrow', width: 300, height: 640 };
const tall: Size = { name: 'tall', width: 420, height: 1500 };
const whole: Size = { name: 'whole', width: 420, height: 2500 };
const wideWhole: Size = { name: 'wide-whole', width: 1200, height: 1500 };

const tab = (name: string) => (page: Page) => page.getByRole('tab', { name, includeHidden: true }).first().click();
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

const searchInsights = (words: string) => async (page: Page) => {
  await tab('Insights')(page);
  await page.locator('.insight-row').first().waitFor();
  await page.getByRole('searchbox').fill(words);
  await page
    .getByText(/found|Nothing fits/)
    .first()
    .waitFor();
};

async function openCitation(page: Page): Promise<void> {
  await tab('Ask')(page);
  await page.locator('.answer').last().locator('.citation').first().click();
}
async function askSuggested(page: Page): Promise<void> {
  await tab('Ask')(page);
  await page.getByRole('button', { name: 'What keeps failing?' }).click();
  await page.locator('.answer-copy').waitFor();
}
async function askByHand(page: Page): Promise<void> {
  await tab('Ask')(page);
  await page.locator('#ask-question').fill('What broke?');
  await page.keyboard.press('Enter');
  await page.getByText('Looking in memory').waitFor();
}
async function failByHand(page: Page, engine: FakeEngine): Promise<void> {
  await askByHand(page);
  engine.growAnswer(0.4);
  engine.failAnswer('The model server stopped in the middle of the answer. What was written stays. Ask again.');
  await page.getByRole('button', { name: 'Ask again' }).waitFor();
}
async function askFocus(page: Page): Promise<void> {
  await tab('Ask')(page);
  await page.locator('.segment', { hasText: 'Focus on' }).click();
}

async function refuseSettings(page: Page, engine: FakeEngine): Promise<void> {
  await tab('Settings')(page);
  await page.getByLabel('Tokens an hour').fill('2000000');
  await page.getByLabel('Ignore rules').fill('logs/\n*.snap\nbad\\');
  await page.getByText('It ends with a backslash').waitFor();
  engine.refuseSettings('settings.json cannot be written: no space left on device');
  await page.getByLabel('Keep observations').fill('60');
  await page.keyboard.press('Enter');
  await page.getByText('no space left').waitFor();
}

const openPalette = (words: string) => async (page: Page) => {
  await page.keyboard.press('Control+k');
  await page.locator('.palette-item').first().waitFor();
  await page.keyboard.type(words);
};
async function openKeys(page: Page): Promise<void> {
  await page.keyboard.press('?');
  await page.locator('.keys-row').first().waitFor();
}
async function raiseAlert(page: Page, engine: FakeEngine): Promise<void> {
  engine.alert(true);
  await page.locator('.toast').waitFor();
}
const nextStep = (steps: number) => async (page: Page) => {
  await page.getByRole('dialog').waitFor();
  for (let n = 0; n < steps; n++) await page.getByRole('button', { name: 'Next' }).click();
};

/** Every view and state of the page. */
export const shots: readonly Shot[] = [
  { name: 'now', scenario: 'busy', sizes: [popover, wide, tall] },
  { name: 'now-thinking', scenario: 'thinking' },
  { name: 'now-empty', scenario: 'empty' },
  { name: 'now-paused', scenario: 'paused' },
  { name: 'now-trouble', scenario: 'trouble' },
  { name: 'now-away', scenario: 'away', sizes: [popover] },
  { name: 'welcome', scenario: 'welcome', act: nextStep(0) },
  { name: 'welcome-second', scenario: 'welcome', act: nextStep(1), sizes: [popover] },
  { name: 'welcome-third', scenario: 'welcome', act: nextStep(2), sizes: [popover] },
  { name: 'insights', scenario: 'busy', act: tab('Insights') },
  { name: 'evidence', scenario: 'busy', act: openEvidence },
  { name: 'insights-empty', scenario: 'empty', act: tab('Insights'), sizes: [popover] },
  { name: 'insights-search', scenario: 'busy', act: searchInsights('checkout address') },
  { name: 'insights-nothing', scenario: 'busy', act: searchInsights('zebra'), sizes: [popover] },
  { name: 'ask', scenario: 'busy', act: tab('Ask') },
  { name: 'ask-asked', scenario: 'asked', act: tab('Ask') },
  { name: 'ask-answering', scenario: 'answering', act: tab('Ask') },
  { name: 'ask-citation', scenario: 'asked', act: openCitation },
  { name: 'ask-rules', scenario: 'away', act: askSuggested, sizes: [popover] },
  { name: 'ask-recalling', scenario: 'busy', answers: 'by-hand', act: askByHand, sizes: [popover] },
  { name: 'ask-failed', scenario: 'busy', answers: 'by-hand', act: failByHand, sizes: [popover] },
  { name: 'ask-focus', scenario: 'busy', act: askFocus },
  { name: 'delegations', scenario: 'busy', act: tab('Delegations') },
  { name: 'delegations-empty', scenario: 'empty', act: tab('Delegations'), sizes: [popover] },
  { name: 'settings', scenario: 'busy', act: tab('Settings'), sizes: [popover, wide, { ...whole, height: 3200 }] },
  { name: 'settings-tray', scenario: 'tray', act: tab('Settings'), sizes: [{ ...whole, height: 3200 }] },
  { name: 'settings-refused', scenario: 'tray', act: refuseSettings, sizes: [{ ...whole, height: 3400 }, wideWhole] },
  { name: 'palette', scenario: 'busy', act: openPalette('') },
  { name: 'palette-typed', scenario: 'busy', act: openPalette('cart'), sizes: [popover] },
  { name: 'keys', scenario: 'busy', act: openKeys },
  { name: 'alert', scenario: 'busy', act: raiseAlert, sizes: [popover] },
  { name: 'health', scenario: 'busy', act: tab('Health'), sizes: [popover, wide, tall] },
  { name: 'health-trouble', scenario: 'trouble', act: tab('Health'), sizes: [tall, wide] },
  { name: 'health-tray', scenario: 'tray', act: tab('Health'), sizes: [tall] },
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
  {
    name: 'narrow-settings',
    scenario: 'busy',
    act: tab('Settings'),
    themes: ['light'],
    sizes: [{ ...narrow, height: 4200 }],
  },
  { name: 'narrow-ask', scenario: 'asked', act: tab('Ask'), themes: ['light'], sizes: [narrow] },
  { name: 'narrow-palette', scenario: 'busy', act: openPalette(''), themes: ['dark'], sizes: [narrow] },
  { name: 'large-ask', scenario: 'asked', act: tab('Ask'), textPercent: 200, themes: ['light'], sizes: [popover] },
  {
    name: 'large-settings',
    scenario: 'busy',
    act: tab('Settings'),
    textPercent: 200,
    themes: ['light'],
    sizes: [{ ...popover, height: 6000 }],
  },
  {
    name: 'large-palette',
    scenario: 'busy',
    act: openPalette(''),
    textPercent: 200,
    themes: ['light'],
    sizes: [popover],
  },
  {
    name: 'large-welcome',
    scenario: 'welcome',
    act: nextStep(0),
    textPercent: 200,
    themes: ['light'],
    sizes: [popover],
  },
];
