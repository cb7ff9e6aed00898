import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import type { Failure, Result } from '../errors.ts';
import { Bug, fail, messageOf, ok } from '../errors.ts';

/**
 * The only file that starts processes (DL1). Nothing runs that is not in `probes`: a fixed program, arguments of one constant shape, a
 * purpose. All of them only read.
 */
export interface Probe {
  readonly program: 'git';
  readonly args: readonly string[];
  readonly purpose: string;
}

/**
 * Before every git command: no locks, hooks, monitor, pager, transport, credential helper or signature program, and no repository that
 * lies about without a `.git`, whatever the configuration of the repository says.
 */
const inertGit = [
  '--no-optional-locks',
  '--no-pager',
  ...[
    'core.fsmonitor=false',
    'core.hooksPath=/dev/null',
    'core.untrackedCache=false',
    'core.sshCommand=false',
    'credential.helper=',
    'gpg.program=false',
    'log.showSignature=false',
    'protocol.allow=never',
    'safe.bareRepository=explicit',
    'submodule.recurse=false',
  ].flatMap((setting) => ['-c', setting]),
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

const git = (purpose: string, ...args: string[]): Probe => ({
  program: 'git',
  args: [...inertGit, '--literal-pathspecs', ...args],
  purpose,
});

/** Object ids only: a name could be read as an option or as a range. */
function objectId(text: string): string {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) throw new Bug('not an object id');
  return text;
}

/** `from..to`, or everything `to` can reach when there is no `from`. */
const range = (from: string | null, to: string): string[] =>
  from === null ? [objectId(to)] : [objectId(to), `^${objectId(from)}`];

const count = (most: number): string => `--max-count=${Math.max(1, Math.trunc(most))}`;
const since = (seconds: number): string => `--since=${Math.max(0, Math.trunc(seconds))}`;

/** No diff program, no text conversion, and none of the settings that change the shape of the answer. */
const inertDiff = '--no-ext-diff --no-textconv --no-color --no-relative --ignore-submodules';

/** One line each: hash, parents, committer second, author name, subject; separated by NUL. */
const commitLines = '--no-commit-header --encoding=UTF-8 --topo-order --format=%H%x00%P%x00%ct%x00%an%x00%s';

/** The constant part of a command, written as one. */
const words = (text: string): string[] => text.split(' ');

export const probes = {
  gitPlace: () => git('find the repository of a folder', ...words('rev-parse --show-toplevel --absolute-git-dir')),
  /** `path` is relative to the working folder; the prefix keeps any name from being read as an option. */
  gitBlob: (path: string) => git('read the committed version of a file', 'cat-file', 'blob', `HEAD:./${path}`),
  /**
   * Tracked files under folders of these names, at any depth below the working folder. Names with other characters than letters, digits,
   * `_`, `.` and `-` are left out: this probe alone reads patterns. The last pattern matches nothing; without any, git would list all.
   */
  gitTracked: (dirs: string[]): Probe => {
    const patterns = dirs.filter((name) => /^[\w.-]+$/.test(name)).map((name) => `:(glob)**/${name}/**`);
    const args = [...inertGit, ...words('ls-files -z --'), ...patterns, ':(top,literal).git/none'];
    return { program: 'git', args, purpose: 'tell build folders that hold tracked files' };
  },
  /** The commit and the full name of the branch (`HEAD` when detached), one line each. Refused while there is no commit. */
  gitHead: () => git('read the current commit', ...words('rev-parse HEAD --symbolic-full-name HEAD')),
  gitBranch: () => git('read the current branch before its first commit', ...words('symbolic-ref -q HEAD')),
  /** Commits that `to` reaches and `from` does not, newest first. */
  gitCommits: (from: string | null, to: string, most: number) =>
    git('list new commits', 'rev-list', ...words(commitLines), count(most), ...range(from, to)),
  gitCommitsSince: (sinceSeconds: number, to: string, most: number) =>
    git('list recent commits', 'rev-list', ...words(commitLines), count(most), since(sinceSeconds), objectId(to)),
  gitCount: (from: string | null, to: string, most: number) =>
    git('count commits', 'rev-list', '--count', count(most), ...range(from, to)),
  /** Lines added and removed per path between two commits; without a parent against nothing. */
  gitStat: (parent: string | null, hash: string) =>
    git(
      'measure a commit',
      ...words(`diff-tree ${inertDiff} -M -r -z --numstat --no-commit-id --root`),
      ...(parent === null ? [objectId(hash)] : [objectId(parent), objectId(hash)]),
    ),
  gitUnmerged: () => git('list conflicts', ...words('ls-files -u -z')),
  /** The index as it is, with the stat data that git keeps; compares nothing and so runs no filter. */
  gitIndex: () => git('read the index', ...words('ls-files -s -z --debug')),
  /** Tree against index only (`--cached`): the work tree is not read. */
  gitStaged: () =>
    git('list staged changes', ...words(`diff-index ${inertDiff} --no-renames --cached --name-only -z HEAD --`)),
} as const;

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
    cwd: options.cwd,
    env: probeEnv(),
    extendEnv: false,
    stdin: 'ignore',
    encoding: 'buffer',
    stripFinalNewline: false,
    maxBuffer: maxBytes,
    reject: false,
    detached: process.platform !== 'win32',
    windowsHide: true,
    verbose: 'none',
  });
  const guard = guardChild(child, maxBytes, options);
  try {
    const result = await child;
    options.signal?.throwIfAborted();
    const broken = guard.broken() ?? (result.isMaxBuffer ? tooLarge : null);
    if (broken && !(broken === tooLarge && options.keepPart)) return fail(broken);
    if (!broken && result.failed) return fail(await whyItFailed(probe, options.cwd, result));
    return ok(Buffer.from(result.stdout).subarray(0, maxBytes));
  } finally {
    guard.release();
  }
}

const tooLate: Failure = { class: 'transient', code: 'probe-timeout', message: 'the program took too long' };
const tooLarge: Failure = { class: 'resource', code: 'probe-too-large', message: 'the answer is too long' };

interface Child {
  readonly pid?: number | undefined;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  kill(signal: 'SIGKILL'): boolean;
}

/**
 * Ends a child with its whole group when it takes too long, says too much or is cancelled. execa's own limits end the program alone and
 * then wait for whoever else holds its pipes.
 */
function guardChild(child: Child, maxBytes: number, options: ProbeOptions) {
  let broken: Failure | null = null;
  const end = () => killGroup(child.pid, () => child.kill('SIGKILL'));
  const breakOff = (why: Failure) => {
    broken ??= why;
    end();
  };
  for (const stream of [child.stdout, child.stderr]) {
    let bytes = 0;
    stream?.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) breakOff(tooLarge);
    });
  }
  const timer = setTimeout(() => breakOff(tooLate), options.timeoutMs ?? 10_000);
  options.signal?.addEventListener('abort', end, { once: true });
  return {
    broken: (): Failure | null => broken,
    release() {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', end);
    },
  };
}

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

/** Absolute folders of PATH. A relative one would let the watched folder, our working folder, name the program. */
const searchPath = (): string[] => (process.env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));

/** Where the program is. Looked up by us, since Windows looks into the working folder first. */
async function findProgram(name: string): Promise<string | null> {
  for (const folder of searchPath()) {
    const file = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
    try {
      await access(file, constants.X_OK);
      if ((await stat(file)).isFile()) return file;
    } catch {
      // Not here: the next folder.
    }
  }
  return null;
}

/** Only what a read-only probe needs of the environment: nothing that names a key, a token or another program. */
function probeEnv(): Record<string, string> {
  const kept = ['HOME', 'USERPROFILE', 'HOMEDRIVE', 'HOMEPATH', 'XDG_CONFIG_HOME', 'APPDATA', 'ProgramData'];
  kept.push('SystemRoot', 'TEMP', 'TMP', 'TMPDIR');
  const env: Record<string, string> = { ...inertGitEnv, PATH: searchPath().join(delimiter) };
  env['NoDefaultCurrentDirectoryInExePath'] = '1';
  for (const name of kept) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
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
