import { basename } from 'node:path';
import type { Failure } from '../../errors.ts';
import type { SourceHealth } from '../../ports.ts';
import { plainLine } from '../text.ts';

export interface Trouble {
  top: string;
  failure: Failure;
}

/** What people should know of the git source: the first thing that is wrong, else how much it watches. Pure. */
export function healthOf(label: string, watched: number, troubles: Trouble[]): SourceHealth {
  const trouble = troubles[0];
  if (trouble) return { state: 'degraded', watched, ...wordsFor(trouble, troubles.length) };
  if (watched === 0) return { state: 'watching', watched, message: `No git repository in ${label} yet.` };
  return { state: 'watching', watched, message: `${watched} git ${watched === 1 ? 'repository' : 'repositories'}` };
}

export const missingRoot = (root: string): SourceHealth => ({
  state: 'failed',
  watched: 0,
  message: `The folder ${plainLine(root, 300)} does not exist or may not be read.`,
  remedy: 'Create the folder or allow reading it; it is looked for again every minute.',
});

function wordsFor({ top, failure }: Trouble, count: number): { message: string; remedy: string } {
  const name = plainLine(basename(top), 100);
  const more = count > 1 ? ` (and ${count - 1} more)` : '';
  if (failure.code === 'not-installed') {
    return {
      message: 'git is not installed, or not in the PATH of this program: commits and branches are not noticed.',
      remedy: 'Install git (https://git-scm.com/downloads); it is looked for again every minute.',
    };
  }
  if (failure.code === 'foreign-owner') {
    return {
      message: `The repository ${name} belongs to another user, so git does not read it${more}.`,
      remedy: `If you trust it: git config --global --add safe.directory '${plainLine(top, 300)}'`,
    };
  }
  return {
    message: `The repository ${name} cannot be read: ${failure.message}${more}.`,
    remedy: `Run "git status" in ${plainLine(top, 300)}: it says what to repair.`,
  };
}
