import { termsOf } from '../../attend/similarity.ts';
import { tokensOf } from '../../remember/reading.ts';

/** Words that carry grammar, not matter. */
const grammar = new Set(
  'the a an of and or but to in on at by for from with without after before when while if then than as is are was were be been being has have had do does did it its this that these those there their they he she his her you your we our i each every all any some most more less into over under about again also often usually mostly so because since until during not no never nor cannot longer always'.split(
    ' ',
  ),
);

/** The words of a text in order, lower case, without names of things and figures; quotation marks are no matter. */
export const plainWordsOf = (text: string): string[] =>
  tokensOf(text.replace(/[“”"„«»`]/g, ' ').toLowerCase())
    .filter(({ kind }) => kind === 'word')
    .map((token) => token.text);

/** Those that carry its matter: grammar is left out. */
export const matterOf = (text: string): string[] =>
  plainWordsOf(text).filter((word) => word.length > 1 && !grammar.has(word));

/** All words that may tell what a text is about: those that carry its matter, and the parts of its names. */
export const wordsOf = (text: string): string[] =>
  [...termsOf(text).keys()].filter((word) => !grammar.has(word)).flatMap(inPairs);

/** Where words are not set apart by spaces, each two signs in a row stand for one. */
const inPairs = (word: string): string[] =>
  unspaced.test(word) ? [...word.matchAll(/(?=(..))/gu)].map(([, pair]) => pair ?? '') : [word];
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]{2}/u;

const alike = (a: string, b: string): boolean =>
  a === b || (a.length > 3 && b.length > 3 && a.slice(0, 4) === b.slice(0, 4));

/** Whether two lists share a word, endings aside: `failed` and `failures` do. */
export const shareWord = (a: readonly string[], b: readonly string[]): boolean =>
  a.some((word) => b.some((other) => alike(word, other)));

/** 0..1: shared words of all words (Jaccard 1912), endings aside. */
export function overlap(a: readonly string[], b: readonly string[]): number {
  const [one, two] = [[...new Set(a)], [...new Set(b)]];
  const shared = one.filter((word) => two.some((other) => alike(word, other))).length;
  const all = one.length + two.length - shared;
  return all === 0 ? 0 : shared / all;
}

/** Whether a text is written in English, as far as its small words tell. */
export const isEnglish = (text: string): boolean =>
  /\b(?:the|and|are|after|when|with|has|have|were|that|this|from|often|always|never|every)\b/i.test(text);
