import type { Failure } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { failureOfRefusal } from '../../think/openai/failures.ts';
import type { Api, Catalogue } from '../catalogue.ts';
import { catalogueOf } from './lists.ts';
import { ask, type Reply } from './rest.ts';

export type Reading =
  | { kind: 'open'; catalogue: Catalogue }
  | { kind: 'auth-required' }
  /** Nothing came, or not all of it. */
  | { kind: 'silent'; failure: Failure }
  /** It could not be read now. */
  | { kind: 'unwell'; failure: Failure }
  /** There is no list of models here. */
  | { kind: 'no-list'; status: number; html: boolean; code: string };

/** Where to read, and what may be sent there. */
export interface ListPlace {
  /** Of a server that greets: where it does. Else the base URL, as the owner wrote it. */
  address: string;
  token: string;
  /** Only a server that greets as LM Studio does is asked for its own lists. */
  greets: boolean;
}

interface List {
  api: Api;
  url: string;
}

/** Best first. */
const listsOfLmStudio = (address: string): List[] => [
  { api: 'v1', url: `${address}/api/v1/models` },
  { api: 'v0', url: `${address}/api/v0/models` },
  { api: 'openai', url: `${address}/v1/models` },
];

/** As the model adapter looks for its place (`findPlace`): what is told here must be what it can use. */
const listsOfBaseUrl = (baseUrl: string): List[] => {
  const given = baseUrl.replace(/\/+$/, '');
  const places = /\/v\d+$/.test(given) ? [given] : [given, `${given}/v1`];
  return places.map((each) => ({ api: 'openai', url: `${each}/models` }));
};

const maxListBytes = 8_000_000;
const reprobeMs = 10 * 60_000;
const listMs = 5_000;

/**
 * Reads the best list a server has: native v1, else v0, else OpenAI, told apart by what they answer; of a server that does not greet the
 * list of OpenAI at its base URL, else below `/v1` there. Which one it was is remembered for the address and the token, ten minutes at most
 * and until a list cannot be read. A server that wants a token or is unwell is not asked for another list. `limitMs` is for all of them.
 */
export function createCapabilities(clock: Clock) {
  let known: { place: ListPlace; url: string; atMs: number } | null = null;

  const fresh = (place: ListPlace): string | null => {
    if (known === null || clock.elapsed() - known.atMs >= reprobeMs) return null;
    const { address, token, greets } = known.place;
    return address === place.address && token === place.token && greets === place.greets ? known.url : null;
  };

  const order = (place: ListPlace): List[] => {
    const lists = place.greets ? listsOfLmStudio(place.address) : listsOfBaseUrl(place.address);
    const first = fresh(place);
    return lists.sort((a, b) => Number(b.url === first) - Number(a.url === first));
  };

  return async (place: ListPlace, signal: AbortSignal, limitMs: number = Infinity): Promise<Reading> => {
    const endMs = clock.elapsed() + limitMs;
    let last: Reading = { kind: 'no-list', status: 0, html: false, code: 'not-openai' };
    for (const { api, url } of order(place)) {
      const leftMs = Math.max(1, Math.min(listMs, endMs - clock.elapsed()));
      const question = { url, token: place.token, limitMs: leftMs, maxBytes: maxListBytes };
      last = readingOf(api, await ask(question, clock, signal));
      if (last.kind !== 'open') known = null;
      else if (fresh(place) !== url) known = { place, url, atMs: clock.elapsed() };
      if (last.kind !== 'no-list' || (!place.greets && last.code !== 'not-openai')) break;
    }
    return last;
  };
}

function readingOf(api: Api, reply: Reply): Reading {
  if (reply.kind === 'failed')
    return { kind: reply.failure.code === 'list-too-large' ? 'unwell' : 'silent', failure: reply.failure };
  const { status, html, json } = reply;
  const catalogue = catalogueOf(api, json);
  if (catalogue) return { kind: 'open', catalogue };
  const refusal = failureOfRefusal({ status, body: errorIn(json) ?? '' });
  if (refusal.code === 'auth-required' || refusal.code === 'forbidden') return { kind: 'auth-required' };
  const passes = status >= 500 || refusal.class === 'rate-limited' || status === 408;
  return passes ? { kind: 'unwell', failure: refusal } : { kind: 'no-list', status, html, code: refusal.code };
}

/** The error inside a body of either shape, or undefined. */
export const errorIn = (body: unknown): unknown =>
  typeof body === 'object' && body !== null ? ((body as { error?: unknown }).error ?? undefined) : undefined;
