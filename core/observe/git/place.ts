import { lstat, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Failure, Result } from '../../errors.ts';
import { fail, ok } from '../../errors.ts';
import { type Probe, type ProbeOptions, probes, runProbe } from '../../host/spawn.ts';

/** Where one repository keeps its things; all absolute. */
export interface Place {
  /** The folder with the files. */
  top: string;
  /** Its own git folder: HEAD, index, what is in progress. */
  gitDir: string;
  /** What linked worktrees share: branches and objects. The same as `gitDir` otherwise. */
  commonDir: string;
}

/** Runs a probe in one repository. Rejects only with the reason of the signal it is bound to. */
export type Ask = (
  probe: Probe,
  limits?: Pick<ProbeOptions, 'maxBytes' | 'keepPart' | 'timeoutMs'>,
) => Promise<Result<Buffer>>;

export const askIn =
  (top: string, signal: AbortSignal): Ask =>
  (probe, limits = {}) =>
    runProbe(probe, { cwd: top, signal, ...limits });

const mostRepositories = 50;
const mostFolders = 2_000;
const deepest = 3;
const skipped = new Set(['.git', 'node_modules', 'bower_components', 'vendor', 'dist', 'build', 'out', 'target']);
for (const name of ['.venv', 'venv', '__pycache__', '.cache', '.next', '.gradle', 'Pods']) skipped.add(name);

/**
 * Folders with a `.git` in them: the nearest one at or above `root`, and those up to three folders below it, 50 at most. Links are not
 * followed. Looks at names only and starts no process. Rejects when `root` itself cannot be read.
 */
export async function findTops(root: string): Promise<string[]> {
  await readdir(root);
  const tops: string[] = [];
  const above = await topAbove(root);
  if (above) tops.push(above);
  let level = await foldersIn(root);
  let seen = 0;
  for (let depth = 1; depth <= deepest && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      if (++seen > mostFolders || tops.length >= mostRepositories) return tops;
      if (await hasGit(folder)) tops.push(folder);
      if (depth < deepest) next.push(...(await foldersIn(folder)));
    }
    level = next;
  }
  return tops;
}

async function topAbove(start: string): Promise<string | null> {
  for (let folder = start; ; folder = dirname(folder)) {
    if (await hasGit(folder)) return folder;
    if (dirname(folder) === folder) return null;
  }
}

async function hasGit(folder: string): Promise<boolean> {
  const entry = await lstat(join(folder, '.git')).catch(() => null);
  return entry !== null && (entry.isDirectory() || entry.isFile());
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((each) => each.isDirectory() && !skipped.has(each.name)).map((each) => join(folder, each.name));
}

/**
 * Asks git about the repository that `top` should be. Fails with what `runProbe` fails with, or with `other-place` when git ends up
 * elsewhere: a damaged `.git` makes it look further up, and `core.worktree` may name any folder.
 */
export async function openPlace(top: string, ask: Ask): Promise<Result<Place>> {
  const said = await ask(probes.gitPlace());
  if (!said.ok) return said;
  // The folder may have line breaks in its name; what we expect to read settles where it ends.
  const text = said.value.toString('utf8');
  const expected = `${process.platform === 'win32' ? top.replaceAll('\\', '/') : top}\n`;
  if (!text.startsWith(expected)) return fail(otherPlace);
  const gitDir = resolve(text.slice(expected.length).replace(/\r?\n$/, ''));
  return ok({ top, gitDir, commonDir: await commonDirOf(gitDir) });
}

const otherPlace: Failure = {
  class: 'permanent',
  code: 'other-place',
  message: 'its .git folder is damaged or names another folder as its own',
};

async function commonDirOf(gitDir: string): Promise<string> {
  const named = await readFile(join(gitDir, 'commondir'), 'utf8').catch(() => null);
  return named === null ? gitDir : resolve(gitDir, named.replace(/\r?\n$/, ''));
}
