import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../core/think/ask/facts.ts';
import type { Held } from '../../../core/think/ask/held.ts';
import { readQuestion } from '../../../core/think/ask/question.ts';
import { rulesAnswer } from '../../../core/think/ask/rules-answer.ts';
import { observer } from '../../kit/nouns.ts';
import { askWorld, dayMs, hourMs } from './ask-world.ts';

/** Local time, as answers tell it. */
const now = new Date(2026, 5, 3, 15, 0).getTime();
const at = (day: number, hour: number, minute = 0) => new Date(2026, 5, day, hour, minute).getTime();

const held = (ref: string, over: Partial<Held> = {}): Held => ({
  ref,
  kind: 'insight',
  id: `id-${ref}`,
  text: `The refund test failed for the cart ${'abcdefgh'[Number(ref.slice(1)) % 8]}.`,
  at: at(2, 9),
  trust: 'derived',
  target: null,
  importance: 0.5,
  why: ['new'],
  ...over,
});

const quiet: Facts = { focus: null, troubles: [], seen: [], observed: null };

function answer(text: string, evidence: Held[], more: { facts?: Partial<Facts>; countedAt?: number[] } = {}): string[] {
  const said = rulesAnswer({
    question: readQuestion(text, now),
    held: evidence,
    countedAt: more.countedAt ?? [],
    facts: { ...quiet, ...more.facts },
    now,
  });
  return said.split('\n');
}

/** Every line names evidence, is a heading, or says that it is about the present or what was observed. */
const isHonest = (line: string) => /\[m\d+\]\.$|:$|^(?:Now|Observed): |^Nothing /.test(line);

describe('an answer by rules', () => {
  it.each([
    'What happened to the refund test?',
    'What happened yesterday?',
    'When did the refund test fail?',
    'How often did the refund test fail?',
    'What is the refund test?',
    'What should I look at?',
    'What is going on?',
    'Tell me about refunds and zeppelins',
    'Etwas anderes',
  ])('[SH8.23] names a memory in every line on what memory holds: %s', (question) => {
    const lines = answer(question, [held('m1'), held('m2', { kind: 'pattern' }), held('m3', { at: at(1, 8) })], {
      countedAt: [at(1, 8), at(2, 9)],
    });
    expect(lines.filter((line) => !isHonest(line))).toEqual([]);
    expect(lines.some((line) => /\[m1\]/.test(line))).toBe(true);
  });

  it('[SH8.25] "what happened" goes by days, oldest first', () => {
    expect(
      answer('What happened to the refund test yesterday?', [
        held('m1', { at: at(2, 16) }),
        held('m2', { at: at(2, 9, 5) }),
        held('m3', { at: at(1, 8), kind: 'summary', text: 'A quiet Monday with the refund test.' }),
        held('m4', { at: at(3, 7) }),
      ]),
    ).toEqual([
      'From that time (“yesterday”):',
      'Monday, 1 June:',
      '• In short: A quiet Monday with the refund test [m3].',
      'Yesterday:',
      '• 09:05: The refund test failed for the cart c [m2].',
      '• 16:00: The refund test failed for the cart b [m1].',
      'Today:',
      '• 07:00: The refund test failed for the cart e [m4].',
    ]);
  });

  it('[SH8.24] "while I was away" is told as such, also when there is nothing', () => {
    expect(answer('What happened while I was away?', [held('m1')])[0]).toBe('From while you were away:');
    expect(answer('What did I miss?', [])).toEqual(['Memory holds nothing from a time when you were away.']);
  });

  it('[SH8.26] "when" begins with the last record, or with the first when that is asked for', () => {
    const records = [held('m1', { at: at(2, 16) }), held('m2', { at: at(1, 8) }), held('m3', { kind: 'pattern' })];
    const countedAt = [at(1, 8), at(2, 16)];
    expect(answer('When did the refund test fail?', records, { countedAt })).toEqual([
      'The last record is from yesterday, 16:00: The refund test failed for the cart b [m1].',
      'Before that:',
      '• Monday, 1 June, 08:00: The refund test failed for the cart c [m2].',
      'What was learned about it:',
      '• Yesterday, 09:00: The refund test failed for the cart d [m3].',
    ]);
    const first = answer('When did the refund test first fail?', [records[1]!, records[0]!], { countedAt });
    expect(first[0]).toMatch(/^The first record is from Monday, 1 June, 08:00: .* \[m2\]\.$/);
  });

  it('[SH8.27] "how often" counts occasions by day, an insight and its episode as one, and what was observed', () => {
    const observed = {
      since: at(1, 0),
      tallies: [{ target: 'npm test', type: 'test-failed', count: 8, days: 2, lastAt: at(2, 16, 20) }],
    };
    const countedAt = [at(1, 8), at(1, 8, 1), at(1, 12), at(2, 16)];
    const records = [held('m1', { at: at(2, 16) }), held('m2', { at: at(1, 12) })];
    expect(answer('How often did the refund test fail?', records, { countedAt })[0]).toBe(
      'At least 3 times, as far as memory reaches: twice on Monday, 1 June and once yesterday [m1][m2].',
    );
    expect(
      answer('How often did the refund test fail?', records, { countedAt, facts: { observed } }).slice(0, 2),
    ).toEqual([
      'Observed: “test failed” on npm test 8 times, on 2 days since Monday, 1 June, last yesterday at 16:20.',
      'Reverie thought about it 3 times, as far as memory reaches: twice on Monday, 1 June and once yesterday [m1][m2].',
    ]);
    expect(answer('How often did the refund test fail?', records)[0]).toBe('The best matches in memory:');
  });

  it('[SH8.28] "what is" begins with what was learned', () => {
    const [, first] = answer('What is the refund test?', [held('m1'), held('m2', { kind: 'principle' })]);
    expect(first).toMatch(/\[m2\]\.$/);
  });

  it('[SH8.29] "what should I look at" begins with what is wrong now, then the most pressing', () => {
    const troubles = [{ what: 'The disk is full.', remedy: 'Make room.' }];
    expect(answer('What should I look at?', [held('m1')], { facts: { troubles } })).toEqual([
      'Now: The disk is full. Make room.',
      'Worth a look, most pressing first:',
      '• Yesterday, 09:00: The refund test failed for the cart b [m1].',
    ]);
    expect(answer('What needs my attention?', [])).toEqual(['Nothing of the last seven days stands out in memory.']);
  });

  it('[SH8.30] "what is going on" tells focus and the last hour', () => {
    const see = observer(now - 60_000);
    const facts = { focus: { topic: 'src/cart.ts', since: at(3, 14, 30) }, seen: [see({ target: 'src/a.ts' }), see()] };
    expect(answer('What is going on?', [held('m1')], { facts }).slice(0, 2)).toEqual([
      'Now: Reverie attends to “src/cart.ts”, since 14:30.',
      'Now: in the last hour 2 things were observed, the newest at 14:59, about src/a.ts.',
    ]);
    expect(answer('What is going on?', [])).toEqual([
      'Now: Reverie attends to nothing in particular.',
      'Now: nothing was observed in the last hour.',
      'Memory holds nothing from the last hours.',
    ]);
  });

  it('[SH8.31] says when nothing is held, and which words nothing holds', () => {
    expect(answer('Where is the zeppelin?', [])[0]).toMatch(/^Memory holds nothing about this\. Try /);
    expect(answer('What happened to it in May?', [])[0]).toMatch(/nothing about this from “in May”/);
    expect(answer('Does the refund test have zeppelins?', [held('m1')])[0]).toBe(
      'Nothing that was found holds “zeppelins”.',
    );
    expect(answer('zeppelins', [held('m1')])[0]).toMatch(/^Nothing in memory holds the words/);
  });

  it('[SH8.32] what says the same is one line; notes are the owner’s words; refs in evidence are none', () => {
    const same = [1, 2, 3].map((n) => held(`m${n}`, { text: `The cart failed ${n} times.`, at: at(2, 8 + n) }));
    expect(answer('carts', same)[1]).toBe('• Yesterday, 09:00: The cart failed 1 times (3 times) [m1][m2][m3].');
    expect(answer('carts', [held('m1', { kind: 'note', trust: 'owner', text: 'Mind the cart.' })])[1]).toBe(
      '• Yesterday, 09:00: You wrote “Mind the cart” [m1].',
    );
    expect(answer('carts', [held('m1', { text: 'The cart says [m7].' })])[1]).toBe(
      '• Yesterday, 09:00: The cart says m7 [m1].',
    );
    const told = held('m1', { text: 'The cart failed.' });
    const lived = held('m2', { kind: 'episode', text: 'cart: test failed\nobserve; told: The cart failed.' });
    expect(answer('carts', [told, lived])[1]).toBe('• Yesterday, 09:00: The cart failed [m1][m2].');
  });

  it('[SH8.32] observed text is one bounded line without anything that hides or turns it', () => {
    const [, line] = answer('carts', [held('m1', { text: `The cart\u202e\n\n${'x'.repeat(10_000)}\u0000` })]);
    expect(line?.length).toBeLessThan(300);
    expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
  });
});

describe('what an answer is made of', () => {
  const world = async () => {
    const made = askWorld();
    await made.remember();
    return made;
  };

  it('[SH8.27] of "how often" every record counts, also those that recall would leave out as alike', async () => {
    const { ask } = await world();
    const { last } = await ask('How often did npm test fail?');
    expect(last.text).toMatch(/^At least 4 times, as far as memory reaches: /);
  });

  it('[SH8.27] what was observed of a named thing is tallied, as far as its words mean it', async () => {
    const { store, ask, clock } = await world();
    const see = observer(clock.now() - 5 * hourMs);
    const failed = { type: 'test-failed', target: 'npm test', severity: 'error' } as const;
    const observations = [see(failed), see(failed), see({ ...failed, type: 'test-passed' })];
    await store.append({ entries: observations.map((observation) => ({ observation, mergeInto: null })), marks: [] });
    const { last } = await ask('How often did npm test fail?');
    expect(last.text).toMatch(/^Observed: “test failed” on npm test twice, on 1 day since /);
    expect(last.text).not.toContain('test passed');
  });

  it('[SH8.29] without a word to look for, what is important and new comes first', async () => {
    const { store, ask } = await world();
    const { last } = await ask('What should I look at?');
    expect(last.evidence?.map(({ id }) => id).slice(0, 2)).toEqual(['i3', 'i2']);
    expect(last.evidence?.every(({ importance }) => importance >= 0.5)).toBe(true);
    expect(await store.counts()).toMatchObject({ observations: 0 });
  });

  it('[SH8.25] a time in the question leaves out the rest', async () => {
    const { ask, clock } = await world();
    const { last } = await ask('What happened today?');
    const midnight = new Date(clock.now()).setHours(0, 0, 0, 0);
    expect(last.evidence?.length).toBeGreaterThan(0);
    expect(last.evidence?.every((each) => each.at >= midnight && each.at < midnight + dayMs)).toBe(true);
  });
});
