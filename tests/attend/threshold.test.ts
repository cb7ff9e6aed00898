import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnedShift, thresholdWith } from '../../core/attend/threshold.ts';
import type { Judged } from '../../core/types.ts';

const judged = (useful: boolean, count: number, score = 0.35): Judged[] =>
  Array.from({ length: count }, (_, n) => ({ useful, topic: `files file-changed src/${useful}-${n}.ts`, score }));

describe('the threshold and the owner’s verdicts', () => {
  it('[TH7.4] moves up by a tenth when little above it was wanted, down when most was, and stays when it is not sure', () => {
    expect(learnedShift(0.3, judged(false, 4))).toBe(0.1);
    expect(learnedShift(0.3, judged(true, 4))).toBe(-0.1);
    expect(learnedShift(0.3, [])).toBe(0);
    expect(learnedShift(0.3, judged(false, 3))).toBe(0);
    expect(learnedShift(0.3, [...judged(false, 4), ...judged(true, 3)])).toBe(0);
    expect(learnedShift(0.3, [...judged(false, 12), ...judged(true, 2)])).toBe(0.1);
  });

  it('[TH7.4] learns only from what scored near it, and from each topic once, by its newest verdict', () => {
    expect(learnedShift(0.3, judged(false, 20, 0.6))).toBe(0);
    expect(learnedShift(0.3, judged(false, 4, 0.21))).toBe(0.1);
    const often = Array.from({ length: 20 }, () => judged(false, 1)).flat();
    expect(learnedShift(0.3, often)).toBe(0);
    const changedMind = judged(false, 4).map((each) => ({ ...each, useful: true }));
    expect(learnedShift(0.3, [...changedMind, ...judged(false, 4)])).toBe(-0.1);
  });

  it('[TH7.4] never moves by more than a tenth, and what comes of it is between nothing and everything', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.record({ useful: fc.boolean(), topic: fc.string(), score: fc.double({ min: -1, max: 2 }) }), {
          maxLength: 80,
        }),
        (set, verdicts) => {
          const shift = learnedShift(set, verdicts);
          expect([-0.1, 0, 0.1]).toContain(shift);
          const threshold = thresholdWith(set, shift);
          expect(threshold >= 0 && threshold <= 1).toBe(true);
        },
      ),
      { seed: 74, numRuns: 300 },
    );
    expect(thresholdWith(0.3, 0.1)).toBe(0.4);
  });
});
