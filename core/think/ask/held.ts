import type { RecallHit } from '../../memory.ts';
import type { AnswerView } from '../../protocol-owner.ts';
import { clip } from '../rules/wording.ts';

/** One thing that memory holds about a question, under the ref by which an answer names it: `m1`, `m2`, … */
export type Held = Omit<AnswerView['evidence'][number], 'cited'>;

/** An answer is told whole each time it grows: a long note does not go with it in full. */
const textAtMost = 1_000;

/** Gives each hit its ref, best first. */
export const heldFrom = (hits: readonly RecallHit[]): Held[] =>
  hits.map(({ kind, id, text, at, trust, target, importance, why }, n) => ({
    ref: `m${n + 1}`,
    kind,
    id,
    text: clip(text.toWellFormed(), textAtMost),
    at,
    trust,
    target,
    importance,
    why,
  }));
