import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import type { AnswerView } from '../../core/protocol-owner.ts';
import { createActions } from '../../renderer/actions.ts';
import { paragraphsOf, plainAnswer, stretchesOf } from '../../renderer/ask-words.ts';
import type { Calls } from '../../renderer/connect.ts';
import { createStore, mergeAnswers } from '../../renderer/store.ts';
import { type FakeEngine, fakeEngine, type Scenario } from '../kit/fake-engine.ts';
import { waitFor } from '../kit/wait-for.ts';
import { complaints } from './complaints.ts';
import { hostile } from './hostile-texts.ts';
import { enlargeText, sidewaysOverflow, usePages } from './open-page.ts';
import { shows } from './shows.ts';

const pages = usePages();

/** The Ask view on an engine whose answers grow by hand. */
async function openAsk(
  options: { scenario?: Scenario; engine?: FakeEngine } = {},
  context: Parameters<typeof pages.open>[1] = {},
) {
  const engine = options.engine ?? fakeEngine({ scenario: options.scenario ?? 'busy', answers: 'by-hand' });
  const opened = await pages.open({ engine }, context);
  await opened.page.getByRole('tab', { name: 'Ask' }).click();
  await opened.page.locator('.ask-empty, .answers').waitFor();
  return { ...opened, engine, box: opened.page.getByRole('textbox', { name: 'Your question' }) };
}

async function ask(page: Page, question: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your question' }).fill(question);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: question }).waitFor();
}

const answer = (id: string, rest: Partial<AnswerView> = {}): AnswerView => ({
  id,
  question: `${id}?`,
  askedAt: Number(id.slice(1)),
  state: 'answering',
  text: '',
  reasoner: null,
  why: '',
  evidence: [],
  problem: null,
  ...rest,
});

describe('a question', () => {
  it('[SH8.50] is asked by Enter, not by Shift and Enter; the up arrow brings the last ones back', async () => {
    const { page, box, engine } = await openAsk();
    await box.fill('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('more');
    expect(await box.inputValue()).toBe('one\nmore');
    await page.keyboard.press('Enter');
    await waitFor('an empty box', async () => (await box.inputValue()) === '');
    engine.growAnswer(1);
    await ask(page, 'What else?');
    await waitFor('an empty box', async () => (await box.inputValue()) === '');
    await page.keyboard.press('ArrowUp');
    expect(await box.inputValue()).toBe('What else?');
    await page.keyboard.press('ArrowUp');
    expect(await box.inputValue()).toBe('one\nmore');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    expect(await box.inputValue()).toBe('What else?');
    await page.keyboard.press('ArrowDown');
    expect(await box.inputValue()).toBe('');
    await page.keyboard.type('draft');
    await page.keyboard.press('ArrowUp');
    expect(await box.inputValue()).toBe('draft');
    expect((await engine.query.answers()).map(({ question }) => question)).toEqual(['What else?', 'one\nmore']);
  });

  it('[SH8.51] that the host refuses, or that is too long, stays in the box and says why', async () => {
    const { page, box, engine } = await openAsk();
    engine.ask = () => Promise.reject(new Error('it is ending'));
    await box.fill('What broke?');
    await page.keyboard.press('Enter');
    await page.getByText(/^Not asked: .*it is ending.* Your question is still here\.$/).waitFor();
    expect(await box.inputValue()).toBe('What broke?');
    await box.fill('a'.repeat(2_003));
    await page.getByText('3 characters too many: a question holds 2,000.').waitFor();
    await page.keyboard.press('Enter');
    expect(await engine.query.answers()).toEqual([]);
    await page.getByRole('tab', { name: 'Now' }).click();
    await page.getByRole('tab', { name: 'Ask' }).click();
    expect((await box.inputValue()).length).toBe(2_003);
  });

  it('[SH8.52] is suggested while none was asked, and asked by one click, with the focus in the box', async () => {
    const { page, box, engine } = await openAsk();
    await shows(4, page.locator('.suggestion'));
    await page.getByRole('button', { name: 'What keeps failing?' }).click();
    await page.getByText('Looking in memory…').waitFor();
    expect(await page.locator('.suggestion').count()).toBe(0);
    expect(await box.evaluate((at) => at === document.activeElement)).toBe(true);
    expect(engine.growAnswer(1)?.question).toBe('What keeps failing?');
  });
});

describe('an answer', () => {
  it('[SH8.53] stands under its question, the newest last, with who answered, and why where that is worth a word', async () => {
    const { page } = await openAsk({ engine: fakeEngine({ scenario: 'away' }) });
    await ask(page, 'What keeps failing?');
    await ask(page, 'What changed today?');
    await page.locator('.answer-copy').nth(1).waitFor();
    expect(await page.locator('.answer-question').allInnerTexts()).toEqual([
      expect.stringContaining('What keeps failing?'),
      expect.stringContaining('What changed today?'),
    ]);
    const who = await page.locator('.answer-who').last().innerText();
    expect(who).toContain('Rules — no model');
    expect(who).toContain('LM Studio is closed.');
    await page.reload();
    await page.getByRole('tab', { name: 'Ask' }).click();
    await page.locator('.answer').nth(1).waitFor();
  });

  it('[SH8.54] grows alone: nothing else on the page changes, and nothing above it moves', async () => {
    const { page, engine } = await openAsk({ scenario: 'asked' });
    await ask(page, 'And now?');
    engine.growAnswer(0);
    await page.locator('.answer').nth(2).getByText('Answering…').waitFor();
    await page.evaluate(() => {
      const scope = window as unknown as { elsewhere: string[] };
      scope.elsewhere = [];
      const last = document.querySelector('.answer:last-child .answer-text');
      new MutationObserver((records) => {
        for (const { target } of records)
          if (!last?.contains(target)) scope.elsewhere.push((target as Element).className ?? String(target));
      }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    const head = () =>
      page.evaluate(() => {
        const list = document.querySelector('.answers')!.getBoundingClientRect();
        return document.querySelector('.answer:last-child .answer-text')!.getBoundingClientRect().top - list.top;
      });
    const before = await head();
    const whole = `${'word '.repeat(900)}\n\n${'more '.repeat(900)}#end`;
    for (let step = 1; step < 200; step++) engine.growAnswer(step / 200, whole);
    engine.growAnswer(0.9999, whole);
    await page.getByText('#end').waitFor();
    expect(await page.evaluate(() => (window as unknown as { elsewhere: string[] }).elsewhere)).toEqual([]);
    expect(await head()).toBe(before);
  });

  it('[SH8.55] keeps its end in sight, unless the reader is elsewhere', async () => {
    const { page, engine } = await openAsk({ scenario: 'asked' });
    const panel = page.locator('.panel:has(.ask)');
    const distance = () => panel.evaluate((at) => at.scrollHeight - at.scrollTop - at.clientHeight);
    await ask(page, 'And now?');
    const whole = `${'word '.repeat(1_500)}#end`;
    const grow = async (share: number) => {
      const text = engine.growAnswer(share, whole)?.text ?? '';
      await waitFor(
        'the text',
        async () => (await page.locator('.answer-text').last().innerText()).length >= text.length - 2,
      );
    };
    await grow(0.5);
    await waitFor('the end', async () => (await distance()) < 24);
    // It grows again before the page is told that it was brought to its end.
    await panel.evaluate((at) => {
      at.querySelector<HTMLElement>('.ask-list')!.style.paddingBottom = '300px';
      at.dispatchEvent(new Event('scroll'));
    });
    await waitFor('the end again', async () => (await distance()) < 24);
    await panel.evaluate(
      (at) =>
        new Promise<void>((scrolled) => {
          at.addEventListener('scroll', () => scrolled(), { once: true });
          at.scrollTop = 40;
        }),
    );
    await grow(0.8);
    expect(await panel.evaluate((at) => at.scrollTop)).toBe(40);
    engine.growAnswer(1, whole);
    await page.locator('.answer-copy').nth(2).waitFor();
    expect(await panel.evaluate((at) => at.scrollTop)).toBe(40);
  });

  it('[SH8.56] opens what it rests on at its citations and as a whole, each with the way to it', async () => {
    const { page, engine } = await openAsk({ scenario: 'asked' });
    const last = page.locator('.answer').last();
    const citation = last.getByRole('button', { name: /^Evidence 1: A refused card/ });
    await citation.click();
    const piece = last.locator('.evidence-row');
    await shows(1, piece);
    const said = await piece.innerText();
    for (const word of ['Lesson', '1 day ago', 'own conclusion', 'Cited', 'About src/checkout/pay.ts', 'Found because'])
      expect(said).toContain(word);
    await page.keyboard.press('Escape');
    expect(await piece.count()).toBe(0);
    expect(await citation.evaluate((at) => at === document.activeElement)).toBe(true);
    const all = last.getByRole('button', { name: 'Evidence (6)' });
    await all.click();
    await shows(6, piece);
    expect(await all.getAttribute('aria-expanded')).toBe('true');
    await piece.first().getByRole('button', { name: 'Open in Memory' }).click();
    await page.locator('.memory-whole').getByText('A refused card must not be tried again').waitFor();
    await page.getByRole('tab', { name: 'Ask' }).click();
    await last.getByRole('button', { name: 'Evidence (6)' }).click();
    await last.getByRole('button', { name: 'Open the insight' }).first().click();
    await waitFor('the Insights view', () => page.getByRole('tab', { name: 'Insights', selected: true }).isVisible());
    expect(engine.commands).toEqual([]);
  });

  it('[SH8.57] is stopped where it is, asked again when it failed or was stopped, and copied without its references', async () => {
    const { page, engine } = await openAsk({}, { permissions: ['clipboard-read', 'clipboard-write'] });
    await ask(page, 'What broke?');
    engine.growAnswer(0.5, 'The cart [m1]. And the rest of it.');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped. What was written so far stays.').waitFor();
    expect(engine.commands.map(({ kind }) => kind)).toEqual(['stop-answer']);
    expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.locator('.answer').nth(1).waitFor();
    engine.growAnswer(0.5);
    engine.failAnswer('The model server is gone. Ask again.');
    await page.getByText('The model server is gone. Ask again.').waitFor();
    await page.getByRole('button', { name: 'Ask again' }).last().click();
    await page.locator('.answer').nth(2).waitFor();
    engine.growAnswer(1, 'The cart [m1], and pay.ts [m2].');
    await page.locator('.answer').nth(2).getByRole('button', { name: 'Copy' }).click();
    await page.locator('.answer').nth(2).getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('The cart, and pay.ts.');
  });

  it('[SH8.58] is told to a screen reader once, when it is whole; older ones are not', async () => {
    const { page, engine } = await openAsk({ scenario: 'asked' });
    const heard = page.locator('.ask > output');
    expect(await heard.getAttribute('aria-live')).toBe('polite');
    await ask(page, 'What broke?');
    for (const share of [0, 0.3, 0.6, 0.9]) engine.growAnswer(share, 'The cart [m1], since noon.');
    await page.locator('.answer-text').last().getByText('The cart').waitFor();
    expect(await heard.innerText()).toBe('');
    engine.growAnswer(1, 'The cart [m1], since noon.');
    await waitFor('the answer', async () => (await heard.innerText()) !== '');
    expect(await heard.innerText()).toBe('Answer: The cart, since noon.');
  });
});

describe('the focus', () => {
  it('[SH8.59] is set with its priority, shown as it is, and let go', async () => {
    const { page, engine } = await openAsk();
    await page.getByRole('radio', { name: 'Focus on' }).check();
    await page.getByText('Attending to src/cart/total.ts').waitFor();
    const topic = page.getByRole('textbox', { name: 'What to attend to' });
    await topic.fill('a'.repeat(201));
    await page.keyboard.press('Enter');
    await page.getByText('1 character too many: a focus holds 200.').waitFor();
    await topic.fill('src/checkout');
    await page.getByRole('radio', { name: 'High' }).check();
    await page.getByText('It stays until you let it go, for four hours at most.').waitFor();
    await topic.press('Enter');
    await page.getByText('Attending to src/checkout').waitFor();
    await page.getByText('The focus is set.').waitFor();
    expect(await topic.inputValue()).toBe('');
    await page.getByRole('button', { name: 'Let go' }).click();
    await page.getByText('Nothing is in focus.').waitFor();
    expect(engine.commands).toEqual([
      { kind: 'set-focus', topic: 'src/checkout', priority: 'high' },
      { kind: 'clear-focus' },
    ]);
  });
});

describe('[SH8.60] looks', () => {
  const states = async (scenario: Scenario, look: (page: Page, state: string) => Promise<void>, context = {}) => {
    const { page, engine, faults } = await openAsk({ scenario }, context);
    await look(page, 'list');
    await ask(page, 'What broke?');
    await look(page, 'recalling');
    engine.growAnswer(0.7);
    await page.getByText('Answering…').last().waitFor();
    await look(page, 'answering');
    engine.failAnswer('The model server is gone. Ask again.');
    await page.getByRole('button', { name: 'Ask again' }).waitFor();
    await page
      .getByRole('button', { name: /^Evidence \(/ })
      .last()
      .click();
    await look(page, 'failed, opened');
    await page.getByRole('radio', { name: 'Focus on' }).check();
    await look(page, 'focus');
    expect(faults).toEqual([]);
  };
  it.each(['light', 'dark'] as const)('every state passes axe in %s', async (colorScheme) => {
    await states('asked', async (page, state) => expect(await complaints(page), state).toEqual([]), { colorScheme });
  });
  it.each([
    { name: 'at 300 pixels', width: 300, percent: 100 },
    { name: 'with text at 200 %', width: 420, percent: 200 },
  ])('nothing scrolls sideways $name', ({ width, percent }) =>
    states('asked', async (page, state) => expect(await sidewaysOverflow(page), state).toBeLessThanOrEqual(0), {
      viewport: { width, height: 640 },
      before: (page: Page) => enlargeText(page, percent),
    }),
  );
});

describe('texts of the world', () => {
  const evil = (id: string, text: string): AnswerView =>
    answer(id, {
      question: text,
      text: `${text} [m1] ${text}`,
      state: 'failed',
      problem: text,
      why: text,
      reasoner: { kind: 'server', name: text },
      evidence: [
        {
          ref: 'm1',
          kind: 'note',
          id: 'n1',
          text,
          at: 1,
          trust: 'observed',
          target: text,
          importance: 1,
          why: [text],
          cited: true,
        },
      ],
    });

  it('[SH8.61] are inert in question, answer, evidence, reason and problem, and break no layout', async () => {
    const engine = fakeEngine({ answers: 'by-hand' });
    const texts = Object.entries(hostile);
    engine.query.answers = async () => texts.map(([, text], index) => evil(`a${index}`, text));
    const { page, faults } = await openAsk({ engine }, { viewport: { width: 300, height: 640 } });
    for (const [index, [name]] of texts.entries()) {
      const one = page.locator('.answer').nth(index);
      await one.getByRole('button', { name: 'Evidence (1)' }).click();
      await one.locator('.citation').click();
      expect(await one.locator('img, script, style').count(), name).toBe(0);
      const directions = await one
        .locator('.answer-paragraph, .answer-question')
        .evaluateAll((all) => all.map((at) => at.getAttribute('dir')));
      expect(new Set(directions), name).toEqual(new Set(['auto']));
      expect(await sidewaysOverflow(page), name).toBeLessThanOrEqual(0);
    }
    expect(await page.evaluate(() => 'broken' in window)).toBe(false);
    expect(faults).toEqual([]);
  });
});

describe('[SH8.62] citations', () => {
  const known = new Set(['m1', 'm2', 'm12']);
  it.each([
    ['A [m1].', [{ text: 'A' }, { refs: ['m1'] }, { text: '.' }]],
    ['A [m1][m2]', [{ text: 'A' }, { refs: ['m1'] }, { refs: ['m2'] }]],
    ['A [m1, m12; m9]', [{ text: 'A' }, { refs: ['m1', 'm12'] }]],
    ['A [m9] and [x]', [{ text: 'A [m9] and [x]' }]],
    ['', []],
  ])('%s', (text, stretches) => expect(stretchesOf(text, known)).toEqual(stretches));

  it('that are half there are not shown while the text grows', () => {
    for (const half of [' [', ' [m', ' [m1', ' [m1, m']) {
      expect(paragraphsOf(`A${half}`, { growing: true })).toEqual(['A']);
      expect(paragraphsOf(`A${half}`, { growing: false })).toEqual([`A${half}`]);
    }
  });

  it('are left out of what is read and copied', () =>
    expect(plainAnswer('One [m1]. Two [m1, m2]\n\nThree [m2].')).toBe('One. Two\n\nThree.'));
});

describe('[SH8.63] answers from several ways', () => {
  it('keep the further state of each, newest first', () => {
    const held = [answer('a2', { text: 'long text' }), answer('a1', { state: 'done', text: 'x' })];
    const later = [answer('a2', { text: 'long' }), answer('a1', { text: 'xy' }), answer('a3', { state: 'recalling' })];
    expect(mergeAnswers(held, later).map(({ id, text, state }) => [id, text, state])).toEqual([
      ['a3', '', 'recalling'],
      ['a2', 'long text', 'answering'],
      ['a1', 'x', 'done'],
    ]);
  });

  it('those of a host that is gone go, those that came meanwhile stay', async () => {
    const store = createStore();
    store.set({ answers: { items: [answer('a1')], loaded: true, problem: '' } });
    const calls = {
      async answers() {
        store.set({
          answers: { ...store.get().answers, items: mergeAnswers(store.get().answers.items, [answer('a2')]) },
        });
        return [];
      },
    } as unknown as Calls;
    const actions = createActions(store, { calls: () => calls, retryNow() {}, close() {} });
    await actions.refreshAnswers();
    expect(store.get().answers.items.map(({ id }) => id)).toEqual(['a2']);
  });
});
