import type { ServerView } from '../protocol.ts';
import type { Trouble } from '../types.ts';
import type { Known } from './known.ts';
import { remedyFor } from './rungs.ts';
import { sentence } from './words.ts';

/**
 * What the owner has to mend, told once for as long as it lasts; null for states that need nobody: a closed program, a server that is off,
 * no model loaded are no troubles.
 */
export function serverTrouble(known: Known, { state, since, what, does, offers }: ServerView): Trouble | null {
  if (known.settings.model.reasoner === 'rules') return null;
  const trouble = { key: 'server', at: since, what, means: does };
  const remedy = offers[0] ? `Open Model and choose “${offers[0].label}”.` : '';
  if (state === 'circuit-open' && known.breaker.until === 'owner') return { ...trouble, remedy, severity: 'error' };
  if (state === 'circuit-open')
    return { ...trouble, remedy: 'See what the model server says; it is tried again by itself.', severity: 'warning' };
  if (state === 'auth-required') return { ...trouble, remedy, severity: 'warning' };
  if (known.refused) {
    const { failure, about, kind } = known.refused;
    const refusal = `${about}: ${sentence(failure.message)}`;
    const means = kind === 'get' ? 'Nothing else changes.' : does;
    return { ...trouble, what: refusal, means, remedy: remedyFor(failure.code), severity: 'warning' };
  }
  if (known.sighting?.server.kind === 'foreign')
    return {
      ...trouble,
      remedy: 'Give LM Studio’s server another port, or set the right base URL.',
      severity: 'warning',
    };
  if (state === 'no-model' && known.settings.model.name !== '' && known.choice.kind === 'none')
    return { ...trouble, remedy: 'Open Model and choose a model that is there.', severity: 'warning' };
  return null;
}
