import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { lifeWords, thinkingWords, titleWords } from '../../renderer/frame-words.ts';
import { viewOrder } from '../../renderer/keys.ts';
import { words } from '../../renderer/words.ts';
import { waitFor } from '../kit/wait-for.ts';
import { complaints } from './complaints.ts';
import { enlargeText, usePages } from './open-page.ts';
import { shows } from './shows.ts';

const pages = usePages();
const names = viewOrder.map((view) => words.views[view]);
const tab = (page: Page, name: string) => page.getByRole('tab', { name });
const focused = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement!;
    return (at.id.startsWith('base-ui') ? '' : at.id) || at.textContent;
  });

/** Where the parts of the frame are, in pixels. */
const placeOfFrame = (page: Page) =>
  page.evaluate(() =>
    ['.brand', '.rail', '.bar', '.view-title', '.search-button', '.main', '.panel:not([hidden])'].map((part) => {
      const { x, y, height } = document.querySelector(part)!.getBoundingClientRect();
      return { part, x, y, height };
    }),
  );

/** Writes down every shift of the layout from now on; `shifts` reads them. */
async function watchShifts(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const shifts: string[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      // What lies over the page may make room for each other.
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node: Element }[] })[])
        for (const { node } of entry.sources)
          if (!(node instanceof Element && node.closest('.over'))) shifts.push(`${entry.value} ${node?.nodeName}`);
    }).observe({ type: 'layout-shift', buffered: false });
  });
  return () => page.evaluate(() => (globalThis as unknown as { shifts: string[] }).shifts);
}

describe('[SH2.140] the nine views', () => {
  it('stand in one row of tabs that the arrow keys walk, the current one marked', async () => {
    const { page } = await pages.open();
    const tabs = page.getByRole('tablist', { name: 'Views' }).getByRole('tab');
    expect((await tabs.allInnerTexts()).map((text) => text.split('\n')[0])).toEqual(names);
    await tab(page, 'Now').focus();
    for (const name of names.slice(1)) {
      await page.keyboard.press('ArrowDown');
      await page.getByRole('tab', { name, selected: true }).waitFor();
    }
    await page.keyboard.press('ArrowDown');
    await page.getByRole('tab', { name: 'Now', selected: true }).waitFor();
    expect(await focused(page)).toMatch(/^Now/);
  });

  it.each([
    { width: 300, side: 'foot', key: 'ArrowRight' },
    { width: 420, side: 'rail', key: 'ArrowDown' },
    { width: 760, side: 'sidebar', key: 'ArrowDown' },
  ])('at $width pixels are a $side', async ({ width, side, key }) => {
    const { page } = await pages.open({}, { viewport: { width, height: 640 } });
    const rail = (await page.locator('.rail').boundingBox())!;
    const shows = await page.locator('.tab-now .tab-name').evaluate((name) => name.clientWidth > 10);
    if (side === 'foot') expect([rail.y + rail.height, shows]).toEqual([640, false]);
    if (side === 'rail') expect([rail.x, rail.width, shows]).toEqual([0, 48, false]);
    if (side === 'sidebar') expect([rail.x, rail.width, shows]).toEqual([0, 200, true]);
    await tab(page, 'Now').focus();
    await page.keyboard.press(key);
    await page.getByRole('tab', { name: 'Insights', selected: true }).waitFor();
  });

  it('are named when the pointer rests on them, with their key', async () => {
    const { page } = await pages.open();
    await tab(page, 'Dreams').hover();
    expect(await page.locator('.hint-popup').innerText()).toMatch(/^Dreams\s*4$/);
  });
});

describe('[SH2.141] what asks for the owner', () => {
  it('is counted on its view, for the eye and in words', async () => {
    const { page } = await pages.open({ scenario: 'trouble' });
    await page.getByRole('tab', { name: 'Now 3 troubles' }).waitFor();
    await page.getByRole('tab', { name: 'Delegations 3 proposals' }).waitFor();
    await page.getByRole('tab', { name: 'Health 2 set aside' }).waitFor();
    await page.getByRole('tab', { name: 'Model The model server needs you' }).waitFor();
    await shows(4, page.locator('.badge'));
  });
});

describe('[SH2.142] the bar says', () => {
  it('which view it is, as its heading, and how it is', async () => {
    const { page, host } = await pages.open({ scenario: 'thinking' });
    await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor();
    await page.locator('.brand-state', { hasText: 'Thinking about src/cart/total.ts' }).waitFor();
    // Thinking comes and goes: it is shown and not announced.
    expect(await page.locator('.brand-state output').innerText()).toBe('Awake');
    host.engine.change({ life: 'asleep', stage: 'dream' });
    await page.locator('.brand-state output', { hasText: 'Asleep, dreaming' }).waitFor();
  });

  it('what it thinks about only while it thinks', () => {
    const thought = { about: 'a.ts', done: false } as NonNullable<Parameters<typeof thinkingWords>[0]['thought']>;
    expect(thinkingWords({ life: 'running', stage: 'reflect', thought })).toBe('Thinking about a.ts');
    expect(thinkingWords({ life: 'running', stage: 'reflect', thought: { ...thought, done: true } })).toBe('Thinking');
    expect(thinkingWords({ life: 'running', stage: 'act', thought })).toBeNull();
    expect(thinkingWords({ life: 'paused', stage: 'reflect', thought })).toBeNull();
    expect(lifeWords({ life: 'running', stage: 'reflect' })).toBe('Awake');
    expect(lifeWords({ life: 'asleep', stage: 'deep' })).toBe('Asleep, deep sleep');
  });
});

describe('[SH2.143] the title of the window', () => {
  it('tells the state, troubles first, and that the connection is gone', async () => {
    const { page, host } = await pages.open();
    expect(await page.title()).toBe('Awake · Reverie');
    await page.keyboard.press('p');
    await waitFor('the title', async () => (await page.title()) === 'Paused · Reverie');
    await host.close();
    await waitFor('the title', async () => (await page.title()) === 'Not connected · Reverie');
    const trouble = { life: 'running', stage: 'resting', troubles: [1, 2] } as never;
    expect(titleWords(trouble, false)).toBe('(2) Awake · Reverie');
    expect(titleWords(null, false)).toBe('Reverie');
  });
});

describe('[SH2.144] nothing of the frame moves', () => {
  it('when the view is another, when it thinks, and when news or the loss of the connection lie over it', async () => {
    const { page, host } = await pages.open();
    const before = await placeOfFrame(page);
    for (const [index, name] of names.entries()) {
      await page.keyboard.press(String(index + 1));
      await page.getByRole('heading', { level: 1, name }).waitFor();
      expect(await placeOfFrame(page), name).toEqual(before);
    }
    await page.keyboard.press('1');
    const shifts = await watchShifts(page);
    host.engine.alert(true);
    await page.locator('.toast').waitFor();
    await host.close();
    await page.getByText('Connection lost.').waitFor();
    expect(await placeOfFrame(page)).toEqual(before);
    expect(await shifts()).toEqual([]);
  });
});

describe('[SH2.145] each view', () => {
  it('is found again where it was left', async () => {
    const { page } = await pages.open();
    await page.keyboard.press('7');
    const panel = page.locator('.panel:not([hidden])');
    await page.getByRole('heading', { name: 'How it stands' }).waitFor();
    await panel.evaluate((at) => at.scrollTo(0, 300));
    await page.keyboard.press('5');
    await page.locator('.memory-card').first().waitFor();
    expect(await panel.evaluate((at) => at.scrollTop)).toBe(0);
    await panel.evaluate((at) => at.scrollTo(0, 120));
    await page.keyboard.press('7');
    await waitFor('the place', async () => (await panel.evaluate((at) => at.scrollTop)) === 300);
    await page.keyboard.press('5');
    await waitFor('the place', async () => (await panel.evaluate((at) => at.scrollTop)) === 120);
  });
});

describe('[SH2.146] the focus', () => {
  it('goes to the heading of a view that is opened by key, and stays on a tab that is pressed', async () => {
    const { page } = await pages.open();
    await page.keyboard.press('8');
    await waitFor('the focus', async () => (await focused(page)) === 'view-title');
    expect(await page.locator('#view-title').innerText()).toBe('Health');
    await tab(page, 'Memory').click();
    await page.getByRole('heading', { level: 1, name: 'Memory' }).waitFor();
    expect(await focused(page)).toBe('Memory');
  });

  it('goes to the heading as well when the view takes what had it away', async () => {
    const { page } = await pages.open();
    await page.getByRole('button', { name: 'All insights' }).click();
    await waitFor('the focus', async () => (await focused(page)) === 'view-title');
    expect(await page.locator('#view-title').innerText()).toBe('Insights');
  });
});

describe('[SH2.147] the theme', () => {
  const scheme = (page: Page) => page.evaluate(() => document.documentElement.style.colorScheme);

  it('follows the settings in every window at once, and is there before the page at the next opening', async () => {
    const { page, host } = await pages.open({}, { colorScheme: 'light' });
    const other = await pages.visit(host.url);
    await tab(other.page, 'Now').waitFor();
    await host.engine.send({ kind: 'change-settings', patch: { page: { theme: 'dark' } } });
    for (const each of [page, other.page]) await waitFor('dark', async () => (await scheme(each)) === 'dark');
    // Nothing of the page's own program runs: what is left was there before it.
    await page.route(/\/assets\/.*\.js$/, (route) => route.abort());
    await page.reload();
    expect(await scheme(page)).toBe('dark');
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(
      'rgb(17, 17, 20)',
    );
    await host.engine.send({ kind: 'change-settings', patch: { page: { theme: 'system' } } });
    await waitFor('the system', async () => (await scheme(other.page)) === '');
    expect(await other.page.evaluate(() => localStorage.length)).toBe(0);
  });

  it('works where storage is blocked', async () => {
    const { page, host, faults } = await pages.open(
      {},
      {
        before: (page) =>
          page.addInitScript(() => {
            for (const name of ['localStorage', 'sessionStorage'])
              Object.defineProperty(window, name, {
                get() {
                  throw new DOMException('blocked', 'SecurityError');
                },
              });
          }),
      },
    );
    await host.engine.send({ kind: 'change-settings', patch: { page: { theme: 'dark' } } });
    await waitFor('dark', async () => (await scheme(page)) === 'dark');
    expect(faults).toEqual([]);
  });
});

describe('[SH2.149] with little room', () => {
  it.each([
    { name: 'at 300 pixels', width: 300, percent: 100 },
    { name: 'with text at 200 %', width: 420, percent: 200 },
    { name: 'at 300 pixels with text at 200 %', width: 300, percent: 200 },
  ])('$name every view is one press away and nothing of the frame is cut', async ({ width, percent }) => {
    const { page } = await pages.open(
      { scenario: 'trouble' },
      { viewport: { width, height: 640 }, before: (page) => enlargeText(page, percent) },
    );
    for (const name of names) {
      const box = (await tab(page, name).boundingBox())!;
      expect(box.x, name).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width, name).toBeLessThanOrEqual(width);
      expect(Math.min(box.width, box.height), name).toBeGreaterThanOrEqual(24);
      await tab(page, name).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
    }
    await tab(page, 'Now').click();
    for (const open of ['Control+k', '?']) {
      await page.keyboard.press('Escape');
      await page.locator('#view-title').focus();
      await page.keyboard.press(open);
      const sheet = (await page.getByRole('dialog').boundingBox())!;
      expect(sheet.x).toBeGreaterThanOrEqual(0);
      expect(sheet.x + sheet.width).toBeLessThanOrEqual(width);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });
});

describe.each(['light', 'dark'] as const)('[SH2.166] in %s', (colorScheme) => {
  it('palette, keys, each step of the first run, news and the foot of a narrow window are accessible', async () => {
    const { page, host, faults } = await pages.open({ scenario: 'welcome' }, { colorScheme });
    for (const name of ['What it watches', 'Who thinks', 'What to expect']) {
      await page.getByRole('heading', { name }).waitFor();
      expect(await complaints(page), name).toEqual([]);
      await page.getByRole('button', { name: /^(Next|Start)$/ }).click();
    }
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.getByRole('combobox').fill('mem');
    expect(await complaints(page), 'palette').toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    expect(await complaints(page), 'keys').toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Keys' }).waitFor({ state: 'detached' });
    host.engine.alert(true);
    await page.locator('.toast').waitFor();
    expect(await complaints(page), 'news').toEqual([]);
    await page.setViewportSize({ width: 300, height: 640 });
    expect(await complaints(page), 'narrow').toEqual([]);
    expect(faults).toEqual([]);
  });
});

describe('[SH2.167] what is fetched beside the first picture', () => {
  it('is asked for again until it is there', async () => {
    let asked = 0;
    const { page, faults } = await pages.open(
      {},
      {
        before: (page) =>
          page.route(/\/assets\/Layers-.*\.js$/, (route) => (asked++ === 0 ? route.abort() : route.continue())),
      },
    );
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    expect(asked).toBe(2);
    expect(faults).toEqual([]);
  });
});

describe('[SH2.163] an alert', () => {
  it('that is raised while the page is open lies over it, and leads to its insight', async () => {
    const { page, host } = await pages.open();
    const { insightId, title } = host.engine.alert(true);
    await page.locator('.toast', { hasText: title }).getByRole('button', { name: 'Open' }).click();
    await page.getByRole('tab', { name: 'Insights', selected: true }).waitFor();
    await waitFor('the insight', async () => (await focused(page)).includes(insightId));
  });
});
