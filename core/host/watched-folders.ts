import { existsSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fail, ok, type Result } from '../errors.ts';
import type { LabelsFor } from './folder-labels.ts';

export interface WatchedFolder {
  /** Absolute, links resolved where it exists. */
  root: string;
  /** Before every target: empty for the first folder ever, else its name with as much of the path as tells it from the others. */
  label: string;
  /** Watched folders inside this one: theirs to tell, or each change would be told twice. */
  inner: string[];
  /** Another watched folder before it lies in the same repository, and tells its commits. */
  repositoryTold: boolean;
}

/** The folders to watch, each once, however often and by whatever name it was given. */
export function watchedFolders(given: readonly string[], labelsFor: LabelsFor): WatchedFolder[] {
  const roots = [...new Set(given.map(realPath))];
  const labels = labelsFor(roots);
  const told = new Set<string>();
  return roots.map((root) => {
    const repository = repositoryOf(root);
    const repositoryTold = repository !== null && told.has(repository);
    if (repository !== null) told.add(repository);
    const inner = roots.filter((other) => other !== root && contains(root, other));
    return { root, label: labels.get(root) ?? '', inner, repositoryTold };
  });
}

/**
 * The folders as they are to be kept: whole paths, `~/` resolved, each once. Refuses in words what is no folder of this machine, and
 * Reverie's own; those that are watched `now` stay as they are, also when one of them is away for the moment.
 */
export function admitFolders(
  given: readonly string[],
  { dataDir, now, userHome }: { dataDir: string; now: readonly string[]; userHome: string },
): Result<string[]> {
  const kept = new Map<string, string>();
  for (const folder of given) {
    const whole = folder.replace(/^~(?=$|[\\/])/, userHome);
    const path = isAbsolute(whole) ? resolve(whole) : whole;
    const why = now.includes(path) || now.includes(realPath(path)) ? null : refusalOf(path, dataDir, userHome);
    if (why !== null)
      return fail({ class: 'permanent', code: 'folder-refused', message: `Nothing was changed. “${folder}” ${why}` });
    const real = realPath(path);
    if (!kept.has(real)) kept.set(real, path);
  }
  return ok([...kept.values()]);
}

function refusalOf(path: string, dataDir: string, userHome: string): string | null {
  if (!isAbsolute(path)) return `is not a whole path. Write where the folder is, such as ${join(userHome, path)}.`;
  const stats = statsOf(path);
  if (stats === null) return 'is no folder on this machine. Check how it is written, or choose one that is there.';
  if (stats && !stats.isDirectory()) return 'is a file. Choose the folder that it lies in.';
  if (!contains(dataDir, realPath(path))) return null;
  return 'is where Reverie keeps what it knows: it would watch itself. Choose another folder.';
}

/** Null when nothing is there; undefined when the system does not say, then the source will. */
function statsOf(path: string): Stats | null | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOTDIR' ? null : undefined;
  }
}

/** Whether `inside` is `folder` or lies in it. */
export function contains(folder: string, inside: string): boolean {
  const path = relative(folder, inside);
  return path !== '..' && !path.startsWith(`..${sep}`) && resolve(folder, path) === inside;
}

function repositoryOf(folder: string): string | null {
  if (existsSync(join(folder, '.git'))) return folder;
  const above = dirname(folder);
  return above === folder ? null : repositoryOf(above);
}

/** Links resolved where the folder exists. */
export function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder);
  }
}
