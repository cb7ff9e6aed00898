import type { Sleep, Summary } from '../../memory.ts';
import { toSleep, toSummary } from './memory-rows.ts';
import type { Sql } from './sql.ts';

/** Sleeps as they were, and spans of time in a few sentences. */
export function createSleeps(sql: Sql) {
  return {
    write: (sleep: Sleep): void => {
      sql.run(
        'INSERT OR REPLACE INTO sleeps (id, started_at, ended_at, record) VALUES (?, ?, ?, ?)',
        sleep.id,
        sleep.startedAt,
        sleep.endedAt,
        JSON.stringify(sleep),
      );
    },
    /** Writes anew what `change` gives back changed. */
    rewrite: (change: (sleep: Sleep) => Sleep): void => {
      for (const before of sql.all('SELECT record FROM sleeps').map(toSleep)) {
        const after = change(before);
        if (after !== before) sql.run('UPDATE sleeps SET record = ? WHERE id = ?', JSON.stringify(after), before.id);
      }
    },
    dropSummaries: (goes: (summary: Summary) => boolean): void => {
      for (const each of sql.all('SELECT * FROM summaries').map(toSummary).filter(goes))
        sql.run('DELETE FROM summaries WHERE level = ? AND from_at = ?', each.level, each.from);
    },
    summarise: ({ level, from, until, text, reasoner }: Summary): void => {
      sql.run(
        'INSERT OR REPLACE INTO summaries (level, from_at, until_at, text, reasoner) VALUES (?, ?, ?, ?, ?)',
        level,
        from,
        until,
        text,
        JSON.stringify(reasoner),
      );
    },
    sleeps: (limit: number): Sleep[] =>
      sql.all('SELECT record FROM sleeps ORDER BY started_at DESC, id DESC LIMIT ?', limit).map(toSleep),
    summaries: (level: Summary['level'], limit: number): Summary[] =>
      sql.all('SELECT * FROM summaries WHERE level = ? ORDER BY from_at DESC LIMIT ?', level, limit).map(toSummary),
  };
}
