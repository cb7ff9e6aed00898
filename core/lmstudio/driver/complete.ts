import type { Clock } from '../../ports.ts';
import type { Catalogue, Instance, ModelEntry } from '../catalogue.ts';
import type { Lms } from './lms.ts';

const keepMs = 10 * 60_000;
/** After a failure: asking costs a process. */
const pauseMs = 60_000;

/**
 * What `lms` adds to the list of a server. Instances come from it where the server does not tell their windows or not even which are
 * loaded; paths, sizes and models that the server hides from it too. What `lms` cannot say stays as the server said it.
 */
export function createCompletion(lms: Lms, clock: Clock) {
  let kept: { about: string; entries: ModelEntry[]; untilMs: number } | null = null;

  const entriesFor = async (catalogue: Catalogue, port: number, signal: AbortSignal): Promise<ModelEntry[]> => {
    const about = [port, ...catalogue.models.map((each) => each.key)].join('\n');
    if (kept?.about === about && clock.elapsed() < kept.untilMs) return kept.entries;
    const listed = await lms.list(port, signal);
    kept = {
      about,
      entries: listed.ok ? listed.value : [],
      untilMs: clock.elapsed() + (listed.ok ? keepMs : pauseMs),
    };
    return kept.entries;
  };

  /**
   * Whether the list tells every window, and of each instance which model it is: the older lists name one by its identifier alone. An empty
   * list is not believed: a model that is loaded all the same would be loaded twice.
   */
  const isComplete = (catalogue: Catalogue, listed: number): boolean => {
    const keys = new Set(kept?.entries.map((each) => each.key));
    const isPlain = (key: string) => catalogue.api === 'v1' || keys.has(key);
    return (
      catalogue.tellsLoaded &&
      listed > 0 &&
      catalogue.instances.every((each) => each.contextTokens !== null && isPlain(each.key))
    );
  };

  return {
    /** `listed`: how many models the server itself named. */
    async instances(catalogue: Catalogue, listed: number, port: number, signal: AbortSignal): Promise<Catalogue> {
      if (isComplete(catalogue, listed)) return catalogue;
      const loaded = await lms.loaded(port, signal);
      if (!loaded.ok) return catalogue;
      const aliases = new Set(loaded.value.filter((each) => each.id !== each.key).map((each) => each.id));
      const models = catalogue.models.filter((each) => !aliases.has(each.key));
      const ids = new Set(loaded.value.map((each) => each.id));
      const onTheWay = catalogue.instances.filter((each) => isLoading(each) && !ids.has(each.id));
      return { ...catalogue, models, instances: [...loaded.value, ...onTheWay], tellsLoaded: true };
    },
    async models(catalogue: Catalogue, port: number, signal: AbortSignal): Promise<Catalogue> {
      return { ...catalogue, models: merged(catalogue, await entriesFor(catalogue, port, signal)) };
    },
  };
}

/** On its way into memory. Not every list names such a one, and it cannot be asked yet. */
export const isLoading = (each: Instance): boolean => each.work === 'loading';

function merged(catalogue: Catalogue, entries: readonly ModelEntry[]): ModelEntry[] {
  // The same model can lie here and on another machine: the one here is the one that can be loaded.
  const byKey = new Map(
    [...entries].sort((a, b) => Number(b.remote) - Number(a.remote)).map((each) => [each.key, each]),
  );
  const known = new Set(catalogue.models.map((each) => each.key));
  const hidden = [...byKey.values()].filter((each) => !known.has(each.key));
  return [
    ...catalogue.models.map((model) => {
      const entry = byKey.get(model.key);
      return entry ? filled(model, entry, catalogue.api === 'openai') : model;
    }),
    ...hidden,
  ];
}

const filled = (model: ModelEntry, entry: ModelEntry, namesOnly: boolean): ModelEntry => ({
  key: model.key,
  name: model.name === model.key ? entry.name : model.name,
  type: namesOnly ? entry.type : model.type,
  params: model.params ?? entry.params,
  quantization: model.quantization ?? entry.quantization,
  sizeBytes: model.sizeBytes ?? entry.sizeBytes,
  maxContextTokens: model.maxContextTokens ?? entry.maxContextTokens,
  reasons: model.reasons ?? entry.reasons,
  path: entry.remote ? null : entry.path,
  remote: model.remote || entry.remote,
});
