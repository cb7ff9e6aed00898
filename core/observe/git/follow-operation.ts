import { z } from 'zod';
import { type Operation, type OperationName, operationNames, readConflicts } from './operation.ts';
import { markKey, type Telling, tell } from './telling.ts';

export interface OperationFollower {
  load(): Promise<void>;
  /** Takes what is in progress as known. */
  begin(running: OperationName | null, hash: string | null): Promise<void>;
  /**
   * Tells what began, met conflicts or ended. When `patient`, one that began less than a second ago and has no conflicts is left for a
   * later look: most are over in a moment. Returns whether there is nothing left to wait for.
   */
  look(running: OperationName | null, now: { hash: string | null; patient: boolean }): Promise<boolean>;
}

const restMs = 900;
const mostPaths = 10;

const schema = z.object({
  name: z.enum(operationNames),
  conflicts: z.number(),
  hash: z.string().nullable(),
});

export function followOperation(telling: Telling): OperationFollower {
  const { place, clock, ask } = telling;
  const key = markKey(place, 'operation');
  let known: Operation | null = null;
  let young: { name: OperationName; at: number } | null = null;

  function set(next: Operation | null, draft: Parameters<typeof tell>[1]): void {
    known = next;
    tell(telling, draft, [{ key, value: next && { ...next } }]);
  }

  function start(next: Operation, paths: string[]): void {
    const details = { operation: next.name, ...(paths.length > 0 ? { conflicts: paths.slice(0, mostPaths) } : {}) };
    set(next, telling.draft('operation-started', details, paths.length > 0 ? 'warning' : 'info'));
  }

  async function look(running: OperationName | null, now: { hash: string | null; patient: boolean }): Promise<boolean> {
    if (known && known.name !== running) {
      const details = { operation: known.name, headMoved: known.hash !== now.hash };
      set(null, telling.draft('operation-ended', details));
    }
    if (running === null) {
      young = null;
      return true;
    }
    if (young?.name !== running) young = { name: running, at: clock.elapsed() };
    const paths = await conflictsOf(running);
    if (known) {
      if (known.conflicts === 0 && paths.length > 0) start({ ...known, conflicts: paths.length }, paths);
      else if (known.conflicts !== paths.length) set({ ...known, conflicts: paths.length }, null);
      return true;
    }
    if (now.patient && paths.length === 0 && clock.elapsed() - young.at < restMs) return false;
    start({ name: running, conflicts: paths.length, hash: now.hash }, paths);
    return true;
  }

  const conflictsOf = async (running: OperationName) => (running === 'bisect' ? [] : readConflicts(ask));

  return {
    look,
    async load() {
      known = schema
        .nullable()
        .catch(null)
        .parse(await telling.marks.get(key));
    },
    async begin(running, hash) {
      if (running) set({ name: running, conflicts: (await conflictsOf(running)).length, hash }, null);
    },
  };
}
