import type { Failure } from '../../errors.ts';
import type { Clock, Log, Stop } from '../../ports.ts';
import type { Stamp } from '../../types.ts';

/** What closes an open breaker: a good greeting of the server after its time, or only the owner (by a click or a change in LM Studio). */
export type Until = 'greeting' | 'owner';

/** Circuit breaker of the model server: closed → open → half-open → closed. While it is open no call is sent. */
export interface Breaker {
  state(): 'closed' | 'open' | 'half-open';
  /** Why it opened, in words for the owner; null while it is closed. */
  why(): string | null;
  since(): Stamp | null;
  until(): Until | null;
  /** Whether a call may be sent now; half-open lets one through until its end is told. */
  admits(): boolean;
  succeeded(): void;
  /** Counts failures of the server itself in a row; others say nothing. */
  failed(failure: Failure): void;
  /** Opens at once, whatever was counted. */
  trip(why: string, until: Until): void;
  /** The server greeted: half-open, if this breaker waits for a greeting and has been open long enough. */
  greeted(): void;
  reset(): void;
  onChange(listener: () => void): Stop;
}

const opensAfter = 3;
const firstOpenMs = 30_000;
const longestOpenMs = 600_000;

/** Said by Reverie itself, not by the server. */
const ours = new Set(['busy-elsewhere', 'circuit-open']);
/**
 * The server is away or has no model rather than unwell: the health ladder sees that and mends it, and an open breaker would only keep the
 * mind waiting after the server is back.
 */
const away = new Set(['connection-refused', 'no-model', 'model-unloaded', 'model-missing', 'model-load-failed']);

const isOutage = ({ class: kind, code }: Failure): boolean =>
  (kind === 'transient' || kind === 'permission') && !ours.has(code);

type Circuit =
  | { state: 'closed'; failures: number }
  | { state: 'open'; why: string; until: Until; since: Stamp; openedAtMs: number }
  | { state: 'half-open'; why: string; since: Stamp; trial: 'free' | 'taken' };

/**
 * Opens after three outages in a row, or when it is tripped, for 30 s, doubled each time it opens again without a success between, 10 min at
 * most; then the next greeting half-opens it. In half-open every outage opens it again; a failure that is none gives the trial back. What an
 * open breaker hears of calls that were sent before says nothing to it.
 */
export function createBreaker(parts: { clock: Clock; log?: Log }): Breaker {
  const { clock, log } = parts;
  const listeners = new Set<() => void>();
  let now: Circuit = { state: 'closed', failures: 0 };
  let openings = 0;

  function become(next: Circuit): void {
    const changed = next.state !== now.state || next.state === 'open';
    now = next;
    if (!changed) return;
    log?.info('breaker-changed', { to: next.state });
    for (const listener of listeners) listener();
  }

  function open(why: string, until: Until): void {
    if (now.state !== 'open') openings += 1;
    become({ state: 'open', why, until, since: clock.now(), openedAtMs: clock.elapsed() });
  }

  function close(): void {
    openings = 0;
    become({ state: 'closed', failures: 0 });
  }

  const openMs = () => Math.min(longestOpenMs, firstOpenMs * 2 ** (openings - 1));

  return {
    state: () => now.state,
    why: () => (now.state === 'closed' ? null : now.why),
    since: () => (now.state === 'closed' ? null : now.since),
    until: () => (now.state === 'open' ? now.until : null),
    admits() {
      if (now.state !== 'half-open') return now.state === 'closed';
      if (now.trial === 'taken') return false;
      now.trial = 'taken';
      return true;
    },
    succeeded() {
      if (now.state === 'half-open') close();
      else if (now.state === 'closed') now.failures = 0;
    },
    failed(failure) {
      if (now.state === 'half-open') {
        if (isOutage(failure)) open(`The model server failed again: ${failure.message}`, 'greeting');
        else now.trial = 'free';
      } else if (now.state === 'closed' && isOutage(failure) && !away.has(failure.code)) {
        now.failures += 1;
        if (now.failures >= opensAfter)
          open(`The model server failed ${opensAfter} times in a row: ${failure.message}`, 'greeting');
      }
    },
    trip(why, until) {
      if (now.state === 'open' && now.until === 'owner' && until === 'greeting') return;
      open(why, until);
    },
    greeted() {
      if (now.state !== 'open' || now.until !== 'greeting') return;
      if (clock.elapsed() - now.openedAtMs < openMs()) return;
      become({ state: 'half-open', why: now.why, since: now.since, trial: 'free' });
    },
    reset: close,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
