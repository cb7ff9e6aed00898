import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import type { ResponseFormatJSONSchema } from 'openai/resources/shared';
import type { Failure, Result } from '../../errors.ts';
import { fail, ok } from '../../errors.ts';
import type { Log, Model, ModelEvent, ModelRequest } from '../../ports.ts';
import type { Reasoner } from '../../types.ts';
import { type ChunkReader, createChunkReader, type Token } from '../openai/chunks.ts';
import { type Call, findPlace, guardedFetch, openCall, type Place } from '../openai/connection.ts';
import { failureOfThrown, type OptionalPart, partOf } from '../openai/failures.ts';

export interface OpenAiOptions {
  /** With or without a slash or `/v1` at its end. */
  baseUrl: string;
  /** Empty for servers that want none. */
  apiKey: string;
  /** Model id; empty: the first listed that is no embedding model. */
  name: string;
  /** Longest silence inside a call, the wait for the first token included. */
  inactivityMs: number;
  /** Wall time for one call. */
  callMs: number;
  /** The loaded context, when it is known; named where a prompt does not fit. */
  contextTokens?: number;
  log: Log;
}

/** Longest token text for one token of the limit, with room: beyond it the server ignores the limit and the model runs away. */
const charsPerToken = 8 * 4;

/**
 * A model behind any server that speaks the OpenAI chat completions protocol. Finds its model by itself at the first need and remembers it
 * until the server says otherwise; what a server refuses of a request (schema output, usage, sampling figures) is left out from then on.
 */
export function createOpenAiModel(options: OpenAiOptions): Model {
  let place: Place | null = null;
  let refused: ReadonlySet<OptionalPart> = new Set();
  const key = options.apiKey || 'none';

  const find = async (signal: AbortSignal): Promise<Result<Place>> => {
    const found = await findPlace({ baseUrl: options.baseUrl, apiKey: key, name: options.name }, signal);
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
      const ending = yield* attempt(found.value, request, signal);
      const part = ending.failure ? partOf(ending.failure) : null;
      if (part === null || refused.has(part)) {
        if (ending.failure) note(ending.failure);
        yield ending.event;
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
    const call = openCall(options, signal);
    const reader = createChunkReader();
    let failure: Failure | null = null;
    try {
      for await (const chunk of await openStream(at, key, bodyOf(at.name, request, refused), call)) {
        yield* handOver(reader.read(chunk), call);
        if (reader.finish()) call.finishing();
        if (reader.chars() > request.maxTokens * charsPerToken) call.end(runaway);
      }
    } catch (thrown) {
      failure = failureOfThrown(thrown);
    } finally {
      call.close();
    }
    signal.throwIfAborted();
    yield* handOver(reader.end(), call);
    signal.throwIfAborted();
    return endingOf(reader, withContext(call.failure() ?? failure, options.contextTokens));
  }

  /** Logs the failure and forgets the place when it proves that wrong. */
  const note = (failure: Failure): void => {
    options.log.warn('model-answer-failed', { code: failure.code, class: failure.class });
    if (/^(no-model|model-missing|not-openai|connection-refused)$/.test(failure.code)) place = null;
  };

  return {
    get reasoner(): Reasoner {
      return { kind: 'server', name: place?.name ?? (options.name || 'model server') };
    },
    answer,
    async probe(signal) {
      const found = await find(signal);
      return found.ok ? ok({ kind: 'server', name: found.value.name }) : fail(found.failure);
    },
  };
}

/** The last event of a stream, and what went wrong, which a stream that had begun to speak does not show. */
interface Ending {
  event: ModelEvent;
  failure: Failure | null;
}

function endingOf(reader: ChunkReader, failure: Failure | null): Ending {
  const finish = reader.finish();
  if (!reader.spoke()) {
    const wrong = failure ?? emptyAnswer;
    return { event: { kind: 'failed', failure: wrong }, failure: wrong };
  }
  // What comes after the finish reason is only bookkeeping: an answer that ended is whole even when its connection then broke.
  if (finish && failure?.code !== runaway.code)
    return { event: { kind: 'done', finish, usage: reader.usage() }, failure: null };
  return { event: { kind: 'done', finish: 'broken', usage: reader.usage() }, failure };
}

/** Hands tokens to the consumer; its own slowness is not held against the server. */
function* handOver(tokens: Token[], call: Call): Generator<ModelEvent> {
  call.hold();
  for (const token of tokens) yield { kind: 'token', ...token };
  call.resume();
}

/** The request in the words of the protocol, without the parts that this server refused before. */
function bodyOf(model: string, request: ModelRequest, refused: ReadonlySet<OptionalPart>): StreamRequest {
  const takes = (part: OptionalPart) => !refused.has(part);
  return {
    model,
    messages: request.messages,
    stream: true,
    ...(takes('usage') && { stream_options: { include_usage: true } }),
    ...(takes('maxTokens') ? { max_tokens: request.maxTokens } : { max_completion_tokens: request.maxTokens }),
    ...(takes('temperature') && { temperature: request.temperature }),
    ...(takes('topP') && { top_p: request.topP }),
    ...(request.schema && takes('schema') && { response_format: formatOf(request.schema) }),
  };
}

type StreamRequest = ChatCompletionCreateParamsStreaming;

const formatOf = ({ name, schema }: NonNullable<ModelRequest['schema']>): ResponseFormatJSONSchema => ({
  type: 'json_schema',
  json_schema: { name, strict: true, schema: schema as Record<string, unknown> },
});

/**
 * Opens the stream. The client library is loaded here, at the first answer, because it costs memory that a mind without a model need not
 * spend. Everything it would otherwise read from environment variables is given.
 */
async function openStream(at: Place, key: string, body: StreamRequest, call: Call): Promise<AsyncIterable<unknown>> {
  const { OpenAI } = await import('openai');
  const client = new OpenAI({
    baseURL: at.baseUrl,
    apiKey: key,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: longestTimerMs,
    logLevel: 'off',
    fetch: await guardedFetch(call, key),
  });
  return client.chat.completions.create(body, { signal: call.signal });
}

/** The library insists on a limit of its own; this one never comes first. */
const longestTimerMs = 2 ** 31 - 1;

const runaway: Failure = {
  class: 'model-output',
  code: 'runaway',
  message: 'The model went on far beyond the length it was allowed; it was stopped.',
};

const emptyAnswer: Failure = {
  class: 'transient',
  code: 'empty-answer',
  message: 'The model server reported success, but sent no text.',
};

function withContext(failure: Failure | null, contextTokens: number | undefined): Failure | null {
  if (failure?.code !== 'context-overflow' || contextTokens === undefined || /\d/.test(failure.message)) return failure;
  return { ...failure, message: `The prompt does not fit into the loaded context (${contextTokens} tokens).` };
}
