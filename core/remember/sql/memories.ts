import type { Evidence, Memory, MemoryQuery, Tombstone } from '../../memory.ts';
import { selectMemory, toEvidence, toMemory, toTombstone } from './memory-rows.ts';
import { inList, type Sql } from './sql.ts';

const patternsAtWork = 200;
const dreamsWaiting = 50;

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
    // Every cycle looks through them: no more than it can in a millisecond.
    rules: (): Memory[] =>
      [
        ...sql.all(
          `${selectMemory} WHERE m.rule IS NOT NULL AND m.kind = 'pattern' AND m.validation IN ('seen', 'confirmed')
           ORDER BY m.pinned DESC, m.importance DESC, m.hits DESC, m.id LIMIT ${patternsAtWork}`,
        ),
        ...sql.all(
          `${selectMemory} WHERE m.rule IS NOT NULL AND m.kind = 'dream' AND m.validation = 'needs-validation'
           ORDER BY m.id DESC LIMIT ${dreamsWaiting}`,
        ),
      ]
        .map(toMemory)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    tombstones: (limit: number): Tombstone[] =>
      sql.all('SELECT * FROM tombstones ORDER BY forgotten_at DESC, id DESC LIMIT ?', limit).map(toTombstone),
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
