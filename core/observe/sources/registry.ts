import type { Clock, Log, PlannedSource, Source } from '../../ports.ts';
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
  /** Another watched folder tells the commits of the repository that this one lies in. */
  repositoryTold: boolean;
  /** On the very first look: tell of the folder itself and of commits this recent; null tells nothing. */
  firstLookMs: number | null;
  filesWorker: URL;
  clock: Clock;
  log: Log;
}

/** Every kind of source that watches a folder: one line each. The owner's notes enter through the door (`sources/notes.ts`). */
const folderSources: readonly ((parts: SourceParts) => PlannedSource | null)[] = [filesSource, gitSource];

/** The sources of one folder, not yet made. */
export const planFolder = (parts: SourceParts): PlannedSource[] => folderSources.flatMap((plan) => plan(parts) ?? []);

function filesSource({ root, label, settings, exclude, firstLookMs, filesWorker, log }: SourceParts): PlannedSource {
  const { ignore, maxFiles } = settings;
  const options = { root, label, ignore, maxFiles, exclude, announce: firstLookMs !== null };
  return planned('files', options, () => createFilesSource({ ...options, workerUrl: filesWorker, log }));
}

function gitSource(parts: SourceParts): PlannedSource | null {
  const { root, label, settings, firstLookMs, clock, log } = parts;
  const options = { root, label, uncommittedHours: settings.uncommittedHours, firstLookMs };
  return parts.repositoryTold ? null : planned('git', options, () => createGitSource({ ...options, clock, log }));
}

/** Two are the same when everything that the owner or the other folders decide about them is. */
const planned = (kind: string, options: object, make: () => Source): PlannedSource => ({
  same: JSON.stringify([kind, options]),
  make,
});
