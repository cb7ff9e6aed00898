import type Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import type { Item, ItemFilter } from '../../core/memory.ts';
import { putItem, removeItem } from '../../core/remember/sql/index-items.ts';
import { openDatabase } from '../../core/remember/sql/opening.ts';
import { createSql } from '../../core/remember/sql/sql.ts';
import { createVectors } from '../../core/remember/sql/vectors.ts';
import { fakeClock } from '../kit/clock.ts';
import { clusteredVectors } from '../kit/clustered-vectors.ts';
import { noon } from '../kit/nouns.ts';

const item = (id: string, over: Partial<Item> = {}): Omit<Item, 'n'> => ({
  kind: 'insight',
  id,
  text: `about ${id}`,
  at: noon,
  target: null,
  trust: 'derived',
  importance: 0.5,
  groupId: null,
  ...over,
});

const opened: Database.Database[] = [];
afterEach(() => {
  for (const db of opened.splice(0)) db.close();
});

/** What `nearest` reads: vectors kept in memory, as those of a small store are, or their rows. */
type Reads = 'memory' | 'rows';

function setUp(reads: Reads = 'memory') {
  const db = openDatabase(':memory:');
  opened.push(db);
  const sql = createSql(db);
  const clock = fakeClock();
  const vectors = createVectors(sql, clock.after, reads === 'rows' ? 0 : undefined);
  const numberOf = (id: string) => sql.count('SELECT n FROM items WHERE id = ?', id);
  return {
    sql,
    clock,
    ...vectors,
    put: (...all: Omit<Item, 'n'>[]) => all.forEach((each) => putItem(sql, each)),
    set: (model: string, all: Record<string, number[]>) =>
      vectors.setVectors(
        model,
        Object.entries(all).map(([id, vector]) => ({ n: numberOf(id), vector: Float32Array.from(vector) })),
      ),
    near: (vector: number[], filter: ItemFilter = {}, limit = 10, model = 'm') =>
      vectors.nearest(model, Float32Array.from(vector), filter, limit).map((hit) => hit.item.id),
    waiting: (limit = 10, model = 'm') => vectors.withoutVector(model, limit).map((each) => each.text.slice(6)),
    kept: (model: string) => vectors.vectorFigures(model).embedded,
  };
}

/** Many things in 24 clusters, every 100th of them a principle. */
function manyThings(count: number, reads: Reads) {
  const set = setUp(reads);
  const vectors = clusteredVectors(9, { length: 128, clusters: 24 });
  const made = Array.from({ length: count }, (_, n) => vectors.near(n));
  set.sql.run('BEGIN');
  made.forEach((_, n) =>
    set.put(
      item(`t${n}`, {
        kind: n % 100 === 7 ? 'principle' : 'insight',
        at: noon + n,
        target: n % 500 === 3 ? 'cart.ts' : null,
      }),
    ),
  );
  set.setVectors(
    'm',
    made.map((vector, n) => ({ n: n + 1, vector })),
  );
  set.sql.run('COMMIT');
  return { ...set, vectors, made };
}

const cosineOf = (a: Float32Array, b: Float32Array) => {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, each, at) => sum + each * (y[at] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

describe.each(['memory', 'rows'] as const)('the nearest in meaning, read from %s', (reads) => {
  it('[ME3.56] come best first with their cosine, never from another model', () => {
    const { put, set, nearest, near } = setUp(reads);
    put(item('a'), item('b'), item('c'), item('other'));
    set('m', { a: [1, 0, 0], b: [4, 3, 0], c: [-1, 0, 0] });
    set('m', { other: [1, 0] });
    const found = nearest('m', Float32Array.from([2, 0, 0]), {}, 9);
    expect(found.map((hit) => hit.item.id)).toEqual(['a', 'b', 'c']);
    [1, 0.8, -1].forEach((cosine, at) => expect(found[at]?.score).toBeCloseTo(cosine, 2));
    expect(found[0]?.item).toEqual({ ...item('a'), n: 1 });
    expect(near([2, 0, 0], {}, 2)).toEqual(['a', 'b']);
    expect(near([2, 0, 0], {}, 9, 'another')).toEqual([]);
  });

  it('[ME3.57] among thousands are the ten that an exact search finds, all but a few in a hundred, with every filter', () => {
    const { near, vectors, made } = manyThings(3_000, reads);
    const filters: [ItemFilter, (n: number) => boolean][] = [
      [{}, () => true],
      [{ kinds: ['principle'] }, (n) => n % 100 === 7],
      [{ kinds: ['insight'] }, (n) => n % 100 !== 7],
      [{ from: noon + 40, until: noon + 55 }, (n) => n >= 40 && n < 55],
      [{ from: noon + 1_500 }, (n) => n >= 1_500],
      [{ target: 'cart.ts' }, (n) => n % 500 === 3],
      [{ trust: ['owner'] }, () => false],
      [{ trust: ['owner', 'derived'], kinds: ['principle'], until: noon + 900 }, (n) => n % 100 === 7 && n < 900],
    ];
    let [heldInAll, exactInAll] = [0, 0];
    for (const [filter, passes] of filters) {
      let [held, all] = [0, 0];
      for (let asked = 0; asked < 6; asked++) {
        const question = vectors.near(asked);
        const scored = made
          .map((vector, n) => ({ n, cosine: cosineOf(vector, question) }))
          .filter(({ n }) => passes(n));
        const exact = scored
          .sort((a, b) => b.cosine - a.cosine)
          .slice(0, 10)
          .map(({ n }) => `t${n}`);
        const found = near([...question], filter);
        expect(found).toHaveLength(exact.length);
        held += exact.filter((id) => found.includes(id)).length;
        all += exact.length;
      }
      expect(held, JSON.stringify(filter)).toBeGreaterThanOrEqual(all * 0.9);
      heldInAll += held;
      exactInAll += all;
    }
    expect(heldInAll / exactInAll).toBeGreaterThanOrEqual(0.97);
  });

  it('[ME3.58] know at once what is new, replaced, reworded and gone', () => {
    const { put, set, near, sql } = setUp(reads);
    put(item('a'), item('b'));
    set('m', { a: [1, 0], b: [0, 1] });
    expect(near([1, 0])).toEqual(['a', 'b']);
    put(item('c'));
    set('m', { c: [1, 0.1], a: [0, -1] });
    expect(near([1, 0])).toEqual(['c', 'b', 'a']);
    removeItem(sql, 'insight', 'c');
    put(item('b', { text: 'about something else' }));
    expect(near([1, 0])).toEqual(['a']);
    put(item('a', { importance: 0.9 }));
    expect(near([1, 0])).toEqual(['a']);
  });

  it('[ME3.59] are still all found after far more was added and removed than there was at the first question', () => {
    const { put, set, near, sql } = setUp(reads);
    put(item('first'));
    set('m', { first: [0, 1] });
    expect(near([1, 0])).toEqual(['first']);
    for (let n = 0; n < 2_500; n++) {
      put(item(`x${n}`));
      set('m', { [`x${n}`]: [1, n / 1_000] });
      if (n > 0) removeItem(sql, 'insight', `x${n - 1}`);
    }
    expect(near([1, 0])).toEqual(['x2499', 'first']);
    put(item('last'));
    set('m', { last: [1, 0] });
    expect(near([1, 0])).toEqual(['last', 'x2499', 'first']);
  });

  it('[ME3.59] are not hidden by any number of nearer ones that are gone', () => {
    const { put, set, setVectors, near, sql } = setUp(reads);
    put(item('far'), ...Array.from({ length: 900 }, (_, n) => item(`x${n}`)));
    set('m', { far: [1, -1] });
    setVectors(
      'm',
      Array.from({ length: 900 }, (_, n) => ({ n: n + 2, vector: Float32Array.of(1, 1) })),
    );
    expect(near([1, 1])).toHaveLength(10);
    for (let n = 3; n < 900; n++) removeItem(sql, 'insight', `x${n}`);
    expect(near([1, 1], { kinds: ['insight'] })).toEqual(['x2', 'x1', 'x0', 'far']);
    expect(near([1, 1])).toEqual(['x2', 'x1', 'x0', 'far']);
  });

  it('[ME3.60] are nothing for a question without a direction or of another length', () => {
    const { put, set, near } = setUp(reads);
    put(item('a'));
    set('m', { a: [1, 0] });
    for (const odd of [[], [0, 0], [Number.NaN, 1], [Number.NEGATIVE_INFINITY, 1], [1, 0, 0]])
      expect(near(odd)).toEqual([]);
    for (const limit of [0, -1, Number.NaN]) expect(near([1, 0], {}, limit)).toEqual([]);
    expect(near([1, 0], {}, Number.POSITIVE_INFINITY)).toEqual(['a']);
  });

  it('[ME3.61] are never those whose vector has no direction; these count as done', () => {
    const { put, set, near, waiting, kept } = setUp(reads);
    put(item('a'), item('zero'), item('odd'), item('none'));
    expect(near([1, 0])).toEqual([]);
    set('m', { a: [1, 0], zero: [0, 0], odd: [Number.NaN, 1], none: [] });
    expect([near([1, 0]), waiting(), kept('m')]).toEqual([['a'], [], 4]);
    set('m', { a: [0, 0] });
    expect(near([1, 0])).toEqual([]);
  });

  it('[ME3.62] leave memory when nobody asked for a quarter of an hour, and come back with the next question', async () => {
    const { put, set, near, sql, clock } = setUp(reads);
    put(item('a'), item('b'));
    set('m', { a: [1, 0], b: [0, 1] });
    expect(clock.waiting()).toBe(0);
    expect(near([1, 0])).toEqual(['a', 'b']);
    expect(clock.waiting()).toBe(1);
    // What is written past the store is seen only when everything is read anew.
    put(item('c'));
    sql.run('INSERT INTO vectors SELECT 3, model, scale, components FROM vectors WHERE n = 1');
    await clock.pass(14 * 60_000);
    expect(near([1, 0])).toEqual(['a', 'b']);
    await clock.pass(14 * 60_000);
    expect(near([1, 0])).toEqual(['a', 'b']);
    await clock.pass(16 * 60_000);
    expect(clock.waiting()).toBe(0);
    expect(near([1, 0])).toEqual(['c', 'a', 'b']);
  });

  it('[ME3.59] are not what has lost its item, and looking for those ends', () => {
    const { put, set, near, sql } = setUp(reads);
    put(item('a'), item('b'), item('c'));
    set('m', { a: [1, 0], b: [1, 0.1], c: [1, 0.2] });
    expect(near([1, 0])).toEqual(['a', 'b', 'c']);
    sql.run("DELETE FROM items WHERE id = 'a'");
    expect(near([1, 0])).toEqual(['b', 'c']);
  });
});

describe('items without a vector', () => {
  it('[ME3.63] come newest first, and only what still has none', () => {
    const { put, set, waiting, sql } = setUp();
    put(...['a', 'b', 'c', 'd', 'e'].map((id) => item(id)));
    expect([waiting(2), waiting()]).toEqual([
      ['e', 'd'],
      ['e', 'd', 'c', 'b', 'a'],
    ]);
    set('m', { e: [1], c: [1] });
    expect(waiting()).toEqual(['d', 'b', 'a']);
    put(item('f'), item('b', { text: 'about the new b' }));
    removeItem(sql, 'insight', 'a');
    expect(waiting()).toEqual(['the new b', 'f', 'd']);
    set('m', { f: [1], b: [1], d: [1] });
    expect(waiting()).toEqual([]);
    put(item('g'));
    expect(waiting()).toEqual(['g']);
  });

  it('[ME3.64] come however many there are, and however many of the newest are left out', () => {
    const { put, waiting, setVectors, withoutVector } = setUp();
    put(...Array.from({ length: 2_300 }, (_, n) => item(`x${n}`)));
    expect(waiting(3)).toEqual(['x2299', 'x2298', 'x2297']);
    expect(waiting(9_999)).toHaveLength(2_300);
    const seen = new Set<number>();
    for (;;) {
      // The newest hundred are refused each time.
      const batch = withoutVector('m', 200).slice(100);
      if (batch.length === 0) break;
      for (const { n } of batch) expect(seen.size).toBeLessThan(seen.add(n).size);
      setVectors(
        'm',
        batch.map(({ n }) => ({ n, vector: Float32Array.of(1, n) })),
      );
    }
    expect([seen.size, waiting(9_999).length]).toEqual([2_200, 100]);
  });

  it('[ME3.65] are all of them when another model comes; what the old one made goes bit by bit', () => {
    const { put, waiting, kept, near, setVectors, set } = setUp();
    put(...Array.from({ length: 1_200 }, (_, n) => item(`x${n}`)));
    setVectors(
      'm',
      Array.from({ length: 1_200 }, (_, n) => ({ n: n + 1, vector: Float32Array.of(1, n) })),
    );
    expect([near([1, 0]).length, waiting()]).toEqual([10, []]);
    expect(waiting(9_999, 'new')).toHaveLength(1_200);
    set('new', { x5: [1, 0] });
    expect([kept('m'), kept('new'), near([1, 0], {}, 10, 'new')]).toEqual([699, 1, ['x5']]);
    set('new', { x6: [1, 0] });
    set('new', { x7: [1, 0] });
    expect([kept('m'), kept('new')]).toEqual([0, 3]);
    expect([near([1, 0]), waiting(9_999, 'new').length, waiting(9_999).length]).toEqual([[], 1_197, 1_200]);
  });

  it('[ME3.65] are found again when a batch of another model came between two looks', () => {
    const { put, waiting, set } = setUp();
    put(item('a'), item('b'));
    set('m', { a: [1], b: [1] });
    expect(waiting()).toEqual([]);
    set('new', { a: [1] });
    expect(waiting()).toEqual(['b', 'a']);
  });

  it('[ME3.66] get no vector when they are gone meanwhile, and none outlives its item', () => {
    const { put, set, setVectors, sql, kept, near } = setUp();
    put(item('a'));
    set('m', { a: [1, 0] });
    setVectors('m', [{ n: 99, vector: Float32Array.of(1, 0) }]);
    expect([kept('m'), near([1, 0])]).toEqual([1, ['a']]);
    removeItem(sql, 'insight', 'a');
    expect([kept('m'), near([1, 0])]).toEqual([0, []]);
  });
});
