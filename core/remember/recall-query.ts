import type { QueryTerm } from '../memory.ts';
import type { Stamp } from '../types.ts';
import { otherForms, stopWords } from './english.ts';
import { type TimeSpan, timeSpanOf } from './time-expressions.ts';

/** What a text asks of memory, worked out without a model. */
export interface Asked {
  terms: QueryTerm[];
  /** What a term stands for, lower case: forms of one word, and the words of one name, stand for the same. */
  meaningOf: ReadonlyMap<string, string>;
  /** Proper names, lower case, as written: people, identifiers, files. */
  names: ReadonlySet<string>;
  span: TimeSpan | null;
  /** "while I was away": the last such stretch is meant. */
  away: boolean;
  /** "lately", "the latest": newness counts more. */
  newest: boolean;
  /** What an answer would hold, where the question says so. */
  wants: 'time' | 'number' | null;
}

/** A question is rarely longer; of a whole document its beginning says what it is about. */
const readAtMost = 8_000;
const termsAtMost = 32;

const awayPattern =
  /\b(?:while|when|since) (?:i|we) (?:was|were|am|went|left|slept|got back|came back)\b(?: away| out| off| gone| asleep)?|\bin my absence\b|\bdid i miss\b/i;
const newestPattern = /\b(?:recent(?:ly)?|lately|latest|newest|most recent|just now|currently|nowadays|these days)\b/i;

const tokenPattern = /[\p{L}\p{M}\p{N}_]+(?:[./\\@#$:'’-]+[\p{L}\p{M}\p{N}_]+)*/gu;
const wordPattern = /[\p{L}\p{M}\p{N}_]+/gu;
const humps = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|_+/u;

/**
 * Terms, names and time of a question. Words of grammar and of questions are dropped unless nothing else is left; file names, paths and
 * identifiers are taken apart and also stand as a whole; irregular words bring their other forms. `targets` are what the question is about
 * beside its words. Any text is welcome.
 */
export function understand(text: string, now: Stamp, targets: readonly string[] = []): Asked {
  const read = text.slice(0, readAtMost);
  const span = timeSpanOf(read, now);
  const away = awayPattern.test(read);
  const said = without(away ? read.replace(awayPattern, ' ') : read, span?.words);
  const gathered = gather();
  for (const target of targets.slice(0, termsAtMost / 4)) gathered.take(lastPartOf(target), 'name');
  const tokens = [...said.matchAll(tokenPattern)];
  for (const [token] of tokens) gathered.take(token, isName(token) ? 'name' : 'word');
  const hasTime = span !== null || away;
  if (gathered.terms.size === 0 && !hasTime) for (const [token] of tokens) gathered.take(token, 'any');
  return {
    terms: [...gathered.terms.values()].slice(0, termsAtMost),
    meaningOf: gathered.meaningOf,
    names: gathered.names,
    span,
    away,
    newest: newestPattern.test(read),
    wants: /\bwhen\b|\bhow long ago\b/i.test(read)
      ? 'time'
      : /\bhow (?:many|much|long|old|often|far|big)\b/i.test(read)
        ? 'number'
        : null,
  };
}

/** Collects terms, each once. */
function gather() {
  const terms = new Map<string, QueryTerm>();
  const meaningOf = new Map<string, string>();
  const names = new Set<string>();
  const add = (text: string, meaning: string) => {
    if (terms.has(text)) return;
    terms.set(text, { text });
    meaningOf.set(text, meaning);
  };
  const take = (token: string, as: 'name' | 'word' | 'any') => {
    const words = (token.replace(/['’]s$/iu, '').match(wordPattern) ?? []).map((word) => word.slice(0, 100));
    const whole = words.join(' ').toLowerCase();
    if (as === 'name' && isUsable(whole)) names.add(token.replace(/['’]s$/iu, '').toLowerCase());
    if (words.length > 1 && as !== 'any' && !/['’](?!s$)/u.test(token)) add(whole, whole);
    for (const word of words) {
      const lower = word.toLowerCase();
      if (as === 'any' || isUsable(lower)) add(lower, lower);
      for (const part of word.split(humps))
        if (part !== word && isUsable(part.toLowerCase())) add(part.toLowerCase(), lower);
      if (isUsable(lower)) for (const form of otherForms(lower)) if (!stopWords.has(form)) add(form, lower);
    }
  };
  return { terms, meaningOf, names, take };
}

const isUsable = (word: string) => !stopWords.has(word) && (word.length > 1 || /[^\x00-\x7f]/.test(word));

/** A proper name, an identifier or a file: begins with a capital, or holds one, a digit or a sign inside. */
const isName = (token: string) =>
  !stopWords.has(token.toLowerCase()) &&
  (/^\p{Lu}/u.test(token) || /[\p{Ll}\p{N}]\p{Lu}|[\p{L}\p{N}_][./\\_:][\p{L}\p{N}_]/u.test(token));

/** The months a question names are words too: "in May" was perhaps said in June. */
const without = (text: string, words: string | undefined) =>
  words === undefined
    ? text
    : text.replace(words, () =>
        words.replace(
          /[^\p{L}]+|\b(?!(?:january|february|march|april|june|july|august|september|october|november|december)\b)\p{L}+/giu,
          ' ',
        ),
      );

const lastPartOf = (target: string) => target.split(/[/\\]/).at(-1) || target;
