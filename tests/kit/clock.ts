import type { Clock, Random, Stop } from '../../core/ports.ts';

/** A clock that stands until it is told to go on. Wall and monotonic time move together unless `jump` moves the wall alone. */
export function fakeClock(startAt = Date.UTC(2026, 5, 1, 9, 0, 0)) {
  let elapsedMs = 0;
  let offset = startAt;
  let timers: { at: number; call: () => void }[] = [];
  const clock: Clock = {
    now: () => offset + elapsedMs,
    elapsed: () => elapsedMs,
    after(ms, call): Stop {
      const timer = { at: elapsedMs + ms, call };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
  };
  return {
    ...clock,
    /** Lets time pass, firing timers in order and letting promises settle after each. */
    async pass(ms: number): Promise<void> {
      const end = elapsedMs + ms;
      for (;;) {
        const next = timers.filter((each) => each.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        elapsedMs = Math.max(elapsedMs, next.at);
        timers = timers.filter((each) => each !== next);
        next.call();
        await settle();
      }
      elapsedMs = end;
      await settle();
    },
    /** Moves the wall clock without any time passing, as a correction of the system clock does. */
    jump(ms: number): void {
      offset += ms;
    },
    waiting: () => timers.length,
  };
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Seeded chance: mulberry32, one stream per name. */
export function seededRandom(seed: number): Random {
  return {
    stream(name) {
      let state = seed;
      for (const char of name) state = (Math.imul(state, 31) + char.codePointAt(0)!) | 0;
      return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
      };
    },
  };
}
