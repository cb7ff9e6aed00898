import { type Failure, fail, ok, type Result } from '../../errors.ts';
import type { Clock, Store } from '../../ports.ts';
import type { Settings } from '../../settings.ts';
import { createSpending, dayMs, hourMs, type Spent } from './spending.ts';

const nearly = 0.8;
const mostPurposes = 5;
/** The purpose of the owner's own questions. */
const asked = 'ask';

export interface BudgetFigures {
  hourUsed: number;
  hourLimit: number;
  dayUsed: number;
  dayLimit: number;
}

/** What is nearly used up: the hour, the day, or one purpose's day. */
export interface NearlySpent {
  span: 'hour' | 'day';
  purpose: string | null;
  used: number;
  limit: number;
}

/** Tokens spent and promised. Every call reserves its estimate first and settles with what it really took (TH8). */
export interface Budget {
  /**
   * Promises `tokens`; fails with `budget-spent` when the hour or the day has no room, with `purpose-budget-spent` when the purpose has none
   * left for today, and with `larger-than-budget` when it never could. What the owner asks counts, too, but of the hour's
   * limits only 0 refuses it.
   */
  reserve(tokens: number, purpose: string): Result<Reservation>;
  figures(): BudgetFigures;
  /** What the last 24 hours went to, most first, five at most. */
  purposes(): (Spent & { limit: number | null })[];
  /** Reads what was spent before this start: the counters survive restarts. */
  load(): Promise<void>;
}

export interface Reservation {
  /** Ends the promise; 0 when the call spent nothing. */
  settle(tokens: number): Promise<void>;
}

export function createBudget(parts: {
  clock: Clock;
  store: Pick<Store, 'spend' | 'spent'>;
  settings: () => Settings['budget'];
  /** Called once a day for each, at four fifths of its limit. */
  onNearlySpent?: (what: NearlySpent) => void;
}): Budget {
  const { clock, store, settings } = parts;
  const spending = createSpending(clock);
  const promised = new Map<string, number>();
  const toldAtMs = new Map<string, number>();

  const promisedTo = (purpose?: string) =>
    purpose === undefined ? [...promised.values()].reduce((sum, each) => sum + each, 0) : (promised.get(purpose) ?? 0);

  function promise(purpose: string, tokens: number): void {
    const left = promisedTo(purpose) + tokens;
    if (left > 0) promised.set(purpose, left);
    else promised.delete(purpose);
  }

  /** Every limit that a call of this purpose meets, narrowest span first. */
  function limitsOf(purpose: string): NearlySpent[] {
    const { tokensPerHour, tokensPerDay, purposes } = settings();
    const own = Object.hasOwn(purposes, purpose) ? purposes[purpose] : undefined;
    return [
      { span: 'hour', purpose: null, used: spending.tokens(hourMs), limit: tokensPerHour },
      { span: 'day', purpose: null, used: spending.tokens(dayMs), limit: tokensPerDay },
      ...(own === undefined
        ? []
        : [{ span: 'day' as const, purpose, used: spending.tokens(dayMs, purpose), limit: own }]),
    ];
  }

  function refusal(tokens: number, purpose: string): Failure | null {
    const limits = limitsOf(purpose).filter(({ span, limit }) => purpose !== asked || span !== 'hour' || limit === 0);
    const least = Math.min(...limits.map(({ limit }) => limit));
    if (tokens > least) return larger(tokens, least);
    const full = limits.find((each) => each.used + promisedTo(each.purpose ?? undefined) + tokens > each.limit);
    return full ? usedUp(full) : null;
  }

  function tellNearlySpent(purpose: string): void {
    for (const each of limitsOf(purpose)) {
      const key = `${each.span} ${each.purpose ?? ''}`;
      const toldBefore = toldAtMs.get(key);
      if (each.limit === 0 || each.used < each.limit * nearly) continue;
      if (toldBefore !== undefined && spending.nowMs() - toldBefore < dayMs) continue;
      toldAtMs.set(key, spending.nowMs());
      parts.onNearlySpent?.(each);
    }
  }

  async function record(purpose: string, tokens: number): Promise<void> {
    spending.add(purpose, tokens);
    tellNearlySpent(purpose);
    await store.spend({ hour: Math.floor(clock.now() / hourMs) * hourMs, purpose, calls: 1, tokens });
  }

  return {
    reserve(tokens, purpose) {
      const failure = refusal(tokens, purpose);
      if (failure) return fail(failure);
      promise(purpose, tokens);
      let open = true;
      return ok({
        async settle(spent) {
          if (!open) return;
          open = false;
          promise(purpose, -tokens);
          if (spent > 0) await record(purpose, spent);
        },
      });
    },
    figures() {
      const { tokensPerHour, tokensPerDay } = settings();
      return {
        hourUsed: spending.tokens(hourMs),
        hourLimit: tokensPerHour,
        dayUsed: spending.tokens(dayMs),
        dayLimit: tokensPerDay,
      };
    },
    purposes() {
      const limits = settings().purposes;
      return spending
        .byPurpose()
        .slice(0, mostPurposes)
        .map((each) => ({
          ...each,
          limit: Object.hasOwn(limits, each.purpose) ? (limits[each.purpose] ?? null) : null,
        }));
    },
    async load() {
      spending.restore(await store.spent(clock.now() - dayMs - hourMs));
    },
  };
}

const larger = (tokens: number, limit: number): Failure => ({
  class: 'resource',
  code: 'larger-than-budget',
  message: `this thought needs about ${tokens} tokens and the budget allows ${limit}`,
});

const usedUp = ({ span, purpose }: NearlySpent): Failure =>
  purpose === null
    ? { class: 'resource', code: 'budget-spent', message: `the token budget of this ${span} is used up` }
    : {
        class: 'resource',
        code: 'purpose-budget-spent',
        message: `the tokens that “${purpose}” may use in a day are used up`,
      };
