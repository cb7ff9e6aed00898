import type { Clock } from '../ports.ts';

/** What `work` comes to, or null after `ms` by the clock. Rejects with the signal's reason as soon as it aborts; leaves no timer behind. */
export function within<T>(clock: Clock, ms: number, work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (ms <= 0) return signal.aborted ? Promise.reject(signal.reason) : Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const end = () => {
      cancel();
      signal.removeEventListener('abort', abort);
    };
    const abort = () => {
      end();
      reject(signal.reason);
    };
    const cancel = clock.after(ms, () => {
      end();
      resolve(null);
    });
    signal.addEventListener('abort', abort, { once: true });
    work.then(
      (value) => {
        end();
        resolve(value);
      },
      (thrown: unknown) => {
        end();
        reject(thrown);
      },
    );
    if (signal.aborted) abort();
  });
}

/** Resolves after `ms` by the clock; rejects with the signal's reason as soon as it aborts. */
export const pause = async (clock: Clock, ms: number, signal: AbortSignal): Promise<void> => {
  await within(clock, ms, new Promise<never>(() => undefined), signal);
};
