import type { Item, ItemFilter, MemoryStore, RecallHit } from '../memory.ts';
import type { Stamp } from '../types.ts';
import { companionsOf } from './companions.ts';
import { diverse } from './diversity.ts';
import { type Found, rank } from './ranking.ts';
import { type Asked, understand } from './recall-query.ts';

export interface RecallAsk {
  /** A question or any text; of a long one the beginning counts. */
  text: string;
  now: Stamp;
  limit: number;
  filter?: ItemFilter;
  /** Ids that must not come. */
  exclude?: ReadonlySet<string>;
  /** What it is about beside its words: paths, commands. */
  targets?: readonly string[];
  /** When the owner was away, as far as it is known already; absent: the store is asked when the text speaks of it. */
  away?: Stretch | null;
  /** The text as that model sees it; absent or null: words alone. */
  vector?: { model: string; vector: Float32Array } | null;
}

interface Stretch {
  from: Stamp;
  until: Stamp;
}

export type RecallStore = Pick<MemoryStore, 'lexical' | 'nearest' | 'recentItems' | 'neighbours' | 'lastAway'>;

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
 * is safe; nothing asked finds nothing. Rejects only as the store does. Two trips to the store, three when it must say when the owner was
 * away.
 */
export async function recall(store: RecallStore, ask: RecallAsk): Promise<RecallHit[]> {
  const asked = understand(ask.text, ask.now, ask.targets);
  const time = await timeOf(store, ask, asked);
  if (time === null && asked.terms.length === 0 && !ask.vector) return [];
  const narrow = time !== null && (asked.away || asked.terms.length === 0);
  const filter = narrow ? within(ask.filter, time) : (ask.filter ?? {});
  const found = await gather(store, ask, asked, { filter, time });
  const kept = { ...found, items: found.items.filter((item) => fits(item, filter) && !ask.exclude?.has(item.id)) };
  const circumstances = { asked, time, now: ask.now, targets: ask.targets ?? [] };
  // Some are of the same words.
  return diverse(rank(kept, circumstances, ask.limit * 5), ask.limit);
}

/** The time that is meant; null when none is, or when the owner never was away. */
async function timeOf(store: RecallStore, ask: RecallAsk, asked: Asked): Promise<Stretch | null> {
  if (!asked.away) return asked.span;
  return ask.away === undefined ? await store.lastAway(ask.now, awayMs) : ask.away;
}

/** Everything that may come up. What stands near hits, and what goes with them, can be asked for only when they are known. */
async function gather(
  store: RecallStore,
  ask: RecallAsk,
  { terms, names, meaningOf }: Asked,
  { filter, time }: { filter: ItemFilter; time: Stretch | null },
): Promise<Found> {
  const then = time && within(filter, time);
  const [words, wordsThen, vectors, fromThen] = await Promise.all([
    terms.length > 0 ? store.lexical(terms, filter, listed) : [],
    terms.length > 0 && then ? store.lexical(terms, then, listed) : [],
    ask.vector ? store.nearest(ask.vector.model, ask.vector.vector, filter, nearAtMost) : [],
    then ? store.recentItems(then, listed) : [],
  ]);
  const hits = unique([...words, ...wordsThen], ({ item }) => item.n);
  const best = [...hits.slice(0, originsAtMost), ...vectors.slice(0, 5)].map(({ item }) => item);
  const companions = companionsOf(best, { names, known: meaningOf });
  const [near, withCompanions] = await Promise.all([
    best.length > 0 ? store.neighbours([...new Set(best.map((item) => item.n))], neighboursAtMost) : [],
    companions.length > 0
      ? store.lexical(
          companions.map((text) => ({ text })),
          filter,
          originsAtMost,
        )
      : [],
  ]);
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
