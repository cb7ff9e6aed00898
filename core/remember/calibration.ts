import type { Calibration, Settlement } from '../memory.ts';

const tenths = 10;

/**
 * How confidence compares with what came of it: ten bins of a tenth each (the last one holds 1), with the mean confidence and the share
 * that was met, and the mean squared difference of the two (Brier 1950). Unknown outcomes are counted beside it, and so is a confidence
 * that is no number between 0 and 1. A bin without cases shows its own middle as mean confidence.
 */
export function calibrationOf(
  judgements: readonly { confidence: number; settlement: Settlement }[],
  verdicts: { useful: number; less: number },
): Calibration {
  const known = judgements.filter(
    ({ confidence, settlement }) => settlement !== 'unknown' && confidence >= 0 && confidence <= 1,
  );
  const cases = known.map(({ confidence, settlement }) => ({ confidence, outcome: settlement === 'met' ? 1 : 0 }));
  const errors = cases.map(({ confidence, outcome }) => (confidence - outcome) ** 2);
  const bins = Array.from({ length: tenths }, (_, n) => {
    const held = cases.filter(({ confidence }) => binOf(confidence) === n);
    return {
      from: n / tenths,
      until: (n + 1) / tenths,
      judged: held.length,
      met: held.filter(({ outcome }) => outcome === 1).length,
      meanConfidence: mean(held.map(({ confidence }) => confidence)) ?? (n + 0.5) / tenths,
    };
  });
  const unknown = judgements.length - known.length;
  return { judged: known.length, unknown, bins, brier: mean(errors), ...verdicts };
}

const binOf = (confidence: number): number => Math.min(tenths - 1, Math.floor(confidence * tenths));

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
