import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../core/remember/sql/opening.ts';
import { storeOn } from '../../core/remember/sql/store.ts';
import { bounds, cycleRecord, episode, noon } from '../kit/nouns.ts';

const words = (n: number) => Array.from({ length: 60 }, (_, at) => `word${(n * 61 + at * 7) % 4_001}`).join(' ');

it('[ME7.70] an index that has come apart is made one again, step by step, and finds the same', () => {
  const db = openDatabase(':memory:');
  const store = storeOn(db, ':memory:');
  onTestFinished(() => store.close());
  const segments = () =>
    db.prepare<[], { n: number }>('SELECT count(DISTINCT segid) AS n FROM search_idx').get()?.n ?? 0;
  for (let n = 0; n < 700; n++) {
    const id = `e${String(n).padStart(4, '0')}`;
    store.commitCycle(
      cycleRecord({ episode: episode(id, { summary: words(n), startedAt: noon + n, endedAt: noon + n }) }),
    );
  }
  expect(segments()).toBeGreaterThan(4);
  const found = () =>
    ['word7', 'word61', 'word4000'].map((text) => store.lexical([{ text }], {}, 20).map(({ item }) => item.id));
  const before = found();
  expect(before.every((ids) => ids.length > 0)).toBe(true);
  let rounds = 0;
  while (store.tidy(bounds()).more) rounds += 1;
  expect(rounds).toBeGreaterThan(0);
  expect(segments()).toBe(1);
  expect(found()).toEqual(before);
  expect(store.tidy(bounds()).more, 'nothing is left to be done').toBe(false);
});
