import type { Log } from '../ports.ts';
import type { Json } from '../types.ts';
import type { Instance } from './catalogue.ts';

/** Instances that the driver names after us are told from the owner's in any later run; others bear the model's own key. */
const ourMark = 'reverie/';
export const isMarked = ({ id }: Pick<Instance, 'id'>): boolean => id.startsWith(ourMark);

/** What Reverie loaded; and what its owner sent away, which is not loaded again unasked. */
export interface Belongings {
  /** What earlier runs loaded and is marked as ours. */
  read(): Promise<void>;
  ours(): ReadonlySet<string>;
  /** `expires`: it was loaded with a time limit. */
  add(id: string, expires: boolean): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  /** What is listed now: whatever is not, is ours no more. */
  keepOnly(listed: readonly string[]): void;
  /** The server was away: what bears no mark may be its owner's by now. */
  doubtUnmarked(): void;
  /** Whether this instance goes by itself when it is idle long enough. */
  expires(instance: Instance): boolean;
  /**
   * Instances that went: one of ours that never expires, or one in the middle of a call (`busyId`), does not go by itself. Its owner sent
   * it away, and that is respected until they change something.
   */
  lost(gone: readonly Instance[], busyId: string | null): void;
  isEjected(key: string): boolean;
  eject(key: string): void;
  /** Forgets whom the owner sent away: this one (it crashed), or all. */
  forgive(key?: string): void;
}

export function createBelongings(parts: {
  kept: { read(): Promise<Json>; write(value: Json): Promise<void> };
  log: Log;
}): Belongings {
  /** Ids, and whether each expires. */
  let ours = new Map<string, boolean>();
  const ejected = new Set<string>();

  async function keep(next: Map<string, boolean>): Promise<void> {
    if (next.size === ours.size && [...next.keys()].every((id) => ours.has(id))) return;
    ours = next;
    const marked = [...ours].filter(([id]) => isMarked({ id })).map(([id, expires]) => ({ id, expires }));
    await parts.kept.write({ ours: marked }).catch(() => parts.log.warn('ours-not-kept'));
  }
  const without = (goes: (id: string) => boolean) => new Map([...ours].filter(([id]) => !goes(id)));

  return {
    async read() {
      ours = new Map(marksIn(await parts.kept.read()));
    },
    ours: () => new Set(ours.keys()),
    add: (id, expires) => keep(new Map([...ours, [id, expires]])),
    remove: (ids) => keep(without((id) => ids.includes(id))),
    keepOnly: (listed) => void keep(without((id) => !listed.includes(id))),
    doubtUnmarked: () => void keep(without((id) => !isMarked({ id }))),
    expires: ({ id, ttlMs }) => ours.get(id) ?? ttlMs !== null,
    lost(gone, busyId) {
      for (const { id, key, remote } of gone)
        if (!remote && (id === busyId || ours.get(id) === false)) ejected.add(key);
    },
    isEjected: (key) => ejected.has(key),
    eject: (key) => void ejected.add(key),
    forgive: (key) => (key === undefined ? ejected.clear() : void ejected.delete(key)),
  };
}

function marksIn(kept: Json): [string, boolean][] {
  const list = typeof kept === 'object' && kept !== null && !Array.isArray(kept) ? kept['ours'] : null;
  if (!Array.isArray(list)) return [];
  return list.flatMap((each) =>
    typeof each === 'object' && each !== null && !Array.isArray(each) && typeof each['id'] === 'string'
      ? [[each['id'], each['expires'] === true] as [string, boolean]]
      : [],
  );
}
