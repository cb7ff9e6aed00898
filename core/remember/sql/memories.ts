import type { Evidence, Memory, MemoryQuery, Tombstone } from '../../memory.ts';
import { selectMemory, toEvidence, toMemory, toTombstone } from './memory-rows.ts';
import { inList, type Sql } from './sql.ts';

const patternsAtWork = 200;
const dreamsWaiting = 50;

/** Notes for this connection alone which memories were written; with the transaction that writes it, so that a rollback takes it back. */
const noteWritten = [
  'CREATE TEMP TABLE IF NOT EXISTS written (id TEXT PRIMARY KEY) WITHOUT ROWID',
  ...[
    ['memories', 'INSERT', 'NEW'],
    ['memories', 'UPDATE', 'NEW'],
    ['memories', 'DELETE', 'OLD'],
    ['contradictions', 'INSERT', 'NEW'],
    ['contradictions', 'DELETE', 'OLD'],
  ].map(
    ([table, change, row]) =>
      `CREATE TEMP TRIGGER IF NOT EXISTS note_${table}_${change} AFTER ${change} ON main.${table}
       BEGIN INSERT OR IGNORE INTO written VALUES (${row}.id); END`,
  ),
];

/** The rules that cycles go by, in the order of their ids. Every cycle looks through them: only what was written since is read again. */
function createRules(sql: Sql): () => Memory[] {
  for (const each of noteWritten) sql.run(each);
  let known = new Map<unknown, Memory>();
  const atWork = `SELECT id FROM memories INDEXED BY memories_at_work
    WHERE rule IS NOT NULL AND kind = 'pattern' AND validation IN ('seen', 'confirmed')
    ORDER BY pinned DESC, importance DESC, hits DESC, id LIMIT ${patternsAtWork}`;
  const waiting = `SELECT id FROM memories WHERE rule IS NOT NULL AND kind = 'dream' AND validation = 'needs-validation'
    ORDER BY id DESC LIMIT ${dreamsWaiting}`;
  return () => {
    for (const row of sql.all('SELECT id FROM written')) known.delete(row.id);
    if (sql.run('DELETE FROM written') > 0 || known.size === 0) {
      const ids = [...sql.all(atWork), ...sql.all(waiting)].map((row) => row.id);
      const unread = ids.filter((id) => !known.has(id));
      const read = sql.all(`${selectMemory} WHERE m.id IN (SELECT value FROM json_each(?))`, inList(unread));
      const fresh = new Map(read.map((row) => [row.id, toMemory(row)]));
      known = new Map(
        ids.flatMap((id) => {
          const memory = fresh.get(id) ?? known.get(id);
          return memory ? [[id, memory] as const] : [];
        }),
      );
    }
    return [...known.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  };
}

/** Reads memories, their evidence, and what is left of those that were forgotten. */
export function createMemories(sql: Sql) {
  const memory = (id: string): Memory | null => {
    const row = sql.get(`${selectMemory} WHERE m.id = ?`, id);
    return row ? toMemory(row) : null;
  };

  function memories(query: MemoryQuery): Memory[] {
    const terms = filterOf(query);
    const where = terms.length > 0 ? `WHERE ${terms.map((term) => term.sql).join(' AND ')}` : '';
    return sql
      .all(
        `${selectMemory} ${where} ORDER BY m.changed_at DESC, m.id DESC LIMIT ?`,
        ...terms.map((term) => term.value),
        query.limit,
      )
      .map(toMemory);
  }

  const evidenceOf = (memoryId: string): Evidence[] =>
    sql.all('SELECT * FROM memory_evidence WHERE memory_id = ? ORDER BY at DESC, id DESC', memoryId).map(toEvidence);

  return {
    memory,
    memories,
    evidenceOf,
    memoriesById: (ids: string[]): Memory[] =>
      sql
        .all(`${selectMemory} WHERE m.id IN (SELECT value FROM json_each(?)) ORDER BY m.id`, inList(ids))
        .map(toMemory),
    restingOn: (ids: string[]): { memoryId: string; id: string }[] =>
      sql
        .all(
          'SELECT memory_id, id FROM memory_evidence WHERE id IN (SELECT value FROM json_each(?)) ORDER BY memory_id, id',
          inList(ids),
        )
        .map((row) => ({ memoryId: String(row.memory_id), id: String(row.id) })),
    rules: createRules(sql),
    tombstones: (limit: number): Tombstone[] =>
      sql.all('SELECT * FROM tombstones ORDER BY forgotten_at DESC, id DESC LIMIT ?', limit).map(toTombstone),
    memoryPage: (afterId: string, limit: number): { memory: Memory; rests: boolean }[] =>
      sql
        .all(
          `SELECT m.*, EXISTS (SELECT 1 FROM memory_evidence WHERE memory_id = m.id) AS rests
           FROM (${selectMemory}) AS m WHERE m.id > ? ORDER BY m.id LIMIT ?`,
          afterId,
          limit,
        )
        .map((row) => ({ memory: toMemory(row), rests: row.rests === 1 })),
    exportPage: (afterId: string, limit: number): { memory: Memory; evidence: Evidence[] }[] =>
      sql
        .all(`${selectMemory} WHERE m.id > ? ORDER BY m.id LIMIT ?`, afterId, limit)
        .map(toMemory)
        .map((each) => ({ memory: each, evidence: evidenceOf(each.id) })),
  };
}

function filterOf({ kinds, validation, before, sleepId, target, key, pinned }: MemoryQuery) {
  const terms: { sql: string; value: unknown }[] = [];
  const add = (text: string, value: unknown) => {
    if (value !== undefined) terms.push({ sql: text, value });
  };
  add('m.kind IN (SELECT value FROM json_each(?))', kinds && inList(kinds));
  add('m.validation IN (SELECT value FROM json_each(?))', validation && inList(validation));
  add('m.changed_at < ?', before);
  add('m.sleep_id = ?', sleepId);
  add('m.target = ?', target);
  add('m.key = ?', key);
  add('m.pinned = ?', pinned === undefined ? undefined : Number(pinned));
  return terms;
}
