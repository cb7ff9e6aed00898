import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { migrations } from '../../core/remember/sql/migrations.ts';
import { createObservations } from '../../core/remember/sql/observations.ts';
import { createSql, type Sql } from '../../core/remember/sql/sql.ts';
import { createTargetHistory } from '../../core/remember/sql/target-history.ts';
import { noon, observer } from '../kit/nouns.ts';

/** Rows in memory, and how SQLite goes about each question: its plan for the table of observations. */
function planned() {
  const db = new Database(':memory:');
  for (const { sql } of migrations) db.exec(sql);
  const plain = createSql(db);
  const plans: string[] = [];
  const note = (text: string, values: unknown[]) =>
    plans.push(
      ...db
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`)
        .all(...values)
        .map(({ detail }) => detail)
        .filter((detail) => /observations/.test(detail)),
    );
  const sql: Sql = {
    ...plain,
    get: (text, ...values) => (note(text, values), plain.get(text, ...values)),
    all: (text, ...values) => (note(text, values), plain.all(text, ...values)),
  };
  const observations = createObservations(sql, () => {});
  const observe = observer();
  observations.append({ entries: [{ observation: observe(), mergeInto: null }], marks: [] });
  plans.length = 0;
  return { observations, plans, ...createTargetHistory(sql) };
}

it('[ME7.44] the past of a target is read from an index alone, without the rows', () => {
  const { history, plans } = planned();
  history(['src/a.ts'], noon);
  expect(plans.length).toBeGreaterThan(4);
  for (const plan of plans)
    expect(plan).toMatch(/^SEARCH observations (EXISTS )?USING COVERING INDEX observations_kinds \(target=\?/);
});

it('[ME7.45] work in a place, pages of observations and whether a source told something are found by when it happened, however much lies before', () => {
  const { session, observations, plans } = planned();
  session('/shop', noon, ['o1']);
  observations.briefs({ afterSeq: 0, from: noon, limit: 9 });
  observations.briefs({ afterSeq: 1, from: noon, limit: 9 });
  observations.sawSource([
    { source: 'system', from: noon, until: noon + 1 },
    { source: null, from: noon, until: noon + 1 },
  ]);
  expect(plans).toEqual([
    'SEARCH observations USING INDEX observations_commits (place=? AND occurred_at>?)',
    'SEARCH observations USING INDEX observations_work (place=? AND occurred_at>?)',
    'SEARCH observations USING INDEX observations_work (place=? AND occurred_at>?)',
    'SEARCH observations USING COVERING INDEX observations_at (occurred_at>?)',
    'SEARCH observations USING INTEGER PRIMARY KEY (rowid>?)',
    'SEARCH observations USING INTEGER PRIMARY KEY (rowid>?)',
    'SEARCH observations USING COVERING INDEX observations_source (source=? AND occurred_at>? AND occurred_at<?)',
    'SEARCH observations USING COVERING INDEX observations_at (occurred_at>? AND occurred_at<?)',
  ]);
});

it('[ME7.46] a page from the very beginning, from a moment with late arrivals and from the future hold what they should', () => {
  const { observations } = planned();
  const observe = observer(noon + 1_000);
  const [early, late] = [observe({}, { occurredAt: noon + 90 }), observe({}, { occurredAt: noon + 80 })];
  observations.append({ entries: [early, late].map((observation) => ({ observation, mergeInto: null })), marks: [] });
  const at = (from: number, afterSeq = 0) => observations.briefs({ afterSeq, from, limit: 9 }).map(({ seq }) => seq);
  expect([at(0), at(noon + 80), at(noon + 85), at(noon + 80, 2), at(noon + 91)]).toEqual([
    [1, 2, 3],
    [2, 3],
    [2],
    [3],
    [],
  ]);
});
