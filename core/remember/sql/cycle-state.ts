import type { Json, Proposal, Stamp, Watch } from '../../types.ts';
import * as rows from './rows.ts';
import type { Sql } from './sql.ts';

/** What moves with the cycles and is no memory: proposals, second looks, named state, spending, what the owner wants less of. */
export function createCycleState(sql: Sql) {
  function dueWatches(now: Stamp): Watch[] {
    const due = sql.all('SELECT * FROM watches WHERE due_at <= ? ORDER BY due_at LIMIT 20', now);
    for (const row of due) sql.run('DELETE FROM watches WHERE n = ?', row.n);
    return due.map(rows.toWatch);
  }

  function addLessOf(keys: string[], by: 1 | -1): void {
    for (const key of keys)
      sql.run(
        'INSERT INTO less_of (key, times) VALUES (?, max(0, ?)) ON CONFLICT (key) DO UPDATE SET times = max(0, times + ?)',
        key,
        by,
        by,
      );
    sql.run('DELETE FROM less_of WHERE times = 0');
  }

  function setState(key: string, value: Json): void {
    sql.run('INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)', key, JSON.stringify(value));
  }

  function setStates(states: Record<string, Json>): void {
    for (const [key, value] of Object.entries(states)) setState(key, value);
  }

  return {
    dueWatches,
    addLessOf,
    setState,
    setStates,
    watch: (watch: Watch): void => {
      sql.run(
        'INSERT INTO watches (due_at, episode_id, target, expected) VALUES (?, ?, ?, ?)',
        watch.dueAt,
        watch.episodeId,
        watch.target,
        watch.expected,
      );
    },
    propose: (proposal: Proposal): void => {
      sql.run(rows.insertProposal, ...rows.fromProposal(proposal));
    },
    proposals: (limit: number): Proposal[] =>
      sql.all('SELECT * FROM proposals ORDER BY id DESC LIMIT ?', limit).map(rows.toProposal),
    lessOf: (): { key: string; times: number }[] =>
      sql.all('SELECT key, times FROM less_of').map((row) => ({ key: String(row.key), times: rows.number(row.times) })),
    state: (key: string): Json => rows.json(sql.get('SELECT value FROM state WHERE key = ?', key)?.value, null),
    spend: (entry: { hour: Stamp; purpose: string; calls: number; tokens: number }): void => {
      sql.run(
        `INSERT INTO spend (hour, purpose, calls, tokens) VALUES (?, ?, ?, ?)
         ON CONFLICT (hour, purpose) DO UPDATE SET calls = calls + excluded.calls, tokens = tokens + excluded.tokens`,
        entry.hour,
        entry.purpose,
        entry.calls,
        entry.tokens,
      );
    },
    spent: (since: Stamp) => sql.all('SELECT * FROM spend WHERE hour >= ?', since).map(rows.toSpend),
  };
}
