import { hitShare, ruleConfidence } from '../attend/confidence.ts';
import type { Evidence, Memory, MemoryChange, Settled } from '../memory.ts';
import type { Observation, Stamp } from '../types.ts';
import { unit } from './importance.ts';
import { snapshotOf } from './snapshot.ts';

/** Makes the changes that turn a confirmed dream into a pattern (`remember/promotion`). */
export type PromoteDream = (
  dream: Memory,
  evidence: Evidence[],
  now: Stamp,
  nextId: () => string,
) => readonly MemoryChange[];

export interface ScoringContext {
  now: Stamp;
  nextId: () => string;
  promoteDream: PromoteDream;
  /** The observations that may have settled something: what a dream is confirmed by becomes its evidence. */
  batch?: readonly Observation[];
}

/** With fewer cases no pattern is given up. */
const casesToRetire = 5;
/** A dream needs so many cases one way, and so many times as many as the other way. */
const casesToConfirm = 3;
const casesToRefute = 2;
const clearly = 3;

/**
 * What settled expectations change in the rules they came from: hits and misses are added (unknown counts as neither); a pattern that is
 * wrong more than right is forgotten, unless the owner pinned it; a dream is confirmed and promoted, refuted, or expired. Each
 * settlement counts once and their order means nothing. Settlements of decisions and of rules that are gone are passed over.
 */
export function scored(settled: readonly Settled[], rules: readonly Memory[], context: ScoringContext): MemoryChange[] {
  const once = [...new Map(settled.map((each) => [each.id, each])).values()];
  const byRule = Map.groupBy(once, (each) => each.ofId);
  return rules.flatMap((memory) => changesOf(memory, byRule.get(memory.id) ?? [], context));
}

function changesOf(memory: Memory, settled: readonly Settled[], context: ScoringContext): MemoryChange[] {
  const { id } = memory;
  const { now } = context;
  const met = settled.filter((each) => each.settlement === 'met');
  const hits = met.length;
  const misses = settled.filter((each) => each.settlement === 'not-met').length;
  const score: MemoryChange[] = hits + misses > 0 ? [{ kind: 'score', id, hits, misses, at: now }] : [];
  const total = { ...memory, hits: memory.hits + hits, misses: memory.misses + misses };
  if (memory.kind === 'pattern') return [...score, ...(hits + misses > 0 ? retired(total, now) : [])];
  if (memory.kind !== 'dream' || memory.validation !== 'needs-validation') return score;
  return [...score, ...judged(total, evidenceFrom(met, context.batch ?? []), context)];
}

/** Given up when even the most that its cases allow is less than every other time. */
function retired({ id, hits, misses, pinned }: Memory, now: Stamp): MemoryChange[] {
  const cases = hits + misses;
  if (pinned || cases < casesToRetire || hitShare(hits, misses).upper >= 0.5) return [];
  return [{ kind: 'forget', id, why: `it was wrong ${misses} of ${cases} times`, at: now }];
}

/** What has become of a dream: what bore it out is kept as its evidence, and it is judged when its cases are clear or its time is over. */
function judged(dream: Memory, evidence: Evidence[], { now, nextId, promoteDream }: ScoringContext): MemoryChange[] {
  const { id, hits, misses, expiresAt } = dream;
  const found: MemoryChange[] = evidence.length > 0 ? [{ kind: 'reinforce', id, at: now, evidence }] : [];
  const validate = (validation: Memory['validation']): MemoryChange[] => [
    ...found,
    { kind: 'validate', id, validation, at: now },
  ];
  if (hits >= casesToConfirm && hits >= misses * clearly && ruleConfidence(dream) > chanceOf(dream))
    return [...validate('confirmed'), ...promoteDream({ ...dream, validation: 'confirmed' }, evidence, now, nextId)];
  if (misses >= casesToRefute && misses >= hits * clearly) return validate('refuted');
  return expiresAt !== null && now >= expiresAt ? validate('expired') : found;
}

/** How often it would come true anyway: its novelty says how seldom what it foretells is seen. */
const chanceOf = ({ terms }: Memory): number => 1 - (unit(terms.novelty) ?? 1);

function evidenceFrom(met: readonly Settled[], batch: readonly Observation[]): Evidence[] {
  const ids = new Set(met.flatMap((each) => each.observationIds));
  return batch
    .filter((each) => ids.has(each.id))
    .toSorted((a, b) => a.occurredAt - b.occurredAt || (a.id < b.id ? -1 : 1))
    .map((each) => ({ kind: 'observation', id: each.id, at: each.occurredAt, snapshot: snapshotOf(each) }));
}
