import type { Failure, Result } from '../../errors.ts';
import { fail, ok } from '../../errors.ts';
import type { Log, Model, ModelEvent, ModelRequest, ModelTraits } from '../../ports.ts';
import type { Reasoner } from '../../types.ts';
import { type Call, openCall } from '../openai/call.ts';
import { type ChunkReader, createChunkReader, type Token } from '../openai/chunks.ts';
import {
  answerInReasoning,
  type Ending,
  endingOf,
  otherModel,
  ranAway,
  runaway,
  withContext,
} from '../openai/ending.ts';
import { failureOfThrown, type OptionalPart, partOf } from '../openai/failures.ts';
import { findPlace, isLoopback, type Place } from '../openai/place.ts';
import { bodyOf, prefillMs, requiredNames } from '../openai/request.ts';
import { openStream } from '../openai/stream.ts';
import { createObjectWatch, type ObjectWatch } from '../stream/object-watch.ts';

export interface OpenAiOptions {
  /** With or without a slash or `/v1` at its end. */
  baseUrl: string;
  /** Empty for servers that want none. */
  apiKey: string;
  /** Model id or instance id; empty: the first listed that is no embedding model. */
  name: string;
  /** What it is called for the owner, where its id is none of their words; the id when absent. */
  label?: string;
  /** Whether a name that the server does not list is refused (the default). Instance ids need not be listed: false sends them as they are. */
  strict?: boolean;
  /** Longest wait until the connection stands. */
  connectMs: number;
  /** Added to the wait for the first token for each token of the prompt. */
  prefillMsPerToken: number;
  /** Longest silence between two tokens. */
  inactivityMs: number;
  /** Wall time for one call, but never less than the waits for its first and its second word. */
  callMs: number;
  /** The loaded context, when it is known; named where a prompt does not fit. */
  contextTokens?: number | null;
  /** Whether the model thinks before it answers, as far as is known; seeing it do so outweighs that. */
  reasons?: boolean | null;
  log: Log;
}

/**
 * A model behind any server that speaks the OpenAI chat completions protocol. Finds its model by itself at the first need and remembers it
 * until the server says otherwise; what a server refuses of a request (schema output, usage, sampling figures) is left out from then on.
 * Fails as failures.ts says; a consumer that leaves, or an abort, ends the HTTP request at once.
 */
export function createOpenAiModel(options: OpenAiOptions): Model {
  let place: Place | null = null;
  let refused: ReadonlySet<OptionalPart> = new Set();
  let reasons = options.reasons ?? false;
  const { baseUrl, name, connectMs, strict = true, contextTokens = null } = options;
  const apiKey = options.apiKey || 'none';

  const find = async (signal: AbortSignal): Promise<Result<Place>> => {
    const found = await findPlace({ baseUrl, apiKey, name, strict }, signal);
    if (found.ok && found.value.name !== place?.name) refused = new Set();
    place = found.ok ? found.value : null;
    return found;
  };

  async function* answer(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    signal.throwIfAborted();
    const found = place ? ok(place) : await find(signal);
    if (!found.ok) {
      yield { kind: 'failed', failure: found.failure };
      return;
    }
    for (;;) {
      const { event, failure } = yield* attempt(found.value, request, signal);
      const part = failure && event.kind === 'failed' ? partOf(failure) : null;
      if (part === null || refused.has(part)) {
        if (failure) note(failure);
        yield event;
        return;
      }
      refused = new Set([...refused, part]);
      options.log.info('model-request-part-refused', { part });
    }
  }

  /** One request: yields its tokens and returns how it ended, so that a refused request can be made again without the refused part. */
  async function* attempt(
    at: Place,
    request: ModelRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ModelEvent, Ending, void> {
    const firstMs = options.inactivityMs + prefillMs(request, options.prefillMsPerToken);
    const callMs = Math.max(options.callMs, firstMs + options.inactivityMs);
    const call = openCall({ ...options, firstMs, callMs }, signal);
    const reader = createChunkReader();
    const data = request.schema ? createObjectWatch(requiredNames(request)) : null;
    const body = bodyOf(request, { model: at.name, refused, reasons });
    const other = () => (isLoopback(baseUrl) ? otherModel(at.name, reader.model()) : null);
    let failure: Failure | null = null;
    try {
      for await (const chunk of await openStream(at.baseUrl, { key: apiKey, connectMs }, body, call)) {
        yield* handOver(reader.read(chunk), data, call, other());
        if (reader.spoke()) call.spoke();
        if (reader.finish()) call.finishing();
        if (ranAway(reader.chars(), request.maxTokens + request.reasoningTokens)) call.end(runaway);
      }
    } catch (thrown) {
      failure = failureOfThrown(thrown);
    } finally {
      call.close();
      reasons ||= reader.reasoned() || (data !== null && reader.ranOut());
    }
    signal.throwIfAborted();
    yield* handOver([...reader.end(), ...misplaced(reader, data)], data, call, other());
    signal.throwIfAborted();
    const ending = endingOf(reader, withContext(call.failure() ?? failure, contextTokens), data?.closed() ?? false);
    const answeredBy = other();
    if (ending.event.kind === 'done' && answeredBy !== null) ending.event.model = answeredBy;
    return ending;
  }

  /** Logs the failure and forgets the place when it proves that wrong. */
  const note = (failure: Failure): void => {
    options.log.warn('model-answer-failed', { code: failure.code, class: failure.class });
    if (/^(no-model|model-missing|not-openai|connection-refused)$/.test(failure.code)) place = null;
  };

  return {
    get reasoner(): Reasoner {
      return { kind: 'server', name: options.label ?? place?.name ?? (name || 'model server') };
    },
    get traits(): ModelTraits {
      return { place: `${baseUrl}#${name}`, remote: !isLoopback(baseUrl), concurrency: 1, contextTokens, reasons };
    },
    answer,
    async probe(signal) {
      const found = await find(signal);
      return found.ok ? ok({ kind: 'server', name: options.label ?? found.value.name }) : fail(found.failure);
    },
  };
}

/** Hands tokens to the consumer; its own slowness is not held against the server. */
function* handOver(
  tokens: Token[],
  data: ObjectWatch | null,
  call: Call,
  answeredBy: string | null,
): Generator<ModelEvent> {
  call.hold();
  for (const token of tokens) {
    if (token.channel === 'answer') data?.push(token.text);
    yield { kind: 'token', ...token, ...(answeredBy !== null && { model: answeredBy }) };
  }
  call.resume();
}

/** The answer that came in the wrong place, as the one token it has become. */
function misplaced(reader: ChunkReader, data: ObjectWatch | null): Token[] {
  const text = data ? answerInReasoning(reader.unanswered()) : '';
  return text ? [{ channel: 'answer', text }] : [];
}
