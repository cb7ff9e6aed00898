import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { openStore } from '../../core/remember/sql/store.ts';
import { createSleeper } from '../../core/sleep/sleeper.ts';
import { seededRandom } from '../kit/clock.ts';
import { promised } from '../kit/memory-store.ts';
import { fillDays, sleepingParts } from './sleep-world.ts';

/**
 * Lives through days and nights on a database file until it is killed: `node sleep-child.ts FILE SEED`. Begins when something is written to
 * it, so that one can be made ready while another lives. Says on a line of its own what it is about to do: `episodes N` (so many are there, durably), `writing`, `written` (one step of a sleep), `slept`.
 */
const [file = '', seed = '1'] = process.argv.slice(2);
const say = (words: string) => process.stdout.write(`${words}\n`);
// Nobody who is killed leaves it behind by itself.
flushCompileCache();
await once(process.stdin, 'data');
process.stdin.destroy();
const real = promised(openStore(file));
const store: typeof real = {
  ...real,
  commitSleep: async (step) => {
    say('writing');
    await real.commitSleep(step);
    say('written');
  },
};

// The days go on where they were: time is the newest observation's, and from there as it passes.
const [newest] = await store.recentObservations(1);
const clock = movable((newest?.occurredAt ?? Date.UTC(2026, 5, 1, 9)) + 1_000);
const random = seededRandom(Number(seed) + (newest ? newest.occurredAt % 100_000 : 0));
const parts = sleepingParts({ store, clock, random });
const settings = parts.settings();
settings.sleep = { ...settings.sleep, leastMs: 0, deepEvery: 1, batch: 4, keepNewest: 2, leastWaiting: 4 };
const sleeper = createSleeper(parts);
const draw = random.stream('days');
// Timers of the clock keep nothing alive.
const alive = setInterval(() => undefined, 60_000);
process.on('exit', () => clearInterval(alive));

for (;;) {
  const episodes = await fillDays({ store, clock, nextId: parts.nextId, draw }, 5 + Math.floor(draw() * 6));
  say(`episodes ${episodes}`);
  await sleeper.sleep('cycles', { dream: 'always' }, new AbortController().signal);
  say('slept');
}

function movable(startAt: number) {
  const startedMs = performance.now();
  let ahead = 0;
  return {
    now: () => Math.floor(startAt + ahead + performance.now() - startedMs),
    elapsed: () => performance.now(),
    after(ms: number, call: () => void) {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
    jump(ms: number) {
      ahead += ms;
    },
  };
}
