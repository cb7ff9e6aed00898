import { describe, expect, it } from 'vitest';
import type { Settlement } from '../../core/memory.ts';
import { calibrationOf } from '../../core/remember/calibration.ts';

const none = { useful: 0, less: 0 };
const judged = (confidence: number, settlement: Settlement) => ({ confidence, settlement });

describe('calibration', () => {
  it('[ME6.25] compares confidence with what came of it in ten bins', () => {
    const found = calibrationOf(
      [judged(0.9, 'met'), judged(0.95, 'met'), judged(0.91, 'not-met'), judged(0.3, 'not-met'), judged(1, 'met')],
      { useful: 3, less: 1 },
    );
    expect(found).toMatchObject({ judged: 5, unknown: 0, useful: 3, less: 1 });
    expect(found.bins).toHaveLength(10);
    expect(found.bins[9]).toMatchObject({ from: 0.9, until: 1, judged: 4, met: 3 });
    expect(found.bins[9]?.meanConfidence).toBeCloseTo(0.94);
    expect(found.bins[3], '0.3 begins its own bin').toMatchObject({ judged: 1, met: 0 });
    expect(found.bins[2]).toMatchObject({ judged: 0, met: 0, meanConfidence: 0.25 });
    expect(found.bins.reduce((sum, bin) => sum + bin.judged, 0)).toBe(5);
  });

  it('[ME6.26] has the Brier score: 0 for who is always sure and right, 1 for sure and wrong', () => {
    expect(calibrationOf([judged(1, 'met'), judged(0, 'not-met')], none).brier).toBe(0);
    expect(calibrationOf([judged(0, 'met'), judged(1, 'not-met')], none).brier).toBe(1);
    expect(calibrationOf([judged(0.5, 'met'), judged(0.5, 'not-met')], none).brier).toBe(0.25);
    expect(calibrationOf([], none).brier).toBeNull();
  });

  it('[ME6.27] counts an unknown outcome, and a confidence that is none, beside it', () => {
    const found = calibrationOf(
      [judged(0.9, 'unknown'), judged(Number.NaN, 'met'), judged(7, 'met'), judged(0.5, 'met')],
      none,
    );
    expect(found).toMatchObject({ judged: 1, unknown: 3, brier: 0.25 });
    expect(calibrationOf([judged(0.9, 'unknown')], none)).toMatchObject({ judged: 0, brier: null });
  });
});
