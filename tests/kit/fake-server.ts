import type { Instance, ModelEntry } from '../../core/lmstudio/catalogue.ts';
import { lmsFailures } from '../../core/lmstudio/driver/lms-failures.ts';
import type { Known } from '../../core/lmstudio/known.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { loadedByOwner, loadedByReverie, manyOnDisk, onDisk, thinker, toldOverHttp } from './fake-catalogue.ts';
import { minuteMs, root } from './fake-days.ts';
import type { Scenario } from './fake-engine.ts';

/** Where the fake engine's model server stands; all that is shown of it is made from this, as the product makes it from what it sees. */
export interface FakeServer {
  settings: Settings;
  program: 'missing' | 'closed' | 'server-off' | 'serves';
  wantsToken: boolean;
  hasLms: boolean;
  models: readonly ModelEntry[];
  instances: readonly Instance[];
  /** Ids of the instances that Reverie loaded. */
  ours: ReadonlySet<string>;
  crashed: boolean;
  underway: Known['underway'];
  download: Known['download'];
  /** Keys of the models that the owner unloaded. */
  ejected: ReadonlySet<string>;
  refused: Known['refused'];
  breaker: Known['breaker'] & { since: number | null };
}

export type ModelScenario =
  | 'ready'
  | 'refused'
  | 'loading'
  | 'none'
  | 'bare'
  | 'off'
  | 'not-running'
  | 'not-installed'
  | 'auth'
  | 'crashed'
  | 'breaker'
  | 'busy'
  | 'http-only'
  | 'long'
  | 'many';

export const closedBreaker: FakeServer['breaker'] = { state: 'closed', why: null, until: null, since: null };
const ours = loadedByReverie(thinker);

/** All is well: the named model is loaded and at work for Reverie. */
function wellAt(at: number): FakeServer {
  const settings = defaultSettings();
  settings.model.name = thinker.key;
  settings.model.roles.fast = 'gemma-3-4b-it';
  settings.watch.folders = [root];
  settings.page.welcomed = true;
  return {
    settings,
    program: 'serves',
    wantsToken: false,
    hasLms: true,
    models: onDisk,
    instances: [{ ...ours, work: 'generating', queued: 1 }, ...loadedByOwner(at)],
    ours: new Set([ours.id]),
    crashed: false,
    underway: null,
    download: null,
    ejected: new Set(),
    refused: null,
    breaker: closedBreaker,
  };
}

/** How it stands at the start of each scenario. */
const starts: Record<ModelScenario, (well: FakeServer, at: number) => Partial<FakeServer>> = {
  ready: () => ({}),
  refused: () => ({
    refused: {
      failure: lmsFailures.diskFull(2_100_000_000),
      about: 'lmstudio-community/DeepSeek-R1-Distill-Qwen-14B-GGUF could not be downloaded',
      kind: 'get',
    },
  }),
  loading: () => ({ instances: [], underway: { kind: 'load', name: thinker.name, key: thinker.key, share: 0.43 } }),
  none: () => ({ instances: [] }),
  bare: ({ settings }) => ({ ...unnamed(settings), models: [], instances: [] }),
  off: () => ({ program: 'server-off' }),
  'not-running': () => ({ program: 'closed' }),
  'not-installed': ({ settings }) => ({ ...unnamed(settings), program: 'missing', hasLms: false }),
  auth: () => ({ wantsToken: true }),
  crashed: ({ instances }) => ({ instances: instances.slice(1), crashed: true }),
  breaker: ({ instances }, at) => ({
    instances: instances.slice(1),
    breaker: {
      state: 'open',
      why: `${ours.key} crashed again after it had been loaded anew. A smaller context, another runtime or another model may help.`,
      until: 'owner',
      since: at - 9 * minuteMs,
    },
  }),
  busy: ({ instances }) => ({
    instances: [ours, { ...instances[1]!, work: 'generating', queued: 2 }, ...instances.slice(2)],
  }),
  'http-only': ({ instances }) => ({
    hasLms: false,
    instances: toldOverHttp([ours, { ...ours, id: `${thinker.key}:2` }, ...instances.slice(1)]),
  }),
  long: ({ settings, instances }) => {
    const model = {
      ...thinker,
      name: `Very long ${'name '.repeat(20)}4B`,
      key: `${'a-laboratory-with-a-long-name/'.repeat(2)}${'very-long-'.repeat(12)}model-q4_k_m`,
    };
    const loaded = loadedByReverie(model);
    return {
      ...named(settings, model.key),
      models: [...onDisk, model],
      instances: [{ ...loaded, id: `${model.key}:2`, contextTokens: 4_096 }, loaded, ...instances.slice(1)],
      ours: new Set([loaded.id]),
    };
  },
  many: ({ settings }) => ({ ...unnamed(settings), models: manyOnDisk(5_000), instances: [] }),
};

const named = (settings: Settings, name: string) => ({ settings: { ...settings, model: { ...settings.model, name } } });
const unnamed = ({ model, ...rest }: Settings) => ({
  settings: { ...rest, model: { ...model, name: '', roles: defaultSettings().model.roles } },
});

export function fakeServer(scenario: ModelScenario, at: number): FakeServer {
  const well = wellAt(at);
  return { ...well, ...starts[scenario](well, at) };
}

/** How the model server stands in a scenario of another view: ready, or away where rules think. */
export function serverScenario(scenario: Scenario): ModelScenario {
  if (scenario.startsWith('model-')) return scenario.slice('model-'.length) as ModelScenario;
  if (scenario === 'away') return 'not-running';
  if (scenario === 'trouble') return 'breaker';
  return scenario === 'empty' || scenario === 'welcome' ? 'not-installed' : 'ready';
}
