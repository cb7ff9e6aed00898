import { dirname, join, relative } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { codeOf } from './compare.ts';
import { parentOf } from './ignore.ts';
import type { KnownFolder, KnownTree } from './known-tree.ts';

export interface HintOptions {
  root: string;
  tree: KnownTree;
  /** Whether a folder is left out. */
  hides: (folder: string) => boolean;
  /** More folders than this are not watched. */
  maxFolders: number;
  /** Something may have changed in a folder; the entry in it when the system named one. Paths are relative, with `/`. */
  onHint: (folder: string, name: string | null) => void;
  /** Comes a moment before the watch of a new folder stands: what is put in it just then needs a second look. */
  onNewFolder: (folder: string) => void;
  /** There is something for `takePostponed`. */
  onPostponed: () => void;
  /** The system refused something (an errno name). */
  onTrouble: (code: string) => void;
}

export interface Hints {
  /** Watches these folders and all that is known below them; resolves when the watches stand or could not be had. */
  add(folders: string[]): Promise<void>;
  /** Folders that came in such a crowd that they were not watched at once: to be looked into and added. */
  takePostponed(): string[];
  close(): Promise<void>;
}

/** Chokidar reads all folders of one watcher at once, at some 2 KB an entry; so each watcher gets a part of the tree, one after the other. */
const GROUP_WEIGHT = 1_500;
/** How many new folders a watcher may take in by itself between two calls of `takePostponed`. */
const FRESH_MOST = 300;

/**
 * Watches folders and only folders, so that a hundred thousand files cost one watch per folder. What the system says is passed on as
 * hints: nothing is told that was not seen by looking.
 */
export function createHints(options: HintOptions): Hints {
  const { root, tree, hides } = options;
  const watchers: FSWatcher[] = [];
  const cuts = new Set<string>();
  const fresh = new Set<string>();
  const postponed = new Set<string>();
  let closed = false;
  let endWait: () => void = () => undefined;
  const closing = new Promise<void>((end) => {
    endWait = end;
  });

  function wanted(folder: string, roots: ReadonlySet<string>): boolean {
    if (folder === '' || roots.has(folder)) return true;
    if (cuts.has(folder) || hides(folder)) return false;
    if (tree.folder(folder) || fresh.has(folder)) return true;
    if (tree.folderCount() >= options.maxFolders) return false;
    if (fresh.size < FRESH_MOST) {
      fresh.add(folder);
      return true;
    }
    postponed.add(folder);
    options.onPostponed();
    return false;
  }

  async function open(folders: string[]): Promise<void> {
    const roots = new Set(folders);
    const watcher = watch(
      folders.map((folder) => join(root, folder)),
      {
        ignored: (file, stats) => (stats ? !stats.isDirectory() || !wanted(pathIn(root, file), roots) : false),
        followSymlinks: false,
        ignoreInitial: true,
        ignorePermissionErrors: true,
        atomic: false,
      },
    );
    watchers.push(watcher);
    listen(watcher, options);
    await Promise.race([new Promise<void>((ready) => void watcher.once('ready', () => ready())), closing]);
  }

  async function add(folders: string[]): Promise<void> {
    const groups = groupFolders(folders.map((folder) => tree.folder(folder)).filter((folder) => folder !== null));
    for (const group of groups) for (const folder of group) cuts.add(folder);
    for (const group of groups) {
      if (!closed) await open(group);
    }
  }

  return {
    add,
    takePostponed() {
      fresh.clear();
      const tops = [...postponed].filter((folder) => !postponed.has(parentOf(folder)));
      postponed.clear();
      return tops;
    },
    async close() {
      closed = true;
      endWait();
      await Promise.all(watchers.map((watcher) => watcher.close()));
    },
  };
}

function listen(watcher: FSWatcher, { root, onHint, onNewFolder, onTrouble }: HintOptions): void {
  watcher.on('raw', (_event: string, name: string | null, details: unknown) => {
    const at = watchedPathOf(details);
    if (at === null) return;
    // A name is of an entry, of the folder itself when it changed or went, or a path where watches are recursive.
    const path = pathIn(root, name ? join(at, name) : at);
    const above = pathIn(root, name ? dirname(join(at, name)) : at);
    if (above !== '..' && !above.startsWith('../')) onHint(above, name ? path.slice(path.lastIndexOf('/') + 1) : null);
  });
  watcher.on('addDir', (file) => {
    const folder = pathIn(root, file);
    onHint(folder, null);
    onNewFolder(folder);
  });
  watcher.on('unlinkDir', (file) => {
    if (file !== root) onHint(pathIn(root, dirname(file)), null);
  });
  watcher.on('error', (error) => onTrouble(codeOf(error)));
}

/** Parts of the tree below these folders, of about equal weight. Recursive watches (macOS, Windows) need no parts. */
function groupFolders(tops: KnownFolder[]): string[][] {
  const groups: string[][] = [];
  let room = 0;
  const put = (folder: string, weight: number) => {
    if (weight > room || groups.length === 0) {
      groups.push([]);
      room = GROUP_WEIGHT;
    }
    groups.at(-1)?.push(folder);
    room -= weight;
  };
  /** Puts what is too heavy to stay together into groups; returns the weight that is left to the caller. */
  const weigh = (folder: KnownFolder): number => {
    const below = [...folder.folders.values()].map((child) => ({ path: child.path, weight: weigh(child) }));
    const own = folder.files.size + 1;
    const all = below.reduce((sum, { weight }) => sum + weight, own);
    if (all <= GROUP_WEIGHT) return all;
    for (const { path, weight } of below) put(path, weight);
    return own;
  };
  if (process.platform !== 'linux') return [tops.map(({ path }) => path)];
  for (const top of tops) put(top.path, weigh(top));
  return groups;
}

function pathIn(root: string, file: string): string {
  const path = relative(root, file);
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}

function watchedPathOf(details: unknown): string | null {
  if (typeof details !== 'object' || details === null || !('watchedPath' in details)) return null;
  return typeof details.watchedPath === 'string' ? details.watchedPath : null;
}
