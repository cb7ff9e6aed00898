import { execa } from 'execa';
import type { Result } from '../errors.ts';
import { fail, messageOf, ok } from '../errors.ts';

/**
 * The only file that starts processes (DL1). Nothing runs that is not in `probes`: a fixed program, arguments of one constant shape, a
 * purpose. All of them only read.
 */
export interface Probe {
  readonly program: 'git';
  readonly args: readonly string[];
  readonly purpose: string;
}

/** Before every git command: no locks taken, no hooks, no monitor program, no pager, whatever the repository's own configuration says. */
const inertGit = [
  '--no-optional-locks',
  '--no-pager',
  '--literal-pathspecs',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.untrackedCache=false',
  '-c',
  'gpg.program=false',
] as const;

/** No prompts, no network transports (a promisor remote could name a command), no lazy fetching of missing objects. */
const inertGitEnv = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  LC_ALL: 'C',
};

const git = (purpose: string, ...args: string[]): Probe => ({ program: 'git', args: [...inertGit, ...args], purpose });

export const probes = {
  gitPlace: () => git('find the repository of a folder', 'rev-parse', '--show-toplevel', '--absolute-git-dir'),
  /** `path` is relative to the working folder; the prefix keeps any name from being read as an option. */
  gitBlob: (path: string) => git('read the committed version of a file', 'cat-file', 'blob', `HEAD:./${path}`),
} as const;

/** Only what a read-only probe needs of the environment: nothing that names a key, a token or another program. */
function probeEnv(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'USERPROFILE', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'APPDATA', 'XDG_CONFIG_HOME'];
  const env: Record<string, string> = { ...inertGitEnv };
  for (const name of kept) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/**
 * Runs one probe with closed stdin in its own process group and ends the whole group at the limit.
 * Returns its stdout; fails with `not-installed`, `probe-timeout`, `probe-too-large` or `probe-refused` (a non-zero exit).
 */
export async function runProbe(
  probe: Probe,
  options: { cwd: string; timeoutMs?: number; maxBytes?: number; signal?: AbortSignal },
): Promise<Result<Buffer>> {
  const child = execa(probe.program, probe.args, {
    cwd: options.cwd,
    env: probeEnv(),
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'pipe',
    encoding: 'buffer',
    maxBuffer: options.maxBytes ?? 4_000_000,
    reject: false,
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  let ended: 'timeout' | 'cancelled' | null = null;
  const end = (why: 'timeout' | 'cancelled') => {
    ended ??= why;
    killGroup(child.pid, () => child.kill('SIGKILL'));
  };
  const timer = setTimeout(() => end('timeout'), options.timeoutMs ?? 10_000);
  const cancel = () => end('cancelled');
  options.signal?.addEventListener('abort', cancel, { once: true });
  try {
    const result = await child;
    if (ended === 'timeout') return fail({ class: 'transient', code: 'probe-timeout', message: `${probe.program} did not answer in time` });
    if (ended === 'cancelled') return fail({ class: 'transient', code: 'probe-cancelled', message: 'stopped' });
    if (result.isMaxBuffer) return fail({ class: 'resource', code: 'probe-too-large', message: 'the answer is larger than expected' });
    if (result.code === 'ENOENT') return fail({ class: 'permanent', code: 'not-installed', message: `${probe.program} is not installed` });
    if (result.failed) {
      const words = Buffer.from(result.stderr).toString('utf8').trim().slice(0, 300);
      return fail({ class: 'permanent', code: 'probe-refused', message: words || `${probe.program} exited with ${result.exitCode}` });
    }
    return ok(Buffer.from(result.stdout));
  } catch (thrown) {
    return fail({ class: 'permanent', code: 'probe-failed', message: messageOf(thrown) });
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', cancel);
  }
}

function killGroup(pid: number | undefined, alone: () => void): void {
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32') alone();
    else process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone: that is what we wanted.
  }
}
