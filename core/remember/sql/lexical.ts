import type { Item, ItemFilter, QueryTerm } from '../../memory.ts';
import type { Stamp } from '../../types.ts';
import { conditions } from './item-filter.ts';
import { toItem } from './item-rows.ts';
import { lastAway } from './last-away.ts';
import { inList, type Sql } from './sql.ts';
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
/** How far two things of one group stand apart, in the order they were written, to be neighbours; and for things without a group. */
const reach = 2;
const reachAloneMs = 10 * 60_000;

const columns =
  'items.n, items.kind, items.id, items.text, items.at, items.target, items.trust, items.importance, items.group_id';

/** The full-text side of the index (FTS5), over the tables `items` and `search`. Reads only; every call is bounded. */
export function createLexical(sql: Sql) {
  /**
   * Best first. The index gives the places of each term; the score is BM25 with each term counted once, worked out here: FTS5's own
   * `bm25()` reads the length of every row that matches, which takes seven times as long.
   */
  function lexical(terms: QueryTerm[], filter: ItemFilter, limit: number, placesGiven?: number): LexicalHit[] {
    const allowed = narrowed(filter);
    const size = sql.count('SELECT max(n) AS n FROM items');
    const places = placesGiven ?? Math.min(placesAtMost, Math.max(placesAtLeast, Math.ceil(size * placesShare)));
    const lists = postings(terms, allowed, places);
    if (lists.length === 0) return [];
    const weights = lists.map(({ ns }) => rarity(ns.length, size));
    const held = whichHold(
      lists.map(({ ns }) => ns),
      allowed,
    );
    const candidates = best(
      [...held],
      weights,
      isOpen(filter) ? Math.max(limit, readAtOnce) : readAtOnce * readsAtMost,
    );
    const items = readUntil(
      candidates.map(([n]) => n),
      filter,
      Math.max(limit, readAtOnce),
    );
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
    for (const term of terms.slice(0, termsAtMost)) {
      const match = matchOf(term);
      if (match === null || lists.has(term.text)) continue;
      const found = sql.get(
        `SELECT json_group_array(n) AS ns FROM (
           SELECT rowid AS n FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?)`,
        match,
        lowest,
        highest,
        places,
      );
      lists.set(term.text, JSON.parse(String(found?.ns)) as number[]);
    }
    const rarestFirst = [...lists].filter(([, ns]) => ns.length > 0).sort((x, y) => x[1].length - y[1].length);
    let room = places;
    return rarestFirst
      .filter(([, ns], place) => (room -= ns.length) >= 0 || place === 0)
      .map(([term, ns]) => ({ term, ns }));
  }

  /** The things a narrow filter leaves, so that a day long ago is found among a million; null when they are many or all. */
  function narrowed(filter: ItemFilter): ReadonlySet<number> | null {
    const { kinds, from, until, target } = filter;
    const timed = from !== undefined || until !== undefined || target !== undefined;
    if (!timed && !kinds) return null;
    const { where, values } = conditions(filter);
    const newestFirst = timed ? 'ORDER BY at DESC' : '';
    const rows = sql.all(`SELECT n FROM items WHERE ${where} ${newestFirst} LIMIT ?`, ...values, narrowAtMost + 1);
    return rows.length > narrowAtMost ? null : new Set(rows.map((row) => Number(row.n)));
  }

  function readUntil(candidates: readonly number[], filter: ItemFilter, enough: number): Item[] {
    const { where, values } = conditions(filter);
    const read: Item[] = [];
    for (let at = 0; at < candidates.length && at < readAtOnce * readsAtMost && read.length < enough; at += readAtOnce)
      read.push(
        ...sql
          .all(
            `SELECT ${columns} FROM json_each(?) AS wanted JOIN items ON items.n = wanted.value WHERE ${where}`,
            inList(candidates.slice(at, at + readAtOnce)),
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
  function neighbours(ns: number[], limit: number): Item[] {
    return sql
      .all(
        `SELECT DISTINCT ${columns} FROM json_each(?) AS wanted
         JOIN items AS origin ON origin.n = wanted.value
         JOIN items ON items.n BETWEEN origin.n - ${reach} AND origin.n + ${reach} AND items.n <> origin.n
         WHERE CASE WHEN origin.group_id IS NULL
                 THEN items.group_id IS NULL AND abs(items.n - origin.n) = 1 AND abs(items.at - origin.at) <= ${reachAloneMs}
                 ELSE items.group_id = origin.group_id END
           AND items.n NOT IN (SELECT value FROM json_each(?))
         ORDER BY wanted.key LIMIT ?`,
        inList(ns),
        inList(ns),
        limit,
      )
      .map(toItem);
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
