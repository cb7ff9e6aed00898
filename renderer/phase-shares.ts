/** No phase is thinner than this share of the bar: even a second of light sleep can be seen. A thinner rest is left out. */
const leastShare = 0.025;

/** What of a night belongs to each phase, and what to none: together 1. */
export interface NightShares {
  phases: number[];
  /** Rest: the night went on though there was nothing to do (SL1). */
  rest: number;
}

/** How long nothing was done in a night of `wholeMs`; 0 where the phases fill it as far as anyone can see. */
export function restOf(lengthsMs: readonly number[], wholeMs: number): number {
  const left = wholeMs - lengthsMs.reduce((sum, each) => sum + each, 0);
  return left > leastShare * wholeMs ? left : 0;
}

/** Shares in proportion to the lengths, none of a phase below `leastShare`; rest is rest and stretches no phase. */
export function sharesOf(lengthsMs: readonly number[], wholeMs: number): NightShares {
  const restMs = restOf(lengthsMs, wholeMs);
  const total = lengthsMs.reduce((sum, each) => sum + each, 0) + restMs;
  const raised = lengthsMs.map((each) => Math.max(leastShare, total === 0 ? 1 / lengthsMs.length : each / total));
  const rest = total === 0 ? 0 : restMs / total;
  const sum = raised.reduce((all, each) => all + each, rest);
  return { phases: raised.map((each) => each / sum), rest: rest / sum };
}
