import type { Item, ItemFilter, QueryTerm } from '../../memory.ts';
import type { Stamp } from '../../types.ts';
import { together } from '../adjacency.ts';
import { conditions } from './item-filter.ts';
import { toItem } from './item-rows.ts';
import { lastAway } from './last-away.ts';
import { inRowOrder, type Sql } from './sql.ts';
import { best, type LexicalHit, rarity, scored, whichHold } from './term-scores.ts';

/**
 * Places of terms that are looked at, all terms together, the rarest first: a share of the store, within bounds. What is over it is passed
 * over. A term that most things hold tells nothing apart where rarer ones are there; where it is alone its newest places count.
 */
const placesShare = 0.2;
const placesAtLeast = 2_000;
const placesAtMost = 40_000;
const termsAtMost = 31;
/** A filter that leaves so many things or fewer is applied before ranking. */
const narrowAtMost = 20_000;
/** Things whose text is read for the exact score, and how often more are fetched when a filter takes many away. */
const readAtOnce = 160;
const readsAtMost = 12;
/** How far two things of one group stand apart, in the order they were written, to be neighbours. */
const reach = [-2, -1, 1, 2];
/** What the last question read is kept for the next one, which is often the same with another filter: so many places of terms. */
const keptAtMost = 50_000;
/** Which terms are frequent is learned anew after so many questions. */
const frequentFor = 100;

const columns =
  'items.n, items.kind, items.id, items.text, items.at, items.target, items.trust, items.importance, items.group_id';

/** What one question read, while nothing is written. */
interface Look {
  /** SQLite's count of all changes when it was read. */
  changes: number;
  places: number;
  /** Where terms stand, newest first: every place from `from` on. */
  postings: Map<string, { ns: number[]; from: number }>;
  items: Map<number, Item>;
}

/** The full-text side of the index (FTS5), over the tables `items` and `search`. Reads only; every call is bounded. */
export function createLexical(sql: Sql) {
  let look: Look = { changes: -1, places: 0, postings: new Map(), items: new Map() };
  /** Terms that filled all places they were given, and how many those were. */
  const frequent = new Map<string, number>();
  let asked = 0;

  /**
   * Best first. The index gives the places of each term; the score is BM25 with each term counted once, worked out here: FTS5's own
   * `bm25()` reads the length of every row that matches, which takes seven times as long.
   */
  function lexical(terms: QueryTerm[], filter: ItemFilter, limit: number, placesGiven?: number): LexicalHit[] {
    lookAnew();
    const allowed = narrowed(filter);
    const size = sql.count('SELECT max(n) AS n FROM items');
    if (++asked % frequentFor === 0) frequent.clear();
    const places = placesGiven ?? Math.min(placesAtMost, Math.max(placesAtLeast, Math.ceil(size * placesShare)));
    const lists = postings(terms, allowed, places);
    if (lists.length === 0) return [];
    const weights = lists.map(({ ns }) => rarity(ns.length, size));
    const held = whichHold(
      lists.map(({ ns }) => ns),
      allowed,
    );
    const enough = Math.max(limit, readAtOnce);
    const passAll = allowed !== null || isOpen(filter);
    const candidates = best(held, weights, passAll ? enough : readAtOnce * readsAtMost);
    const items = passAll ? readAll(candidates) : readUntil(candidates, filter, enough);
    const weighed = lists.map(({ term }, place) => ({ term, weight: weights[place] ?? 0 }));
    return scored(items, weighed, held).slice(0, limit);
  }

  /** Where each term stands, newest first, rarest term first, within the bounds; terms that stand nowhere are left out. */
  function postings(
    terms: readonly QueryTerm[],
    allowed: ReadonlySet<number> | null,
    places: number,
  ): { term: string; ns: number[] }[] {
    const [lowest, highest] = allowed
      ? [Math.min(...ends(allowed)), Math.max(...ends(allowed))]
      : [0, Number.MAX_SAFE_INTEGER];
    const lists = new Map<string, number[]>();
    const waiting = new Map<string, string>();
    for (const term of terms.slice(0, termsAtMost)) {
      const match = matchOf(term);
      if (match === null || lists.has(term.text)) continue;
      if (!allowed && (frequent.get(match) ?? 0) >= places) waiting.set(term.text, match);
      else lists.set(term.text, known(match, lowest, highest, places) ?? read(match, lowest, highest, places));
    }
    // Beside anything else there would be no room for them.
    if ([...lists.values()].every((ns) => ns.length === 0))
      for (const [text, match] of waiting) lists.set(text, read(match, lowest, highest, places));
    const rarestFirst = [...lists].filter(([, ns]) => ns.length > 0).sort((x, y) => x[1].length - y[1].length);
    let room = places;
    return rarestFirst
      .filter(([, ns], place) => (room -= ns.length) >= 0 || place === 0)
      .map(([term, ns]) => ({ term, ns }));
  }

  function known(match: string, lowest: number, highest: number, places: number): number[] | null {
    const list = look.postings.get(match);
    return list && list.from <= lowest ? list.ns.filter((n) => n >= lowest && n <= highest).slice(0, places) : null;
  }

  function read(match: string, lowest: number, highest: number, places: number): number[] {
    const found = sql.get(
      `SELECT json_group_array(n) AS ns FROM (
         SELECT rowid AS n FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?)`,
      match,
      lowest,
      highest,
      places,
    );
    const ns = JSON.parse(String(found?.ns)) as number[];
    if (lowest === 0 && ns.length === places) frequent.set(match, places);
    if (highest === Number.MAX_SAFE_INTEGER && look.places + ns.length <= keptAtMost) {
      look.postings.set(match, { ns, from: ns.length < places ? lowest : (ns.at(-1) ?? lowest) });
      look.places += ns.length;
    }
    return ns;
  }

  function lookAnew(): void {
    const changes = sql.count('SELECT total_changes() AS n');
    if (look.changes !== changes || look.postings.size > termsAtMost)
      look = { changes, places: 0, postings: new Map(), items: new Map() };
  }

  /** The things a narrow filter leaves, so that a day long ago is found among a million; null when they are many or all. */
  function narrowed(filter: ItemFilter): ReadonlySet<number> | null {
    const { kinds, from, until, target } = filter;
    const timed = from !== undefined || until !== undefined || target !== undefined;
    if (!timed && !kinds) return null;
    const { where, values } = conditions(filter);
    const newestFirst = timed ? 'ORDER BY at DESC' : '';
    const found = sql.get(
      `SELECT json_group_array(n) AS ns FROM (SELECT n FROM items WHERE ${where} ${newestFirst} LIMIT ?)`,
      ...values,
      narrowAtMost + 1,
    );
    const ns = JSON.parse(String(found?.ns)) as number[];
    return ns.length > narrowAtMost ? null : new Set(ns);
  }

  /** What was read for the last question need not be read again. */
  function readAll(candidates: readonly number[]): Item[] {
    const missing = candidates.filter((n) => !look.items.has(n));
    for (const item of readUntil(missing, {}, missing.length)) look.items.set(item.n, item);
    return candidates.flatMap((n) => look.items.get(n) ?? []);
  }

  function readUntil(candidates: readonly number[], filter: ItemFilter, enough: number): Item[] {
    const { where, values } = conditions(filter);
    const read: Item[] = [];
    for (let at = 0; at < candidates.length && at < readAtOnce * readsAtMost && read.length < enough; at += readAtOnce)
      read.push(
        ...sql
          .all(
            `SELECT ${columns} FROM json_each(?) AS wanted JOIN items ON items.n = wanted.value WHERE ${where}`,
            inRowOrder(candidates.slice(at, at + readAtOnce)),
            ...values,
          )
          .map(toItem),
      );
    return read;
  }

  /** Newest first inside the filter. */
  function recentItems(filter: ItemFilter, limit: number): Item[] {
    const { where, values } = conditions(filter);
    return sql
      .all(`SELECT ${columns} FROM items WHERE ${where} ORDER BY at DESC, n DESC LIMIT ?`, ...values, limit)
      .map(toItem);
  }

  /** What stands within two places of these in the same group, or next to them within ten minutes when they have none. */
  function neighbours(origins: readonly Item[], limit: number): Item[] {
    lookAnew();
    const byN = new Map(origins.map((item) => [item.n, item]));
    const around = new Set(origins.flatMap(({ n }) => reach.map((step) => n + step)).filter((n) => !byN.has(n)));
    const isNear = (item: Item) =>
      reach.some((step) => {
        const origin = byN.get(item.n - step);
        return origin !== undefined && together(origin, item);
      });
    return readAll([...around])
      .filter(isNear)
      .slice(0, limit);
  }

  return { lexical, recentItems, neighbours, lastAway: (now: Stamp, leastMs: number) => lastAway(sql, now, leastMs) };
}

/** A term as an FTS5 phrase: only letters, numbers and underscores get through, so no input is an operator. Null: nothing is left. */
function matchOf({ text, prefix }: QueryTerm): string | null {
  const words = text.slice(0, 200).match(/[\p{L}\p{M}\p{N}_]+/gu);
  if (!words) return null;
  return `"${words.join(' ')}"${prefix ? ' *' : ''}`;
}

const isOpen = (filter: ItemFilter) => Object.values(filter).every((each) => each === undefined);

function* ends(numbers: ReadonlySet<number>): Generator<number> {
  let [low, high] = [Number.MAX_SAFE_INTEGER, 0];
  for (const n of numbers) [low, high] = [Math.min(low, n), Math.max(high, n)];
  yield low;
  yield high;
}
