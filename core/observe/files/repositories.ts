import { join, relative } from 'node:path';
import type { Probe, probes as table } from '../../host/spawn.ts';
import { MAX_TEXT_BYTES } from './contents.ts';
import { buildLikeFolders, parentOf } from './ignore.ts';
import { childPath } from './known-tree.ts';

/** The repositories in and around a watched folder, as far as files are concerned. Never throws; without git it knows places only. */
export interface Repositories {
  /** Finds the repository that the watched folder is in; once, before anything else. */
  findTop(): Promise<void>;
  /** Notes a folder (relative) that holds a repository; returns the build-like folders that git tracks in it when it is new. */
  note(folder: string): Promise<string[]>;
  /** Forgets repositories that are not among these. */
  keepOnly(folders: string[]): void;
  /** Absolute top level of the repository that a path is in, else the watched folder. */
  placeOf(path: string): string;
  /** The committed version of a file of at most 1 MB; null when there is none or none that can be had. */
  committed(path: string): Promise<Buffer | null>;
}

export function createRepositories(root: string, signal: AbortSignal): Repositories {
  const folders = new Set<string>();
  let top: string | null = null;
  let missing = false;

  /** The relative folder of the repository a path is in, null when it is in none inside the watched folder. */
  function folderOf(path: string): string | null {
    for (let at = parentOf(path); ; at = parentOf(at)) {
      if (folders.has(at)) return at;
      if (at === '') return null;
    }
  }
  function topOf(path: string): string | null {
    const folder = folderOf(path);
    return folder === null ? top : join(root, folder);
  }
  async function probe(make: (probes: typeof table) => Probe, cwd: string, maxBytes: number): Promise<Buffer | null> {
    if (missing || signal.aborted) return null;
    // Loaded when first needed: a folder without a repository never pays for it.
    const { probes, runProbe } = await import('../../host/spawn.ts');
    const result = await runProbe(make(probes), { cwd, maxBytes, timeoutMs: 5_000, signal });
    if (!result.ok && result.failure.code === 'not-installed') missing = true;
    return result.ok ? result.value : null;
  }
  async function trackedIn(folder: string): Promise<string[]> {
    const listed = await probe((probes) => probes.gitTracked([...buildLikeFolders]), join(root, folder), 32_000_000);
    const found = new Set<string>();
    for (const path of listed?.toString('utf8').split('\0') ?? []) {
      for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
        const above = path.slice(0, end);
        if (buildLikeFolders.has(above.slice(above.lastIndexOf('/') + 1))) found.add(childPath(folder, above));
      }
    }
    return [...found];
  }

  return {
    async findTop() {
      const answer = await probe((probes) => probes.gitPlace(), root, 10_000);
      top = answer?.toString('utf8').split('\n')[0] || null;
    },
    async note(folder) {
      if (folders.has(folder)) return [];
      folders.add(folder);
      return trackedIn(folder);
    },
    keepOnly(still) {
      const kept = new Set(still);
      for (const folder of folders) if (!kept.has(folder)) folders.delete(folder);
    },
    placeOf: (path) => topOf(path) ?? root,
    async committed(path) {
      const place = topOf(path);
      if (place === null) return null;
      const inPlace = relative(place, join(root, path)).replaceAll('\\', process.platform === 'win32' ? '/' : '\\');
      return probe((probes) => probes.gitBlob(inPlace), place, MAX_TEXT_BYTES);
    },
  };
}
