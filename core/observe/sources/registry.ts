import type { Clock, Log, Source } from '../../ports.ts';
import type { Settings } from '../../settings.ts';
import { createFilesSource } from './files.ts';
import { createGitSource } from './git.ts';

/** What a source may need to be made. */
export interface SourceParts {
  /** An absolute folder the owner wants watched. */
  root: string;
  /** Prefix of its targets: empty when it is the only folder, else its name and a slash. */
  label: string;
  settings: Settings['watch'];
  /** Folders never looked at: Reverie's own data (OB7). */
  exclude: string[];
  /** On the very first look: tell of the folder itself and of commits this recent; null tells nothing. */
  firstLookMs: number | null;
  filesWorker: URL;
  clock: Clock;
  log: Log;
}

/** Every kind of source that watches a folder: one line each. The owner's notes enter through the door (`sources/notes.ts`). */
export const folderSources: readonly ((parts: SourceParts) => Source)[] = [
  ({ root, label, settings, exclude, firstLookMs, filesWorker, log }) =>
    createFilesSource({
      root,
      label,
      ignore: settings.ignore,
      maxFiles: settings.maxFiles,
      exclude,
      announce: firstLookMs !== null,
      workerUrl: filesWorker,
      log,
    }),
  ({ root, label, settings, firstLookMs, clock, log }) =>
    createGitSource({ root, label, uncommittedHours: settings.uncommittedHours, clock, firstLookMs, log }),
];
