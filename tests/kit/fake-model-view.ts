import type { ModelView, Rung } from '../../core/protocol.ts';
import { minuteMs } from './fake-days.ts';
import type { FakeScenario } from './fake-scenario.ts';
import { type ServerState, serverIn, thinkerKey } from './fake-server.ts';

type Instance = ModelView['instances'][number];
type Entry = ModelView['models'][number];

const gigabyte = 1_000_000_000;
const entry = (key: string, name: string, params: string, gigabytes: number, rest: Partial<Entry> = {}): Entry => ({
  key,
  name,
  type: 'llm',
  params,
  quantization: 'Q4_K_M',
  sizeBytes: gigabytes * gigabyte,
  maxContextTokens: 32_768,
  loaded: false,
  remote: false,
  ...rest,
});
const onDisk: Entry[] = [
  entry('deepseek-r1-distill-qwen-14b', 'DeepSeek R1 Distill Qwen 14B', '14B', 9, { maxContextTokens: 131_072 }),
  entry('gemma-3-4b-it', 'Gemma 3 4B', '4B', 3.3),
  entry('llama-3.2-3b-instruct', 'Llama 3.2 3B Instruct', '3B', 2, { remote: true }),
  entry('text-embedding-nomic-embed-text-v1.5', 'Nomic Embed Text v1.5', '137M', 0.084, {
    type: 'embedding',
    quantization: 'Q4_K_M',
    maxContextTokens: 2_048,
  }),
  entry(thinkerKey, 'Qwen2.5 14B Instruct', '14B', 9),
  entry('qwen2.5-coder-7b-instruct', 'Qwen2.5 Coder 7B Instruct', '7B', 4.7),
];

const instance = (id: string, rest: Partial<Instance> = {}): Instance => ({
  id,
  key: thinkerKey,
  type: 'llm',
  contextTokens: 8_192,
  parallel: 1,
  ttlMs: null,
  remainingMs: null,
  sizeBytes: 9 * gigabyte,
  work: 'idle',
  queued: 0,
  ours: false,
  inUse: false,
  remote: false,
  duplicate: false,
  ...rest,
});
const ours = instance(`reverie/${thinkerKey}`, { ours: true, inUse: true });
const theirs = instance('gemma-3-4b-it', {
  key: 'gemma-3-4b-it',
  contextTokens: 4_096,
  sizeBytes: 3.3 * gigabyte,
  ttlMs: 60 * minuteMs,
  remainingMs: 12 * minuteMs + 20_000,
});
const embedder = instance('text-embedding-nomic-embed-text-v1.5', {
  key: 'text-embedding-nomic-embed-text-v1.5',
  type: 'embedding',
  contextTokens: 2_048,
  sizeBytes: 0.084 * gigabyte,
});

/** How far up the ladder each state stands, as rungs that are good. */
const reached: Record<ServerState, number> = {
  looking: 0,
  'not-installed': 0,
  'not-running': 1,
  'server-off': 2,
  'auth-required': 3,
  'no-model': 5,
  loading: 5,
  crashed: 5,
  busy: 8,
  ready: 8,
  'circuit-open': 8,
};
const rung = (name: Rung['name'], good: string, bad: string, remedy: string, later = 'Not known yet.') => ({
  name,
  good,
  bad,
  remedy,
  later,
});
const ladder = [
  rung(
    'installed',
    'LM Studio is installed.',
    'LM Studio is not installed.',
    'Download it from lmstudio.ai, open it once, and come back.',
  ),
  rung(
    'running',
    'LM Studio is running.',
    'LM Studio is not running.',
    'Open it, or start its server from Reverie.',
    'Nothing to run yet.',
  ),
  rung(
    'server',
    'The server answers at 127.0.0.1:1234.',
    'No model server answers at 127.0.0.1:1234.',
    'Start it from Reverie, or run: lms server start',
    'No model server answers.',
  ),
  rung(
    'token',
    'No token is wanted.',
    'The server wants an API token.',
    'Make a token in LM Studio (Developer, Server Settings) and enter it here.',
    'Whether a token is wanted is not known yet.',
  ),
  rung(
    'models',
    '5 language models are listed.',
    'The server offers no language model.',
    'Download one in LM Studio.',
    'The list of models is not known yet.',
  ),
  rung(
    'loaded',
    'Reverie thinks with reverie/qwen2.5-14b-instruct: you named it.',
    'No model thinks: none is loaded.',
    'Load one in LM Studio or here.',
    'What is loaded is not known yet.',
  ),
  rung('context', 'The loaded window is 8,192 tokens.', '', '', 'The window of the model is not known yet.'),
  rung('lms', 'lms 0.4.21 works.', '', '', 'Whether lms works is not known yet.'),
] as const;

function rungsFor(state: ServerState): Rung[] {
  const upTo = reached[state];
  return ladder.map(({ name, good, bad, later, remedy }, index) => {
    if (index < upTo || (name === 'lms' && upTo > 0)) return { name, state: 'good', says: good, remedy: null };
    if (index === upTo) return { name, state: 'bad', says: bad, remedy };
    return { name, state: 'unknown', says: later, remedy: null };
  });
}

function rolesFor(state: ServerState, models: Entry[]): ModelView['roles'] {
  const thinks = state === 'ready' || state === 'busy';
  const using = thinks ? ours.id : null;
  const listed = models.length > 0;
  const why = thinks ? 'you named it' : 'nothing that could think is loaded';
  return [
    {
      role: 'thinker',
      wanted: listed ? thinkerKey : '',
      using,
      why,
      advice: listed
        ? null
        : {
            name: 'Qwen2.5 14B Instruct',
            key: null,
            get: thinkerKey,
            why: 'follows instructions and schemas well and fits into 16 GB',
          },
    },
    {
      role: 'reasoner',
      wanted: '',
      using,
      why,
      advice: listed
        ? {
            name: 'DeepSeek R1 Distill Qwen 14B',
            key: 'deepseek-r1-distill-qwen-14b',
            get: 'deepseek-r1-distill-qwen-14b',
            why: 'reasons step by step before it answers; it is on your disk',
          }
        : null,
    },
    {
      role: 'fast',
      wanted: listed ? 'gemma-3-4b-it' : '',
      using: thinks ? theirs.id : null,
      why: thinks ? 'you have it loaded' : why,
      advice: null,
    },
    {
      role: 'embedder',
      wanted: '',
      using: thinks ? embedder.id : null,
      why: thinks ? 'the only embedding model that is loaded' : 'no embedding model is loaded',
      advice:
        listed && !thinks
          ? {
              name: 'Nomic Embed Text v1.5',
              key: embedder.key,
              get: 'nomic-embed-text-v1.5',
              why: 'comes with LM Studio and needs little memory; it is on your disk',
            }
          : null,
    },
  ];
}

const noCalls: ModelView['calls'] = {
  running: [],
  waiting: { owner: 0, loop: 0, sleep: 0, agents: 0 },
  tokensPerSecond: null,
  firstTokenMs: null,
  answered: 0,
  failed: 0,
  cacheHits: 0,
  stoppedEarly: 0,
  preempted: 0,
};
const someCalls: ModelView['calls'] = {
  running: [{ lane: 'loop', purpose: 'thought', tokens: 118, ms: 3_400 }],
  waiting: { owner: 0, loop: 2, sleep: 1, agents: 0 },
  tokensPerSecond: 41.6,
  firstTokenMs: 840,
  answered: 1_284,
  failed: 3,
  cacheHits: 96,
  stoppedEarly: 412,
  preempted: 7,
};

function callsFor(state: ServerState): ModelView['calls'] {
  if (state === 'ready') return someCalls;
  if (reached[state] < 5) return noCalls;
  const waiting = { ...noCalls.waiting, loop: state === 'no-model' ? 0 : 3 };
  return { ...someCalls, running: [], waiting };
}

const manyModels = (count: number): Entry[] =>
  Array.from({ length: count }, (_, index) =>
    entry(
      `lab/model-${String(index).padStart(4, '0')}-instruct`,
      `Model ${String(index).padStart(4, '0')} Instruct`,
      '7B',
      4 + (index % 9),
    ),
  );

/** What the Model view shows in one scenario at its start. */
export function modelViewFor({ state, httpOnly, many, duplicate, server }: FakeScenario, at: number): ModelView {
  const inMemory = state === 'ready' || state === 'busy' || state === 'circuit-open';
  const models = reached[state] < 5 && state !== 'server-off' ? [] : onDisk;
  const all = many > 0 ? manyModels(Math.min(200, many)) : models;
  const second = instance(`${thinkerKey}:2`, { duplicate: true });
  const kept = duplicate ? [{ ...ours, duplicate: true }, second, theirs, embedder] : [ours, theirs, embedder];
  const instances = kept.map((each) => (httpOnly ? { ...each, work: 'unknown' as const, queued: null } : each));
  const rungs = rungsFor(state);
  return {
    at,
    server: serverIn(state, at, server),
    rungs: httpOnly ? rungs.map((each) => (each.name === 'lms' ? noLms : each)) : rungs,
    api: reached[state] >= 4 ? 'v1' : null,
    lms: httpOnly
      ? { path: null, version: null, problem: null }
      : { path: reached[state] > 0 ? '/home/ada/.lmstudio/bin/lms' : null, version: '0.4.21', problem: null },
    canTellBusy: !httpOnly,
    roles: rolesFor(state, all),
    instances: inMemory ? busyWith(state, instances) : [],
    models: all.map((each) => ({ ...each, loaded: inMemory && instances.some(({ key }) => key === each.key) })),
    modelsTotal: many || models.length,
    calls: callsFor(state),
    breaker:
      state === 'circuit-open'
        ? {
            state: 'open',
            why: 'The model crashed twice within four minutes.',
            since: at - 9 * minuteMs,
          }
        : { state: 'closed', why: null, since: null },
    purposes:
      reached[state] < 4
        ? []
        : [
            { purpose: 'thought', calls: 214, tokens: 241_800, limit: null },
            { purpose: 'repair', calls: 18, tokens: 14_200, limit: 50_000 },
            { purpose: 'digest', calls: 2, tokens: 12_900, limit: null },
          ],
  };
}

const noLms: Rung = {
  name: 'lms',
  state: 'warning',
  says: 'lms was not found. Reverie works over HTTP alone: it cannot start the server, show load progress, or tell whether LM Studio is busy.',
  remedy: 'Open LM Studio once, or set lmStudio.lmsPath in the settings.',
};

function busyWith(state: ServerState, instances: Instance[]): Instance[] {
  if (state === 'ready')
    return instances.map((each) =>
      each.inUse && each.work === 'idle' ? { ...each, work: 'generating', queued: 1 } : each,
    );
  if (state !== 'busy') return instances;
  return instances.map((each) => (each.id === theirs.id ? { ...each, work: 'generating', queued: 2 } : each));
}
