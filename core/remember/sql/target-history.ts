import type { WorkSession } from '../../ports.ts';
import type { Stamp, TargetHistory } from '../../types.ts';
import * as rows from './rows.ts';
import { inList, type Sql } from './sql.ts';

const dayMs = 86_400_000;
const edits = `('file-created', 'file-changed', 'file-deleted', 'file-renamed', 'burst')`;

/** What happened to the same targets, and in the same place since its last commit. */
export function createTargetHistory(sql: Sql) {
  // Read from the index `observations_target` alone: the expression of the sizes is the one that stands there.
  const size = "coalesce(json_extract(details, '$.added'), 0) + coalesce(json_extract(details, '$.removed'), 0)";
  const history = (targets: string[], since: Stamp): TargetHistory[] =>
    sql
      .all(
        `SELECT target, source, type, sum(count) AS n, count(DISTINCT (occurred_at + ?) / ${dayMs}) AS days, max(last_at) AS last_at,
                (SELECT json_group_array(size) FROM (
                   SELECT ${size} AS size FROM observations AS newest
                   WHERE newest.target = seen.target AND newest.occurred_at >= ? AND newest.source = seen.source
                     AND newest.type = seen.type
                   ORDER BY newest.occurred_at DESC LIMIT 50)) AS sizes
         FROM observations AS seen WHERE target IN (SELECT value FROM json_each(?)) AND occurred_at >= ?
         GROUP BY target, source, type`,
        -new Date(since).getTimezoneOffset() * 60_000,
        since,
        inList(targets),
        since,
      )
      .map(rows.toHistory);

  function session(place: string, since: Stamp, excludeIds: string[]): WorkSession {
    const committed = sql.get(
      `SELECT max(seq) AS seq FROM observations WHERE place = ? AND type IN ('commit-made', 'commit-amended')
         AND occurred_at >= ? AND id NOT IN (SELECT value FROM json_each(?))`,
      place,
      since,
      inList(excludeIds),
    );
    const work = `FROM observations WHERE place = ? AND +seq > ? AND type IN ${edits} AND occurred_at >= ?
      AND coalesce(json_extract(details, '$.whitespaceOnly'), 0) = 0
      AND NOT coalesce(json_extract(details, '$.against') = 'commit' AND json_extract(details, '$.added') + json_extract(details, '$.removed') = 0, 0)
      AND id NOT IN (SELECT value FROM json_each(?))`;
    const values = [place, rows.number(committed?.seq), since, inList(excludeIds)];
    const startedAt = sql.get(`SELECT min(occurred_at) AS at ${work}`, ...values)?.at;
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
