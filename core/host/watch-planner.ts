import { planFolder } from '../observe/sources/registry.ts';
import type { Log, WatchPlan } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { LabelsFor } from './folder-labels.ts';
import { systemClock } from './system.ts';
import { contains, realPath, type WatchedFolder, watchedFolders } from './watched-folders.ts';
import { workerUrl } from './worker-url.ts';

/** From settings to what is watched on this machine. */
export interface WatchPlanner {
  /** The folders of the settings, else the fallback; never the data folder or one in it. */
  folders(watch: Settings['watch']): WatchedFolder[];
  /** Folders that are never looked at when `folder` is: Reverie's own data, and those that have sources of their own. */
  exclude(folder: WatchedFolder): string[];
  plan(watch: Settings['watch']): WatchPlan;
}

/** The folders of the settings, else the fallback, as they are written there. */
export function foldersOf({ folders }: Settings['watch'], fallbackFolder: string | null): readonly string[] {
  return folders.length > 0 || fallbackFolder === null ? folders : [fallbackFolder];
}

export function createWatchPlanner(options: {
  dataDir: string;
  fallbackFolder: string | null;
  firstLookMs: number | null;
  labelsFor: LabelsFor;
  log: Log;
}): WatchPlanner {
  const { dataDir, fallbackFolder, firstLookMs, labelsFor, log } = options;
  const filesWorker = workerUrl('files');

  const folders = (watch: Settings['watch']) =>
    watchedFolders(
      foldersOf(watch, fallbackFolder).filter((folder) => !contains(dataDir, realPath(folder))),
      labelsFor,
    );
  // In an order of their own: that of the settings must not make other sources.
  const exclude = ({ inner }: WatchedFolder) => [dataDir, ...inner.toSorted()];

  return {
    folders,
    exclude,
    plan(settings) {
      const watched = folders(settings);
      return {
        folders: watched.map(({ root }) => root),
        sources: watched.flatMap((folder) =>
          planFolder({
            ...folder,
            settings,
            exclude: exclude(folder),
            firstLookMs,
            filesWorker,
            clock: systemClock,
            log,
          }),
        ),
      };
    },
  };
}
