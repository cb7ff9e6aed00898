/** No phase is thinner than this share of the bar: even a second of light sleep can be seen. */
const leastShare = 0.025;

/** Shares of 1 in proportion to the lengths, none below `leastShare`. */
export function sharesOf(lengths: readonly number[]): number[] {
  const total = lengths.reduce((sum, each) => sum + each, 0);
  const raised = lengths.map((each) => Math.max(leastShare, total === 0 ? 1 / lengths.length : each / total));
  const sum = raised.reduce((all, each) => all + each, 0);
  return raised.map((each) => each / sum);
}
