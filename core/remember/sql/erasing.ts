import type Database from 'better-sqlite3';
import type { Memory, Sleep } from '../../memory.ts';
import { removeItem } from './index-items.ts';
import type { createMemories } from './memories.ts';
import type { createMemoryChanges } from './memory-changes.ts';
import { toSleep } from './memory-rows.ts';
import { busyMs } from './opening.ts';
import * as rows from './rows.ts';
import type { Sql } from './sql.ts';

/** Deleting for good: nothing of it stays in any table, in the index or in the bytes of the file. */
export function createErasing(
  db: Database.Database,
  sql: Sql,
  memories: ReturnType<typeof createMemories>,
  changes: ReturnType<typeof createMemoryChanges>,
) {
  const erase = db.transaction((id: string): boolean => {
    const memory = memories.memory(id) ?? buried(id);
    if (!memory) return false;
    db.pragma('user_version = 1');
    changes.remove(memory);
    sql.run('DELETE FROM tombstones WHERE id = ?', id);
    sql.run('DELETE FROM expectations WHERE of_id = ?', id);
    forgetAsEvidence(id);
    for (const sleep of sql.all('SELECT record FROM sleeps WHERE instr(record, ?)', id).map(toSleep))
      sql.run('UPDATE sleeps SET record = ? WHERE id = ?', JSON.stringify(withoutLines(sleep, id)), sleep.id);
    sql.run('DELETE FROM summaries WHERE instr(text, ?) OR instr(text, ?)', id, memory.text);
    if (memory.kind === 'note') eraseNote(id);
    return true;
  });

  const buried = (id: string): Memory | null =>
    rows.json<Memory | null>(sql.get('SELECT was FROM tombstones WHERE id = ?', id)?.was, null);

  /** Other memories, those in tombstones too, keep nothing of what it said. */
  function forgetAsEvidence(id: string): void {
    sql.run('DELETE FROM memory_evidence WHERE id = ?', id);
    sql.run(
      `UPDATE tombstones SET
         evidence = (SELECT json_group_array(json(value)) FROM json_each(evidence) WHERE value ->> '$.id' <> ?),
         was = json_set(was, '$.contradicts', (SELECT json_group_array(value) FROM json_each(was, '$.contradicts') WHERE value <> ?))
       WHERE instr(evidence, ?) OR instr(was, ?)`,
      id,
      id,
      id,
      id,
    );
  }

  /** A note was an observation too: it goes, with the episodes and insights that quote it. */
  function eraseNote(id: string): void {
    const insights = sql.all('SELECT insight_id AS id FROM evidence WHERE observation_id = ?', id);
    const episodes = sql.all('SELECT id FROM episodes WHERE instr(observation_ids, ?)', id);
    for (const [kind, found] of [
      ['insight', insights],
      ['episode', episodes],
    ] as const)
      for (const row of found) {
        const each = rows.text(row.id);
        removeItem(sql, kind, each);
        forgetAsEvidence(each);
        sql.run(`DELETE FROM ${kind}s WHERE id = ?`, each);
        sql.run('DELETE FROM evidence WHERE insight_id = ?', each);
        sql.run('DELETE FROM expectations WHERE of_id = ?', each);
        sql.run('DELETE FROM proposals WHERE episode_id = ?', each);
        sql.run('DELETE FROM watches WHERE episode_id = ?', each);
      }
    sql.run('DELETE FROM observations WHERE id = ?', id);
    sql.run('DELETE FROM snapshots WHERE id = ?', id);
  }

  const eraseAll = db.transaction((): void => {
    db.pragma('user_version = 1');
    const tables = sql.all(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
         AND name NOT LIKE 'search%' AND name NOT LIKE 'words%' AND name NOT IN ('migrations', 'sqlite_sequence')`,
    );
    for (const table of tables) db.exec(`DELETE FROM "${rows.text(table.name)}"`);
    db.exec("DELETE FROM sqlite_sequence WHERE name <> 'items'; INSERT INTO search (search) VALUES ('delete-all')");
  });

  /**
   * The rows are gone; now the words of the index, samples of the planner, free pages and the log. What a crash or a full disk cut short
   * (`user_version` tells) is finished with the next care.
   */
  function scrub(): void {
    db.exec("INSERT INTO search (search) VALUES ('optimize')");
    if (sql.get("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat4'")) db.exec('DELETE FROM sqlite_stat4');
    db.exec('VACUUM');
    // Somebody who still reads the old pages keeps the log alive.
    db.pragma('busy_timeout = 200');
    const [log] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    db.pragma(`busy_timeout = ${busyMs}`);
    if (log?.busy === 0) db.pragma('user_version = 0');
  }

  return {
    deleteMemory: (id: string): boolean => {
      const erased = erase(id);
      if (erased) scrub();
      return erased;
    },
    deleteAll: (): void => {
      eraseAll();
      scrub();
    },
    finishErasing: (): void => {
      if (db.pragma('user_version', { simple: true }) !== 0) scrub();
    },
  };
}

const withoutLines = (sleep: Sleep, id: string): Sleep => ({
  ...sleep,
  digest: sleep.digest && { ...sleep.digest, lines: sleep.digest.lines.filter((line) => !line.memoryIds.includes(id)) },
});
