import type { Evidence, Memory } from '../../memory.ts';
import type { Stamp } from '../../types.ts';
import { clipText, snapshotOfText } from '../snapshot.ts';
import type { createMemories } from './memories.ts';
import type { createMemoryChanges } from './memory-changes.ts';
import * as rows from './rows.ts';
import type { Sql } from './sql.ts';

/** What the owner may do with a memory: pin, correct, bring back. */
export function createOwnerRights(
  sql: Sql,
  memories: ReturnType<typeof createMemories>,
  changes: ReturnType<typeof createMemoryChanges>,
) {
  const setPinned = (id: string, pinned: boolean): boolean =>
    sql.run('UPDATE memories SET pinned = ? WHERE id = ?', Number(pinned), id) === 1;

  /** The old text becomes evidence under an id of its own. */
  function correctMemory(id: string, text: string, at: Stamp): boolean {
    const before = memories.memory(id);
    if (!before) return false;
    const said: Evidence = { kind: 'memory', id: `${id}@${at}`, at, snapshot: snapshotOfText(before.text) };
    changes.apply([{ kind: 'reinforce', id, at, evidence: [said], terms: { ...before.terms, owner: 1 } }]);
    sql.run(
      "UPDATE memories SET text = ?, trust = 'owner', strength = 1, strength_at = ? WHERE id = ?",
      clipText(text),
      at,
      id,
    );
    changes.reindex(id);
    return true;
  }

  /** As it was, but fresh: what was just asked for is not forgotten again in the next night. */
  function bringBack(id: string, at: Stamp): boolean {
    const row = sql.get('SELECT was, evidence FROM tombstones WHERE id = ?', id);
    if (!row) return false;
    const was = JSON.parse(rows.text(row.was)) as Memory;
    sql.run('DELETE FROM tombstones WHERE id = ?', id);
    const memory: Memory = { ...was, strength: 1, strengthAt: at, recalledAt: at, changedAt: at };
    changes.remember(memory, rows.json<Evidence[]>(row.evidence, []));
    return true;
  }

  return {
    setPinned,
    correctMemory,
    bringBack,
    bury: (before: Stamp): number => sql.run('DELETE FROM tombstones WHERE forgotten_at < ?', before),
  };
}
