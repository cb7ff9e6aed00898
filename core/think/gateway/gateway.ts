import type { Failure, Result } from '../../errors.ts';
import type { Clock, Finish, Log, Model, ModelRequest, Random, Usage } from '../../ports.ts';
import type { Settings } from '../../settings.ts';
import type { Reasoner } from '../../types.ts';
import type { Processor, StreamToken } from '../stream/processor.ts';
import type { TokenCounter } from '../tokens.ts';
import { answerKey, createLastUsed } from './answer-cache.ts';
import type { Breaker } from './breaker.ts';
import type { Budget } from './budget.ts';
import { createCallFigures, type GatewayFigures } from './call-figures.ts';
import { createDispatch, type DispatchParts, type Sent } from './dispatch.ts';
import { createEmbedding, type EmbedCall } from './embedding.ts';
import { createFlights, type Listener } from './flights.ts';
import type { Lane } from './lanes.ts';
import { createRateLimits } from './rate-limit.ts';
import { type Streamed, streamAnswer } from './stream-answer.ts';

export type { Lane } from './lanes.ts';

export interface GatewayCall extends Listener {
  model: Model;
  request: ModelRequest;
  /** What the tokens are booked on, e.g. `thought`, `repair`. */
  purpose: string;
  lane: Lane;
  signal: AbortSignal;
  /** Watchers of the stream, made anew for each attempt; they may end it early. */
  processors?: () => Processor[];
}

export type GatewayAnswer =
  | {
      ok: true;
      answer: string;
      reasoning: string;
      finish: Finish;
      usage: Usage;
      reasoner: Reasoner;
      /** The processor that ended the stream; null when it ended by itself. */
      stopped: string | null;
      /** Who answered, by the server's word, when that is not who was asked. */
      model: string | null;
      /** What broke the answer off, when the server or the connection did; its beginning may still be of use. */
      broke: Failure | null;
    }
  | { ok: false; failure: Failure };

type Answered = GatewayAnswer & { ok: true };

/** The one door to every model (TH8). */
export interface Gateway {
  /** Asks for one answer. Fails as a value with whatever stood in the way; throws only the signal's reason. */
  call(call: GatewayCall): Promise<GatewayAnswer>;
  /** One vector per text, in order. Fails as a whole; throws only the signal's reason, and a Bug for an empty text. */
  embed(call: EmbedCall): Promise<Result<Float32Array[]>>;
  figures(): GatewayFigures;
}

export function createGateway(parts: {
  budget: Budget;
  tokens: TokenCounter;
  random: Random;
  log: Log;
  clock: Clock;
  breaker: Breaker;
  /** Limits of servers that are not on this machine. */
  remote: () => Settings['remote'];
  courtesy?: DispatchParts['courtesy'];
  heard?: DispatchParts['heard'];
}): Gateway {
  const { tokens, clock } = parts;
  const figures = createCallFigures(clock);
  const limits = createRateLimits({ clock, settings: parts.remote });
  const dispatch = createDispatch({ ...parts, limits, figures });
  const kept = createLastUsed<Answered>({ bytesOf: ({ answer, reasoning }) => 2 * (answer.length + reasoning.length) });
  const flights = createFlights<GatewayAnswer>();

  async function ask(call: GatewayCall, listener: Listener, signal: AbortSignal): Promise<GatewayAnswer> {
    const { model, request, lane, purpose } = call;
    const sent = request.messages.map((message) => message.content).join('\n');
    const promptTokens = tokens.count(sent);
    const reasoningTokens = model.traits.reasons ? request.reasoningTokens : 0;
    const asked = await dispatch(
      {
        asked: model,
        lane,
        purpose,
        promptTokens,
        mostTokens: promptTokens + request.maxTokens + reasoningTokens,
        restart: listener.onRestart,
        async send(turn, heard): Promise<Sent<Answered>> {
          const said = { answer: '', reasoning: '' };
          const saidTokens = () => tokens.count(said.reasoning) + tokens.count(said.answer);
          let soFar = 0;
          const hear = ({ channel, text }: StreamToken) => {
            said[channel] += text;
            soFar += tokens.count(text);
            heard(soFar);
            listener.onToken?.(channel, text);
          };
          // Pieces are rounded up one by one: what is booked is counted on the whole, also when it is broken off.
          const streamed = await streamAnswer(call, hear, { clock, signal: turn }).finally(
            () => soFar > 0 && heard(saidTokens()),
          );
          if (!streamed.ok) return streamed;
          const usage = accounted(streamed.value, { promptTokens, completionTokens: saidTokens() });
          tokens.calibrate(sent, usage);
          return booked({ ok: true, ...streamed.value, usage, reasoner: model.reasoner });
        },
      },
      signal,
    );
    if (asked.ok && asked.value.stopped !== null) figures.count('stoppedEarly');
    return asked.ok ? asked.value : asked;
  }

  /** Asks, and keeps what came to its own end, if it came from who was asked. */
  async function askAndKeep(
    key: string,
    call: GatewayCall,
    listener: Required<Listener>,
    signal: AbortSignal,
  ): Promise<GatewayAnswer> {
    const answer = await ask(call, listener, signal);
    if (answer.ok && answer.finish === 'stop' && answer.model === null) kept.set(key, answer);
    return answer;
  }

  /** No server, no cost, no waiting: rules go past everything. */
  async function askRules(call: GatewayCall): Promise<GatewayAnswer> {
    const { signal } = call;
    const streamed = await streamAnswer(call, ({ channel, text }) => call.onToken?.(channel, text), { clock, signal });
    if (!streamed.ok) return streamed;
    return { ok: true, ...streamed.value, usage: streamed.value.usage ?? nothingSpent, reasoner: call.model.reasoner };
  }

  return {
    async call(call) {
      const { model, request, processors, signal } = call;
      signal.throwIfAborted();
      if (model.reasoner.kind === 'rules') return askRules(call);
      const key = request.temperature === 0 ? answerKey(model, request, namesOf(processors?.() ?? [])) : null;
      if (key === null) return ask(call, call, signal);
      const known = kept.get(key);
      if (!known) return flights.join({ key, ...call }, (shared, listener) => askAndKeep(key, call, listener, shared));
      figures.count('cacheHits');
      for (const channel of ['reasoning', 'answer'] as const)
        if (known[channel] !== '') call.onToken?.(channel, known[channel]);
      return { ...known, usage: nothingSpent };
    },
    embed: createEmbedding({ dispatch, figures, clock, tokens }),
    figures: figures.figures,
  };
}

const namesOf = (processors: readonly Processor[]): string[] => processors.map(({ name }) => name);

const nothingSpent: Usage = { promptTokens: 0, completionTokens: 0, exact: true };

const booked = (value: Answered): Sent<Answered> => ({
  ok: true,
  value,
  answeredBy: value.model,
  broke: value.broke,
  tokens: { all: value.usage.promptTokens + value.usage.completionTokens, completion: value.usage.completionTokens },
});

/** The server's figures, or the estimate where it gave none: some send zeros. */
const accounted = ({ usage }: Streamed, estimate: Omit<Usage, 'exact'>): Usage =>
  usage?.exact && usage.promptTokens > 0 ? usage : { ...estimate, exact: false };
