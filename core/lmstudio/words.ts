import type { Offer, ServerView } from '../protocol.ts';
import { advise } from './advice.ts';
import { catalogueOf, isLmStudio, type Known, productNames, productOf, type Underway } from './known.ts';

type Words = Pick<ServerView, 'what' | 'does' | 'offers'>;

/** What the owner sees, what Reverie does by itself, and what the owner can do with one click; one entry for each state of the ladder. */
export function serverWords(known: Known): Words {
  const words = known.settings.model.reasoner === 'rules' ? rulesChosen : byState[known.state](known);
  // At another server LM Studio's own buttons would do nothing.
  const offers = isLmStudio(known) ? words.offers : words.offers.filter(({ action }) => !ofLmStudio.has(action));
  const what = known.download ? `${words.what} ${underwayWords(known.download)}` : words.what;
  return { ...words, what, offers };
}

const ofLmStudio: ReadonlySet<Offer['action']> = new Set([
  'open-lm-studio',
  'start-server',
  'load-model',
  'get-model',
  'install',
]);

const rulesChosen: Words = { what: 'You chose rules: no model is called.', does: 'Rules think.', offers: [] };

const rulesThink = 'Rules think meanwhile.';

const byState: Record<Known['state'], (known: Known) => Words> = {
  looking: () => ({ what: 'Looking for a model server.', does: rulesThink, offers: [] }),
  'not-installed': () => ({
    what: 'LM Studio is not installed on this machine.',
    does: `${rulesThink} Reverie keeps looking.`,
    offers: [offer('install', 'Get LM Studio', 'It serves the models that Reverie thinks with, on this machine.')],
  }),
  'not-running': (known) => ({
    what: canStart(known) ? `${nameOf(known)} is closed.` : `${nameOf(known)} is closed, or its server is off.`,
    does: startsItself(known)
      ? `${rulesThink} Reverie starts the server when a thought needs it.`
      : `${rulesThink} Reverie does not open it by itself.`,
    offers: [...startOffers(known, 'This opens LM Studio in the background.'), openOffer],
  }),
  'server-off': (known) => ({
    what: whatIsOff(known),
    does: `${rulesThink} Reverie keeps looking.`,
    offers: [...startOffers(known, 'LM Studio is open already.'), openOffer],
  }),
  'auth-required': (known) => ({
    what:
      known.settings.model.apiKey === ''
        ? `${nameOf(known)} wants an API token.`
        : `${nameOf(known)} does not accept the API token in the settings.`,
    does: rulesThink,
    offers: [
      offer('set-token', 'Enter a token', 'LM Studio shows one in its developer settings, once, when it is made.'),
      openOffer,
    ],
  }),
  'no-model': (known) => ({
    what: whyNoModel(known),
    does: whatComesOfNoModel(known),
    offers: [...modelOffers(known), openOffer],
  }),
  loading: (known) => ({
    what: whatIsUnderway(known),
    does: whatWaits(known),
    offers: [],
  }),
  ready: (known) => ({
    what: [whatIsReady(known), ...refusalWords(known)].join(' '),
    does: 'Reverie thinks with it.',
    offers: [offer('test-model', 'Test it', 'Asks for a single word.'), ...shortOffer(known)],
  }),
  busy: (known) => ({
    what: `${nameOf(known)} is working for somebody else.`,
    does: 'Reverie waits for it to finish. Your own questions do not wait.',
    offers: [],
  }),
  crashed: (known) => ({
    what: `${modelName(known)} crashed while it was thinking.`,
    does:
      known.settings.lmStudio.load === 'when-needed'
        ? 'It is loaded again once. Nothing is lost.'
        : `${rulesThink} Reverie loads nothing unasked.`,
    offers: known.settings.lmStudio.load === 'when-needed' ? [] : [...modelOffers(known), openOffer],
  }),
  'circuit-open': (known) => ({
    what: known.breaker.why ?? 'The model server failed again and again.',
    does:
      known.breaker.until === 'owner'
        ? `${rulesThink} Reverie sends it nothing more until you change something.`
        : `${rulesThink} Reverie leaves it alone for a while and tries again when it greets.`,
    offers: [offer('try-again', 'Try again', 'Sends the next thought to the model.'), ...modelOffers(known), openOffer],
  }),
};

const offer = (action: Offer['action'], label: string, why: string, model: string | null = null): Offer => ({
  action,
  label,
  why,
  model,
});
const openOffer = offer('open-lm-studio', 'Open LM Studio', 'To see for yourself.');

const nameOf = (known: Known): string =>
  isLmStudio(known) ? productNames[productOf(known) ?? 'lm-studio'] : productNames.openai;

const canStart = ({ sighting }: Known): boolean => sighting?.lms.kind === 'found';
const startsItself = (known: Known): boolean => known.settings.lmStudio.start === 'always' && canStart(known);
function whatComesOfNoModel({ choice, settings, refused, ejected }: Known): string {
  if (choice.kind === 'load' && ejected) return `${rulesThink} It was unloaded and stays so until you load it.`;
  const loads = choice.kind === 'load' && settings.lmStudio.load === 'when-needed' && refused === null;
  return loads ? 'It is loaded when a thought needs it.' : `${rulesThink} Reverie loads nothing unasked.`;
}

/** Not where another program has its place: a start would end with words about that. */
const startOffers = (known: Known, why: string): Offer[] =>
  canStart(known) && known.sighting?.server.kind !== 'foreign' ? [offer('start-server', 'Start its server', why)] : [];

function whatIsOff(known: Known): string {
  const { sighting, settings, refused } = known;
  if (refused?.kind === 'start') return `${refused.about}: ${sentence(refused.failure.message)}`;
  if (sighting?.server.kind === 'foreign') return sentence(sighting.server.failure.message);
  if (sighting?.server.kind === 'unwell')
    return `The model server does not answer well: ${sentence(sighting.server.failure.message)}`;
  if (settings.model.baseUrl !== '') return `No model server answers at ${hostOf(settings.model.baseUrl)}.`;
  return `${nameOf(known)} is open, but its server is off.`;
}

function whyNoModel(known: Known): string {
  const { choice, refused } = known;
  if (refused) return `${refused.about}: ${sentence(refused.failure.message)}`;
  if (!isLmStudio(known) && choice.kind === 'none') return `The server answers; ${choice.why}. Choose one below.`;
  if (choice.kind === 'load') return `${choice.entry.name} is not loaded.`;
  return choice.kind === 'use' ? 'The server runs.' : `The server runs, but no model thinks: ${choice.why}.`;
}

/** The named model first, then what suits this machine, then a download: the best one click. */
function modelOffers(known: Known): Offer[] {
  const { choice, sighting, memoryBytes } = known;
  if (choice.kind === 'load')
    return [offer('load-model', `Load ${choice.entry.name}`, 'The settings name it.', choice.entry.key)];
  const catalogue = catalogueOf(sighting);
  if (!catalogue || (catalogue.models.length === 0 && !canStart(known))) return [];
  const advice = advise('thinker', memoryBytes, catalogue.models);
  if (!advice) return [];
  if (advice.key !== null) return [offer('load-model', `Load ${advice.name}`, sentence(advice.why), advice.key)];
  return canStart(known) ? [offer('get-model', `Download ${advice.name}`, sentence(advice.why), advice.get)] : [];
}

function whatWaits(known: Known): string {
  const { choice, underway } = known;
  if (choice.kind === 'use') return `Thoughts go on with ${modelName(known)} meanwhile.`;
  return underway?.again
    ? 'It crashed in the middle of a thought and is loaded again once; the thought waits for it.'
    : 'A thought waits for it up to a minute; then rules think.';
}

const whatIsUnderway = ({ underway }: Known): string => (underway ? underwayWords(underway) : 'A model is loading.');

/** One sentence of long work. */
export function underwayWords({ kind, name, share }: Underway): string {
  if (kind === 'start') return 'LM Studio’s server is starting.';
  const percent = share === null ? '' : `, ${Math.round(share * 100)} %`;
  return `${kind === 'get' ? 'Downloading' : 'Loading'} ${name}${percent}.`;
}

function whatIsReady(known: Known): string {
  const { choice } = known;
  if (choice.kind !== 'use' || !choice.short) return `${modelName(known)} is ready.`;
  return `${modelName(known)} is ready, with a small window of ${choice.instance.contextTokens?.toLocaleString('en')} tokens.`;
}

/** What came of the owner's last click on a load or a download stays to be read. */
const refusalWords = ({ refused }: Known): string[] =>
  refused ? [`${refused.about}: ${sentence(refused.failure.message)}`] : [];

/** A small window is worth a word only where Reverie could load the model with a larger one. */
function shortOffer({ choice, settings }: Known): Offer[] {
  if (choice.kind !== 'use' || !choice.short) return [];
  const wanted = settings.model.windowTokens.toLocaleString('en');
  return [
    offer('open-lm-studio', 'Open LM Studio', `Load it there with ${wanted} tokens of context for better thoughts.`),
  ];
}

/** As people know it; its id only where the list has no name for it. */
function modelName({ choice, sighting, underway }: Known): string {
  if (choice.kind === 'load') return choice.entry.name;
  if (choice.kind === 'none') return underway?.name ?? 'The model';
  const { id, key } = choice.instance;
  return catalogueOf(sighting)?.models.find((each) => each.key === key)?.name ?? id;
}

/** With a capital and a full stop; an id at its beginning stays as it is. */
export const sentence = (text: string) =>
  `${/^[a-z]+[\s’,.]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text}${/[.!?…]$/.test(text) ? '' : '.'}`;
export const hostOf = (url: string) => url.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
