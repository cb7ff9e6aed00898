import { describe, expect, it } from 'vitest';
import type { RecallHit } from '../../core/ports.ts';
import { recall } from '../../core/remember/recall.ts';
import { noon } from '../kit/nouns.ts';

const dayMs = 86_400_000;
const hit = (id: string, score: number, days = 0, text = id): RecallHit => ({
  kind: 'insight',
  id,
  text,
  at: noon - days * dayMs,
  score,
});
const store = (hits: RecallHit[], asked: [string, number][] = []) => ({
  search: async (query: string, limit: number) => {
    asked.push([query, limit]);
    return hits;
  },
});
const idsOf = (hits: RecallHit[]) => hits.map((each) => each.id);

describe('what memory brings to a thought', () => {
  it('[TH5.12] is the likest, and of equally like ones the newest', async () => {
    const hits = [hit('old', 5, 30), hit('new', 5, 1), hit('unlike', 1, 1)];
    expect(idsOf(await recall(store(hits), 'cart', { now: noon, limit: 5 }))).toEqual(['new', 'old', 'unlike']);
  });

  it('[TH5.12] scores 0..1 inside one answer, whatever the search scored', async () => {
    for (const scores of [
      [900, 30, 0],
      [0, 0],
      [1e-9, 1e-12],
      [-3, -1],
    ]) {
      const found = await recall(store(scores.map((score, n) => hit(`m${n}`, score, n))), 'x', { now: noon, limit: 5 });
      expect(found).toHaveLength(scores.length);
      for (const { score } of found) expect(score >= 0 && score <= 1).toBe(true);
    }
  });

  it('[TH5.12] is at most what was asked for, found among more', async () => {
    const asked: [string, number][] = [];
    const found = await recall(
      store(
        Array.from({ length: 40 }, (_, n) => hit(`m${n}`, 40 - n)),
        asked,
      ),
      'cart',
      { now: noon, limit: 5 },
    );
    expect([idsOf(found), asked]).toEqual([['m0', 'm1', 'm2', 'm3', 'm4'], [['cart', 20]]]);
    expect(await recall(store([]), 'cart', { now: noon, limit: 5 })).toEqual([]);
  });

  it('[TH5.13] is nothing of what is thought about, which also does not dwarf the others', async () => {
    const hits = [hit('self', 1_000), hit('like', 10, 14), hit('unlike', 1, 0)];
    const found = await recall(store(hits), 'cart', { now: noon, limit: 5, exclude: new Set(['self']) });
    expect(idsOf(found)).toEqual(['like', 'unlike']);
  });

  it('[TH5.14] says the same words once', async () => {
    const hits = [hit('a', 3, 0, 'the same'), hit('b', 2, 0, 'the same'), hit('c', 1, 0, 'other')];
    expect(idsOf(await recall(store(hits), 'x', { now: noon, limit: 5 }))).toEqual(['a', 'c']);
  });

  it('[TH5.12] a memory from a future the clock was set back from is only new', async () => {
    const found = await recall(store([hit('future', 1, -400)]), 'x', { now: noon, limit: 5 });
    expect(found[0]?.score).toBeCloseTo(1, 9);
  });
});
