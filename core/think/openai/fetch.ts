import type { Failure } from '../../errors.ts';
import type { Call } from './call.ts';
import { failureOfRefusal } from './failures.ts';

/** More than this is no answer, whatever it is. */
const maxStreamBytes = 10_000_000;

const tooLarge: Failure = {
  class: 'model-output',
  code: 'stream-too-large',
  message: 'The model server sent more than any answer can be; it was stopped.',
};

/** Where a call goes to. */
export interface Door {
  /** The bearer token. */
  key: string;
  /** Longest wait until the connection stands. Headers are no part of it: many servers send them only with the first word. */
  connectMs: number;
}

/**
 * The fetch for everything that a model works on. It sends only the headers named here (the client library would add some from environment
 * variables), follows no redirect (the prompt goes to the configured address or nowhere), has no time limit of its own but that for the
 * connection, and counts every byte before any reader, which may keep whole lines in memory, sees it. A connection is used once: servers
 * close idle ones after seconds, and a request on a closed one would be lost.
 */
export async function countedFetch(call: Call, door: Door): Promise<typeof fetch> {
  const { Agent, fetch: send } = await import('undici');
  return async (url, init) => {
    const connect = { timeout: door.connectMs };
    const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0, pipelining: 0, connect });
    const response = await send(url instanceof Request ? url.url : url, {
      method: init?.method ?? 'GET',
      body: typeof init?.body === 'string' ? init.body : null,
      signal: init?.signal ?? call.signal,
      headers: {
        ...headersFor(door.key),
        'content-type': 'application/json',
        accept: 'text/event-stream, application/json',
      },
      redirect: 'manual',
      dispatcher,
    });
    call.heard();
    const source = response.body as ReadableStream<Uint8Array> | null;
    const body = source?.pipeThrough(countBytes(call)) ?? null;
    return new Response(body, { status: response.status, headers: new Headers([...response.headers]) });
  };
}

/** The same for a stream: a whole document instead of one ends the call with what it says. */
export async function streamFetch(call: Call, door: Door): Promise<typeof fetch> {
  const send = await countedFetch(call, door);
  return async (url, init) => {
    const response = await send(url, init);
    const { status, headers } = response;
    if (!response.ok || !/json|html/i.test(headers.get('content-type') ?? '')) return response;
    call.end(await notAStream(response));
    return new Response(null, { status, headers });
  };
}

/** Nothing compressed, so that bytes are counted as they come. */
export const headersFor = (key: string) => ({
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
async function notAStream(response: Response): Promise<Failure> {
  const text = await response.text().catch(() => '');
  const error = errorIn(parseJson(text));
  return failureOfRefusal({ status: error === undefined ? response.status : null, body: error ?? '' });
}

/** The error inside a body of any of the known shapes, or undefined. */
export const errorIn = (body: unknown): unknown =>
  typeof body === 'object' && body !== null ? ((body as { error?: unknown }).error ?? undefined) : undefined;

/** The value that a JSON text holds; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
