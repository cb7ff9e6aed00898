import { similarity, type Terms } from '../attend/similarity.ts';
import { oppositions, type Polarity, polarityOf, takesSide } from './opposites.ts';
import { type Token, tokensOf } from './reading.ts';

/** A text as it is compared. Made once, compared often. */
export interface Reading {
  /** The words that are no names, shortened to their stems; figures and function words left out. */
  terms: Terms;
  /** Paths, identifiers, quoted and proper names, lower case, each once, in order. */
  names: readonly string[];
  /** Equal for equal sets of names. */
  namesKey: string;
  /** The first word that means something; null when a name comes before it. */
  head: string | null;
  /** It says that one thing comes before or out of another, so that the order of its names matters. */
  directed: boolean;
  /** The terms without what takes a side or denies. This and the next are reckoned when asked for: most texts differ in their names. */
  subject: () => Terms;
  polarity: () => Polarity;
}

/** Two texts with the same names say the same from this cosine on. */
const sameFrom = 0.8;
/** Longer texts are compared by their beginning. */
const readAtMost = 4_000;

const directions = new Set(
  'before after then when if whenever once causes caused leads led followed follows precedes because from to by into'.split(
    ' ',
  ),
);
const functionWords = new Set(
  'a an the of in on at to is are was were be been has have had and or it its this that these those with for by as about der die das ein eine und ist le la les un une et est el los una es'.split(
    ' ',
  ),
);
/** What stands around a denial: "does not", "no longer". */
const denials = new Set(
  'do does did not no never longer anymore any cannot can don doesn didn isn won nicht kein keine nie mehr ne pas'.split(
    ' ',
  ),
);
/** They count things, as figures do. */
const numberWords = new Set(
  'one two three four five six seven eight nine ten eleven twelve once twice time times'.split(' '),
);

/** Reads a text for comparison; any text will do, the first 4,000 characters count. */
export function readingOf(whole: string): Reading {
  const text = whole.slice(0, readAtMost);
  const tokens = tokensOf(text);
  const words = tokens.filter((each) => each.kind === 'word').map((each) => each.text);
  const names = [...new Set(tokens.filter((each) => each.kind === 'name').map((each) => each.text))];
  return {
    terms: termsOf(words),
    names,
    namesKey: names.toSorted().join('\n'),
    head: headOf(tokens),
    directed: words.some((word) => directions.has(word)),
    subject: () => termsOf(words.filter((word) => !takesSide(word) && !denials.has(word))),
    polarity: () => polarityOf(text, words),
  };
}

function termsOf(words: readonly string[]): Terms {
  const terms = new Map<string, number>();
  for (const word of words) {
    if (!weighs(word)) continue;
    const stem = stemOf(word);
    terms.set(stem, (terms.get(stem) ?? 0) + 1);
  }
  return terms;
}

const weighs = (word: string) => !functionWords.has(word) && !numberWords.has(word);
const stemOf = (word: string) => (word.length > 4 ? word.replace(/(?:ing|ed|es|s)$/, '') : word);

function headOf(tokens: readonly Token[]): string | null {
  const first = tokens.find((each) => each.kind === 'name' || (each.kind === 'word' && weighs(each.text)));
  return first?.kind === 'word' ? stemOf(first.text) : null;
}

/**
 * How much two texts say the same, 0..1; 0 when they name different things, are about another subject, or take opposite sides. Figures,
 * dates and counts do not matter; names, paths and identifiers decide.
 */
export function likeness(a: Reading, b: Reading): number {
  if (a.namesKey !== b.namesKey) return 0;
  if ((a.directed || b.directed) && a.names.join('\n') !== b.names.join('\n')) return 0;
  if (!headIn(a, b) || !headIn(b, a)) return 0;
  const cosine = cosineOf(a, b, (reading) => reading.terms);
  return cosine > 0 && oppositions(a.polarity(), b.polarity()) === 0 ? cosine : 0;
}

const headIn = (a: Reading, b: Reading) => a.head === null || b.terms.has(a.head);

/** Of those words alone; texts that are nothing but the same names are equal, texts without names and words are like nothing. */
export function cosineOf(a: Reading, b: Reading, of: (reading: Reading) => Terms): number {
  const [one, other] = [of(a), of(b)];
  if (one.size === 0 && other.size === 0) return a.names.length > 0 ? 1 : 0;
  return similarity(one, other) ?? 0;
}

/** Whether two short texts say the same. */
export const alike = (a: Reading, b: Reading): boolean => likeness(a, b) >= sameFrom;

/** Candidates by what they name, so that a search compares with the few that name the same. */
export interface Shelf<T> {
  put(reading: Reading, value: T): void;
  /** Those that say the same and that `fits` lets pass, most alike first. */
  alike(reading: Reading, fits?: (value: T) => boolean): T[];
  /** Those that name the same, whatever they say of it. */
  naming(reading: Reading): readonly { reading: Reading; value: T }[];
}

/** A shelf for one search among many texts; it lives as long as its caller. */
export function createShelf<T>(): Shelf<T> {
  const byNames = new Map<string, { reading: Reading; value: T }[]>();
  const naming = (reading: Reading) => byNames.get(reading.namesKey) ?? [];
  return {
    naming,
    put(reading, value) {
      const there = byNames.get(reading.namesKey);
      if (there) there.push({ reading, value });
      else byNames.set(reading.namesKey, [{ reading, value }]);
    },
    alike: (reading, fits = () => true) =>
      naming(reading)
        .map((each) => ({ value: each.value, score: likeness(reading, each.reading) }))
        .filter((each) => each.score >= sameFrom && fits(each.value))
        .sort((a, b) => b.score - a.score)
        .map((each) => each.value),
  };
}
