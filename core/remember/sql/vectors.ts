import type { Item, ItemFilter } from '../../memory.ts';
import type { Stop } from '../../ports.ts';
import { type Codes, codeOf, codeWords, cosine, createCodes, type Quantised, quantise, unit } from '../vector-codes.ts';
import { conditions } from './item-filter.ts';
import { toItem } from './item-rows.ts';
import { inRowOrder, type Row, type Sql } from './sql.ts';
import { createWaitingItems } from './waiting-items.ts';

/**
 * How many of the nearest by code are ordered exactly: more where more are alike. Of the true ten nearest among 10,000 × 768 in clusters of
 * 250, 300 hold all that the bytes can tell (98 %); in clusters of 1,000 without any order inside, 400 hold 90 %.
 */
const rescored = (size: number, wanted: number) => Math.max(wanted * 3, Math.round(300 + size / 1_000));
const foundAtMost = 1_000;
/** Codes leave memory when nobody asked for so long. */
const unusedMs = 15 * 60_000;
/** Codes are read so many rows at a time. */
const readAtOnce = 4_096;
/** Vectors of other models that go with each batch of new ones. */
const droppedAtOnce = 500;

/** The vectors of a small store stay in memory with their codes: so many bytes, 10,000 vectors of 800 components. */
const keptInMemory = 8_000_000;

type After = (ms: number, call: () => void) => Stop;

interface Held {
  model: string;
  length: number;
  codes: Codes;
  /** All vectors by the number of their item; null when they are too many. */
  kept: Map<number, Quantised> | null;
}

/**
 * Vectors of the items, one per item. A row's `components` are the code (signs, one bit each), then one byte per component; so the codes can
 * be read without the rest. What is in memory is only what is looked through first: whatever is answered still has its item, and a number
 * never stands for two texts, so what is too old can cost time but never shows.
 *
 * Measured with 100,000 × 768 (two busy cores, CPU time): signs in memory 6 ms a search and 9.6 MB, read in 100 to 240 ms at the first
 * use; computing them from the bytes then would take 300 to 600 ms, and an exact scan of all bytes in memory takes 77 MB and 80 ms a search.
 */
export function createVectors(sql: Sql, after: After = unheld, keptAtMost = keptInMemory) {
  const { waiting, expect } = createWaitingItems(sql);
  let held: Held | null = null;
  let drop: Stop | null = null;

  /** Best first by cosine. A vector that has no direction, or of another length than those that are kept, finds nothing. */
  function nearest(
    model: string,
    vector: Float32Array,
    filter: ItemFilter,
    limit: number,
  ): { item: Item; score: number }[] {
    const wanted = Math.min(limit, foundAtMost);
    const direction = unit(vector);
    if (!direction || !(wanted > 0)) return [];
    const before = held;
    const { codes } = heldOf(model, vector.length);
    const isFresh = held !== before;
    const code = codeOf(quantise(direction));
    const many = rescored(codes.size, wanted);
    const open = Object.values(filter).every((each) => each === undefined);
    const near = codes.near(code, many, null);
    let best = exactly(model, direction, near, filter);
    if (open && !isFresh && best.length * 2 < near.length) {
      // Most of what was near has gone meanwhile, and must not stand in for what is there.
      held = null;
      return nearest(model, vector, filter, limit);
    }
    // Where a filter leaves little of what is near, what it leaves is looked through instead.
    if (!open && best.length * 2 < many && codes.size > many)
      best = exactly(model, direction, codes.near(code, many, passing(filter)), filter);
    const found = withItems(best.sort((a, b) => b.score - a.score || b.n - a.n).slice(0, wanted));
    if (isFresh || found.length === Math.min(wanted, best.length)) return found;
    // Some have gone, and took the places of others.
    held = null;
    return nearest(model, vector, filter, limit);
  }

  function exactly(model: string, direction: Float32Array, ns: readonly number[], filter: ItemFilter): Scored[] {
    const { where, values } = conditions(filter);
    const { kept } = heldOf(model, direction.length);
    if (kept && where === '1')
      return ns.flatMap((n) => {
        const vector = kept.get(n);
        return vector ? [{ n, score: cosine(direction, vector) }] : [];
      });
    // In this order: led by the index on models it would read every vector there is.
    const rows = sql.all(
      `SELECT vectors.n, scale, components FROM json_each(?) AS wanted CROSS JOIN vectors ON vectors.n = wanted.value
       ${where === '1' ? '' : 'CROSS JOIN items ON items.n = vectors.n'} WHERE +model = ? AND ${where}`,
      inRowOrder(ns),
      model,
      ...values,
    );
    const bytes = bytesOf(direction.length);
    return rows
      .filter((row) => (row.components as Buffer).length === bytes)
      .map((row) => ({ n: Number(row.n), score: cosine(direction, quantisedOf(row, direction.length)) }));
  }

  const passing = (filter: ItemFilter): ReadonlySet<number> => {
    const { where, values } = conditions(filter);
    const row = sql.get(`SELECT json_group_array(n) AS ns FROM items WHERE ${where}`, ...values);
    return new Set(JSON.parse(String(row?.ns)) as number[]);
  };

  function withItems(best: readonly Scored[]): { item: Item; score: number }[] {
    const rows = sql.all(
      'SELECT items.* FROM json_each(?) AS wanted CROSS JOIN items ON items.n = wanted.value',
      inRowOrder(best.map(({ n }) => n)),
    );
    const items = new Map(rows.map((row) => [row.n, toItem(row)]));
    return best.flatMap(({ n, score }) => {
      const item = items.get(n);
      return item ? [{ item, score }] : [];
    });
  }

  function heldOf(model: string, length: number): Held {
    if (held?.model !== model || held.length !== length)
      held = { model, length, codes: readCodes(model, length), kept: readVectors(model, length) };
    drop?.();
    drop = after(unusedMs, () => {
      held = null;
    });
    return held;
  }

  function readCodes(model: string, length: number): Codes {
    const words = codeWords(length);
    const ns: number[] = [];
    const room = sql.count('SELECT count(*) AS n FROM vectors WHERE model = ?', model);
    const codes = new Int32Array(room * words);
    // As text and back: one value for thousands of rows crosses faster than thousands of values.
    for (let last: unknown = 0; ; last = ns.at(-1)) {
      const page = sql.get(
        `SELECT json_group_array(n) AS ns, unhex(coalesce(group_concat(hex(code), ''), '')) AS codes FROM
           (SELECT n, substr(components, 1, ?) AS code FROM vectors WHERE model = ? AND n > ? AND length(components) = ? ORDER BY n LIMIT ?)`,
        words * 4,
        model,
        last,
        bytesOf(length),
        readAtOnce,
      );
      const read = JSON.parse(String(page?.ns)) as number[];
      new Uint8Array(codes.buffer).set(page?.codes as Buffer, ns.length * words * 4);
      ns.push(...read);
      if (read.length < readAtOnce) break;
    }
    return createCodes(words, ns.length + Math.max(1_000, ns.length >> 3), {
      ns,
      codes: codes.subarray(0, ns.length * words),
    });
  }

  function readVectors(model: string, length: number): Map<number, Quantised> | null {
    const count = sql.count('SELECT count(*) AS n FROM vectors WHERE model = ?', model);
    if (count * length > keptAtMost) return null;
    const block = new Int8Array(count * length);
    const kept = new Map<number, Quantised>();
    const rows = sql.each(
      'SELECT n, scale, components FROM vectors WHERE model = ? AND length(components) = ?',
      model,
      bytesOf(length),
    );
    for (const row of rows) {
      const { scale, components } = quantisedOf(row, length);
      const at = kept.size * length;
      block.set(components, at);
      kept.set(Number(row.n), { scale, components: block.subarray(at, at + length) });
    }
    return kept;
  }

  /** Refuses none: one without a direction is kept as empty, so that its item counts as done and is found by no vector. */
  function setVectors(model: string, vectors: { n: number; vector: Float32Array }[]): void {
    expect(model);
    if (held?.model !== model) held = null;
    for (const { n, vector } of vectors) {
      const direction = unit(vector);
      const quantised = direction && quantise(direction);
      const code = quantised && codeOf(quantised);
      const bytes = quantised && code ? Buffer.concat([bytesIn(code), bytesIn(quantised.components)]) : Buffer.alloc(0);
      const written = sql.run(
        'INSERT OR REPLACE INTO vectors (n, model, scale, components) SELECT n, ?, ?, ? FROM items WHERE n = ?',
        model,
        quantised?.scale ?? 0,
        bytes,
        n,
      );
      if (!held || written === 0) continue;
      if (!quantised || !code || held.length !== vector.length) forget(held, n);
      // Full: read again with the next question, without what has gone meanwhile.
      else if (!held.codes.put(n, code)) held = null;
      else if (((held.kept?.size ?? 0) + 1) * held.length > keptAtMost) held.kept = null;
      else held.kept?.set(n, quantised);
    }
    for (const other of ['<', '>'])
      sql.run(
        `DELETE FROM vectors WHERE n IN (SELECT n FROM vectors WHERE model ${other} ? LIMIT ${droppedAtOnce})`,
        model,
      );
  }

  return {
    nearest,
    withoutVector: waiting,
    setVectors,
    vectorFigures: (model: string): { items: number; embedded: number } => ({
      items: sql.count('SELECT count(*) AS n FROM items'),
      embedded: sql.count('SELECT count(*) AS n FROM vectors WHERE model = ?', model),
    }),
  };
}

function forget({ codes, kept }: Held, n: number): void {
  codes.remove(n);
  kept?.delete(n);
}

interface Scored {
  n: number;
  score: number;
}

const bytesOf = (length: number) => codeWords(length) * 4 + length;

function quantisedOf(row: Row, length: number) {
  const bytes = row.components as Buffer;
  const components = new Int8Array(bytes.buffer, bytes.byteOffset + codeWords(length) * 4, length);
  return { scale: Number(row.scale), components };
}

const bytesIn = ({ buffer, byteOffset, byteLength }: Int32Array | Int8Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A timer that keeps nothing alive; what it lets go is only memory. */
const unheld: After = (ms, call) => {
  const timer = setTimeout(call, ms).unref();
  return () => clearTimeout(timer);
};
