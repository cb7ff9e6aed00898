import type { Sleep, Summary } from '../../memory.ts';
import { putItem, removeItem } from './index-items.ts';
import { toSleep, toSummary } from './memory-rows.ts';
import type { Sql } from './sql.ts';

/** The longer the span, the more a line of it stands for. */
const importanceOf: Record<Summary['level'], number> = { day: 0.4, week: 0.5, month: 0.6 };

const itemId = ({ level, from }: Pick<Summary, 'level' | 'from'>) => `${level} ${from}`;

/** Sleeps as they were, and spans of time in a few sentences. */
export function createSleeps(sql: Sql) {
  function drop({ level, from }: Summary): void {
    sql.run('DELETE FROM summaries WHERE level = ? AND from_at = ?', level, from);
    removeItem(sql, 'summary', itemId({ level, from }));
  }

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
      for (const each of sql.all('SELECT * FROM summaries').map(toSummary).filter(goes)) drop(each);
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
      putItem(sql, {
        kind: 'summary',
        id: itemId({ level, from }),
        text,
        at: from,
        target: null,
        trust: 'derived',
        importance: importanceOf[level],
        groupId: null,
      });
    },
    sleeps: (limit: number): Sleep[] =>
      sql.all('SELECT record FROM sleeps ORDER BY started_at DESC, id DESC LIMIT ?', limit).map(toSleep),
    summaries: (level: Summary['level'], limit: number): Summary[] =>
      sql.all('SELECT * FROM summaries WHERE level = ? ORDER BY from_at DESC LIMIT ?', level, limit).map(toSummary),
  };
}
