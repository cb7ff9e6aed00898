import type { Brief } from '../../memory.ts';
import type { StoredObservation, WorkSession } from '../../ports.ts';
import type {
  DeadLetter,
  Decision,
  Episode,
  Insight,
  Json,
  Mark,
  Observation,
  Proposal,
  Reasoner,
  Salience,
  TargetHistory,
  Watch,
} from '../../types.ts';

import type { Row } from './sql.ts';

/** Rows of the database and the nouns they stand for. What we wrote ourselves is read back as it was; nothing else writes the file. */

export const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
export const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
/** A text, or nothing where there is none. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Parses what we serialised; `otherwise` when there is nothing. */
export function json<T>(value: unknown, otherwise: T): T {
  return typeof value === 'string' ? (JSON.parse(value) as T) : otherwise;
}

const places = (observation: Observation) =>
  typeof observation.details.place === 'string' ? observation.details.place : null;

export const fromObservation = (it: Observation): unknown[] => [
  it.id,
  it.occurredAt,
  it.source,
  it.type,
  it.target,
  places(it),
  it.severity,
  it.priority,
  JSON.stringify(it.details),
  it.fingerprint,
  it.trust,
  it.causeId,
  it.count,
  it.firstAt,
  it.lastAt,
];

export const toObservation = (row: Row): Observation => ({
  id: text(row.id),
  occurredAt: number(row.occurred_at),
  source: text(row.source),
  type: text(row.type),
  target: text(row.target),
  severity: text(row.severity) as Observation['severity'],
  priority: number(row.priority),
  details: json(row.details, {}),
  fingerprint: text(row.fingerprint),
  trust: text(row.trust) as Observation['trust'],
  causeId: textOrNull(row.cause_id),
  count: number(row.count),
  firstAt: number(row.first_at),
  lastAt: number(row.last_at),
});

const statuses = ['pending', 'done', 'dead'] as const;

export const toStored = (row: Row): StoredObservation => ({
  ...toObservation(row),
  salience: json<Salience | null>(row.salience, null),
  status: statuses[number(row.status)] ?? 'done',
});

/** What is left of an observation that is gone itself; its details say only what was kept of it. */
export const toSnapshot = (row: Row): StoredObservation => ({
  ...toObservation({ ...row, details: undefined, first_at: row.occurred_at, last_at: row.occurred_at }),
  details: { said: text(row.said) },
  salience: null,
  status: 'snapshot',
});

export const toBrief = (row: Row): Brief => ({
  seq: number(row.seq),
  id: text(row.id),
  at: number(row.occurred_at),
  source: text(row.source),
  type: text(row.type),
  target: text(row.target),
  place: textOrNull(row.place),
  severity: text(row.severity) as Brief['severity'],
  trust: text(row.trust) as Brief['trust'],
  causeId: textOrNull(row.cause_id),
  count: number(row.count),
  attended: row.attended === 1,
});

export const toDeadLetter = (row: Row): DeadLetter => ({
  observation: toObservation(row),
  attempts: number(row.attempts),
  error: text(row.error),
  diedAt: number(row.died_at),
});

export const toMark = (row: Row): Mark => ({ key: text(row.key), value: json<Json>(row.value, null) });

export const insertInsight = `INSERT INTO insights (id, text, evidence_ids, confidence, importance, formed_at, told_at, reasoner, verdict, pinned)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
export const fromInsight = (it: Insight): unknown[] => [
  it.id,
  it.text,
  JSON.stringify(it.evidenceIds),
  it.confidence,
  it.importance,
  it.formedAt,
  it.toldAt,
  JSON.stringify(it.reasoner),
  it.verdict,
  it.pinned ? 1 : 0,
];
/** A byte that the disk lost inside a text is not found by any check; it may not take the whole list with it. */
function jsonIfSound<T>(value: unknown, otherwise: T): T {
  try {
    return json(value, otherwise);
  } catch {
    return otherwise;
  }
}

export const toInsight = (row: Row): Insight => ({
  id: text(row.id),
  text: text(row.text),
  evidenceIds: jsonIfSound<string[]>(row.evidence_ids, []),
  confidence: number(row.confidence),
  importance: number(row.importance),
  formedAt: number(row.formed_at),
  toldAt: numberOrNull(row.told_at),
  reasoner: jsonIfSound<Reasoner>(row.reasoner, { kind: 'rules', name: 'rules' }),
  verdict: textOrNull(row.verdict) as Insight['verdict'],
  pinned: number(row.pinned) === 1,
});

export const insertEpisode = `INSERT INTO episodes
  (id, started_at, ended_at, type, summary, observation_ids, insight_ids, decision, outcome, reasoner, importance, tags, related, targets, held)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
export const fromEpisode = (it: Episode): unknown[] => [
  it.id,
  it.startedAt,
  it.endedAt,
  it.type,
  it.summary,
  JSON.stringify(it.observationIds),
  JSON.stringify(it.insightIds),
  JSON.stringify(it.decision),
  it.outcome,
  JSON.stringify(it.reasoner),
  it.importance ?? null,
  listOrNull(it.tags),
  listOrNull(it.relatedIds?.filter((id) => id !== it.id).slice(0, 3)),
  listOrNull(it.targets),
];
const listOrNull = (list: string[] | undefined) => (list ? JSON.stringify(list) : null);
export const toEpisode = (row: Row): Episode => ({
  id: text(row.id),
  startedAt: number(row.started_at),
  endedAt: number(row.ended_at),
  type: text(row.type) as Episode['type'],
  summary: text(row.summary),
  observationIds: json<string[]>(row.observation_ids, []),
  insightIds: json<string[]>(row.insight_ids, []),
  decision: JSON.parse(text(row.decision)) as Decision,
  outcome: text(row.outcome),
  reasoner: json<Reasoner>(row.reasoner, { kind: 'rules', name: 'rules' }),
  ...(typeof row.importance === 'number' ? { importance: row.importance } : {}),
  ...(typeof row.tags === 'string' ? { tags: json<string[]>(row.tags, []) } : {}),
  ...(typeof row.related === 'string' ? { relatedIds: json<string[]>(row.related, []) } : {}),
  ...(typeof row.targets === 'string' ? { targets: json<string[]>(row.targets, []) } : {}),
});

export const insertProposal = `INSERT INTO proposals
  (id, episode_id, proposed_at, target, command, reasoning, priority, confidence, tainted, evidence_ids, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
export const fromProposal = (it: Proposal): unknown[] => [
  it.id,
  it.episodeId,
  it.proposedAt,
  it.target,
  it.command,
  it.reasoning,
  it.priority,
  it.confidence,
  it.tainted ? 1 : 0,
  JSON.stringify(it.evidenceIds),
  it.status,
];
export const toProposal = (row: Row): Proposal => ({
  id: text(row.id),
  episodeId: text(row.episode_id),
  proposedAt: number(row.proposed_at),
  target: text(row.target) as Proposal['target'],
  command: text(row.command),
  reasoning: text(row.reasoning),
  priority: text(row.priority) as Proposal['priority'],
  confidence: number(row.confidence),
  tainted: number(row.tainted) === 1,
  evidenceIds: json<string[]>(row.evidence_ids, []),
  status: 'proposed',
});

export const toWatch = (row: Row): Watch => ({
  dueAt: number(row.due_at),
  episodeId: text(row.episode_id),
  target: text(row.target),
  expected: text(row.expected),
});

export const toHistory = (row: Row): TargetHistory => ({
  target: text(row.target),
  source: text(row.source),
  type: text(row.type),
  count: number(row.n),
  days: number(row.days),
  lastAt: number(row.last_at),
  sizes: json<number[]>(row.sizes, []).slice(0, 50),
});

export const toSpend = (row: Row) => ({
  hour: number(row.hour),
  purpose: text(row.purpose),
  calls: number(row.calls),
  tokens: number(row.tokens),
});

/** Lines against the last commit are the file's present difference; other figures add up. */
export function toSession(found: Row[], startedAt: unknown): WorkSession {
  const files = found.map((row) => ({
    target: text(row.target),
    edits: number(row.edits),
    added: number(row.against === 'commit' ? row.added : row.added_sum),
    removed: number(row.against === 'commit' ? row.removed : row.removed_sum),
  }));
  return {
    startedAt: typeof startedAt === 'number' ? startedAt : null,
    edits: files.reduce((sum, file) => sum + file.edits, 0),
    files,
  };
}
