import { idMaker } from '../../core/ids.ts';
import type { Sleep, SleepReason } from '../../core/memory.ts';
import { stampObservation } from '../../core/observe/stamp.ts';
import type { Clock, Log, Random, Store } from '../../core/ports.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import type { SleepModel, SleepParts } from '../../core/sleep/phase.ts';
import { createSleeper, type Sleeper } from '../../core/sleep/sleeper.ts';
import { createTokenCounter } from '../../core/think/tokens.ts';
import type { Episode, Observation, ObservationDraft } from '../../core/types.ts';
import { fakeClock, seededRandom } from '../kit/clock.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { cycleRecord, draft, episode, noon, salience } from '../kit/nouns.ts';

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** What a sleeper works with, with the settings as they are but for the least length of a sleep and chance. */
export function sleepingParts(world: {
  store: Store;
  clock: Clock;
  random: Random;
  log?: Log['info'];
  model?: () => SleepModel | null;
  running?: SleepParts['running'];
}): SleepParts {
  const settings = defaultSettings();
  settings.sleep.leastMs = 0;
  settings.sleep.dreamChance = 0;
  const log = world.log ?? (() => undefined);
  return {
    ...world,
    nextId: idMaker(world.clock, world.random),
    log: { debug: log, info: log, warn: log, error: log },
    settings: () => settings,
    model: world.model ?? (() => null),
    tokens: createTokenCounter(),
    running: world.running ?? { now: () => ({ text: '', waiting: [] }), replace: async () => undefined },
  };
}

interface Diary {
  store: Store;
  clock: { now(): number; jump(ms: number): void };
  nextId: () => string;
}

/** Writes observations of one moment and the episode they were thought about in; a minute passes. */
export async function writeEpisode(
  { store, clock, nextId }: Diary,
  drafts: Partial<ObservationDraft>[],
  over: Partial<Episode> = {},
): Promise<{ id: string; observations: Observation[] }> {
  const observations = drafts.map((each) => {
    clock.jump(1_000);
    const source = each.trust === 'owner' ? 'notes' : each.type?.startsWith('test-') ? 'ci' : 'files';
    return stampObservation(draft(each), source, nextId(), clock.now());
  });
  await store.append({ entries: observations.map((observation) => ({ observation, mergeInto: null })), marks: [] });
  const id = nextId();
  const about = observations.map((each) => each.target);
  const written = episode(id, {
    startedAt: clock.now(),
    endedAt: clock.now() + 10,
    summary: about.join('; '),
    observationIds: observations.map((each) => each.id),
    targets: [...new Set(about)],
    importance: 0.4,
    ...over,
  });
  const attended = observations.map((each) => ({ id: each.id, salience: salience() }));
  await store.commitCycle(cycleRecord({ attended, episode: written }));
  clock.jump(minuteMs);
  return { id, observations };
}

/** Episodes of a busy owner: files that change, and tests that fail after some of them. Resolves with how many episodes there are now. */
export async function fillDays(diary: Diary & { draw: () => number }, count: number): Promise<number> {
  const { draw } = diary;
  for (let n = 0; n < count; n++) {
    const file = Math.floor(draw() * 6);
    const change = { target: `src/file-${file}.ts`, details: { added: n, removed: 1, place: '/shop' } };
    const fails = file < 2 && draw() < 0.8;
    await writeEpisode(diary, fails ? [change, failedTest(n)] : [change], { importance: 0.3 + 0.7 * draw() });
    diary.clock.jump(Math.floor(draw() * 3 * hourMs));
  }
  return (await diary.store.counts()).episodes;
}

/** A run of the tests that failed. */
export const failedTest = (n: number): Partial<ObservationDraft> => ({
  type: 'test-failed',
  target: 'npm test',
  severity: 'error',
  details: { failed: 1 + n, place: '/shop' },
});

/** A sleeper over the real store, in time that passes only when told, without the least length of a sleep unless asked for. */
export function sleepWorld(
  options: {
    seed?: number;
    settings?: (settings: Settings) => void;
    store?: Store;
    model?: () => SleepModel | null;
    running?: SleepParts['running'];
  } = {},
) {
  const clock = fakeClock(noon);
  const store = options.store ?? memoryStore();
  const logged: string[] = [];
  const parts = sleepingParts({
    store,
    clock,
    random: seededRandom(options.seed ?? 1),
    log: (event) => void logged.push(event),
    ...(options.model && { model: options.model }),
    ...(options.running && { running: options.running }),
  });
  const settings = parts.settings();
  options.settings?.(settings);
  const diary = { store, clock, nextId: parts.nextId };
  const episodeOf = (drafts: Partial<ObservationDraft>[], over: Partial<Episode> = {}) =>
    writeEpisode(diary, drafts, over);

  /** `count` episodes of ordinary work: a few files in turn. */
  async function work(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < count; n++)
      ids.push((await episodeOf([{ target: `src/file-${n % 7}.ts`, details: { added: n, place: '/shop' } }])).id);
    return ids;
  }

  const days = (count: number, seed = 1) => fillDays({ ...diary, draw: seededRandom(seed).stream('days') }, count);

  return {
    clock,
    store,
    settings,
    parts,
    nextId: parts.nextId,
    logged,
    episodeOf,
    work,
    days,
    sleeper: createSleeper(parts),
  };
}
export type SleepWorld = ReturnType<typeof sleepWorld>;

/** Sleeps once, letting time pass until it is over. */
export async function sleepOnce(
  { clock }: Pick<SleepWorld, 'clock'>,
  sleeper: Sleeper,
  reason: SleepReason = 'request',
  dream: 'always' | 'by-chance' = 'by-chance',
  signal: AbortSignal = new AbortController().signal,
): Promise<Sleep> {
  return passing(clock, sleeper.sleep(reason, { dream }, signal));
}

/** The answer, after as much time as it takes. */
export async function passing<T>(clock: SleepWorld['clock'], answer: Promise<T>): Promise<T> {
  let done = false;
  const end = () => {
    done = true;
  };
  answer.then(end, end);
  while (!done) await clock.pass(50);
  return answer;
}
