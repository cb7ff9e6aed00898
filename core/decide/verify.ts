import { similarity, termsOf } from '../attend/similarity.ts';
import type { Decision, Insight, Thought } from '../types.ts';

export interface VerifyAgainst {
  /** Ref in the prompt (`o1`) or id → observation id. */
  refs: ReadonlyMap<string, string>;
  /** Newest insights already told. */
  told: readonly Insight[];
}

export type Verified = { ok: true; thought: Thought; notes: string[] } | { ok: false; why: string };

/** An insight this similar to one already told, on the same figures and names, says it again. */
const sameWords = 0.9;

/**
 * Checks a thought in layers before anything acts on it (DE2): reasons given, references that exist, not said before. The schema was
 * checked when it was read. Rejects a decision without reasons or with invented evidence; drops an insight that only repeats.
 */
export function verify(
  answer: { decision: Decision; insight: Thought['insight']; evidence: readonly string[] },
  against: VerifyAgainst,
): Verified {
  const { decision, insight, evidence } = answer;
  if (decision.reasoning.trim().length < 10) return { ok: false, why: 'it gave no reasons' };
  const known = evidence.map((ref) => against.refs.get(ref.trim())).filter((id) => id !== undefined);
  const notes: string[] = [];
  const invented = evidence.length - known.length;
  if (invented > 0) notes.push(`${invented} of ${evidence.length} references do not exist`);
  const acts = decision.action_type === 'delegate' || insight !== null;
  if (acts && evidence.length > 0 && known.length === 0) return { ok: false, why: 'all of its evidence is invented' };
  if (acts && evidence.length === 0) notes.push('it cited nothing; the whole moment is its evidence');
  const evidenceIds = [...new Set(known.length > 0 ? known : acts ? against.refs.values() : [])];
  const repeats = insight !== null && isTold(insight.text, against.told);
  if (repeats) notes.push('its insight was told before');
  return { ok: true, thought: { decision, insight: repeats ? null : insight, evidenceIds }, notes };
}

function isTold(text: string, told: readonly Insight[]): boolean {
  const terms = termsOf(text);
  const figures = factsOf(text);
  return told.some(
    (each) => factsOf(each.text) === figures && (similarity(terms, termsOf(each.text)) ?? 0) >= sameWords,
  );
}

/** New figures, or another file with the same ones, make an old sentence news. */
const factsOf = (text: string) => (text.match(/[\p{L}\p{N}_-]+(?:[./][\p{L}\p{N}_-]+)+|\d+/gu) ?? []).join(' ');
