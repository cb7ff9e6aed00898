import { describe, expect, it } from 'vitest';
import { alike, readingOf } from '../../core/remember/likeness.ts';
import { consolidates, promoteDream } from '../../core/remember/promotion.ts';
import { noon } from '../kit/nouns.ts';
import { memory, remembered, rule, seen } from './keeping-kit.ts';

describe('promotion', () => {
  it('[ME2.32] an episode is learned from when it was recalled three times or is of importance 0.6', () => {
    const cases = [
      [0.6, 0, true],
      [0.59, 2, false],
      [0.1, 3, true],
      [NaN, 0, false],
      [NaN, 9, true],
    ] as const;
    for (const [importance, recalled, expected] of cases) expect(consolidates({ importance, recalled })).toBe(expected);
  });

  const dream = memory('d', {
    kind: 'dream',
    key: 'k',
    text: 'If the lock file changes, the tests may fail within the hour',
    importance: 0.3,
    validation: 'confirmed',
    rule: rule('file-changed', 'test-failed'),
    hits: 3,
    misses: 1,
    expiresAt: noon + 1,
    contradicts: ['x'],
    pinned: true,
    recalled: 4,
  });
  const later = noon + 5_000;

  it('[ME2.33] a dream that came true becomes a pattern of its own with the same rule and score', () => {
    const [pattern, ...more] = remembered(promoteDream(dream, [seen('o1', later)], later, () => 'p1'));
    expect(more).toEqual([]);
    expect(pattern?.memory).toMatchObject({
      id: 'p1',
      kind: 'pattern',
      text: 'After a file changed, “test failed” on npm test came within 60 minutes, 3 of 4 times; it was dreamt on 2026-06-01.',
      rule: dream.rule,
      hits: 3,
      misses: 1,
      importance: 0.6,
      validation: 'confirmed',
      strength: 1,
      recalled: 0,
      pinned: false,
      expiresAt: null,
      contradicts: [],
      formedAt: later,
    });
    expect(pattern?.memory.key).not.toBe(dream.key);
    expect(pattern?.memory.terms.outcome).toBe(1);
  });

  it('[ME2.33] it rests on the observations that settled it: never on the dream, nor on what the dream was made of', () => {
    const evidence = [seen('o1', later), { ...seen('d', later), kind: 'memory' as const }, seen('o0', noon - 1)];
    const [pattern] = remembered(promoteDream(dream, evidence, later, () => 'p1'));
    expect(pattern?.evidence).toEqual([seen('o1', later)]);
    expect(pattern?.memory.support).toBe(1);
  });

  it('[SL4.68] says in words of its own how often it came true and when it was dreamt, in one bounded line', () => {
    const long = { type: 'file-changed', target: 'x'.repeat(900), place: '/shop' };
    for (const of of [dream, { ...dream, rule: { when: long, then: { ...long, target: 'y' }, withinMs: 60_000 } }]) {
      const [pattern] = remembered(promoteDream(of, [seen('o1', later)], later, () => 'p1'));
      expect(pattern?.memory.text.length).toBeLessThanOrEqual(400);
      expect(alike(readingOf(pattern?.memory.text ?? ''), readingOf(of.text))).toBe(false);
    }
  });

  it('[ME2.34] nothing else is promoted: no refuted dream, none without a rule, no other memory', () => {
    const promoted = (over: Parameters<typeof memory>[1]) => promoteDream({ ...dream, ...over }, [], later, () => 'p1');
    expect(promoted({ validation: 'refuted' })).toEqual([]);
    expect(promoted({ validation: 'expired' })).toEqual([]);
    expect(promoted({ rule: null })).toEqual([]);
    expect(promoted({ kind: 'learning' })).toEqual([]);
  });
});
