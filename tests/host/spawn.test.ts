import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Probe, probes, runProbe } from '../../core/host/spawn.ts';
import { createGitSource } from '../../core/observe/sources/git.ts';
import { memorySink } from '../contracts/source.ts';
import { fakeClock } from '../kit/clock.ts';
import { makeTree, type Tree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';

let tree: Tree;
beforeEach(() => {
  tree = makeTree({ repository: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  tree.end();
});

/** Puts a script in the place of git. */
function impostor(script: string): void {
  tree.write('bin/git', `#!/bin/sh\n${script}\n`);
  chmodSync(tree.at('bin/git'), 0o755);
  vi.stubEnv('PATH', `${tree.at('bin')}:/usr/bin:/bin`);
}

const probe = probes.gitHead();
const code = async (result: ReturnType<typeof runProbe>) => {
  const answer = await result;
  return answer.ok ? 'ok' : answer.failure.code;
};

describe('the table of programs', () => {
  const [idA, idB] = ['a'.repeat(40), 'b'.repeat(40)];
  const seven = 7_777;
  /** Every entry with every kind of argument; what an argument can vary is listed in `holes`. */
  const shapes: { [Name in keyof typeof probes]: Probe[] } = {
    gitPlace: [probes.gitPlace()],
    gitBlob: [probes.gitBlob('PATH')],
    gitTracked: [probes.gitTracked(['FOLDER'])],
    gitHead: [probes.gitHead()],
    gitBranch: [probes.gitBranch()],
    gitCommits: [probes.gitCommits(idA, idB, seven), probes.gitCommits(null, idB, seven)],
    gitCommitsSince: [probes.gitCommitsSince(seven, idA, seven)],
    gitCount: [probes.gitCount(idA, idB, seven), probes.gitCount(null, idB, seven)],
    gitStat: [probes.gitStat(idA, idB), probes.gitStat(null, idB)],
    gitUnmerged: [probes.gitUnmerged()],
    gitIndex: [probes.gitIndex()],
    gitStaged: [probes.gitStaged()],
  };
  const hole = (arg: string): RegExp => {
    const text = arg.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const open = text.replace(/a{40}|b{40}/g, '(?:[0-9a-f]{40}|[0-9a-f]{64})').replace('7777', '\\d+');
    return new RegExp(`^${open.replace('PATH', '[^]+').replace('FOLDER', '[\\w.-]+')}$`);
  };
  const matches = (args: readonly string[]) =>
    Object.values(shapes)
      .flat()
      .some(
        (shape) => shape.args.length === args.length && shape.args.every((arg, at) => hole(arg).test(args[at] ?? '')),
      );

  it('[DL1.4] starts only git, with arguments of the shapes in the table, whatever happens in a repository', async () => {
    const started: { file: string; args: string[] }[] = [];
    const note = (message: unknown) => {
      const child = (message as { process: ChildProcess }).process;
      // The channel tells of a process before its arguments are known.
      queueMicrotask(() => started.push({ file: child.spawnfile, args: child.spawnargs.slice(1) }));
    };
    subscribe('child_process', note);
    const clock = fakeClock(Date.now());
    const source = createGitSource({
      root: tree.root,
      label: '',
      uncommittedHours: 1,
      clock,
      firstLookMs: 60_000,
      log: silent,
    });
    try {
      tree.write('a', 'a\n');
      tree.commit('One');
      await source.start(memorySink().sink, memorySink().reader);
      tree.write('a', 'b\n');
      tree.commit('Two');
      tree.git('commit', '-q', '--amend', '-m', 'Three');
      await source.rescan();
      tree.git('reset', '-q', '--hard', 'HEAD~1');
      await source.rescan();
      tree.git('checkout', '-q', '--orphan', 'other');
      tree.write('.git/MERGE_HEAD', `${idA}\n`);
      clock.jump(10 * 3_600_000);
      await clock.pass(600_000);
      await source.rescan();
    } finally {
      await source.stop();
      unsubscribe('child_process', note);
    }
    expect(started.length).toBeGreaterThan(10);
    expect(started.filter(({ file, args }) => basename(file) !== 'git' || !matches(args))).toEqual([]);
    expect(matches(['-c', 'core.fsmonitor=true', 'status'])).toBe(false);
  });

  it('[DL1.5] is the only place in the core that can start a process', () => {
    const starts = (text: string) =>
      /child_process|['"]execa['"]|['"](?:node:)?cluster['"]|process\.binding|['"]node-pty['"]/.test(text);
    expect(starts("import { execFile } from 'node:child_process';")).toBe(true);
    expect(starts("const { execa } = await import('execa');")).toBe(true);
    expect(starts("import { spawn } from './spawn.ts';")).toBe(false);
    const core = join(import.meta.dirname, '../../core');
    const files = readdirSync(core, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((name) => starts(readFileSync(join(core, name), 'utf8')))).toEqual([join('host', 'spawn.ts')]);
  });

  it('[DL1.6] takes no option, range or pattern where it wants an object or a folder name', async () => {
    for (const bad of ['--output=x', 'HEAD', `${idA}..`, '', 'A'.repeat(40)]) {
      expect(() => probes.gitStat(null, bad)).toThrow('object id');
      expect(() => probes.gitCommits(bad, idA, 1)).toThrow('object id');
    }
    for (const path of ['build/a', 'x/build/b', 'src/c', 'deep/build/d/e']) tree.write(path, 'x\n');
    tree.commit('Files');
    const tracked = async (...dirs: string[]) => {
      const said = await runProbe(probes.gitTracked(dirs), { cwd: tree.root });
      return said.ok ? said.value.toString('utf8').split('\0').filter(Boolean) : said.failure.code;
    };
    expect(await tracked('build', 'dist')).toEqual(['build/a', 'deep/build/d/e', 'x/build/b']);
    expect(await tracked('**', ':(top)', '../src', '--others')).toEqual([]);
    expect(await tracked()).toEqual([]);
  });
});

describe('running a probe', () => {
  it('[DL1.7] gives the program nothing of the environment but what it needs, and a closed stdin', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'secret');
    vi.stubEnv('GIT_EXTERNAL_DIFF', 'evil');
    vi.stubEnv('GIT_DIR', '/elsewhere');
    vi.stubEnv('LD_PRELOAD_OF_NOBODY', 'x');
    impostor('cat; env');
    vi.stubEnv('PATH', `relative:.::${process.env.PATH}`);
    const said = await runProbe(probe, { cwd: tree.root });
    const env = said.ok
      ? said.value
          .toString('utf8')
          .split('\n')
          .filter((line) => /^\w+=/.test(line))
      : [];
    const names = env.map((line) => line.slice(0, line.indexOf('=')));
    const allowed =
      /^(?:PATH|HOME|TEMP|TMP|TMPDIR|XDG_CONFIG_HOME|LC_ALL|NoDefaultCurrentDirectoryInExePath|PWD|OLDPWD|SHLVL|_)$/;
    expect(names.filter((name) => !allowed.test(name)).sort()).toEqual([
      'GIT_ALLOW_PROTOCOL',
      'GIT_ASKPASS',
      'GIT_NO_LAZY_FETCH',
      'GIT_NO_REPLACE_OBJECTS',
      'GIT_OPTIONAL_LOCKS',
      'GIT_TERMINAL_PROMPT',
    ]);
    expect(env).toContain(`PATH=${tree.at('bin')}:/usr/bin:/bin`);
  });

  it('[DL1.8] ends the program and everything it started at the time limit', async () => {
    impostor(`sleep 1000 & echo $! > '${tree.at('pid')}'; wait`);
    expect(await code(runProbe(probe, { cwd: tree.root, timeoutMs: 300 }))).toBe('probe-timeout');
    await waitFor('the grandchild to end', () => isGone(Number(readFileSync(tree.at('pid'), 'utf8'))));
  });

  it('[DL1.8] ends everything it started when its output is too long, and can keep the part that came', async () => {
    impostor(`sleep 1000 & echo $! > '${tree.at('pid')}'; yes`);
    expect(await code(runProbe(probe, { cwd: tree.root, maxBytes: 1_000 }))).toBe('probe-too-large');
    await waitFor('the grandchild to end', () => isGone(Number(readFileSync(tree.at('pid'), 'utf8'))));
    const part = await runProbe(probe, { cwd: tree.root, maxBytes: 1_000, keepPart: true });
    expect(part.ok && part.value.toString('utf8')).toBe('y\n'.repeat(500));
    await waitFor('the other one too', () => isGone(Number(readFileSync(tree.at('pid'), 'utf8'))));
  });

  it('[DL1.8] ends when it is cancelled, with the reason; cancelled before, it starts nothing', async () => {
    impostor(`echo $$ > '${tree.at('pid')}'; sleep 1000`);
    const controller = new AbortController();
    const running = runProbe(probe, { cwd: tree.root, signal: controller.signal });
    const reason = new Error('enough');
    const refused = expect(running).rejects.toBe(reason);
    const pid = await waitFor(
      'the program to run',
      () => existsSync(tree.at('pid')) && Number(readFileSync(tree.at('pid'), 'utf8')),
    );
    controller.abort(reason);
    await refused;
    await waitFor('it to end', () => isGone(pid));
    tree.remove('pid');
    await expect(runProbe(probe, { cwd: tree.root, signal: controller.signal })).rejects.toBe(reason);
    expect(existsSync(tree.at('pid'))).toBe(false);
  });

  it('[DL1.9] tells a missing program from a missing folder, and both from a refusal', async () => {
    expect(await code(runProbe(probe, { cwd: tree.at('nowhere') }))).toBe('place-missing');
    tree.write('file', '');
    expect(await code(runProbe(probe, { cwd: tree.at('file') }))).toBe('place-missing');
    expect(await code(runProbe(probe, { cwd: tree.root }))).toBe('probe-refused');
    const plain = makeTree();
    expect(await code(runProbe(probe, { cwd: plain.root }))).toBe('no-repository');
    plain.end();
    expect(await code(runProbe(probes.gitBlob('a\0b'), { cwd: tree.root }))).toBe('probe-failed');
    vi.stubEnv('PATH', '');
    expect(await code(runProbe(probe, { cwd: tree.root }))).toBe('not-installed');
  });

  it('[DL1.9] repeats no words of the program, and gives its output byte for byte', async () => {
    impostor('echo "hostile words" >&2; exit 3');
    const refused = await runProbe(probe, { cwd: tree.root });
    expect(refused).toEqual({
      ok: false,
      failure: { class: 'permanent', code: 'probe-refused', message: 'git exited with 3' },
    });
    vi.unstubAllEnvs();
    const content = Buffer.from([0xff, 0, 10, 0xc3, 13, 10, 10]);
    tree.write('odd', content);
    tree.commit('Odd');
    const said = await runProbe(probes.gitBlob('odd'), { cwd: tree.root });
    expect(said.ok && said.value.equals(content)).toBe(true);
  });
});

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie waits for its parent only.
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}
