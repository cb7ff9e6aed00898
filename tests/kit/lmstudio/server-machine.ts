import type { Clock } from '../../../core/ports.ts';
import type { CatalogModel } from './catalog.ts';
import type { Faults } from './faults.ts';
import type { Memory } from './instances.ts';
import type { Profile } from './profiles.ts';
import { type Refusal, refusals } from './refusals.ts';
import type { Downloads } from './server-downloads.ts';
import type { Instance } from './server-instance.ts';
import type { Answer, AskedChat, Simulator } from './simulator.ts';

/** What every route needs of the simulated machine. */
export interface Machine {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly settings: Simulator['settings'];
  readonly faults: Faults;
  readonly memory: Memory;
  readonly downloads: Downloads;
  /** Models on the disk. */
  catalog(): readonly CatalogModel[];
  nextAnswer(chat: AskedChat): Answer;
  /** Counts one request that came to an instance; how many that makes. */
  countInference(): number;
}

export const isRefusal = (value: Instance | Refusal): value is Refusal => 'status' in value;

/** A model by its key, with or without `@variant`, or by its path. */
export const modelOf = (catalog: readonly CatalogModel[], key: string): CatalogModel | undefined => {
  const plain = key.replace(/@[^/@]*$/, '');
  return catalog.find((each) => each.key === key || each.path === key) ?? catalog.find((each) => each.key === plain);
};

/** The instance that a request which names `asked` gets: one that is loaded, one loaded for it now, or one it did not ask for. */
export async function instanceFor(machine: Machine, asked: unknown, ttlSeconds: unknown): Promise<Instance | Refusal> {
  const { profile, settings, memory } = machine;
  const loaded = memory.loaded();
  const name = typeof asked === 'string' ? asked : '';
  const model = modelOf(machine.catalog(), name);
  const exact = loaded.find((each) => each.id === name) ?? loaded.find((each) => each.id === model?.key);
  if (exact) return exact;
  if (name === '') return loaded[0] ?? refusals.noModels(profile.noModels);
  if (settings.jit) return model ? loadOnDemand(machine, model, ttlSeconds) : unknown(machine, name);
  const other = loaded.find((each) => each.model.type === 'llm');
  if (!other) return refusals.noModels(profile.noModels);
  return profile.answersForOthers ? other : unknown(machine, name);
}

const unknown = (machine: Machine, name: string) =>
  refusals.unknownModel(
    name,
    machine.catalog().map((each) => each.key),
  );

/**
 * Loads because a request wants it; pushes out what was loaded that way before, even if it is at work. Two first calls at once load twice,
 * as every version does.
 */
export async function loadOnDemand(
  machine: Machine,
  model: CatalogModel,
  ttlSeconds: unknown,
): Promise<Instance | Refusal> {
  const { memory, settings, faults } = machine;
  const here = model.deviceIdentifier === undefined;
  const pushedOut = memory
    .loaded()
    .filter((each) => each.loadedBy === 'jit' && each.model.key !== model.key && !each.model.deviceIdentifier);
  if (settings.autoEvict && here) for (const each of pushedOut) memory.unload(each.id);
  const seconds = typeof ttlSeconds === 'number' ? ttlSeconds : settings.jitTtlMs / 1000;
  const load = () => memory.load({ model, by: 'jit', ttlSeconds: seconds });
  const [first] = await Promise.all(faults.strikes('load-twice') ? [load(), load()] : [load()]);
  return first.ok ? first.instance : { status: 400, body: { error: first.words } };
}
