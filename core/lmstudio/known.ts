import type { Failure } from '../errors.ts';
import type { Settings } from '../settings.ts';
import type { Until } from '../think/gateway/breaker.ts';
import type { Choice } from './choice.ts';
import type { LadderState, Standing } from './ladder.ts';
import type { Product, Sighting } from './lm-studio.ts';

/** Work of minutes that was asked of the server. */
export interface Underway {
  kind: 'load' | 'get' | 'start';
  name: string;
  /** Of the model that is loaded; null for other work. */
  key: string | null;
  /** It crashed in the middle of a thought and is loaded again. */
  again?: boolean;
  /** 0..1; null where nobody tells. */
  share: number | null;
}

/** Everything that is known of the model server at one moment; words and views are made from it and from nothing else. */
export interface Known {
  state: LadderState;
  sighting: Sighting | null;
  choice: Choice;
  /** A load or a start. */
  underway: Underway | null;
  /** Goes on beside everything else. */
  download: Underway | null;
  /** The owner sent the named model away: it is not loaded unasked. */
  ejected: boolean;
  /** Why the last load, download or start came to nothing; cleared when something changes. */
  refused: { failure: Failure; about: string; kind: Underway['kind'] } | null;
  breaker: { state: 'closed' | 'open' | 'half-open'; why: string | null; until: Until | null };
  settings: Settings;
  memoryBytes: number;
}

export const catalogueOf = (sighting: Sighting | null) =>
  sighting?.server.kind === 'open' ? sighting.server.catalogue : null;

/** What serves, or would; null where nobody knows: at an address of the owner's that does not answer. */
export function productOf({ sighting, settings }: Pick<Known, 'sighting' | 'settings'>): Product | null {
  if (sighting?.server.kind === 'open') return sighting.server.product;
  return settings.model.baseUrl === '' ? (sighting?.running ?? sighting?.installed ?? null) : null;
}

/** Whether LM Studio's own remedies can help: not at an address that the owner gave and that is another server, or none. */
export const isLmStudio = (known: Pick<Known, 'sighting' | 'settings'>): boolean =>
  known.settings.model.baseUrl === '' || (productOf(known) ?? 'openai') !== 'openai';

export const productNames: Record<Product, string> = {
  'lm-studio': 'LM Studio',
  llmster: 'LM Studio (headless)',
  bionic: 'Bionic',
  openai: 'The model server',
};

/** Where the server stands by what was seen (LM1); what our own calls and loads came to is the ladder's business. */
export function standingOf(sighting: Sighting, choice: Choice, configured: string): Standing {
  const { server, installed, running } = sighting;
  if (server.kind === 'open') return choice.kind === 'use' ? 'ready' : 'no-model';
  if (server.kind === 'auth-required') return 'auth-required';
  // An address that the owner gave need not be LM Studio's: whether that is installed says nothing about it.
  if (configured !== '' || running || server.kind !== 'away') return 'server-off';
  return installed ? 'not-running' : 'not-installed';
}
