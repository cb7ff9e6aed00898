import type { Call } from './call.ts';
import { type Door, streamFetch } from './fetch.ts';
import type { StreamRequest } from './request.ts';

/** The library insists on a limit of its own; this one never comes first. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Opens the stream of chunks. The client library is loaded here, at the first answer, because it costs memory that a mind without a model
 * need not spend. Everything it would otherwise read from environment variables is given.
 */
export async function openStream(
  baseUrl: string,
  door: Door,
  body: StreamRequest,
  call: Call,
): Promise<AsyncIterable<unknown>> {
  const { OpenAI } = await import('openai');
  const client = new OpenAI({
    baseURL: baseUrl,
    apiKey: door.key,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: longestTimerMs,
    logLevel: 'off',
    fetch: await streamFetch(call, door),
  });
  return client.chat.completions.create(body, { signal: call.signal });
}
