import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A real folder for one test, under the system's temporary folder; `end` removes it. */
export interface Tree {
  /** Absolute and real: no link on the way to it. */
  readonly root: string;
  at(path: string): string;
  /** Writes a file with all folders above it. A new one appears whole: it is never seen empty first. */
  write(path: string, content: string | Uint8Array): void;
  folder(path: string): void;
  move(from: string, to: string): void;
  remove(path: string): void;
  /** Sets the modification time, seconds since the epoch, content untouched. */
  touch(path: string, seconds?: number): void;
  /** Runs git in the folder with a fixed author and without the machine's own configuration; returns stdout. */
  git(...args: string[]): string;
  /** Adds everything and commits it. */
  commit(message: string): void;
  end(): void;
}

/** Makes an empty folder; with `repository: true` a git repository with the branch `main` and no commit. */
export function makeTree(options: { repository?: boolean } = {}): Tree {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'reverie-tree-')));
  const at = (path: string) => join(root, path);
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, env: gitEnv(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const tree: Tree = {
    root,
    at,
    git,
    write(path, content) {
      mkdirSync(dirname(at(path)), { recursive: true });
      if (existsSync(at(path))) return writeFileSync(at(path), content);
      writeFileSync(`${root}-new`, content);
      renameSync(`${root}-new`, at(path));
    },
    folder: (path) => void mkdirSync(at(path), { recursive: true }),
    move: (from, to) => renameSync(at(from), at(to)),
    remove: (path) => rmSync(at(path), { recursive: true, force: true }),
    touch: (path, seconds = Date.now() / 1000 + 60) => utimesSync(at(path), seconds, seconds),
    commit(message) {
      git('add', '-A');
      git('commit', '-q', '-m', message);
    },
    end: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }),
  };
  if (options.repository) git('init', '-q', '-b', 'main');
  return tree;
}

function gitEnv(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: tmpdir(),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
    LC_ALL: 'C',
  };
}
