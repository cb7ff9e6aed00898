import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeClock } from '../kit/clock.ts';
import { type StudioOptions, type StudioWorld, studioWorld } from '../kit/lm-studio-engine.ts';
import { createHold } from '../kit/lmstudio/pace.ts';
import { waitFor } from '../kit/wait-for.ts';

const demo = 'acme/demo-8b';

async function world(options: StudioOptions = {}): Promise<StudioWorld> {
  const made = await studioWorld(options);
  onTestFinished(() => made.end());
  return made;
}

/** Every state of the server that was told, in order, each once in a row. */
const statesTold = ({ events }: StudioWorld): string[] =>
  events
    .flatMap((event) => (event.kind === 'snapshot-changed' ? [event.snapshot.server.state] : []))
    .filter((state, n, all) => state !== all[n - 1]);

/** Troubles that were told, each once. */
const troublesTold = ({ events }: StudioWorld): string[] => [
  ...new Set(
    events.flatMap((event) =>
      event.kind === 'snapshot-changed'
        ? event.snapshot.troubles.map(({ key, at, what }) => `${key} ${at} ${what}`)
        : [],
    ),
  ),
];

describe('a long day with LM Studio', () => {
  it('[LM1.90] nothing installed → closed → on without a model → loads → thinks → crashes → one reload → crashes again → breaker → the owner mends it → back', async () => {
    const hold = createHold();
    const told = await world({
      simulator: { jit: false, load: hold },
      settings: (settings) => {
        settings.model.name = demo;
      },
      installed: null,
    });
    const { engine, simulator, see, offer, stands } = told;

    // No LM Studio at all: rules think.
    await engine.start();
    expect((await stands('not-installed')).offers[0]?.action).toBe('install');
    expect((await see('one.ts')).thought?.reasoner.kind).toBe('rules');

    // It was installed and is closed; nothing wakes it.
    told.install();
    expect((await stands('not-running')).offers[0]?.action).toBe('start-server');
    expect((await see('two.ts')).thought?.reasoner.kind).toBe('rules');
    expect(simulator.running()).toBe(false);

    // The click starts the program and its server; no model is loaded.
    expect(await engine.send({ kind: 'start-server' })).toEqual({ ok: true });
    await stands('no-model');
    expect([simulator.running(), simulator.loads()]).toEqual([true, 0]);

    // A thought needs the named model: it loads, and its progress is shown.
    const before = engine.snapshot().counts.episodes;
    offer('three.ts');
    await stands('loading');
    hold.open(1);
    const loading = await waitFor('progress', () => {
      const { server } = engine.snapshot();
      return server.progress !== null && server.progress > 0 ? server : null;
    });
    expect(loading.what).toMatch(/^Loading .*\d+ %\.$/);
    hold.open();
    await waitFor('the thought', () => engine.snapshot().counts.episodes > before);
    expect(engine.snapshot().thought?.reasoner.kind).toBe('server');
    expect((await stands('ready')).model).toMatch(/demo-8b/);
    expect(simulator.instancesNow()).toMatchObject([{ key: demo, contextTokens: 8_192, ttlMs: null, loadedBy: 'lms' }]);

    // It crashes in the middle of an answer: loaded again once, and that very thought is had by the model.
    simulator.faults.inject('crash-mid-stream');
    expect((await see('four.ts')).thought?.reasoner.kind).toBe('server');
    expect([simulator.loads(), simulator.instancesNow().length]).toEqual([2, 1]);

    // It crashes again: the breaker opens, rules think, and the server hears nothing more.
    simulator.faults.inject('crash-mid-stream');
    expect((await see('five.ts')).thought?.reasoner.kind).toBe('rules');
    await stands('circuit-open');
    const asked = simulator.chats().length;
    for (const name of ['six.ts', 'seven.ts', 'eight.ts'])
      expect((await see(name)).thought?.reasoner.kind).toBe('rules');
    expect([simulator.chats().length, simulator.loads()]).toEqual([asked, 2]);
    expect(troublesTold(told).filter((each) => each.includes('crashed again'))).toHaveLength(1);

    // The owner loads it by hand with a smaller window: Reverie is back with that, and loads none beside it.
    await simulator.load(demo, { contextLength: 4_096 });
    await stands('ready');
    const back = await see('nine.ts');
    expect(back.thought?.reasoner.kind).toBe('server');
    expect(back.troubles).toEqual([]);
    expect(simulator.instancesNow()).toHaveLength(1);
    expect(simulator.loads()).toBe(3);

    // Nothing was lost and nothing thought about twice.
    const { observations, episodes, pending, dead } = engine.snapshot().counts;
    expect({ observations, episodes, pending, dead }).toEqual({ observations: 9, episodes: 9, pending: 0, dead: 0 });
    expect(statesTold(told)).toEqual(
      expect.arrayContaining(['not-installed', 'not-running', 'no-model', 'loading', 'ready', 'circuit-open']),
    );
  });

  it('[LM1.91] a server that goes away and comes back is thought with again, and nothing was lost', async () => {
    const { engine, simulator, see, stands } = await world();
    await simulator.launch();
    await simulator.startServer();
    await simulator.load(demo);
    await engine.start();
    expect((await see('one.ts')).thought?.reasoner.kind).toBe('server');
    await simulator.stopServer();
    expect((await see('two.ts')).thought?.reasoner.kind).toBe('rules');
    await stands('server-off');
    await simulator.quit();
    await stands('not-running');
    await simulator.launch();
    await simulator.startServer();
    await stands('no-model');
    await simulator.load(demo);
    await stands('ready');
    expect((await see('three.ts')).thought?.reasoner.kind).toBe('server');
    expect(engine.snapshot().counts).toMatchObject({ observations: 3, episodes: 3, pending: 0 });
  });

  it('[LM2.91] the owner’s model, unloaded in the middle of a thought, is left unloaded; rules end the thought', async () => {
    const { engine, simulator, offer, stands, settings } = await world({
      simulator: { jit: false, tokenDelay: createHold() },
      settings: (given) => {
        given.model.name = demo;
      },
    });
    await simulator.launch();
    await simulator.startServer();
    const id = await simulator.load(demo);
    await engine.start();
    offer('one.ts');
    await waitFor('the model to be asked', () => simulator.inferences() > 0);
    simulator.unload(id);
    await waitFor('the thought', () => engine.snapshot().counts.episodes === 1);
    expect(engine.snapshot().thought?.reasoner.kind).toBe('rules');
    await stands('no-model');
    expect([simulator.loads(), settings.model.name]).toEqual([1, demo]);
  });

  it('[LM2.92] somebody else is served first where `lms` can tell, and an owner’s note does not wait', async () => {
    const { engine, simulator, offer, stands } = await world();
    await simulator.launch();
    await simulator.startServer();
    const id = await simulator.load(demo);
    await engine.start();
    const guest = createHold();
    const served = simulator.busyWith(id, guest);
    offer('one.ts');
    expect((await stands('busy')).does).toContain('waits');
    expect(simulator.chats()).toHaveLength(0);
    guest.open();
    await served;
    await waitFor('the thought', () => engine.snapshot().counts.episodes === 1);
    expect(engine.snapshot().thought?.reasoner.kind).toBe('server');
    expect((await engine.query.model()).canTellBusy).toBe(true);
  });

  it('[LM2.93] over HTTP alone it loads, thinks, and says that it cannot tell who is busy', async () => {
    const { engine, simulator, see } = await world({
      lms: 'missing',
      settings: (settings) => {
        settings.model.name = demo;
      },
    });
    await simulator.launch();
    await simulator.startServer();
    await engine.start();
    expect((await see('one.ts')).thought?.reasoner.kind).toBe('server');
    const view = await engine.query.model();
    expect(view).toMatchObject({
      canTellBusy: false,
      lms: { path: null },
      instances: [{ key: demo, ours: true, inUse: true }],
    });
    expect(view.rungs.find(({ name }) => name === 'lms')).toMatchObject({ state: 'warning' });
    expect(simulator.instancesNow()).toMatchObject([{ contextTokens: 8_192 }]);
  });

  it('[LM2.90] an answer of another model than was asked is noticed, also when it was stopped early', async () => {
    const { simulator, see, logged, engine } = await world({
      simulator: { profile: '0.3.30', jit: false },
      settings: (settings) => void (settings.lmStudio.pollMs = 600_000),
    });
    await simulator.launch();
    await simulator.startServer();
    await simulator.load(demo);
    await engine.start();
    expect((await see('one.ts')).thought?.reasoner.kind).toBe('server');
    expect(logged.filter((each) => each.startsWith('other-model-answered'))).toEqual([]);
    // Between two looks the owner swaps the model.
    await simulator.load('acme/open-20b');
    simulator.unload(demo);
    await see('two.ts');
    expect(logged.filter((each) => each.startsWith('other-model-answered')).length).toBeGreaterThan(0);
    await waitFor('the other model to be seen', () => engine.snapshot().server.model === 'acme/open-20b');
  });

  it('[LM2.94] the buttons of the Model view: load for a role, test, unload what is ours', async () => {
    const { engine, simulator, settings, stands } = await world({ simulator: { jit: false } });
    await simulator.launch();
    await simulator.startServer();
    await engine.start();
    expect(await engine.send({ kind: 'test-model' })).toMatchObject({ ok: false });
    expect(await engine.send({ kind: 'load-model', key: demo, role: 'thinker' })).toEqual({ ok: true });
    const { model } = await stands('ready');
    expect(settings.model.name).toBe(demo);
    expect(await engine.send({ kind: 'test-model' })).toMatchObject({
      ok: true,
      said: expect.stringContaining('answered after'),
    });
    expect(await engine.send({ kind: 'unload-model', id: model! })).toEqual({ ok: true });
    await stands('no-model');
    expect(simulator.instancesNow()).toEqual([]);
  });
});

describe('a night', () => {
  it('[LM2.99] twelve hours in which nothing happens: no inference, no load, no start, and calm looks', async () => {
    const clock = fakeClock();
    const { engine, simulator, stands, looking } = await world({
      clock,
      settings(settings) {
        settings.model.name = demo;
        settings.lmStudio.start = 'always';
        settings.lmStudio.pollMs = 15_000;
      },
    });
    await simulator.launch();
    await simulator.startServer();
    await simulator.load(demo, { ttlSeconds: 3_600 });
    await engine.start();
    await stands('ready');
    // No step while a look is under way: its limits are timers of the same clock.
    const step = async () => {
      await clock.pass(30_000);
      while (looking()) await new Promise<void>((next) => setImmediate(next));
    };
    for (let half = 0; half < 12 * 120; half++) {
      await step();
      // In the middle of the night the program is closed for a while.
      if (half === 6 * 120) await simulator.quit();
      if (half === 6 * 120 + 20) await simulator.launch();
    }
    await stands('no-model');
    expect([simulator.inferences(), simulator.loads(), simulator.instancesNow().length]).toEqual([0, 1, 0]);
    expect(engine.snapshot().budget).toMatchObject({ hourUsed: 0, dayUsed: 0 });
    expect(engine.snapshot().counts).toMatchObject({ observations: 0, episodes: 0 });
    const looked = simulator.requests.length;
    expect(looked).toBeGreaterThan(60);
    expect(looked).toBeLessThan(12 * 60 * 10);
  });
});
