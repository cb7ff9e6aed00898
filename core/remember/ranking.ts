import type { Item, RecallHit } from '../memory.ts';
import type { Stamp } from '../types.ts';
import { borrowed, type Holdings, told } from './adjacency.ts';
import { fuse } from './fusion.ts';
import type { Asked } from './recall-query.ts';
import { reasonsFor, type Signs } from './recall-reasons.ts';

/** One hit of the full-text index. `weights`: what each matched term adds to the score; equal parts when the store does not say. */
export interface WordHit {
  item: Item;
  score: number;
  matched: string[];
  weights?: number[];
}

/** All that may come up, and the lists that brought it. */
export interface Found {
  items: Item[];
  words: WordHit[];
  vectors: { item: Item; score: number }[];
  /** Found by names that go with what was asked. */
  companions: WordHit[];
}

export interface Circumstances {
  asked: Asked;
  /** The time that is meant; null when none is. */
  time: { from: Stamp; until: Stamp } | null;
  now: Stamp;
  targets: readonly string[];
}

/** What the lists weigh in the fusion. */
const weights = { words: 1, vectors: 1, companions: 0.1 };
/** What only its time has found; hits of words come before it. */
const timeAlone = 0.05;
/** By how much more a thing counts: when it is new (ME3) … */
const recencyWeight = 0.3;
/** … and the question asks for the latest, and after how long it is half as new; */
const newestWeight = 1;
const halfLifeMs = 7 * 86_400_000;
/** when it is important, from the time that is meant, about what is meant, said by the one who is meant. */
const importanceWeight = 0.2;
const timeWeight = 0.6;
const targetWeight = 0.3;
const speakerWeight = 0.15;
/** When it holds what such a question wants: a time, a number. */
const answerWeight = 0.25;
/** The first so many by vector are said to mean the same. */
const meansAtMost = 10;

/**
 * Orders what was found, best first, with reasons. The lists say what fits; newness and the like are factors and no lists of their own, for
 * they find nothing, they choose among what fits. Scores are 0..1, the best has 1. At most `atMost` come back.
 */
export function rank(found: Found, circumstances: Circumstances, atMost = Number.POSITIVE_INFINITY): RecallHit[] {
  const { asked } = circumstances;
  const holdings = new Map(found.words.map((hit) => [hit.item.n, holdingsOf(hit, asked)]));
  const loans = borrowed(found.items, holdings);
  const wordScores = found.items.map((item) => ({
    key: item.n,
    score: total(told(item, holdings.get(item.n) ?? nothing)) + total(loans.get(item.n)),
  }));
  const fused = fuse([
    { weight: weights.words, ranked: bestFirst(wordScores) },
    { weight: weights.vectors, ranked: bestFirst(found.vectors.map(({ item, score }) => ({ key: item.n, score }))) },
    {
      weight: weights.companions,
      ranked: bestFirst(found.companions.map(({ item, score }) => ({ key: item.n, score }))),
    },
  ]);
  const vectorRank = new Map(found.vectors.map(({ item }, place) => [item.n, place]));
  const companions = new Map(found.companions.map((hit) => [hit.item.n, hit.matched]));
  const ranked = found.items.map((item) => {
    const signs = signsOf(item, circumstances);
    const base = fused.get(item.n) ?? 0;
    const score = (base > 0 || !signs.inTime ? base : timeAlone) * factor(signs, item.importance, asked);
    return { item, score, signs };
  });
  const best = Math.max(...ranked.map(({ score }) => score), Number.MIN_VALUE);
  const why = (item: Item, signs: Signs) =>
    reasonsFor({
      item,
      signs,
      asked,
      matched: [...(holdings.get(item.n)?.keys() ?? [])],
      borrowed: [...(loans.get(item.n)?.keys() ?? [])],
      means: (vectorRank.get(item.n) ?? Number.POSITIVE_INFINITY) < meansAtMost,
      with: companions.get(item.n) ?? [],
    });
  return ranked
    .filter(({ score }) => score > 0)
    .sort((x, y) => y.score - x.score || y.item.at - x.item.at || y.item.n - x.item.n)
    .slice(0, atMost)
    .map(({ item, score, signs }) => hitOf(item, score / best, why(item, signs)));
}

/** What a hit holds, by what its terms stand for: two forms of a word count once. */
function holdingsOf({ matched, weights: known, score }: WordHit, { meaningOf }: Asked): Holdings {
  const held = new Map<string, number>();
  matched.forEach((term, place) => {
    const meaning = meaningOf.get(term) ?? term;
    const weight = known?.[place] ?? score / matched.length;
    held.set(meaning, Math.max(held.get(meaning) ?? 0, weight));
  });
  return held;
}

const nothing: Holdings = new Map();

function total(holdings: Holdings | undefined): number {
  let sum = 0;
  for (const weight of holdings?.values() ?? []) sum += weight;
  return sum;
}

const bestFirst = (scores: readonly { key: number; score: number }[]) =>
  scores.filter(({ score }) => score > 0).sort((x, y) => y.score - x.score);

function signsOf(item: Item, { asked, time, now, targets }: Circumstances): Signs {
  const author = asked.names.size > 0 ? item.text.match(authorPattern)?.[1]?.toLowerCase() : undefined;
  return {
    recency: 0.5 ** (Math.max(0, now - item.at) / halfLifeMs),
    inTime: time !== null && item.at >= time.from && item.at < time.until,
    target: item.target !== null && (targets.includes(item.target) || asked.names.has(lastPart(item.target))),
    answers: asked.wants !== null && answerPatterns[asked.wants].test(item.text),
    author: author !== undefined && asked.names.has(author),
  };
}

/** What the answer to "when" and to "how many" looks like. */
const answerPatterns = {
  time: /\b(?:yesterday|today|tonight|tomorrow|ago|(?:last|next|this|past) (?:night|morning|week(?:end)?|month|year|summer|winter|spring|fall|autumn|\w+day)|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|september|october|november|december|(?:19|20)\d\d|\d{1,2}(?:st|nd|rd|th)|since|recently|just)\b/i,
  number:
    /\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty|hundred|thousand|once|twice|couple|dozen|few|several)\b/i,
} as const;

/** "Ada: …" is said by Ada. */
const authorPattern = /^([\p{L}\p{N}_. -]{1,40}): /u;
const lastPart = (target: string) => target.toLowerCase().split(/[/\\]/).at(-1) ?? '';

const factor = ({ recency, inTime, target, author, answers }: Signs, importance: number, asked: Asked) =>
  (1 + (asked.newest ? newestWeight : recencyWeight) * recency) *
  (1 + importanceWeight * importance) *
  (inTime ? 1 + timeWeight : 1) *
  (target ? 1 + targetWeight : 1) *
  (author ? 1 + speakerWeight : 1) *
  (answers ? 1 + answerWeight : 1);

/** An item as a hit, with its score 0..1 and why it was found. */
export const hitOf = (
  { kind, id, text, at, trust, target, importance }: Item,
  score: number,
  why: string[],
): RecallHit => ({
  kind,
  id,
  text,
  at,
  score,
  trust,
  target,
  importance,
  why,
});
