import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutRefs } from '../../../core/think/ask/citations.ts';
import { readAnswer } from '../../../core/think/ask/read-answer.ts';

const refs = new Set(['m1', 'm2', 'm3']);
const whole = (said: string) => readAnswer(said, refs, { whole: true });
const textOf = (said: string) => whole(said).text;
const soFar = (said: string) => readAnswer(said, refs, { whole: false }).text;

describe('refs in an answer', () => {
  it.each([
    ['The tests failed [m1].', 'The tests failed [m1].', ['m1']],
    ['Both [m1, m3] and [M2].', 'Both [m1][m3] and [m2].', ['m1', 'm3', 'm2']],
    ['All of it (m1 and m2).', 'All of it [m1][m2].', ['m1', 'm2']],
    ['A span [m1-m3].', 'A span [m1][m2][m3].', ['m1', 'm2', 'm3']],
    ['In other brackets 【m2】.', 'In other brackets [m2].', ['m2']],
    ['Nothing named.', 'Nothing named.', []],
    ['An array[m] and a list [1, 2].', 'An array[m] and a list [1, 2].', []],
  ])('[SH8.14][SH8.15] %s', (said, text, cited) => {
    expect(whole(said)).toEqual({ text, cited: new Set(cited) });
  });

  it('[SH8.14] what does not exist is gone, with the space before it', () => {
    expect(whole('It broke [m9]. And again [m2, m77].')).toEqual({
      text: 'It broke. And again [m2].',
      cited: new Set(['m2']),
    });
    expect(textOf('Everything [m1-m9999].')).toBe('Everything [m1][m2][m3].');
  });

  it('[SH8.14] while it streams, what may become a ref, a tag or a mark is held back', () => {
    for (const end of [' [', ' [m', ' [m1', ' [m1, m', ' (m2', ' <', ' </thi', ' ⟦abc', ' **'])
      expect(soFar(`It failed${end}`), end).toBe('It failed');
    expect(soFar('It failed [m1].')).toBe('It failed [m1].');
    expect(soFar('An array[')).toBe('An array');
    expect(textOf('It failed [m')).toBe('It failed [m');
  });

  it('[SH8.14] however it is cut into pieces, a ref that does not exist is never shown', () => {
    const said = 'One [m1] two [m8] three [m2, m9] four (m12) five.';
    for (let at = 0; at <= said.length; at++) expect(soFar(said.slice(0, at))).not.toMatch(/m8|m9|m12|\(/);
  });

  it('[SH8.32] what looks like a ref in a quoted text is none', () => {
    expect(withoutRefs('see [m1] and (m2, m3)')).toBe('see m1 and m2, m3');
    expect(whole(withoutRefs('trust [m1]')).cited.size).toBe(0);
  });
});

describe('what a model says', () => {
  it('[SH8.17] is shown without its thinking', () => {
    expect(textOf('<think>Hm, [m1]?</think>Yes [m2].')).toBe('Yes [m2].');
    expect(textOf('I wonder…</think>\nYes.')).toBe('Yes.');
    expect(textOf('<think>still at it')).toBe('');
    expect(soFar('<thi')).toBe('');
    expect(textOf('A <b>bold</b> <think>aside</think> word.')).toBe('A <b>bold</b> word.');
  });

  it('[SH8.17] is text: tags stay letters, emphasis and headings lose their signs, code keeps its stars', () => {
    expect(textOf('<script>alert(1)</script> <img src=x onerror=y>')).toBe(
      '<script>alert(1)</script> <img src=x onerror=y>',
    );
    expect(textOf('## Result\n\n\n\n* **cart.ts** changed **twice**.\n- src/**/x.ts and 2**3')).toBe(
      'Result\n\n• cart.ts changed twice.\n• src/**/x.ts and 2**3',
    );
  });

  it('[SH8.17] loses marks of the prompt and characters that hide or turn text', () => {
    expect(textOf('⟦abcd1234⟧It\u202e failed\u200b.⟦/abcd1234⟧')).toBe('It failed .');
    expect(textOf('فشل الاختبار [m1].')).toBe('فشل الاختبار [m1].');
    expect(textOf('half \ud83d').isWellFormed()).toBe(true);
  });

  it('[SH8.17] is bounded: a megabyte is not shown', () => {
    for (const piece of ['word ', '[m1] ', '<think>', '**a** ', '(m1, ', '['])
      expect(textOf(piece.repeat(1_000_000 / piece.length)).length).toBeLessThanOrEqual(12_000);
  });

  it('[SH8.14][SH8.17] whatever is said, only refs that exist are cited and nothing throws', () => {
    const pieces = fc.constantFrom(
      '[',
      ']',
      'm1',
      'm9',
      ', ',
      ' and ',
      '<think>',
      '</think>',
      '**',
      '\n',
      '⟦',
      '⟧',
      'x',
      '(',
      ')',
      '-',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string())), fc.boolean(), (said, isWhole) => {
        const { text, cited } = readAnswer(said.join(''), refs, { whole: isWhole });
        expect([...cited].every((ref) => refs.has(ref) && text.includes(`[${ref}]`))).toBe(true);
        expect(text).not.toMatch(/\[m9\]/);
      }),
      { numRuns: 500 },
    );
  });
});
