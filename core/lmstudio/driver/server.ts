import type { Failure } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import type { Catalogue } from '../catalogue.ts';
import type { ListPlace, Reading } from './capabilities.ts';
import { type Candidate, firstThatGreets, type Greeting, shownAddress } from './discovery.ts';

/** What one look at the candidates found; `product` is told by others. */
export type Found =
  | { kind: 'away' | 'foreign' | 'unwell'; failure: Failure }
  | { kind: 'auth-required' }
  | { kind: 'open'; catalogue: Catalogue };

export interface Seen {
  /** Where it answered, or where it was expected; null where the base URL is no address. */
  at: Candidate | null;
  /** Greets as LM Studio does. */
  greets: boolean;
  found: Found;
}

/** What a look needs of its surroundings. */
export interface Eyes {
  clock: Clock;
  read: (place: ListPlace, signal: AbortSignal) => Promise<Reading>;
  /** The base URL of the settings; empty: LM Studio where it is expected. */
  baseUrl: string;
  token: string;
}

/**
 * Looks for a server at the candidates, best first. One that greets wins; without any, a base URL of the settings may still be that of an
 * OpenAI server, and what answers where LM Studio is expected is named as what it is.
 */
export async function seeServer(candidates: readonly Candidate[], eyes: Eyes, signal: AbortSignal): Promise<Seen> {
  const first = candidates[0];
  if (!first) return { at: null, greets: false, found: { kind: 'away', failure: unusable } };
  const { at, greetings } = await firstThatGreets(candidates, eyes.clock, signal);
  if (at) {
    const reading = await eyes.read({ address: at.address, token: eyes.token, greets: true }, signal);
    if (reading.kind === 'no-list') return { at, greets: true, found: { kind: 'unwell', failure: unreadable } };
    return { at, greets: true, found: reading.kind === 'silent' ? { ...reading, kind: 'unwell' } : reading };
  }
  if (eyes.baseUrl !== '' && !greetings.every(refuses)) return seeOpenAi(first, greetings, eyes, signal);
  return { at: first, greets: false, found: withoutGreeting(greetings[0], first.address) };
}

/** There is nobody to be asked for a list either. A greeting that is late or breaks off says less. */
const refuses = (greeting: Greeting): boolean =>
  greeting.kind === 'silent' && greeting.failure.code === 'connection-refused';

async function seeOpenAi(
  first: Candidate,
  greetings: readonly Greeting[],
  { read, baseUrl, token }: Eyes,
  signal: AbortSignal,
): Promise<Seen> {
  const reading = await read({ address: baseUrl, token, greets: false }, signal);
  const at = { address: shownAddress(baseUrl), here: first.here };
  if (reading.kind === 'no-list')
    return { at, greets: false, found: { kind: 'foreign', failure: foreignAtBaseUrl(at.address, reading) } };
  if (reading.kind !== 'silent') return { at, greets: false, found: reading };
  const answers = greetings.some((each) => each.kind === 'answers');
  return { at, greets: false, found: { kind: answers ? 'unwell' : 'away', failure: reading.failure } };
}

function withoutGreeting(greeting: Greeting | undefined, address: string): Found {
  if (greeting?.kind !== 'answers')
    return { kind: 'away', failure: greeting?.kind === 'silent' ? greeting.failure : unusable };
  // Whoever it is has trouble of its own: that says nothing about who it is.
  if (greeting.status >= 500) return { kind: 'unwell', failure: inTrouble(address, greeting.status) };
  return { kind: 'foreign', failure: foreignWhereExpected(address, greeting) };
}

const inTrouble = (address: string, status: number): Failure => ({
  class: 'transient',
  code: 'server-error',
  message: `What answers at ${address} has an error of its own (HTTP ${status}). If it stays, restart LM Studio’s server.`,
});

interface Answer {
  status: number;
  html: boolean;
}

const whatAnswers = ({ status, html }: Answer): string => {
  if (html) return 'a program that shows web pages';
  return status === 0 ? 'a program that speaks no HTTP' : 'another program';
};

const foreignWhereExpected = (address: string, answer: Answer): Failure => ({
  class: 'permanent',
  code: 'foreign-server',
  message:
    `Where LM Studio is expected, at ${address}, ${whatAnswers(answer)} answers. Quit that program or give LM Studio another port; ` +
    'if it is a model server that Reverie shall use, set its address as base URL.',
});

function foreignAtBaseUrl(address: string, answer: Answer): Failure {
  const redirects = answer.status >= 300 && answer.status < 400;
  return {
    class: 'permanent',
    code: redirects ? 'redirected' : 'foreign-server',
    message: redirects
      ? `What answers at ${address} points to another address. Set that one as base URL.`
      : `At ${address} ${whatAnswers(answer)} answers, but no model server. Check the base URL in the settings.`,
  };
}

const unusable: Failure = {
  class: 'permanent',
  code: 'base-url-unusable',
  message:
    'The base URL in the settings is not a plain http or https address. Correct it, or leave it empty for LM Studio.',
};

const unreadable: Failure = {
  class: 'transient',
  code: 'list-unreadable',
  message: 'LM Studio answers, but gives no list of its models that can be read. Restart its server if this stays.',
};
