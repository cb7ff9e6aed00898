import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import type { MemoryItem } from '../../core/protocol-memory.ts';
import { waitFor } from '../kit/wait-for.ts';
import { useLastingPage } from './lasting-page.ts';
import { expectCommand } from './open-model.ts';
import { type Opened, usePages } from './open-page.ts';
import { shows } from './shows.ts';

const pages = usePages();

const cards = (page: Page) => page.locator('.memory-card');
const kinds = async (page: Page) => new Set(await page.locator('.memory-list .chip').allInnerTexts());
const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click();

/** The Memory view with its first answer. */
async function openList(options: Parameters<typeof pages.open>[0] = {}): Promise<Opened> {
  const opened = await pages.open(options);
  await tab(opened.page, 'Memory');
  await opened.page.locator('.memory-card, .empty').first().waitFor();
  return opened;
}

/** For tests that only look: they begin with the list of memories. */
const lasting = useLastingPage(async (page) => {
  await tab(page, 'Memory');
  const way = page.getByRole('button', { name: /^Back|^Show all$/ });
  const place = page.locator('.memory-card').first();
  await place.or(way.first()).first().waitFor();
  while ((await way.count()) > 0) await way.first().click();
  await page.locator('.day-name').first().waitFor();
});

/** Finds by these words and opens the best. */
async function openFound(page: Page, words: string): Promise<void> {
  await page.getByRole('searchbox').fill(words);
  await page.getByRole('searchbox').press('Enter');
  await page.locator('.memory-why').first().waitFor();
  await page.getByRole('button', { name: 'Open', exact: true }).first().click();
  await page.locator('.memory-whole').waitFor();
}

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');

describe('[SH2.100] the list of memories', () => {
  it('is grouped by day, newest first, and each says its kind, age, strength and how often it was recalled', async () => {
    const page = lasting();
    expect(await page.locator('.memory-list .day-name').first().innerText()).toBe('Today');
    const note = cards(page).filter({ hasText: 'VAT for books is 7 %, not 19 %' }).filter({ hasText: 'recalled' });
    expect((await note.innerText()).replace(/\s+/g, ' ')).toMatch(
      /^VAT for books is 7 %, not 19 % Note Important 2 h ago fresh recalled 3 times About src\/cart\/tax\.ts/,
    );
    await page.locator('.pinned-mark').first().waitFor();
    const days = await page.locator('.day-name').allInnerTexts();
    expect([new Set(days).size, days.length > 3]).toEqual([days.length, true]);
  });

  it('[SH2.304] shows what is remembered, and by one choice everything, an episode with its outcome in words', async () => {
    const host = await pages.host();
    const { memories } = host.engine.query;
    host.engine.query.memories = async (query) =>
      (await memories(query)).map((each) =>
        each.kind === 'episode' ? { ...each, text: 'look.mjs created, +12 −0\nobserve' } : each,
      );
    const { page } = await pages.visit(host.url);
    await tab(page, 'Memory');
    await cards(page).first().waitFor();
    const remembered = ['Learning', 'Lesson', 'Note', 'Pattern', 'Principle'];
    expect([...(await kinds(page))].sort()).toEqual(remembered);
    const kind = page.getByRole('combobox', { name: 'Kind' });
    expect(await kind.locator('option').allInnerTexts()).toContain('Summaries');
    await kind.selectOption('Everything');
    await waitFor('everything', async () => (await kinds(page)).has('Episode'));
    expect([...(await kinds(page))]).toEqual(expect.arrayContaining(['Episode', 'Insight', 'Note']));
    const episode = cards(page).filter({ hasText: 'look.mjs' }).first();
    expect((await episode.innerText()).replace(/\s+/g, ' ')).toMatch(
      /^look\.mjs created, \+12 −0 Outcome: noted Episode/,
    );
    await page.getByRole('button', { name: 'Show all' }).click();
    await waitFor('memories', async () => !(await kinds(page)).has('Episode'));
  });

  it('[SH2.305] says where more is: nothing learned yet but much seen, and a filter that leaves out what happened', async () => {
    const host = await pages.host();
    const { memories } = host.engine.query;
    host.engine.query.memories = async (query) => (await memories(query)).filter(({ memory }) => memory === null);
    const { page } = await pages.visit(host.url);
    await tab(page, 'Memory');
    await page.getByText('What happened so far is in everything, and a search goes through all of it.').waitFor();
    await page.getByRole('combobox', { name: 'When' }).selectOption('Today');
    await page.getByText('Only memories were looked at.').waitFor();
    await page.getByRole('button', { name: 'Show everything' }).click();
    await waitFor('insights', async () => (await kinds(page)).has('Insight'));
    expect(await page.getByRole('combobox', { name: 'Kind' }).inputValue()).toBe('all');
  });

  it('goes back without losing or repeating any, also when stamps are equal, and stays small however far', async () => {
    const host = await pages.host();
    const at = host.engine.snapshot().at;
    const all: MemoryItem[] = Array.from({ length: 700 }, (_, index) => ({
      kind: 'learning',
      id: `m-${String(index).padStart(4, '0')}`,
      text: `learning ${index}`,
      at: at - Math.floor(index / 7) * 60_000,
      score: 0,
      trust: 'derived',
      target: null,
      importance: 0.5,
      why: [],
      memory: null,
    }));
    host.engine.query.memories = async ({ before = Number.POSITIVE_INFINITY, limit }) =>
      all.filter((each) => each.at < before).slice(0, limit);
    const { page } = await pages.visit(host.url);
    await tab(page, 'Memory');
    const older = page.getByRole('button', { name: 'Show older' });
    const last = () => page.locator('.memory-text').last().innerText();
    const seen = new Set<string>();
    let shown = '';
    for (;;) {
      await waitFor('other items', async () => (await last()) !== shown);
      shown = await last();
      for (const text of await page.locator('.memory-text').allInnerTexts()) seen.add(text);
      expect(await cards(page).count()).toBeLessThanOrEqual(240);
      if (seen.size === all.length) break;
      await older.click();
    }
    expect([...seen]).toEqual(all.map(({ text }) => text));
    await page.getByRole('button', { name: 'Back to the newest' }).click();
    await page.getByText('learning 0', { exact: true }).waitFor();
    expect(await focused(page)).toBe('Search memory');
    await shows(30, cards(page));
  });

  it('says what comes when nothing is remembered yet', async () => {
    const { page } = await openList({ scenario: 'empty' });
    await page.getByText('Nothing is remembered yet').waitFor();
    expect(await page.getByRole('button', { name: 'Show everything' }).count()).toBe(0);
    await page.getByRole('combobox', { name: 'Kind' }).selectOption('Everything');
    await page.getByText('learned in sleep, from what happens as you work.').waitFor();
  });
});

describe('[SH2.101] searching memory', () => {
  it('tells why each was found, understands a time expression, and announces how many there are', async () => {
    const { page, host } = await openList();
    const asked: string[] = [];
    const { memories } = host.engine.query;
    host.engine.query.memories = async (query) => {
      asked.push(query.text ?? '');
      return memories(query);
    };
    expect(await page.getByRole('searchbox').getAttribute('placeholder')).toContain('last week');
    await page.getByRole('searchbox').pressSequentially('conflicts yesterday', { delay: 5 });
    await page.locator('.memory-why', { hasText: 'holds “conflicts”, from yesterday' }).first().waitFor();
    await page
      .getByRole('status')
      .getByText(/^\d+ found/)
      .waitFor();
    expect(asked.length).toBeLessThan(6);
    expect(asked.at(-1)).toBe('conflicts yesterday');
    await page.getByRole('searchbox').fill('zebra crossing');
    await page.getByText('Nothing fits').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.locator('.day-name').first().waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
    expect(await focused(page)).toBe('Search memory');
  });

  it('[SH2.304] [SH2.306] goes through everything, and an insight that is found opens among the insights', async () => {
    const page = lasting();
    await page.getByRole('searchbox').fill('rounded');
    await page.getByRole('searchbox').press('Enter');
    await waitFor('an insight', async () => (await kinds(page)).has('Insight'));
    const kind = page.getByRole('combobox', { name: 'Kind' });
    expect([await kind.inputValue(), await kind.getByRole('option', { name: 'Memories' }).count()]).toEqual(['all', 0]);
    await kind.selectOption('Learnings');
    await waitFor('learnings', async () => [...(await kinds(page))].join() === 'Learning');
    await kind.selectOption('Everything');
    await waitFor('an insight', async () => (await kinds(page)).has('Insight'));
    const insight = cards(page).filter({ hasText: 'Rounding moved from checkout.ts' });
    await insight.getByRole('button', { name: 'Open in Insights' }).click();
    await page.getByRole('tab', { name: 'Insights', selected: true }).waitFor();
    await page.locator('.insight-row:focus', { hasText: 'Rounding moved from checkout.ts' }).waitFor();
  });

  it('narrows by kind, by whom, by time, to pinned ones and to one target', async () => {
    const page = lasting();
    await page.getByRole('combobox', { name: 'Kind' }).selectOption('Patterns');
    await waitFor('patterns', async () => [...(await kinds(page))].join() === 'Pattern');
    await shows(2, cards(page));
    await page.getByRole('combobox', { name: 'When' }).selectOption('Today');
    await page.getByText('Nothing fits').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('combobox', { name: 'From whom' }).selectOption('From you');
    await waitFor('notes', async () => [...(await kinds(page))].join() === 'Note');
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('button', { name: 'Pinned' }).click();
    await waitFor('the pinned one', async () => (await cards(page).count()) === 1);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByRole('button', { name: 'Unpin' }).waitFor();
    await page.getByRole('button', { name: 'All about this' }).click();
    await page.getByRole('button', { name: 'About src/cart/total.ts: show all again' }).waitFor();
  });
});

describe('[SH2.102] an opened memory', () => {
  it('shows its rule, score, predictions with what settled them, its evidence and why it is important', async () => {
    const page = lasting();
    await openFound(page, 'total.ts fails');
    const whole = await page.locator('.memory-page').innerText();
    for (const words of [
      'If src/cart/total.ts changes, then a test failure of npm test within 30 minutes.',
      'Held 9 of 11 times (81 %)',
      'Evidence (6)',
      'severity 0.8, outcome 0.9, novelty 0.6',
      'Only this note of it is kept.',
    ])
      expect(whole).toContain(words);
    expect(await page.locator('.prediction-open').innerText()).toMatch(/Waiting\s+\d+ min ago\s+due in \d+ min/);
    await page.getByRole('button', { name: 'Show what settled it' }).first().click();
    await page.locator('.prediction-met').getByRole('button', { name: 'Why did you notice this?' }).first().waitFor();
    await page.getByRole('button', { name: 'Show the observation' }).first().click();
    await page.locator('.evidence-whole').getByRole('button', { name: 'Why did you notice this?' }).waitFor();
  });

  it('leads to what contradicts it and step by step back to its place in the list', async () => {
    const page = lasting();
    await openFound(page, 'refused retry');
    await page.getByRole('heading', { name: 'It is contradicted by' }).waitFor();
    await page.locator('.evidence-row').getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByText('Trying a payment again makes the checkout more reliable.').first().waitFor();
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await page.getByText('A refused card must not be tried again').first().waitFor();
    await waitFor('the focus', async () => (await focused(page)).startsWith('Lesson'));
    await page.keyboard.press('Escape');
    await waitFor('the focus', async () => (await focused(page)) === 'Open');
    expect(await page.getByRole('searchbox').inputValue()).toBe('refused retry');
  });

  it('that went meanwhile says so, and a refused question says why', async () => {
    const { page, host } = await openList();
    host.engine.query.memory = async () => null;
    await page.getByRole('button', { name: 'Open', exact: true }).first().click();
    await page.getByText('It is not there any more').waitFor();
    host.engine.query.memory = async () => {
      throw new Error('the disk is gone');
    };
    await page.getByRole('button', { name: 'Back to the list' }).click();
    await page.getByRole('button', { name: 'Open', exact: true }).last().click();
    await page
      .getByRole('alert')
      .getByText(/the disk is gone/)
      .waitFor();
  });
});

describe('[SH2.103] pinning and correcting', () => {
  it('shows pressed and outcome; a pinned memory cannot be forgotten, and says why', async () => {
    const opened = await openList();
    const { page, host } = opened;
    await openFound(page, 'merging conflicts');
    await page.getByRole('button', { name: 'Pin', exact: true }).click();
    await page.getByRole('status').getByText('Pinned. It is never forgotten.').waitFor();
    await expectCommand(opened, 0, { kind: 'pin-memory', id: 'learning-merge', pinned: true });
    await page.getByRole('button', { name: 'Unpin', pressed: true }).waitFor();
    await page.getByRole('button', { name: 'Forget' }).click({ force: true });
    await page.getByText('Pinned memories are kept.').waitFor();
    await page.getByRole('button', { name: 'Unpin' }).click();
    await page.getByRole('button', { name: 'Pin', pressed: false, exact: true }).waitFor();
    expect(host.engine.commands.map(({ kind }) => kind)).toEqual(['pin-memory', 'pin-memory']);
  });

  it('keeps a text that cannot stand, with the reason, and the owner’s words when the host refuses', async () => {
    const { page, host } = await openList();
    await openFound(page, 'merging conflicts');
    await page.getByRole('button', { name: 'Correct' }).click();
    const box = page.getByRole('textbox', { name: 'In your words' });
    const save = page.getByRole('button', { name: 'Save' });
    await save.click();
    await page.getByRole('alert').getByText('The words are the same as before.').waitFor();
    await box.fill('  ');
    await save.click();
    await page.getByRole('alert').getByText('A memory needs words.').waitFor();
    await box.fill('x'.repeat(10_012));
    await save.click();
    await page.getByRole('alert').getByText('12 characters too many: a memory holds 10,000.').waitFor();
    expect(host.engine.commands).toEqual([]);
    const { send } = host.engine;
    host.engine.send = async () => ({ ok: false, message: 'The disk is full.' });
    await box.fill('only on Fridays');
    await save.click();
    await page.getByRole('alert').getByText('That did not work: The disk is full.').waitFor();
    expect(await box.inputValue()).toBe('only on Fridays');
    host.engine.send = send;
    await save.click();
    await page.getByText('Corrected. Your words stand now').waitFor();
    await page.locator('.memory-text-whole', { hasText: 'only on Fridays' }).waitFor();
  });
});

describe('[SH2.104] deleting for good', () => {
  it('needs a second step that says what it means, with the harmless answer first', async () => {
    const opened = await openList();
    const { page, host } = opened;
    await openFound(page, 'merging conflicts');
    await page.getByRole('button', { name: 'Delete…' }).click();
    const sure = page.getByRole('alertdialog', { name: 'Delete this for good?' });
    expect(await sure.innerText()).toContain('every backup');
    expect(await focused(page)).toBe('Keep it');
    await page.keyboard.press('Escape');
    await waitFor('the focus', async () => (await focused(page)) === 'Delete…');
    expect(host.engine.commands).toEqual([]);
    await page.keyboard.press('Enter');
    await sure.getByRole('button', { name: 'Delete for good' }).click();
    await expectCommand(opened, 0, { kind: 'delete-memory', id: 'learning-merge' });
    await waitFor('the focus', async () => (await focused(page)) === 'Deleted for good');
    expect(await page.getByRole('button', { name: 'Bring back' }).count()).toBe(0);
  });

  it('of everything needs the words typed, and leaves nothing on the page', async () => {
    const opened = await openList();
    const { page, host } = opened;
    await page.getByRole('radio', { name: 'Your data' }).check();
    const box = page.getByRole('textbox', { name: 'Type “delete everything” to be sure' });
    await box.fill('delete');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Type exactly “delete everything” first.').waitFor();
    expect(host.engine.commands).toEqual([]);
    await box.fill('Delete everything');
    await page.getByRole('button', { name: 'Delete everything' }).click();
    await expectCommand(opened, 0, { kind: 'delete-everything', confirm: 'delete everything' });
    await page.getByText('is deleted, and its backups with it.').waitFor();
    await page.getByRole('radio', { name: 'Remembered' }).check();
    await page.getByText('Nothing is remembered yet').waitFor();
    await tab(page, 'Insights');
    await page.getByText('No insights yet').waitFor();
  });
});

describe('[SH2.105] what was forgotten', () => {
  it('says why, when, and until when it can be brought back, and comes back by one click', async () => {
    const opened = await openList();
    const { page } = opened;
    await page.getByRole('radio', { name: 'Forgotten' }).check();
    const stone = page.locator('.tombstone', { hasText: 'darker green' });
    expect(await stone.innerText()).toMatch(
      /^try a darker green[\s\S]*Note\s+2 days ago[\s\S]*Forgotten: you said so[\s\S]*Bring back\s+until Jul 3, 2026$/,
    );
    await stone.getByRole('button', { name: 'Bring back' }).click();
    await expectCommand(opened, 0, { kind: 'bring-back', id: 'gone-theme' });
    await page.getByRole('status').getByText('It is back.').waitFor();
    await waitFor('one less', async () => (await page.locator('.tombstone').count()) === 2);
    expect(await focused(page)).toContain('can be brought back');
  });
});

describe('[SH2.106] an export', () => {
  it('is asked for as JSON or Markdown and says where the file is', async () => {
    const opened = await openList();
    const { page } = opened;
    await page.getByRole('radio', { name: 'Your data' }).check();
    await page.getByRole('button', { name: 'Export as Markdown' }).click();
    await page
      .getByRole('status')
      .getByText(/^Written to \/home\/ada\/.*\.md\.$/)
      .waitFor();
    await expectCommand(opened, 0, { kind: 'export-memory', format: 'markdown' });
    await page.getByRole('button', { name: 'Export as JSON' }).click();
    await page
      .getByRole('status')
      .getByText(/\.json\.$/)
      .waitFor();
    await expectCommand(opened, 1, { kind: 'export-memory', format: 'json' });
  });
});

describe('[SH2.107] by keyboard alone the owner', () => {
  /** Presses Tab until what has the focus is named so. */
  async function tabTo(page: Page, name: string): Promise<void> {
    for (let stops = 0; stops < 40; stops++) {
      await page.keyboard.press('Tab');
      if ((await focused(page)) === name) return;
    }
    throw new Error(`Tab never reached ${name}`);
  }

  it('searches, opens, corrects, forgets and brings back, never losing the focus', async () => {
    const opened = await pages.open();
    const { page, host } = opened;
    await page.keyboard.press('5');
    await page.locator('.memory-card').first().waitFor();
    await page.keyboard.press('/');
    expect(await focused(page)).toBe('Search memory');
    await page.keyboard.type('merging conflicts');
    await page.keyboard.press('Enter');
    await page.locator('.memory-why', { hasText: 'holds “merging”' }).waitFor();
    await tabTo(page, 'Open');
    await page.keyboard.press('Enter');
    await waitFor('the focus', async () => (await focused(page)).startsWith('Learning'));
    await tabTo(page, 'Correct');
    await page.keyboard.press('Enter');
    await page.keyboard.type(' Not now.');
    await page.keyboard.press('Escape');
    await waitFor('the focus', async () => (await focused(page)) === 'Correct');
    await page.locator('.memory-whole').waitFor();
    expect(host.engine.commands).toEqual([]);
    await page.keyboard.press('Enter');
    await page.keyboard.type(' It is worth a rebase first.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Corrected.').waitFor();
    await waitFor('the focus', async () => (await focused(page)) === 'Correct');
    await tabTo(page, 'Forget');
    await page.keyboard.press('Enter');
    await waitFor('the focus', async () => (await focused(page)) === 'Bring back');
    await page.keyboard.press('Enter');
    await page.locator('.memory-text-whole', { hasText: 'worth a rebase first.' }).waitFor();
    await waitFor('the focus', async () => (await focused(page)).startsWith('Learning'));
    expect(host.engine.commands.map(({ kind }) => kind)).toEqual(['correct-memory', 'forget-memory', 'bring-back']);
  });

  it('[SH2.307] [SH2.309] goes from the search to the list and from card to card, across the days, and opens the one it is on', async () => {
    const page = lasting();
    const at = () => page.evaluate(() => document.activeElement?.querySelector('.memory-text')?.textContent ?? '');
    const texts = await page.locator('.memory-text').allInnerTexts();
    await page.keyboard.press('/');
    expect(await focused(page)).toBe('Search memory');
    await page.keyboard.press('ArrowDown');
    expect(await at()).toBe(texts[0]);
    for (const text of texts.slice(1, 4)) {
      await page.keyboard.press('j');
      expect(await at()).toBe(text);
    }
    await page.keyboard.press('k');
    expect(await at()).toBe(texts[2]);
    await page.keyboard.press('Enter');
    await page.locator('.memory-whole', { hasText: texts[2]! }).waitFor();
  });
});
