import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LmsOptions, runLms } from '../../core/host/spawn.ts';
import { isLmsValue, type LmsCommand, lmsArgs } from '../../core/host/spawn-lms.ts';
import { makeTree, type Tree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';

let tree: Tree;
beforeEach(() => {
  tree = makeTree();
});
afterEach(() => {
  vi.unstubAllEnvs();
  tree.end();
});

/** A script in the place of `lms`. */
function impostor(script: string, path = 'lms'): string {
  tree.write(path, `#!/bin/sh\n${script}\n`);
  chmodSync(tree.at(path), 0o755);
  return tree.at(path);
}

const version: LmsCommand = { name: 'version' };
const load: Extract<LmsCommand, { name: 'load' }> = {
  name: 'load',
  port: 1,
  path: 'PATH',
  identifier: 'ID',
  contextTokens: 2,
  ttlSeconds: 3,
  parallel: 4,
  gpu: 0.5,
};
const run = (command: LmsCommand, options: Partial<LmsOptions> = {}) =>
  runLms(command, {
    file: tree.at('lms'),
    userHome: tree.root,
    timeoutMs: 30_000,
    signal: new AbortController().signal,
    ...options,
  });
const pidOf = (name: string) =>
  waitFor('the program to run', () => existsSync(tree.at(name)) && Number(readFileSync(tree.at(name), 'utf8')));

describe('the table of lms commands', () => {
  it('[DL1.20] holds these commands, each in one shape, and nothing else can be asked for', async () => {
    const line = (command: LmsCommand) => lmsArgs(command).join(' ');
    expect([
      line(version),
      line({ name: 'daemon-status' }),
      line({ name: 'list', port: 1 }),
      line({ name: 'loaded', port: 1 }),
      line(load),
      line({ ...load, ttlSeconds: null, parallel: null, gpu: 'max' }),
      line({ ...load, ttlSeconds: null, parallel: null, gpu: 'off' }),
      line({ name: 'unload', port: 1, id: 'ID' }),
      line({ name: 'get', port: 1, model: 'MODEL' }),
      line({ name: 'start-server', port: null }),
      line({ name: 'start-server', port: 1 }),
    ]).toEqual([
      'version --json',
      'daemon status --json',
      'ls --json --port 1',
      'ps --json --port 1',
      'load --exact PATH --identifier ID -c 2 --gpu 0.50 --ttl 3 --parallel 4 --port 1',
      'load --exact PATH --identifier ID -c 2 --gpu max --port 1',
      'load --exact PATH --identifier ID -c 2 --gpu off --port 1',
      'unload ID --port 1',
      'get MODEL -y --port 1',
      'server start',
      'server start --port 1',
    ]);
    impostor(`touch '${tree.at('ran')}'`);
    for (const forged of [{ name: 'import' }, { name: 'toString' }, { args: ['bootstrap'] }, ['version'], {}])
      await expect(run(forged as unknown as LmsCommand)).rejects.toThrow('no command of the table');
    expect(existsSync(tree.at('ran'))).toBe(false);
  });

  it('[DL1.21] takes no value that could be read as an option, and no figure that is none', async () => {
    for (const bad of ['', '-a', '--all', '-', 'a\nb', 'a\0b', '\u001b[2J', 'a\u2028b', 'x'.repeat(1_001)]) {
      expect(isLmsValue(bad)).toBe(false);
      expect(() => lmsArgs({ name: 'unload', port: 1, id: bad })).toThrow('not a value');
      expect(() => lmsArgs({ name: 'get', port: 1, model: bad })).toThrow('not a value');
      expect(() => lmsArgs({ ...load, path: bad })).toThrow('not a value');
      expect(() => lmsArgs({ ...load, identifier: bad })).toThrow('not a value');
    }
    for (const good of ['acme/demo-8b', 'a b;$(c)"\'', '模型', 'x'.repeat(1_000)]) expect(isLmsValue(good)).toBe(true);
    for (const bad of [0, -1, 65_536, 1.5, Number.NaN])
      expect(() => lmsArgs({ name: 'list', port: bad })).toThrow('port');
    for (const bad of [0, -1, 1.5, Number.POSITIVE_INFINITY]) {
      expect(() => lmsArgs({ ...load, contextTokens: bad })).toThrow('count');
      expect(() => lmsArgs({ ...load, ttlSeconds: bad })).toThrow('count');
      expect(() => lmsArgs({ ...load, parallel: bad })).toThrow('count');
    }
    for (const bad of [-0.1, 1.1, Number.NaN]) expect(() => lmsArgs({ ...load, gpu: bad })).toThrow('share');
    impostor('printf "%s|" "$@"');
    const said = await run({ name: 'unload', port: 9, id: 'a b;$(touch x)' });
    expect(said.ok && said.value.stdout).toBe('unload|a b;$(touch x)|--port|9|');
  });
});

describe('running lms', () => {
  it('[DL1.22] starts only a file named lms at an absolute path; what cannot be started is lms-unusable', async () => {
    const other = impostor(`touch '${tree.at('ran')}'`, 'sh');
    mkdirSync(tree.at('folder/lms'), { recursive: true });
    tree.write('plain/lms', 'not executable');
    tree.write('broken/lms', '#!/nowhere/sh\n');
    chmodSync(tree.at('broken/lms'), 0o755);
    for (const file of [other, 'lms', './lms', '', tree.at('none/lms'), tree.at('folder/lms'), tree.at('plain/lms')])
      expect(await run(version, { file })).toMatchObject({ ok: false, failure: { code: 'lms-unusable' } });
    expect(await run(version, { file: tree.at('broken/lms') })).toMatchObject({ failure: { code: 'lms-unusable' } });
    expect(existsSync(tree.at('ran'))).toBe(false);
  });

  it('[DL1.23] gives it a closed stdin, no colours and nothing of the environment but what it needs', async () => {
    for (const name of ['LM_API_TOKEN', 'OPENAI_API_KEY', 'LMS_FORCE_PROD', 'NODE_OPTIONS', 'LD_PRELOAD_OF_NOBODY'])
      vi.stubEnv(name, 'secret');
    vi.stubEnv('DISPLAY', ':7');
    vi.stubEnv('PATH', `relative:.::/usr/bin:/bin`);
    impostor('cat; env');
    const said = await run(version);
    const env = said.ok ? said.value.stdout.split('\n') : [];
    expect(env).toEqual(
      expect.arrayContaining([`HOME=${tree.root}`, 'PATH=/usr/bin:/bin', 'FORCE_COLOR=0', 'DISPLAY=:7']),
    );
    const allowed =
      /^(?:HOME|PATH|FORCE_COLOR|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|XDG_RUNTIME_DIR|DBUS_SESSION_BUS_ADDRESS|TEMP|TMP|TMPDIR|PWD|OLDPWD|SHLVL|_)$/;
    const names = env.filter((line) => line !== '').map((line) => line.replace(/=.*/, ''));
    expect(names.filter((name) => !allowed.test(name))).toEqual([]);
  });

  it('[DL1.24] ends it with everything it started at the time limit', async () => {
    impostor(`sleep 1000 & echo $! > '${tree.at('pid')}'; wait`);
    expect(await run(version, { timeoutMs: 300 })).toMatchObject({ ok: false, failure: { code: 'lms-timeout' } });
    const pid = await pidOf('pid');
    await waitFor('the grandchild to end', () => isGone(pid));
  });

  it('[DL1.24] ends it with everything it started when it is cancelled, with the reason; cancelled before, it starts nothing', async () => {
    impostor(`sleep 1000 & echo $! > '${tree.at('pid')}'; wait`);
    const controller = new AbortController();
    const reason = new Error('enough');
    const refused = expect(run(load, { signal: controller.signal })).rejects.toBe(reason);
    const pid = await pidOf('pid');
    controller.abort(reason);
    await refused;
    await waitFor('the grandchild to end', () => isGone(pid));
    tree.remove('pid');
    await expect(run(load, { signal: controller.signal })).rejects.toBe(reason);
    expect(existsSync(tree.at('pid'))).toBe(false);
  });

  it('[DL1.25] ends a list that is longer than 8 MB; of what talks on and on it keeps the end', async () => {
    impostor(`sleep 1000 & echo $! > '${tree.at('pid')}'; yes`);
    expect(await run({ name: 'list', port: 1 })).toMatchObject({
      ok: false,
      failure: { code: 'lms-failed', class: 'resource' },
    });
    const pid = await pidOf('pid');
    await waitFor('the grandchild to end', () => isGone(pid));
    impostor('yes 1234567 | head -c 10000000; yes abcdefg | head -c 10000000 >&2; echo last; echo words >&2; exit 3');
    const said = await run(load);
    if (!said.ok) throw new Error(said.failure.message);
    expect(said.value).toMatchObject({ exitCode: 3, signal: null });
    expect(said.value.stdout).toMatch(/^[\d\n]{60000,70000}last\n$/);
    expect(said.value.stderr).toMatch(/^[a-g\n]{60000,70000}words\n$/);
  });

  it('[DL1.26] does not wait for a program that was woken and holds the pipes', async () => {
    impostor(`setsid sleep 1000 & echo $! > '${tree.at('pid')}'; echo done`);
    const said = await run({ name: 'start-server', port: null });
    const pid = await pidOf('pid');
    expect(isGone(pid)).toBe(false);
    process.kill(pid);
    expect(said).toEqual({ ok: true, value: { exitCode: 0, signal: null, stdout: 'done\n', stderr: '' } });
  });

  it('[DL1.27] tells how it ended, by code or by signal, and lets its stdout be heard as it comes', async () => {
    tree.write('wait', '');
    impostor(`printf '1\\303'; while [ -e '${tree.at('wait')}' ]; do sleep 0.01; done; printf '\\2442'; exit 7`);
    let heard = '';
    const running = run(load, { onText: (text) => (heard += text) });
    await waitFor('the first words', () => heard === '1');
    tree.remove('wait');
    expect(await running).toMatchObject({ value: { exitCode: 7, signal: null, stdout: '1ä2' } });
    expect(heard).toBe('1ä2');
    impostor('kill -ILL $$');
    expect(await run(version)).toMatchObject({ value: { exitCode: null, signal: 'SIGILL' } });
  });
});

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie waits for its parent only.
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}
