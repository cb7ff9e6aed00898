import type { Failure, Result } from '../../errors.ts';
import { Bug, fail, ok } from '../../errors.ts';
import type { Embedder, Log, Usage } from '../../ports.ts';
import { openCall } from './call.ts';
import { usageOf } from './chunks.ts';
import { failureOfConnection, failureOfRefusal, retryAfterOf } from './failures.ts';
import { countedFetch, errorIn, parseJson } from './fetch.ts';
import { findPlace, isLoopback, type Place } from './place.ts';

export interface EmbedderOptions {
  /** With or without a slash or `/v1` at its end. */
  baseUrl: string;
  /** Empty for servers that want none. */
  apiKey: string;
  /** Id of an embedding model: never guessed, because a server may load another copy of a language model for each such call. */
  name: string;
  connectMs: number;
  /** Longest silence: embeddings come all at once, so this is the wait for the answer. */
  inactivityMs: number;
  callMs: number;
  contextTokens?: number | null;
  log: Log;
}

interface Embedded {
  vectors: Float32Array[];
  usage: Usage | null;
}

/**
 * Embeddings of any server with the OpenAI surface. One request per call, without the client library. Fails with the codes of failures.ts,
 * or `embedding-unreadable` when what comes is not one finite vector of one length per text.
 */
export function createOpenAiEmbedder(options: EmbedderOptions): Embedder {
  const { baseUrl, name, contextTokens = null } = options;
  if (name === '') throw new Bug('an embedder needs the name of an embedding model');
  const apiKey = options.apiKey || 'none';
  let place: Place | null = null;

  const find = async (signal: AbortSignal): Promise<Result<Place>> =>
    place ? ok(place) : findPlace({ baseUrl, apiKey, name, strict: false }, signal);

  return {
    name,
    traits: {
      place: `${baseUrl}#${name}`,
      remote: !isLoopback(baseUrl),
      concurrency: 1,
      contextTokens,
      reasons: false,
    },
    async embed(texts, signal) {
      signal.throwIfAborted();
      if (texts.some((text) => text.trim() === '')) throw new Bug('an empty text has no meaning to embed');
      if (texts.length === 0) return ok({ vectors: [], usage: null });
      const found = await find(signal);
      if (!found.ok) return found;
      const embedded = await request(found.value, apiKey, texts, options, signal);
      place = embedded.ok ? found.value : null;
      if (!embedded.ok) options.log.warn('embedding-failed', { code: embedded.failure.code, texts: texts.length });
      return embedded;
    },
  };
}

async function request(
  at: Place,
  key: string,
  input: readonly string[],
  options: EmbedderOptions,
  signal: AbortSignal,
): Promise<Result<Embedded>> {
  const call = openCall(options, signal);
  try {
    const send = await countedFetch(call, { key, connectMs: options.connectMs });
    const response = await send(`${at.baseUrl}/embeddings`, {
      method: 'POST',
      body: JSON.stringify({ model: at.name, input, encoding_format: 'float' }),
    });
    const body = parseJson(await response.text());
    const error = errorIn(body);
    if (response.ok && error === undefined) return embeddedIn(body, input.length);
    const status = response.ok ? null : response.status;
    return fail(inWords(failureOfRefusal({ status, body: error ?? '', retryAfterMs: retryAfterOf(response.headers) })));
  } catch (thrown) {
    signal.throwIfAborted();
    return fail(call.failure() ?? failureOfConnection(thrown, 'connection-failed'));
  } finally {
    call.close();
  }
}

/** A model file may be a stub of a few bytes: servers then only say that they could not load it. */
const inWords = (failure: Failure): Failure =>
  failure.code === 'model-load-failed'
    ? {
        ...failure,
        message:
          'The model server could not load the embedding model. Its file may be broken or only a stub: delete it there and download it again.',
      }
    : failure;

function embeddedIn(body: unknown, wanted: number): Result<Embedded> {
  const { data, usage } = (body ?? {}) as { data?: unknown; usage?: unknown };
  if (!Array.isArray(data)) return fail(failureOfRefusal({ status: 200, body: '' }));
  const vectors = inOrder(data).map(vectorOf);
  const [first] = vectors;
  const sound = vectors.length === wanted && vectors.every((each) => each !== null && each.length === first?.length);
  return sound ? ok({ vectors: vectors as Float32Array[], usage: usageOf(usage) }) : fail(unreadable);
}

/** By `index` where every entry has one of its own, else as they came. */
function inOrder(data: unknown[]): unknown[] {
  const sorted: unknown[] = [];
  for (const entry of data) {
    const index = (entry as { index?: unknown } | null)?.index;
    if (typeof index !== 'number' || !(index >= 0 && index < data.length) || index in sorted) return data;
    sorted[index] = entry;
  }
  return sorted;
}

/** Null when it is no vector of finite figures. */
function vectorOf(entry: unknown): Float32Array | null {
  const figures = (entry as { embedding?: unknown } | null)?.embedding;
  if (!Array.isArray(figures) || figures.length === 0) return null;
  const vector = Float32Array.from(figures, (figure) => (typeof figure === 'number' ? figure : Number.NaN));
  return vector.every(Number.isFinite) ? vector : null;
}

const unreadable: Failure = {
  class: 'model-output',
  code: 'embedding-unreadable',
  message: 'The model server answered with something other than one vector of figures for each text.',
};
