import type { Expectation, Settled, Settlement } from '../../memory.ts';
import { toExpectation, toSettled } from './memory-rows.ts';
import * as rows from './rows.ts';
import type { Sql } from './sql.ts';

/** Settled decisions that calibration looks at, the newest. */
const judgedAtMost = 10_000;

/** What is expected, and what came of it. */
export function createExpectations(sql: Sql) {
  function open(expectation: Expectation): void {
    const { id, of, ofId, causeId, since, dueAt, wants, words, confidence } = expectation;
    sql.run(
      `INSERT INTO expectations (id, of, of_id, cause_id, since, due_at, wants, words, confidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO NOTHING`,
      id,
      of,
      ofId,
      causeId,
      since,
      dueAt,
      JSON.stringify(wants),
      words,
      confidence,
    );
  }

  /** What is settled stays as it was settled first. */
  function settle({ id, settlement, at, observationIds }: Settled): void {
    sql.run(
      'UPDATE expectations SET settlement = ?, settled_at = ?, observation_ids = ? WHERE id = ? AND settlement IS NULL',
      settlement,
      at,
      JSON.stringify(observationIds),
      id,
    );
  }

  return {
    open,
    settle,
    openExpectations: (limit: number): Expectation[] =>
      sql
        .all('SELECT * FROM expectations WHERE settlement IS NULL ORDER BY due_at, id LIMIT ?', limit)
        .map(toExpectation),
    settledExpectations: (of: Expectation['of'], limit: number): (Expectation & Settled)[] =>
      sql
        .all(
          'SELECT * FROM expectations WHERE of = ? AND settlement IS NOT NULL ORDER BY settled_at DESC, id DESC LIMIT ?',
          of,
          limit,
        )
        .map(toSettled),
    judgements: (): { confidence: number; settlement: Settlement }[] =>
      sql
        .all(
          `SELECT confidence, settlement FROM expectations WHERE of = 'decision' AND settlement IS NOT NULL
           ORDER BY settled_at DESC LIMIT ${judgedAtMost}`,
        )
        .map((row) => ({ confidence: rows.number(row.confidence), settlement: row.settlement as Settlement })),
  };
}
