import type { ModelView, Rung, ServerView, Snapshot } from '../core/protocol.ts';
import { spanWords } from './age.ts';
import { countWords, percentWords, sizeWords } from './figures.ts';

type Role = ModelView['roles'][number]['role'];
type Instance = ModelView['instances'][number];
type Entry = ModelView['models'][number];

/** Every text of the Model view that is not data. */
export const modelWords = {
  title: 'Model server',
  products: { 'lm-studio': 'LM Studio', llmster: 'llmster', bionic: 'Bionic', openai: 'OpenAI-compatible server' },
  states: {
    looking: 'Looking',
    'not-installed': 'Not installed',
    'not-running': 'Closed',
    'server-off': 'Server off',
    'auth-required': 'Token wanted',
    'no-model': 'No model',
    loading: 'Loading',
    ready: 'Ready',
    busy: 'Busy',
    crashed: 'Crashed',
    'circuit-open': 'Set aside',
  },
  attention: 'The model server needs you',
  loadProgress: 'Loading the model',
  loadedTo: (share: number) => `Loaded ${percentWords(share)}`,
  openHint: 'Nothing happened? Open LM Studio yourself, from your applications; Reverie notices within 15 seconds.',
  fetching: 'Asking how it stands…',

  ladder: 'How it stands',
  rungStates: { good: 'good', bad: 'wrong', warning: 'limited', unknown: 'not known yet' } satisfies Record<
    Rung['state'],
    string
  >,

  rolesTitle: 'Models by role',
  roles: {
    thinker: { name: 'Thinker', job: 'forms the thoughts', none: 'What you have loaded' },
    reasoner: { name: 'Reasoner', job: 'for the hard ones', none: 'Same as the thinker' },
    fast: { name: 'Fast', job: 'when time or memory is short', none: 'Same as the thinker' },
    embedder: { name: 'Embedder', job: 'finds related memories', none: 'What you have loaded' },
  } satisfies Record<Role, { name: string; job: string; none: string }>,
  using: 'Uses',
  suggested: 'Suggested:',
  load: 'Load',
  get: 'Download',
  pick: (role: string) => `Model for ${role}`,
  filter: 'Filter by name…',
  noMatch: 'No model on the disk has such a name.',
  useExact: (key: string) => `Use exactly “${key}”`,
  shown: (shown: number, total: number) =>
    `The first ${countWords(shown)} of ${countWords(total)} by name. Type the whole key to use one that is not listed.`,
  loaded: 'loaded',
  remote: 'on another machine',

  instances: 'In memory',
  noInstances: 'Nothing is loaded.',
  untoldInstances: 'This server does not tell what it has loaded.',
  ours: 'loaded by Reverie',
  theirs: 'loaded by you',
  inUse: 'In use',
  stays: 'stays loaded',
  leaves: (ms: number) => (ms < 60_000 ? 'leaves within a minute' : `leaves in ${spanWords(ms)} if idle`),
  leavesAfter: (ms: number) => `leaves after ${spanWords(ms)} idle`,
  work: {
    idle: '',
    'processing-prompt': 'reading a prompt',
    generating: 'writing',
    'computing-embedding': 'embedding',
    loading: 'loading',
    unknown: '',
  } satisfies Record<Instance['work'], string>,
  queued: (count: number) => `${countWords(count)} waiting`,
  unload: 'Unload',
  duplicate: {
    inUse: 'Loaded twice. Reverie uses this copy; the other one only takes memory.',
    ours: 'Loaded twice and not in use: unload it to free its memory.',
    theirs: 'Loaded twice. If you do not need this copy, eject it in LM Studio.',
  },
  context: (tokens: number) => `${countWords(tokens)} tokens`,

  calls: 'Calls',
  figures: {
    speed: 'Speed',
    first: 'First token after',
    running: 'Running',
    answered: 'Answered',
    failed: 'Failed',
    early: 'Stopped early, answer complete',
    preempted: 'Put back for yours',
    cached: 'From the cache',
  },
  nothingYet: 'no answer yet',
  idle: 'nothing',
  queue: 'Waiting',
  lanes: { owner: 'You', loop: 'Thoughts', sleep: 'Sleep', agents: 'Agents' },
  runningCall: (purpose: string, tokens: number, wait: string) => `${purpose}, ${countWords(tokens)} tokens in ${wait}`,
  sinceStart: 'Since the start',
  breaker: { open: 'Reverie stopped asking', 'half-open': 'Reverie tries it again with one call' },
  tryAgain: 'Try again',
  cannotTell: 'Reverie cannot tell whether LM Studio is busy with someone else, so it may make them wait.',
  cannotTellRemedy: 'With the command line tool lms it could: open LM Studio once, that installs it.',

  purposes: 'Last 24 hours by purpose',
  purposeLimit: (purpose: string) => `Share of the limit of ${purpose}`,
  purpose: (calls: number, tokens: number, limit: number | null) =>
    `${countWords(tokens)}${limit === null ? '' : ` of ${countWords(limit)}`} tokens, ${countWords(calls)} ${calls === 1 ? 'call' : 'calls'}`,

  settings: 'Settings',
  address: 'Server address (base URL)',
  addressHint: 'Empty: LM Studio, wherever it listens on this machine.',
  addressWrong: 'An address starts with http:// or https://, for example http://127.0.0.1:1234/v1.',
  token: 'API token',
  tokenHint: 'Only where LM Studio asks for one. What is stored is never shown.',
  save: 'Save',
  forget: 'Forget the stored token',
  saved: 'Saved.',
  tokenSaved: 'Saved. The server is asked with it now; the top of this view says what it answers.',
  forgotten: 'Forgotten.',
  start: 'Start LM Studio by itself',
  startHint: 'Otherwise it waits for your click.',
  loadWhenNeeded: 'Load the model when needed',
  loadHint: 'Only the one that is chosen above, never a second copy.',
  yield: 'Wait while others use LM Studio',
  yieldHint: 'Thoughts go on when it is free.',

  help: 'Set up LM Studio',
  system: 'Your system',
  systems: { mac: 'macOS', windows: 'Windows', linux: 'Linux' },
  downloadFrom: 'Download it from',
  download: 'lmstudio.ai/download',
  helpFoot: 'Reverie notices every step by itself; there is nothing to enter here.',
} as const;

export type System = keyof typeof modelWords.systems;

interface Step {
  title: string;
  text: string;
  code?: string;
}
const start: Step = {
  title: 'Start the server',
  text: 'In LM Studio under Developer, or in a terminal:',
  code: 'lms server start',
};
const get: Step = {
  title: 'Get a model',
  text: 'Under Discover search for Qwen2.5: 7B needs 8 GB of memory, 14B needs 16 GB. Or in a terminal:',
  code: 'lms get qwen2.5-7b-instruct',
};
const lms = (code: string): Step => ({
  title: 'If the terminal does not know lms',
  text: 'It comes with LM Studio, after the program was opened once. Make it known with:',
  code,
});

/** What a newcomer does, in order, per system. */
export const setupSteps: Record<System, readonly Step[]> = {
  mac: [
    { title: 'Install', text: 'Open it, move LM Studio to Applications and open it there once.' },
    get,
    start,
    lms('~/.lmstudio/bin/lms bootstrap'),
  ],
  windows: [
    { title: 'Install', text: 'Run it, then open LM Studio once.' },
    get,
    start,
    lms('cmd /c %USERPROFILE%/.lmstudio/bin/lms.exe bootstrap'),
  ],
  linux: [
    {
      title: 'Install',
      text: 'Make it executable and open it once. A machine without a display takes the daemon instead:',
      code: 'curl -fsSL https://lmstudio.ai/install.sh | bash',
    },
    get,
    start,
    lms('~/.lmstudio/bin/lms bootstrap'),
  ],
};

/** The system of this browser, for the first choice; the host may be another one. */
export function systemOf(platform: string): System {
  if (/^(mac|iphone|ipad)/i.test(platform)) return 'mac';
  return /^win/i.test(platform) ? 'windows' : 'linux';
}

/** How the server stands in two words for the bar; null when there is nothing to say. */
export function serverWords({ server, settings }: Pick<Snapshot, 'server' | 'settings'>): string | null {
  if (settings.reasoner === 'rules') return null;
  switch (server.state) {
    case 'ready':
    case 'looking':
      return null;
    case 'loading':
      return server.progress === null ? 'model loading' : `loading ${percentWords(server.progress)}`;
    case 'busy':
      return 'model busy';
    case 'crashed':
      return 'model crashed';
    case 'not-installed':
    case 'not-running':
    case 'server-off':
    case 'auth-required':
      return 'model away, rules think';
    case 'no-model':
      return 'no model loaded';
    case 'circuit-open':
      return 'model set aside';
  }
}

/** Whether a click would bring a model nearer: then the first offer stands out. */
export const wantsClick = ({ server }: Pick<Snapshot, 'server'>): boolean =>
  !['ready', 'busy', 'looking', 'loading'].includes(server.state);

/** Whether something waits for the owner: a closed program or an unloaded model is their own affair. */
export const needsOwner = ({ troubles }: Pick<Snapshot, 'troubles'>): boolean =>
  troubles.some(({ key }) => key === 'server');

/** Whose server it is and how it stands, above the headline. */
export function headWords({ product, state }: ServerView): string {
  return `${product ? modelWords.products[product] : modelWords.title} · ${modelWords.states[state]}`;
}

/**
 * The first sentence is the headline; what follows, such as why a download came to nothing, is read below it. How far a load is stands
 * beside its bar: a headline that counts would break its line anew.
 */
export function headlineOf(what: string): { headline: string; more: string } {
  const end = /[.!?…] (?=\S)/.exec(what);
  const first = end ? what.slice(0, end.index + 1) : what;
  return { headline: first.replace(/, \d+ %\.$/, '.'), more: end ? what.slice(end.index + 2) : '' };
}

/** Size, parameters and window of a model on the disk, as far as they are known. */
export function entryWords({ params, quantization, sizeBytes, loaded, remote }: Entry): string {
  const facts = [
    params,
    quantization,
    sizeBytes === null ? null : sizeWords(sizeBytes),
    loaded ? modelWords.loaded : null,
    remote ? modelWords.remote : null,
  ];
  return facts.filter(Boolean).join(' · ');
}

/** What is known of a loaded instance, one fact each; `elapsedMs` since the list was made. */
export function instanceFacts(instance: Instance, elapsedMs: number): string[] {
  const { ttlMs, remainingMs, contextTokens, sizeBytes, queued, work } = instance;
  const leaving =
    remainingMs === null
      ? ttlMs === null
        ? modelWords.stays
        : modelWords.leavesAfter(ttlMs)
      : modelWords.leaves(Math.max(0, remainingMs - elapsedMs));
  // The running request counts as queued too.
  const waiting = (queued ?? 0) - (work === 'idle' ? 0 : 1);
  const facts = [
    instance.ours ? modelWords.ours : modelWords.theirs,
    contextTokens === null ? '' : modelWords.context(contextTokens),
    sizeBytes === null ? '' : sizeWords(sizeBytes),
    instance.remote ? modelWords.remote : '',
    leaving,
    modelWords.work[work],
    waiting > 0 ? modelWords.queued(waiting) : '',
  ];
  return facts.filter((fact) => fact !== '');
}
