import type { Failure } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { failureOfRefusal } from '../../think/openai/failures.ts';
import type { Api, Catalogue } from '../catalogue.ts';
import { catalogueOf } from './lists.ts';
import { ask, type Reply } from './rest.ts';

export type Reading =
  | { kind: 'open'; catalogue: Catalogue }
  | { kind: 'auth-required' }
  /** It could not be read now. */
  | { kind: 'unwell'; failure: Failure }
  /** There is no list of models here. */
  | { kind: 'no-list'; status: number; html: boolean };

/** Where to read, and what may be sent there. */
export interface ListPlace {
  address: string;
  token: string;
  /** Only a server that greets as LM Studio does is asked for its own lists. */
  greets: boolean;
}

const routes: Record<Api, string> = { v1: '/api/v1/models', v0: '/api/v0/models', openai: '/v1/models' };
const apis: readonly Api[] = ['v1', 'v0', 'openai'];

const maxListBytes = 8_000_000;
const reprobeMs = 10 * 60_000;
const listMs = 5_000;

/**
 * Reads the best list a server has: native v1, else v0, else OpenAI, told apart by what they answer. Which one it was is remembered for the
 * address and the token, ten minutes at most and until a list cannot be read. A server that wants a token or is unwell is not asked for a
 * poorer list.
 */
export function createCapabilities(clock: Clock) {
  let known: { place: ListPlace; api: Api; atMs: number } | null = null;

  const fresh = (place: ListPlace): Api | null => {
    if (known === null || clock.elapsed() - known.atMs >= reprobeMs) return null;
    const { address, token, greets } = known.place;
    return address === place.address && token === place.token && greets === place.greets ? known.api : null;
  };

  const order = (place: ListPlace): readonly Api[] => {
    if (!place.greets) return ['openai'];
    const first = fresh(place);
    return first === null ? apis : [first, ...apis.filter((each) => each !== first)];
  };

  return async (place: ListPlace, signal: AbortSignal, limitMs: number = listMs): Promise<Reading> => {
    let last: Reading = { kind: 'no-list', status: 0, html: false };
    for (const api of order(place)) {
      const question = { url: place.address + routes[api], token: place.token, limitMs, maxBytes: maxListBytes };
      last = readingOf(api, await ask(question, clock, signal));
      if (last.kind !== 'open') known = null;
      else if (fresh(place) !== api) known = { place, api, atMs: clock.elapsed() };
      if (last.kind !== 'no-list') break;
    }
    return last;
  };
}

function readingOf(api: Api, reply: Reply): Reading {
  if (reply.kind === 'failed') return { kind: 'unwell', failure: reply.failure };
  const { status, html, json } = reply;
  const catalogue = catalogueOf(api, json);
  if (catalogue) return { kind: 'open', catalogue };
  const refusal = failureOfRefusal({ status, body: errorIn(json) ?? '' });
  if (refusal.code === 'auth-required' || refusal.code === 'forbidden') return { kind: 'auth-required' };
  const passes = status >= 500 || refusal.class === 'rate-limited' || status === 408;
  return passes ? { kind: 'unwell', failure: refusal } : { kind: 'no-list', status, html };
}

/** The error inside a body of either shape, or undefined. */
export const errorIn = (body: unknown): unknown =>
  typeof body === 'object' && body !== null ? ((body as { error?: unknown }).error ?? undefined) : undefined;
