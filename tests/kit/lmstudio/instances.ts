import type { Clock } from '../../../core/ports.ts';
import type { CatalogModel } from './catalog.ts';
import type { Faults } from './faults.ts';
import { take } from './pace.ts';
import type { Profile } from './profiles.ts';
import { loadWords, type Refusal, refusals } from './refusals.ts';
import { createInstance, type Instance } from './server-instance.ts';
import type { InstanceView, LoadOptions, Simulator } from './simulator.ts';

export interface LoadRequest extends LoadOptions {
  model: CatalogModel;
  by: InstanceView['loadedBy'];
  /** 0..1, 1 at the end. */
  onProgress?: (share: number) => void;
  /** Gives the load up. */
  signal?: AbortSignal;
}

export type Loaded = { ok: true; instance: Instance } | { ok: false; words: string };

/** The simulated machine's memory: which models are in it, and how they come and go. */
export interface Memory {
  /** In order of their loads; loading ones included. */
  all(): Instance[];
  loaded(): Instance[];
  /** Always makes a new instance, whatever is loaded. */
  load(request: LoadRequest): Promise<Loaded>;
  /** Unloads, or ends a load that is going on; false when there is no such instance. */
  unload(id: string): boolean;
  crash(id: string): boolean;
  /** The program has ended. */
  clear(): void;
  /** Loads begun. */
  loads(): number;
}

interface MemoryParts {
  clock: Clock;
  profile: Profile;
  faults: Faults;
  settings: Simulator['settings'];
  slots: number;
}

export function createMemory(parts: MemoryParts): Memory {
  const { clock, profile, faults, settings } = parts;
  let instances: Instance[] = [];
  let loads = 0;

  const end = (id: string, refusal: Refusal): boolean => {
    const instance = instances.find((each) => each.id === id);
    instances = instances.filter((each) => each !== instance);
    instance?.end(refusal);
    return instance !== undefined;
  };
  const freeId = (key: string) => {
    let id = key;
    for (let n = 2; instances.some((each) => each.id === id); n += 1) id = `${key}:${n}`;
    return id;
  };
  const contextOf = ({ model, contextLength }: LoadRequest) => {
    const ignored = profile.mlxIgnoresContext && model.format === 'mlx';
    const wanted = Math.min((ignored ? null : contextLength) ?? settings.defaultContext, model.maxContextLength);
    return faults.strikes('smaller-context') ? Math.floor(wanted / 2) : wanted;
  };
  const isFull = (model: CatalogModel) =>
    instances.reduce((sum, each) => sum + each.model.sizeBytes, model.sizeBytes) > settings.memoryBytes;

  async function fill(instance: Instance, request: LoadRequest): Promise<string | null> {
    const { key } = request.model;
    const crashes = faults.strikes('crash-on-load');
    const { load } = settings;
    const steps = typeof load === 'number' ? 20 : 4;
    const stop = AbortSignal.any([instance.ended, ...(request.signal ? [request.signal] : [])]);
    for (let step = 1; step <= steps; step += 1) {
      await take(clock, typeof load === 'number' ? load / steps : load, stop);
      if (stop.aborted) return loadWords.stopped(key);
      if (crashes && step > steps / 2) return loadWords.crashed(key);
      request.onProgress?.(step / steps);
    }
    return null;
  }

  return {
    all: () => [...instances],
    loaded: () => instances.filter((each) => each.isLoaded()),
    async load(request) {
      const { model, identifier } = request;
      if (identifier !== undefined && instances.some((each) => each.id === identifier))
        return { ok: false, words: loadWords.taken(identifier) };
      loads += 1;
      if (faults.strikes('load-refused') || isFull(model)) return { ok: false, words: loadWords.refused(model.key) };
      const id = identifier ?? freeId(model.key);
      const facts = {
        id,
        model,
        loadedBy: request.by,
        contextTokens: contextOf(request),
        parallel: request.parallel ?? parts.slots,
        ttlMs: request.ttlSeconds === undefined ? null : request.ttlSeconds * 1000,
      };
      const instance = createInstance(facts, clock, () => void end(id, refusals.unloaded()));
      instances.push(instance);
      const words = await fill(instance, request);
      if (words !== null) {
        instances = instances.filter((each) => each !== instance);
        instance.end(refusals.unloaded());
        return { ok: false, words };
      }
      instance.loaded();
      return { ok: true, instance };
    },
    unload: (id) => end(id, refusals.unloaded()),
    crash: (id) => end(id, refusals.crashed(6)),
    clear() {
      for (const each of instances) each.end(refusals.unloaded());
      instances = [];
    },
    loads: () => loads,
  };
}
