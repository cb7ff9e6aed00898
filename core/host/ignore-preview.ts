import { previewRules } from '../observe/files/preview.ts';
import type { IgnorePreview } from '../protocol-owner.ts';
import type { Settings } from '../settings.ts';
import type { WatchPlanner } from './watch-planner.ts';

const most = 20_000;
const longestMs = 1_500;

/** What these rules would leave out of the watched folders: a look at 20,000 files and of a second and a half at most. */
export function previewIgnore(
  planner: WatchPlanner,
  watch: Settings['watch'],
  rules: readonly string[],
  signal: AbortSignal,
): Promise<IgnorePreview> {
  const folders = planner.folders(watch).map((folder) => ({
    root: folder.root,
    label: folder.label,
    exclude: planner.exclude(folder),
  }));
  return previewRules(folders, rules, { most, signal: AbortSignal.any([signal, AbortSignal.timeout(longestMs)]) });
}
