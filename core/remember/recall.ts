import type { Item, ItemFilter, QueryTerm, RecallAsk, RecallHit } from '../memory.ts';
import type { Stamp } from '../types.ts';
import { companionsOf } from './companions.ts';
import { diverse } from './diversity.ts';
import { type Found, rank, type WordHit } from './ranking.ts';
import { type Asked, understand } from './recall-query.ts';

interface Stretch {
  from: Stamp;
  until: Stamp;
}

/** What recall reads. It runs where the database is, so nothing waits and only the answer travels. */
export interface RecallIndex {
  lexical(terms: QueryTerm[], filter: ItemFilter, limit: number): WordHit[];
  nearest(model: string, vector: Float32Array, filter: ItemFilter, limit: number): { item: Item; score: number }[];
  recentItems(filter: ItemFilter, limit: number): Item[];
  /** What happened in the same groups, or next to these things in time. */
  neighbours(origins: readonly Item[], limit: number): Item[];
  /** The last stretch of at least `leastMs` in which the owner did nothing, before `now`; null when there was none. */
  lastAway(now: Stamp, leastMs: number): Stretch | null;
}

/** How many things each list brings, and around how many of the best their neighbours are fetched. */
const listed = 80;
const nearAtMost = 50;
const originsAtMost = 30;
const neighboursAtMost = 120;
/** A pause from which the owner counts as away. */
const awayMs = 30 * 60_000;

/**
 * What memory holds about a text, best first, at most `limit`, each with why it was found. Words (BM25 over the full-text index; what stands
 * next to a hit borrows from it) and vectors where there are any are ranked apart and fused by reciprocal rank; newness, importance, and
 * the time and things that the question names count on top; likeness to better hits counts against. A time in the question makes what is
 * from then count more; "while I was away", or a time without other words, leaves out the rest. Scores are 0..1 inside one answer. Any text
 * is safe; nothing asked finds nothing. Throws only as the index does.
 */
export function recall(index: RecallIndex, ask: RecallAsk): RecallHit[] {
  const asked = understand(ask.text, ask.now, ask.targets);
  const time = timeOf(index, ask, asked);
  if (time === null && asked.terms.length === 0 && !ask.vector) return [];
  const narrow = time !== null && (asked.away || asked.terms.length === 0);
  const filter = narrow ? within(ask.filter, time) : (ask.filter ?? {});
  const found = gather(index, ask, asked, { filter, time });
  const kept = { ...found, items: found.items.filter((item) => fits(item, filter) && !ask.exclude?.has(item.id)) };
  const circumstances = { asked, time, now: ask.now, targets: ask.targets ?? [] };
  // Some are of the same words.
  return diverse(rank(kept, circumstances, ask.limit * 5), ask.limit);
}

/** The time that is meant; null when none is, or when the owner never was away. */
function timeOf(index: RecallIndex, ask: RecallAsk, asked: Asked): Stretch | null {
  if (!asked.away) return asked.span;
  return ask.away === undefined ? index.lastAway(ask.now, awayMs) : ask.away;
}

/** Everything that may come up. What stands near hits, and what goes with them, can be asked for only when they are known. */
function gather(
  index: RecallIndex,
  ask: RecallAsk,
  { terms, names, meaningOf }: Asked,
  { filter, time }: { filter: ItemFilter; time: Stretch | null },
): Found {
  const then = time && within(filter, time);
  const words = terms.length > 0 ? index.lexical(terms, filter, listed) : [];
  const wordsThen = terms.length > 0 && then ? index.lexical(terms, then, listed) : [];
  const vectors = ask.vector ? index.nearest(ask.vector.model, ask.vector.vector, filter, nearAtMost) : [];
  // What only its time brings comes after all that holds the words.
  const fromThen = then && wordsThen.length < listed ? index.recentItems(then, listed) : [];
  const hits = unique([...words, ...wordsThen], ({ item }) => item.n);
  const best = [...hits.slice(0, originsAtMost), ...vectors.slice(0, 5)].map(({ item }) => item);
  const companions = companionsOf(best, { names, known: meaningOf });
  const near = best.length > 0 ? index.neighbours(best, neighboursAtMost) : [];
  const alsoNamed = companions.map((text) => ({ text }));
  const withCompanions = companions.length > 0 ? index.lexical(alsoNamed, filter, originsAtMost) : [];
  const all = [...hits, ...vectors, ...withCompanions].map(({ item }) => item);
  return {
    items: unique([...all, ...fromThen, ...near], (item) => item.n),
    words: hits,
    vectors,
    companions: withCompanions,
  };
}

function within(filter: ItemFilter | undefined, { from, until }: Stretch): ItemFilter {
  return {
    ...filter,
    from: Math.max(from, filter?.from ?? from),
    until: Math.min(until, filter?.until ?? until),
  };
}

/** Neighbours come without the filter. */
const fits = (item: Item, { kinds, trust, from, until, target }: ItemFilter): boolean =>
  kinds?.includes(item.kind) !== false &&
  trust?.includes(item.trust) !== false &&
  (from === undefined || item.at >= from) &&
  (until === undefined || item.at < until) &&
  (target === undefined || item.target === target);

function unique<Thing>(things: readonly Thing[], key: (thing: Thing) => number): Thing[] {
  const seen = new Set<number>();
  return things.filter((thing) => !seen.has(key(thing)) && seen.add(key(thing)));
}
