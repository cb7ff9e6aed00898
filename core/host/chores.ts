import type { LifeChart } from '../loop/life.ts';
import type { TidyBounds } from '../memory.ts';
import type { Intake } from '../observe/intake.ts';
import type { Clock, Log, Stop, Store } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { Stamp } from '../types.ts';

/** What has to be done now and then, whatever happens: second looks, keeping every bound of the store, looking whether sleep is due. */
export interface Chores {
  start(): void;
  /** What runs ends after its present step and is not done again. */
  stop(): void;
}

const secondLookEveryMs = 30_000;
const considerEveryMs = 30_000;
const tidyEveryMs = 3_600_000;
/** A machine that is never on for an hour must be tidied, too; not in the first moments, when everybody is busy. */
const firstTidyMs = 120_000;
const dayMs = 86_400_000;

export function createChores(parts: {
  store: Store;
  clock: Clock;
  log: Log;
  life: LifeChart;
  settings: () => Settings;
  intake: Pick<Intake, 'write'>;
  considerSleep: () => void;
  /** The settings file may have been changed by hand. */
  lookAtSettings: () => void;
}): Chores {
  const { store, clock, life, settings } = parts;
  const ends = new Set<Stop>();
  let stopped = false;

  /** Again and again, so long after its end, until the mind stops. */
  function every(ms: number, task: () => Promise<unknown>, firstMs = ms): void {
    let cancel: Stop;
    const wait = (forMs: number) => {
      if (!stopped) cancel = clock.after(forMs, () => void once());
    };
    const once = async () => {
      await task().catch(() => parts.log.warn('task-failed'));
      wait(ms);
    };
    wait(firstMs);
    ends.add(() => cancel());
  }

  /** Second looks that fell due become observations of our own, which never raise more of the same (DE4). */
  async function lookAgain(): Promise<void> {
    if (life.life() !== 'running') return;
    for (const { target, expected, episodeId } of await store.dueWatches(clock.now()))
      await parts.intake.write('reverie', {
        type: 'second-look',
        target,
        severity: 'info',
        trust: 'app',
        details: { expected, episode: episodeId },
      });
  }

  /** In small pieces, so that nobody waits long behind one. */
  async function tidy(): Promise<void> {
    while (!stopped && (await store.tidy(boundsOf(settings().store, clock.now()))).more);
    if (stopped) return;
    await store.bury(clock.now() - settings().memory.tombstoneDays * dayMs);
  }

  return {
    start() {
      every(secondLookEveryMs, lookAgain);
      every(considerEveryMs, async () => parts.considerSleep());
      every(considerEveryMs, async () => parts.lookAtSettings());
      every(tidyEveryMs, tidy, firstTidyMs);
    },
    stop() {
      stopped = true;
      for (const end of ends) end();
    },
  };
}

/** The bounds of the store at a moment. */
export function boundsOf(settings: Settings['store'], now: Stamp): TidyBounds {
  const before = (days: number) => now - days * dayMs;
  return {
    observationsBefore: before(settings.observationDays),
    episodesBefore: before(settings.episodeDays),
    episodesAtMost: settings.episodesAtMost,
    insightsBefore: before(settings.insightDays),
    insightsAtMost: settings.insightsAtMost,
    // What was expected and came weighs hundreds of rows a day: calibration looks at as many days as short-term memory.
    historyBefore: before(settings.episodeDays),
  };
}
