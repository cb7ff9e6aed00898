import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleWhenResult } from 'cockatiel';
import PQueue from 'p-queue';
import type { Failure } from '../errors.ts';
import type { Finish, Log, Model, ModelRequest, Random, Usage } from '../ports.ts';
import type { Reasoner } from '../types.ts';
import type { Budget } from './budget.ts';
import type { TokenCounter } from './tokens.ts';

/** Who waits for an answer; a higher lane goes first (TH8). */
export const lanes = { owner: 2, loop: 1 } as const;
export type Lane = keyof typeof lanes;

export interface GatewayCall {
  model: Model;
  request: ModelRequest;
  /** What the tokens are booked on, e.g. `thought`, `repair`. */
  purpose: string;
  lane: Lane;
  signal: AbortSignal;
  onToken?: (channel: 'answer' | 'reasoning', text: string) => void;
}

export type GatewayAnswer =
  | { ok: true; answer: string; reasoning: string; finish: Finish; usage: Usage; reasoner: Reasoner }
  | { ok: false; failure: Failure };

/** The one door to every model (TH8): one call at a time, budget before sending, retry with backoff, circuit breaker per model. */
export interface Gateway {
  call(call: GatewayCall): Promise<GatewayAnswer>;
}

const retries = 2;
const backoff = { firstMs: 1_000, capMs: 30_000 };
const breakerOpens = 3;
const breakerHalfOpensMs = 30_000;

export function createGateway(parts: { budget: Budget; tokens: TokenCounter; random: Random; log: Log }): Gateway {
  const queue = new PQueue({ concurrency: 1 });
  const draw = parts.random.stream('gateway');
  const policies = new WeakMap<Model, ReturnType<typeof policyFor>>();

  function policyFor() {
    const counts = handleWhenResult((result) => {
      const answer = result as GatewayAnswer;
      return !answer.ok && isOutage(answer.failure);
    });
    return circuitBreaker(counts, {
      halfOpenAfter: breakerHalfOpensMs,
      breaker: new ConsecutiveBreaker(breakerOpens),
    });
  }

  async function guarded(call: GatewayCall): Promise<GatewayAnswer> {
    let policy = policies.get(call.model);
    if (!policy) {
      policy = policyFor();
      policies.set(call.model, policy);
    }
    try {
      return await policy.execute(() => retried(call), call.signal);
    } catch (thrown) {
      call.signal.throwIfAborted();
      if (thrown instanceof BrokenCircuitError) return { ok: false, failure: circuitOpen(call.model) };
      throw thrown;
    }
  }

  /** Tries again what may pass by itself, unless words of an answer were already handed on: they would be said twice. */
  async function retried(call: GatewayCall): Promise<GatewayAnswer> {
    let spoke = false;
    const heard: GatewayCall = {
      ...call,
      onToken(channel, text) {
        spoke = true;
        call.onToken?.(channel, text);
      },
    };
    for (let tried = 1; ; tried++) {
      const answer = await budgeted(heard);
      if (answer.ok || spoke || tried > retries || !worthRetrying(answer.failure)) return answer;
      await pause(waitMs(tried, answer.failure, draw), call.signal);
    }
  }

  /** One attempt: its estimate is promised before it is sent and settled after, also when it fails half-way. */
  async function budgeted(call: GatewayCall): Promise<GatewayAnswer> {
    if (call.model.reasoner.kind === 'rules') return attempt(call, () => 0);
    const sent = call.request.messages.map((message) => message.content).join('\n');
    const promptTokens = parts.tokens.count(sent);
    const reserved = parts.budget.reserve(promptTokens + call.request.maxTokens);
    if (!reserved.ok) return reserved;
    let received = 0;
    const settle = (usage: Usage | null) =>
      reserved.value.settle(
        call.purpose,
        usage ? usage.promptTokens + usage.completionTokens : received > 0 ? promptTokens + received : 0,
      );
    try {
      const answer = await attempt(call, (text) => {
        received += parts.tokens.count(text);
        return received;
      });
      if (answer.ok && answer.usage.exact) parts.tokens.calibrate(sent, answer.usage);
      if (answer.ok && !answer.usage.exact) answer.usage.promptTokens = promptTokens;
      await settle(answer.ok ? answer.usage : null);
      return answer;
    } catch (thrown) {
      await settle(null);
      throw thrown;
    }
  }

  async function attempt(call: GatewayCall, countTokens: (text: string) => number): Promise<GatewayAnswer> {
    const said = { answer: '', reasoning: '' };
    let completionTokens = 0;
    for await (const event of call.model.answer(call.request, call.signal)) {
      if (event.kind === 'token') {
        said[event.channel] += event.text;
        completionTokens = countTokens(event.text);
        call.onToken?.(event.channel, event.text);
      } else if (event.kind === 'failed') {
        parts.log.warn('model-call-failed', {
          code: event.failure.code,
          class: event.failure.class,
          purpose: call.purpose,
        });
        return { ok: false, failure: event.failure };
      } else {
        const usage = event.usage ?? { promptTokens: 0, completionTokens, exact: false };
        return { ok: true, ...said, finish: event.finish, usage, reasoner: call.model.reasoner };
      }
    }
    return {
      ok: false,
      failure: { class: 'transient', code: 'stream-broken', message: 'the answer ended without a word of its end' },
    };
  }

  return {
    async call(call) {
      call.signal.throwIfAborted();
      const turn = async () => {
        call.signal.throwIfAborted();
        return guarded(call);
      };
      // The signal is not given to the queue: it would let the next call begin before this one's model has ended.
      return orAborted(queue.add(turn, { priority: lanes[call.lane] }), call.signal);
    },
  };
}

/** A refused connection is not tried again here: the prober watches for the server's return, and rules think meanwhile. */
function worthRetrying({ class: kind, code, retryAfterMs = 0 }: Failure): boolean {
  if (code === 'connection-refused' || code === 'stream-silent') return false;
  // Asked to stay away for longer than anyone would wait here: another mind thinks meanwhile.
  return (kind === 'transient' || kind === 'rate-limited') && retryAfterMs <= backoff.capMs;
}

/** What says that the server itself is unwell, as against one bad request or an empty purse. */
const isOutage = (failure: Failure) => failure.class === 'transient' || failure.class === 'permission';

/** Exponential backoff with full jitter over its upper half; the server's own retry-after goes first. */
function waitMs(attempt: number, failure: Failure, draw: () => number): number {
  if (failure.retryAfterMs !== undefined) return failure.retryAfterMs;
  const ceiling = Math.min(backoff.capMs, backoff.firstMs * 2 ** (attempt - 1));
  return ceiling / 2 + (draw() * ceiling) / 2;
}

// The breaker and the queue read the machine's clock, and so does the pause between two tries: tests put one false clock under all three.
declare const setTimeout: (call: () => void, ms: number) => unknown;
declare const clearTimeout: (timer: unknown) => void;

/** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. Leaves no timer behind. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: unknown;
  try {
    await orAborted(
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      }),
      signal,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** What `work` comes to, or the signal's reason if that is first. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
  });
}

function circuitOpen(model: Model): Failure {
  return {
    class: 'transient',
    code: 'circuit-open',
    message: `${model.reasoner.name} failed ${breakerOpens} times in a row and is left alone for ${breakerHalfOpensMs / 1000} s`,
  };
}
