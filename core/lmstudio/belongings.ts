import type { Log } from '../ports.ts';
import type { Json } from '../types.ts';
import type { Instance } from './catalogue.ts';

/** What Reverie loaded, over restarts; and what its owner sent away, which is not loaded again unasked. */
export interface Belongings {
  read(): Promise<void>;
  ours(): ReadonlySet<string>;
  add(id: string): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  /**
   * Instances that went: one of ours that never expires, or one that was in use (`inUseId`), does not go by itself. Its owner sent it
   * away, and that is respected until they change something.
   */
  lost(gone: readonly Instance[], inUseId: string | null): void;
  isEjected(key: string): boolean;
  eject(key: string): void;
  /** Forgets whom the owner sent away: this one (it crashed), or all. */
  forgive(key?: string): void;
}

export function createBelongings(parts: {
  kept: { read(): Promise<Json>; write(value: Json): Promise<void> };
  log: Log;
}): Belongings {
  let ours = new Set<string>();
  const ejected = new Set<string>();

  async function keep(ids: Iterable<string>): Promise<void> {
    ours = new Set(ids);
    await parts.kept.write({ ours: [...ours] }).catch(() => parts.log.warn('ours-not-kept'));
  }

  return {
    async read() {
      ours = new Set(idsIn(await parts.kept.read()));
    },
    ours: () => ours,
    add: (id) => keep([...ours, id]),
    remove: (ids) =>
      ids.some((id) => ours.has(id)) ? keep([...ours].filter((id) => !ids.includes(id))) : Promise.resolve(),
    lost(gone, inUseId) {
      for (const { id, key, ttlMs, remote } of gone)
        if (!remote && (id === inUseId || (ours.has(id) && ttlMs === null))) ejected.add(key);
      void this.remove(gone.map(({ id }) => id));
    },
    isEjected: (key) => ejected.has(key),
    eject: (key) => void ejected.add(key),
    forgive: (key) => (key === undefined ? ejected.clear() : void ejected.delete(key)),
  };
}

const idsIn = (kept: Json): string[] =>
  typeof kept === 'object' && kept !== null && !Array.isArray(kept) && Array.isArray(kept['ours'])
    ? kept['ours'].filter((id): id is string => typeof id === 'string')
    : [];
