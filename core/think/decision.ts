import type { Failure } from '../errors.ts';
import { type Answer, beginsAsData, parseAnswer, plainAnswer } from './answer.ts';
import type { GatewayAnswer } from './gateway/gateway.ts';

/** What one call came to (TH4). `nothing` may be asked again; `failed` says why there is no use in it. */
export type Decided =
  | { kind: 'decision'; answer: Answer; how: 'json' | 'repaired' }
  | { kind: 'nothing'; why: string }
  | { kind: 'failed'; failure: Failure };

const cutOff: Decided = { kind: 'nothing', why: 'it was cut off' };

/**
 * The decision that one call came to. Of an answer that was cut off only what had come to its end counts: no work is proposed by half an
 * object, nor anything by an object that stands in the middle of prose, where it may only have been weighed, and half an insight is not
 * told. Half of a decision that was broken off is none: who broke it off may be mended and asked again.
 */
export function decisionOf(said: GatewayAnswer): Decided {
  if (!said.ok) return { kind: 'failed', failure: said.failure };
  const decided = said.finish === 'stop' ? whole(said.answer) : cut(said.answer);
  const half = decided.kind !== 'decision' || decided.how === 'repaired';
  return said.broke && half ? { kind: 'failed', failure: said.broke } : decided;
}

function whole(text: string): Decided {
  const read = parseAnswer(text);
  if (read.how === 'json' || read.how === 'repaired') return { kind: 'decision', answer: read.answer, how: read.how };
  return { kind: 'nothing', why: read.how === 'nothing' ? read.why : 'it holds no JSON object' };
}

function cut(text: string): Decided {
  const decided = whole(text);
  if (decided.kind !== 'decision') return decided;
  if (!beginsAsData(text)) return cutOff;
  if (decided.how === 'json') return decided;
  const { action_type, insight, evidence } = decided.answer;
  if (action_type === 'delegate') return cutOff;
  const finished = evidence.length > 0 || /[.!?…]["”»)]?$/.test(insight?.text.trim() ?? '');
  return finished ? decided : { ...decided, answer: { ...decided.answer, insight: null } };
}

/** The first of these that came to its own end and holds plain words, as an observation or a question to memory; else null. */
export function plainDecision(said: readonly (GatewayAnswer | null)[]): Answer | null {
  for (const each of said) {
    const plain = each?.ok && each.finish === 'stop' ? plainAnswer(each.answer) : null;
    if (plain?.how === 'plain') return plain.answer;
  }
  return null;
}
