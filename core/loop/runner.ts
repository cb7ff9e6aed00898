import type { Random } from '../ports.ts';
import { runCycle } from './cycle.ts';
import type { Mind } from './mind.ts';

/** The thinking side: one cycle after the other while something waits, then rest until woken. Observing never waits for it (LO10). */
export interface Runner {
  start(): void;
  /** Something may wait: look, now or after the running cycle. */
  wake(): void;
  /** Ends the running cycle at once; its batch waits unharmed. */
  interrupt(why: string): void;
  /** Cycles since midnight (UTC), of this run of the program. */
  cyclesToday(): number;
  /** Resolves when nothing waits, or when thinking is paused or spent. */
  rested(): Promise<void>;
  stop(): Promise<void>;
}

const backoff = { firstMs: 2_000, capMs: 300_000, jitter: 0.1 };
const dayMs = 86_400_000;

export function createRunner(parts: {
  mind: Mind;
  random: Random;
  /** After every cycle that took something. */
  onTurn: () => Promise<void>;
  /** Nothing is begun while this holds; `wake` after it. */
  held?: () => boolean;
  /** The day's cycles are used up, or no longer so (LO2). */
  onSpent: (spent: boolean) => void;
}): Runner {
  const { mind } = parts;
  const draw = parts.random.stream('loop');
  let running: AbortController | null = null;
  let loop: Promise<void> | null = null;
  let stopping = false;
  let due = false;
  let wakeUp: (() => void) | null = null;
  let waiting: (() => void)[] = [];
  let failures = 0;
  let today = { day: -1, count: 0 };

  async function run(): Promise<void> {
    while (!stopping) {
      if (!due || mind.life.life() !== 'running' || parts.held?.()) await rest();
      else if (spentToday()) await restUntilTomorrow();
      else await turn();
    }
    for (const resolve of waiting.splice(0)) resolve();
  }

  async function rest(): Promise<void> {
    for (const resolve of waiting.splice(0)) resolve();
    await new Promise<void>((resolve) => {
      wakeUp = resolve;
    });
    wakeUp = null;
  }

  /** What waits is looked at when the day's cycles are given anew, even if nothing else happens until then. */
  async function restUntilTomorrow(): Promise<void> {
    const cancel = mind.clock.after(dayMs - (mind.clock.now() % dayMs), wake);
    await rest();
    cancel();
  }

  async function turn(): Promise<void> {
    due = false;
    running = new AbortController();
    const { signal } = running;
    const outcome = await runCycle(mind, signal).catch((thrown: unknown) => {
      if (!signal.aborted) mind.log.error('cycle-broken', { name: thrown instanceof Error ? thrown.name : 'unknown' });
      return signal.aborted ? 'interrupted' : 'broken';
    });
    if (outcome === 'empty') return;
    due = true;
    if (outcome === 'failed' || outcome === 'broken') await backOff(signal);
    else failures = 0;
    countCycle();
    await parts.onTurn().catch(() => mind.log.warn('turn-untold'));
  }

  /** Errors of the loop itself: exponential, with jitter (LO4). */
  function backOff(signal: AbortSignal): Promise<void> {
    failures += 1;
    const ms = Math.min(backoff.capMs, backoff.firstMs * 2 ** (failures - 1)) * (1 + backoff.jitter * (2 * draw() - 1));
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = mind.clock.after(ms, done);
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
  }

  const dayNow = () => Math.floor(mind.clock.now() / dayMs);

  function countCycle(): void {
    today = { day: dayNow(), count: cyclesToday() + 1 };
  }

  const cyclesToday = () => (today.day === dayNow() ? today.count : 0);

  function spentToday(): boolean {
    const spent = cyclesToday() >= mind.settings().budget.cyclesPerDay;
    parts.onSpent(spent);
    return spent;
  }

  function wake(): void {
    due = true;
    wakeUp?.();
  }

  return {
    start() {
      if (!loop) today = mind.working.now.cycles;
      loop ??= run();
      wake();
    },
    wake,
    interrupt: (why) => running?.abort(new Interruption(why)),
    cyclesToday,
    rested: () =>
      new Promise((resolve) => {
        if (stopping) return resolve();
        waiting.push(resolve);
        wake();
      }),
    async stop() {
      stopping = true;
      running?.abort(new Interruption('stopping'));
      wakeUp?.();
      await loop;
    },
  };
}

/** An abort reason that every library takes for a cancellation. */
class Interruption extends Error {
  override readonly name = 'AbortError';
}
