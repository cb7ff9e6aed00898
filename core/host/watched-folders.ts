import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

export interface WatchedFolder {
  /** Absolute, links resolved where it exists. */
  root: string;
  /** Before every target: empty when it is the only one, else its name with as much of the path as tells it from the others. */
  label: string;
  /** Watched folders inside this one: theirs to tell, or each change would be told twice. */
  inner: string[];
  /** Another watched folder before it lies in the same repository, and tells its commits. */
  repositoryTold: boolean;
}

/** The folders to watch, each once, however often and by whatever name it was given. */
export function watchedFolders(given: readonly string[]): WatchedFolder[] {
  const roots = [...new Set(given.map(realPath))];
  const told = new Set<string>();
  return roots.map((root) => {
    const repository = repositoryOf(root);
    const repositoryTold = repository !== null && told.has(repository);
    if (repository !== null) told.add(repository);
    const inner = roots.filter((other) => other !== root && contains(root, other));
    return { root, label: labelOf(root, roots), inner, repositoryTold };
  });
}

/** Whether `inside` is `folder` or lies in it. */
function contains(folder: string, inside: string): boolean {
  const path = relative(folder, inside);
  return path !== '..' && !path.startsWith(`..${sep}`) && resolve(folder, path) === inside;
}

function labelOf(root: string, roots: readonly string[]): string {
  if (roots.length === 1) return '';
  const tail = (path: string, parts: number) => path.split(sep).filter(Boolean).slice(-parts).join('/');
  const most = root.split(sep).length;
  for (let parts = 1; parts < most; parts++)
    if (roots.filter((other) => tail(other, parts) === tail(root, parts)).length === 1) return `${tail(root, parts)}/`;
  return `${tail(root, most)}/`;
}

function repositoryOf(folder: string): string | null {
  if (existsSync(join(folder, '.git'))) return folder;
  const above = dirname(folder);
  return above === folder ? null : repositoryOf(above);
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder);
  }
}
