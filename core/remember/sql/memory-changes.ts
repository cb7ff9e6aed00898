import type { Evidence, ItemKind, Memory, MemoryChange } from '../../memory.ts';
import type { Stamp } from '../../types.ts';
import { renewed } from '../forgetting.ts';
import { clipBytes, clipText } from '../snapshot.ts';
import { putItem, removeItem } from './index-items.ts';
import type { createMemories } from './memories.ts';
import { fromMemory, writeMemory } from './memory-rows.ts';
import * as rows from './rows.ts';
import type { Sql } from './sql.ts';

/** Pieces of evidence that one memory keeps, the newest; `support` counts on. */
const evidenceAtMost = 200;

type Change<K extends MemoryChange['kind']> = Extract<MemoryChange, { kind: K }>;

/** Applies changes to memories, in order; the caller holds the transaction. A change of a memory that is not there changes nothing. */
export function createMemoryChanges(
  sql: Sql,
  memories: ReturnType<typeof createMemories>,
  weakenEpisode: (id: string, strength: number) => void,
) {
  function apply(changes: readonly MemoryChange[]): void {
    for (const change of changes) applyOne(change);
  }

  function applyOne(change: MemoryChange): void {
    switch (change.kind) {
      case 'remember':
        return remember(change.memory, change.evidence);
      case 'reinforce':
        return reinforce(change);
      case 'contradict':
        return contradict(change.id, change.otherId);
      case 'validate':
        return set(change.id, 'validation = ?, changed_at = ?', change.validation, change.at);
      case 'score':
        return set(
          change.id,
          'hits = hits + ?, misses = misses + ?, changed_at = ?',
          change.hits,
          change.misses,
          change.at,
        );
      case 'weaken':
        return weaken(change);
      case 'forget':
        return forget(change);
    }
  }

  const set = (id: string, assignments: string, ...values: unknown[]): void => {
    sql.run(`UPDATE memories SET ${assignments} WHERE id = ?`, ...values, id);
  };

  /** A new memory; what says the same by its key is reinforced instead, and the same id is written anew. */
  function remember(memory: Memory, evidence: readonly Evidence[]): void {
    const same = sameKey(memory);
    if (same !== null) {
      const { changedAt: at, text, hits, misses } = memory;
      const importance = Math.max(memory.importance, memories.memory(same)?.importance ?? 0);
      return reinforce({ kind: 'reinforce', id: same, at, evidence: [...evidence], text, importance, hits, misses });
    }
    const before = memories.memory(memory.id);
    if (before && before.kind !== memory.kind) unindex(before);
    sql.run('DELETE FROM tombstones WHERE id = ?', memory.id);
    write(memory);
    addEvidence(memory.id, evidence);
    const kept = sql.count('SELECT count(*) AS n FROM memory_evidence WHERE memory_id = ?', memory.id);
    set(memory.id, 'support = ?', Math.max(memory.support, before?.support ?? 0, kept));
    for (const otherId of memory.contradicts) contradict(memory.id, otherId);
    reindex(memory.id);
  }

  const write = (memory: Memory) => sql.run(writeMemory, ...fromMemory({ ...memory, text: clipText(memory.text) }));

  function sameKey({ id, kind, key }: Memory): string | null {
    if (key === null) return null;
    const row = sql.get('SELECT id FROM memories WHERE kind = ? AND key = ? AND id <> ?', kind, key, id);
    return row ? rows.text(row.id) : null;
  }

  /** The owner's own words are never replaced by anybody else's. */
  function reinforce({ id, at, evidence, text, importance, terms, hits, misses }: Change<'reinforce'>): void {
    const before = memories.memory(id);
    if (!before) return;
    const added = addEvidence(id, evidence);
    const words = before.trust === 'owner' ? before.text : clipText(text ?? before.text);
    set(
      id,
      'text = ?, importance = ?, terms = ?, hits = ?, misses = ?, support = support + ?, changed_at = max(changed_at, ?)',
      words,
      importance ?? before.importance,
      JSON.stringify(terms ?? before.terms),
      hits ?? before.hits,
      misses ?? before.misses,
      added,
      at,
    );
    // What is found again is as strong as new.
    if (added > 0) set(id, 'strength = 1, strength_at = max(strength_at, ?)', at);
    reindex(id);
  }

  /**
   * Adds what is not there yet and returns how much that was. An untested dream is evidence for nothing. Of a full list the oldest go; what
   * is older than all of a full list was counted before or came too late.
   */
  function addEvidence(memoryId: string, evidence: readonly Evidence[]): number {
    const full = sql.count('SELECT count(*) AS n FROM memory_evidence WHERE memory_id = ?', memoryId) >= evidenceAtMost;
    const oldest = full
      ? sql.count('SELECT min(at) AS n FROM memory_evidence WHERE memory_id = ?', memoryId)
      : -Infinity;
    let added = 0;
    for (const { kind, id, at, snapshot } of evidence)
      if (at >= oldest && !(kind === 'memory' && isUntestedDream(id)))
        added += sql.run(
          'INSERT OR IGNORE INTO memory_evidence (memory_id, kind, id, at, snapshot) VALUES (?, ?, ?, ?, ?)',
          memoryId,
          kind,
          id,
          at,
          clipBytes(snapshot),
        );
    sql.run(
      `DELETE FROM memory_evidence WHERE memory_id = ? AND (kind, id) IN
         (SELECT kind, id FROM memory_evidence WHERE memory_id = ? ORDER BY at DESC, id DESC LIMIT -1 OFFSET ${evidenceAtMost})`,
      memoryId,
      memoryId,
    );
    return added;
  }

  const isUntestedDream = (id: string) =>
    sql.get("SELECT 1 FROM memories WHERE id = ? AND kind = 'dream' AND validation <> 'confirmed'", id) !== undefined;

  function contradict(id: string, otherId: string): void {
    if (id === otherId || !exists(id) || !exists(otherId)) return;
    for (const pair of [
      [id, otherId],
      [otherId, id],
    ])
      sql.run('INSERT OR IGNORE INTO contradictions (id, other_id) VALUES (?, ?)', ...pair);
  }

  const exists = (id: string) => sql.get('SELECT 1 FROM memories WHERE id = ?', id) !== undefined;

  /** Of an episode too: short-term memory fades by the same kind of change. */
  function weaken({ id, strength, importance, at }: Change<'weaken'>): void {
    if (!exists(id)) return weakenEpisode(id, strength);
    set(id, 'strength = ?, strength_at = ?, importance = coalesce(?, importance)', strength, at, importance ?? null);
    if (importance !== undefined) reindex(id);
  }

  /** Moves a memory with all that belongs to it into a tombstone. What the owner pinned stays. */
  function forget({ id, why, at }: Change<'forget'>): void {
    const memory = memories.memory(id);
    if (!memory || memory.pinned) return;
    sql.run(
      'INSERT OR REPLACE INTO tombstones (id, kind, text, why, forgotten_at, was, evidence) VALUES (?, ?, ?, ?, ?, ?, ?)',
      id,
      memory.kind,
      memory.text,
      why,
      at,
      JSON.stringify(memory),
      JSON.stringify(memories.evidenceOf(id)),
    );
    remove(memory);
  }

  /** Takes a memory out of every table and index; what was expected because of it is expected no more. */
  function remove(memory: Memory): void {
    unindex(memory);
    sql.run('DELETE FROM memory_evidence WHERE memory_id = ?', memory.id);
    sql.run('DELETE FROM contradictions WHERE id = ? OR other_id = ?', memory.id, memory.id);
    sql.run("DELETE FROM expectations WHERE of_id = ? AND of <> 'decision' AND settlement IS NULL", memory.id);
    sql.run('DELETE FROM memories WHERE id = ?', memory.id);
  }

  function unindex({ kind, id }: Memory): void {
    if (kind !== 'dream') removeItem(sql, kind, id);
  }

  /** It stands in time where the newest thing stands that it rests on. */
  function reindex(id: string): void {
    const memory = memories.memory(id);
    if (!memory || memory.kind === 'dream') return;
    const newest = sql.get('SELECT max(at) AS at FROM memory_evidence WHERE memory_id = ?', id)?.at;
    const at: Stamp = typeof newest === 'number' ? newest : memory.formedAt;
    const { text, target, trust, importance } = memory;
    putItem(sql, { kind: memory.kind satisfies ItemKind, id, text, at, target, trust, importance, groupId: null });
  }

  /** What went into a thought is counted and as strong as new; it fades more slowly from then on. */
  function renew(ids: readonly string[], at: Stamp): void {
    for (const memory of memories.memoriesById([...new Set(ids)])) {
      const { strength, strengthAt, stabilityDays, recalled, recalledAt } = renewed(memory, at);
      set(
        memory.id,
        'strength = ?, strength_at = ?, stability_days = ?, recalled = ?, recalled_at = ?',
        strength,
        strengthAt,
        stabilityDays,
        recalled,
        recalledAt,
      );
    }
    for (const id of new Set(ids)) sql.run('UPDATE episodes SET recalled = recalled + 1 WHERE id = ? AND held = 1', id);
  }

  return { apply, renew, remember, remove, reindex, exists };
}
