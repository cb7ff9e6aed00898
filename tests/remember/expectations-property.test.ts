import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expectation, Settled } from '../../core/memory.ts';
import { follow } from '../../core/remember/expectations.ts';
import { scored } from '../../core/remember/scoring.ts';
import type { Observation } from '../../core/types.ts';
import { noon } from '../kit/nouns.ts';
import { counter, dream, failed, lock, memory, minuteMs, passed } from './learning-kit.ts';

const happening = fc.record({
  make: fc.constantFrom(lock, failed, passed),
  minute: fc.integer({ min: 0, max: 240 }),
  /** Arrives so much later. */
  delay: fc.constantFrom(0, 0, 0, 3, 45),
  own: fc.constantFrom(false, false, false, true),
});
const day = fc.array(fc.array(happening, { maxLength: 6 }), { maxLength: 20 });
type Day = typeof day extends fc.Arbitrary<infer T> ? T : never;

const rules = [memory({ hits: 0 }), dream()];

/** Lives through the batches in turn; the clock may be behind what was seen, as after a correction. */
function live(batches: Day) {
  const nextId = counter('e');
  let open: Expectation[] = [];
  const all: Expectation[] = [];
  const settled: Settled[] = [];
  const seen: Observation[] = [];
  for (const each of batches) {
    const batch = each.map(({ make, minute, own }) => make(minute, own ? { causeId: 'own' } : {}));
    const now = Math.max(noon, ...each.map(({ minute, delay }) => noon + (minute + delay) * minuteMs));
    seen.push(...batch);
    const came = follow(rules, batch, open, { now, nextId, sawSource: () => true });
    all.push(...came.expectations);
    settled.push(...came.settled);
    open = [...open, ...came.expectations].filter((one) => !came.settled.some((done) => done.id === one.id));
    expect(open.length).toBeLessThanOrEqual(200);
  }
  return { all, settled, seen };
}

const always = (check: (lived: ReturnType<typeof live>) => void) =>
  fc.assert(
    fc.property(day, (batches) => check(live(batches))),
    { numRuns: 300, seed: 20_260_601 },
  );

describe('whatever arrives in whatever order', () => {
  it('[ME6.19] nothing is settled twice, and nothing that was not expected', () => {
    always(({ all, settled }) => {
      expect(new Set(settled.map((each) => each.id)).size).toBe(settled.length);
      for (const each of settled) expect(all.some((one) => one.id === each.id)).toBe(true);
      expect(new Set(all.map((each) => `${each.ofId} ${each.causeId}`)).size).toBe(all.length);
    });
  });

  it('[ME6.20] nothing is met by an earlier observation, by its cause, or by one of Reverie’s own', () => {
    always(({ all, settled, seen }) => {
      for (const { id, settlement, observationIds } of settled) {
        const expected = all.find((each) => each.id === id);
        expect(observationIds).toHaveLength(settlement === 'met' ? 1 : 0);
        const by = seen.find((each) => each.id === observationIds[0]);
        if (!by || !expected) continue;
        expect(by.id).not.toBe(expected.causeId);
        expect(by.occurredAt).toBeGreaterThan(expected.since);
        expect(by.occurredAt).toBeLessThanOrEqual(expected.dueAt);
        expect(by.causeId).toBeNull();
      }
    });
  });

  it('[ME6.21] scores do not depend on the order of settlements, nor on one being told twice', () => {
    always(({ settled, seen }) => {
      const context = { now: noon, nextId: counter(), promoteDream: () => [], batch: seen };
      const changes = scored(settled, rules, context);
      expect(scored(settled.toReversed(), rules, context)).toEqual(changes);
      expect(scored([...settled, ...settled], rules, context)).toEqual(changes);
    });
  });
});
