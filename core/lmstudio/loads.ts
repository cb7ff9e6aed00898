import type { Result } from '../errors.ts';
import type { Settings } from '../settings.ts';
import type { Belongings } from './belongings.ts';
import type { Catalogue, Instance, ModelEntry } from './catalogue.ts';
import type { Flight } from './flight.ts';
import type { LmStudio } from './lm-studio.ts';

/** The three kinds of long work at the server, each by the settings of the moment. What comes of them is the flight's to tell. */
export interface Loads {
  /** Loads with this window or the model's largest; what was not there before is ours afterwards. */
  load(entry: ModelEntry, contextTokens: number, after?: 'crash'): Promise<Result<Instance>>;
  get(name: string): Promise<Result<null>>;
  start(): Promise<Result<null>>;
}

export function createLoads(parts: {
  lmStudio: Pick<LmStudio, 'load' | 'get' | 'startServer'>;
  flight: Flight;
  /** Goes on beside loads and starts. */
  downloads: Flight;
  belongings: Belongings;
  settings: () => Settings['lmStudio'];
  catalogue: () => Catalogue | null;
}): Loads {
  const { lmStudio, flight, belongings } = parts;
  return {
    load(entry, contextTokens, after) {
      const { gpu, ttlHours } = parts.settings();
      const wish = {
        key: entry.key,
        path: entry.path,
        contextTokens: Math.min(contextTokens, entry.maxContextTokens ?? contextTokens),
        ttlSeconds: ttlHours === 0 ? null : Math.round(ttlHours * 3_600),
        parallel: 1,
        gpu,
      };
      const before = new Set(parts.catalogue()?.instances.map(({ id }) => id));
      return flight.begin(
        { kind: 'load', name: entry.name, key: entry.key, ...(after && { again: true }) },
        async (onProgress, signal) => {
          const loaded = await lmStudio.load(wish, onProgress, signal);
          // Its owner may have been quicker: then it is theirs.
          if (loaded.ok && !before.has(loaded.value.id))
            await belongings.add(loaded.value.id, wish.ttlSeconds !== null);
          return loaded;
        },
      );
    },
    get: (name) =>
      parts.downloads.begin({ kind: 'get', name, key: null }, (onProgress, signal) =>
        lmStudio.get(name, onProgress, signal),
      ),
    start: () =>
      flight.begin({ kind: 'start', name: 'server', key: null }, (_, signal) => lmStudio.startServer(signal)),
  };
}
