import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decayed, letGo, renewed, strengthNow } from '../../core/remember/forgetting.ts';
import { noon } from '../kit/nouns.ts';
import { dayMs, memory } from './keeping-kit.ts';

const figure = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(NaN, -1, 7));
const stamp = fc.integer({ min: noon - 500 * dayMs, max: noon + 500 * dayMs });
const kept = fc
  .record({
    importance: figure,
    strength: figure,
    strengthAt: stamp,
    stabilityDays: fc.oneof(fc.double({ min: 0.1, max: 500, noNaN: true }), fc.constantFrom(NaN, 0, -5)),
    formedAt: stamp,
    changedAt: stamp,
    recalledAt: fc.option(stamp),
    pinned: fc.boolean(),
    trust: fc.constantFrom('owner' as const, 'derived' as const),
    validation: fc.constantFrom('seen' as const, 'needs-validation' as const, 'refuted' as const),
  })
  .map((over) => memory('a', over));
const all = fc.array(kept, { maxLength: 40 }).map((each) => each.map((one, n) => ({ ...one, id: `m${n}` })));
const runs = { numRuns: 300, seed: 20_260_601 };

describe('whatever the figures and the clock say', () => {
  it('[ME4.10, ME4.11] strength is within 0 and 1 and never grows by itself', () => {
    fc.assert(
      fc.property(kept, stamp, fc.integer({ min: 0, max: 900 }), (each, now, days) => {
        const strength = strengthNow(each, now);
        expect(strength).toBeGreaterThanOrEqual(0);
        expect(strength).toBeLessThanOrEqual(1);
        expect(strengthNow(each, now + days * dayMs)).toBeLessThanOrEqual(strength);
      }),
      runs,
    );
  });

  it('[ME4.12, ME4.13] a recall makes it stronger for all time to come, a deep sleep never; stability stays within bounds', () => {
    fc.assert(
      fc.property(kept, stamp, fc.integer({ min: 0, max: 900 }), (each, at, days) => {
        const later = at + days * dayMs;
        const used = renewed(each, at);
        expect(used.strength).toBe(1);
        expect(used.stabilityDays).toBeLessThanOrEqual(365);
        expect(strengthNow(used, later)).toBeGreaterThanOrEqual(
          strengthNow({ ...each, strengthAt: Math.min(each.strengthAt, at) }, later) - 1e-9,
        );
        const change = decayed(each, at);
        if (change?.kind === 'weaken') expect(change.strength).toBeLessThanOrEqual(strengthNow(each, at));
      }),
      runs,
    );
  });

  it('[ME4.16, ME4.17, ME4.18] pins never go, the cap holds, and without a cap a twentieth goes at most', () => {
    fc.assert(
      fc.property(all, stamp, fc.integer({ min: 0, max: 45 }), (memories, now, atMost) => {
        const bounds = { forgetBelow: 0.2, forgetDays: 30 };
        const gone = new Set(letGo(memories, now, { ...bounds, atMost }).map((each) => each.id));
        expect(memories.filter((each) => each.pinned && gone.has(each.id))).toEqual([]);
        const pinned = memories.filter((each) => each.pinned).length;
        expect(memories.length - gone.size).toBeLessThanOrEqual(Math.max(atMost, pinned));
        const roomy = letGo(memories, now, { ...bounds, atMost: 100 });
        expect(roomy.length).toBeLessThanOrEqual(Math.max(1, memories.length / 20));
        const ids = new Set(roomy.map((each) => each.id));
        const spared = memories.filter((each) => each.trust === 'owner' || each.validation === 'needs-validation');
        expect(spared.filter((each) => ids.has(each.id))).toEqual([]);
      }),
      runs,
    );
  });
});
