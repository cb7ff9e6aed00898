import type { Failure, Result } from '../../errors.ts';
import { fail, ok } from '../../errors.ts';
import { failureOfConnection, failureOfRefusal, retryAfterOf } from './failures.ts';

/** More than this is no answer, whatever it is. */
const maxStreamBytes = 10_000_000;
const maxListBytes = 8_000_000;
const probeMs = 2_000;
/** After its finish reason a stream owes only the usage and its end. */
const afterFinishMs = 2_000;

/** The limits of one call, and the one signal that ends its request. */
export interface Call {
  readonly signal: AbortSignal;
  /** Something arrived: the silence starts anew. */
  heard(): void;
  /** The consumer holds the last token: the other side is not to blame for silence. */
  hold(): void;
  resume(): void;
  finishing(): void;
  /** Ends the request for this reason; the first reason stays. */
  end(failure: Failure): void;
  /** Why it was ended, if it was. */
  failure(): Failure | null;
  /** Clears everything and ends a request that is still open. */
  close(): void;
}

/**
 * Starts the limits of one call: `inactivityMs` between any two signs of life (the wait for the first included), `callMs` in all. When
 * `outer` aborts, the request ends too.
 */
export function openCall(limits: { inactivityMs: number; callMs: number }, outer: AbortSignal): Call {
  const controller = new AbortController();
  let ended: Failure | null = null;
  let held = false;
  let silenceMs = limits.inactivityMs;
  let silence: NodeJS.Timeout | undefined;
  const end = (failure: Failure) => {
    ended ??= failure;
    controller.abort();
  };
  const wall = setTimeout(() => end(late('call-too-long', 'The model took longer than one call may.')), limits.callMs);
  const listen = () => {
    clearTimeout(silence);
    if (!held && !controller.signal.aborted)
      silence = setTimeout(() => end(late('stream-silent', 'The model server went silent.')), silenceMs);
  };
  const leave = () => controller.abort(outer.reason);
  outer.addEventListener('abort', leave, { once: true });
  if (outer.aborted) leave();
  listen();
  return {
    signal: controller.signal,
    heard: listen,
    hold() {
      held = true;
      clearTimeout(silence);
    },
    resume() {
      held = false;
      listen();
    },
    finishing() {
      silenceMs = Math.min(silenceMs, afterFinishMs);
    },
    end,
    failure: () => ended,
    close() {
      clearTimeout(wall);
      clearTimeout(silence);
      outer.removeEventListener('abort', leave);
      controller.abort();
    },
  };
}

const late = (code: string, message: string): Failure => ({ class: 'transient', code, message });

const tooLarge: Failure = {
  class: 'model-output',
  code: 'stream-too-large',
  message: 'The model server sent more than any answer can be; it was stopped.',
};

/**
 * The fetch that the client library is given. It sends only the headers named here (the library would add some from environment variables),
 * follows no redirect (the prompt goes to the configured address or nowhere), has no time limits of its own, and counts every byte before
 * the library, which keeps whole lines in memory, sees it. A connection is used once: servers close idle ones after seconds, and a request
 * on a closed one would be lost.
 */
export async function guardedFetch(call: Call, key: string): Promise<typeof fetch> {
  const { Agent, fetch: send } = await import('undici');
  return async (url, init) => {
    const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0, pipelining: 0 });
    const response = await send(url instanceof Request ? url.url : url, {
      method: init?.method ?? 'GET',
      body: typeof init?.body === 'string' ? init.body : null,
      signal: init?.signal ?? null,
      headers: {
        ...headersFor(key),
        'content-type': 'application/json',
        accept: 'text/event-stream, application/json',
      },
      redirect: 'manual',
      dispatcher,
    });
    call.heard();
    const headers = new Headers([...response.headers]);
    const source = response.body as ReadableStream<Uint8Array> | null;
    const body = source?.pipeThrough(countBytes(call)) ?? null;
    if (response.ok && /json|html/i.test(headers.get('content-type') ?? ''))
      call.end(await notAStream(response.status, body));
    return new Response(body, { status: response.status, headers });
  };
}

/** Nothing compressed, so that bytes are counted as they come. */
const headersFor = (key: string) => ({
  authorization: `Bearer ${key}`,
  'user-agent': 'reverie',
  'accept-encoding': 'identity',
});

function countBytes(call: Call): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, out) {
      bytes += chunk.byteLength;
      call.heard();
      if (bytes > maxStreamBytes) call.end(tooLarge);
      else out.enqueue(chunk);
    },
  });
}

/** A whole document where a stream was asked for: an error in words, or not the kind of server that is needed. */
async function notAStream(status: number, body: ReadableStream | null): Promise<Failure> {
  const text = await new Response(body).text().catch(() => '');
  const parsed = parseJson(text);
  const error = errorIn(parsed);
  return failureOfRefusal({ status: error === undefined ? status : null, body: error ?? '' });
}

/** The error inside a body of any of the known shapes, or undefined. */
const errorIn = (body: unknown): unknown =>
  typeof body === 'object' && body !== null ? ((body as { error?: unknown }).error ?? undefined) : undefined;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where a model answers: the base URL that worked, without a slash at its end, and the model's id. */
export interface Place {
  baseUrl: string;
  name: string;
}

/**
 * Finds a model by reading the list of models; no inference, no client library. Tries the base URL as given, then with `/v1`, 2 s in all.
 * Fails with connection codes, `base-url-unusable`, `not-openai`, `auth-required`, `no-model` or `model-missing`; rejects only with the signal's reason.
 */
export async function findPlace(
  options: { baseUrl: string; apiKey: string; name: string },
  outer: AbortSignal,
): Promise<Result<Place>> {
  outer.throwIfAborted();
  const unusable = unusableAddress(options.baseUrl) ?? unusableKey(options.apiKey);
  if (unusable) return fail(unusable);
  const call = openCall({ inactivityMs: probeMs, callMs: probeMs }, outer);
  try {
    let found: Result<Place> | null = null;
    for (const baseUrl of candidates(options.baseUrl)) {
      const ids = await listModels(baseUrl, options.apiKey, call);
      found = ids.ok ? pick(baseUrl, ids.value, options.name) : ids;
      if (found.ok || found.failure.code !== 'not-openai') break;
    }
    outer.throwIfAborted();
    return found ?? fail(failureOfRefusal({ status: 200, body: '' }));
  } finally {
    call.close();
  }
}

function unusableAddress(baseUrl: string): Failure | null {
  const url = URL.parse(baseUrl);
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return null;
  return {
    class: 'permanent',
    code: 'base-url-unusable',
    message: 'The base URL of the model server is not a plain http or https URL.',
  };
}

/** Headers carry printable ASCII. */
const unusableKey = (key: string): Failure | null =>
  /^[\x21-\x7e]*$/.test(key)
    ? null
    : { class: 'permission', code: 'auth-required', message: 'The API key holds characters that no API key has.' };

function candidates(baseUrl: string): string[] {
  const given = baseUrl.replace(/\/+$/, '');
  return /\/v\d+$/.test(given) ? [given] : [given, `${given}/v1`];
}

async function listModels(baseUrl: string, key: string, call: Call): Promise<Result<string[]>> {
  try {
    const response = await fetch(`${baseUrl}/models`, {
      headers: { ...headersFor(key), accept: 'application/json', connection: 'close' },
      redirect: 'manual',
      signal: call.signal,
    });
    const body = parseJson(await textWithin(response, maxListBytes));
    const ids = response.ok ? idsIn(body) : null;
    if (ids) return ok(ids);
    const error = errorIn(body) ?? '';
    return fail(
      failureOfRefusal({ status: response.status, body: error, retryAfterMs: retryAfterOf(response.headers) }),
    );
  } catch (thrown) {
    if (call.signal.aborted) return fail(late('timeout', 'The model server did not answer in time.'));
    return fail(failureOfConnection(thrown, 'connection-failed'));
  }
}

async function textWithin(response: Response, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > maxBytes) return '';
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The ids of a model list, or null when this is none. */
function idsIn(body: unknown): string[] | null {
  const data = typeof body === 'object' && body !== null ? (body as { data?: unknown }).data : null;
  if (!Array.isArray(data)) return null;
  const ids = data.map((each: unknown) =>
    typeof each === 'object' && each !== null ? (each as { id?: unknown }).id : null,
  );
  return ids.every((id) => typeof id === 'string') ? ids : null;
}

function pick(baseUrl: string, ids: string[], wanted: string): Result<Place> {
  const name = wanted ? ids.find((id) => id === wanted) : ids.find((id) => !/embed/i.test(id));
  if (name !== undefined) return ok({ baseUrl, name });
  if (!wanted || ids.length === 0)
    return fail({
      class: 'transient',
      code: 'no-model',
      message: 'The model server runs, but offers no model that can answer.',
    });
  const offered = ids
    .slice(0, 3)
    .map((id) => id.slice(0, 100))
    .join(', ');
  const more = ids.length > 3 ? ` and ${ids.length - 3} more` : '';
  return fail({
    class: 'permanent',
    code: 'model-missing',
    message: `The model server does not offer the model that is set; it offers ${offered}${more}.`,
  });
}
