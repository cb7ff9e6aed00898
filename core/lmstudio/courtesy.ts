import { type Failure, fail, ok, type Result } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Instance } from './catalogue.ts';
import type { LmStudio } from './lm-studio.ts';
import { pause } from './waiting.ts';

/** Lets others at LM Studio go first, where `lms ps` can tell that they are there (TH8). */
export interface Courtesy {
  /** What every instance is doing, for those who look on; null where nobody can tell. Asks at most once a second. */
  atWork(): Promise<Instance[] | null>;
  /** Whether the last question had an answer. */
  canTell(): boolean;
  /** Waits until nobody else is at work; `ownRequests` are ours. Fails with `busy-elsewhere` after two minutes; throws only the signal's reason. */
  quiet(ownRequests: () => number, signal: AbortSignal): Promise<Result<null>>;
}

const freshMs = 1_000;
const askEveryMs = 2_000;
const patienceMs = 120_000;

const busyElsewhere: Failure = {
  class: 'transient',
  code: 'busy-elsewhere',
  message: 'LM Studio works for somebody else',
};

export function createCourtesy(parts: {
  lmStudio: Pick<LmStudio, 'atWork'>;
  clock: Clock;
  signal: AbortSignal;
  /** Whether there is anybody to ask. */
  canAsk: () => boolean;
  /** Whether the owner wants others to go first. */
  yields: () => boolean;
  onBusy: (busy: 'busy' | 'ready') => void;
}): Courtesy {
  const { clock } = parts;
  let asked: { ms: number; work: Promise<Instance[] | null> } | null = null;
  let tells = false;

  async function ask(): Promise<Instance[] | null> {
    const work = parts.canAsk() ? await parts.lmStudio.atWork(parts.signal).catch(() => null) : null;
    tells = work !== null;
    return work;
  }

  function atWork(): Promise<Instance[] | null> {
    if (!asked || clock.elapsed() - asked.ms >= freshMs) asked = { ms: clock.elapsed(), work: ask() };
    return asked.work;
  }

  return {
    atWork,
    canTell: () => tells,
    async quiet(ownRequests, signal) {
      const startedMs = clock.elapsed();
      try {
        while (parts.yields() && parts.canAsk()) {
          // Not what was told a moment ago: that may have been a call of our own.
          const instances = await ask();
          signal.throwIfAborted();
          if (!instances || !isBusyWithOthers(instances, ownRequests())) break;
          parts.onBusy('busy');
          if (clock.elapsed() - startedMs >= patienceMs) return fail(busyElsewhere);
          await pause(clock, askEveryMs, signal);
        }
        return ok(null);
      } finally {
        parts.onBusy('ready');
      }
    },
  };
}

/** Requests at any model of this machine beyond our own: they all share its memory and its processors. */
function isBusyWithOthers(instances: readonly Instance[], ownRequests: number): boolean {
  const requests = instances
    .filter(({ remote }) => !remote)
    .reduce((sum, { queued, work }) => sum + Math.max(queued ?? 0, isWorking(work) ? 1 : 0), 0);
  return requests > ownRequests;
}

const isWorking = (work: Instance['work']): boolean =>
  work === 'generating' || work === 'processing-prompt' || work === 'computing-embedding';
