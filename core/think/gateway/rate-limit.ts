import { type Failure, fail, ok, type Result } from '../../errors.ts';
import type { Clock, Stop } from '../../ports.ts';
import type { Settings } from '../../settings.ts';

const minuteMs = 60_000;
/** Below this a share of a token is an error of rounding. */
const grain = 1e-6;

/** What one request took from the buckets of its place; ends once, the first end counts. */
export interface RateHold {
  /** It was sent and really took so many tokens: the rest goes back. */
  settle(tokens: number): void;
  /** It was never sent: all goes back. */
  release(): void;
}

export interface RateLimits {
  /**
   * Takes one request and `tokens` when the place has both, waiting for them behind greater priorities and earlier comers. Fails with
   * `larger-than-rate` when one minute could never hold them, also when the limit is lowered while it waits; rejects with the signal's reason.
   */
  take(want: { place: string; tokens: number; priority: number }, signal: AbortSignal): Promise<Result<RateHold>>;
}

interface Wait {
  tokens: number;
  priority: number;
  end: (outcome: Result<RateHold>) => void;
}

interface Buckets {
  requests: number;
  tokens: number;
  filledAtMs: number;
  waiting: Wait[];
  cancelTimer: Stop | null;
}

/** Token buckets per place, one for requests and one for tokens: each fills at its limit per minute and holds that times `burst`. */
export function createRateLimits(parts: { clock: Clock; settings: () => Settings['remote'] }): RateLimits {
  const { clock, settings } = parts;
  const places = new Map<string, Buckets>();

  function tooLarge(tokens: number): Failure | null {
    const limit = settings().tokensPerMinute;
    const message = `this thought needs about ${tokens} tokens and the server may be sent ${limit} a minute`;
    return tokens > limit ? { class: 'resource', code: 'larger-than-rate', message } : null;
  }

  function bucketsOf(place: string): Buckets {
    const { requestsPerMinute, tokensPerMinute, burst } = settings();
    const known = places.get(place);
    if (known) return known;
    const full: Buckets = {
      requests: requestsPerMinute * burst,
      tokens: tokensPerMinute * burst,
      filledAtMs: clock.elapsed(),
      waiting: [],
      cancelTimer: null,
    };
    places.set(place, full);
    return full;
  }

  function fill(buckets: Buckets): void {
    const { requestsPerMinute, tokensPerMinute, burst } = settings();
    const minutes = (clock.elapsed() - buckets.filledAtMs) / minuteMs;
    buckets.filledAtMs = clock.elapsed();
    buckets.requests = Math.min(requestsPerMinute * burst, buckets.requests + requestsPerMinute * minutes);
    buckets.tokens = Math.min(tokensPerMinute * burst, buckets.tokens + tokensPerMinute * minutes);
  }

  /** How long until `tokens` and a request are there; 0 when they are. */
  function lacksMs({ requests, tokens: have }: Buckets, tokens: number): number {
    const { requestsPerMinute, tokensPerMinute } = settings();
    const minutes = Math.max((1 - requests) / requestsPerMinute, (tokens - have) / tokensPerMinute);
    return minutes <= grain / tokensPerMinute ? 0 : Math.ceil(minutes * minuteMs);
  }

  /** Serves who waits, first things first, and sets the alarm for the next. */
  function pump(buckets: Buckets): void {
    buckets.cancelTimer?.();
    buckets.cancelTimer = null;
    fill(buckets);
    for (let [next] = buckets.waiting; next; [next] = buckets.waiting) {
      const larger = tooLarge(next.tokens);
      if (larger) {
        buckets.waiting.shift();
        next.end(fail(larger));
        continue;
      }
      const waitMs = lacksMs(buckets, next.tokens);
      if (waitMs > 0) {
        buckets.cancelTimer = clock.after(waitMs, () => pump(buckets));
        return;
      }
      buckets.waiting.shift();
      buckets.requests -= 1;
      buckets.tokens -= next.tokens;
      next.end(ok(holdOf(buckets, next.tokens)));
    }
  }

  function holdOf(buckets: Buckets, tokens: number): RateHold {
    let held = true;
    const giveBack = (requests: number, unused: number) => {
      if (!held) return;
      held = false;
      buckets.requests += requests;
      buckets.tokens += unused;
      pump(buckets);
    };
    return { settle: (spent) => giveBack(0, tokens - spent), release: () => giveBack(1, tokens) };
  }

  return {
    take({ place, tokens, priority }, signal) {
      const larger = tooLarge(tokens);
      if (larger) return Promise.resolve(fail(larger));
      const buckets = bucketsOf(place);
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const wait: Wait = { tokens, priority, end };
        function end(outcome: Result<RateHold>): void {
          signal.removeEventListener('abort', leave);
          resolve(outcome);
        }
        function leave(): void {
          buckets.waiting = buckets.waiting.filter((each) => each !== wait);
          reject(signal.reason);
          pump(buckets);
        }
        signal.addEventListener('abort', leave, { once: true });
        const at = buckets.waiting.findIndex((each) => each.priority < priority);
        buckets.waiting.splice(at < 0 ? buckets.waiting.length : at, 0, wait);
        pump(buckets);
      });
    },
  };
}
