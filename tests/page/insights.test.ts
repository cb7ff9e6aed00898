import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { fakeEngine } from '../kit/fake-engine.ts';
import { waitFor } from '../kit/wait-for.ts';
import { complaints } from './complaints.ts';
import { serveInsights } from './many-insights.ts';
import { enlargeText, sidewaysOverflow, usePages } from './open-page.ts';
import { shows } from './shows.ts';

const pages = usePages();

async function openMany(count: number, options: Parameters<typeof pages.visit>[1] = {}) {
  const engine = fakeEngine({ scenario: 'resting' });
  const served = serveInsights(engine, count);
  const host = await pages.host({ engine });
  const { page, faults } = await pages.visit(host.url, options);
  await page.getByRole('tab', { name: 'Insights' }).click();
  if (count > 0) await page.getByText('Insight number 0.').waitFor();
  return { engine, page, faults, ...served };
}

async function openInsights(scenario: 'busy' | 'empty' = 'busy', options: Parameters<typeof pages.visit>[1] = {}) {
  const opened = await pages.open({ scenario }, options);
  await opened.page.getByRole('tab', { name: 'Insights' }).click();
  if (scenario === 'busy') await opened.page.getByRole('article').first().waitFor();
  return opened;
}

const scrollTo = (page: Page, top: number) =>
  page.locator('.insight-list').evaluate((list, to) => {
    const scroller = list.closest('.panel')!;
    scroller.scrollTop = to;
    return new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
  }, top);
const focused = (page: Page) => page.evaluate(() => document.activeElement?.id ?? '');

describe('[SH2.266] of 5,000 insights', () => {
  it('at most 60 rows stand on the page, all the way to the oldest', async () => {
    const { page, faults } = await openMany(5_000);
    const most = await page.locator('.insight-list').evaluate(async (list) => {
      const scroller = list.closest('.panel')!;
      let rows = 0;
      while (!list.textContent?.includes('Insight number 4999.')) {
        scroller.scrollTop += 6_000;
        await new Promise((done) => requestAnimationFrame(done));
        rows = Math.max(rows, list.querySelectorAll('article, li').length);
      }
      return rows;
    });
    await page.getByText('That is all of them.').waitFor();
    expect(most).toBeGreaterThan(3);
    expect(most).toBeLessThanOrEqual(60);
    await scrollTo(page, 0);
    await page.getByText('Insight number 0.').waitFor();
    expect(faults).toEqual([]);
  });

  it('each card knows its place among all', async () => {
    const { page } = await openMany(5_000);
    const first = page.getByRole('feed', { name: 'Insights, newest first' }).getByRole('article').first();
    expect([await first.getAttribute('aria-posinset'), await first.getAttribute('aria-setsize')]).toEqual([
      '1',
      '5000',
    ]);
  });

  it('the day that is read stays at the top', async () => {
    const { page } = await openMany(200);
    const sticky = page.locator('.day-now');
    expect(await sticky.innerText()).toBe('Today');
    await scrollTo(page, 3_000);
    await waitFor('another day', async () => (await sticky.innerText()) !== 'Today');
    const look = () =>
      page.evaluate(() => {
        const panel = document.querySelector('.insight-list')!.closest('.panel')!.getBoundingClientRect();
        const at = document.querySelector<HTMLElement>('.day-now')!;
        const card = [...document.querySelectorAll('article')].find(
          // Eight pixels lie between two cards.
          (each) => each.getBoundingClientRect().bottom + 8 > panel.top,
        );
        return {
          top: Math.round(at.getBoundingClientRect().top - panel.top),
          said: at.innerText,
          index: Number(card?.dataset['index']),
        };
      });
    // Rows that were not drawn before are measured first.
    await waitFor('the day of the topmost card', async () => {
      const { top, said, index } = await look();
      // Twelve a day, the first of them at 15:04.
      const daysBefore = Math.floor((index + 4) / 12);
      return (
        top === 0 &&
        said === ['Today', 'Yesterday', 'Wednesday, June 3', 'Tuesday, June 2', 'Monday, June 1'][daysBefore]
      );
    });
  });
});

describe('[SH2.267] insights that form while the list is read', () => {
  it('move nothing: a quiet button says how many, and brings them with the focus on the newest', async () => {
    const { page, form } = await openMany(300);
    await scrollTo(page, 2_000);
    const card = page.getByRole('article').nth(6);
    const id = await card.getAttribute('id');
    const place = () => page.locator(`[id="${id}"]`).boundingBox();
    const before = await place();
    form('One more.');
    form('And another.');
    form('And a third.');
    const button = page.getByRole('button', { name: '3 new' });
    await button.waitFor();
    expect(await place()).toEqual(before);
    await button.click();
    await page.getByText('And a third.').waitFor();
    await waitFor('the focus', async () => (await focused(page)).startsWith('insight-fresh-'));
    expect(await button.count()).toBe(0);
  });

  it('appear at once for a reader at the top who has nothing open', async () => {
    const { page, form } = await openMany(30);
    form('One more.');
    await page.getByText('One more.').waitFor();
    expect(await page.getByRole('article').first().innerText()).toContain('One more.');
    expect(await page.getByRole('button', { name: '1 new' }).count()).toBe(0);
  });

  it('wait at the top too while evidence is read', async () => {
    const { page, form } = await openMany(30);
    await page
      .getByRole('button', { name: /^Evidence/ })
      .first()
      .click();
    form('One more.');
    await page.getByRole('button', { name: '1 new' }).waitFor();
    expect(await page.getByText('One more.').count()).toBe(0);
  });
});

describe('[SH2.268] search', () => {
  it('is reached by / and by Ctrl F, asks the host once typing pauses, and shows what fits', async () => {
    const { page, host } = await openInsights();
    const asked: (string | undefined)[] = [];
    const real = host.engine.query.insights;
    host.engine.query.insights = (query) => {
      asked.push(query.text);
      return real(query);
    };
    const box = page.getByRole('searchbox', { name: 'Search insights' });
    await page.keyboard.press('/');
    await page.keyboard.type('address checkout');
    await page.getByText('3 found').waitFor();
    expect(await box.inputValue()).toBe('address checkout');
    // Keys in quick succession are one question, or few on a slow machine; never one each.
    expect(asked.length).toBeLessThan(8);
    expect(asked.at(-1)).toBe('address checkout');
    await shows(3, page.getByRole('article'));
    await page.getByRole('button', { name: 'Show all' }).click();
    await waitFor('all', async () => (await page.getByRole('article').count()) > 3);
    expect(await box.inputValue()).toBe('');
    await page.getByRole('article').first().focus();
    await page.keyboard.press('Control+f');
    expect(await box.evaluate((at) => at === document.activeElement)).toBe(true);
  });

  it('says when nothing fits, and what to do', async () => {
    const { page } = await openInsights();
    await page.getByRole('searchbox').fill('zebra');
    await page.getByText('Nothing fits').waitFor();
    await page.getByText('Every word must stand in the insight').waitFor();
  });

  it('filters by importance, by verdict and by pin are asked of the host', async () => {
    const { page, host } = await openInsights();
    const asked: unknown[] = [];
    const real = host.engine.query.insights;
    host.engine.query.insights = (query) => {
      asked.push(query);
      return real(query);
    };
    await page.getByRole('combobox', { name: 'Importance' }).selectOption('Important');
    await waitFor('one question', () => asked.length === 1);
    await page.getByRole('combobox', { name: 'Your verdict' }).selectOption('Useful');
    await waitFor('two questions', () => asked.length === 2);
    await page.getByRole('search').getByRole('button', { name: 'Pinned' }).click();
    await waitFor('three questions', () => asked.length === 3);
    expect(asked.at(-1)).toMatchObject({ leastImportance: 0.75, verdict: 'useful', pinned: true });
  });

  it('that cannot be answered says so and keeps what is shown', async () => {
    const { page, host } = await openInsights();
    host.engine.query.insights = async () => {
      throw new Error('no');
    };
    await page.getByRole('searchbox').fill('checkout');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('article').count()).toBeGreaterThan(3);
  });
});

describe('[SH2.269] by keyboard', () => {
  it('arrows, j and k go from card to card, Enter opens the evidence, and a card scrolled far away keeps the focus', async () => {
    const { page } = await openMany(500);
    await page.keyboard.press('j');
    expect(await focused(page)).toBe('insight-many-0');
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe('insight-many-2');
    await page.keyboard.press('k');
    await page.keyboard.press('ArrowUp');
    expect(await focused(page)).toBe('insight-many-0');
    await page.keyboard.press('Enter');
    await page.locator('#insight-many-0 .evidence').waitFor();
    await scrollTo(page, 20_000);
    await waitFor('the first to be far', async () => (await page.getByText('Insight number 4.').count()) === 0);
    expect(await focused(page)).toBe('insight-many-0');
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe('insight-many-1');
    expect(await page.locator('#insight-many-1').boundingBox()).toMatchObject({ x: expect.any(Number) });
    await scrollTo(page, 0);
    await shows(1, page.locator('#insight-many-0 .evidence'));
  });

  it('one card is one stop of Tab, and the search box leads down into the list', async () => {
    const { page } = await openMany(50);
    await shows(1, page.locator('article[tabindex="0"]'));
    await page.getByRole('searchbox').focus();
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe('insight-many-0');
  });

  it('the End key reads on to the last that is known', async () => {
    const { page } = await openMany(500);
    await page.keyboard.press('j');
    await page.keyboard.press('End');
    await waitFor('the focus', async () => (await focused(page)) !== 'insight-many-0');
    const bottom = () => page.evaluate(() => document.activeElement?.getBoundingClientRect().bottom ?? Infinity);
    await waitFor('it to be in view', async () => (await bottom()) <= 641);
  });
});

describe('[SH2.270] a card', () => {
  it('tells importance and confidence in words, who formed it, and is judged and pinned by named buttons', async () => {
    const { page, host } = await openInsights();
    const card = page.getByRole('article').first();
    for (const said of ['Important', 'Very sure', '2 min ago', 'qwen2.5-14b-instruct'])
      await card.getByText(said, { exact: true }).waitFor();
    await card.getByRole('button', { name: 'Pin' }).click();
    await card.getByRole('button', { name: 'Pin', pressed: true }).waitFor();
    await card.getByRole('button', { name: 'Less of this' }).click();
    await card.getByRole('button', { name: 'Less of this', pressed: true }).waitFor();
    expect(host.engine.commands.map((command) => command.kind)).toEqual(['pin-insight', 'judge-insight']);
  });

  it('with 10,000 characters begins short and is shown whole on request', async () => {
    const engine = fakeEngine({ scenario: 'resting' });
    serveInsights(engine, 40, (index) => `${index} ${'word '.repeat(2_000)}`);
    const host = await pages.host({ engine });
    const { page } = await pages.visit(host.url);
    await page.getByRole('tab', { name: 'Insights' }).click();
    const card = page.getByRole('article').first();
    await card.waitFor();
    const height = async () => (await card.boundingBox())!.height;
    expect(await height()).toBeLessThan(400);
    await card.getByRole('button', { name: 'Show more' }).click();
    await waitFor('the whole text', async () => (await height()) > 2_000);
    await card.getByRole('button', { name: 'Show less' }).click();
    await waitFor('the short text', async () => (await height()) < 400);
  });

  it('shows the first eight of much evidence, and all on request', async () => {
    const host = await pages.host();
    const [one] = await host.engine.query.recent(1);
    host.engine.query.evidence = async () =>
      Array.from({ length: 30 }, (_, index) => ({ ...one!, id: `o${index}`, text: `seen ${index}` }));
    const { page } = await pages.visit(host.url);
    await page.getByRole('tab', { name: 'Insights' }).click();
    await page
      .getByRole('button', { name: /^Evidence/ })
      .first()
      .click();
    await page.getByText('seen 7').waitFor();
    await shows(8, page.locator('.evidence-row'));
    await page.getByRole('button', { name: 'Show all 30' }).click();
    await shows(30, page.locator('.evidence-row'));
  });
});

describe('[SH2.271] without insights', () => {
  it('the view says what will come', async () => {
    const { page } = await openInsights('empty');
    await page.getByText('No insights yet').waitFor();
  });

  it('and shows the first one as it forms', async () => {
    const { page, host } = await openInsights('empty');
    host.engine.think('The first thing understood.');
    await page.getByRole('article').getByText('The first thing understood.').waitFor();
  });
});

describe('[SH2.272] an alert', () => {
  it('leads to its insight, with the evidence open and the focus on it, wherever the list was', async () => {
    const { page, host } = await openInsights();
    await page.getByRole('searchbox').fill('zebra');
    await page.getByText('Nothing fits').waitFor();
    host.engine.alert(true);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.locator('article .evidence-row').first().waitFor();
    expect(await focused(page)).toMatch(/^insight-/);
  });
});

describe('[SH2.273] the Insights view', () => {
  it.each(['light', 'dark'] as const)('is accessible in every state in %s', async (colorScheme) => {
    const { page, form } = await openMany(300, { colorScheme });
    expect(await complaints(page)).toEqual([]);
    await scrollTo(page, 2_000);
    form('One more.');
    await page.getByRole('button', { name: '1 new' }).waitFor();
    await page
      .getByRole('button', { name: /^Evidence/ })
      .nth(4)
      .click();
    expect(await complaints(page)).toEqual([]);
    await page.getByRole('searchbox').fill('zebra');
    await page.getByText('Nothing fits').waitFor();
    expect(await complaints(page)).toEqual([]);
  });

  it('with text at 200 % scrolls as one page, and still holds few rows', async () => {
    const { page } = await openMany(400, { before: (opened) => enlargeText(opened, 200) });
    expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
    await page.evaluate(() => window.scrollTo(0, 30_000));
    await waitFor('the first to be far', async () => (await page.getByText('Insight number 0.').count()) === 0);
    expect(await page.getByRole('article').count()).toBeLessThanOrEqual(60);
    expect(await page.getByRole('article').count()).toBeGreaterThan(2);
  });
});
