import { statSync } from 'node:fs';
import { join } from 'node:path';
import { runCycle } from '../../core/loop/cycle.ts';
import { workingKey, workingToJson } from '../../core/loop/mind.ts';
import { memoryKinds, type Memory } from '../../core/memory.ts';
import { stampObservation } from '../../core/observe/stamp.ts';
import { recall } from '../../core/remember/recall.ts';
import { openDatabase } from '../../core/remember/sql/opening.ts';
import { storeOn } from '../../core/remember/sql/store.ts';
import { afterSleep, sleepDue } from '../../core/sleep/rhythm.ts';
import { createRuleReasoner } from '../../core/think/models/rules.ts';
import type { Stamp } from '../../core/types.ts';
import { seededRandom } from '../kit/clock.ts';
import { temporaryFolder } from '../kit/data-dir.ts';
import { promised } from '../kit/memory-store.ts';
import { type BusyOwner, busyOwner, type Happening } from './busy-owner.ts';
import type { Fact } from './busy-owner-facts.ts';
import { type Measurement, type Reading, figure, median, percentile } from './measurement.ts';
import { countDuplicates } from './memory-year-duplicates.ts';
import { livingMind, toldClock } from './memory-year-mind.ts';
import { type Watched, watchDreams } from './memory-year-watch.ts';

const yearDays = 365;
const seed = 20_250_106;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const monthDays = 30;
/** A batch is closed when nothing comes for so long. */
const lullMs = 10 * 60_000;
const recallLimit = 10;
const mb = 2 ** 20;

/** A year of a busy owner, lived through by the parts of the product in simulated time. `options.paths[0]`: so many days instead. */
export const year: Measurement = {
  rows: {
    'year-store-mb': { unit: 'MB', target: 500, want: 'at-most' },
    'year-duplicates-percent': { unit: '%', target: 2, want: 'at-most' },
    'year-night-median-s': { unit: 's', target: 3, want: 'at-most' },
    'year-relevant-drop-points': { unit: 'points', target: 2, want: 'at-most' },
    'dream-in-decision': { unit: 'decisions', target: 0, want: 'exactly' },
    'dream-cites-dream': { unit: 'dreams', target: 0, want: 'exactly' },
  },
  async take({ paths }) {
    const days = paths[0] === undefined ? yearDays : Number(paths[0]);
    if (!Number.isInteger(days) || days < 1) throw new Error(`“${paths[0]}” is no number of days`);
    return readingsOf(await live(days), days);
  },
};

interface Lived {
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

async function live(days: number): Promise<Lived> {
  const folder = temporaryFolder('year');
  const file = join(folder.path, 'reverie.db');
  const startedAt = performance.now();
  const db = openDatabase(file);
  const watch = watchDreams();
  const store = watch.store(promised(storeOn(db, file)));
  const random = seededRandom(seed);
  const owner = busyOwner({ seed, days });
  const clock = toldClock(owner.midnight(0));
  const failures: string[] = [];
  const { mind, sleeper, settings } = livingMind({ store, clock, random, rules: watch.model(createRuleReasoner()), failures });
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
    const before = (age: number) => clock.now() - age * dayMs;
    const { observationDays, episodeDays, insightDays, insightsAtMost } = settings.store;
    const bounds = {
      observationsBefore: before(observationDays),
      episodesBefore: before(episodeDays),
      insightsBefore: before(insightDays),
      insightsAtMost,
      historyBefore: before(insightDays),
    };
    for (let more = true; more; ) {
      const tidied = await store.tidy(bounds);
      lived.kept -= tidied.observations;
      more = tidied.more;
    }
    await store.bury(before(settings.memory.tombstoneDays));
  }

  /** Sleeps when it is due; resolves with the seconds that took, null when it was not. */
  async function sleepIfDue(): Promise<number | null> {
    const reason = sleepDue({ ...mind.working.now.rhythm, requested: false, pending: 0 }, settings, clock.now());
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
    const hits = await recall(store, { text: question, now: clock.now(), limit: recallLimit });
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
      if (day % monthDays === monthDays - 1) report(day + 1, lived, startedAt);
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

function readingsOf(lived: Lived, days: number): Record<string, Reading> {
  const { watched, facts, memories, nights, naps, sizesMb } = lived;
  const only = days === yearDays ? '' : `only ${days} days; `;
  const row = (value: number, note: string): Reading => ({ value, note: only + note });
  const inOrder = memories.toSorted((a, b) => a.formedAt - b.formedAt || (a.id < b.id ? -1 : 1));
  const { duplicates, examples } = countDuplicates(inOrder.map(({ text }) => text));
  const folded = countDuplicates(inOrder.map(({ text }) => text.replace(/\d+/g, '0'))).duplicates;
  const of = (which: (each: Lived['facts'][number]) => boolean, among = facts) => (100 * among.filter(which).length) / Math.max(1, among.length);
  const early = of((each) => each.early);
  const late = of((each) => each.late);
  const byKind = [...Map.groupBy(facts, (each) => each.fact.kind)].map(
    ([kind, these]) => `${kind} ${figure(of((each) => each.early, these))} → ${figure(of((each) => each.late, these))} of ${these.length}`,
  );
  const share = memories.length === 0 ? 0 : (100 * duplicates) / memories.length;
  const counts = (figures: Record<string, number>) => Object.entries(figures).map(([name, count]) => `${name} ${count}`).join(', ') || 'none';
  const byMemoryKind = counts(Object.fromEntries([...Map.groupBy(memories, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length])));
  const [twin] = examples;
  return {
    'year-store-mb': row(
      Math.max(...sizesMb),
      `file and log after a checkpoint at ${sizesMb.length} month ends: ${sizesMb.map(figure).join(', ')} MB; ${lived.observations.toLocaleString('en')} observations in ${Math.round(lived.seconds)} s, ${lived.kept.toLocaleString('en')} of them kept; ${lived.cycles} cycles, ${lived.thoughts} with a thought; peak of this process ${Math.round(process.resourceUsage().maxRSS / 1024)} MB${lived.failures.length > 0 ? `; logged: ${counts(tally(lived.failures))}` : ''}`,
    ),
    'year-duplicates-percent': row(
      share,
      `${duplicates} of ${memories.length} memories (${byMemoryKind}) have an earlier one of almost the same words; ${folded} when all figures count as equal; formed ${counts(watched.formed)}; forgotten ${counts(watched.forgotten)}${twin ? `; e.g. “${twin[0]}” and “${twin[1]}”` : ''}`,
    ),
    'year-night-median-s': row(
      median(nights),
      `${nights.length} nights without the least length: p95 ${figure(percentile(nights, 0.95))} s, longest ${figure(Math.max(...nights))} s; ${naps.length} more sleeps by day: median ${figure(median(naps))} s; ${Math.round([...nights, ...naps].reduce((sum, each) => sum + each, 0))} s in all`,
    ),
    'year-relevant-drop-points': row(
      early - late,
      `${facts.length} facts fixed beforehand: ${figure(early)} % among the first ${recallLimit} on the next morning, ${figure(late)} % at the end; ${byKind.join(', ')}`,
    ),
    'dream-in-decision': row(
      watched.dreamsInDecisions,
      `${lived.thoughts} prompts, contexts and records of decisions against ${watched.formed.dream ?? 0} dreams (${counts(watched.validated)})${watched.examples[0] ? `; first: ${watched.examples[0]}` : ''}`,
    ),
    'dream-cites-dream': row(watched.dreamsCitingDreams, `evidence of ${watched.formed.dream ?? 0} dreams`),
  };
}

const tally = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};
