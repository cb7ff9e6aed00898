import type { Offer, ServerView } from '../../core/protocol.ts';
import { minuteMs } from './fake-days.ts';

/** How the model server stands in the fake engine: its states with the words and offers that the real keeper would send. */
export type ServerState = ServerView['state'];

export const thinkerKey = 'qwen2.5-14b-instruct';
export const address = 'http://127.0.0.1:1234';

const offer = (action: Offer['action'], label: string, why: string, about: string | null = null): Offer => ({
  action,
  label,
  why,
  model: about,
});
const open = offer('open-lm-studio', 'Open LM Studio', 'To see for yourself.');
const start = (why: string) => offer('start-server', 'Start its server', why);
const rulesThink = 'Rules think meanwhile.';

type Words = Pick<ServerView, 'what' | 'does' | 'offers'>;
const words: Record<ServerState, Words> = {
  looking: { what: 'Looking for a model server.', does: rulesThink, offers: [] },
  'not-installed': {
    what: 'LM Studio is not installed on this machine.',
    does: `${rulesThink} Reverie keeps looking.`,
    offers: [offer('install', 'Get LM Studio', 'It serves the models that Reverie thinks with, on this machine.')],
  },
  'not-running': {
    what: 'LM Studio is closed.',
    does: `${rulesThink} Reverie does not open it by itself.`,
    offers: [start('This opens LM Studio in the background.'), open],
  },
  'server-off': {
    what: 'LM Studio is open, but its server is off.',
    does: `${rulesThink} Reverie keeps looking.`,
    offers: [start('LM Studio is open already.'), open],
  },
  'auth-required': {
    what: 'LM Studio wants an API token.',
    does: rulesThink,
    offers: [
      offer('set-token', 'Enter a token', 'LM Studio shows one in its developer settings, once, when it is made.'),
      open,
    ],
  },
  'no-model': {
    what: 'The server runs, but no model thinks: Qwen2.5 14B Instruct is not loaded.',
    does: 'It is loaded when a thought needs it.',
    offers: [
      offer('load-model', 'Load Qwen2.5 14B Instruct', 'You chose it for the thinker.', thinkerKey),
      offer('get-model', 'Download Qwen2.5 7B', 'A smaller one, 4.7 GB.', 'qwen2.5-7b-instruct'),
      open,
    ],
  },
  loading: {
    what: 'Loading Qwen2.5 14B Instruct.',
    does: 'A thought waits for it up to a minute; then rules think.',
    offers: [],
  },
  ready: {
    what: 'Qwen2.5 14B Instruct is ready.',
    does: 'Reverie thinks with it.',
    offers: [offer('test-model', 'Test it', 'Asks for a single word.')],
  },
  busy: {
    what: 'LM Studio is working for somebody else.',
    does: 'Reverie waits for it to finish. Your own questions do not wait.',
    offers: [],
  },
  crashed: {
    what: 'Qwen2.5 14B Instruct crashed while it was thinking.',
    does: 'It is loaded again once. Nothing is lost.',
    offers: [],
  },
  'circuit-open': {
    what: 'The model crashed twice within four minutes.',
    does: `${rulesThink} Reverie sends it nothing more until you change something.`,
    offers: [offer('try-again', 'Try again', 'Sends the next thought to the model.'), open],
  },
};

/** The server of the snapshot in one state. */
export function serverIn(state: ServerState, at: number, rest: Partial<ServerView> = {}): ServerView {
  const known = !['looking', 'not-installed', 'not-running'].includes(state);
  const thinks = state === 'ready' || state === 'busy';
  return {
    state,
    since: at - 12 * minuteMs,
    product: state === 'looking' || state === 'not-installed' ? null : 'lm-studio',
    address: known && state !== 'server-off' ? address : null,
    model: thinks ? thinkerKey : null,
    ...words[state],
    progress: null,
    ...rest,
  };
}
