import type { Clock, Stop } from '../../ports.ts';

/** What `work` comes to, or the signal's reason if that is first. The work itself goes on: who started it ends it. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
  });
}

/** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. Leaves no timer behind. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  let cancel: Stop = () => undefined;
  const over = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve);
  });
  try {
    await orAborted(over, signal);
  } finally {
    cancel();
  }
}

/** Aborts `controller` with the signal's reason until the returned function is called. */
export function passOn(signal: AbortSignal, controller: AbortController): Stop {
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return () => signal.removeEventListener('abort', abort);
}
