import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readableThought } from '../../core/think/answer.ts';
import { answerText } from './scripted-model.ts';

const prefixes = (text: string) =>
  Array.from({ length: text.length + 1 }, (_, end) => readableThought(text.slice(0, end)));

function expectGrowing(shown: string[]): void {
  for (const [n, text] of shown.entries()) {
    expect(text.isWellFormed()).toBe(true);
    if (n > 0) expect(text.startsWith(shown[n - 1] ?? '')).toBe(true);
  }
}

const reasoning = 'Ada wrote “{done}” to C:\\tmp\\, a tab\there, a 🦊, \\u00e9, </think> and a line\nbreak \\';
const text = 'src/a.ts grew by 40 lines; "total" is 🦊🦊.';
const json = answerText({ reasoning, insight: { text, importance: 0.5 } });
const escaped = json.replaceAll('🦊', '\\ud83e\\udd8a').replaceAll('é', '\\u00e9').replaceAll('/', '\\/');

describe('the readable part of an answer that is still arriving', () => {
  it.each([
    ['an answer', json],
    ['an answer in escapes', escaped],
    ['an answer in a fence', `\`\`\`json\n${json}\n\`\`\``],
    ['an answer after a think block', `<think>I {wonder} about "reasoning": "x"</think>\n${json}`],
    ['an answer after some words', `Here you are: ${json.replace('</think>', 'a tag')}`],
  ])('[TH4.9] of %s only grows, with whole characters and no escapes, up to its reasoning and insight', (_, answer) => {
    const shown = prefixes(answer);
    expectGrowing(shown);
    const whole = `${reasoning}\n\n${text}`;
    expect([whole, `Here you are:\n\n${whole.replace('</think>', 'a tag')}`]).toContain(shown.at(-1));
  });

  it('[TH4.9] of plain words is those words', () => {
    const words = 'You changed a < b into a <= b in the cart 🦊, and foo() { return 1 } too.';
    const shown = prefixes(words);
    expectGrowing(shown);
    expect(shown.at(-1)).toBe(words);
  });

  it('[TH4.9] shows nothing while it thinks', () => {
    expect(new Set(prefixes('<think>hm, {"reasoning": "not yet"} hm'))).toEqual(new Set(['']));
  });

  it('[TH4.9] one bad escape does not show the others', () => {
    expect(readableThought('{"reasoning": "a \\x b\\nc \\"d\\" \\uZZ')).toBe('a x b\nc "d" uZZ');
  });

  it('[TH4.9] never throws on any text or any part of an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(escaped.length), (any, end) => {
        for (const part of [any, `{"reasoning":"${any}`, escaped.slice(0, end) + any])
          expect(readableThought(part).isWellFormed()).toBe(true);
      }),
      { seed: 20_260_604, numRuns: 2_000 },
    );
  });
});
