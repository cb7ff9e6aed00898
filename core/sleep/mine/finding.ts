import type { Evidence, Rule } from '../../memory.ts';

export const findingKinds = [
  'repeated-failure',
  'sequence',
  'co-change',
  'burst',
  'change-point',
  'frequent',
  'rhythm',
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** What counting found in what was seen: no model, figures only. */
export interface Finding {
  kind: FindingKind;
  /** Equal for the same finding of another night, whatever its figures. */
  key: string;
  /** One plain sentence with figures and absolute dates. */
  text: string;
  target: string | null;
  /** What it predicts, when it predicts anything that can be tested. */
  rule: Rule | null;
  /** How often `when` was followed by `then`, and how often not; 0 and 0 without a rule. */
  hits: number;
  misses: number;
  /** Cases it rests on. */
  support: number;
  /** 0..1: for rules the lower bound of what may be believed of so few cases. */
  confidence: number;
  /** How much more often than by chance; null where that has no meaning. */
  lift: number | null;
  importance: number;
  /** At most ten, newest first. */
  evidence: Evidence[];
}
