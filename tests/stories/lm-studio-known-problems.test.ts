import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type StudioOptions, studioWorld } from '../kit/lm-studio-engine.ts';
import { waitFor } from '../kit/wait-for.ts';

/**
 * Known problems of LM Studio by their numbers, as a whole engine meets them. Those of answers and streams are in
 * tests/think/openai-*.test.ts, those of `lms` alone in tests/lmstudio/lms-*.test.ts.
 */
const demo = 'acme/demo-8b';

async function on(options: StudioOptions = {}, model = demo) {
  const world = await studioWorld({
    ...options,
    settings(settings) {
      settings.model.name = model;
      options.settings?.(settings);
    },
  });
  onTestFinished(() => world.end());
  await world.simulator.launch();
  await world.simulator.startServer();
  return world;
}

/** Another program at a port, until the test ends. */
async function squatter(port: number): Promise<Server> {
  const server = createServer((_, response) => response.end('not yours'));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return server;
}

describe('[LM2.110] known problems of LM Studio', () => {
  it('1463, 1714, 2061: settings are lost when a request loads the model: it is loaded before, with its flags', async () => {
    const { engine, simulator, see } = await on({ simulator: { jit: true } });
    await engine.start();
    expect((await see('one.ts')).thought?.reasoner.kind).toBe('server');
    expect(simulator.instancesNow()).toMatchObject([
      { loadedBy: 'lms', contextTokens: 8_192, parallel: 1, ttlMs: null },
    ]);
  });

  it('2318: a model for Apple chips gets another window than was asked: the loaded one is read back and rules', async () => {
    const { engine, simulator, see } = await on({ simulator: { profile: '0.4.21' } }, 'acme/apple-7b');
    await engine.start();
    const { server, thought } = await see('one.ts');
    expect(thought?.reasoner.kind).toBe('server');
    expect(simulator.instancesNow()).toMatchObject([{ contextTokens: 4_096 }]);
    expect(server.what).toContain('4,096');
    const { messages, max_tokens } = JSON.parse(simulator.chats()[0]!.body) as {
      messages: unknown;
      max_tokens: number;
    };
    expect(JSON.stringify(messages).length / 4 + max_tokens).toBeLessThan(4_096);
  });

  it('1751, 1582, 634, 168: first calls at once load several copies: one load, then its own id is asked for', async () => {
    const { engine, simulator, see } = await on({ simulator: { jit: true } });
    simulator.faults.inject('load-twice');
    await engine.start();
    await see('one.ts');
    await see('two.ts');
    expect(simulator.instancesNow()).toHaveLength(1);
    for (const chat of simulator.chats())
      expect((JSON.parse(chat.body) as { model: string }).model).toBe(simulator.instancesNow()[0]?.id);
  });

  it('1334: a restart of the server forgets CORS and its binding: neither is needed', async () => {
    const { engine, simulator, stands, see } = await on();
    await engine.start();
    await simulator.stopServer();
    await stands('server-off');
    expect(await engine.send({ kind: 'start-server' })).toEqual({ ok: true });
    await stands('no-model');
    expect((await see('one.ts')).thought?.reasoner.kind).toBe('server');
  });

  it('lms#314: no file says where the server listens: that is no server, and no error', async () => {
    const world = await studioWorld();
    onTestFinished(() => world.end());
    await world.engine.start();
    await world.stands('not-running');
    expect(world.logged.filter((each) => each.includes('look-failed'))).toEqual([]);
  });

  it('lms#509: `lms server status` says that a running server is off: the greeting is believed', async () => {
    const { engine, simulator, stands } = await on();
    simulator.lms.hang = ['server status'];
    await simulator.load(demo, { contextLength: 8_192 });
    await engine.start();
    await stands('ready');
  });

  it('1068, 1161, 289, lms#97: `lms` dies over a stale AppImage: the owner reads it and is asked to open the program', async () => {
    const { engine, simulator, stands } = await on();
    await engine.start();
    await stands('no-model');
    await simulator.quit();
    await stands('not-running');
    simulator.lms.dies = 'ENOENT';
    expect(await engine.send({ kind: 'start-server' })).toEqual({ ok: true });
    const { what } = await waitFor('the refusal', () =>
      engine.snapshot().troubles.find((each) => each.what.includes('could not be started')),
    );
    expect(what).toMatch(/could not be started/);
    expect(engine.snapshot().server.offers.map(({ action }) => action)).toContain('open-lm-studio');
  });

  it('1717: the home is in .cache and `lms` in no PATH: both are found', async () => {
    const world = await studioWorld();
    onTestFinished(() => world.end());
    const { userHome, engine, simulator, stands } = world;
    await simulator.launch();
    await simulator.startServer();
    mkdirSync(join(userHome, '.cache'), { recursive: true });
    rmSync(join(userHome, '.lmstudio-home-pointer'));
    renameSync(join(userHome, '.lmstudio'), join(userHome, '.cache', 'lm-studio'));
    await engine.start();
    await stands('no-model');
    expect((await engine.query.model()).lms.path).toBe(join(userHome, '.cache', 'lm-studio', 'bin', 'lms'));
  });

  it('lms#25: the port is taken by another program: the owner reads by what, and nothing is sent there', async () => {
    const { engine, simulator, stands, see } = await on();
    const port = simulator.restPort()!;
    await simulator.stopServer();
    await squatter(port);
    await engine.start();
    const { what, offers } = await stands('server-off');
    expect(what).toContain(`127.0.0.1:${port}`);
    expect(offers.map(({ action }) => action)).not.toContain('start-server');
    expect((await see('one.ts')).thought?.reasoner.kind).toBe('rules');
  });

  it('lms#419: what `lms` calls it and what the server calls it differ: the id of the list is asked for', async () => {
    const { engine, simulator, see } = await on({ simulator: { profile: '0.3.30', jit: false } });
    await simulator.load(demo, { identifier: 'my-model', contextLength: 8_192 });
    await engine.start();
    expect((await see('one.ts')).thought?.reasoner.kind).toBe('server');
    expect((JSON.parse(simulator.chats()[0]!.body) as { model: string }).model).toBe('my-model');
    expect(simulator.instancesNow()).toHaveLength(1);
  });
});
