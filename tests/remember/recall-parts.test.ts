import { describe, expect, it } from 'vitest';
import type { Item } from '../../core/memory.ts';
import { borrowed, told } from '../../core/remember/adjacency.ts';
import { companionsOf } from '../../core/remember/companions.ts';
import { diverse } from '../../core/remember/diversity.ts';
import { fuse } from '../../core/remember/fusion.ts';
import { noon } from '../kit/nouns.ts';
import { recallIndex } from './recall-kit.ts';

const item = (n: number, over: Partial<Item> = {}): Item => ({
  n,
  kind: 'insight',
  id: `i${n}`,
  text: `text ${n}`,
  at: noon,
  target: null,
  trust: 'derived',
  importance: 0.5,
  groupId: 'g',
  ...over,
});
const ranked = (...scores: [string, number][]) => scores.map(([key, score]) => ({ key, score }));
const holding = (n: number, ...held: [string, number][]) => new Map([[n, new Map(held)]]);

describe('fusion', () => {
  it('[ME3.20] is 1 for the best of every list; equal scores share a rank; an empty list takes nothing away', () => {
    const fused = fuse([
      { weight: 1, ranked: ranked(['a', 9], ['b', 9], ['c', 3]) },
      { weight: 1, ranked: ranked(['a', 0.7], ['c', 0.7]) },
      { weight: 5, ranked: [] },
    ]);
    expect(fused.get('a')).toBe(1);
    expect(fused.get('b')).toBe(0.5);
    expect(fused.get('c')).toBeCloseTo(0.5 * (1 / 3) * (11 / 13) + 0.5, 9);
  });

  it('[ME3.33] a poor second of one list does not pass for a good one', () => {
    const fused = fuse([{ weight: 1, ranked: ranked(['best', 10], ['poor', 1]) }]);
    expect(fused.get('poor')).toBeLessThan(0.1);
  });
});

describe('diversity', () => {
  const hits = [
    { text: 'refund fails for guests', score: 1 },
    { text: 'refund fails for guests today', score: 0.9 },
    { text: 'receipt by mail', score: 0.8 },
  ];

  it('[ME3.23] picks what is good and unlike what is picked already', () => {
    expect(diverse(hits, 2).map((hit) => hit.score)).toEqual([1, 0.8]);
    expect(diverse(hits, 9)).toHaveLength(3);
    expect(diverse([], 3)).toEqual([]);
  });
});

describe('what stands next to each other', () => {
  it('[ME3.14] borrows what it lacks, less from farther away, nothing from another group', () => {
    const items = [item(1), item(2), item(3), item(4, { groupId: 'other' })];
    const loans = borrowed(items, holding(1, ['cart', 10]));
    expect(loans.has(1)).toBe(false);
    expect(loans.get(2)?.get('cart')).toBe(3);
    expect(loans.get(3)?.get('cart')).toBe(1.5);
    expect(loans.has(4)).toBe(false);
  });

  it('[ME3.14] the answer gets most of what the question before it asked, and the question counts less for it', () => {
    const question = item(1, { text: 'The shop is shut. How was the pottery class?' });
    const held = new Map([
      ['shop', 10],
      ['pottery', 10],
    ]);
    const loans = borrowed([question, item(2)], new Map([[1, held]]));
    expect(loans.get(2)?.get('pottery')).toBe(9);
    expect(loans.get(2)?.get('shop')).toBe(3);
    expect([...told(question, held)]).toEqual([
      ['shop', 10],
      ['pottery', 6],
    ]);
  });
});

describe('companions', () => {
  it('[ME3.17] are names in several of the best hits that were not asked for, at most three', () => {
    const best = [
      item(1, { text: 'refund in ledger.ts by Ada' }),
      item(2, { text: 'see ledger.ts and rows.ts' }),
      item(3, { text: 'Once more by Ada' }),
    ];
    const asked = { names: new Set<string>(), known: new Map<string, string>() };
    expect(companionsOf(best, asked)).toEqual(['ledger.ts', 'ada']);
    expect(companionsOf(best, { ...asked, names: new Set(['ada']) })).toEqual(['ledger.ts']);
  });
});

describe('the words of the index', () => {
  it('[ME3.44] come with what each adds to the score, the rarer one more', async () => {
    const { put, store, close } = recallIndex();
    put({ id: 'both', text: 'the refund of the ledger' });
    for (const id of ['one', 'two', 'three']) put({ id, text: `a refund for ${id}` });
    const [hit] = store.lexical([{ text: 'refund' }, { text: 'ledger' }], {}, 9);
    close();
    expect(hit?.matched).toEqual(['ledger', 'refund']);
    const [ledger = 0, refund = 0] = hit?.weights ?? [];
    expect(ledger).toBeGreaterThan(refund);
    expect(ledger + refund).toBeCloseTo(hit?.score ?? Number.NaN, 9);
  });
});
