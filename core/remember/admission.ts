import type { Evidence, Memory, MemoryChange } from '../memory.ts';
import type { Settings } from '../settings.ts';
import type { Insight, Observation, Reasoner, Salience, Stamp } from '../types.ts';
import { type Accepted, acceptable, compare, mergedEvidence, type TrustOf } from './acceptable.ts';
import { contradictory } from './contradiction.ts';
import type { Draft } from './draft.ts';
import { firstStabilityDays } from './forgetting.ts';
import { createHolding, type Entry, equalRules, type Holding } from './holding.ts';
import { attendedTerms, importanceOf, unit } from './importance.ts';
import { readingOf } from './likeness.ts';
import { snapshotOf } from './snapshot.ts';

const dayMs = 86_400_000;
/** Of a dream that does not say. */
const dreamDays = 14;
/** A text may be replaced by one with this much evidence, however much the memory has gathered over the months. */
const enoughEvidence = 10;
/** Below the threshold for long-term memory by this much a model may be asked (ME2). */
const uncertainBand = 0.1;

/** What admission must know of the world. */
export interface AdmissionWorld {
  /** Memories that may say the same or the opposite: of the same key, the same target, or near in words. */
  known: readonly Memory[];
  now: Stamp;
  nextId: () => string;
  reasoner: Reasoner;
  /** null: a cycle forms them. */
  sleepId: string | null;
  settings: Settings['memory'];
  trustOf: TrustOf;
}

/**
 * The changes that drafts come to (ME2). What is not acceptable comes to nothing; what says the same as something known, or as another of
 * the drafts, adds its evidence to it; the rest is remembered, and linked with what it contradicts. The order of the drafts does not
 * matter, and what was admitted before changes nothing more but its evidence.
 */
export function admit(drafts: readonly Draft[], world: AdmissionWorld): MemoryChange[] {
  const holding = createHolding(world.known);
  const accepted = drafts.flatMap((draft) => acceptable(draft, world) ?? []).toSorted(byWeight);
  for (const draft of accepted) takeIn(draft, holding, world);
  const entries = holding.entries();
  return [
    ...entries.flatMap((entry) => changeOf(entry, world.now) ?? []),
    ...entries.flatMap((entry, at) => (entry.state === 'new' ? contradictionsOf(entry, entries.slice(0, at)) : [])),
  ];
}

/** Rules before sentences, what rests on more before what rests on less; the rest only makes the order a fixed one. */
function byWeight(a: Accepted, b: Accepted): number {
  const kind = kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind);
  const weight = weightOf(b) - weightOf(a) || b.importance - a.importance || b.evidence.length - a.evidence.length;
  return kind || weight || compare(a.text, b.text) || compare(JSON.stringify(a), JSON.stringify(b));
}
const kindOrder: readonly Draft['kind'][] = ['pattern', 'principle', 'lesson', 'learning', 'dream'];

/** Cases of a rule, else pieces of evidence. */
const weightOf = ({ rule, hits, misses, evidence }: Accepted) => (rule ? hits + misses : evidence.length);
const weightKnown = ({ rule, hits, misses, support }: Memory) =>
  rule ? hits + misses : Math.min(support, enoughEvidence);

function takeIn(draft: Accepted, holding: Holding, world: AdmissionWorld): void {
  const reading = readingOf(draft.text);
  const same = holding.sameAs(draft, reading);
  if (same) return merge(draft, same, holding);
  if (draft.kind === 'dream' && isKnownRule(draft, holding)) return;
  const memory = memoryOf(draft, world);
  holding.put({ memory, evidence: evidenceOf(draft, memory), reading, state: 'new' });
}

/** What is learned already need not be dreamt. */
const isKnownRule = (draft: Accepted, holding: Holding) =>
  holding
    .entries()
    .some(
      ({ memory }) => memory.kind === 'pattern' && memory.rule && draft.rule && equalRules(memory.rule, draft.rule),
    );

/** Adds what the draft rests on to what says the same. A dream that is settled stays as it is. */
function merge(draft: Accepted, entry: Entry, holding: Holding): void {
  const before = entry.memory;
  if (before.kind === 'dream' && before.validation !== 'needs-validation') return;
  const raised = draft.importance > (unit(before.importance) ?? 0);
  entry.evidence = mergedEvidence(entry.evidence, evidenceOf(draft, before));
  entry.memory = {
    ...before,
    ...(raised && { importance: draft.importance, terms: draft.terms }),
    support: entry.state === 'new' ? entry.evidence.length : before.support,
  };
  // Of several drafts the first rests on most; what is new has the words of the first already.
  if (entry.state !== 'known') return;
  entry.state = 'found';
  if (before.trust !== 'owner') renew(draft, entry, holding);
}

/** Takes the draft's rule, figures and words when it rests on as much as the memory does. */
function renew(draft: Accepted, entry: Entry, holding: Holding): void {
  const before = entry.memory;
  if (draft.rule && !before.rule) return becomeRule(draft, entry);
  if (weightOf(draft) < weightKnown(before)) return;
  if (before.rule && draft.rule) entry.memory = { ...before, hits: draft.hits, misses: draft.misses };
  const reading = readingOf(draft.text);
  if (draft.text !== before.text && !holding.taken(reading, entry)) holding.reword(entry, draft.text, reading);
}

/** The same was known as a sentence: now it can predict. */
function becomeRule({ kind, key, rule, hits, misses }: Accepted, entry: Entry): void {
  entry.memory = { ...entry.memory, kind, key, rule, hits, misses, validation: 'seen' };
  entry.state = 'rewritten';
}

function memoryOf(draft: Accepted, { now, nextId, reasoner, sleepId }: AdmissionWorld): Memory {
  const { kind, text, key, target, importance, terms, rule, hits, misses, evidence } = draft;
  const dream = kind === 'dream';
  const days = draft.expiresInDays !== null && draft.expiresInDays > 0 ? draft.expiresInDays : dreamDays;
  return {
    id: nextId(),
    kind,
    text,
    key,
    target,
    importance,
    terms,
    rule,
    hits,
    misses,
    strength: 1,
    strengthAt: now,
    stabilityDays: firstStabilityDays,
    recalled: 0,
    recalledAt: null,
    formedAt: now,
    changedAt: now,
    reasoner,
    sleepId,
    trust: 'derived',
    validation: dream ? 'needs-validation' : 'seen',
    pinned: false,
    support: evidence.length,
    expiresAt: dream ? now + days * dayMs : null,
    contradicts: [],
  };
}

/** A text that was summarised is kept as evidence of its own; nothing can be opened under that id. */
const evidenceOf = ({ evidence, original }: Accepted, { id, formedAt: at }: Memory): Evidence[] =>
  original === null ? evidence : [...evidence, { kind: 'memory', id: `${id}-original`, at, snapshot: original }];

function changeOf({ memory, evidence, state }: Entry, at: Stamp): MemoryChange | null {
  if (state === 'known') return null;
  if (state !== 'found') return { kind: 'remember', memory, evidence };
  const { id, text, importance, terms, rule, hits, misses } = memory;
  return { kind: 'reinforce', id, at, evidence, text, importance, terms, ...(rule && { hits, misses }) };
}

const contradictionsOf = ({ memory, reading }: Entry, others: readonly Entry[]): MemoryChange[] =>
  others
    .filter((other) => memory.kind !== 'dream' && other.memory.kind !== 'dream')
    .filter((other) => contradictory(memory, other.memory, { a: reading, b: other.reading }))
    .map((other) => ({ kind: 'contradict', id: memory.id, otherId: other.memory.id }));

/** Where something of this importance belongs; only what is `uncertain`, just below long-term memory, is worth a model's opinion. */
export type Admission = 'forgotten' | 'short-term' | 'uncertain' | 'long-term';

export function verdictOn(importance: number, settings: Pick<Settings['memory'], 'shortTerm' | 'longTerm'>): Admission {
  const known = unit(importance) ?? 0;
  if (known < settings.shortTerm) return 'forgotten';
  if (known >= settings.longTerm) return 'long-term';
  return known >= settings.longTerm - uncertainBand ? 'uncertain' : 'short-term';
}

/**
 * What an insight that is important enough for long-term memory wants to be there at once, by what was attended to and what the thought
 * said, with the observations it cites as evidence; null when it is not, or cites nothing.
 */
export function insightDraft(
  insight: Insight,
  salient: readonly { observation: Observation; salience: Salience }[],
  settings: Settings['memory'],
): Draft | null {
  const cited = salient.map((each) => each.observation).filter((each) => insight.evidenceIds.includes(each.id));
  const terms = attendedTerms(salient, insight.importance);
  if (cited.length === 0 || verdictOn(importanceOf(terms), settings) !== 'long-term') return null;
  const targets = new Set(cited.map((each) => each.target));
  return {
    kind: 'learning',
    text: insight.text,
    key: null,
    target: targets.size === 1 ? (cited[0]?.target ?? null) : null,
    importance: importanceOf(terms),
    terms,
    rule: null,
    hits: 0,
    misses: 0,
    evidence: cited.map((each) => ({
      kind: 'observation',
      id: each.id,
      at: each.occurredAt,
      snapshot: snapshotOf(each),
    })),
    expiresInDays: null,
  };
}
