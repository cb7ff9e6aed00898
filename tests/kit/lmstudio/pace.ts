import type { Clock } from '../../../core/ports.ts';

/** How long a step of the simulator takes: milliseconds of its clock, or until a test lets it pass. */
export type Step = number | Hold;

/** Holds steps back until they are let through one by one. */
export interface Hold {
  /** Lets this many more steps pass; all of them without a figure. */
  open(steps?: number): void;
  /** Resolves when the step may pass, or at once when `signal` aborts; who was cut off takes no place from the next. */
  pass(signal: AbortSignal): Promise<void>;
  /** Steps that stand here now. */
  standing(): number;
}

export function createHold(): Hold {
  let permits = 0;
  let waiting: (() => void)[] = [];
  return {
    open(steps = Number.POSITIVE_INFINITY) {
      permits += steps;
      while (permits > 0 && waiting.length > 0) {
        permits -= 1;
        waiting.shift()?.();
      }
    },
    async pass(signal) {
      if (signal.aborted) return;
      if (permits > 0) permits -= 1;
      else
        await interruptible(signal, (go) => {
          waiting.push(go);
          return () => {
            waiting = waiting.filter((each) => each !== go);
          };
        });
    },
    standing: () => waiting.length,
  };
}

/** Takes one step; ends early, without a failure, when `signal` aborts. */
export async function take(clock: Clock, step: Step, signal: AbortSignal): Promise<void> {
  if (typeof step !== 'number') return step.pass(signal);
  if (step > 0 && !signal.aborted) await interruptible(signal, (go) => clock.after(step, go));
}

/** Waits until `start` calls `go` or `signal` aborts; then what `start` returned undoes it. */
export function interruptible(signal: AbortSignal, start: (go: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      signal.removeEventListener('abort', go);
      stop();
      resolve();
    };
    const stop = start(go);
    signal.addEventListener('abort', go, { once: true });
  });
}
