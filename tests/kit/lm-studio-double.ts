import { fail, ok, type Result } from '../../core/errors.ts';
import type { Instance, ModelEntry } from '../../core/lmstudio/catalogue.ts';
import type { LmStudio, LoadWish, Sighting } from '../../core/lmstudio/lm-studio.ts';

/**
 * A double of the LmStudio port: a world that tests change by hand. It is no LM Studio and speaks to none; the simulator in
 * tests/kit/lmstudio plays the program itself.
 */
export interface LmStudioDouble extends LmStudio {
  world: {
    installed: Sighting['installed'];
    running: Sighting['running'];
    /** `hiccup`: answers looks with an error of the moment. */
    server: 'off' | 'on' | 'auth' | 'foreign' | 'hiccup';
    product: 'lm-studio' | 'openai';
    models: ModelEntry[];
    instances: Instance[];
    tellsLoaded: boolean;
    lms: Sighting['lms'];
    /** What others have running, per instance; null: nobody can tell. */
    work: Instance[] | null;
  };
  looks(): number;
  greetings(): number;
  loads: LoadWish[];
  unloads: string[];
  starts(): number;
  /** What the next loads come to; when empty, the wish is fulfilled at once. */
  loading: ((wish: LoadWish, onProgress: (share: number) => void) => Promise<Result<Instance>>)[];
}

export const entry = (key: string, over: Partial<ModelEntry> = {}): ModelEntry => ({
  key,
  name: key,
  type: 'llm',
  params: '8B',
  quantization: 'Q4_K_M',
  sizeBytes: 5_000_000_000,
  maxContextTokens: 32_768,
  reasons: null,
  path: key,
  remote: false,
  ...over,
});

export const instance = (id: string, over: Partial<Instance> = {}): Instance => ({
  id,
  key: id,
  type: 'llm',
  contextTokens: 8_192,
  parallel: 1,
  ttlMs: null,
  lastUsedAt: null,
  work: 'idle',
  queued: 0,
  sizeBytes: 5_000_000_000,
  remote: false,
  ...over,
});

const refusedConnection = {
  class: 'transient',
  code: 'connection-refused',
  message: 'No model server answers.',
} as const;
const unwell = { class: 'transient', code: 'timeout', message: 'The list did not come in time.' } as const;
const foreign = { class: 'permanent', code: 'not-openai', message: 'Another program answers at port 1234.' } as const;

/** By default: LM Studio runs with its server on, one model on the disk, none loaded, and `lms` works. */
export function lmStudioDouble(over: Partial<LmStudioDouble['world']> = {}): LmStudioDouble {
  const world: LmStudioDouble['world'] = {
    installed: 'lm-studio',
    running: 'lm-studio',
    server: 'on',
    product: 'lm-studio',
    models: [entry('acme/demo-8b')],
    instances: [],
    tellsLoaded: true,
    lms: { kind: 'found', path: '/lms', version: 'abc' },
    work: [],
    ...over,
  };
  let looks = 0;
  let greetings = 0;
  let starts = 0;
  const loads: LoadWish[] = [];
  const unloads: string[] = [];
  const loading: LmStudioDouble['loading'] = [];

  function server(): Sighting['server'] {
    if (world.server === 'off') return { kind: 'away', failure: refusedConnection };
    if (world.server === 'hiccup') return { kind: 'unwell', failure: unwell };
    if (world.server === 'foreign') return { kind: 'foreign', failure: foreign };
    if (world.server === 'auth') return { kind: 'auth-required' };
    const { models, instances, tellsLoaded, product } = world;
    const api = product === 'openai' ? 'openai' : 'v1';
    return { kind: 'open', product, catalogue: structuredClone({ api, models, instances, tellsLoaded }) };
  }

  return {
    world,
    loads,
    unloads,
    loading,
    looks: () => looks,
    greetings: () => greetings,
    starts: () => starts,
    async greets() {
      greetings += 1;
      return world.server === 'on' || world.server === 'auth';
    },
    async look(signal) {
      signal.throwIfAborted();
      looks += 1;
      const { installed, running, lms } = world;
      return { installed, running, rival: null, address: 'http://127.0.0.1:1234', server: server(), lms };
    },
    atWork: async () => world.work,
    async load(wish, onProgress, signal) {
      loads.push(wish);
      const loaded =
        (await loading.shift()?.(wish, onProgress)) ?? ok(instance(wish.key, { contextTokens: wish.contextTokens }));
      signal.throwIfAborted();
      if (loaded.ok) world.instances.push(loaded.value);
      return loaded;
    },
    async unload(id) {
      unloads.push(id);
      world.instances = world.instances.filter((each) => each.id !== id);
      return ok(null);
    },
    get: async () => fail({ class: 'resource', code: 'disk-full', message: 'The disk is full.' }),
    async startServer() {
      starts += 1;
      world.running = 'lm-studio';
      world.server = 'on';
      return ok(null);
    },
  };
}
