import type { Brief, Memory } from '../../memory.ts';
import type { AppendBatch, StoredObservation } from '../../ports.ts';
import type { DeadLetter, Json, Mark, Observation, Salience, Stamp } from '../../types.ts';
import { firstStabilityDays } from '../forgetting.ts';
import { snapshotOf } from '../snapshot.ts';
import * as rows from './rows.ts';
import { inList, type Sql } from './sql.ts';

/** Attempts after which an observation is set aside (OB8). */
const attemptsAtMost = 3;

/** Observations, the marks of their sources, and the order in which they are taken. `remember` makes a memory of a note. */
export function createObservations(sql: Sql, remember: (note: Memory, snapshot: string) => void) {
  function append(batch: AppendBatch): { merged: number } {
    let merged = 0;
    for (const { observation, mergeInto } of batch.entries) {
      const changes = mergeInto
        ? sql.run(
            'UPDATE observations SET count = count + ?, last_at = max(last_at, ?) WHERE id = ? AND status = 0',
            observation.count,
            observation.lastAt,
            mergeInto,
          )
        : 0;
      if (changes === 1) merged += 1;
      else insert(observation);
    }
    for (const { source, marks } of batch.marks) for (const mark of marks) writeMark(source, mark);
    return { merged };
  }

  function insert(observation: Observation): void {
    const written = sql.run(
      `INSERT INTO observations
       (id, occurred_at, source, type, target, place, severity, priority, details, fingerprint, trust, cause_id, count, first_at, last_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
      ...rows.fromObservation(observation),
    );
    if (written === 1 && observation.type === 'note-written') remember(noteOf(observation), snapshotOf(observation));
  }

  function writeMark(source: string, mark: Mark): void {
    if (mark.value === null) sql.run('DELETE FROM marks WHERE source = ? AND key = ?', source, mark.key);
    else
      sql.run(
        'INSERT OR REPLACE INTO marks (source, key, value) VALUES (?, ?, ?)',
        source,
        mark.key,
        JSON.stringify(mark.value),
      );
  }

  function take(limit: number): Observation[] {
    const head = sql.get('SELECT attempts FROM observations WHERE status = 0 ORDER BY seq LIMIT 1');
    if (!head) return [];
    const taken =
      rows.number(head.attempts) > 0
        ? sql.all('SELECT * FROM observations WHERE status = 0 ORDER BY seq LIMIT 1')
        : sql.all('SELECT * FROM observations WHERE status = 0 AND attempts = 0 ORDER BY seq LIMIT ?', limit);
    return taken.map(rows.toObservation);
  }

  function acknowledge(attended: { id: string; salience: Salience }[]): void {
    for (const { id, salience } of attended)
      sql.run(
        'UPDATE observations SET status = 1, error = NULL, attended = ?, salience = ? WHERE id = ?',
        salience.ignored === null ? 1 : 0,
        JSON.stringify(salience),
        id,
      );
  }

  function giveBack(ids: string[], error: string, at: Stamp): string[] {
    const dead: string[] = [];
    for (const id of ids) {
      sql.run('UPDATE observations SET attempts = attempts + 1, error = ? WHERE id = ? AND status = 0', error, id);
      const died = sql.run(
        'UPDATE observations SET status = 2, died_at = ? WHERE id = ? AND status = 0 AND attempts >= ?',
        at,
        id,
        attemptsAtMost,
      );
      if (died === 1) dead.push(id);
    }
    return dead;
  }

  /** In the order they were written; what is left of those that are gone comes first. */
  function byId(ids: readonly string[]): StoredObservation[] {
    const there = sql.all(
      'SELECT * FROM observations WHERE id IN (SELECT value FROM json_each(?)) ORDER BY seq',
      inList(ids),
    );
    if (there.length === ids.length) return there.map(rows.toStored);
    const kept = sql.all(
      'SELECT * FROM snapshots WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id',
      inList(ids),
    );
    return [...kept.map(rows.toSnapshot), ...there.map(rows.toStored)];
  }

  /** The store's own order follows time but for late arrivals, so the span is found by the index on time and read by the order. */
  function briefs({ afterSeq, from, limit }: { afterSeq: number; from: Stamp; limit: number }): Brief[] {
    const after = afterSeq > 0 ? afterSeq : beforeFirst(from);
    if (after === null) return [];
    return sql
      .all(
        `SELECT seq, id, occurred_at, source, type, target, place, severity, trust, cause_id, count, attended FROM observations
         WHERE seq > ? AND +occurred_at >= ? ORDER BY seq LIMIT ?`,
        after,
        from,
        limit,
      )
      .map(rows.toBrief);
  }

  /** The place in the order before all that happened since then; null when nothing did. `+` keeps SQLite from reading row by row for it. */
  function beforeFirst(from: Stamp): number | null {
    if (from <= 0) return 0;
    const first = sql.get('SELECT min(+seq) AS n FROM observations WHERE occurred_at >= ?', from)?.n;
    return typeof first === 'number' ? first - 1 : null;
  }

  /** A seek or two for each stretch, however much happened in it. */
  const sawSource = (stretches: readonly { source: string | null; from: Stamp; until: Stamp }[]): boolean[] =>
    stretches.map(({ source, from, until }) =>
      speakingFor(source).some(
        (each) =>
          (each === null
            ? sql.get('SELECT 1 FROM observations WHERE occurred_at > ? AND occurred_at <= ? LIMIT 1', from, until)
            : sql.get(
                'SELECT 1 FROM observations WHERE source = ? AND occurred_at > ? AND occurred_at <= ? LIMIT 1',
                each,
                from,
                until,
              )) !== undefined,
      ),
    );

  return {
    append,
    sawSource,
    take,
    acknowledge,
    giveBack,
    byId,
    briefs,
    deadLetters: (limit: number): DeadLetter[] =>
      sql.all('SELECT * FROM observations WHERE status = 2 ORDER BY seq DESC LIMIT ?', limit).map(rows.toDeadLetter),
    replay: (id: string): boolean =>
      sql.run(
        'UPDATE observations SET status = 0, attempts = 0, error = NULL, died_at = NULL WHERE id = ? AND status = 2',
        id,
      ) === 1,
    markPage: (source: string, afterKey: string, limit: number): Mark[] =>
      sql
        .all('SELECT key, value FROM marks WHERE source = ? AND key > ? ORDER BY key LIMIT ?', source, afterKey, limit)
        .map(rows.toMark),
    mark: (source: string, key: string): Json =>
      rows.json(sql.get('SELECT value FROM marks WHERE source = ? AND key = ?', source, key)?.value, null),
    recent: (limit: number): StoredObservation[] =>
      sql.all('SELECT * FROM observations ORDER BY seq DESC LIMIT ?', limit).map(rows.toStored),
    attended: (limit: number): Observation[] =>
      sql.all('SELECT * FROM observations WHERE attended = 1 ORDER BY seq DESC LIMIT ?', limit).map(rows.toObservation),
  };
}

/** The watchers of files and git look at the same time: either speaks for both, as in `remember/expectations`. */
const speakingFor = (source: string | null): (string | null)[] =>
  source === 'files' || source === 'git' ? ['files', 'git'] : [source];

/** The owner's note as a memory with the observation's id: it stays when the observation goes. */
const noteOf = ({ id, occurredAt, details, trust }: Observation): Memory => ({
  id,
  kind: 'note',
  text: rows.text(details.text),
  key: null,
  target: null,
  importance: 0.8,
  terms: { severity: null, novelty: null, owner: 1, outcome: null, thought: null },
  strength: 1,
  strengthAt: occurredAt,
  stabilityDays: firstStabilityDays,
  recalled: 0,
  recalledAt: null,
  formedAt: occurredAt,
  changedAt: occurredAt,
  reasoner: { kind: 'rules', name: 'rules' },
  sleepId: null,
  trust,
  validation: 'seen',
  pinned: false,
  support: 1,
  rule: null,
  hits: 0,
  misses: 0,
  expiresAt: null,
  contradicts: [],
});
