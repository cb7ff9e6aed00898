import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decisionComplete } from '../../core/think/stream/decision-complete.ts';
import { createObjectWatch } from '../../core/think/stream/object-watch.ts';
import type { Processor, StreamToken, Verdict } from '../../core/think/stream/processor.ts';
import { repetition } from '../../core/think/stream/repetition.ts';
import { runaway } from '../../core/think/stream/runaway.ts';
import { decisionReply } from '../kit/scripted-server.ts';

const decision = JSON.stringify({
  action_type: 'observe',
  reasoning: 'He wrote "{ braces } and \\ backslashes", twice: }}}',
  metadata: { confidence: 0.8, alternatives_considered: ['{'] },
  insight: { text: 'a } b', importance: 0.5 },
  evidence: ['o1'],
});

/** Pieces of these lengths, over and over. */
function cut(text: string, lengths: number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, n = 0; at < text.length; n++) {
    const length = lengths[n % lengths.length] ?? 1;
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

/** The first verdict and the text up to and with the token that brought it. */
function judge(
  processor: Processor,
  pieces: string[],
  channel: StreamToken['channel'] = 'answer',
): { verdict: Verdict | null; read: string } {
  let read = '';
  for (const text of pieces) {
    read += text;
    const verdict = processor.push({ channel, text });
    if (verdict) return { verdict, read };
  }
  return { verdict: null, read };
}

const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });

describe('a decision that is complete', () => {
  it('[TH2.1] is known with the token that holds the closing brace, wherever the stream is cut', () => {
    fc.assert(
      fc.property(lengths, fc.constantFrom('', ' ', '\n\n', ' and more words {', decision), (sizes, after) => {
        const pieces = cut(decision + after, sizes);
        const { verdict, read } = judge(decisionComplete(), pieces);
        expect(verdict).toEqual({ kind: 'complete' });
        expect(read.length).toBeGreaterThanOrEqual(decision.length);
        expect(read.length - decision.length).toBeLessThan(Math.max(...sizes));
      }),
      { seed: 21 },
    );
  });

  it('[TH2.1] is not there before its brace', () => {
    expect(judge(decisionComplete(), cut(decision.slice(0, -1), [1])).verdict).toBeNull();
  });

  it.each([
    ['a fence', '```json\n'],
    ['a fence of no language', ' ```\n'],
    ['white space', '\n\n   \t'],
  ])('[TH2.2] is known behind %s', (_name, before) => {
    for (const size of [1, 3, 1_000]) {
      const { verdict, read } = judge(decisionComplete(), cut(before + decision, [size]));
      expect(verdict).toEqual({ kind: 'complete' });
      expect(read).toBe(before + decision);
    }
  });

  it.each([
    ['prose', 'Sure! Here it is, as {you} asked: '],
    ['a thought that was never opened', 'Should I propose it? '],
    ['a quote in prose', 'It\'s 5" wide: '],
    ['one tick', '`'],
    ['a list', '['],
    ['another object', '{"note":"first I think","action":{"reasoning":1,"action_type":2}} '],
  ])('[TH2.40] is not believed behind %s, where it may only be weighed', (_name, before) => {
    for (const size of [1, 3, 1_000])
      expect(judge(decisionComplete(), cut(`${before}${decision} </think> ${decision}`, [size])).verdict).toBeNull();
  });

  it('[TH2.2] is known in plain and in indented answers', () => {
    const answers = [
      decisionReply({}).text,
      decisionReply({ messages: [{ role: 'user', content: 'o1 x' }] }).text,
      JSON.stringify(JSON.parse(decision), null, 2),
    ];
    for (const text of answers) expect(judge(decisionComplete(), cut(text, [4])).read).toBe(text);
  });

  it('[TH2.3] is no object without an action and its reasoning, and none that was only weighed while reasoning', () => {
    expect(judge(decisionComplete(), ['{"a":{"action_type":"observe","reasoning":"x"}}']).verdict).toBeNull();
    for (const text of ['{"reasoning":"action_type"}', '{"x":"y"}', '{}'])
      expect(judge(decisionComplete(), [text]).verdict).toBeNull();
    expect(judge(decisionComplete(), [decision], 'reasoning').verdict).toBeNull();
    const either = decisionComplete({ names: [] });
    expect(judge(either, ['{', '"a"', ':1', '}', ' more']).read).toBe('{"a":1}');
    expect(judge(decisionComplete({ names: [] }), ['{', '}']).verdict).toBeNull();
  });

  it('[TH2.4] is told from any JSON value as JSON itself tells it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), lengths, (value, sizes) => {
        const text = JSON.stringify(value);
        const watch = createObjectWatch();
        let read = '';
        for (const piece of cut(text, [...sizes, 1])) {
          read += piece;
          expect(watch.push(piece)).toBe(read.length === text.length);
        }
        expect(watch.closed()).toBe(true);
      }),
      { seed: 24 },
    );
  });

  it('[TH2.4] is never claimed of nonsense in a way that throws', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('{', '}', '"', '\\', ':', 'a', '[', ' ') })), (pieces) => {
        const watch = createObjectWatch(['a']);
        for (const piece of pieces) watch.push(piece);
      }),
      { seed: 25 },
    );
  });
});

const loops = (text: string, sizes = [4]) => judge(repetition(), cut(text, sizes));

describe('repetition', () => {
  const passage = 'I should look at the file again, because the change may matter. ';
  it.each([
    ['one character', '.'],
    ['one word', 'the '],
    ['an escape', '\\n'],
    ['a sentence', passage],
    ['an item', '{"text":"a","importance":0.5},'],
    [
      'a paragraph',
      Array.from({ length: 110 }, (_, n) => n * n)
        .join(' ')
        .slice(0, 490),
    ],
    ['another script', '这是一个循环。'],
  ])('[TH2.5] of %s is cut, with words', (_name, again) => {
    const opening = '{"action_type":"observe","reasoning":"';
    const needed = Math.max(600, again.length * 4);
    const { verdict, read } = loops(opening + again.repeat(10_000 / again.length));
    expect(verdict).toMatchObject({ kind: 'cut', why: { class: 'model-output', code: 'repetition' } });
    expect(read.length - opening.length).toBeLessThanOrEqual(needed + again.length + 64 + 4);
  });

  it('[TH2.5] is cut whatever the passage, its place and the size of the tokens', () => {
    const passages = fc.string({ minLength: 1, maxLength: 490, unit: 'grapheme' }).filter((text) => text.length <= 490);
    fc.assert(
      fc.property(passages, fc.string({ maxLength: 3_000 }), lengths, (again, before, sizes) => {
        const times = Math.ceil(2_200 / again.length) + 5;
        expect(loops(before + again.repeat(times), sizes).verdict?.kind).toBe('cut');
      }),
      { seed: 26, numRuns: 60 },
    );
  });

  it('[TH2.5] of a thought is cut, too, and the channels do not mix', () => {
    expect(judge(repetition(), cut('Wait. '.repeat(200), [6]), 'reasoning').verdict?.kind).toBe('cut');
    const both = repetition();
    for (let n = 0; n < 90; n++) {
      expect(both.push({ channel: 'answer', text: 'same' })).toBeNull();
      expect(both.push({ channel: 'reasoning', text: 'same' })).toBeNull();
    }
  });

  const item = (n: number) => ({
    id: n,
    path: 'src/shop.ts',
    event: 'changed',
    added: 3,
    removed: 0,
    severity: 'info',
  });
  const many = Array.from({ length: 60 }, (_, n) => item(n));
  const numbers = Array.from({ length: 800 }, (_, n) => (n * n) % 9_973);
  it.each([
    ['similar items', JSON.stringify(many)],
    ['similar items, indented', JSON.stringify(many, null, 8)],
    ['a table', many.map(({ id }) => `| ${id} | src/shop.ts | changed | 3 | 0 |`).join('\n')],
    ['rules of a table', `| a | b |\n|${'-'.repeat(200)}|${'-'.repeat(200)}|\n| 1 | 2 |\n${'='.repeat(500)}`],
    ['deep indentation', ['{', '[', '{'].map((mark, depth) => `${' '.repeat(depth * 150)}${mark}\n`).join('')],
    ['numbers', JSON.stringify(numbers)],
    ['a list that counts', numbers.map((_, n) => `${n + 1}. The file was changed again.`).join('\n')],
    ['decimals', numbers.map((n) => `0.${n}0000`).join(', ')],
    ['a short run of noughts', JSON.stringify(Array.from({ length: 250 }, () => 0))],
    ['a word said often', `It is very ${'very '.repeat(100)}old.`],
    ['three equal paragraphs', `${passage}${'The second sentence is another one. '.repeat(6)}`.repeat(3)],
  ])('[TH2.6] is not seen in %s', (_name, text) => {
    for (const sizes of [[1], [4], [1_000]]) expect(loops(text, sizes).verdict).toBeNull();
  });

  it('[TH2.6] is not seen in random text, whatever its alphabet', () => {
    const texts = fc.oneof(
      fc.string({ minLength: 600, maxLength: 3_000 }),
      fc
        .array(fc.constantFrom('a', 'b'), { minLength: 3_000, maxLength: 4_000, size: 'max' })
        .map((all) => all.join('')),
      fc.lorem({ maxCount: 300, mode: 'words' }),
      fc.json({ maxDepth: 5 }),
    );
    fc.assert(
      fc.property(texts, lengths, (text, sizes) => {
        // A text that does loop by chance is one that a plain search finds, too.
        fc.pre(!loopsAnywhere(text));
        expect(loops(text, sizes).verdict).toBeNull();
      }),
      { seed: 27, numRuns: 60 },
    );
  });

  it('[TH2.6] is what its definition says, no more and no less', () => {
    const letters = fc.string({ maxLength: 40, unit: fc.constantFrom('a', 'b') });
    const texts = fc
      .tuple(letters, letters, fc.integer({ min: 10, max: 700 }), letters)
      .map(
        ([before, again, length, after]) =>
          before + again.repeat(Math.ceil(length / (again.length || 1))).slice(0, length) + after.slice(0, 3),
      );
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(text.length >= 64);
        expect(repetition().push({ channel: 'answer', text }) !== null).toBe(loopsAtEnd(text));
      }),
      { seed: 28, numRuns: 300 },
    );
  });

  it('[TH2.7] holds a window, not the text: a loop that ended is forgotten, one beyond any length is found', () => {
    const processor = repetition();
    const noise = (n: number) => `${n} ${(n * 7919) % 104_729} `;
    let text = '';
    for (let n = 0; n < 20_000; n++) text += noise(n);
    expect(judge(processor, cut(text, [5])).verdict).toBeNull();
    expect(judge(processor, cut(passage.repeat(30), [5])).read.length).toBeLessThan(800);
  });
});

/** By definition, slowly: whether the end of a text is one passage four times or oftener, over 600 characters or more. */
function loopsAtEnd(text: string): boolean {
  for (let period = 1; period * 4 <= text.length; period++) {
    let run = period;
    while (run < text.length && text.at(-1 - run) === text.at(-1 - run + period)) run += 1;
    if (run >= Math.max(600, period * 4)) return true;
  }
  return false;
}

/** By definition, slowly: whether some stretch of 600 characters or more is one passage four times or oftener. */
function loopsAnywhere(text: string): boolean {
  for (let period = 1; period <= 500; period++) {
    let run = 0;
    for (let at = period; at < text.length; at++) {
      run = text[at] === text[at - period] ? run + 1 : 0;
      if (run + period >= Math.max(600, period * 4)) return true;
    }
  }
  return false;
}

const count = (processor: Processor, channel: StreamToken['channel'], tokens: number, text = 'word ') => {
  for (let n = 1; n <= tokens; n++) {
    const verdict = processor.push({ channel, text });
    if (verdict) return { at: n, verdict };
  }
  return null;
};

describe('a runaway', () => {
  const allowed = { answerTokens: 512, reasoningTokens: 2_048 };
  it('[TH2.8] answer is cut beyond one and a half times its allowance, however much was reasoned before', () => {
    for (const thought of [0, 10, 2_048]) {
      const processor = runaway(allowed);
      expect(count(processor, 'reasoning', thought)).toBeNull();
      expect(count(processor, 'answer', 9_999)).toMatchObject({ at: 769, verdict: { why: { code: 'runaway' } } });
    }
  });

  it('[TH2.8] thought is cut beyond one and a half times its allowance while no answer has begun, and is nobody’s matter afterwards', () => {
    const endless = runaway(allowed);
    expect(endless.push({ channel: 'answer', text: '\n\n' })).toBeNull();
    expect(count(endless, 'reasoning', 9_999)).toMatchObject({
      at: 3_073,
      verdict: { kind: 'cut', why: { class: 'model-output', code: 'runaway-reasoning' } },
    });
    const answering = runaway(allowed);
    expect(count(answering, 'answer', 1)).toBeNull();
    expect(count(answering, 'reasoning', 9_999)).toBeNull();
  });

  it('[TH2.8] is known by length where a server sends many tokens at once', () => {
    expect(count(runaway(allowed), 'answer', 9_999, 'words '.repeat(40))).toMatchObject({ at: 26 });
    expect(count(runaway(allowed), 'reasoning', 1, 'x'.repeat(100_000))).toMatchObject({ at: 1 });
  });
});
