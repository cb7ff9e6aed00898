import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeClock } from '../kit/clock.ts';
import { temporaryFolder } from '../kit/data-dir.ts';
import { createHold } from '../kit/lmstudio/pace.ts';
import { obey } from '../kit/lmstudio/server-prompt.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../kit/lmstudio/simulator.ts';
import { ask, chat, control, demo, embedder, serving, thinker } from './simulator-kit.ts';

let simulator: Simulator;
const start = async (options?: SimulatorOptions) => {
  simulator = await serving(options);
  return simulator;
};
afterEach(() => simulator.close());

const complete = (model: string, more: object = {}) => ask(simulator, '/v1/chat/completions', chat(model, more));
const ids = () => simulator.instancesNow().map((each) => each.id);
const internal = async (path: string) =>
  (await fetch(`http://127.0.0.1:${simulator.internalPort()}${path}`, { headers: { connection: 'close' } })).text();

describe('the simulated program (1.1 to 1.3)', () => {
  it('is closed at first, then runs with its server off, then serves, each on ports that it keeps', async () => {
    simulator = await createSimulator();
    await expect(ask(simulator, '/lmstudio-greeting')).rejects.toThrow('fetch failed');
    await expect(simulator.startServer()).rejects.toThrow('does not run');
    expect([simulator.running(), simulator.internalPort(), simulator.restPort()]).toEqual([false, null, null]);
    await simulator.launch();
    expect(await internal('/lmstudio-greeting')).toBe('{"lmstudio":true}');
    await expect(ask(simulator, '/lmstudio-greeting')).rejects.toThrow('fetch failed');
    const port = await simulator.startServer();
    await simulator.stopServer();
    await expect(ask(simulator, '/lmstudio-greeting')).rejects.toThrow('fetch failed');
    expect(await simulator.startServer()).toBe(port);
    expect((await ask(simulator, '/lmstudio-greeting')).status).toBe(200);
  });

  it('says on its internal port who it is, in the versions that do, and serves no models there', async () => {
    await start();
    expect(JSON.parse(await internal('/lms-status'))).toEqual({ package: 'lmstudio', version: '0.4.21+2' });
    expect(await internal('/v1/models')).toContain('Unexpected endpoint');
    await simulator.close();
    await start({ product: 'daemon' });
    expect(JSON.parse(await internal('/lms-status'))).toEqual({ package: 'daemon', version: '0.0.21-2' });
    await simulator.close();
    await start({ profile: '0.3.16' });
    expect(await internal('/lms-status')).toContain('Unexpected endpoint');
  });

  it('forgets its models when it ends, and turns its server on again when it was on', async () => {
    await start();
    await simulator.load(demo);
    await simulator.quit();
    await expect(ask(simulator, '/lmstudio-greeting')).rejects.toThrow('fetch failed');
    await simulator.launch();
    expect((await ask(simulator, '/lmstudio-greeting')).status).toBe(200);
    expect(ids()).toEqual([]);
  });

  it('bears being launched, started and ended several times at once', async () => {
    simulator = await createSimulator();
    await Promise.all([simulator.launch(), simulator.launch()]);
    const ports = await Promise.all([simulator.startServer(), simulator.startServer()]);
    expect(new Set(ports).size).toBe(1);
    await Promise.all([simulator.quit(), simulator.launch(), simulator.quit(), simulator.quit()]);
    expect(simulator.running()).toBe(false);
  });

  it('cuts what it is saying when it ends', async () => {
    await start({ tokenDelay: createHold() });
    const answer = complete(demo, { stream: true });
    await expect.poll(() => simulator.instancesNow()[0]?.status).toBe('generating');
    await simulator.quit();
    await expect(answer).rejects.toThrow(/terminated|fetch failed/);
  });

  it('rejects a port that somebody else has', async () => {
    await start();
    const other = await createSimulator({ port: simulator.restPort() ?? 0 });
    await other.launch();
    await expect(other.startServer()).rejects.toThrow('EADDRINUSE');
    await other.close();
  });

  it('writes down its ports in its home, and Bionic in its own folder there', async () => {
    const folder = temporaryFolder('simulated');
    const read = (...way: string[]) => JSON.parse(readFileSync(join(folder.path, ...way), 'utf8'));
    await start({ home: folder.path });
    expect(read('.internal', 'http-server-config.json')).toEqual({
      port: simulator.restPort(),
      networkInterface: '127.0.0.1',
    });
    expect(read('.internal', 'http-server.json')).toEqual({
      host: '127.0.0.1',
      pid: process.pid,
      port: simulator.internalPort(),
    });
    await simulator.die();
    expect(existsSync(join(folder.path, '.internal', 'http-server.json'))).toBe(true);
    await simulator.launch();
    await simulator.quit();
    expect(existsSync(join(folder.path, '.internal', 'http-server.json'))).toBe(false);
    expect(existsSync(join(folder.path, '.internal', 'http-server-config.json'))).toBe(true);
    await simulator.close();
    await start({ home: folder.path, profile: 'bionic-1.1' });
    expect(read('apps', 'bionic', '.internal', 'http-server-config.json')).toMatchObject({
      port: simulator.restPort(),
    });
    folder.remove();
  });
});

describe('the simulated memory (6)', () => {
  it('loads what a first call wants, with the default window and an idle time, and counts it', async () => {
    await start({ jitTtlMs: 600_000 });
    await complete(demo);
    await complete(thinker, { ttl: 60 });
    expect(simulator.instancesNow()).toMatchObject([
      { id: thinker, loadedBy: 'jit', contextTokens: 4096, ttlMs: 60_000, parallel: 4, state: 'loaded' },
    ]);
    expect([simulator.loads(), simulator.inferences()]).toEqual([2, 2]);
  });

  it('takes :2, :3 for more of the same, and an identifier only once', async () => {
    await start();
    await simulator.load(demo);
    await simulator.load(demo);
    expect(await simulator.load(demo)).toBe(`${demo}:3`);
    simulator.unload(`${demo}:2`);
    expect(await simulator.load(demo)).toBe(`${demo}:2`);
    await simulator.load(demo, { identifier: 'mine' });
    await expect(simulator.load(demo, { identifier: 'mine' })).rejects.toThrow('in use');
    expect((await complete('mine')).json).toMatchObject({ model: 'mine' });
  });

  it('loads two copies for two first calls at once, or when told to', async () => {
    const load = createHold();
    await start({ load });
    const both = Promise.all([complete(demo), complete(demo)]);
    await expect.poll(() => load.standing()).toBe(2);
    expect(simulator.instancesNow()).toMatchObject([
      { id: demo, state: 'loading' },
      { id: `${demo}:2`, state: 'loading' },
    ]);
    load.open();
    expect((await both).map(({ status }) => status)).toEqual([200, 200]);
    simulator.faults.inject('load-twice');
    await complete(thinker);
    expect(ids()).toEqual([thinker, `${thinker}:2`]);
  });

  it('pushes out the model that a call loaded before, even at work, and none that a person loaded', async () => {
    await start();
    await simulator.load(demo);
    await complete(thinker);
    const hold = createHold();
    const busy = simulator.busyWith(thinker, hold);
    await ask(simulator, '/v1/embeddings', { model: embedder, input: 'x' });
    await busy;
    expect(ids()).toEqual([demo, embedder]);
    simulator.settings.autoEvict = false;
    await complete(thinker);
    expect(ids()).toEqual([demo, embedder, thinker]);
  });

  it('unloads by idle time alone: not at work, and anew after each request', async () => {
    const clock = fakeClock();
    await start({ clock, slots: 1 });
    await simulator.load(demo, { ttlSeconds: 60 });
    await simulator.load(thinker);
    await clock.pass(50_000);
    const hold = createHold();
    const busy = simulator.busyWith(demo, hold);
    await clock.pass(3_600_000);
    expect(simulator.instancesNow()[0]).toMatchObject({ id: demo, status: 'generating', queued: 1 });
    hold.open();
    await busy;
    await clock.pass(59_999);
    clock.jump(86_400_000);
    expect(ids()).toEqual([demo, thinker]);
    await clock.pass(1);
    expect(ids()).toEqual([thinker]);
    expect(clock.waiting()).toBe(0);
  });

  it('works on as many requests at a time as it has slots, the others wait in order', async () => {
    await start({ slots: 2 });
    await simulator.load(demo);
    const holds = [createHold(), createHold(), createHold()];
    const done: number[] = [];
    const works = holds.map((hold, n) => simulator.busyWith(demo, hold).then(() => done.push(n)));
    await expect.poll(() => holds.map((hold) => hold.standing())).toEqual([1, 1, 0]);
    expect(simulator.instancesNow()[0]?.queued).toBe(3);
    holds[1]?.open();
    await expect.poll(() => holds[2]?.standing()).toBe(1);
    holds[2]?.open();
    holds[0]?.open();
    await Promise.all(works);
    expect(done).toHaveLength(3);
    expect(done[0]).toBe(1);
    expect(simulator.instancesNow()[0]?.queued).toBe(0);
  });

  it('crashes: the instance is gone, the server stays, the next call loads anew', async () => {
    await start();
    await simulator.load(demo);
    expect(simulator.crash(demo)).toBe(true);
    expect(simulator.crash(demo)).toBe(false);
    expect(ids()).toEqual([]);
    expect((await complete(demo)).status).toBe(200);
    expect(simulator.instancesNow()).toMatchObject([{ id: demo, loadedBy: 'jit' }]);
  });

  it('asks nothing of a clock for a night in which nothing happens', async () => {
    const clock = fakeClock();
    await start({ clock });
    await clock.pass(12 * 3_600_000);
    expect([clock.waiting(), simulator.loads(), simulator.inferences(), simulator.requests.length]).toEqual([
      0, 0, 0, 0,
    ]);
  });
});

describe('the control port, for the lms double', () => {
  it('tells the state of the machine and wakes it', async () => {
    simulator = await createSimulator({ profile: 'bionic-1.1' });
    simulator.lms.hang = ['ps'];
    const [closed] = await control(simulator, 'state');
    expect(closed).toMatchObject({
      running: false,
      product: 'bionic',
      version: '1.1.6',
      pid: process.pid,
      isDaemon: false,
      restPort: null,
      internalPort: null,
      cli: { version: '1017bcb', lacks: [] },
      knobs: { hang: ['ps'], flood: [], chinese: false, dies: null, wakeDelayMs: 0, old: false },
    });
    expect(await control(simulator, 'ls')).toEqual([{ error: 'The program does not run.' }]);
    await control(simulator, 'wake');
    expect(await control(simulator, 'state')).toMatchObject([
      { running: true, internalPort: simulator.internalPort() },
    ]);
  });

  it('lists models and instances with all the newest keys, in their order', async () => {
    await start();
    await simulator.load(embedder);
    await simulator.load(thinker, { contextLength: 8192, ttlSeconds: 60 });
    const [ls] = (await control(simulator, 'ls')) as [{ models: object[] }];
    expect(Object.keys(ls.models[1] ?? {}).join(' ')).toBe(
      'type modelKey format displayName publisher path sizeBytes indexedModelIdentifier deviceIdentifier paramsString architecture quantization variants selectedVariant vision trainedForToolUse maxContextLength',
    );
    expect(ls.models[3]).toMatchObject({ format: 'safetensors' });
    const [ps] = (await control(simulator, 'ps')) as [{ instances: object[] }];
    expect(Object.keys(ps.instances[0] ?? {}).join(' ')).toBe(
      'type modelKey format displayName publisher path sizeBytes indexedModelIdentifier deviceIdentifier paramsString architecture quantization variants selectedVariant identifier ttlMs lastUsedTime vision trainedForToolUse maxContextLength contextLength status queued parallel engineConfigFileEnabled',
    );
    expect(ps.instances).toMatchObject([
      { identifier: thinker, contextLength: 8192, ttlMs: 60_000, status: 'idle', queued: 0, parallel: 4 },
      { identifier: embedder, parallel: null },
    ]);
    simulator.faults.inject('ps-race');
    expect(await control(simulator, 'ps')).toEqual([{ error: 'Model is unloaded.' }]);
  });

  it('loads with progress by key or path, and says in words why not', async () => {
    await start();
    const lines = await control(simulator, 'load', { key: demo, identifier: 'a', contextLength: 8192, parallel: 1 });
    expect(lines).toHaveLength(21);
    expect(lines[0]).toEqual({ progress: 0.05 });
    expect(lines.slice(-2)).toEqual([{ progress: 1 }, { loaded: { identifier: 'a', sizeBytes: 5_000_000_000 } }]);
    expect(simulator.instancesNow()).toMatchObject([{ id: 'a', loadedBy: 'lms', contextTokens: 8192, parallel: 1 }]);
    const error = async (input: object) => (await control(simulator, 'load', input)).at(-1);
    expect(await error({ key: 'acme/none' })).toEqual({ error: 'Model "acme/none" not found.' });
    expect(await error({ key: demo, identifier: 'a' })).toEqual({ error: expect.stringContaining('in use') });
    simulator.faults.inject('load-refused');
    expect(await error({ key: demo })).toEqual({ error: expect.stringContaining('insufficient system resources') });
    simulator.faults.inject('crash-on-load');
    expect(await error({ key: demo })).toEqual({ error: expect.stringContaining('Exit code') });
    expect(ids()).toEqual(['a']);
  });

  it('gives a load up when whoever asked for it goes', async () => {
    const load = createHold();
    await start({ load });
    const given = new AbortController();
    const url = `http://127.0.0.1:${simulator.controlPort}/control/load`;
    const asked = fetch(url, { method: 'POST', body: JSON.stringify({ key: demo }), signal: given.signal });
    await expect.poll(() => load.standing()).toBe(1);
    await (await asked).body?.cancel();
    await expect.poll(ids).toEqual([]);
  });

  it('unloads one or all, and says when it knows nothing of that name', async () => {
    await start();
    await simulator.load(demo);
    await simulator.load(demo);
    const unload = async (input: object) => (await control(simulator, 'unload', input))[0];
    expect(await unload({ identifier: 'x' })).toEqual({ unloaded: [], unknown: true });
    expect(await unload({ identifier: demo })).toEqual({ unloaded: [demo], unknown: false });
    expect(await unload({ all: true })).toEqual({ unloaded: [`${demo}:2`], unknown: false });
    expect(await unload({ all: true })).toEqual({ unloaded: [], unknown: false });
  });

  it('turns the server on and off, and ends the program only where it is a daemon', async () => {
    simulator = await createSimulator({ product: 'daemon' });
    await simulator.launch();
    const [on] = await control(simulator, 'server-start', { cors: true });
    expect(on).toEqual({ port: simulator.restPort() });
    expect(simulator.settings.cors).toBe(true);
    expect(await control(simulator, 'server-stop')).toEqual([on]);
    expect(await control(simulator, 'server-stop')).toEqual([{ error: 'The server is not running.' }]);
    expect(await control(simulator, 'server-start', { port: simulator.controlPort })).toEqual([
      { error: expect.stringContaining('EADDRINUSE') },
    ]);
    expect(await control(simulator, 'daemon-down')).toEqual([{ done: true }]);
    expect(simulator.running()).toBe(false);
    await simulator.close();
    await start();
    expect(await control(simulator, 'daemon-down')).toEqual([{ error: expect.stringContaining('daemon') }]);
    expect(simulator.running()).toBe(true);
  });

  it('downloads with progress, and can run out of disk', async () => {
    await start();
    simulator.faults.inject('disk-full');
    const full = await control(simulator, 'get', { name: 'acme/small-1b' });
    expect(full.at(-1)).toEqual({ error: expect.stringContaining('ENOSPC') });
    simulator.faults.inject('download-fails');
    expect((await control(simulator, 'get', { name: 'acme/small-1b' })).at(-1)).toHaveProperty('error');
    const lines = await control(simulator, 'get', { name: 'acme/small-1b' });
    expect(lines.slice(-2)).toEqual([{ progress: 1 }, { done: true }]);
    expect(await control(simulator, 'get', { name: 'acme/small-1b' })).toEqual([{ done: true }]);
    expect(await control(simulator, 'get', { name: 'acme/none' })).toEqual([{ error: expect.any(String) }]);
    expect(await simulator.load('acme/small-1b')).toBe('acme/small-1b');
  });
});

describe('the simulator by hand', () => {
  it('does what is typed, and says what can be typed', async () => {
    await start();
    expect(await obey(simulator, `load ${demo} 8192`)).toBe(demo);
    expect(await obey(simulator, 'ps')).toContain('"contextTokens": 8192');
    expect(await obey(simulator, 'load acme/none')).toContain('not found');
    expect(await obey(simulator, 'fault hang 2')).toBe('done');
    expect(simulator.faults.left('hang')).toBe(2);
    expect(await obey(simulator, 'quit')).toBe('done');
    expect(simulator.running()).toBe(false);
    expect(await obey(simulator, 'constructor')).toContain('crash-mid-stream');
  });
});
