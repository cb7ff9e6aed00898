import type { Judged } from '../types.ts';
import { hitShare } from './confidence.ts';

/** How near to the threshold a score says something about where it should be, and how far the threshold moves. */
const band = 0.1;
/** So many of the newest verdicts are looked at. */
export const judgedAtMost = 50;

/**
 * By how much the owner's verdicts move the threshold that is set (TH7), −0.1..0.1; newest first. Only what scored within a tenth of it
 * says where the line should be, and each topic counts once, by its newest verdict: of a single one they can ask for less. It moves up when
 * surely less than half of that was useful, down when surely more than half was (95 %, Wilson 1927), so never for fewer than four topics.
 */
export function learnedShift(set: number, judged: readonly Judged[]): number {
  const topics = new Map<string, boolean>();
  for (const { useful, topic, score } of judged.slice(0, judgedAtMost))
    if (Math.abs(score - set) <= band && !topics.has(topic)) topics.set(topic, useful);
  const useful = [...topics.values()].filter(Boolean).length;
  const { lower, upper } = hitShare(useful, topics.size - useful);
  if (upper < 0.5) return band;
  return lower > 0.5 ? -band : 0;
}

/** The threshold in force, 0..1, without the dust of binary fractions: 0.3 and a tenth are 0.4. */
export const thresholdWith = (set: number, shift: number): number =>
  Math.round(Math.min(1, Math.max(0, set + shift)) * 1e6) / 1e6;
