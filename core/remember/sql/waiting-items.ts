import { inList, type Sql } from './sql.ts';

/** Numbers looked up at a time on the way down. */
const lookedUpAtOnce = 1_000;

/**
 * Items that have no vector of a model yet. Remembers how far the index was looked through, so that asking again costs nothing: numbers only
 * grow, and a vector goes only with its item. `open` holds what was without a vector when it was looked at, newest first: everything from
 * `top` down to `floor` that is not in it is done.
 */
export function createWaitingItems(sql: Sql) {
  let seen: { model: string; top: number; floor: number; open: number[] } | null = null;

  /** Newest first, at most `limit`. */
  function waiting(model: string, limit: number): { n: number; text: string }[] {
    const top = sql.count('SELECT max(n) AS n FROM items');
    if (seen?.model !== model) seen = { model, top, floor: allHave(model) ? 0 : top, open: [] };
    if (top > seen.top) seen.open = [...lacking(model, { above: seen.top, upTo: top, atMost: -1 }), ...seen.open];
    seen.top = top;
    const found: { n: number; text: string }[] = [];
    while (found.length < limit && (seen.open.length > found.length || lookFurther(seen))) {
      // What is done or gone by now leaves the list.
      const unsure = seen.open.slice(found.length, found.length + limit);
      const still = texts(model, unsure);
      seen.open.splice(found.length, unsure.length, ...still.map(({ n }) => n));
      found.push(...still);
    }
    return found.slice(0, limit);
  }

  /** Adds what lacks a vector further down; false when the end was reached and there was nothing. */
  function lookFurther(marks: NonNullable<typeof seen>): boolean {
    const more = lacking(marks.model, { above: 0, upTo: marks.floor, atMost: lookedUpAtOnce });
    marks.open.push(...more);
    marks.floor = more.length < lookedUpAtOnce ? 0 : (more.at(-1) ?? 1) - 1;
    return more.length > 0;
  }

  const allHave = (model: string) =>
    sql.count('SELECT count(*) AS n FROM items') ===
    sql.count('SELECT count(*) AS n FROM vectors WHERE model = ?', model);

  const lacking = (model: string, { above, upTo, atMost }: { above: number; upTo: number; atMost: number }): number[] =>
    sql
      .all(
        `SELECT n FROM items WHERE n > ? AND n <= ? AND (SELECT model FROM vectors WHERE vectors.n = items.n) IS NOT ?
         ORDER BY n DESC LIMIT ?`,
        above,
        upTo,
        model,
        atMost,
      )
      .map((row) => Number(row.n));

  const texts = (model: string, ns: readonly number[]): { n: number; text: string }[] =>
    sql
      .all(
        `SELECT items.n, text FROM json_each(?) AS wanted CROSS JOIN items ON items.n = wanted.value
         WHERE (SELECT model FROM vectors WHERE vectors.n = items.n) IS NOT ? ORDER BY items.n DESC`,
        inList(ns),
        model,
      )
      .map((row) => ({ n: Number(row.n), text: String(row.text) }));

  return {
    waiting,
    /** Vectors of that model come: what was seen for another one holds no more, for its vectors go. */
    expect: (model: string): void => {
      if (seen?.model !== model) seen = null;
    },
  };
}
