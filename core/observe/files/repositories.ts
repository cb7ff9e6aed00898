import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Probe, probes as table } from '../../host/spawn.ts';
import { MAX_TEXT_BYTES } from './contents.ts';
import { buildLikeFolders, parentOf } from './ignore.ts';
import { childPath } from './known-tree.ts';

/** The repositories in and around a watched folder, as far as files are concerned. Never throws; without git it knows places only. */
export interface Repositories {
  /** Finds the repository that the watched folder is in. */
  findTop(): void;
  /** Notes a folder (relative) that holds a repository. */
  note(folder: string): void;
  /** Forgets repositories that are not among these. */
  keepOnly(folders: string[]): void;
  /** Those of these build-like folders that git tracks files in. Each is asked about once. */
  trackedAmong(folders: Iterable<string>): Promise<string[]>;
  /** Asks about all of them again. */
  askAgain(): void;
  /** Absolute top level of the repository that a path is in, else the watched folder. */
  placeOf(path: string): string;
  /** The committed version of a file of at most 1 MB; null when there is none or none that can be had. */
  committed(path: string): Promise<Buffer | null>;
}

export function createRepositories(root: string, signal: AbortSignal): Repositories {
  const folders = new Set<string>();
  const asked = new Set<string>();
  let top: string | null = null;
  let missing = false;

  function topOf(path: string): string | null {
    for (let at = parentOf(path); ; at = parentOf(at)) {
      if (folders.has(at)) return join(root, at);
      if (at === '') return top;
    }
  }

  async function probe(make: (probes: typeof table) => Probe, cwd: string, maxBytes: number): Promise<Buffer | null> {
    if (missing || signal.aborted) return null;
    // Loaded when first needed: a folder where nothing is compared with a commit never pays for it.
    const { probes, runProbe } = await import('../../host/spawn.ts');
    try {
      const result = await runProbe(make(probes), { cwd, maxBytes, timeoutMs: 5_000, signal });
      if (!result.ok && result.failure.code === 'not-installed') missing = true;
      return result.ok ? result.value : null;
    } catch (thrown) {
      if (signal.aborted) return null;
      throw thrown;
    }
  }

  /** All build-like folders with tracked files in one repository, relative to the watched folder. */
  async function trackedIn(place: string): Promise<string[]> {
    const base = place === top ? '' : slashed(relative(root, place));
    const listed = await probe((probes) => probes.gitTracked([...buildLikeFolders]), join(root, base), 32_000_000);
    const found = new Set<string>();
    for (const path of listed?.toString('utf8').split('\0') ?? []) {
      for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
        const above = path.slice(0, end);
        if (buildLikeFolders.has(above.slice(above.lastIndexOf('/') + 1))) found.add(childPath(base, above));
      }
    }
    return [...found];
  }

  return {
    findTop() {
      let at = dirname(root);
      while (!existsSync(join(at, '.git')) && dirname(at) !== at) at = dirname(at);
      top = existsSync(join(at, '.git')) ? at : null;
    },
    note: (folder) => void folders.add(folder),
    keepOnly(still) {
      const kept = new Set(still);
      for (const folder of folders) if (!kept.has(folder)) folders.delete(folder);
    },
    async trackedAmong(candidates) {
      const fresh = [...candidates].filter((folder) => !asked.has(folder));
      for (const folder of fresh) asked.add(folder);
      const places = new Set(fresh.map(topOf).filter((place) => place !== null));
      const found: string[] = [];
      for (const place of places) found.push(...(await trackedIn(place)));
      return found;
    },
    askAgain: () => asked.clear(),
    placeOf: (path) => topOf(path) ?? root,
    async committed(path) {
      const place = topOf(path);
      const file = join(root, path);
      return place === null
        ? null
        : probe((probes) => probes.gitBlob(slashed(relative(place, file))), place, MAX_TEXT_BYTES);
    },
  };
}

const slashed = (path: string) => (process.platform === 'win32' ? path.replaceAll('\\', '/') : path);
