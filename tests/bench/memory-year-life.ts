import { statSync } from 'node:fs';
import { join } from 'node:path';
import { boundsOf } from '../../core/host/chores.ts';
import { runCycle } from '../../core/loop/cycle.ts';
import { workingKey, workingToJson } from '../../core/loop/mind.ts';
import { type Memory, memoryKinds } from '../../core/memory.ts';
import { stampObservation } from '../../core/observe/stamp.ts';
import type { Store } from '../../core/ports.ts';
import { openDatabase } from '../../core/remember/sql/opening.ts';
import { type SyncStore, storeOn } from '../../core/remember/sql/store.ts';
import { afterSleep, sleepDue } from '../../core/sleep/rhythm.ts';
import { createRuleReasoner } from '../../core/think/models/rules.ts';
import type { Stamp } from '../../core/types.ts';
import { seededRandom } from '../kit/clock.ts';
import { temporaryFolder } from '../kit/data-dir.ts';
import { busyOwner, type Happening } from './busy-owner.ts';
import type { Fact } from './busy-owner-facts.ts';
import { figure } from './measurement.ts';
import { livingMind, toldClock } from './memory-year-mind.ts';
import { type Watched, watchDreams } from './memory-year-watch.ts';

const seed = 20_250_106;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const monthDays = 30;
/** A batch is closed when nothing comes for so long. */
const lullMs = 10 * 60_000;
/** Hits of one question that are looked at. */
export const recallLimit = 10;
const mb = 2 ** 20;

/** What came of the days that were lived through. */
export interface Lived {
  seconds: number;
  observations: number;
  cycles: number;
  thoughts: number;
  sizesMb: number[];
  /** Seconds of the last sleep of each day, and of all others. */
  nights: number[];
  naps: number[];
  facts: { fact: Fact; early: boolean; late: boolean }[];
  memories: Memory[];
  watched: Watched;
  kept: number;
  failures: string[];
}

/** Lives through so many days of the busy owner, each with its nights, and asks for every fact on the morning after it and at the end. */
export async function live(days: number): Promise<Lived> {
  const folder = temporaryFolder('year');
  const file = join(folder.path, 'reverie.db');
  const startedAt = performance.now();
  const db = openDatabase(file);
  // 200,000 commits wait for the disk longer than all else takes; that none is lost is measured by `sleepKills`.
  db.pragma('synchronous = OFF');
  const watch = watchDreams();
  const store = watch.store(uncopied(storeOn(db, file)));
  const random = seededRandom(seed);
  const owner = busyOwner({ seed, days });
  const clock = toldClock(owner.midnight(0));
  const failures: string[] = [];
  const { mind, sleeper, settings } = livingMind({
    store,
    clock,
    random,
    rules: watch.model(createRuleReasoner()),
    failures,
  });
  const signal = new AbortController().signal;
  const lived: Lived = {
    seconds: 0,
    observations: 0,
    cycles: 0,
    thoughts: 0,
    sizesMb: [],
    nights: [],
    naps: [],
    facts: [],
    memories: [],
    watched: watch.seen,
    kept: 0,
    failures,
  };
  let tidiedAt = clock.now();

  /** As the engine does every hour. */
  async function tidyIfDue(): Promise<void> {
    if (clock.now() - tidiedAt < hourMs) return;
    tidiedAt = clock.now();
    for (let more = true; more; ) {
      const tidied = await store.tidy(boundsOf(settings.store, clock.now()));
      lived.kept -= tidied.observations;
      more = tidied.more;
    }
    await store.bury(clock.now() - settings.memory.tombstoneDays * dayMs);
  }

  /** Sleeps when it is due; resolves with the seconds that took, null when it was not. */
  async function sleepIfDue(): Promise<number | null> {
    const reason = sleepDue(
      { ...mind.working.now.rhythm, requested: false, pending: 0, spares: false },
      settings,
      clock.now(),
    );
    if (!reason) return null;
    const from = performance.now();
    const slept = await sleeper.sleep(reason, { dream: 'by-chance' }, signal);
    const seconds = (performance.now() - from) / 1_000;
    mind.working.now = { ...mind.working.now, rhythm: afterSleep(mind.working.now.rhythm, slept) };
    await store.setState(workingKey, workingToJson(mind.working.now));
    return seconds;
  }

  async function notice(batch: readonly Happening[]): Promise<void> {
    const entries = batch.map(({ at, source, draft }) => ({
      observation: stampObservation(draft, source, mind.nextId(), at),
      mergeInto: null,
    }));
    await store.append({ entries, marks: [] });
    lived.observations += entries.length;
    lived.kept += entries.length;
  }

  async function think(): Promise<void> {
    for (;;) {
      const outcome = await runCycle(mind, signal);
      if (outcome === 'empty') return;
      lived.cycles += 1;
      if (outcome === 'thought') lived.thoughts += 1;
      const seconds = await sleepIfDue();
      if (seconds !== null) lived.naps.push(seconds);
    }
  }

  async function liveDay(day: number): Promise<void> {
    for (const batch of batchesOf(owner.day(day), settings.intake.batch)) {
      await idleUntil(batch[0]!.at);
      clock.goTo(batch.at(-1)!.at);
      await tidyIfDue();
      await notice(batch);
      await think();
    }
    await idleUntil(owner.midnight(day + 1));
    const last = lived.naps.pop();
    if (last !== undefined) lived.nights.push(last);
  }

  /** Nothing happens until then: long enough, and it sleeps. */
  async function idleUntil(at: Stamp): Promise<void> {
    const idleAt = clock.now() + settings.sleep.idleMinutes * 60_000;
    if (idleAt < at) {
      clock.goTo(idleAt);
      const seconds = await sleepIfDue();
      if (seconds !== null) lived.naps.push(seconds);
    }
    clock.goTo(at);
    await tidyIfDue();
  }

  const finds = async ({ question, marks }: Fact): Promise<boolean> => {
    const hits = await store.recall({ text: question, now: clock.now(), limit: recallLimit });
    return hits.some(({ text }) => marks.every((mark) => text.toLowerCase().includes(mark)));
  };

  function measureSize(): void {
    db.pragma('wal_checkpoint(TRUNCATE)');
    const size = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    lived.sizesMb.push((size(file) + size(`${file}-wal`)) / mb);
  }

  try {
    const early = new Map<Fact, boolean>();
    for (let day = 0; day < days; day++) {
      await liveDay(day);
      clock.goTo(owner.midnight(day + 1) + 8 * hourMs);
      for (const fact of owner.facts.filter((each) => each.day === day)) early.set(fact, await finds(fact));
      if (day % monthDays === monthDays - 1 || day === days - 1) measureSize();
      if (day % 10 === 9) report(day + 1, lived, startedAt);
    }
    for (const [fact, found] of early) lived.facts.push({ fact, early: found, late: await finds(fact) });
    lived.memories = await store.memories({ kinds: [...memoryKinds], limit: 1_000_000 });
    lived.seconds = (performance.now() - startedAt) / 1_000;
    return lived;
  } finally {
    await store.close();
    folder.remove();
  }
}

function report(days: number, { observations, sizesMb, nights }: Lived, startedAt: number): void {
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  process.stderr.write(
    `  day ${days}: ${seconds} s, ${observations.toLocaleString('en')} observations, ${figure(sizesMb.at(-1) ?? 0)} MB, last night ${figure(nights.at(-1) ?? 0)} s\n`,
  );
}

/** What comes in one go: as many as a cycle takes, none of them long after the one before. */
function* batchesOf(happenings: readonly Happening[], atMost: number): Generator<Happening[]> {
  let batch: Happening[] = [];
  for (const each of happenings) {
    const last = batch.at(-1);
    if (last && (batch.length === atMost || each.at - last.at > lullMs)) {
      yield batch;
      batch = [];
    }
    batch.push(each);
  }
  if (batch.length > 0) yield batch;
}

/** The store behind its port, in this process: what goes in and out is not copied, as it is on the way to a thread. */
function uncopied(sync: SyncStore): Store {
  const methods = sync as unknown as Record<string, (...args: unknown[]) => unknown>;
  return Object.fromEntries(
    Object.keys(methods).map((name) => [name, async (...args: unknown[]) => methods[name]?.(...args)]),
  ) as unknown as Store;
}
