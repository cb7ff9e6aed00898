import { statSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Store } from '../../core/ports.ts';
import { temporaryStore } from '../kit/data-dir.ts';
import { figure, type Measurement, median, pause, percentile, type Reading } from './measurement.ts';
import { fillRecallStore, lastAt, model, recallWorld } from './recall-store.ts';

const warmUps = 20;
const counted = 200;
const hits = 10;
/** Each question is asked so often to see how long it holds up the main thread: what other programs do differs from run to run. */
const blockedRuns = 5;

interface Timed {
  took: number[];
  /** Of each question the longest time that the main thread was held up, the smallest of all runs. */
  blocked: number[];
  /** The longest of any run, other programs and all. */
  blockedOnce: number;
  empty: number;
}

/** A recall as the product makes it, over a real store in its thread with so many things in it. */
async function timedAt(
  count: number,
  vectors: 'with-vectors' | 'words-only',
): Promise<{ timed: Timed; about: string }> {
  const made = await temporaryStore();
  try {
    await made.store.close();
    fillRecallStore(made.file, count, vectors);
    const store = await made.open();
    try {
      const first = performance.now();
      const timed = await timeRecalls(store, vectors);
      const whole = performance.now() - first;
      const spread = `p50 ${figure(median(timed.took))}, p95 ${figure(percentile(timed.took, 0.95))}, max ${figure(Math.max(...timed.took))} ms`;
      const mb = figure(statSync(made.file).size / 2 ** 20);
      const about = `${counted} questions after ${warmUps} to warm up (${spread}; all in all ${figure(whole / 1000)} s); ${count.toLocaleString('en')} things ${vectors === 'with-vectors' ? 'with vectors of 768 components' : 'without vectors'}, the file has ${mb} MB; ${timed.empty} questions found nothing`;
      return { timed, about };
    } finally {
      await store.close();
    }
  } finally {
    await made.close();
  }
}

async function timeRecalls(store: Store, vectors: 'with-vectors' | 'words-only'): Promise<Timed> {
  const world = recallWorld(7);
  const questions = Array.from({ length: warmUps + counted }, world.question);
  const ask = ({ text, vector }: (typeof questions)[number]) =>
    store.recall({ text, now: lastAt, limit: hits, vector: vectors === 'with-vectors' ? { model, vector } : null });
  for (const question of questions.slice(0, warmUps)) await ask(question);
  const took: number[] = [];
  let empty = 0;
  for (const question of questions.slice(warmUps)) {
    const startedAt = performance.now();
    const found = await ask(question);
    took.push(performance.now() - startedAt);
    if (found.length === 0) empty += 1;
  }
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let blockedOnce = 0;
  const blocked = questions.slice(warmUps).map(() => Number.POSITIVE_INFINITY);
  for (let run = 0; run < blockedRuns; run++)
    for (const [at, question] of questions.slice(warmUps).entries()) {
      delay.enable();
      // One tick before and one after: a delay is seen when the timer comes late.
      await pause(2);
      delay.reset();
      await ask(question);
      await pause(2);
      delay.disable();
      blockedOnce = Math.max(blockedOnce, delay.max / 1e6);
      blocked[at] = Math.min(blocked[at] ?? 0, delay.max / 1e6);
    }
  return { took, blocked, blockedOnce, empty };
}

/** What the same timer shows when nothing is done. */
async function quietMs(): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await pause(300);
  delay.disable();
  return delay.percentile(50) / 1e6;
}

const p95 = ({ timed, about }: { timed: Timed; about: string }): Reading => ({
  value: percentile(timed.took, 0.95),
  note: about,
});

const withVectors: Measurement = {
  rows: {
    'recall-10k-p95-ms': { unit: 'ms', target: 5, want: 'at-most' },
    'recall-100k-p95-ms': { unit: 'ms', target: 60, want: 'at-most' },
    'recall-main-blocked-ms': { unit: 'ms', target: 5, want: 'at-most' },
  },
  async take() {
    const quiet = await quietMs();
    const small = await timedAt(10_000, 'with-vectors');
    const large = await timedAt(100_000, 'with-vectors');
    const blocked = [...small.timed.blocked, ...large.timed.blocked].map((ms) => Math.max(0, ms - quiet));
    const once = Math.max(small.timed.blockedOnce, large.timed.blockedOnce) - quiet;
    return {
      'recall-10k-p95-ms': p95(small),
      'recall-100k-p95-ms': p95(large),
      'recall-main-blocked-ms': {
        value: Math.max(...blocked),
        note: `how late a timer of 1 ms came during a recall, less the ${figure(quiet)} ms it takes when nothing is done: the longest of ${blocked.length} questions over 10,000 and 100,000 things, each the best of ${blockedRuns} runs, so that other programs do not count (p50 ${figure(median(blocked))}, p95 ${figure(percentile(blocked, 0.95))} ms; the longest of any single run was ${figure(once)} ms)`,
      },
    };
  },
};

const million: Measurement = {
  rows: { 'recall-1m-lexical-p95-ms': { unit: 'ms', target: 150, want: 'at-most' } },
  large: true,
  take: async () => ({ 'recall-1m-lexical-p95-ms': p95(await timedAt(1_000_000, 'words-only')) }),
};

export const measurements: readonly Measurement[] = [withVectors, million];
