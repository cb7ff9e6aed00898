import type { Snapshot } from '../core/protocol.ts';

export const trayStates = ['awake', 'thinking', 'asleep', 'dreaming', 'paused', 'model-away', 'needs-you'] as const;
export type TrayState = (typeof trayStates)[number];

/** What of the snapshot the tray looks at. */
export type TraySeen = Pick<Snapshot, 'life' | 'stage' | 'thought' | 'troubles' | 'sleep'> & {
  server: Pick<Snapshot['server'], 'state' | 'offers'>;
  settings: Pick<Snapshot['settings'], 'reasoner'>;
};

/** States of the server in which there is no model, and none is on its way. */
const away = new Set<TraySeen['server']['state']>([
  'not-installed',
  'not-running',
  'server-off',
  'auth-required',
  'no-model',
  'crashed',
  'circuit-open',
]);

/** What the icon says (SH1), the most pressing first. A pause is the owner's own wish and hides what does not need them. */
export function trayState(seen: TraySeen): TrayState {
  if (needsOwner(seen)) return 'needs-you';
  if (seen.life === 'paused') return 'paused';
  if (seen.life === 'asleep') return seen.sleep?.phase === 'dream' || seen.stage === 'dream' ? 'dreaming' : 'asleep';
  if (isThinking(seen)) return 'thinking';
  return wantsModel(seen) && away.has(seen.server.state) ? 'model-away' : 'awake';
}

/** What no waiting mends: an error, or a key that only the owner has. A server that is merely off is no reason to call them. */
const needsOwner = (seen: TraySeen): boolean =>
  seen.troubles.some(({ severity }) => severity === 'error') ||
  (wantsModel(seen) && seen.server.offers.some(({ action }) => action === 'set-token'));

const isThinking = ({ life, stage, thought }: TraySeen): boolean =>
  life === 'running' && (stage !== 'resting' || (thought !== null && !thought.done));

const wantsModel = ({ settings }: TraySeen): boolean => settings.reasoner === 'auto';
