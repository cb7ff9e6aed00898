import { probes } from '../../host/spawn.ts';
import { plainLine } from '../text.ts';
import type { Ask } from './place.ts';

export const operationNames = ['rebase', 'am', 'merge', 'cherry-pick', 'revert', 'bisect'] as const;
export type OperationName = (typeof operationNames)[number];

/** What git left in progress, as it was told. */
export interface Operation {
  name: OperationName;
  /** Paths with unmerged entries. */
  conflicts: number;
  /** HEAD when it was told. */
  hash: string | null;
}

/** Files in the git folder that say what is in progress, the one that decides first: a rebase picks commits too. */
export const operationFiles = [
  'rebase-merge',
  'rebase-apply',
  'rebase-apply/applying',
  'MERGE_HEAD',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'BISECT_LOG',
] as const;

/** Which operation these files mean. Pure. */
export function operationOf(there: ReadonlySet<string>): OperationName | null {
  if (there.has('rebase-apply/applying')) return 'am';
  if (there.has('rebase-merge') || there.has('rebase-apply')) return 'rebase';
  if (there.has('MERGE_HEAD')) return 'merge';
  if (there.has('CHERRY_PICK_HEAD')) return 'cherry-pick';
  if (there.has('REVERT_HEAD')) return 'revert';
  return there.has('BISECT_LOG') ? 'bisect' : null;
}

/** While these run, HEAD is nobody's work; what they made of it is told when they end. */
export const holdsHead = (name: OperationName | null): boolean => name === 'rebase' || name === 'bisect';

/** Paths with conflicts, each once; none when git cannot say. */
export async function readConflicts(ask: Ask): Promise<string[]> {
  const said = await ask(probes.gitUnmerged(), { keepPart: true });
  if (!said.ok) return [];
  const records = said.value.toString('utf8').split('\0');
  const paths = records.map((record) => record.slice(record.indexOf('\t') + 1)).filter(Boolean);
  return [...new Set(paths)].map((path) => plainLine(path, 200).toWellFormed());
}
