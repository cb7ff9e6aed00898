import { describe, expect, it } from 'vitest';
import { fail, ok, type Result } from '../../core/errors.ts';
import { systemClock } from '../../core/host/system.ts';
import type { Instance } from '../../core/lmstudio/catalogue.ts';
import type { Lms } from '../../core/lmstudio/driver/lms.ts';
import type { LoadWish } from '../../core/lmstudio/lm-studio.ts';
import type { Clock } from '../../core/ports.ts';
import { fakeClock } from '../kit/clock.ts';
import { waitFor } from '../kit/wait-for.ts';
import { driverOn, internalConfig, v1List, v1Model } from './lm-studio-world.ts';
import {
  deadPort,
  entry,
  foundLms,
  greeting,
  html,
  instance,
  never,
  openServer,
  type Route,
  reset,
  scriptedLms,
  signal,
} from './rest-world.ts';

const wish: LoadWish = {
  key: 'acme/demo-8b',
  path: null,
  contextTokens: 8_192,
  ttlSeconds: null,
  parallel: 1,
  gpu: 'max',
};
const quiet = () => {};
const loadPath = '/api/v1/models/load';
const unloadPath = '/api/v1/models/unload';
const found = () => Promise.resolve(foundLms);

type Loaded = { id: string; context: number }[];

/** A server of 0.4 with one model; a load adds what `gives` says. */
async function nativeServer(loaded: Loaded = [], gives: { context: number; answer?: object } = { context: 8_192 }) {
  const routes: Record<string, Route> = { '/lmstudio-greeting': greeting };
  const list = () => {
    routes['/api/v1/models'] = v1List(v1Model(wish.key, loaded));
  };
  routes[loadPath] = (response) => {
    const id = loaded.length === 0 ? wish.key : `${wish.key}:${loaded.length + 1}`;
    loaded.push({ id, context: gives.context });
    list();
    response.end(JSON.stringify(gives.answer ?? { type: 'llm', instance_id: id, status: 'loaded' }));
  };
  routes[unloadPath] = (response, { body }) => {
    const { instance_id: id } = body as { instance_id: string };
    loaded.splice(0, loaded.length, ...loaded.filter((each) => each.id !== id));
    list();
    response.end(JSON.stringify({ instance_id: id }));
  };
  list();
  const server = await openServer(routes);
  return { ...server, loaded, orders: () => server.asked.filter((each) => each.method === 'POST') };
}

describe('loading over HTTP', () => {
  it('[LM4.1] orders one load with the strict keys, and gives back what the list then tells', async () => {
    const server = await nativeServer();
    const { studio } = await driverOn({ rest: [server.port] });
    expect(await studio.load(wish, quiet, signal())).toEqual(
      ok(expect.objectContaining({ id: wish.key, key: wish.key, contextTokens: 8_192, parallel: 4 })),
    );
    expect(server.orders()).toEqual([
      expect.objectContaining({
        path: loadPath,
        body: { model: wish.key, context_length: 8_192, echo_load_config: true },
      }),
    ]);
  });

  it('[LM4.2] gives back a smaller window than was asked for as it is', async () => {
    const server = await nativeServer([], { context: 2_048 });
    const { studio } = await driverOn({ rest: [server.port] });
    expect(await studio.load(wish, quiet, signal())).toMatchObject({ value: { contextTokens: 2_048 } });
  });

  it('[LM4.3] takes the older name of the instance, and the echo where the list tells no window', async () => {
    const answer = { model_instance_id: 'mine', load_config: { context_length: 7_000 } };
    const server = await nativeServer([], { context: 0, answer });
    server.routes[loadPath] = (response) => {
      server.routes['/api/v1/models'] = v1List({ ...v1Model(wish.key), loaded_instances: [{ id: 'mine' }] });
      response.end(JSON.stringify(answer));
    };
    const { studio } = await driverOn({ rest: [server.port] });
    expect(await studio.load(wish, quiet, signal())).toMatchObject({ value: { id: 'mine', contextTokens: 7_000 } });
  });

  it('[LM4.4] loads nothing where the model is already loaded with enough context', async () => {
    const server = await nativeServer([
      { id: 'small', context: 4_096 },
      { id: 'roomy', context: 16_384 },
    ]);
    const { studio } = await driverOn({ rest: [server.port] });
    expect(await studio.load(wish, quiet, signal())).toMatchObject({ ok: true, value: { id: 'roomy' } });
    expect(server.orders()).toEqual([]);
  });

  it('[LM4.4] loads beside an instance whose window is too small', async () => {
    const server = await nativeServer([{ id: wish.key, context: 4_096 }]);
    const { studio } = await driverOn({ rest: [server.port] });
    expect(await studio.load(wish, quiet, signal())).toMatchObject({ value: { id: `${wish.key}:2` } });
    expect(server.orders()).toHaveLength(1);
  });

  it.each([
    [
      'too little memory',
      {
        status: 500,
        json: {
          error: {
            type: 'model_load_failed',
            message: 'Model loading was stopped due to insufficient system resources.',
          },
        },
      },
      'insufficient-resources',
    ],
    [
      'a failed load',
      { status: 500, json: { error: { type: 'model_load_failed', message: 'x' } } },
      'model-load-failed',
    ],
    [
      'a load that crashed',
      { status: 400, json: { error: 'The model has crashed. (Exit code: 6)' } },
      'model-load-failed',
    ],
    ['an error without words', { status: 500, json: { error: { type: 'internal_error' } } }, 'model-load-failed'],
    [
      'a refused key',
      { status: 400, json: { error: { type: 'invalid_request', message: 'Unrecognized key(s)' } } },
      'model-load-failed',
    ],
    ['an unknown model', { status: 404, json: { error: { type: 'model_not_found', message: 'x' } } }, 'model-missing'],
    ['a token without that right', { status: 403, json: { error: 'no' } }, 'auth-required'],
    ['a wrong token', { status: 200, json: { error: { code: 'invalid_api_key' } } }, 'auth-required'],
    ['a broken connection', reset, 'connection-reset'],
    ['success that the list does not know', { json: { instance_id: 'ghost', status: 'loaded' } }, 'model-load-failed'],
  ] as [string, Route, string][])('[LM4.5] names %s and tries no second time', async (_, route, code) => {
    const server = await nativeServer();
    server.routes[loadPath] = route;
    const { studio } = await driverOn({ rest: [server.port] });
    expect(await studio.load(wish, quiet, signal())).toMatchObject({ ok: false, failure: { code } });
    expect(server.orders()).toHaveLength(1);
  });

  it('[LM4.6] takes a model that is there for loaded, whatever the answer said', async () => {
    const server = await nativeServer();
    server.routes[loadPath] = (response) => {
      server.routes['/api/v1/models'] = v1List(v1Model(wish.key, [{ id: wish.key, context: 8_192 }]));
      reset(response);
    };
    const { studio } = await driverOn({ rest: [server.port] });
    expect(await studio.load(wish, quiet, signal())).toMatchObject({ ok: true, value: { id: wish.key } });
  });

  it('[LM4.6] believes the answer where the list cannot be read afterwards', async () => {
    const server = await nativeServer();
    server.routes[loadPath] = (response) => {
      server.routes['/api/v1/models'] = { status: 500, json: {} };
      response.end(JSON.stringify({ instance_id: 'mine', load_config: { context_length: 8_000 } }));
    };
    const { studio } = await driverOn({ rest: [server.port] });
    expect(await studio.load(wish, quiet, signal())).toMatchObject({ value: { id: 'mine', contextTokens: 8_000 } });
  });

  it('[LM4.7] ends a load that takes longer than the settings allow', async () => {
    const clock = fakeClock();
    const server = await nativeServer();
    server.routes[loadPath] = never;
    const { studio, settings } = await driverOn({ rest: [server.port], clock });
    const loading = studio.load(wish, quiet, signal());
    await waitFor('the order', () => server.orders().length === 1);
    await clock.pass(settings.lmStudio.loadMs);
    expect(await loading).toMatchObject({
      failure: { code: 'load-timeout', message: expect.stringContaining('600 seconds') },
    });
    expect(clock.waiting()).toBe(0);
  });

  it('[LM4.8] passes a cancellation through as its reason', async () => {
    const server = await nativeServer();
    server.routes[loadPath] = never;
    const { studio } = await driverOn({ rest: [server.port] });
    const controller = new AbortController();
    const loading = studio.load(wish, quiet, controller.signal);
    await waitFor('the order', () => server.orders().length === 1);
    const reason = new Error('quitting');
    controller.abort(reason);
    await expect(loading).rejects.toBe(reason);
  });

  it.each(['is too slow', 'is cancelled'])(
    '[LM2.32] loads no second copy after a load that %s and that the server finishes all the same',
    async (end) => {
      const clock = fakeClock();
      const server = await nativeServer();
      server.routes[loadPath] = never;
      const { studio, settings } = await driverOn({ rest: [server.port], clock });
      const controller = new AbortController();
      const first = studio.load(wish, quiet, controller.signal).catch((thrown: unknown) => thrown);
      await waitFor('the order', () => server.orders().length === 1);
      if (end === 'is cancelled') controller.abort('quitting');
      else await clock.pass(settings.lmStudio.loadMs);
      await first;
      server.routes['/api/v1/models'] = v1List(v1Model(wish.key, [{ id: 'late', context: 8_192 }]));
      expect(await studio.load(wish, quiet, signal())).toMatchObject({ ok: true, value: { id: 'late' } });
      expect(server.orders()).toHaveLength(1);
    },
  );

  it('[LM4.9] fails with what the server is when it is not open', async () => {
    const { studio } = await driverOn({ rest: [await deadPort()] });
    expect(await studio.load(wish, quiet, signal())).toMatchObject({ failure: { code: 'connection-refused' } });
    expect(await studio.unload('x', signal())).toMatchObject({ failure: { code: 'connection-refused' } });
  });

  it('[LM4.10] says what to do where a server knows no load and `lms` is missing', async () => {
    const server = await openServer({
      '/lmstudio-greeting': greeting,
      '/v1/models': { json: { data: [{ id: wish.key }] } },
    });
    const { studio } = await driverOn({ rest: [server.port] });
    expect(await studio.load(wish, quiet, signal())).toMatchObject({
      failure: {
        code: 'cannot-load',
        message: expect.stringMatching(/Load the model in the program itself, with a context of 8192/),
      },
    });
    expect(await studio.unload('x', signal())).toMatchObject({ failure: { code: 'cannot-unload' } });
    expect(server.asked.filter((each) => each.method === 'POST')).toEqual([]);
  });
});

describe('loading with `lms`', () => {
  const withPath = { ...wish, path: 'acme/demo-8b/file.gguf', ttlSeconds: 3_600, gpu: 0.5 };

  /** An old server whose loaded instances only `lms` knows. */
  async function oldServer(answers: Partial<Lms> = {}, loaded: Instance[] = []) {
    const server = await openServer({
      '/lmstudio-greeting': greeting,
      '/v1/models': { json: { data: [{ id: wish.key }] } },
    });
    const scripted = scriptedLms({
      found,
      loaded: () => Promise.resolve(ok([...loaded])),
      list: () => Promise.resolve(ok([entry(wish.key)])),
      load: async (asked, _port, onProgress) => {
        onProgress(0.5);
        loaded.push(instance(asked.identifier, { key: asked.key, contextTokens: asked.contextTokens }));
        return ok(null);
      },
      unload: async (id) => {
        loaded.splice(0, loaded.length, ...loaded.filter((each) => each.id !== id));
        return ok(null);
      },
      ...answers,
    });
    const driver = await driverOn({ rest: [server.port], lms: scripted.lms });
    const loads = () => scripted.calls.filter((each) => each.startsWith('load '));
    return { ...driver, server, calls: scripted.calls, loads };
  }

  it('[LM4.11] loads by path under a name of its own, tells progress, and reads back', async () => {
    const { studio, loads, server } = await oldServer();
    const shares: number[] = [];
    expect(await studio.load(withPath, (share) => shares.push(share), signal())).toMatchObject({
      ok: true,
      value: { id: 'reverie/demo-8b', key: wish.key, contextTokens: 8_192 },
    });
    expect(shares).toEqual([0.5]);
    expect(loads()).toEqual([`load ${JSON.stringify({ ...withPath, identifier: 'reverie/demo-8b' })} ${server.port}`]);
  });

  it('[LM4.12] chooses a name that no instance has', async () => {
    const taken = ['reverie/demo-8b', 'reverie/demo-8b-2'].map((id) => instance(id, { key: 'other' }));
    const { studio } = await oldServer({}, taken);
    expect(await studio.load(withPath, quiet, signal())).toMatchObject({ value: { id: 'reverie/demo-8b-3' } });
  });

  it.each([
    ['insufficient-resources', 'insufficient-resources'],
    ['identifier-in-use', 'identifier-in-use'],
    ['lms-timeout', 'load-timeout'],
  ])('[LM4.13] passes on why `lms` did not load (%s) and loads over HTTP neither', async (code, told) => {
    const { studio, loads, server } = await oldServer({
      load: () => Promise.resolve(fail({ class: 'resource', code, message: 'x' })),
    });
    expect(await studio.load(withPath, quiet, signal())).toMatchObject({ ok: false, failure: { code: told } });
    expect(loads()).toHaveLength(1);
    expect(server.asked.filter((each) => each.method === 'POST')).toEqual([]);
  });

  it('[LM4.13] does not believe an `lms` that reports a load which the list does not know', async () => {
    const { studio } = await oldServer({ load: () => Promise.resolve(ok(null)) });
    expect(await studio.load(withPath, quiet, signal())).toMatchObject({ failure: { code: 'model-load-failed' } });
  });

  it('[LM4.14] ends an `lms` that loads for too long, and leaves no timer', async () => {
    const clock = fakeClock();
    const server = await nativeServer();
    let begun = false;
    const { lms } = scriptedLms({
      found,
      load: (_wish, _port, _progress, limited) => {
        begun = true;
        return new Promise((_, reject) => limited.addEventListener('abort', () => reject(limited.reason as Error)));
      },
    });
    const { studio, settings } = await driverOn({ rest: [server.port], lms, clock });
    const loading = studio.load(withPath, quiet, signal());
    await waitFor('the load', () => begun);
    await clock.pass(settings.lmStudio.loadMs);
    expect(await loading).toMatchObject({ failure: { code: 'load-timeout' } });
    expect(clock.waiting()).toBe(0);
    const controller = new AbortController();
    begun = false;
    const cancelled = studio.load(withPath, quiet, controller.signal);
    await waitFor('the load', () => begun);
    controller.abort('quitting');
    await expect(cancelled).rejects.toBe('quitting');
    expect(clock.waiting()).toBe(0);
  });

  it('[LM4.15] loads over HTTP where no path is known, `lms` or not', async () => {
    const server = await nativeServer();
    const { lms, calls } = scriptedLms({ found });
    const { studio } = await driverOn({ rest: [server.port], lms });
    expect(await studio.load(wish, quiet, signal())).toMatchObject({ ok: true });
    expect(calls.filter((each) => each.startsWith('load '))).toEqual([]);
    expect(server.orders()).toHaveLength(1);
  });

  /** A server of 0.3 whose list names the model with this state. */
  async function olderServer(state: string) {
    const clock = skippingClock(3_000);
    const row = (now: string): Route => ({
      json: {
        data: [{ id: wish.key, type: 'llm', state: now, ...(now === 'loaded' && { loaded_context_length: 8_192 }) }],
      },
    });
    const server = await openServer({ '/lmstudio-greeting': greeting, '/api/v0/models': row(state) });
    const loaded: Instance[] = [];
    const scripted = scriptedLms({
      found,
      list: () => Promise.resolve(ok([entry(wish.key)])),
      loaded: () => Promise.resolve(ok(loaded)),
    });
    const driver = await driverOn({ rest: [server.port], lms: scripted.lms, clock });
    const become = (now: string) => {
      if (now === 'loaded') loaded.push(instance(wish.key));
      server.routes['/api/v0/models'] = row(now);
    };
    const loads = () => scripted.calls.filter((each) => each.startsWith('load '));
    const lists = () => server.asked.filter((each) => each.path === '/api/v0/models').length;
    return { ...driver, clock, loads, lists, become };
  }

  it('[LM2.33] waits for a model that the list tells to be loading, and orders no second copy', async () => {
    const world = await olderServer('loading');
    const loading = world.studio.load(withPath, quiet, signal());
    await waitFor('a second look', () => world.lists() > 1);
    world.become('loaded');
    expect(await loading).toMatchObject({ ok: true, value: { id: wish.key, contextTokens: 8_192 } });
    expect(world.loads()).toEqual([]);
    expect(world.clock.waiting()).toBe(0);
  });

  it('[LM2.33] orders it when that load came to nothing', async () => {
    const world = await olderServer('loading');
    const loading = world.studio.load(withPath, quiet, signal());
    await waitFor('the first look', () => world.lists() > 0);
    world.become('not-loaded');
    await loading;
    expect(world.loads()).toHaveLength(1);
  });

  it('[LM2.33] gives up a wait that takes longer than a load may, and leaves it when cancelled', async () => {
    const world = await olderServer('loading');
    world.settings.lmStudio.loadMs = 10_000;
    expect(await world.studio.load(withPath, quiet, signal())).toMatchObject({ failure: { code: 'load-timeout' } });
    expect(world.lists()).toBe(5);
    world.settings.lmStudio.loadMs = 3_600_000;
    const controller = new AbortController();
    const cancelled = world.studio.load(withPath, quiet, controller.signal);
    const seen = world.lists();
    await waitFor('a look', () => world.lists() > seen);
    controller.abort('quitting');
    await expect(cancelled).rejects.toBe('quitting');
    expect(world.loads()).toEqual([]);
    expect(world.clock.waiting()).toBe(0);
  });

  it('[LM2.34] takes a model that is loading for none that is loaded when it looks', async () => {
    const { studio } = await olderServer('loading');
    expect(await studio.look(signal())).toMatchObject({ server: { kind: 'open', catalogue: { instances: [] } } });
  });

  it('[LM4.16] unloads with `lms` where the server has no command for it', async () => {
    const { studio, calls, server } = await oldServer({}, [instance('mine', { key: wish.key })]);
    expect(await studio.unload('mine', signal())).toEqual(ok(null));
    expect(calls).toContain(`unload "mine" ${server.port}`);
  });
});

describe('unloading over HTTP', () => {
  it('[LM4.17] unloads one instance by its id and looks whether it is gone', async () => {
    const server = await nativeServer([
      { id: 'a', context: 1 },
      { id: 'b', context: 1 },
    ]);
    const { studio } = await driverOn({ rest: [server.port] });
    expect(await studio.unload('a', signal())).toEqual(ok(null));
    expect(server.loaded.map((each) => each.id)).toEqual(['b']);
    expect(server.orders()).toMatchObject([{ path: unloadPath, body: { instance_id: 'a' } }]);
  });

  it('[LM4.17] orders nothing where the instance is gone already', async () => {
    const server = await nativeServer();
    const { studio } = await driverOn({ rest: [server.port] });
    expect(await studio.unload('a', signal())).toEqual(ok(null));
    expect(server.orders()).toEqual([]);
  });

  it.each([
    [{ json: { instance_id: 'a' } }, 'unload-failed'],
    [{ status: 400, json: { error: { type: 'model_not_found', message: 'x' } } }, 'model-missing'],
  ] as [Route, string][])('[LM4.18] fails when it is still there (%j)', async (route, code) => {
    const server = await nativeServer([{ id: 'a', context: 1 }]);
    server.routes[unloadPath] = route;
    const { studio } = await driverOn({ rest: [server.port] });
    expect(await studio.unload('a', signal())).toMatchObject({ ok: false, failure: { code } });
  });
});

describe('who is at work', () => {
  const busy = instance('x', { work: 'generating', queued: 1 });

  it('[LM4.20] comes from `lms` at the port of the server, or at the internal one while the server is off', async () => {
    const { lms, calls } = scriptedLms({ found, loaded: () => Promise.resolve(ok([busy])) });
    const server = await nativeServer();
    const on = await driverOn({ rest: [server.port], lms });
    await on.studio.look(signal());
    expect(await on.studio.atWork(signal())).toEqual([busy]);
    expect(calls.at(-1)).toBe(`loaded ${server.port}`);
    const internal = await openServer({ '/lms-status': { json: { package: 'lmstudio' } } });
    const off = await driverOn({ files: { [internalConfig]: { port: internal.port } }, rest: [await deadPort()], lms });
    await off.studio.look(signal());
    expect(await off.studio.atWork(signal())).toEqual([busy]);
    expect(calls.at(-1)).toBe(`loaded ${internal.port}`);
  });

  it('[LM4.21] is unknown without `lms`, when it fails, and while nothing runs', async () => {
    const server = await nativeServer();
    const without = await driverOn({ rest: [server.port] });
    await without.studio.look(signal());
    expect(await without.studio.atWork(signal())).toBeNull();
    const broken = scriptedLms({
      found,
      loaded: () => Promise.resolve(fail({ class: 'transient', code: 'lms-timeout', message: '' })),
    });
    const failing = await driverOn({ rest: [server.port], lms: broken.lms });
    await failing.studio.look(signal());
    expect(await failing.studio.atWork(signal())).toBeNull();
    const none = scriptedLms({ found });
    const closed = await driverOn({ rest: [await deadPort()], lms: none.lms });
    await closed.studio.look(signal());
    expect(await closed.studio.atWork(signal())).toBeNull();
    expect(none.calls).toEqual(['daemon']);
  });
});

describe('downloads and starting', () => {
  const noLms: Result<null> = fail({ class: 'permanent', code: 'no-lms', message: 'x' });

  it('[LM4.22] downloads with `lms` at the port of the running program', async () => {
    const server = await nativeServer();
    const { lms, calls } = scriptedLms({ found });
    const { studio } = await driverOn({ rest: [server.port], lms });
    expect(await studio.get('acme/new', quiet, signal())).toEqual(ok(null));
    expect(calls.at(-1)).toBe(`get "acme/new" ${server.port}`);
  });

  it('[LM4.22] downloads nothing while the program is closed, which would wake it', async () => {
    const { lms, calls } = scriptedLms({ found });
    const { studio } = await driverOn({ rest: [await deadPort()], lms });
    expect(await studio.get('acme/new', quiet, signal())).toMatchObject({
      failure: { code: 'connection-refused', message: expect.stringContaining('Start it first') },
    });
    expect(calls).toEqual(['daemon']);
  });

  it('[LM4.23] starts the server and waits until it greets', async () => {
    const page = await openServer({ '/lmstudio-greeting': html });
    const { lms, calls } = scriptedLms({ found });
    const { studio } = await driverOn({ rest: [page.port], lms });
    const starting = studio.startServer(signal());
    await waitFor('a knock after the command', () => calls.length === 1 && page.asked.length === 2);
    page.routes['/lmstudio-greeting'] = greeting;
    expect(await starting).toEqual(ok(null));
    expect(calls).toEqual(['startServer null']);
  });

  it('[LM4.23] gives up ten seconds after a start that no greeting follows', async () => {
    const clock = fakeClock();
    const { lms } = scriptedLms({ found });
    const { studio } = await driverOn({ rest: [await deadPort()], lms, clock });
    const starting = studio.startServer(signal());
    await letPass(clock, starting);
    expect(await starting).toMatchObject({ failure: { code: 'timeout' } });
    expect(clock.elapsed()).toBeGreaterThanOrEqual(10_000);
    expect(clock.waiting()).toBe(0);
  });

  it('[LM4.24] starts nothing where the server greets already', async () => {
    const server = await nativeServer();
    const { lms, calls } = scriptedLms({ found });
    const { studio } = await driverOn({ rest: [server.port], lms });
    expect(await studio.startServer(signal())).toEqual(ok(null));
    expect(calls).toEqual([]);
  });

  it('[LM4.24] believes a greeting after a start that `lms` calls failed, else says what `lms` said', async () => {
    const port = await deadPort();
    let opens = true;
    const { lms } = scriptedLms({
      found,
      startServer: async () => {
        if (opens) await openServer({ '/lmstudio-greeting': greeting }, { port });
        return fail({ class: 'transient', code: 'lms-failed', message: 'x' });
      },
    });
    const first = await driverOn({ rest: [port], lms });
    expect(await first.studio.startServer(signal())).toEqual(ok(null));
    opens = false;
    const second = await driverOn({ rest: [await deadPort()], lms });
    expect(await second.studio.startServer(signal())).toMatchObject({ failure: { code: 'lms-failed' } });
    const without = await driverOn({
      rest: [await deadPort()],
      lms: scriptedLms({ startServer: async () => noLms }).lms,
    });
    expect(await without.studio.startServer(signal())).toEqual(noLms);
  });

  it('[LM4.25] starts the server at the port of the base URL, and none for another machine', async () => {
    const port = await deadPort();
    const { lms, calls } = scriptedLms({ found, startServer: async () => noLms });
    const here = await driverOn({ baseUrl: `http://127.0.0.1:${port}/v1`, lms });
    await here.studio.startServer(signal());
    expect(calls).toEqual([`startServer ${port}`]);
    // 192.0.2.0/24 is reserved for documentation: nobody is there.
    const clock = fakeClock();
    const there = await driverOn({ baseUrl: 'http://192.0.2.1:1234', lms, clock });
    const starting = there.studio.startServer(signal());
    await letPass(clock, starting);
    expect(await starting).toMatchObject({ failure: { code: 'not-here' } });
    expect(calls).toHaveLength(1);
  });
});

/** Lets time pass in small steps until the work is over. */
async function letPass(clock: ReturnType<typeof fakeClock>, work: Promise<unknown>): Promise<void> {
  let over = false;
  void work.finally(() => {
    over = true;
  });
  await waitFor('the work to end', async () => {
    await clock.pass(250);
    return over;
  });
}

/** The machine's clock, but waits of just this length are over at once. */
function skippingClock(waitMs: number) {
  let skippedMs = 0;
  const timers = new Set<object>();
  const clock: Clock = {
    now: systemClock.now,
    elapsed: () => systemClock.elapsed() + skippedMs,
    after(ms, call) {
      const timer = {};
      timers.add(timer);
      const skips = ms === waitMs;
      const stop = systemClock.after(skips ? 1 : ms, () => {
        timers.delete(timer);
        if (skips) skippedMs += ms;
        call();
      });
      return () => {
        timers.delete(timer);
        stop();
      };
    },
  };
  return { ...clock, waiting: () => timers.size };
}
