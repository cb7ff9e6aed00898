import { type Choice, chooseModel } from '../../core/lmstudio/choice.ts';
import { catalogueOf, type Known, productOf, standingOf } from '../../core/lmstudio/known.ts';
import type { Sighting } from '../../core/lmstudio/lm-studio.ts';
import { targetOf } from '../../core/lmstudio/target.ts';
import { serverWords } from '../../core/lmstudio/words.ts';
import type { ServerView, Snapshot } from '../../core/protocol.ts';
import { rules } from './fake-days.ts';
import type { FakeServer } from './fake-server.ts';

/** What the product would know, choose and say of such a server: its own functions, put together as the keeper does it. */
export function knownOf(server: FakeServer): Known {
  const { settings, underway, download, refused, breaker } = server;
  const sighting = sightingOf(server);
  const catalogue = catalogueOf(sighting);
  const { name, windowTokens } = settings.model;
  const choice: Choice = catalogue
    ? chooseModel(catalogue, { name, type: 'llm', contextTokens: windowTokens })
    : { kind: 'none', why: 'no server has been seen yet' };
  const state = stateOf(server, sighting, choice);
  const ejected = choice.kind === 'load' && server.ejected.has(choice.entry.key);
  const memoryBytes = 16_000_000_000;
  return { state, sighting, choice, underway, download, ejected, refused, breaker, settings, memoryBytes };
}

export const viewOf = (known: Known, since: number): ServerView => ({
  state: known.state,
  since,
  product: productOf(known),
  address: known.sighting?.address ?? null,
  model: known.choice.kind === 'use' ? known.choice.instance.id : null,
  progress: (known.underway ?? known.download)?.share ?? null,
  ...serverWords(known),
});

/** Who would think now, and why. */
export function reasonerOf(
  { choice, sighting, settings, breaker }: Known,
  { what, does }: ServerView,
): Snapshot['reasoner'] {
  const asked = settings.model.reasoner === 'auto' && breaker.state !== 'open';
  const target = asked ? targetOf(choice, sighting, settings.model) : null;
  return { ...(target ? { kind: 'server', name: target.instance.key } : rules), why: `${what} ${does}` };
}

function sightingOf(server: FakeServer): Sighting {
  const { program, hasLms } = server;
  const { baseUrl } = server.settings.model;
  return {
    installed: program === 'missing' ? null : 'lm-studio',
    running: program === 'missing' || program === 'closed' ? null : 'lm-studio',
    rival: null,
    address: baseUrl === '' ? 'http://127.0.0.1:1234' : baseUrl.replace(/\/v1$/, ''),
    server: seenOf(server),
    lms: hasLms ? { kind: 'found', path: '/home/ada/.lmstudio/bin/lms', version: '6041ae0' } : { kind: 'missing' },
  };
}

/** Nothing answers at any address but its own, and it takes any token of the right form. */
function seenOf({ program, settings, wantsToken, models, instances }: FakeServer): Sighting['server'] {
  if (program !== 'serves' || settings.model.baseUrl !== '')
    return {
      kind: 'away',
      failure: { class: 'transient', code: 'connection-refused', message: 'No model server answers.' },
    };
  if (wantsToken && !settings.model.apiKey.startsWith('sk-lm-')) return { kind: 'auth-required' };
  const catalogue = { api: 'v1' as const, models: [...models], instances: [...instances], tellsLoaded: true };
  return { kind: 'open', product: 'lm-studio', catalogue };
}

function stateOf(server: FakeServer, sighting: Sighting, choice: Choice): Known['state'] {
  if (server.underway) return 'loading';
  const standing = standingOf(sighting, choice, server.settings.model.baseUrl);
  if (sighting.server.kind !== 'open') return standing;
  if (server.breaker.state === 'open') return 'circuit-open';
  if (server.crashed) return 'crashed';
  return standing === 'ready' && server.settings.lmStudio.yield && isBusyElsewhere(server) ? 'busy' : standing;
}

const isBusyElsewhere = ({ instances, ours }: FakeServer): boolean =>
  instances.some(({ id, work }) => work === 'generating' && !ours.has(id));
