import type Database from 'better-sqlite3';
import type { Evidence, Memory, Sleep } from '../../memory.ts';
import { removeItem } from './index-items.ts';
import type { createMemories } from './memories.ts';
import type { createMemoryChanges } from './memory-changes.ts';
import { busyMs } from './opening.ts';
import * as rows from './rows.ts';
import { createSleeps } from './sleeps.ts';
import type { Sql } from './sql.ts';
import { createTraces, type Traces } from './traces.ts';

/**
 * Deleting for good: nothing of it stays in any table, in the index or in the bytes of the file, with what was made of it and what quotes
 * it (`traces.ts`). Named state is the engine's own.
 */
export function createErasing(
  db: Database.Database,
  sql: Sql,
  memories: ReturnType<typeof createMemories>,
  changes: ReturnType<typeof createMemoryChanges>,
) {
  const tracesOf = createTraces(sql, memories);
  const sleeps = createSleeps(sql);

  /** False when neither a memory nor a tombstone has that id. */
  const erase = db.transaction((id: string): boolean => {
    const memory = memories.memory(id) ?? buried(id);
    if (!memory) return false;
    db.pragma('user_version = 1');
    const traces = tracesOf(memory);
    traces.memories.forEach(eraseMemory);
    for (const each of traces.insights) eraseThought('insight', each);
    for (const each of traces.episodes) eraseThought('episode', each);
    if (memory.kind === 'note') {
      sql.run('DELETE FROM observations WHERE id = ?', id);
      sql.run('DELETE FROM snapshots WHERE id = ?', id);
    }
    eraseQuotations(traces);
    return true;
  });

  const buried = (id: string): Memory | null =>
    rows.json<Memory | null>(sql.get('SELECT was FROM tombstones WHERE id = ?', id)?.was, null);

  function eraseMemory(memory: Memory): void {
    changes.remove(memory);
    sql.run('DELETE FROM tombstones WHERE id = ?', memory.id);
    sql.run('DELETE FROM expectations WHERE of_id = ?', memory.id);
    forgetAsEvidence(memory.id);
  }

  function eraseThought(kind: 'insight' | 'episode', id: string): void {
    removeItem(sql, kind, id);
    forgetAsEvidence(id);
    sql.run(`DELETE FROM ${kind}s WHERE id = ?`, id);
    sql.run('DELETE FROM evidence WHERE insight_id = ?', id);
    sql.run('DELETE FROM expectations WHERE of_id = ?', id);
    sql.run('DELETE FROM proposals WHERE episode_id = ?', id);
    sql.run('DELETE FROM watches WHERE episode_id = ?', id);
  }

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

  /** What only repeats it: lines of digests, summaries, copies in evidence, what was proposed and expected. Rather one too many. */
  function eraseQuotations({ memories: erased, said, stamps }: Traces): void {
    const ids = new Set(erased.map((each) => each.id));
    const quotes = (span: { from: number; until: number }, text: string) =>
      stamps.some((at) => at >= span.from && at <= span.until) ? said.shares(text) : said.echoes(text);
    sleeps.rewrite((sleep) => withoutLines(sleep, ids, quotes));
    sleeps.dropSummaries((each) => quotes(each, each.text));
    for (const { memory_id, kind, id, snapshot } of sql.all(copies))
      if (said.echoes(rows.text(snapshot)))
        sql.run('DELETE FROM memory_evidence WHERE memory_id = ? AND kind = ? AND id = ?', memory_id, kind, id);
    for (const row of sql.all('SELECT id, evidence FROM tombstones')) {
      const evidence = rows.json<Evidence[]>(row.evidence, []);
      const kept = evidence.filter((each) => each.kind === 'observation' || !said.echoes(each.snapshot));
      if (kept.length < evidence.length)
        sql.run('UPDATE tombstones SET evidence = ? WHERE id = ?', JSON.stringify(kept), row.id);
    }
    for (const [table, text] of saying)
      for (const row of sql.all(`SELECT rowid AS n, ${text} AS text FROM ${table}`))
        if (said.echoes(rows.text(row.text))) sql.run(`DELETE FROM ${table} WHERE rowid = ?`, row.n);
  }

  const eraseAll = db.transaction((): void => {
    db.pragma('user_version = 1');
    const tables = sql.all(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
         AND name NOT LIKE 'search%' AND name NOT LIKE 'words%' AND name NOT IN ('migrations', 'seal', 'sqlite_sequence')`,
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

/** Copies of what was thought; those of what was seen in the world stay as long as it. */
const copies = "SELECT memory_id, kind, id, snapshot FROM memory_evidence WHERE kind <> 'observation'";
const saying = [
  ['proposals', "command || ' ' || reasoning"],
  ['watches', 'expected'],
  ['expectations', 'words'],
] as const;

/** The same sleep when nothing of it goes. */
function withoutLines(
  sleep: Sleep,
  ids: ReadonlySet<string>,
  quotes: (span: { from: number; until: number }, text: string) => boolean,
): Sleep {
  const { digest } = sleep;
  if (!digest) return sleep;
  const lines = digest.lines.filter((line) => !line.memoryIds.some((id) => ids.has(id)) && !quotes(digest, line.text));
  return lines.length < digest.lines.length ? { ...sleep, digest: { ...digest, lines } } : sleep;
}
