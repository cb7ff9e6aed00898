import type { Command, ServerView } from '../core/protocol.ts';
import type { View } from '../core/protocol-shell.ts';
import { insightWords } from './insight-words.ts';

/** Something that can be pressed about a trouble: a command to send, or a view to go to. */
export type Way = { label: string; command: Command } | { label: string; view: View };

const views: Record<string, Extract<Way, { view: View }>> = {
  server: { label: insightWords.toModel, view: 'model' },
  model: { label: insightWords.toModel, view: 'model' },
  'nearly-spent': { label: insightWords.toModel, view: 'model' },
  'set-aside': { label: insightWords.toHealth, view: 'health' },
  cycles: { label: insightWords.toSettings, view: 'settings' },
  settings: { label: insightWords.toSettings, view: 'settings' },
  sleep: { label: insightWords.toDreams, view: 'dreams' },
};

/** What can be done about a trouble from where it stands; none where only the owner's own hands help, as with a full disk. */
export function waysFor(key: string, offers: ServerView['offers']): Way[] {
  const view = views[key];
  const direct = key === 'server' ? offers.flatMap(wayOf).slice(0, 1) : [];
  return view ? [...direct, view] : direct;
}

/** Offers that are one command; the others need the Model view. */
function wayOf({ action, label, model }: ServerView['offers'][number]): Way[] {
  if (action === 'start-server' || action === 'try-again') return [{ label, command: { kind: action } }];
  return action === 'load-model' && model !== null
    ? [{ label, command: { kind: action, key: model, role: 'thinker' } }]
    : [];
}
