import type { Clock } from '../../ports.ts';
import type { Stamp } from '../../types.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
const grainMs = 60_000;
/** The wall clock goes on while the machine sleeps, the monotonic one may not. A leap beyond this was no sleep: the clock was set. */
const longestSleepMs = 31 * dayMs;

export interface Spent {
  purpose: string;
  calls: number;
  tokens: number;
}

/** What was spent in the last day, to the minute. */
export interface Spending {
  add(purpose: string, tokens: number): void;
  /** Tokens of the last `spanMs` (a day at most), of one purpose or of all. */
  tokens(spanMs: number, purpose?: string): number;
  /** Of the last day, most tokens first. */
  byPurpose(): Spent[];
  /**
   * Takes over what was stored by the hour, each counted from the end of its hour. Rows up to a day ahead are of a clock that was set back
   * since and count as new; further ahead it was the clock that was wrong, and that must not stop the mind for good.
   */
  restore(rows: readonly (Spent & { hour: Stamp })[]): void;
  /** The time by which it counts: never goes back, counts sleep, and no setting of the clock. */
  nowMs(): number;
}

export function createSpending(clock: Clock): Spending {
  let entries: (Spent & { atMs: number })[] = [];
  let seen = { wall: clock.now(), elapsedMs: clock.elapsed(), atMs: 0 };

  function nowMs(): number {
    const wall = clock.now();
    const elapsedMs = clock.elapsed();
    const awakeMs = elapsedMs - seen.elapsedMs;
    const asleepMs = wall - seen.wall - awakeMs;
    const passedMs = awakeMs + (asleepMs > 0 && asleepMs <= longestSleepMs ? asleepMs : 0);
    seen = { wall, elapsedMs, atMs: seen.atMs + passedMs };
    return seen.atMs;
  }

  function put({ purpose, calls, tokens }: Spent, atMs: number): void {
    const entry = entries.find((each) => each.atMs === atMs && each.purpose === purpose);
    if (entry) {
      entry.calls += calls;
      entry.tokens += tokens;
    } else entries.push({ purpose, calls, tokens, atMs });
  }

  function within(spanMs: number): typeof entries {
    const now = nowMs();
    return entries.filter(({ atMs }) => now - atMs < spanMs);
  }

  return {
    add(purpose, tokens) {
      entries = within(dayMs);
      put({ purpose, calls: 1, tokens }, Math.floor(nowMs() / grainMs) * grainMs);
    },
    tokens: (spanMs, purpose) =>
      within(spanMs).reduce(
        (sum, each) => sum + (purpose === undefined || each.purpose === purpose ? each.tokens : 0),
        0,
      ),
    byPurpose() {
      const sums = new Map<string, Spent>();
      for (const { purpose, calls, tokens } of within(dayMs)) {
        const sum = sums.get(purpose) ?? { purpose, calls: 0, tokens: 0 };
        sums.set(purpose, { purpose, calls: sum.calls + calls, tokens: sum.tokens + tokens });
      }
      return [...sums.values()].sort((a, b) => b.tokens - a.tokens);
    },
    restore(rows) {
      const wall = clock.now();
      const now = nowMs();
      entries = [];
      for (const row of rows.filter(({ hour }) => hour - wall <= dayMs))
        put(row, now - Math.max(0, wall - (row.hour + hourMs)));
    },
    nowMs,
  };
}
