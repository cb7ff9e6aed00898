import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../kit/data-dir.ts';
import { writeHome } from '../kit/lmstudio/home.ts';
import { simulatedLms } from '../kit/lmstudio/lms-driven.ts';

interface Ended {
  code: number | string | null;
  signal: string | null;
  out: string;
  err: string;
}

/** Runs the double as anybody would, with an empty environment. */
const runner =
  (file: string) =>
  (line = ''): Promise<Ended> =>
    new Promise((resolve) => {
      const args = line.split(' ').filter((word) => word !== '');
      execFile(file, args, { env: {}, maxBuffer: 20_000_000 }, (failed, out, err) =>
        resolve({ code: failed ? (failed.code ?? null) : 0, signal: failed?.signal ?? null, out, err }),
      ).stdin?.end();
    });

async function machine(options: Parameters<typeof simulatedLms>[0] = {}) {
  const { sim, file, port, userHome } = await simulatedLms(options);
  const run = runner(file);
  /** Side by side, since each is a process of its own. */
  const all = (...lines: string[]) => Promise.all(lines.map(run));
  return { sim, run, all, port, userHome };
}

describe('the lms double', () => {
  it('prints data on stdout, talk on stderr', async () => {
    const { sim, run, all, port } = await machine();
    await sim.startServer();
    const rest = sim.restPort();
    const [flag, version, status, server, list, none, daemon] = await all(
      '--version',
      'version --json',
      'status',
      'server status --json',
      `ls --json --port ${port}`,
      'ps',
      'daemon status --json',
    );
    expect(flag).toMatchObject({ code: 0, out: 'CLI commit: 71bd99c\n', err: '' });
    expect(version).toMatchObject({ code: 0, out: '{"version":"71bd99c"}\n', err: '' });
    expect(status).toMatchObject({ code: 0, out: `Server: ON (port: ${rest})\n\nNo Models Loaded\n` });
    expect(server).toMatchObject({ code: 0, out: `{"running":true,"port":${rest}}\n`, err: '' });
    expect(JSON.parse(list?.out ?? '')).toHaveLength(5);
    expect(none).toMatchObject({ code: 0, out: '', err: 'No models are currently loaded\n' });
    expect(JSON.parse(daemon?.out ?? '')).toMatchObject({ status: 'running', isDaemon: false });
    const loaded = await run('load --exact acme/demo-8b --identifier mine --gpu max');
    expect(loaded).toMatchObject({ code: 0, err: expect.stringContaining('use the identifier "mine"') });
    expect(loaded.out).toMatch(/^\u001b\[\?25l.*Loading acme\/demo-8b 100%.*\u001b\[\?25h$/s);
    const ps = JSON.parse((await run('ps --json')).out) as object[];
    expect(ps).toMatchObject([{ identifier: 'mine', status: 'idle', queued: 0 }]);
    expect(ps[0]).not.toHaveProperty('engineConfigFileEnabled');
  });

  it('ends with the codes of the real one', async () => {
    const { run, all } = await machine();
    const codes = async (...lines: string[]) => (await all(...lines)).map((ended) => ended.code);
    // Without a subcommand, with what it does not know, with a flag that another command has.
    expect(await codes('', 'server', 'nonsense', 'status --json', 'load x --gpu auto', 'load x -c many')).toEqual(
      Array(6).fill(1),
    );
    expect(
      await codes('unload nobody', 'unload --all', 'unload --all nobody', 'load acme/demo-8b --estimate-only'),
    ).toEqual([0, 0, 0, 0]);
    expect(await codes('unload', 'load acme', 'load nowhere', 'server stop', 'daemon down', 'get')).toEqual(
      Array(6).fill(1),
    );
    expect((await run('unload nobody')).err).toContain('nobody');
    expect(await codes('load acmethinker -y')).toEqual([0]);
    expect(await codes('load acme/thinker-4b --identifier acme/thinker-4b', 'ls x --variants')).toEqual([1, 1]);
  });

  it('wakes a closed program after its delay, and never with --port', async () => {
    const { sim, run, all, userHome } = await machine({ running: false });
    const [off, status, list, ps] = await all(
      'daemon status --json',
      'server status --json',
      'ls --port 1',
      'ps --port 1',
    );
    expect([off?.out, status?.out]).toEqual(['{"status":"not-running"}\n', '{"running":false}\n']);
    expect([list?.code, ps?.code, sim.running()]).toEqual([1, 1, false]);
    sim.lms.wakeDelayMs = 100;
    expect(await run('ps --json')).toMatchObject({ code: 0, out: '[]\n', err: 'Waking up LM Studio service...\n' });
    expect(sim.running()).toBe(true);
    expect(await run('server start')).toMatchObject({
      code: 0,
      out: '',
      err: `Success! Server is now running on port ${sim.restPort()}\n`,
    });
    expect(
      JSON.parse(readFileSync(join(userHome, '.lmstudio/.internal/http-server-config.json'), 'utf8')),
    ).toMatchObject({ port: sim.restPort() });
    const port = sim.restPort();
    expect(await run('server stop')).toMatchObject({ code: 0, err: `Stopped the server on port ${port}.\n` });
    expect((await run('server status --json')).out).toBe(`{"running":false,"port":${port}}\n`);
  });

  it('misbehaves as it is told', async () => {
    const { sim, run } = await machine();
    sim.lms.dies = 'SIGILL';
    expect(await run('version --json')).toMatchObject({ signal: 'SIGILL' });
    sim.lms.dies = null;
    sim.lms.flood = ['ps'];
    expect((await run('ps --json')).out.length).toBeGreaterThan(10_000_000);
    sim.lms.chinese = true;
    expect((await run('ls --port 1')).err).toMatch(/\p{Script=Han}/u);
    sim.lms.old = true;
    expect((await run('version --json')).out).toBe('{"version":"0.0.47"}\n');
    expect(await run('--version')).toMatchObject({ code: 1 });
    expect((await run('server status --json')).err).toMatch(/\p{Script=Han}/u);
    expect((await run('load x --parallel 1')).err).toContain("unknown option '--parallel'");
    sim.faults.inject('ps-race');
    expect(await run('ps --json')).toMatchObject({ code: 1 });
  });
});

describe('the home fixture', () => {
  const home = (installed: Parameters<typeof writeHome>[0]['installed']) => {
    const folder = temporaryFolder('home');
    onTestFinished(folder.remove);
    const { lms } = writeHome({ home: folder.path, controlPort: 1, installed, restPort: 1234, internalPort: 41_343 });
    return {
      lms,
      has: (path: string) => existsSync(join(folder.path, path)),
      at: (path: string) => join(folder.path, path),
    };
  };

  it('leaves the traces of each product', () => {
    const app = home('lm-studio');
    expect(readFileSync(app.at('.lmstudio-home-pointer'), 'utf8')).toBe(app.at('.lmstudio'));
    expect(app.has('.lmstudio/.internal/app-install-location.json')).toBe(true);
    expect(JSON.parse(readFileSync(app.at('.lmstudio/.internal/http-server.json'), 'utf8'))).toMatchObject({
      port: 41_343,
    });
    expect(home('llmster').has('.lmstudio/.internal/llmster-install-location.json')).toBe(true);
    expect(home('bionic').has('.lmstudio/apps/bionic/.internal/http-server-config.json')).toBe(true);
    const none = home(null);
    expect([none.has('.lmstudio'), existsSync(none.lms)]).toEqual([false, false]);
  });
});
