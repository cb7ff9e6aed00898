/** For an interval that holds the truth in 95 % of cases. */
const z = 1.96;

/**
 * Between which bounds the true share of hits lies, 0..1 each: the score interval of Wilson (1927). Few cases leave it wide: 3 of 3 give
 * 0.44..1, 30 of 30 give 0.89..1, no case at all 0..1. Negative and endless counts count as none.
 */
export function hitShare(hits: number, misses: number): { lower: number; upper: number } {
  const [good, bad] = [counted(hits), counted(misses)];
  const cases = good + bad;
  if (cases === 0) return { lower: 0, upper: 1 };
  const share = good / cases;
  const middle = share + (z * z) / (2 * cases);
  const spread = z * Math.sqrt((share * (1 - share)) / cases + (z * z) / (4 * cases * cases));
  const whole = 1 + (z * z) / cases;
  return { lower: unit((middle - spread) / whole), upper: unit((middle + spread) / whole) };
}

/** What a rule is believed with: the least that its cases allow, so that few of them count as unsure. */
export const ruleConfidence = ({ hits, misses }: { hits: number; misses: number }): number =>
  hitShare(hits, misses).lower;

const counted = (value: number): number => (Number.isFinite(value) ? Math.max(0, value) : 0);
const unit = (value: number): number => Math.min(1, Math.max(0, value));
