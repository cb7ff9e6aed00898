import type { WorkSession } from '../../ports.ts';
import type { Stamp, TargetHistory } from '../../types.ts';
import * as rows from './rows.ts';
import { inList, type Sql } from './sql.ts';

const edits = `('file-created', 'file-changed', 'file-deleted', 'file-renamed', 'burst')`;

/** What happened to the same targets, and in the same place since its last commit. */
export function createTargetHistory(sql: Sql) {
  // Read from the index `observations_kinds` alone: the expression of the sizes is the one that stands there. What is between the kinds of
  // one target, and between the days of one kind, is leapt over: a busy file has thousands of rows in a week.
  const size = "coalesce(json_extract(details, '$.added'), 0) + coalesce(json_extract(details, '$.removed'), 0)";
  const ofKind = 'FROM observations INDEXED BY observations_kinds WHERE target = ? AND source = ? AND type = ?';

  function* kindsOf(target: string): Generator<{ source: string; type: string }> {
    const next = (where: string, ...values: unknown[]) =>
      sql.get(
        `SELECT source, type FROM observations INDEXED BY observations_kinds WHERE target = ? AND ${where} ORDER BY source, type LIMIT 1`,
        target,
        ...values,
      );
    for (let row = next("source > ''"); row; ) {
      const kind = { source: rows.text(row.source), type: rows.text(row.type) };
      yield kind;
      row = next('source = ? AND type > ?', kind.source, kind.type) ?? next('source > ?', kind.source);
    }
  }

  /** Counted back from its own newest: a clock that ran ahead for a while tells of one kind, not of all. */
  const daysOf = (kind: readonly string[], since: Stamp, newest: Stamp): number =>
    sql.count(
      `SELECT count(*) AS n FROM json_each(?) AS day WHERE EXISTS
         (SELECT 1 ${ofKind} AND occurred_at >= day.value ->> '$[0]' AND occurred_at < day.value ->> '$[1]')`,
      inList(daysBetween(since, newest)),
      ...kind,
    );

  function historyOf(kind: readonly [string, string, string], since: Stamp): TargetHistory[] {
    const row = sql.get(
      `SELECT sum(count) AS n, max(last_at) AS last_at, max(occurred_at) AS newest,
         (SELECT json_group_array(size) FROM
           (SELECT ${size} AS size ${ofKind} AND occurred_at >= ? ORDER BY occurred_at DESC LIMIT 50)) AS sizes
       ${ofKind} AND occurred_at >= ?`,
      ...kind,
      since,
      ...kind,
      since,
    );
    if (!row?.n) return [];
    const [target, source, type] = kind;
    const days = daysOf(kind, since, rows.number(row.newest));
    return [rows.toHistory({ ...row, days, target, source, type })];
  }

  const history = (targets: string[], since: Stamp): TargetHistory[] =>
    [...new Set(targets)]
      .sort()
      .flatMap((target) =>
        [...kindsOf(target)].flatMap(({ source, type }) => historyOf([target, source, type], since)),
      );

  /** Since the last commit both by when it was noticed and by when it happened: what is found late and is older than the commit is in it. */
  function session(place: string, since: Stamp, excludeIds: string[]): WorkSession {
    const committed = sql.get(
      `SELECT max(seq) AS seq, occurred_at FROM observations WHERE place = ? AND type IN ('commit-made', 'commit-amended')
         AND occurred_at >= ? AND id NOT IN (SELECT value FROM json_each(?))`,
      place,
      since,
      inList(excludeIds),
    );
    const work = `FROM observations WHERE place = ? AND +seq > ? AND type IN ${edits} AND occurred_at >= ?
      AND coalesce(json_extract(details, '$.whitespaceOnly'), 0) = 0
      AND NOT coalesce(json_extract(details, '$.against') = 'commit' AND json_extract(details, '$.added') + json_extract(details, '$.removed') = 0, 0)
      AND id NOT IN (SELECT value FROM json_each(?))`;
    const from = Math.max(since, rows.number(committed?.occurred_at));
    const values = [place, rows.number(committed?.seq), from, inList(excludeIds)];
    const startedAt = sql.get(`SELECT occurred_at AS at ${work} ORDER BY occurred_at LIMIT 1`, ...values)?.at;
    // With a single max() SQLite takes the bare columns from the row that holds it: the newest.
    const files = sql.all(
      `SELECT target, count(*) AS edits, max(seq), json_extract(details, '$.against') AS against,
              json_extract(details, '$.added') AS added, json_extract(details, '$.removed') AS removed,
              sum(json_extract(details, '$.added')) AS added_sum, sum(json_extract(details, '$.removed')) AS removed_sum
       ${work} GROUP BY target ORDER BY edits DESC LIMIT 200`,
      ...values,
    );
    return rows.toSession(files, startedAt);
  }

  return { history, session };
}

/** The days of the owner's calendar that this span touches, the newest 32 of them: `[from, until)` each. */
function daysBetween(since: Stamp, until: Stamp): [Stamp, Stamp][] {
  const newest = new Date(until);
  const startOf = (back: number) =>
    new Date(newest.getFullYear(), newest.getMonth(), newest.getDate() - back).getTime();
  return Array.from({ length: 32 }, (_, back): [Stamp, Stamp] => [
    Math.max(since, startOf(back)),
    startOf(back - 1),
  ]).filter(([from, end]) => from < end);
}
