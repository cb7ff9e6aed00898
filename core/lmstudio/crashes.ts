import type { Failure } from '../errors.ts';
import type { Clock } from '../ports.ts';

/** A model that has been well for so long after a crash may crash once more. */
const forgottenMs = 3_600_000;

/** Failures that end an answer without saying why: with the instance gone as well, it was a crash. */
const unexplained = new Set(['stream-broken', 'connection-reset', 'model-error', 'empty-answer', 'server-error']);

/** Whether a call failed because its model died, as against being unloaded by somebody. */
export const isCrash = (failure: Failure, seen: { serverAnswers: boolean; instanceGone: boolean }): boolean =>
  failure.code === 'model-crashed' || (seen.serverAnswers && seen.instanceGone && unexplained.has(failure.code));

/** How often each model crashed lately: one reload, then no more (LM2). */
export interface Crashes {
  /** Counts a crash of this model; true when it may be loaded again. */
  mayReload(key: string): boolean;
  /** The owner changed something: everything counts anew. */
  forget(): void;
}

export function createCrashes(clock: Clock): Crashes {
  const lastAtMs = new Map<string, number>();
  return {
    mayReload(key) {
      const before = lastAtMs.get(key);
      lastAtMs.set(key, clock.elapsed());
      return before === undefined || clock.elapsed() - before > forgottenMs;
    },
    forget: () => lastAtMs.clear(),
  };
}
