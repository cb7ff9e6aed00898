import type { Failure, Result } from '../../errors.ts';
import { fail, ok } from '../../errors.ts';
import { type Call, late, openCall } from './call.ts';
import { failureOfConnection, failureOfRefusal, retryAfterOf } from './failures.ts';
import { errorIn, headersFor, parseJson } from './fetch.ts';

const maxListBytes = 8_000_000;
/** As long as the keeper gives a list: what it found open must not be too slow here. */
const probeMs = 5_000;

/** Where a model answers: the base URL that worked, without a slash at its end, and the model's id. */
export interface Place {
  baseUrl: string;
  name: string;
}

export interface Wanted {
  baseUrl: string;
  apiKey: string;
  /** Empty: the first listed that is no embedding model. */
  name: string;
  /** Whether a name that is not listed is refused. */
  strict: boolean;
}

/**
 * Finds a model by reading the list of models; no inference, no client library. Tries the base URL as given, then with `/v1`, 5 s in all.
 * Fails with connection codes, `base-url-unusable`, `not-openai`, `auth-required`, `no-model` or `model-missing`; rejects only with the signal's reason.
 */
export async function findPlace(wanted: Wanted, outer: AbortSignal): Promise<Result<Place>> {
  outer.throwIfAborted();
  const unusable = unusableAddress(wanted.baseUrl) ?? unusableKey(wanted.apiKey);
  if (unusable) return fail(unusable);
  const call = openCall({ inactivityMs: probeMs, callMs: probeMs }, outer);
  try {
    let found: Result<Place> | null = null;
    for (const baseUrl of candidates(wanted.baseUrl)) {
      const ids = await listModels(baseUrl, wanted.apiKey, call);
      found = ids.ok ? pick(baseUrl, ids.value, wanted) : ids;
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

function pick(baseUrl: string, ids: string[], { name, strict }: Wanted): Result<Place> {
  const found = name ? (strict ? ids.find((id) => id === name) : name) : ids.find((id) => !/embed/i.test(id));
  if (found !== undefined) return ok({ baseUrl, name: found });
  if (!name || ids.length === 0)
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

/** Whether a base URL is on this machine. */
export const isLoopback = (baseUrl: string): boolean =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/i.test(URL.parse(baseUrl)?.hostname ?? '');
