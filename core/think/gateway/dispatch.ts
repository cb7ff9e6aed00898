import { type Failure, fail, messageOf, ok, type Result } from '../../errors.ts';
import type { Clock, Log, Model, Random } from '../../ports.ts';
import { orAborted, pause } from './abortable.ts';
import type { Breaker } from './breaker.ts';
import type { Budget } from './budget.ts';
import type { CallFigures, CallTrace } from './call-figures.ts';
import { createLanes, type Lane, type Ticket } from './lanes.ts';
import type { RateHold, RateLimits } from './rate-limit.ts';
import { retryWaitMs, worthRetrying } from './retrying.ts';

/** Who is asked: a model, or an embedder under its name. */
export type Asked = Pick<Model, 'reasoner' | 'traits'>;

/** Something to be sent to a server, as often as it takes. */
export interface Job<T> {
  asked: Asked;
  lane: Lane;
  purpose: string;
  promptTokens: number;
  /** The most that it may take in all. */
  mostTokens: number;
  /** One attempt; tells the tokens that it heard so far with every piece. Throws only the signal's reason. */
  send(signal: AbortSignal, heard: (tokens: number) => void): Promise<Sent<T>>;
  /** What was said before is void: the next attempt starts over. */
  restart?: (() => void) | undefined;
}

export type Sent<T> =
  | {
      ok: true;
      value: T;
      answeredBy: string | null;
      /** What broke it off after some of it had come. */
      broke: Failure | null;
      tokens: { all: number; completion: number };
    }
  | { ok: false; failure: Failure };

export interface DispatchParts {
  budget: Budget;
  breaker: Breaker;
  limits: RateLimits;
  figures: CallFigures;
  random: Random;
  clock: Clock;
  log: Log;
  /** Asked before a call below the owner's lane takes its turn; may wait, and may refuse. */
  courtesy?: ((call: { lane: Lane; model: Asked }, signal: AbortSignal) => Promise<Result<null>>) | undefined;
  /** Hears how each call ended that reached the server. */
  heard?: ((outcome: { model: Asked; failure: Failure | null; answeredBy: string | null }) => void) | undefined;
}

/** What one turn came to. `refused` never left the house. */
type Attempt<T> = { kind: 'refused'; failure: Failure } | { kind: 'preempted' } | { kind: 'sent'; sent: Sent<T> };

export type Dispatch = <T>(job: Job<T>, signal: AbortSignal) => Promise<Result<T>>;

/**
 * Takes one job through everything that stands before a server: breaker, courtesy, rate limit, its turn in the lanes, budget; sends it, books
 * it, and tries again what may pass by itself, unless text of it was already handed on. No wait but for the turn itself holds a turn.
 */
export function createDispatch(parts: DispatchParts): Dispatch {
  const { budget, breaker, limits, figures, clock, log } = parts;
  const lanes = createLanes();
  const draw = parts.random.stream('gateway');

  async function attempt<T>(
    job: Job<T>,
    ticket: Ticket,
    trace: CallTrace,
    heard: (tokens: number) => void,
    signal: AbortSignal,
  ): Promise<Attempt<T>> {
    const hold = await holdRate(job, ticket, signal);
    if (!hold.ok) return { kind: 'refused', failure: hold.failure };
    let began = false;
    try {
      const turn = await lanes.enter(job.asked.traits, ticket, signal, (turnSignal) => {
        began = true;
        return inTurn(job, hold.value, trace, heard, turnSignal);
      });
      return turn.kind === 'done' ? turn.value : turn;
    } finally {
      if (!began) hold.value?.release();
    }
  }

  /** Why it must not stand in line yet, after waiting for as long as courtesy asks. */
  async function hindrance<T>({ asked, lane }: Job<T>, signal: AbortSignal): Promise<Failure | null> {
    if (breaker.state() === 'open') return circuitOpen(breaker);
    if (lane === 'owner' || !parts.courtesy) return null;
    const yielded = await orAborted(parts.courtesy({ lane, model: asked }, signal), signal);
    return yielded.ok ? null : yielded.failure;
  }

  function holdRate<T>(job: Job<T>, { priority }: Ticket, signal: AbortSignal): Promise<Result<RateHold | null>> {
    const { place, remote } = job.asked.traits;
    return remote ? limits.take({ place, tokens: job.mostTokens, priority }, signal) : Promise.resolve(ok(null));
  }

  /** One attempt while it has its turn: promised before it is sent and settled after, also when it fails half-way. */
  async function inTurn<T>(
    job: Job<T>,
    hold: RateHold | null,
    trace: CallTrace,
    heard: (tokens: number) => void,
    signal: AbortSignal,
  ): Promise<Attempt<T>> {
    const promise = admitted(job);
    if (!promise.ok) {
      hold?.release();
      return { kind: 'refused', failure: promise.failure };
    }
    let received = 0;
    let sent: Sent<T> | null = null;
    trace.sent();
    try {
      sent = await job.send(signal, (tokens) => {
        received = tokens;
        trace.said(tokens);
        heard(tokens);
      });
      return { kind: 'sent', sent };
    } finally {
      const spent = spentBy(sent, job.promptTokens, received);
      trace.over(sent?.ok ? sent.tokens.completion : 0);
      hold?.settle(spent);
      promise.value.tell(sent);
      await promise.value.settle(spent);
    }
  }

  /** Whether it may be sent now; the budget first, so that half-open's one call is not taken by one that cannot be paid. */
  function admitted<T>(
    job: Job<T>,
  ): Result<{ settle(tokens: number): Promise<void>; tell(sent: Sent<T> | null): void }> {
    const reserved = budget.reserve(job.mostTokens, job.purpose);
    if (!reserved.ok) return reserved;
    const trial = breaker.state() === 'half-open';
    if (!breaker.admits()) {
      void reserved.value.settle(0);
      return fail(circuitOpen(breaker));
    }
    return ok({
      settle: (tokens) =>
        reserved.value.settle(tokens).catch((thrown: unknown) => {
          log.error('spend-not-stored', { error: messageOf(thrown), tokens });
        }),
      tell(sent) {
        const failure = sent ? failureOf(sent) : noVerdict;
        if (!failure) breaker.succeeded();
        else if (trial) breaker.failed(failure);
        // Any other failure counts once, when the call has given up.
      },
    });
  }

  function conclude<T>({ asked, purpose }: Job<T>, sent: Sent<T>): Result<T> {
    const failure = failureOf(sent);
    figures.count(failure ? 'failed' : 'answered');
    if (failure) log.warn('model-call-failed', { code: failure.code, class: failure.class, purpose });
    if (failure && breaker.state() === 'closed') breaker.failed(failure);
    parts.heard?.({ model: asked, failure, answeredBy: sent.ok ? sent.answeredBy : null });
    return sent.ok ? ok(sent.value) : sent;
  }

  return async (job, signal) => {
    signal.throwIfAborted();
    const ticket = lanes.ticket(job.lane);
    const trace = figures.waits(job.lane, job.purpose);
    try {
      let gaveWay = false;
      for (let tried = 1; ; ) {
        let spoke = false;
        // What gave way had waited for courtesy before, and the owner's call is no reason to wait for it again.
        const hindered = gaveWay ? null : await hindrance(job, signal);
        if (hindered) return fail(hindered);
        const turn = await attempt(job, ticket, trace, () => (spoke = true), signal);
        if (turn.kind === 'refused') return fail(turn.failure);
        gaveWay = turn.kind === 'preempted';
        if (turn.kind === 'preempted') {
          figures.count('preempted');
          if (spoke) job.restart?.();
          continue;
        }
        const { sent } = turn;
        const again = !sent.ok && !spoke && breaker.state() === 'closed' && worthRetrying(sent.failure, tried);
        if (!again) return conclude(job, sent);
        await pause(clock, retryWaitMs(sent.failure, tried, draw), signal);
        tried += 1;
      }
    } finally {
      trace.left();
    }
  };
}

/** What an attempt took: one that was ended after it was sent was read by the server, even when not a word had come. */
function spentBy(sent: Sent<unknown> | null, promptTokens: number, received: number): number {
  if (sent?.ok) return sent.tokens.all;
  return sent === null || received > 0 ? promptTokens + received : 0;
}

/** What says something about the server: also an answer that it broke off. */
const failureOf = (sent: Sent<unknown>): Failure | null => (sent.ok ? sent.broke : sent.failure);

/** Ends half-open's one call when it was aborted: it showed nothing about the server. */
const noVerdict: Failure = {
  class: 'resource',
  code: 'cancelled',
  message: 'the call was ended before it was answered',
};

const circuitOpen = (breaker: Breaker): Failure => ({
  class: 'transient',
  code: 'circuit-open',
  message: breaker.why() ?? 'the model server is left alone for a while',
});
