import type { Clock, Stop } from '../../ports.ts';

/** Work that is done one piece after the other, and named timers; `signal` ends both. */
export interface Turns {
  /** Does a piece of work after all that was asked for before. Nothing is begun once it has ended. */
  inTurn(job: () => Promise<void>): Promise<void>;
  /** Calls once after a while; a timer of the same name that already runs stays as it is. */
  later(name: string, ms: number, call: () => void): void;
  cancel(name: string): void;
  /** Resolves when what was begun is done. */
  finished(): Promise<void>;
}

export function createTurns(clock: Clock, signal: AbortSignal): Turns {
  const timers = new Map<string, Stop>();
  let queue: Promise<void> = Promise.resolve();

  function cancel(name: string): void {
    timers.get(name)?.();
    timers.delete(name);
  }
  signal.addEventListener('abort', () => {
    for (const name of timers.keys()) cancel(name);
  });
  return {
    cancel,
    inTurn(job) {
      queue = queue.then(() => (signal.aborted ? undefined : job()));
      return queue;
    },
    later(name, ms, call) {
      if (signal.aborted || timers.has(name)) return;
      const stop = clock.after(ms, () => {
        timers.delete(name);
        call();
      });
      timers.set(name, stop);
    },
    finished: () => queue,
  };
}
