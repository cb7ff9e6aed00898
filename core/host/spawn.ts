import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { execa } from 'execa';
import type { Failure, Result } from '../errors.ts';
import { fail, messageOf, ok } from '../errors.ts';
import { findProgram, lmsEnv, probeEnv } from './spawn-env.ts';
import type { Probe } from './spawn-git.ts';
import { type Child, guardChild, keepEnd, type Limit, releasePipes } from './spawn-guard.ts';
import { type LmsCommand, lmsArgs, lmsKeeps } from './spawn-lms.ts';

// The only file that starts processes (DL1). Nothing runs but the read-only probes of `spawn-git.ts`, the commands of `spawn-lms.ts` and,
// on Windows, `taskkill` for what one of them started: fixed programs with arguments of constant shapes.

export { type Probe, probes } from './spawn-git.ts';

export interface ProbeOptions {
  cwd: string;
  timeoutMs?: number;
  maxBytes?: number;
  /** Answer with the first `maxBytes` of a longer output instead of failing. */
  keepPart?: boolean;
  signal?: AbortSignal;
}

/**
 * Runs one probe with closed stdin in its own process group and ends the whole group at the limit.
 * Returns its stdout, byte for byte. Fails with `not-installed`, `place-missing` (the working folder), `probe-timeout`, `probe-too-large`,
 * `foreign-owner` (git distrusts the repository of another user), `no-repository` or `probe-refused` (any other non-zero exit). Throws only
 * the signal's reason.
 */
export async function runProbe(probe: Probe, options: ProbeOptions): Promise<Result<Buffer>> {
  options.signal?.throwIfAborted();
  const file = await findProgram(probe.program);
  if (file === null) return missing(probe.program);
  try {
    return await run(file, probe, options);
  } catch (thrown) {
    if (options.signal?.aborted) throw options.signal.reason;
    return fail({ class: 'permanent', code: 'probe-failed', message: messageOf(thrown) });
  }
}

async function run(file: string, probe: Probe, options: ProbeOptions): Promise<Result<Buffer>> {
  const maxBytes = options.maxBytes ?? 4_000_000;
  const child = execa(file, probe.args, {
    ...fixedOptions,
    cwd: options.cwd,
    env: probeEnv(),
    encoding: 'buffer',
    stripFinalNewline: false,
    maxBuffer: maxBytes,
    detached: process.platform !== 'win32',
  });
  const guard = guardChild(child, options.timeoutMs ?? 10_000, options.signal, () => endAll(child));
  guard.limitBytes(maxBytes);
  try {
    const result = await child;
    options.signal?.throwIfAborted();
    const broken = guard.broken() ?? (result.isMaxBuffer ? 'too-large' : null);
    if (broken && !(broken === 'too-large' && options.keepPart)) return fail(probeLimits[broken]);
    if (!broken && result.failed) return fail(await whyItFailed(probe, options.cwd, result));
    return ok(Buffer.from(result.stdout).subarray(0, maxBytes));
  } finally {
    guard.release();
  }
}

/** No inherited environment, no input, no window, no words on our terminal; a failure is a value. */
const fixedOptions = { extendEnv: false, stdin: 'ignore', reject: false, windowsHide: true, verbose: 'none' } as const;

const probeLimits: Record<Limit, Failure> = {
  'too-late': { class: 'transient', code: 'probe-timeout', message: 'the program took too long' },
  'too-large': { class: 'resource', code: 'probe-too-large', message: 'the answer is too long' },
};

export interface LmsOptions {
  /** Where `lms` is: an absolute path to a file of that name. */
  file: string;
  /** The owner's home folder. */
  userHome: string;
  timeoutMs: number;
  signal: AbortSignal;
  /** Hears stdout as it comes, in pieces of any size. */
  onText?: (text: string) => void;
}

/** What `lms` said and how it ended: `exitCode` is null when a signal ended it. Of long talk only the end is here. */
export interface LmsSaid {
  exitCode: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs one command of `lms` with closed stdin in its own process group, drains all it says and ends the whole group at the time limit.
 * Says how it ended, whatever that means; fails with `lms-unusable` (there is nothing that can be started), `lms-timeout` or `lms-failed`
 * (a list longer than 8 MB). Throws only the signal's reason.
 */
export async function runLms(command: LmsCommand, options: LmsOptions): Promise<Result<LmsSaid>> {
  options.signal.throwIfAborted();
  const args = lmsArgs(command);
  if (!isAbsolute(options.file) || !/^lms(?:\.exe)?$/.test(basename(options.file)))
    return fail(unusable('this is no absolute path to a file named lms'));
  try {
    return await drive(command, args, options);
  } catch (thrown) {
    if (options.signal.aborted) throw options.signal.reason;
    return fail(unusable(messageOf(thrown)));
  }
}

async function drive(command: LmsCommand, args: string[], options: LmsOptions): Promise<Result<LmsSaid>> {
  const child = execa(options.file, args, {
    ...fixedOptions,
    // A folder that is there and is the owner's: a program of this kind reads settings from where it runs.
    cwd: dirname(options.file),
    env: lmsEnv(options.userHome),
    encoding: 'buffer',
    buffer: false,
    detached: process.platform !== 'win32',
  });
  const guard = guardChild(child, options.timeoutMs, options.signal, () => endAll(child));
  if (lmsKeeps(command) === 'whole') guard.limitBytes(mostListBytes);
  const most = lmsKeeps(command) === 'whole' ? mostListBytes : mostEndBytes;
  const stdout = keepEnd(child.stdout, most, options.onText);
  const stderr = keepEnd(child.stderr, mostEndBytes);
  const letGo = releasePipes(child);
  try {
    const result = await child;
    options.signal.throwIfAborted();
    const broken = guard.broken();
    if (broken) return fail(lmsLimits[broken]);
    if (result.exitCode === undefined && result.signal === undefined)
      return fail(unusable(`it cannot be started (${result.code ?? 'unknown reason'})`));
    return ok({ exitCode: result.exitCode ?? null, signal: result.signal ?? null, stdout: stdout(), stderr: stderr() });
  } finally {
    letGo();
    guard.release();
  }
}

/** A list of 5,000 models is half of this. */
const mostListBytes = 8_000_000;
const mostEndBytes = 64_000;

const unusable = (why: string): Failure => ({ class: 'permanent', code: 'lms-unusable', message: why });

const lmsLimits: Record<Limit, Failure> = {
  'too-late': { class: 'transient', code: 'lms-timeout', message: 'lms did not finish in time and was ended.' },
  'too-large': {
    class: 'resource',
    code: 'lms-failed',
    message: 'lms answered with more than 8 MB, which is no list.',
  },
};

/** Words of git decide only between codes and are never repeated: they may quote the repository. */
async function whyItFailed(
  probe: Probe,
  cwd: string,
  result: { code?: string | undefined; exitCode?: number | undefined; stderr: Uint8Array },
): Promise<Failure> {
  if (result.exitCode === undefined && !(await isFolder(cwd))) {
    return { class: 'permanent', code: 'place-missing', message: 'the folder does not exist or may not be entered' };
  }
  if (result.code === 'ENOENT') return missing(probe.program).failure;
  const words = Buffer.from(result.stderr).toString('utf8');
  const said = `${probe.program} exited with ${result.exitCode ?? result.code ?? 'a signal'}`;
  if (words.includes('dubious ownership')) return { class: 'permission', code: 'foreign-owner', message: said };
  if (words.includes('not a git repository')) return { class: 'permanent', code: 'no-repository', message: said };
  return { class: 'permanent', code: 'probe-refused', message: said };
}

const missing = (program: string) =>
  fail({ class: 'permanent', code: 'not-installed', message: `${program} is not installed` });

async function isFolder(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isDirectory()) return false;
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Ends a child and all it started: its process group, on Windows the tree below it. */
function endAll(child: Child): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') return void endTree(child.pid, child);
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Already gone: that is what we wanted.
  }
}

/** Windows has no groups to signal. Where its own program for this is of no use, the child ends alone. */
async function endTree(pid: number, child: Child): Promise<void> {
  const file = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'taskkill.exe');
  await execa(file, ['/pid', String(pid), '/t', '/f'], {
    ...fixedOptions,
    env: {},
    stdout: 'ignore',
    stderr: 'ignore',
  });
  child.kill('SIGKILL');
}
