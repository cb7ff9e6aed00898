import type { Evidence, Expectation, Memory, Settled, Sleep, Summary, Tombstone } from '../../memory.ts';
import { json, number, numberOrNull, text, textOrNull } from './rows.ts';
import type { Row } from './sql.ts';

/** Rows of memory and sleep and the nouns they stand for. */

export const selectMemory = `SELECT m.*, (SELECT json_group_array(c.other_id) FROM contradictions c WHERE c.id = m.id) AS contradicts
  FROM memories m`;

/** Replaces the row of that id. */
export const writeMemory = `INSERT OR REPLACE INTO memories
  (id, kind, text, key, target, importance, terms, strength, strength_at, stability_days, recalled, recalled_at, formed_at, changed_at,
   reasoner, sleep_id, trust, validation, pinned, support, rule, hits, misses, expires_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export const fromMemory = (it: Memory): unknown[] => [
  it.id,
  it.kind,
  it.text,
  it.key,
  it.target,
  it.importance,
  JSON.stringify(it.terms),
  it.strength,
  it.strengthAt,
  it.stabilityDays,
  it.recalled,
  it.recalledAt,
  it.formedAt,
  it.changedAt,
  JSON.stringify(it.reasoner),
  it.sleepId,
  it.trust,
  it.validation,
  it.pinned ? 1 : 0,
  it.support,
  it.rule === null ? null : JSON.stringify(it.rule),
  it.hits,
  it.misses,
  it.expiresAt,
];

export const toMemory = (row: Row): Memory => ({
  id: text(row.id),
  kind: text(row.kind) as Memory['kind'],
  text: text(row.text),
  key: textOrNull(row.key),
  target: textOrNull(row.target),
  importance: number(row.importance),
  terms: json<Memory['terms']>(row.terms, { severity: null, novelty: null, owner: null, outcome: null, thought: null }),
  strength: number(row.strength),
  strengthAt: number(row.strength_at),
  stabilityDays: number(row.stability_days),
  recalled: number(row.recalled),
  recalledAt: numberOrNull(row.recalled_at),
  formedAt: number(row.formed_at),
  changedAt: number(row.changed_at),
  reasoner: json<Memory['reasoner']>(row.reasoner, { kind: 'rules', name: 'rules' }),
  sleepId: textOrNull(row.sleep_id),
  trust: text(row.trust) as Memory['trust'],
  validation: text(row.validation) as Memory['validation'],
  pinned: row.pinned === 1,
  support: number(row.support),
  rule: json<Memory['rule']>(row.rule, null),
  hits: number(row.hits),
  misses: number(row.misses),
  expiresAt: numberOrNull(row.expires_at),
  contradicts: json<string[]>(row.contradicts, []),
});

export const toEvidence = (row: Row): Evidence => ({
  kind: text(row.kind) as Evidence['kind'],
  id: text(row.id),
  at: number(row.at),
  snapshot: text(row.snapshot),
});

export const toTombstone = (row: Row): Tombstone => ({
  id: text(row.id),
  kind: text(row.kind) as Tombstone['kind'],
  text: text(row.text),
  why: text(row.why),
  forgottenAt: number(row.forgotten_at),
  was: JSON.parse(text(row.was)) as Memory,
});

export const toExpectation = (row: Row): Expectation => ({
  id: text(row.id),
  of: text(row.of) as Expectation['of'],
  ofId: text(row.of_id),
  causeId: textOrNull(row.cause_id),
  since: number(row.since),
  dueAt: number(row.due_at),
  wants: json<Expectation['wants']>(row.wants, {}),
  words: text(row.words),
  confidence: number(row.confidence),
});

export const toSettled = (row: Row): Expectation & Settled => ({
  ...toExpectation(row),
  settlement: text(row.settlement) as Settled['settlement'],
  at: number(row.settled_at),
  observationIds: json<string[]>(row.observation_ids, []),
});

export const toSleep = (row: Row): Sleep => JSON.parse(text(row.record)) as Sleep;

export const toSummary = (row: Row): Summary => ({
  level: text(row.level) as Summary['level'],
  from: number(row.from_at),
  until: number(row.until_at),
  text: text(row.text),
  reasoner: json<Summary['reasoner']>(row.reasoner, { kind: 'rules', name: 'rules' }),
});
