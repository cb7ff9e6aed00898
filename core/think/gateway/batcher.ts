import type { Clock, Stop } from '../../ports.ts';

const size = 10;
const waitMs = 1_000;

export interface Batcher<I, O> {
  /** Resolves with what `run` made of this item; rejects with what it threw, or with the signal's reason at once. */
  add(item: I, signal: AbortSignal): Promise<O>;
}

interface Entry<I, O> {
  item: I;
  signal: AbortSignal;
  resolve(value: O): void;
  reject(reason: unknown): void;
}

/**
 * Gathers items and runs them together: as soon as there are ten, or when the first has waited for a second; one batch at a time. An item
 * whose caller left before is not run; the signal of `run` aborts when every caller has left. `run` answers in the order of the items.
 */
export function createBatcher<I, O>(parts: {
  clock: Clock;
  run: (items: I[], signal: AbortSignal) => Promise<O[]>;
  size?: number;
  waitMs?: number;
}): Batcher<I, O> {
  const most = parts.size ?? size;
  let waiting: Entry<I, O>[] = [];
  let cancelTimer: Stop | null = null;
  let running = false;
  let due = false;

  function heed(): void {
    if (running) return;
    if (waiting.length >= most || (due && waiting.length > 0)) return void flush();
    due = false;
    if (waiting.length === 0) {
      cancelTimer?.();
      cancelTimer = null;
    } else
      cancelTimer ??= parts.clock.after(parts.waitMs ?? waitMs, () => {
        cancelTimer = null;
        due = true;
        heed();
      });
  }

  async function flush(): Promise<void> {
    const batch = waiting.splice(0, most);
    cancelTimer?.();
    cancelTimer = null;
    due = false;
    running = true;
    await runBatch(batch, parts.run);
    running = false;
    // Whoever came during the run has waited enough.
    due = waiting.length > 0;
    heed();
  }

  return {
    add(item, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const entry: Entry<I, O> = { item, signal, resolve, reject };
        const leave = () => {
          waiting = waiting.filter((each) => each !== entry);
          reject(signal.reason);
          heed();
        };
        const end = () => signal.removeEventListener('abort', leave);
        entry.resolve = (value) => (end(), resolve(value));
        entry.reject = (reason) => (end(), reject(reason));
        signal.addEventListener('abort', leave, { once: true });
        waiting.push(entry);
        heed();
      });
    },
  };
}

async function runBatch<I, O>(
  batch: readonly Entry<I, O>[],
  run: (items: I[], signal: AbortSignal) => Promise<O[]>,
): Promise<void> {
  const controller = new AbortController();
  const leave = () => {
    const last = batch.find(({ signal }) => !signal.aborted) === undefined;
    if (last) controller.abort(batch[0]?.signal.reason);
  };
  for (const { signal } of batch) signal.addEventListener('abort', leave, { once: true });
  try {
    const made = await run(
      batch.map(({ item }) => item),
      controller.signal,
    );
    for (const [at, entry] of batch.entries()) entry.resolve(made[at] as O);
  } catch (thrown) {
    for (const entry of batch) entry.reject(thrown);
  } finally {
    for (const { signal } of batch) signal.removeEventListener('abort', leave);
  }
}
