import type { Clock } from '../../ports.ts';
import type { ModelView } from '../../protocol.ts';
import type { Lane } from './lanes.ts';

/** What the Model view tells of the calls. */
export type GatewayFigures = ModelView['calls'];

const lastAnswers = 20;

/** One call as it goes from waiting to its end, through as many attempts as it takes. */
export interface CallTrace {
  /** It has its turn: sent now. */
  sent(): void;
  /** Another piece of text: the tokens so far. */
  said(tokens: number): void;
  /** The attempt is over, answered with so many tokens, or 0; the call waits again. */
  over(tokens: number): void;
  /** The call is over for its caller; an attempt that is not over yet goes on counting as running. */
  left(): void;
}

export interface CallFigures {
  waits(lane: Lane, purpose: string): CallTrace;
  count(what: 'answered' | 'failed' | 'cacheHits' | 'stoppedEarly' | 'preempted'): void;
  figures(): GatewayFigures;
}

interface Running {
  lane: Lane;
  purpose: string;
  tokens: number;
  sentAtMs: number;
  firstAtMs: number | null;
}

export function createCallFigures(clock: Clock): CallFigures {
  const waiting: Record<Lane, number> = { owner: 0, loop: 0, sleep: 0, agents: 0 };
  const running = new Set<Running>();
  const counts = { answered: 0, failed: 0, cacheHits: 0, stoppedEarly: 0, preempted: 0 };
  let answers: { tokens: number; firstMs: number; restMs: number }[] = [];

  function remember({ sentAtMs, firstAtMs }: Running, tokens: number): void {
    if (firstAtMs === null || tokens === 0) return;
    const answer = { tokens, firstMs: firstAtMs - sentAtMs, restMs: clock.elapsed() - firstAtMs };
    answers = [...answers.slice(1 - lastAnswers), answer];
  }

  return {
    waits(lane, purpose) {
      let now: Running | null = null;
      let gone = false;
      waiting[lane] += 1;
      return {
        sent() {
          now = { lane, purpose, tokens: 0, sentAtMs: clock.elapsed(), firstAtMs: null };
          running.add(now);
          if (!gone) waiting[lane] -= 1;
        },
        said(tokens) {
          if (!now) return;
          now.tokens = tokens;
          now.firstAtMs ??= clock.elapsed();
        },
        over(tokens) {
          if (!now) return;
          running.delete(now);
          remember(now, tokens);
          now = null;
          if (!gone) waiting[lane] += 1;
        },
        left() {
          if (!gone && !now) waiting[lane] -= 1;
          gone = true;
        },
      };
    },
    count(what) {
      counts[what] += 1;
    },
    figures: () => ({
      running: [...running].map(({ lane, purpose, tokens, sentAtMs }) => ({
        lane,
        purpose,
        tokens,
        ms: clock.elapsed() - sentAtMs,
      })),
      waiting: { ...waiting },
      tokensPerSecond: tokensPerSecond(answers),
      firstTokenMs: middle(answers.map(({ firstMs }) => firstMs)),
      ...counts,
    }),
  };
}

/** Of what came after each first token, so that reading the prompt does not count. */
function tokensPerSecond(answers: readonly { tokens: number; restMs: number }[]): number | null {
  const ms = answers.reduce((sum, { restMs }) => sum + restMs, 0);
  return ms > 0 ? (answers.reduce((sum, { tokens }) => sum + tokens - 1, 0) * 1_000) / ms : null;
}

/** The median: the first answer after a load is no measure of the others. */
const middle = (values: readonly number[]): number | null =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null;
