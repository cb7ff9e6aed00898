import type { Result } from '../../errors.ts';
import { fail, ok } from '../../errors.ts';
import { type LmsOptions, type LmsSaid, runLms } from '../../host/spawn.ts';
import type { LmsCommand } from '../../host/spawn-lms.ts';
import { systemClock } from '../../host/system.ts';
import type { SeenLms } from '../lm-studio.ts';
import type { LmsParts } from './lms.ts';
import { brokenBy, inWords, lmsFailures } from './lms-failures.ts';
import { createFinder } from './lms-find.ts';

export type Running = Pick<LmsOptions, 'timeoutMs' | 'signal' | 'onText'>;

/** Finds `lms` and asks it one thing at a time. `what` completes "lms could not …". */
export interface LmsAsker {
  found(signal: AbortSignal): Promise<SeenLms>;
  /** Runs one command. How it ended is still to be judged, unless this `lms` is missing, unusable or was too slow. */
  tell(command: LmsCommand, what: string, how: Running): Promise<Result<LmsSaid>>;
  /** Runs one command that prints JSON; null of `read` means that this was none. */
  query<T>(command: LmsCommand, what: string, read: (stdout: string) => T | null, how: Running): Promise<Result<T>>;
}

export function createLmsAsker(parts: LmsParts, probeMs: number): LmsAsker {
  const run = parts.run ?? runLms;
  const start = (file: string, command: LmsCommand, how: Running) =>
    run(command, { file, userHome: parts.userHome, ...how });
  const probe = (file: string, signal: AbortSignal) => start(file, { name: 'version' }, { timeoutMs: probeMs, signal });
  const find = createFinder(probe, parts.clock ?? systemClock);
  let known: { seen: Extract<SeenLms, { kind: 'found' }>; set: string } | null = null;

  async function found(signal: AbortSignal): Promise<SeenLms> {
    const set = parts.settings().lmsPath;
    if (known?.set === set) return known.seen;
    const seen = await find({ set, homes: await parts.homes(), userHome: parts.userHome }, signal);
    known = seen.kind === 'found' ? { seen, set } : null;
    parts.log.debug('lms-looked-up', { kind: seen.kind });
    return seen;
  }

  const tell: LmsAsker['tell'] = async (command, what, how) => {
    const seen = await found(how.signal);
    if (seen.kind === 'missing') return fail(lmsFailures.none());
    if (seen.kind === 'unusable') return fail(lmsFailures.unusable(seen.why));
    const said = await start(seen.path, command, how);
    const failure = said.ok ? brokenBy(said.value) : inWords(said.failure, what);
    if (failure?.code === 'lms-unusable') known = null;
    if (failure) parts.log.debug('lms-failed', { command: command.name, code: failure.code });
    else if (said.ok) parts.log.debug('lms-ended', { command: command.name, exit: said.value.exitCode });
    return failure ? fail(failure) : said;
  };

  return {
    found,
    tell,
    async query(command, what, read, how) {
      const said = await tell(command, what, how);
      if (!said.ok) return said;
      if (said.value.exitCode !== 0) return fail(lmsFailures.noAnswer(what));
      const value = read(said.value.stdout);
      return value === null ? fail(lmsFailures.noList(what)) : ok(value);
    },
  };
}
