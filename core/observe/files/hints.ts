import { dirname, join, relative } from 'node:path';
import { watch } from 'chokidar';
import { codeOf } from './compare.ts';

/** Where something may have changed: a folder, by relative path, and the entry in it when the system named one. */
export type OnHint = (folder: string, name: string | null) => void;

export interface Hints {
  /** Resolves when every folder that was there is watched, or could not be. */
  readonly ready: Promise<void>;
  /** Watches a folder that was not wanted before. */
  add(folder: string): void;
  close(): Promise<void>;
}

/**
 * Watches folders and only folders, so that a hundred thousand files cost one watch per folder. What the system says is passed on as
 * hints: nothing is told that was not seen by looking. `wanted` says of a relative path whether the folder is watched. `onNewFolder` comes
 * before the watch of that folder stands, so what is put in it at that moment needs a second look.
 */
export function openHints(options: {
  root: string;
  wanted: (folder: string) => boolean;
  onHint: OnHint;
  onNewFolder: (folder: string) => void;
  onTrouble: (code: string) => void;
}): Hints {
  const { root, wanted, onHint } = options;
  const inside = (file: string) => {
    const path = relative(root, file);
    return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
  };
  const isInside = (path: string) => path !== '..' && !path.startsWith('../');
  const watcher = watch(root, {
    ignored: (file, stats) => (stats ? !stats.isDirectory() || !wanted(inside(file)) : false),
    followSymlinks: false,
    ignoreInitial: true,
    ignorePermissionErrors: true,
    atomic: false,
  });
  watcher.on('raw', (_event: string, name: string | null, details: unknown) => {
    const at = watchedPathOf(details);
    if (at === null) return;
    // Recursive watches name a path below; others name an entry, or the folder itself when it changed or went.
    const path = name ? inside(join(at, name)) : inside(at);
    if (!isInside(path)) return;
    if (name) onHint(inside(dirname(join(at, name))), path.slice(path.lastIndexOf('/') + 1));
    else onHint(path, null);
  });
  watcher.on('addDir', (file) => {
    const folder = inside(file);
    onHint(folder, null);
    options.onNewFolder(folder);
  });
  watcher.on('unlinkDir', (file) => onHint(inside(dirname(file)), null));
  watcher.on('error', (error) => options.onTrouble(codeOf(error)));
  return {
    ready: new Promise((resolve) => void watcher.once('ready', () => resolve())),
    add: (folder) => void watcher.add(join(root, folder)),
    close: () => watcher.close(),
  };
}

function watchedPathOf(details: unknown): string | null {
  if (typeof details !== 'object' || details === null || !('watchedPath' in details)) return null;
  return typeof details.watchedPath === 'string' ? details.watchedPath : null;
}
