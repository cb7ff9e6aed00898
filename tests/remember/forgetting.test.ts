import { describe, expect, it } from 'vitest';
import type { Memory } from '../../core/memory.ts';
import { decayed, fadeEpisode, importanceNow, letGo, renewed, strengthNow } from '../../core/remember/forgetting.ts';
import { noon } from '../kit/nouns.ts';
import { dayMs, memory } from './keeping-kit.ts';

const after = (days: number) => noon + days * dayMs;
const settings = { atMost: 20_000, forgetBelow: 0.2, forgetDays: 30 };
const weak = (id: string, over: Partial<Memory> = {}) => memory(id, { importance: 0.15, ...over });
const gone = (memories: Memory[], now: number, over = {}) => letGo(memories, now, { ...settings, ...over });

describe('the forgetting curve', () => {
  it('[ME4.10] strength falls exponentially: a new memory that is not used has a third of it after two months', () => {
    expect(strengthNow(memory('a'), noon)).toBe(1);
    expect(strengthNow(memory('a'), after(60))).toBeCloseTo(Math.exp(-1));
    expect(strengthNow(memory('a', { strength: 0.5 }), after(120))).toBeCloseTo(0.5 * Math.exp(-2));
  });

  it('[ME4.11] a clock that was set back forgets nothing, and what is no number is no strength', () => {
    expect(strengthNow(memory('a', { strength: 0.7 }), after(-365))).toBe(0.7);
    for (const over of [{ strength: NaN }, { strength: -2 }]) expect(strengthNow(memory('a', over), after(1))).toBe(0);
    expect(strengthNow(memory('a', { strength: 9 }), noon)).toBe(1);
    expect(strengthNow(memory('a', { stabilityDays: NaN }), after(60))).toBeCloseTo(Math.exp(-1));
    expect(strengthNow(memory('a', { stabilityDays: 0 }), after(60))).toBeCloseTo(Math.exp(-1));
    expect(strengthNow(memory('a'), NaN)).toBe(0);
  });

  it('[ME4.12] a recall renews: full strength, counted, and slower fading, the more the later it comes', () => {
    const late = renewed(memory('a'), after(90));
    expect(late).toMatchObject({ strength: 1, strengthAt: after(90), recalled: 1, recalledAt: after(90), id: 'a' });
    const soon = renewed(memory('a'), after(1));
    const again = renewed(soon, after(1) + 1_000);
    expect(late.stabilityDays).toBeGreaterThan(soon.stabilityDays);
    expect(soon.stabilityDays).toBeGreaterThan(60);
    expect(again.stabilityDays - soon.stabilityDays).toBeLessThan(0.01);
    expect(again.recalled).toBe(2);
    expect(renewed(memory('a'), after(10_000)).stabilityDays).toBeCloseTo(150);
    expect(renewed(memory('a', { stabilityDays: 300 }), after(10_000)).stabilityDays).toBe(365);
  });

  it('[ME4.13] deep sleep takes a tenth, at most once a week, from nothing pinned and nothing just renewed', () => {
    expect(decayed(memory('a'), after(7))).toMatchObject({ kind: 'weaken', id: 'a', at: after(7) });
    const change = decayed(memory('a'), after(60));
    expect(change).toMatchObject({ strength: 0.9 * strengthNow(memory('a'), after(60)) });
    expect(decayed(memory('a'), after(6))).toBeNull();
    expect(decayed(memory('a'), after(-365))).toBeNull();
    expect(decayed(memory('a', { pinned: true }), after(60))).toBeNull();
  });

  it('[ME4.14] an episode loses a tenth in each pass and is out below 0.1', () => {
    let strength: number | null = 1;
    let passes = 0;
    for (; strength !== null; passes++) strength = fadeEpisode(strength);
    expect(passes).toBe(22);
    expect(fadeEpisode(1)).toBeCloseTo(0.9);
    expect(fadeEpisode(NaN)).toBeNull();
    expect(fadeEpisode(40)).toBeCloseTo(0.9);
  });
});

describe('what is let go', () => {
  it('[ME4.15] what is of little importance by now and was not used or found again for 30 days', () => {
    expect(gone([weak('a')], after(29.9))).toEqual([]);
    expect(gone([weak('a')], after(30))).toMatchObject([{ id: 'a' }]);
    expect(gone([weak('a', { recalledAt: after(20) })], after(40))).toEqual([]);
    expect(gone([weak('a', { changedAt: after(20) })], after(40))).toEqual([]);
    expect(gone([memory('a')], after(40))).toEqual([]);
  });

  it('[ME4.15] what was important sinks in months without use; of importance 0.8 it stays', () => {
    const daysKept = (importance: number) => {
      const each = memory('a', { importance });
      return Array.from({ length: 400 }, (_, n) => n).find((days) => gone([each], after(days)).length > 0);
    };
    expect(daysKept(0.6)).toBeGreaterThan(90);
    expect(daysKept(0.6)).toBeLessThan(180);
    expect(daysKept(0.3)).toBeLessThan(60);
    expect(daysKept(0.85)).toBeUndefined();
    const used = renewed(memory('a'), after(80));
    expect(importanceNow(used, after(140))).toBeGreaterThan(importanceNow(memory('a'), after(140)));
  });

  it('[ME4.16] never what is pinned, never the word of the owner, never a dream that waits to be tested', () => {
    const spared = [
      weak('a', { pinned: true }),
      weak('b', { trust: 'owner' }),
      weak('c', { kind: 'dream', validation: 'needs-validation' }),
    ];
    for (const each of spared) expect(gone([each], after(500))).toEqual([]);
    expect(gone([weak('c', { kind: 'dream', validation: 'refuted' })], after(500))).toHaveLength(1);
  });

  it('[ME4.17] a clock that jumps a year ahead takes a twentieth in one pass, the weakest first', () => {
    const all = Array.from({ length: 200 }, (_, n) => weak(`m${n}`, { importance: 0.1 + n / 2_000 }));
    const once = gone(all, after(365));
    expect(once.map((each) => each.id)).toEqual(Array.from({ length: 10 }, (_, n) => `m${n}`));
  });

  it('[ME4.18] there are never more than the cap: the weakest go, the word of the owner last, what is pinned never', () => {
    const all = [
      memory('own', { trust: 'owner', importance: 0.1 }),
      memory('pin', { pinned: true, importance: 0 }),
      memory('low', { importance: 0.3 }),
      memory('odd', { importance: NaN }),
      memory('old', { strengthAt: after(-300) }),
      memory('new'),
    ];
    const ids = (atMost: number) => gone(all, noon, { atMost }).map((each) => each.id);
    expect(ids(6)).toEqual([]);
    expect(ids(4)).toEqual(['odd', 'old']);
    expect(ids(2)).toEqual(['odd', 'old', 'low', 'new']);
    expect(ids(0)).toEqual(['odd', 'old', 'low', 'new', 'own']);
  });

  it('[ME4.19] each says why, in plain words', () => {
    expect(gone([weak('a')], after(43))[0]?.why).toBe(
      'its importance has sunk to 0.09, and it was not used for 43 days',
    );
    expect(gone([memory('a')], noon, { atMost: 0 })[0]?.why).toBe(
      'there was no room: 0 memories are kept, and this was among the weakest (importance 0.6 by now)',
    );
  });
});
