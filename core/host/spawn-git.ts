import { Bug } from '../errors.ts';

/** A read-only question to a fixed program: arguments of one constant shape, and what it is for (DL1). */
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
export const inertGitEnv = {
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
