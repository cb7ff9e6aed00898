import { type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { IgnoreRules } from './ignore.ts';
import { childPath, type Known, type KnownFolder, type KnownTree } from './known-tree.ts';

/** One file as it is now. */
export interface Found {
  path: string;
  known: Known;
  link: boolean;
  /** When its entry last changed and when it was made; 0 where the file system does not say. */
  ctimeMs: number;
  birthtimeMs: number;
}

export interface Differences {
  created: Found[];
  changed: { found: Found; before: Known }[];
  deleted: { path: string; before: Known }[];
  /** No longer looked at, because the ignore rules changed. */
  dropped: string[];
  /** Folders that hold a repository and were looked into. */
  repositories: string[];
  /** Folders with a `.gitignore` that was made, changed or removed. */
  ruleFolders: string[];
  /** Why the watched folder itself could not be read (an errno name); nothing else is told then. */
  rootLost: string | null;
}

export interface CompareState {
  root: string;
  tree: KnownTree;
  rules: IgnoreRules;
  maxFiles: number;
  /** Folders that may not be read, by relative path; kept up to date. */
  unreadable: Set<string>;
  /** For learning what is there: creations and changes are not listed. */
  learning: boolean;
  /** Set when files were left out because there are too many. */
  crowded: boolean;
  /** Ends the work early. */
  stopped(): boolean;
}

const noDifferences = (): Differences => ({
  created: [],
  changed: [],
  deleted: [],
  dropped: [],
  repositories: [],
  ruleFolders: [],
  rootLost: null,
});

const SLICE_MS = 12;

/**
 * Compares folders with what is known and brings what is known up to date. A folder that was not known is compared with everything below
 * it; `deep` does that for known ones too. With `names` only those entries are looked at, if they are files. Lets other work run every few milliseconds.
 * An unreadable folder keeps what was known of it.
 */
export async function compareFolders(
  state: CompareState,
  wanted: Iterable<{ path: string; names: ReadonlySet<string> | null }>,
  deep: boolean,
): Promise<Differences> {
  const into = noDifferences();
  let sliceEnd = performance.now() + SLICE_MS;
  for (const { path, names } of wanted) {
    const first = state.tree.folder(path);
    if (!first) continue;
    if (names && [...names].every((name) => compareEntry(state, first, name, into))) continue;
    const waiting = [first];
    for (let folder = waiting.pop(); folder; folder = waiting.pop()) {
      if (state.stopped()) return into;
      for (const below of compareFolder(state, folder, into)) {
        if (deep || below.fresh) waiting.push(below.folder);
      }
      if (performance.now() > sliceEnd) {
        await new Promise<void>((next) => setImmediate(next));
        sliceEnd = performance.now() + SLICE_MS;
      }
    }
  }
  return into;
}

/** Compares the entries of one folder; returns the folders in it. */
function compareFolder(state: CompareState, folder: KnownFolder, into: Differences) {
  const entries = list(state, folder, into);
  if (!entries) return [];
  const below: { folder: KnownFolder; fresh: boolean }[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    seen.add(entry.name);
    if (entry.name === '.git') into.repositories.push(folder.path);
    const path = childPath(folder.path, entry.name);
    if (entry.isDirectory()) {
      const inside = enterFolder(state, folder, entry.name, path, into);
      if (inside) below.push(inside);
    } else {
      if (folder.folders.has(entry.name)) dropFolder(state, folder, entry.name, into);
      if (entry.isFile() || entry.isSymbolicLink()) compareEntry(state, folder, entry.name, into);
      else forget(folder, entry.name, path, state, into);
    }
  }
  for (const name of folder.files.keys()) {
    if (!seen.has(name)) compareFile(state, folder, name, childPath(folder.path, name), null, into);
  }
  for (const name of folder.folders.keys()) {
    if (!seen.has(name)) dropFolder(state, folder, name, into);
  }
  return below;
}

/** Looks at one entry as a file; false when it is or was a folder, so that the folder it is in needs a whole look. */
function compareEntry(state: CompareState, folder: KnownFolder, name: string, into: Differences): boolean {
  const path = childPath(folder.path, name);
  const stats = statOf(state, path);
  if (stats === 'refused') state.unreadable.add(folder.path);
  else if (stats?.isDirectory() || folder.folders.has(name)) return false;
  else if (!stats || stats.isFile() || stats.isSymbolicLink()) compareFile(state, folder, name, path, stats, into);
  return true;
}

function list(state: CompareState, folder: KnownFolder, into: Differences): Dirent[] | null {
  try {
    const entries = readdirSync(join(state.root, folder.path), { withFileTypes: true });
    state.unreadable.delete(folder.path);
    return entries;
  } catch (thrown) {
    const code = codeOf(thrown);
    if (folder.path === '') into.rootLost = code;
    // A folder that has gone is told by the folder above it.
    else if (code !== 'ENOENT' && code !== 'ENOTDIR') state.unreadable.add(folder.path);
    return null;
  }
}

function enterFolder(state: CompareState, folder: KnownFolder, name: string, path: string, into: Differences) {
  forget(folder, name, path, state, into);
  const fresh = !folder.folders.has(name);
  if (state.rules.ignores(path, true)) {
    if (!fresh) state.tree.drop(folder, name, (gone) => into.dropped.push(gone));
    return null;
  }
  if (fresh && isFull(state)) {
    state.crowded = true;
    return null;
  }
  return { folder: state.tree.enter(folder, name), fresh };
}

function compareFile(
  state: CompareState,
  folder: KnownFolder,
  name: string,
  path: string,
  stats: Stats | null,
  into: Differences,
): void {
  const before = folder.files.get(name);
  if (state.rules.ignores(path, false)) {
    if (before) into.dropped.push(path);
    if (before) state.tree.remove(path);
    return;
  }
  if (!stats) {
    if (!before) return;
    state.tree.remove(path);
    into.deleted.push({ path, before });
    noteRules(name, folder, into);
    return;
  }
  if (!before && isFull(state)) {
    state.crowded = true;
    return;
  }
  if (before && before.size === stats.size && before.mtimeMs === stats.mtimeMs && before.ino === stats.ino) return;
  const known = { size: stats.size, mtimeMs: stats.mtimeMs, ino: stats.ino, hash: null };
  state.tree.put(folder, name, known);
  if (state.learning) return;
  const found = { path, known, link: stats.isSymbolicLink(), ctimeMs: stats.ctimeMs, birthtimeMs: stats.birthtimeMs };
  if (before) into.changed.push({ found, before });
  else into.created.push(found);
  noteRules(name, folder, into);
}

/** A file or folder that has become something that is not looked at: a pipe, a socket, a folder where a file was. */
function forget(folder: KnownFolder, name: string, path: string, state: CompareState, into: Differences): void {
  const before = folder.files.get(name);
  if (!before) return;
  state.tree.remove(path);
  into.deleted.push({ path, before });
}

function dropFolder(state: CompareState, folder: KnownFolder, name: string, into: Differences): void {
  state.tree.drop(folder, name, (path, before) => into.deleted.push({ path, before }));
  const path = childPath(folder.path, name);
  for (const lost of state.unreadable) {
    if (lost === path || lost.startsWith(`${path}/`)) state.unreadable.delete(lost);
  }
}

function noteRules(name: string, folder: KnownFolder, into: Differences): void {
  if (name === '.gitignore') into.ruleFolders.push(folder.path);
}

function isFull(state: CompareState): boolean {
  return state.tree.fileCount() >= state.maxFiles || state.tree.folderCount() >= state.maxFiles;
}

function statOf(state: CompareState, path: string): Stats | null | 'refused' {
  try {
    return lstatSync(join(state.root, path), { throwIfNoEntry: false }) ?? null;
  } catch (thrown) {
    return codeOf(thrown) === 'ENOTDIR' ? null : 'refused';
  }
}

export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'unknown';
}
