import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../core/errors.ts';
import type { Target } from '../../core/lmstudio/target.ts';
import { entry, instance } from '../kit/lm-studio-double.ts';
import { keeperWorld } from './keeper-world.ts';

const named = 'acme/demo-8b';
const crash = { class: 'transient', code: 'model-crashed', message: 'The model crashed inside its server.' } as const;
const unloaded = { class: 'transient', code: 'model-unloaded', message: 'It was unloaded.' } as const;
const guardrail = { class: 'resource', code: 'insufficient-resources', message: 'Too little memory.' } as const;

describe('looking for the server', () => {
  it.each([
    ['not-installed', { installed: null, running: null, server: 'off' }],
    ['not-running', { running: null, server: 'off' }],
    ['server-off', { server: 'off' }],
    ['server-off', { server: 'foreign' }],
    ['auth-required', { server: 'auth' }],
    ['no-model', {}],
    ['ready', { instances: [instance(named)] }],
  ] as const)('[LM1.50] tells %s from what was seen', async (state, over) => {
    const { keeper } = keeperWorld({ ...over, instances: 'instances' in over ? [...over.instances] : [] });
    await keeper.start();
    expect(keeper.view().state).toBe(state);
    await keeper.stop();
  });

  it('[LM1.51] looks every 30 s while nobody wants it, and every 15 s while it is in use', async () => {
    const { keeper, clock, studio, never } = keeperWorld({ instances: [instance(named)] });
    await keeper.start();
    await clock.pass(300_000);
    expect(studio.looks()).toBe(1 + 10);
    await keeper.wanted(never);
    await clock.pass(30_000);
    const before = studio.looks();
    await clock.pass(60_000);
    expect(studio.looks() - before).toBe(4);
    await keeper.stop();
  });

  it('[LM1.52] greets every second while it is away and a thought waited lately, and sees its return at once', async () => {
    const { keeper, clock, studio, never } = keeperWorld({ server: 'off' });
    await keeper.start();
    expect(await keeper.wanted(never)).toBe(null);
    await clock.pass(10_000);
    expect(studio.greetings()).toBe(10);
    studio.world.server = 'on';
    studio.world.instances = [instance(named)];
    await clock.pass(1_000);
    expect(keeper.now()?.instance.id).toBe(named);
    await keeper.stop();
  });

  it('[LM1.52] greets no more when nothing has waited for a minute', async () => {
    const { keeper, clock, studio, never } = keeperWorld({ server: 'off' });
    await keeper.start();
    await keeper.wanted(never);
    await clock.pass(90_000);
    const before = studio.greetings();
    await clock.pass(600_000);
    expect(studio.greetings()).toBe(before);
    await keeper.stop();
  });

  it('[LM1.53] takes one failed look for a hiccup and two for a state', async () => {
    const { keeper, clock, studio } = keeperWorld({ instances: [instance(named)] });
    await keeper.start();
    studio.world.server = 'hiccup';
    await clock.pass(30_000);
    expect(keeper.view().state).toBe('ready');
    await clock.pass(2_000);
    expect(keeper.view().state).toBe('server-off');
    studio.world.server = 'on';
    await clock.pass(30_000);
    expect(keeper.view().state).toBe('ready');
    await keeper.stop();
  });

  it('[LM1.54] asks nothing of any server while the owner wants rules', async () => {
    const { keeper, clock, studio, never } = keeperWorld({}, (settings) => {
      settings.model.reasoner = 'rules';
    });
    await keeper.start();
    expect(await keeper.wanted(never)).toBe(null);
    await clock.pass(600_000);
    expect([studio.looks(), studio.greetings()]).toEqual([0, 0]);
    expect(keeper.view().what).toContain('rules');
    await keeper.stop();
  });

  it('[LM1.55] tells a change once and the same sight never twice', async () => {
    const { keeper, clock, changes } = keeperWorld({ instances: [instance(named)] });
    await keeper.start();
    const before = changes();
    await clock.pass(600_000);
    expect(changes()).toBe(before);
    await keeper.stop();
  });

  it('[LM1.56] leaves no timer behind', async () => {
    const { keeper, clock } = keeperWorld();
    await keeper.start();
    await keeper.stop();
    expect(clock.waiting()).toBe(0);
  });
});

describe('starting a closed program', () => {
  it('[LM2.50] starts nothing unasked', async () => {
    const { keeper, clock, studio, never } = keeperWorld({ running: null, server: 'off' });
    await keeper.start();
    await keeper.wanted(never);
    await clock.pass(3_600_000);
    expect(studio.starts()).toBe(0);
    await keeper.stop();
  });

  it('[LM2.51] starts it on the owner’s click, and with their standing consent when a thought needs it', async () => {
    const clicked = keeperWorld({ running: null, server: 'off' });
    await clicked.keeper.start();
    expect(await clicked.keeper.clicks.startServer()).toEqual({ ok: true });
    await clicked.clock.pass(100);
    expect(clicked.keeper.view().state).toBe('no-model');
    const always = keeperWorld({ running: null, server: 'off', instances: [instance(named)] }, (settings) => {
      settings.lmStudio.start = 'always';
    });
    await always.keeper.start();
    expect(always.studio.starts()).toBe(0);
    expect((await always.keeper.wanted(always.never))?.instance.id).toBe(named);
    await clicked.keeper.stop();
    await always.keeper.stop();
  });
});

describe('loading', () => {
  const wantsNamed = (over = {}) =>
    keeperWorld(over, (settings) => {
      settings.model.name = named;
    });

  it('[LM2.52] reuses what the owner has loaded and loads nothing beside it', async () => {
    const { keeper, studio, never } = keeperWorld({ instances: [instance('their/own')] });
    await keeper.start();
    expect((await keeper.wanted(never))?.instance.id).toBe('their/own');
    expect(studio.loads).toEqual([]);
    await keeper.stop();
  });

  it('[LM2.53] loads the named model when a thought needs it, not before', async () => {
    const { keeper, studio, clock, never } = wantsNamed();
    await keeper.start();
    await clock.pass(3_600_000);
    expect(studio.loads).toEqual([]);
    expect((await keeper.wanted(never))?.instance.id).toBe(named);
    expect(studio.loads).toMatchObject([
      { key: named, contextTokens: 8_192, ttlSeconds: null, parallel: 1, gpu: 'max' },
    ]);
    await keeper.stop();
  });

  it('[LM2.54] loads once for all thoughts that wait, and shows how far it is', async () => {
    const { keeper, studio, never } = wantsNamed();
    const gate = Promise.withResolvers<void>();
    studio.loading.push(async (wish, onProgress) => {
      onProgress(0.43);
      await gate.promise;
      return ok(instance(wish.key));
    });
    await keeper.start();
    const thoughts = [keeper.wanted(never), keeper.wanted(never), keeper.wanted(never)];
    await Promise.resolve();
    expect(keeper.view()).toMatchObject({ state: 'loading', progress: 0.43, what: 'Loading acme/demo-8b, 43 %.' });
    gate.resolve();
    expect((await Promise.all(thoughts)).map((each) => each?.instance.id)).toEqual([named, named, named]);
    expect(studio.loads).toHaveLength(1);
    await keeper.stop();
  });

  it('[LM2.55] lets a thought wait for a load for a minute, then rules think and the load goes on', async () => {
    const { keeper, studio, clock, never } = wantsNamed();
    const gate = Promise.withResolvers<void>();
    studio.loading.push(async (wish) => {
      await gate.promise;
      return ok(instance(wish.key));
    });
    await keeper.start();
    const thought = keeper.wanted(never);
    await clock.pass(59_000);
    await clock.pass(1_000);
    expect(await thought).toBe(null);
    expect(await keeper.wanted(never)).toBe(null);
    gate.resolve();
    await clock.pass(100);
    expect((await keeper.wanted(never))?.instance.id).toBe(named);
    await keeper.stop();
  });

  it('[LM2.56] shows a refused load and does not try it again by itself until something changes', async () => {
    const { keeper, studio, clock, settings, never } = wantsNamed();
    studio.loading.push(async () => fail(guardrail));
    await keeper.start();
    expect(await keeper.wanted(never)).toBe(null);
    expect(keeper.view().what).toContain('could not be loaded');
    expect(await keeper.wanted(never)).toBe(null);
    await clock.pass(3_600_000);
    expect(await keeper.wanted(never)).toBe(null);
    expect(studio.loads).toHaveLength(1);
    settings.model.windowTokens = 4_096;
    keeper.settingsChanged();
    expect((await keeper.wanted(never))?.instance.contextTokens).toBe(4_096);
    await keeper.stop();
  });

  it('[LM2.57] remembers over restarts what it loaded and marked, unloads that on demand, and never anything else', async () => {
    const { keeper, studio, kept, never } = wantsNamed({ instances: [instance('their/own', { type: 'embedding' })] });
    studio.loading.push(async (wish) => ok(instance('reverie/demo-8b', { key: wish.key })));
    await keeper.start();
    await keeper.wanted(never);
    expect(kept.now).toEqual({ ours: [{ id: 'reverie/demo-8b', expires: false }] });
    await keeper.stop();
    const listed = [instance('their/own'), instance('reverie/demo-8b', { key: named })];
    const later = keeperWorld({ instances: listed }, undefined, kept.now);
    await later.keeper.start();
    expect(await later.keeper.clicks.unload('their/own')).toMatchObject({ ok: false });
    expect(await later.keeper.clicks.unload('reverie/demo-8b')).toEqual({ ok: true });
    expect([studio.unloads, later.studio.unloads]).toEqual([[], ['reverie/demo-8b']]);
    await later.keeper.stop();
  });

  it('[LM2.100] what bears its own key is its owner’s after the server was away, and what is not listed is nobody’s', async () => {
    const { keeper, studio, clock, settings, never } = wantsNamed();
    settings.lmStudio.onQuit = 'unload';
    await keeper.start();
    await keeper.wanted(never);
    expect([...keeper.ours()]).toEqual([named]);
    studio.world.server = 'off';
    await clock.pass(30_000);
    studio.world.server = 'on';
    await clock.pass(30_000);
    expect([...keeper.ours()]).toEqual([]);
    await keeper.stop();
    expect(studio.unloads).toEqual([]);
  });

  it('[LM2.101] does not take its own reload for the owner’s, however early it is listed', async () => {
    const { keeper, studio, clock, breaker, never } = wantsNamed();
    await keeper.start();
    const target = (await keeper.wanted(never)) as Target;
    for (let crashes = 0; crashes < 2; crashes++) {
      const listed = Promise.withResolvers<void>();
      studio.world.instances = [];
      studio.loading.push(async (wish) => {
        studio.world.instances = [instance(wish.key)];
        await listed.promise;
        return ok(studio.world.instances.pop()!);
      });
      const again = keeper.failed(crash, target, never);
      // Looks go on while the load is still on its way back.
      await clock.pass(31_000);
      listed.resolve();
      await again;
    }
    expect([breaker.state(), studio.loads.length]).toEqual(['open', 2]);
    await keeper.stop();
  });

  it('[LM2.102] loads again what it had loaded with a time limit, though the list tells of none', async () => {
    const { keeper, studio, clock, settings, never } = wantsNamed();
    settings.lmStudio.ttlHours = 1;
    await keeper.start();
    await keeper.wanted(never);
    await clock.pass(3_600_000);
    studio.world.instances = [];
    await clock.pass(60_000);
    expect(keeper.view().does).toBe('It is loaded when a thought needs it.');
    expect((await keeper.wanted(never))?.instance.id).toBe(named);
    expect(studio.loads).toHaveLength(2);
    await keeper.stop();
  });

  it('[LM2.103] uses what its owner loaded instead of the named model, and loads none beside it; the words say so', async () => {
    const { keeper, studio, clock, never } = wantsNamed();
    await keeper.start();
    await keeper.wanted(never);
    studio.world.instances = [instance('their/other')];
    await clock.pass(15_000);
    expect((await keeper.wanted(never))?.instance.id).toBe('their/other');
    studio.world.instances = [];
    await clock.pass(15_000);
    expect(keeper.view().does).toContain('was unloaded');
    expect(await keeper.wanted(never)).toBe(null);
    expect(studio.loads).toHaveLength(1);
    await keeper.stop();
  });

  it('[LM2.58] unloaded while a call is running, it stays unloaded, also when the look comes before the failure', async () => {
    const { keeper, studio, clock, calls, never } = wantsNamed({ instances: [instance(named, { ttlMs: 3_600_000 })] });
    await keeper.start();
    await keeper.wanted(never);
    calls.running = 1;
    studio.world.instances = [];
    await clock.pass(15_000);
    calls.running = 0;
    expect(await keeper.wanted(never)).toBe(null);
    expect(studio.loads).toEqual([]);
    await keeper.stop();
  });

  it('[LM2.108] what its owner unloaded stays so when they load another model later', async () => {
    const { keeper, studio, clock, never } = wantsNamed();
    await keeper.start();
    await keeper.wanted(never);
    studio.world.instances = [];
    await clock.pass(15_000);
    studio.world.instances = [instance('their/other')];
    await clock.pass(15_000);
    expect((await keeper.wanted(never))?.instance.id).toBe('their/other');
    expect(studio.loads).toHaveLength(1);
    await keeper.stop();
  });

  it('[LM2.109] starts the server and then loads, for one and the same thought', async () => {
    const { keeper, studio, settings, never } = wantsNamed({ running: null, server: 'off' });
    settings.lmStudio.start = 'always';
    await keeper.start();
    expect((await keeper.wanted(never))?.instance.id).toBe(named);
    expect([studio.starts(), studio.loads.length]).toEqual([1, 1]);
    await keeper.stop();
  });

  it('[LM2.104] never two loads of one model: who comes during the closing look of the first gets that', async () => {
    const { keeper, studio, clock, never } = wantsNamed();
    await keeper.start();
    const gate = Promise.withResolvers<void>();
    const slowLook = Promise.withResolvers<void>();
    studio.loading.push(async (wish) => {
      await gate.promise;
      return ok(instance(wish.key));
    });
    const first = keeper.wanted(never);
    await clock.pass(70_000);
    expect(await first).toBe(null);
    const { look } = studio;
    studio.look = async (signal) => {
      await slowLook.promise;
      return look(signal);
    };
    gate.resolve();
    await clock.pass(10);
    const second = keeper.wanted(never);
    slowLook.resolve();
    await clock.pass(10);
    await second;
    expect(studio.loads).toHaveLength(1);
    await keeper.stop();
  });

  it('[LM2.105] a download goes on beside everything else: thoughts, loads, reloads', async () => {
    const { keeper, studio, never } = wantsNamed();
    const gate = Promise.withResolvers<void>();
    studio.get = async (_, onProgress) => {
      onProgress(0.25);
      await gate.promise;
      return ok(null);
    };
    await keeper.start();
    expect(await keeper.clicks.get('acme/other')).toEqual({ ok: true });
    expect(await keeper.clicks.get('acme/another')).toMatchObject({ ok: false });
    expect((await keeper.wanted(never))?.instance.id).toBe(named);
    expect(keeper.view()).toMatchObject({ state: 'ready', progress: 0.25 });
    expect(keeper.view().what).toContain('Downloading acme/other, 25 %.');
    gate.resolve();
    await keeper.stop();
  });

  it('[LM2.58] does not load again what its owner unloaded in the middle of a thought', async () => {
    const { keeper, studio, clock, never } = wantsNamed();
    await keeper.start();
    const target = await keeper.wanted(never);
    studio.world.instances = [];
    expect(await keeper.failed(unloaded, target as Target, never)).toBe(null);
    await clock.pass(120_000);
    expect(await keeper.wanted(never)).toBe(null);
    expect(studio.loads).toHaveLength(1);
    expect(await keeper.clicks.load(named)).toEqual({ ok: true });
    expect((await keeper.wanted(never))?.instance.id).toBe(named);
    await keeper.stop();
  });

  it('[LM2.59] loads again what expired by its own time limit, when a thought needs it', async () => {
    const { keeper, studio, clock, never } = wantsNamed({ instances: [instance(named, { ttlMs: 3_600_000 })] });
    await keeper.start();
    await keeper.wanted(never);
    await clock.pass(3_600_000);
    studio.world.instances = [];
    await clock.pass(60_000);
    expect(studio.loads).toEqual([]);
    expect((await keeper.wanted(never))?.instance.id).toBe(named);
    expect(studio.loads).toHaveLength(1);
    await keeper.stop();
  });

  it('[LM2.60] unloads what is its own when it ends, if the settings say so', async () => {
    const { keeper, studio, settings, never } = wantsNamed({
      instances: [instance('their/own', { type: 'embedding' })],
    });
    settings.lmStudio.onQuit = 'unload';
    await keeper.start();
    await keeper.wanted(never);
    await keeper.stop();
    expect(studio.unloads).toEqual([named]);
  });

  it('[LM2.61] uses a window that came out smaller than asked, and says so', async () => {
    const { keeper, studio, never } = wantsNamed();
    studio.loading.push(async (wish) => ok(instance(wish.key, { contextTokens: 4_096 })));
    await keeper.start();
    expect((await keeper.wanted(never))?.instance.contextTokens).toBe(4_096);
    expect(keeper.view().what).toContain('small window of 4,096 tokens');
    await keeper.stop();
  });

  it('[LM2.62] goes on with the model that the owner loaded instead', async () => {
    const { keeper, studio, clock, never } = keeperWorld({ instances: [instance('first')] });
    await keeper.start();
    await keeper.wanted(never);
    studio.world.instances = [instance('second')];
    await clock.pass(15_000);
    expect(keeper.now()?.instance.id).toBe('second');
    await keeper.stop();
  });

  it('[LM2.63] says that something is under way instead of starting a second load', async () => {
    const { keeper, studio } = keeperWorld({ models: [entry(named), entry('acme/other')] });
    const gate = Promise.withResolvers<void>();
    studio.loading.push(async (wish) => {
      await gate.promise;
      return ok(instance(wish.key));
    });
    await keeper.start();
    expect(await keeper.clicks.load(named)).toEqual({ ok: true });
    expect(await keeper.clicks.load('acme/other')).toMatchObject({ ok: false });
    expect(studio.loads).toHaveLength(1);
    gate.resolve();
    await keeper.stop();
  });
});

describe('crashes', () => {
  async function thinking() {
    const world = keeperWorld({}, (settings) => {
      settings.model.name = named;
    });
    await world.keeper.start();
    const target = (await world.keeper.wanted(world.never)) as Target;
    const crashNow = () => {
      world.studio.world.instances = [];
      return world.keeper.failed(crash, target, world.never);
    };
    return { ...world, target, crashNow };
  }

  it('[LM2.64] loads a model again once after a crash', async () => {
    const { crashNow, studio, keeper } = await thinking();
    expect((await crashNow())?.instance.id).toBe(named);
    expect(studio.loads).toHaveLength(2);
    expect(keeper.view().state).toBe('ready');
    await keeper.stop();
  });

  it('[LM2.65] opens the breaker at the second crash and loads no more, whatever waits', async () => {
    const { crashNow, studio, keeper, clock, breaker, never } = await thinking();
    await crashNow();
    expect(await crashNow()).toBe(null);
    expect([breaker.state(), keeper.view().state]).toEqual(['open', 'circuit-open']);
    for (let hour = 0; hour < 12; hour++) {
      expect(await keeper.wanted(never)).toBe(null);
      await clock.pass(3_600_000);
    }
    expect(studio.loads).toHaveLength(2);
    await keeper.stop();
  });

  it('[LM2.66] is back when the owner loads a model, when they click, or when the server was restarted', async () => {
    const byHand = await thinking();
    await byHand.crashNow();
    await byHand.crashNow();
    byHand.studio.world.instances = [instance('acme/smaller', { key: 'acme/smaller' })];
    byHand.settings.model.name = '';
    await byHand.clock.pass(30_000);
    expect(byHand.keeper.now()?.instance.id).toBe('acme/smaller');
    const byClick = await thinking();
    await byClick.crashNow();
    await byClick.crashNow();
    expect(await byClick.keeper.clicks.tryAgain()).toEqual({ ok: true });
    expect((await byClick.keeper.wanted(byClick.never))?.instance.id).toBe(named);
    const byRestart = await thinking();
    await byRestart.crashNow();
    await byRestart.crashNow();
    byRestart.studio.world.server = 'off';
    await byRestart.clock.pass(30_000);
    expect(byRestart.keeper.view().state).toBe('server-off');
    byRestart.studio.world.server = 'on';
    await byRestart.clock.pass(30_000);
    expect((await byRestart.keeper.wanted(byRestart.never))?.instance.id).toBe(named);
    for (const { keeper } of [byHand, byClick, byRestart]) await keeper.stop();
  });

  it('[LM2.67] takes a broken stream whose model is gone for a crash, and one whose model is there for none', async () => {
    const broken = { class: 'transient', code: 'stream-broken', message: 'The stream broke.' } as const;
    const { studio, keeper, target, never } = await thinking();
    expect(await keeper.failed(broken, target, never)).toBe(null);
    expect(studio.loads).toHaveLength(1);
    studio.world.instances = [];
    expect((await keeper.failed(broken, target, never))?.instance.id).toBe(named);
    expect(studio.loads).toHaveLength(2);
    await keeper.stop();
  });

  it('[LM2.68] forgets a crash after an hour of good work', async () => {
    const { crashNow, clock, breaker, keeper } = await thinking();
    await crashNow();
    await clock.pass(3_700_000);
    expect((await crashNow())?.instance.id).toBe(named);
    expect(breaker.state()).toBe('closed');
    await keeper.stop();
  });
});

describe('the breaker', () => {
  it('[LM1.57] half-opens on a good greeting once its time is over, and is shown while it is open', async () => {
    const { keeper, clock, breaker, never } = keeperWorld({ instances: [instance(named)] });
    await keeper.start();
    breaker.trip('It failed three times.', 'greeting');
    expect(keeper.view()).toMatchObject({ state: 'circuit-open', what: 'It failed three times.' });
    expect(await keeper.wanted(never)).toBe(null);
    await clock.pass(45_000);
    expect(breaker.state()).toBe('half-open');
    expect((await keeper.wanted(never))?.instance.id).toBe(named);
    await keeper.stop();
  });
});

describe('other settings', () => {
  it('[LM1.66] of another server nothing is known until it was looked at: no prompt goes to the one before', async () => {
    const { keeper, studio, settings, never } = keeperWorld(
      { product: 'openai', instances: [instance('far')] },
      (given) => {
        given.model.baseUrl = 'https://api.example/v1';
      },
    );
    await keeper.start();
    expect((await keeper.wanted(never))?.baseUrl).toBe('https://api.example/v1');
    studio.world.server = 'hiccup';
    settings.model.baseUrl = '';
    keeper.settingsChanged();
    expect(keeper.now()).toBe(null);
    expect(keeper.view().state).toBe('looking');
    expect(await keeper.wanted(never)).toBe(null);
    await keeper.stop();
  });

  it('[LM2.106] settings that are about something else close no breaker and forget no crash', async () => {
    const { keeper, breaker, settings } = keeperWorld({ instances: [instance(named)] });
    await keeper.start();
    breaker.trip('It crashed again.', 'owner');
    settings.page.welcomed = true;
    keeper.settingsChanged();
    expect(breaker.state()).toBe('open');
    settings.model.windowTokens = 4_096;
    keeper.settingsChanged();
    expect(breaker.state()).toBe('closed');
    await keeper.stop();
  });

  it('[LM2.107] a program that is being started is shown as starting, not as closed', async () => {
    const { keeper, studio, clock } = keeperWorld({ running: null, server: 'off' });
    const gate = Promise.withResolvers<void>();
    studio.startServer = async () => {
      await gate.promise;
      studio.world.server = 'on';
      return ok(null);
    };
    await keeper.start();
    await keeper.clicks.startServer();
    await clock.pass(31_000);
    expect(keeper.view()).toMatchObject({ state: 'loading', what: 'LM Studio’s server is starting.' });
    gate.resolve();
    await clock.pass(10);
    expect(keeper.view().state).toBe('no-model');
    await keeper.stop();
  });
});

describe('courtesy', () => {
  const work = (queued: number) => [instance(named, { work: 'generating', queued })];

  it('[LM2.69] waits while somebody else is served, and says so', async () => {
    const { keeper, clock, studio, never } = keeperWorld({ instances: [instance(named)], work: work(1) });
    await keeper.start();
    const quiet = keeper.quiet(() => 0, never);
    await clock.pass(10_000);
    expect(keeper.view().state).toBe('busy');
    studio.world.work = [instance(named)];
    await clock.pass(2_000);
    expect(await quiet).toEqual({ ok: true, value: null });
    expect(keeper.view().state).toBe('ready');
    await keeper.stop();
  });

  it('[LM2.70] does not take its own requests for somebody else’s', async () => {
    const { keeper, never } = keeperWorld({ instances: [instance(named)], work: work(1) });
    await keeper.start();
    expect(await keeper.quiet(() => 1, never)).toEqual({ ok: true, value: null });
    await keeper.stop();
  });

  it('[LM2.71] gives up after two minutes: rules think', async () => {
    const { keeper, clock, never } = keeperWorld({ instances: [instance(named)], work: work(3) });
    await keeper.start();
    const quiet = keeper.quiet(() => 1, never);
    await clock.pass(125_000);
    expect(await quiet).toMatchObject({ ok: false, failure: { code: 'busy-elsewhere' } });
    expect(keeper.view().state, 'nobody asks any more, so nobody says so').toBe('ready');
    await keeper.stop();
  });

  it('[LM2.72] goes ahead where nobody can tell who is busy', async () => {
    const { keeper, never } = keeperWorld({ instances: [instance(named)], lms: { kind: 'missing' }, work: null });
    await keeper.start();
    expect(await keeper.quiet(() => 0, never)).toEqual({ ok: true, value: null });
    expect(keeper.courtesy.canTell()).toBe(false);
    await keeper.stop();
  });
});
