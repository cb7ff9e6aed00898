import { type Terms, termsOf } from '../attend/similarity.ts';
import { plainLine } from '../observe/text.ts';
import { createShelf, readingOf } from './likeness.ts';
import { tokensOf } from './reading.ts';

/** How many tokens a text costs; the mind's calibrated counter, or `roughTokens`. */
export interface TokenCount {
  count(text: string): number;
}

/** An estimate where no counter is at hand: four Latin characters to a token, one of any other script. */
export const roughTokens: TokenCount = {
  count(text) {
    let quarters = 0;
    for (let at = 0; at < text.length; at++) quarters += text.charCodeAt(at) < 0x250 ? 1 : 4;
    return Math.ceil(quarters / 4);
  },
};

/** Of one sentence, and of all of them: more is not looked at, the newest are. */
const sentenceAtMost = 400;
const sentencesAtMost = 400;
/** What the score of a sentence gains for a name or figure, and by being the newest. */
const concreteGain = 0.3;
const newestGain = 0.05;

/** The lines of a text, made plain; each is at most 400 characters. */
export const linesOf = (text: string): string[] => tidied(text.split('\n'));

/** The sentences of a text, made plain; a line ends a sentence too. */
export const sentencesOf = (text: string): string[] =>
  tidied(text.split(/\n|(?<=[.!?]["”’)]?)\s(?=\s{0,3}["“(]?[\p{Lu}\p{N}])|(?<=[。！？])/u));

const tidied = (texts: readonly string[]) =>
  texts.map((each) => plainLine(each.slice(0, 4 * sentenceAtMost), sentenceAtMost)).filter((each) => each !== '');

/**
 * The sentences that say most of what all of them say, in their order, within `room` tokens; each stays as it was written. A sentence
 * counts by how frequent its words are among the others (Luhn 1958), what is said already counts half (Nenkova and Vanderwende 2005,
 * SumBasic); names, figures and newness count a little more. Of those that differ in figures only the last stays. When not even one fits, the best is cut.
 */
export function extract(sentences: readonly string[], room: number, tokens: TokenCount): string[] {
  const all = newestOfAlike(sentences.slice(-sentencesAtMost)).map((text, n) => rated(text, n, tokens));
  const fitting = all.filter((each) => each.cost <= room);
  if (fitting.length === 0) return all.length > 0 ? [cut(all.at(-1)!.text, room, tokens)].filter(Boolean) : [];
  return chosen(fitting, room)
    .sort((a, b) => a.n - b.n)
    .map((each) => each.text);
}

interface Rated {
  n: number;
  text: string;
  terms: Terms;
  cost: number;
  /** Names a thing or gives a figure. */
  concrete: boolean;
}

const rated = (text: string, n: number, tokens: TokenCount): Rated => ({
  n,
  text,
  terms: termsOf(text),
  cost: tokens.count(text) + 1,
  concrete: tokensOf(text).some((token) => token.kind !== 'word'),
});

function chosen(sentences: readonly Rated[], room: number): Rated[] {
  const weights = weightsOf(sentences);
  const newest = sentences.at(-1)?.n ?? 0;
  const score = (each: Rated) => {
    let sum = 0;
    for (const term of each.terms.keys()) sum += weights.get(term) ?? 0;
    const gain = 1 + (each.concrete ? concreteGain : 0) + (newestGain * (each.n + 1)) / (newest + 1);
    return (sum / Math.sqrt(each.terms.size + 1)) * gain + (each.n + 1) * 1e-9;
  };
  const taken: Rated[] = [];
  let left = [...sentences];
  let rest = room;
  while (left.length > 0) {
    const best = left.reduce((one, other) => (score(other) > score(one) ? other : one));
    taken.push(best);
    rest -= best.cost;
    left = left.filter((each) => each !== best && each.cost <= rest);
    for (const term of best.terms.keys()) weights.set(term, (weights.get(term) ?? 0) / 2);
  }
  return taken;
}

/** Of sentences that say the same in other figures the last one stays. */
function newestOfAlike(sentences: readonly string[]): string[] {
  const shelf = createShelf<string>();
  const kept = sentences.toReversed().filter((text) => {
    const reading = readingOf(text);
    if (shelf.naming(reading).some((each) => each.value === text) || shelf.alike(reading).length > 0) return false;
    shelf.put(reading, text);
    return true;
  });
  return kept.toReversed();
}

function weightsOf(sentences: readonly Rated[]): Map<string, number> {
  const frequency = new Map<string, number>();
  for (const { terms } of sentences)
    for (const term of terms.keys()) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  return new Map([...frequency].map(([term, count]) => [term, Math.log1p(count)]));
}

/** The beginning of a text that fits into `room` tokens, cut at a word where there is one near; empty when nothing fits. */
export function cut(text: string, room: number, tokens: TokenCount): string {
  let part = text;
  while (part !== '' && tokens.count(`${part}…`) > room) {
    const share = Math.min(0.9, room / Math.max(1, tokens.count(part)));
    part = part.slice(0, Math.floor(part.length * share));
  }
  if (part === text) return part;
  const beginning = atWord(part);
  return beginning === '' ? '' : `${beginning}…`.toWellFormed();
}

/** Longer words are cut inside: some scripts have no spaces. */
const wordAtMost = 40;

function atWord(part: string): string {
  const space = part.lastIndexOf(' ');
  return (space > 0 && part.length - space <= wordAtMost ? part.slice(0, space) : part).replace(/[\s…,;:]+$/u, '');
}
