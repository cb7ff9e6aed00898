import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Result } from '../../errors.ts';
import { messageOf } from '../../errors.ts';
import type { LmsSaid } from '../../host/spawn.ts';
import { findProgram } from '../../host/spawn-env.ts';
import type { Clock } from '../../ports.ts';
import type { SeenLms } from '../lm-studio.ts';
import { diedOfInstruction, illegalInstruction } from './lms-failures.ts';
import { versionOf } from './lms-lists.ts';

export interface Places {
  /** Where the owner says that it is; empty: nowhere. */
  set: string;
  /** LM Studio's home folders, best first. */
  homes: readonly string[];
  userHome: string;
}

/** Files of that name, in the order in which they are tried: the owner's, PATH, LM Studio's home, the two usual homes. */
async function candidates({ set, homes, userHome }: Places): Promise<string[]> {
  const name = process.platform === 'win32' ? 'lms.exe' : 'lms';
  const usual = [join(userHome, '.lmstudio'), join(userHome, '.cache', 'lm-studio')];
  const onPath = await findProgram('lms');
  const files = [set, onPath ?? '', ...[...homes, ...usual].map((home) => join(home, 'bin', name))];
  return [...new Set(files)].filter((file) => file !== '');
}

const hungMs = 5 * 60_000;
const silence = 'it does not answer when asked for its version';

/**
 * The first `lms` that says its version; else the first that is there and why it is of no use; else none. `probe` runs `version --json`
 * of a file, which starts and wakes nothing. A file that died of an illegal instruction is not run again until it is another file, one
 * that did not answer in time not for five minutes; whoever comes after it waits for the next look, so that no look waits for two.
 */
export function createFinder(
  probe: (file: string, signal: AbortSignal) => Promise<Result<LmsSaid>>,
  clock: Pick<Clock, 'elapsed'>,
) {
  const dead = new Set<string>();
  /** Until when. */
  const hung = new Map<string, number>();

  async function look(file: string, set: string, signal: AbortSignal): Promise<SeenLms | 'late'> {
    if (!isAbsolute(file)) return { kind: 'unusable', path: file, why: 'the path in the settings is not absolute' };
    const identity = await identityOf(file);
    if (identity === null)
      return file === set
        ? { kind: 'unusable', path: file, why: 'there is no file at the path in the settings' }
        : { kind: 'missing' };
    if (identity instanceof Error) return { kind: 'unusable', path: file, why: messageOf(identity) };
    if (dead.has(identity)) return { kind: 'unusable', path: file, why: illegalInstruction };
    if (clock.elapsed() < (hung.get(identity) ?? 0)) return { kind: 'unusable', path: file, why: silence };
    const ran = await probe(file, signal);
    if (ran.ok && diedOfInstruction(ran.value)) dead.add(identity);
    if (!isLate(ran)) return judge(file, ran);
    hung.set(identity, clock.elapsed() + hungMs);
    return 'late';
  }

  return async (places: Places, signal: AbortSignal): Promise<SeenLms> => {
    let best: SeenLms = { kind: 'missing' };
    for (const file of await candidates(places)) {
      const looked = await look(file, places.set, signal);
      const seen: SeenLms = looked === 'late' ? { kind: 'unusable', path: file, why: silence } : looked;
      if (seen.kind === 'found') return seen;
      if (best.kind === 'missing') best = seen;
      if (looked === 'late') break;
    }
    return best;
  };
}

const isLate = (ran: Result<LmsSaid>): boolean => !ran.ok && ran.failure.code === 'lms-timeout';

function judge(path: string, ran: Result<LmsSaid>): SeenLms {
  const because = (why: string): SeenLms => ({ kind: 'unusable', path, why });
  if (!ran.ok) return because(ran.failure.message);
  if (diedOfInstruction(ran.value)) return because(illegalInstruction);
  const version = ran.value.exitCode === 0 ? versionOf(ran.value.stdout) : null;
  if (version !== null && version.length <= 100) return { kind: 'found', path, version };
  const end =
    ran.value.exitCode === null ? `was ended by ${ran.value.signal ?? 'a signal'}` : `ended with ${ran.value.exitCode}`;
  return because(`it does not tell its version as lms does (${end})`);
}

/** What tells one file from the next at the same place; null when there is none, an error when it is no file. */
async function identityOf(file: string): Promise<string | Error | null> {
  try {
    const found = await stat(file);
    if (!found.isFile()) return new Error('this is a folder, not a program');
    return `${file} ${found.size} ${found.mtimeMs}`;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : new Error(messageOf(thrown));
  }
}
