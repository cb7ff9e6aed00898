import { type Failure, fail, ok, type Result } from '../errors.ts';
import type { Clock, Store } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { Stamp } from '../types.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export interface BudgetFigures {
  hourUsed: number;
  hourLimit: number;
  dayUsed: number;
  dayLimit: number;
}

/** Tokens spent and promised. Every call reserves its estimate first and settles with what it really took (TH8). */
export interface Budget {
  /** Promises `tokens`; fails with `budget-spent` when the hour or the day has no room, and with `larger-than-budget` when it never could. */
  reserve(tokens: number): Result<Reservation>;
  figures(): BudgetFigures;
  /** Reads what was spent before this start: the counters survive restarts. */
  load(): Promise<void>;
}

export interface Reservation {
  /** Ends the promise; 0 when the call spent nothing. */
  settle(purpose: string, tokens: number): Promise<void>;
}

export function createBudget(parts: {
  clock: Clock;
  store: Pick<Store, 'spend' | 'spent'>;
  settings: () => Settings['budget'];
}): Budget {
  let hours: { hour: Stamp; tokens: number }[] = [];
  let promised = 0;

  const hourOf = (now: Stamp) => Math.floor(now / hourMs) * hourMs;
  /**
   * The last full hour or day, sliding by whole hours. A clock that was set back does not give the hour or day anew: what was spent at most
   * one span ahead still counts. Further ahead it was the clock that was wrong, and that must not stop the mind for good.
   */
  const since = (spanMs: number) =>
    hours
      .filter((each) => Math.abs(parts.clock.now() - each.hour) < spanMs)
      .reduce((sum, each) => sum + each.tokens, 0);

  function figures(): BudgetFigures {
    const { tokensPerHour, tokensPerDay } = parts.settings();
    return { hourUsed: since(hourMs), hourLimit: tokensPerHour, dayUsed: since(dayMs), dayLimit: tokensPerDay };
  }

  function refusal(tokens: number): Failure | null {
    const { hourUsed, hourLimit, dayUsed, dayLimit } = figures();
    if (tokens > Math.min(hourLimit, dayLimit))
      return {
        class: 'resource',
        code: 'larger-than-budget',
        message: `this thought needs about ${tokens} tokens and the budget allows ${Math.min(hourLimit, dayLimit)}`,
      };
    const hourFull = hourUsed + promised + tokens > hourLimit;
    if (hourFull || dayUsed + promised + tokens > dayLimit)
      return {
        class: 'resource',
        code: 'budget-spent',
        message: `the token budget of this ${hourFull ? 'hour' : 'day'} is used up`,
      };
    return null;
  }

  async function record(purpose: string, tokens: number): Promise<void> {
    const hour = hourOf(parts.clock.now());
    const entry = hours.find((each) => each.hour === hour);
    if (entry) entry.tokens += tokens;
    else hours = [...hours.filter((each) => each.hour > hour - dayMs), { hour, tokens }];
    await parts.store.spend({ hour, purpose, calls: 1, tokens });
  }

  return {
    reserve(tokens) {
      const failure = refusal(tokens);
      if (failure) return fail(failure);
      promised += tokens;
      let open = true;
      return ok({
        async settle(purpose, spent) {
          if (!open) return;
          open = false;
          promised -= tokens;
          if (spent > 0) await record(purpose, spent);
        },
      });
    },
    figures,
    async load() {
      const rows = await parts.store.spent(parts.clock.now() - dayMs);
      const byHour = new Map<Stamp, number>();
      for (const row of rows) byHour.set(row.hour, (byHour.get(row.hour) ?? 0) + row.tokens);
      hours = [...byHour].map(([hour, tokens]) => ({ hour, tokens }));
    },
  };
}
