import { z } from 'zod';
import type { Failure } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import type { Family, Traces } from './home.ts';
import { ask, type Reply } from './rest.ts';

/** The ports that the programs of the family use when nothing says otherwise. */
export interface Ports {
  rest: readonly number[];
  internal: readonly number[];
}

export const familyPorts: Ports = { rest: [1234, 1235], internal: [41343, 52993, 16141, 39414, 22931] };

/** A place where a model server may be. */
export interface Candidate {
  /** Without a path of its own: `http://127.0.0.1:1234`. */
  address: string;
  /** On this machine: `lms` can be asked about it. */
  here: boolean;
}

export type Greeting =
  | { kind: 'greets' }
  /** Something answers, but not as LM Studio does. */
  | { kind: 'answers'; status: number; html: boolean }
  | { kind: 'silent'; failure: Failure };

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/i;
const greetingMs = 2_000;
const statusMs = 1_000;
const maxBytes = 10_000;

/**
 * Where to look, best first. A base URL in the settings is the only place (in both spellings, where it ends in a version); without one it is
 * where the programs say they listen, then the default ports. A program that is bound to one address of this machine does not answer at
 * loopback, so that address comes too; an address that is not this machine's is not asked, whatever the file says.
 */
export function candidatesOf(
  baseUrl: string,
  traces: Traces,
  ports: Ports,
  ownAddresses: readonly string[],
): Candidate[] {
  if (baseUrl !== '') return configured(baseUrl, ownAddresses);
  const told = traces.servers.flatMap(({ port, networkInterface }) => [
    `http://127.0.0.1:${port}`,
    ...(isConcrete(networkInterface) && ownAddresses.includes(networkInterface)
      ? [`http://${networkInterface.includes(':') ? `[${networkInterface}]` : networkInterface}:${port}`]
      : []),
  ]);
  const usual = ports.rest.map((port) => `http://127.0.0.1:${port}`);
  return [...new Set([...told, ...usual])].map((address) => ({ address, here: true }));
}

const isConcrete = (networkInterface: string): boolean =>
  !['', '0.0.0.0', '::', 'localhost', '127.0.0.1'].includes(networkInterface);

function configured(baseUrl: string, ownAddresses: readonly string[]): Candidate[] {
  const url = URL.parse(baseUrl);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return [];
  const given = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  const here = loopback.test(url.hostname) || ownAddresses.includes(url.hostname.replace(/^\[|\]$/g, ''));
  const plain = given.replace(/\/v\d+$/, '');
  return [...new Set([plain.replace(/\/api$/, ''), plain])].map((address) => ({ address, here }));
}

/** What a server at this base URL is shown as: its address as that of LM Studio would be, without `/v1` and whatever may be secret. */
export function shownAddress(baseUrl: string): string {
  const { origin, pathname } = new URL(baseUrl);
  return `${origin}${pathname}`.replace(/\/+$/, '').replace(/\/v1$/, '');
}

/** The port of an address, the protocol's own where none is named. */
export function portOf(address: string): number {
  const url = new URL(address);
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}

/** Asks whether LM Studio's server is there. No token goes along: the greeting wants none. */
export async function greet(
  address: string,
  clock: Clock,
  signal: AbortSignal,
  limitMs: number = greetingMs,
): Promise<Greeting> {
  const reply = await ask({ url: `${address}/lmstudio-greeting`, token: '', limitMs, maxBytes }, clock, signal);
  if (reply.kind === 'failed') {
    if (reply.failure.code === 'list-too-large') return { kind: 'answers', status: 200, html: false };
    return { kind: 'silent', failure: reply.failure };
  }
  return isGreeting(reply) ? { kind: 'greets' } : { kind: 'answers', status: reply.status, html: reply.html };
}

const isGreeting = (reply: Reply): boolean =>
  reply.kind === 'answer' && z.object({ lmstudio: z.literal(true) }).safeParse(reply.json).success;

/** The first of the candidates that greets, or null; all are asked at once. */
export async function firstThatGreets(
  candidates: readonly Candidate[],
  clock: Clock,
  signal: AbortSignal,
  limitMs: number = greetingMs,
): Promise<{ at: Candidate | null; greetings: Greeting[] }> {
  const greetings = await Promise.all(candidates.map(({ address }) => greet(address, clock, signal, limitMs)));
  const first = greetings.findIndex((each) => each.kind === 'greets');
  return { at: candidates[first] ?? null, greetings };
}

/** A program that runs, by its internal server. */
export interface Kin {
  product: Family;
  port: number;
}

const packages: Record<string, Family> = { lmstudio: 'lm-studio', daemon: 'llmster', bionic: 'bionic' };
const statusSchema = z.object({ package: z.string() });

/** Every program of the family that runs on this machine, one port each. Asking an internal server wakes nothing. */
export async function runningKin(ports: readonly number[], clock: Clock, signal: AbortSignal): Promise<Kin[]> {
  const seen = await Promise.all([...new Set(ports)].map((port) => kinAt(port, clock, signal)));
  const kin = seen.filter((each) => each !== null);
  return kin.filter((each, at) => kin.findIndex((other) => other.product === each.product) === at);
}

async function kinAt(port: number, clock: Clock, signal: AbortSignal): Promise<Kin | null> {
  const address = `http://127.0.0.1:${port}`;
  const reply = await ask({ url: `${address}/lms-status`, token: '', limitMs: statusMs, maxBytes }, clock, signal);
  if (reply.kind === 'failed') return null;
  const product = packages[statusSchema.safeParse(reply.json).data?.package ?? ''];
  if (product !== undefined) return { product, port };
  // Before it told its package, a program only greeted here.
  const greeting = await greet(address, clock, signal, statusMs);
  return greeting.kind === 'greets' ? { product: 'lm-studio', port } : null;
}

/** The program that matters, and another one that is known to get in its way: Bionic beside LM Studio or its daemon. */
export function runningAndRival(
  kin: readonly Kin[],
  servesAt: Family | null,
): { running: Kin | null; rival: Family | null } {
  const isBionic = (each: Kin) => each.product === 'bionic';
  const serving = servesAt === null ? undefined : kin.find((each) => isBionic(each) === (servesAt === 'bionic'));
  const running = serving ?? kin.find((each) => !isBionic(each)) ?? kin[0] ?? null;
  const rival = running ? kin.find((each) => isBionic(each) !== isBionic(running)) : undefined;
  return { running, rival: rival?.product ?? null };
}
