import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../core/errors.ts';
import { systemClock } from '../../core/host/system.ts';
import { createCapabilities } from '../../core/lmstudio/driver/capabilities.ts';
import { catalogueOf } from '../../core/lmstudio/driver/lists.ts';
import { findPlace } from '../../core/think/openai/place.ts';
import { fakeClock } from '../kit/clock.ts';
import { driverOn, v1List, v1Model } from './lm-studio-world.ts';
import {
  entry,
  foundLms,
  greeting,
  html,
  instance,
  openServer,
  type Route,
  reset,
  scriptedLms,
  signal,
} from './rest-world.ts';

const v0Model = (id: string, more: object = {}) => ({
  id,
  object: 'model',
  type: 'llm',
  publisher: 'acme',
  arch: 'llama',
  compatibility_type: 'gguf',
  quantization: 'Q4_K_M',
  state: 'not-loaded',
  max_context_length: 32_768,
  ...more,
});
const v0 = (...data: object[]) => ({ json: { data, object: 'list' } });
const v0Loaded = v0Model('acme/a', { state: 'loaded', loaded_context_length: 4_096 });
const openai = (...ids: string[]) => ({ json: { data: ids.map((id) => ({ id, object: 'model' })), object: 'list' } });
const place = (address: string, more: object = {}) => ({ address, token: '', greets: true, ...more });

describe('which list', () => {
  const all: Record<string, Route> = {
    '/api/v1/models': v1List(v1Model('acme/a')),
    '/api/v0/models': v0(v0Model('acme/a')),
    '/v1/models': openai('acme/a'),
  };
  const only = (...paths: string[]) => Object.fromEntries(paths.map((path) => [path, all[path] as Route]));

  it.each([
    ['v1', all],
    ['v0', only('/api/v0/models', '/v1/models')],
    ['v0', { ...only('/v1/models'), '/api/v0/models': v0() }],
    ['openai', only('/v1/models')],
    ['v0', { ...all, '/api/v1/models': { status: 404, json: { error: 'Not found' } } }],
    ['v0', { ...all, '/api/v1/models': { json: { models: 'many' } } }],
    ['openai', { ...only('/v1/models'), '/api/v0/models': openai('acme/a') }],
    ['openai', { ...only('/v1/models'), '/api/v1/models': html, '/api/v0/models': html }],
  ] as [string, Record<string, Route>][])(
    '[LM3.1] reads the best list that is one (%s, case %#)',
    async (api, routes) => {
      const server = await openServer(routes);
      const reading = await createCapabilities(systemClock)(place(server.address), signal());
      expect(reading).toMatchObject({ kind: 'open', catalogue: { api } });
    },
  );

  it('[LM3.1] takes an unexpected status with a list for the list', async () => {
    const server = await openServer({ '/api/v1/models': { status: 418, json: { models: [] } } });
    const reading = await createCapabilities(systemClock)(place(server.address), signal());
    expect(reading).toMatchObject({ kind: 'open', catalogue: { api: 'v1', models: [] } });
  });

  it.each([
    { status: 401, json: { error: { type: 'invalid_request', code: 'invalid_api_key', message: 'no' } } },
    { status: 200, json: { error: { type: 'invalid_request', code: 'invalid_api_key', message: 'no' } } },
    { status: 400, json: { error: 'invalid_api_key' } },
    { status: 401, json: null },
    { status: 403, json: { error: { message: 'This token may not list models.' } } },
  ])('[LM3.2] tells a demand for a token and asks for no poorer list (%j)', async (route) => {
    const server = await openServer({ ...all, '/api/v1/models': route });
    const reading = await createCapabilities(systemClock)(place(server.address, { token: 'wrong' }), signal());
    expect(reading).toEqual({ kind: 'auth-required' });
    expect(server.asked).toHaveLength(1);
  });

  it.each([
    ['an error of the server', { status: 500, json: { error: { type: 'internal_error' } } }, 'server-error', 'unwell'],
    ['too many requests', { status: 429, json: {} }, 'rate-limited', 'unwell'],
    ['a broken connection', reset, 'connection-reset', 'silent'],
  ] as [string, Route, string, string][])(
    '[LM3.3] takes %s for a hiccup and asks for no poorer list',
    async (_, route, code, kind) => {
      const server = await openServer({ ...all, '/api/v1/models': route });
      const reading = await createCapabilities(systemClock)(place(server.address), signal());
      expect(reading).toMatchObject({ kind, failure: { code } });
      expect(new Set(server.asked.map((each) => each.path))).toEqual(new Set(['/api/v1/models']));
    },
  );

  it('[LM3.4] remembers which list it was, for ten minutes', async () => {
    const clock = fakeClock();
    const server = await openServer(only('/api/v0/models', '/v1/models'));
    const read = createCapabilities(clock);
    const paths = async (at = place(server.address)) => {
      server.asked.length = 0;
      await read(at, signal());
      return server.asked.map((each) => each.path);
    };
    expect(await paths()).toEqual(['/api/v1/models', '/api/v0/models']);
    await clock.pass(5 * 60_000);
    expect(await paths()).toEqual(['/api/v0/models']);
    await clock.pass(5 * 60_000);
    expect(await paths()).toEqual(['/api/v1/models', '/api/v0/models']);
    expect(await paths()).toEqual(['/api/v0/models']);
    expect(await paths(place(server.address, { token: 'new' }))).toEqual(['/api/v1/models', '/api/v0/models']);
  });

  it('[LM3.4] finds out anew after a connection error, and at once when the remembered list is gone', async () => {
    const server = await openServer(only('/api/v0/models'));
    const read = createCapabilities(systemClock);
    await read(place(server.address), signal());
    server.routes['/api/v0/models'] = reset;
    expect(await read(place(server.address), signal())).toMatchObject({ kind: 'silent' });
    server.routes['/api/v0/models'] = v0();
    server.asked.length = 0;
    await read(place(server.address), signal());
    expect(server.asked.map((each) => each.path)).toEqual(['/api/v1/models', '/api/v0/models']);
    delete server.routes['/api/v0/models'];
    server.routes['/api/v1/models'] = v1List();
    expect(await read(place(server.address), signal())).toMatchObject({ catalogue: { api: 'v1' } });
  });
});

describe('what a list says', () => {
  it('[LM3.5] reads a native list: model, instances, windows, whether it reasons', () => {
    const body = {
      models: [
        { ...v1Model('acme/a', [{ id: 'acme/a:2', context: 8_192, parallel: 2 }]), novelty: { deep: [1] } },
        { ...v1Model('b'), capabilities: { reasoning: { allowed_options: ['off', 'on'], default: 'on' } } },
        { ...v1Model('c'), capabilities: { reasoning: { allowed_options: ['off', 'on'], default: 'off' } } },
        {
          type: 'embedding',
          key: 'nomic',
          display_name: 'Nomic',
          quantization: null,
          loaded_instances: [],
          size_bytes: 1,
        },
        { type: 'decision', key: 'new-kind', quantization: 'Q8_0' },
      ],
    };
    const catalogue = catalogueOf('v1', body);
    expect(catalogue?.models).toMatchObject([
      {
        key: 'acme/a',
        name: 'Name of acme/a',
        type: 'llm',
        params: '8B',
        quantization: 'Q4_K_M',
        sizeBytes: 5_000_000_000,
        maxContextTokens: 131_072,
        reasons: null,
        path: null,
        remote: false,
      },
      { key: 'b', reasons: true },
      { key: 'c', reasons: false },
      { key: 'nomic', type: 'embedding', quantization: null, maxContextTokens: null },
      { key: 'new-kind', name: 'new-kind', type: 'other', quantization: 'Q8_0', sizeBytes: null },
    ]);
    expect(catalogue?.instances).toMatchObject([
      { id: 'acme/a:2', key: 'acme/a', contextTokens: 8_192, parallel: 2, work: 'unknown', queued: null },
    ]);
    expect(catalogue?.tellsLoaded).toBe(true);
  });

  it('[LM3.5] reads the older lists', () => {
    const older = catalogueOf('v0', {
      data: [
        v0Loaded,
        v0Model('v', { type: 'vlm' }),
        v0Model('e', { type: 'embeddings' }),
        v0Model('l', { state: 'loading' }),
      ],
    });
    expect(older?.models.map((each) => each.type)).toEqual(['llm', 'llm', 'embedding', 'llm']);
    expect(older?.instances).toMatchObject([
      { id: 'acme/a', key: 'acme/a', contextTokens: 4_096, parallel: null },
      { id: 'l', work: 'loading' },
    ]);
    const oldest = catalogueOf('openai', { data: [{ id: 'qwen' }, { id: 'text-embedding-nomic' }] });
    expect(oldest).toMatchObject({
      models: [{ key: 'qwen', type: 'llm', maxContextTokens: null }, { type: 'embedding' }],
      instances: [],
      tellsLoaded: false,
    });
    expect(catalogueOf('openai', [{ id: 'bare' }])?.models).toHaveLength(1);
  });

  it('[LM2.34] tells of an older list what is on its way into memory, and no window of it', () => {
    const older = catalogueOf('v0', { data: [v0Model('l', { state: 'loading', loaded_context_length: 4_096 })] });
    expect(older?.instances).toMatchObject([{ id: 'l', work: 'loading', contextTokens: null }]);
  });

  it('[LM3.6] takes what is misshapen for unknown, leaves out what has no name, and takes a list of nothing else for none', () => {
    const models = [
      { ...v1Model('a'), size_bytes: 'much', max_context_length: -1, quantization: 7, loaded_instances: 'two' },
      {
        ...v1Model('b'),
        loaded_instances: [null, { id: 7 }, { id: 'b', config: null }, { id: 'b:2', context_length: 512 }],
      },
      { type: 'llm' },
      'text',
      null,
      v1Model('a'),
    ];
    const catalogue = catalogueOf('v1', { models });
    expect(catalogue?.models).toMatchObject([
      { key: 'a', sizeBytes: null, maxContextTokens: null, quantization: null },
      { key: 'b' },
    ]);
    expect(catalogue?.instances).toMatchObject([
      { id: 'b', contextTokens: null },
      { id: 'b:2', contextTokens: 512 },
    ]);
    expect(catalogueOf('v1', { models: [1, 2] })).toBeNull();
    for (const body of [null, 7, 'text', [], { data: {} }, { models: null }])
      expect(catalogueOf('v1', body)).toBeNull();
  });

  it('[LM3.7] tells models of another machine by their device', () => {
    const far = { ...v1Model('far', [{ id: 'far', context: 1_024 }]), deviceIdentifier: 'studio-mac' };
    const near = { ...v1Model('near'), device_identifier: null };
    const catalogue = catalogueOf('v1', { models: [far, near] });
    expect(catalogue?.models.map((each) => each.remote)).toEqual([true, false]);
    expect(catalogue?.instances[0]?.remote).toBe(true);
  });

  it('[LM3.8] reads a list of 5,000 models', async () => {
    const models = Array.from({ length: 5_000 }, (_, n) => v1Model(`acme/model-${n}`));
    const server = await openServer({ '/api/v1/models': v1List(...models) });
    const reading = await createCapabilities(systemClock)(place(server.address), signal());
    expect(reading.kind === 'open' && reading.catalogue.models.length).toBe(5_000);
  });

  it('[LM3.8] refuses a list of more than 8 MB in words, and one that never ends', async () => {
    const server = await openServer({
      '/api/v1/models': (response) => {
        const more = () => {
          while (!response.destroyed && response.write(' '.repeat(1_000_000)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      },
    });
    const reading = await createCapabilities(systemClock)(place(server.address), signal());
    expect(reading).toMatchObject({
      kind: 'unwell',
      failure: { code: 'list-too-large', message: expect.stringContaining('more than 8 MB') },
    });
  });
});

describe('servers that are no LM Studio', () => {
  it('[LM3.10] takes a base URL that lists models for an OpenAI server, with or without its version', async () => {
    const server = await openServer({ '/v1/models': openai('llama-3') });
    for (const baseUrl of [server.address, `${server.address}/v1`, `${server.address}/v1/`]) {
      const { studio } = await driverOn({ baseUrl });
      expect(await studio.look(signal())).toMatchObject({
        address: server.address,
        running: null,
        server: { kind: 'open', product: 'openai', catalogue: { api: 'openai', tellsLoaded: false } },
      });
    }
    expect(server.asked.some((each) => each.path.startsWith('/api/'))).toBe(false);
  });

  it('[LM3.10] keeps the path of a server that stands below one', async () => {
    const server = await openServer({ '/api/v1/models': openai('x'), '/api/v1/lmstudio-greeting': html });
    server.routes['/api/v1/models'] = { status: 404, json: {} };
    server.routes['/router/api/v1/models'] = openai('router-model');
    const { studio } = await driverOn({ baseUrl: `${server.address}/router/api/v1` });
    expect(await studio.look(signal())).toMatchObject({
      address: `${server.address}/router/api`,
      server: { kind: 'open', product: 'openai' },
    });
  });

  it.each([
    ['', ['/v1/models'], ''],
    ['/v1', ['/v1/models'], ''],
    ['/v1/', ['/v1/models'], ''],
    ['', ['/models'], ''],
    ['/v4', ['/v4/models'], '/v4'],
    ['/v1beta/openai', ['/v1beta/openai/models'], '/v1beta/openai'],
    ['/v1beta/openai/', ['/v1beta/openai/models'], '/v1beta/openai'],
    ['/proxy', ['/proxy/v1/models'], '/proxy'],
    ['/proxy//', ['/proxy/models', '/proxy/v1/models'], '/proxy'],
    ['/proxy/v1', ['/proxy/v1/models'], '/proxy'],
    ['/v4', ['/v4/v1/models', '/v1/models'], null],
    ['/v1', ['/models', '/v1/v1/models'], null],
    ['/proxy', ['/models', '/v1/models'], null],
    ['/v1?key=secret', ['/v1/models'], null],
  ] as [string, string[], string | null][])(
    '[LM1.40] finds the list at a base URL where the model adapter does (%s, case %#)',
    async (path, lists, shown) => {
      const server = await openServer(Object.fromEntries(lists.map((each) => [each, openai('llama-3')])));
      const baseUrl = server.address + path;
      const { studio } = await driverOn({ baseUrl });
      const { server: seen, address } = await studio.look(signal());
      const place = await findPlace({ baseUrl, apiKey: '', name: 'llama-3', strict: true }, signal());
      expect([seen.kind, place.ok]).toEqual(shown === null ? ['foreign', false] : ['open', true]);
      if (shown !== null) expect(address).toBe(server.address + shown);
      expect(JSON.stringify([seen, address])).not.toContain('secret');
    },
  );

  it.each([
    ['a demand for a token', { status: 401, json: {} }, 'auth-required'],
    ['an error of the server', { status: 500, json: {} }, 'unwell'],
    ['a redirect', { status: 308, json: {} }, 'foreign'],
    ['a refusal in words', { status: 404, json: { error: { message: 'Not here.' } } }, 'foreign'],
  ] as [string, Route, string][])(
    '[LM1.40] stops at %s where the model adapter would, and looks no further',
    async (_, route, kind) => {
      const server = await openServer({ '/proxy/models': route, '/proxy/v1/models': openai('llama-3') });
      const baseUrl = `${server.address}/proxy`;
      const { studio } = await driverOn({ baseUrl });
      expect(await studio.look(signal())).toMatchObject({ server: { kind } });
      expect(await findPlace({ baseUrl, apiKey: '', name: '', strict: true }, signal())).toMatchObject({ ok: false });
      expect(server.asked.map((each) => each.path)).not.toContain('/proxy/v1/models');
    },
  );

  it('[LM1.41] goes straight to the list that it found last', async () => {
    const server = await openServer({ '/proxy/v1/models': openai('llama-3') });
    const { studio } = await driverOn({ baseUrl: `${server.address}/proxy` });
    const lists = async (ask: () => Promise<unknown>) => {
      server.asked.length = 0;
      await ask();
      return server.asked.map((each) => each.path).filter((each) => each.endsWith('/models'));
    };
    expect(await lists(() => studio.look(signal()))).toEqual(['/proxy/models', '/proxy/v1/models']);
    expect(await lists(() => studio.look(signal()))).toEqual(['/proxy/v1/models']);
    expect(await lists(() => studio.greets(signal()))).toEqual(['/proxy/v1/models']);
  });

  it('[LM3.11] names a base URL with no model server behind it, and what to do', async () => {
    const server = await openServer({ '/lmstudio-greeting': html, '/v1/models': html });
    const { studio } = await driverOn({ baseUrl: server.address });
    expect(await studio.look(signal())).toMatchObject({
      server: {
        kind: 'foreign',
        failure: { code: 'foreign-server', message: expect.stringMatching(/Check the base URL/) },
      },
    });
  });

  it('[LM3.11] names a redirect', async () => {
    const away: Route = (response) => response.writeHead(301, { location: 'https://example.org/' }).end();
    const server = await openServer({ '/lmstudio-greeting': away, '/v1/models': away });
    const { studio } = await driverOn({ baseUrl: server.address });
    expect(await studio.look(signal())).toMatchObject({ server: { kind: 'foreign', failure: { code: 'redirected' } } });
  });

  it('[LM3.12] takes a server that greets and gives web pages for unwell', async () => {
    const server = await openServer({
      '/lmstudio-greeting': greeting,
      '/api/v1/models': html,
      '/api/v0/models': html,
      '/v1/models': html,
    });
    const { studio } = await driverOn({ rest: [server.port] });
    expect(await studio.look(signal())).toMatchObject({
      server: { kind: 'unwell', failure: { code: 'list-unreadable' } },
    });
  });

  it('[LM3.13] sends the token to the address that is set or to this machine, and writes it nowhere', async () => {
    const server = await openServer({ '/lmstudio-greeting': greeting, '/api/v1/models': { status: 401, json: {} } });
    const apiKey = 'sk-lm-topsecret';
    const { studio, lines } = await driverOn({ baseUrl: server.address, apiKey });
    const sighting = await studio.look(signal());
    expect(sighting.server).toEqual({ kind: 'auth-required' });
    const loaded = await studio.load(
      { key: 'a', path: null, contextTokens: 1, ttlSeconds: null, parallel: 1, gpu: 'max' },
      () => {},
      signal(),
    );
    expect(loaded).toMatchObject({ ok: false, failure: { code: 'auth-required', class: 'permission' } });
    expect(server.asked.filter((each) => each.token === `Bearer ${apiKey}`).map((each) => each.path)).toEqual([
      '/api/v1/models',
      '/api/v1/models',
    ]);
    expect(JSON.stringify([sighting, loaded, lines])).not.toContain('topsecret');
    expect(lines.length).toBeGreaterThan(0);
  });
});

describe('what `lms` adds', () => {
  const found = () => Promise.resolve(foundLms);

  it('[LM3.14] completes instances where the list does not tell windows, whose instance it is, or what is loaded at all', async () => {
    const { lms, calls } = scriptedLms({
      found,
      loaded: () => Promise.resolve(ok([instance('mine', { key: 'acme/a', contextTokens: 2_048 })])),
    });
    const oldest = await openServer({ '/lmstudio-greeting': greeting, '/v1/models': openai('acme/a', 'mine') });
    const { studio } = await driverOn({ rest: [oldest.port], lms });
    expect(await studio.look(signal())).toMatchObject({
      server: {
        product: 'lm-studio',
        catalogue: {
          api: 'openai',
          tellsLoaded: true,
          models: [{ key: 'acme/a' }],
          instances: [{ id: 'mine', contextTokens: 2_048 }],
        },
      },
    });
    expect(calls).toContain(`loaded ${oldest.port}`);
    const windowless = v0Model('acme/a', { state: 'loaded' });
    const named = v0Model('mine', { state: 'loaded', loaded_context_length: 2_048 });
    const alias = await openServer({ '/lmstudio-greeting': greeting, '/api/v0/models': v0(v0Model('acme/a'), named) });
    const known = await driverOn({ rest: [alias.port], lms });
    expect(await known.studio.look(signal())).toMatchObject({
      server: { catalogue: { models: [{ key: 'acme/a' }], instances: [{ id: 'mine', key: 'acme/a' }] } },
    });
    const older = await openServer({ '/lmstudio-greeting': greeting, '/api/v0/models': v0(windowless) });
    const second = await driverOn({ rest: [older.port], lms });
    expect(await second.studio.look(signal())).toMatchObject({
      server: { catalogue: { api: 'v0', instances: [{ id: 'mine' }] } },
    });
  });

  it('[LM3.14] leaves unknown windows unknown where there is no `lms`, and asks it nothing where the list tells them', async () => {
    const windowless = v0Model('acme/a', { state: 'loaded' });
    const server = await openServer({ '/lmstudio-greeting': greeting, '/api/v0/models': v0(windowless) });
    const { studio } = await driverOn({ rest: [server.port] });
    expect(await studio.look(signal())).toMatchObject({
      server: { catalogue: { instances: [{ contextTokens: null }] } },
    });
    server.routes['/api/v0/models'] = v0(v0Loaded);
    const { lms, calls } = scriptedLms({ found, list: () => Promise.resolve(ok([entry('acme/a')])) });
    const telling = await driverOn({ rest: [server.port], lms });
    await telling.studio.look(signal());
    expect(calls.filter((each) => each.startsWith('loaded'))).toEqual([]);
  });

  it('[LM3.15] adds paths, and the models that the list hides; of two copies the one of this machine counts', async () => {
    const listed = [
      entry('acme/a', { path: 'near.gguf', sizeBytes: 9 }),
      entry('acme/a', { path: 'far.gguf', remote: true }),
      entry('far', { remote: true }),
      entry('hidden'),
    ];
    const { lms } = scriptedLms({ found, list: () => Promise.resolve(ok(listed)) });
    const server = await openServer({ '/lmstudio-greeting': greeting, '/api/v0/models': v0(v0Loaded, v0Model('far')) });
    const { studio } = await driverOn({ rest: [server.port], lms });
    expect(await studio.look(signal())).toMatchObject({
      server: {
        catalogue: {
          models: [
            { key: 'acme/a', path: 'near.gguf', sizeBytes: 9, quantization: 'Q4_K_M', remote: false },
            { key: 'far', path: null, remote: true },
            { key: 'hidden', path: 'hidden/file.gguf' },
          ],
        },
      },
    });
  });

  it('[LM3.16] asks `lms` for its models again when the list changed, after ten minutes, or a minute after a failure', async () => {
    const clock = fakeClock();
    let broken = true;
    const { lms, calls } = scriptedLms({
      found,
      list: () =>
        Promise.resolve(broken ? fail({ class: 'transient', code: 'lms-failed', message: '' }) : ok([entry('a')])),
    });
    const server = await openServer({ '/lmstudio-greeting': greeting, '/api/v1/models': v1List(v1Model('a')) });
    const { studio } = await driverOn({ rest: [server.port], lms, clock });
    const looks = async () => {
      calls.length = 0;
      await studio.look(signal());
      return calls.length;
    };
    expect(await looks()).toBe(1);
    expect(await looks()).toBe(0);
    broken = false;
    await clock.pass(60_000);
    expect(await looks()).toBe(1);
    await clock.pass(9 * 60_000);
    expect(await looks()).toBe(0);
    server.routes['/api/v1/models'] = v1List(v1Model('a'), v1Model('b'));
    expect(await looks()).toBe(1);
    await clock.pass(10 * 60_000);
    expect(await looks()).toBe(1);
  });

  it('[LM3.17] asks `lms` nothing about a server on another machine or one that does not greet', async () => {
    const { lms, calls } = scriptedLms({ found });
    const server = await openServer({ '/v1/models': openai('a') });
    const { studio } = await driverOn({ baseUrl: server.address, lms });
    await studio.look(signal());
    expect(await studio.atWork(signal())).toBeNull();
    expect(calls).toEqual(['daemon']);
  });
});
