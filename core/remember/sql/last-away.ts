import type { Stamp } from '../../types.ts';
import type { Sql } from './sql.ts';

/** Observations looked at on the way back, a page at a time: some days of a busy owner. */
const pageOfActivity = 1_000;
const pagesAtMost = 50;

/**
 * The last stretch of at least `leastMs` before `now` in which the owner did nothing: no file, commit or note that Reverie did not cause.
 * The time since the last activity counts. Null when there was no activity at all, or no such stretch among the newest 50,000.
 */
export function lastAway(sql: Sql, now: Stamp, leastMs: number): { from: Stamp; until: Stamp } | null {
  let until = now;
  let before = Number.MAX_SAFE_INTEGER;
  for (let page = 0; page < pagesAtMost; page += 1) {
    const rows = sql.all(
      `SELECT seq, occurred_at, last_at, source IN ('files', 'git', 'notes') AND trust IN ('owner', 'observed') AND cause_id IS NULL AS owner
       FROM observations WHERE seq < ? ORDER BY seq DESC LIMIT ?`,
      before,
      pageOfActivity,
    );
    for (const row of rows) {
      before = Number(row.seq);
      const [from, last] = [Number(row.occurred_at), Number(row.last_at)];
      if (!row.owner || from > now) continue;
      if (until - Math.max(from, last) >= leastMs) return { from: Math.max(from, last), until };
      until = Math.min(until, from);
    }
    if (rows.length < pageOfActivity) return null;
  }
  return null;
}
