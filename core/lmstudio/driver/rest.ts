import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Failure } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { failureOfConnection } from '../../think/openai/failures.ts';

/** One request to a model server. With a body it is a POST, else a GET. */
export interface Question {
  url: string;
  /** Sent as bearer token; empty: none is sent. */
  token: string;
  body?: Record<string, string | number | boolean>;
  /** For everything from the connection to the last byte, a second try included. */
  limitMs: number;
  maxBytes: number;
}

export type Reply =
  /** Something answered. `json` is undefined where it is no JSON; `status` is 0 where it is not even HTTP. */
  { kind: 'answer'; status: number; html: boolean; json: unknown } | { kind: 'failed'; failure: Failure };

/**
 * Asks once over a connection of its own (LM Studio closes idle ones after 5 s) and reads at most `maxBytes`. A GET whose connection was
 * reset is asked a second time, a POST never. Follows no redirect. Fails with a connection code, `timeout` or `list-too-large`; throws
 * only the signal's reason.
 */
export async function ask(question: Question, clock: Clock, signal: AbortSignal): Promise<Reply> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const leave = () => controller.abort();
  const stopLimit = clock.after(question.limitMs, leave);
  signal.addEventListener('abort', leave, { once: true });
  try {
    const first = await attempt(question, controller.signal);
    signal.throwIfAborted();
    const again = question.body === undefined && first.kind === 'failed' && first.failure.code === 'connection-reset';
    const reply = again ? await attempt(question, controller.signal) : first;
    signal.throwIfAborted();
    return reply;
  } finally {
    stopLimit();
    signal.removeEventListener('abort', leave);
    controller.abort();
  }
}

async function attempt(question: Question, signal: AbortSignal): Promise<Reply> {
  try {
    const response = await send(question, signal);
    const text = await textWithin(response, question.maxBytes);
    if (text === null) return { kind: 'failed', failure: tooLarge(question.maxBytes) };
    const html = /html/i.test(response.headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(text);
    return { kind: 'answer', status: response.statusCode ?? 0, html, json: parsed(text) };
  } catch (thrown) {
    if (signal.aborted) return { kind: 'failed', failure: late };
    // Node's HTTP parser: whatever answers there speaks another protocol.
    if (thrown instanceof Error && (thrown as NodeJS.ErrnoException).code?.startsWith('HPE_'))
      return { kind: 'answer', status: 0, html: false, json: undefined };
    return { kind: 'failed', failure: failureOfConnection(thrown, 'connection-failed') };
  }
}

async function send({ url, token, body }: Question, signal: AbortSignal): Promise<IncomingMessage> {
  // Loaded only where it is spoken: it costs megabytes, and LM Studio speaks plain HTTP.
  const open = url.startsWith('https:') ? (await import('node:https')).request : httpRequest;
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = open(url, { agent: false, method: text === undefined ? 'GET' : 'POST', signal });
    outgoing.setHeader('accept', 'application/json');
    outgoing.setHeader('accept-encoding', 'identity');
    outgoing.setHeader('user-agent', 'reverie');
    // A token with other characters cannot stand in a header; without it the server says that it wants one.
    if (/^[\x21-\x7e]+$/.test(token)) outgoing.setHeader('authorization', `Bearer ${token}`);
    if (text !== undefined) outgoing.setHeader('content-type', 'application/json');
    outgoing.once('response', resolve);
    // Stays: an error can also come after the response.
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

/** The whole body, or null when it is longer; the rest is not read. */
async function textWithin(response: IncomingMessage, maxBytes: number): Promise<string | null> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > maxBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const late: Failure = { class: 'transient', code: 'timeout', message: 'The model server did not answer in time.' };

const tooLarge = (maxBytes: number): Failure => ({
  class: 'permanent',
  code: 'list-too-large',
  message: `The model server sent more than ${Math.floor(maxBytes / 1_000_000) || 1} MB where a short answer belongs; it was not read.`,
});
