import type { Clock } from '../../../core/ports.ts';
import type { CatalogModel } from './catalog.ts';
import type { Faults } from './faults.ts';
import { take } from './pace.ts';
import type { Simulator } from './simulator.ts';

export interface Job {
  id: string;
  model: CatalogModel;
  status: 'downloading' | 'completed' | 'failed';
  /** 0..1 */
  share: number;
  startedAt: number;
  completedAt: number | null;
  /** Why it failed; null while it has not. */
  words: string | null;
}

/** Downloads of the simulated machine, by whatever way they were asked for. */
export interface Downloads {
  /** Begins one of the shop's models; null for a name that the shop does not have. */
  begin(
    name: string,
    onProgress?: (share: number) => void,
  ): { already: true } | { already: false; job: Job; over: Promise<void> } | null;
  job(id: string): Job | undefined;
  /** The program has ended. */
  clear(): void;
}

interface DownloadParts {
  clock: Clock;
  faults: Faults;
  settings: Simulator['settings'];
  shop: readonly CatalogModel[];
  catalog: CatalogModel[];
}

export function createDownloads(parts: DownloadParts): Downloads {
  const { clock, faults, settings, shop, catalog } = parts;
  const jobs = new Map<string, Job>();
  let ending = new AbortController();

  async function run(job: Job, signal: AbortSignal, onProgress?: (share: number) => void): Promise<void> {
    const { download } = settings;
    const breaks = faults.first(['disk-full', 'download-fails']);
    const steps = typeof download === 'number' ? 20 : 4;
    for (let step = 1; step <= steps && job.words === null; step += 1) {
      await take(clock, typeof download === 'number' ? download / steps : download, signal);
      if (signal.aborted) job.words = 'The download was stopped.';
      else if (breaks && step > steps / 2) job.words = downloadWords[breaks];
      else {
        job.share = step / steps;
        onProgress?.(job.share);
      }
    }
    job.status = job.words === null ? 'completed' : 'failed';
    job.completedAt = clock.now();
    if (job.status === 'completed') catalog.push(job.model);
  }

  return {
    begin(name, onProgress) {
      if (catalog.some((each) => each.key === name)) return { already: true };
      const model = shop.find((each) => each.key === name);
      if (!model) return null;
      const id = `job_${jobs.size + 1}`;
      const job: Job = {
        id,
        model,
        status: 'downloading',
        share: 0,
        startedAt: clock.now(),
        completedAt: null,
        words: null,
      };
      jobs.set(id, job);
      return { already: false, job, over: run(job, ending.signal, onProgress) };
    },
    job: (id) => jobs.get(id),
    clear() {
      ending.abort();
      ending = new AbortController();
      jobs.clear();
    },
  };
}

const downloadWords = {
  'disk-full': 'ENOSPC: no space left on device, write',
  'download-fails': 'Failed to download: the connection was closed.',
} as const;
