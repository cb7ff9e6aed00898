import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { profileNames, profiles } from '../kit/lmstudio/profiles.ts';
import type { Simulator, SimulatorOptions } from '../kit/lmstudio/simulator.ts';
import { ask, at, chat, demo, embedder, serving, thinker } from './simulator-kit.ts';

let simulator: Simulator;
const start = async (options?: SimulatorOptions) => {
  simulator = await serving(options);
  return simulator;
};
afterEach(() => simulator.close());

const loadOf = (id: string) => ({ id, config: { context_length: 4096 } });

describe('the simulated server on the wire (1.6)', () => {
  it('greets in compact JSON, without a token', async () => {
    const answer = await ask(await start({ token: 'sk-lm-12345678:12345678901234567890' }), '/lmstudio-greeting');
    expect(answer.text).toBe('{"lmstudio":true}');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('answers a path or method that it does not know with 200 and an error', async () => {
    await start();
    const unknown = await ask(simulator, '/v1/model');
    expect(unknown.status).toBe(200);
    expect(unknown.text).toBe('{"error":"Unexpected endpoint or method. (GET /v1/model)"}');
    const wrongMethod = await ask(simulator, '/v1/models', {});
    expect(wrongMethod.text).toBe('{"error":"Unexpected endpoint or method. (POST /v1/models)"}');
  });

  it('takes a preflight for an unknown path while CORS is off, and allows it while it is on', async () => {
    await start();
    const options = { method: 'OPTIONS' };
    expect((await ask(simulator, '/v1/models', undefined, options)).text).toContain('Unexpected endpoint');
    simulator.settings.cors = true;
    const allowed = await ask(simulator, '/v1/models', undefined, options);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('refuses a body that is no JSON object with 400', async () => {
    await start();
    for (const body of ['{', '[]', 'null', '"x"'])
      expect((await ask(simulator, '/v1/chat/completions', body)).status).toBe(400);
  });

  it('prints lists with two spaces and no newline at the end', async () => {
    const { text } = await ask(await start(), '/v1/models');
    expect(text.startsWith('{\n  "data": [\n    {\n      "id": "')).toBe(true);
    expect(text.endsWith('}')).toBe(true);
  });

  it('tells how long it keeps an idle connection, and closes it then', async () => {
    await start({ keepAliveMs: 1_000 });
    const socket = connect(Number(new URL(simulator.baseUrl()).port), '127.0.0.1');
    socket.write('GET /lmstudio-greeting HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    let said = '';
    for await (const part of socket) said += String(part);
    expect(said).toMatch(/^X-Powered-By: Express\r$/m);
    expect(said).toMatch(/^Connection: keep-alive\r\nKeep-Alive: timeout=1\r$/m);
    expect(said.endsWith('{"lmstudio":true}')).toBe(true);
  });

  it('wants the token on every other route, and only where tokens exist', async () => {
    await start({ token: 'sk-lm-12345678:12345678901234567890' });
    const refused = await ask(simulator, '/v1/models');
    expect(refused.status).toBe(401);
    expect(refused.json).toMatchObject({ error: { type: 'invalid_request', code: 'invalid_api_key' } });
    const headers = { authorization: 'Bearer sk-lm-12345678:12345678901234567890' };
    expect((await ask(simulator, '/v1/models', undefined, { headers })).status).toBe(200);
    await simulator.close();
    await start({ profile: '0.3.30', token: 'sk-lm-12345678:12345678901234567890' });
    expect((await ask(simulator, '/v1/models')).status).toBe(200);
  });

  it.each([
    ['html-everywhere', /<!doctype html>/],
    ['server-error', /Internal server error/],
    ['unauthorized', /invalid_api_key/],
    ['empty-list', /"data": \[\]/],
  ] as const)('can fail with %s, once', async (fault, words) => {
    await start();
    simulator.faults.inject(fault);
    expect((await ask(simulator, '/v1/models')).text).toMatch(words);
    expect((await ask(simulator, '/v1/models')).text).toContain('acme/demo-8b');
  });

  it('can cut a connection, never answer, and send a page for a bad path', async () => {
    await start();
    simulator.faults.inject('connection-reset');
    await expect(ask(simulator, '/v1/models')).rejects.toThrow('fetch failed');
    simulator.faults.inject('no-answer');
    const given = new AbortController();
    const silent = ask(simulator, '/v1/models', undefined, { signal: given.signal });
    await expect.poll(() => simulator.requests.length).toBe(2);
    given.abort();
    await expect(silent).rejects.toThrow(/abort/i);
    simulator.faults.inject('html-on-bad-path');
    expect((await ask(simulator, '/v1/model')).headers.get('content-type')).toContain('text/html');
  });

  it('can cut a connection only when it is used a second time', async () => {
    await start();
    simulator.faults.inject('keep-alive-reset');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const once = () =>
      new Promise<string>((resolve) => {
        get(`${simulator.baseUrl()}/v1/models`, { agent }, (response) => {
          response.resume().on('end', () => resolve('answered'));
        }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      });
    expect(await once()).toBe('answered');
    expect(await once()).toBe('ECONNRESET');
    agent.destroy();
  });

  it('records what it was asked', async () => {
    await start();
    await ask(simulator, '/v1/chat/completions', chat(demo), { headers: { authorization: 'Bearer x' } });
    expect(simulator.requests).toMatchObject([
      { method: 'POST', path: '/v1/chat/completions', headers: { authorization: 'Bearer x' } },
    ]);
    expect(JSON.parse(simulator.chats()[0]?.body ?? '')).toMatchObject({ model: demo });
  });
});

describe('the simulated lists (2.1, 3)', () => {
  it.each(profileNames)('knows the routes of %s and no others', async (profile) => {
    await start({ profile });
    const lists = ['/v1/models', '/api/v0/models', '/api/v1/models'];
    const known = await Promise.all(lists.map(async (path) => (await ask(simulator, path)).text));
    expect(known.map((text) => !text.includes('Unexpected endpoint'))).toEqual([true, true, profiles[profile].v1]);
    for (const absent of ['/v1/responses', '/v1/messages', '/api/v1/chat'])
      expect((await ask(simulator, absent, {})).text).toContain('Unexpected endpoint');
  });

  it('lists ids only under /v1, all on the disk or only what is loaded', async () => {
    await start();
    await simulator.load(demo);
    const all = await ask(simulator, '/v1/models');
    expect(all.json).toMatchObject({ object: 'list', data: { length: 5 } });
    expect(at(all.json, 'data', 0)).toEqual({ id: demo, object: 'model', owned_by: 'organization_owner' });
    simulator.settings.jit = false;
    expect((await ask(simulator, '/v1/models')).json).toMatchObject({ data: [{ id: demo }] });
    expect((await ask(simulator, '/api/v0/models')).json).toMatchObject({ data: [{ id: demo }] });
    expect((await ask(simulator, '/api/v1/models')).json).toMatchObject({ models: { length: 5 } });
  });

  it('tells under /api/v0 state and window, in the order of its keys', async () => {
    await start({ profile: '0.3.16' });
    await simulator.load(demo, { contextLength: 8192 });
    const { json } = await ask(simulator, '/api/v0/models');
    expect(Object.keys(at(json, 'data', 0) as object)).toEqual(
      'id object type publisher arch compatibility_type quantization state max_context_length loaded_context_length capabilities'.split(
        ' ',
      ),
    );
    expect(at(json, 'data', 0)).toMatchObject({ state: 'loaded', loaded_context_length: 8192, quantization: 'Q4_K_M' });
    expect(at(json, 'data', 3)).toMatchObject({ type: 'vlm', compatibility_type: 'mlx', state: 'not-loaded' });
    expect(at(json, 'data', 4)).toMatchObject({ id: embedder, type: 'embeddings' });
    expect(at(json, 'data', 4)).not.toHaveProperty('capabilities');
    expect((await ask(simulator, `/api/v0/models/${encodeURIComponent(demo)}`)).json).toMatchObject({ id: demo });
    expect((await ask(simulator, '/api/v0/models/no/such')).status).toBe(404);
  });

  it('tells under /api/v1 the instances of each model', async () => {
    await start();
    await simulator.load(demo);
    await simulator.load(demo);
    await simulator.load(embedder, { identifier: 'mine' });
    const { json } = await ask(simulator, '/api/v1/models');
    expect(at(json, 'models', 0)).toMatchObject({
      type: 'llm',
      key: demo,
      loaded_instances: [loadOf(demo), loadOf(`${demo}:2`)],
      max_context_length: 131_072,
    });
    expect(at(json, 'models', 1)).toMatchObject({ key: thinker, capabilities: { reasoning: { default: 'on' } } });
    expect(at(json, 'models', 4)).toMatchObject({
      type: 'embedding',
      loaded_instances: [{ id: 'mine', config: { context_length: 2048 } }],
    });
    expect(at(json, 'models', 4)).not.toHaveProperty('architecture');
  });

  it('holds kinds that older clients have never heard of, in Bionic', async () => {
    const { json } = await ask(await start({ profile: 'bionic-1.1' }), '/api/v1/models');
    expect(at(json, 'models', 5)).toMatchObject({ type: 'decision', format: 'splash' });
  });

  it('can list 5,000 models, or go on for ever', async () => {
    await start();
    simulator.faults.inject('list-of-5000');
    expect((await ask(simulator, '/api/v1/models')).json).toMatchObject({ models: { length: 5_000 } });
    simulator.faults.inject('list-without-end');
    const response = await fetch(`${simulator.baseUrl()}/api/v1/models`, { headers: { connection: 'close' } });
    let bytes = 0;
    for await (const part of response.body ?? []) {
      bytes += (part as Uint8Array).length;
      if (bytes > 10_000_000) break;
    }
    expect(bytes).toBeGreaterThan(10_000_000);
  });
});

describe('loading over the newer native routes (3.2)', () => {
  const load = (body: object) => ask(simulator, '/api/v1/models/load', body);

  it('loads, says what it loaded when asked, and unloads by instance', async () => {
    await start();
    const { status, json } = await load({ model: demo, context_length: 8192, echo_load_config: true });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      type: 'llm',
      instance_id: demo,
      status: 'loaded',
      load_config: { context_length: 8192 },
    });
    expect((await load({ model: demo })).json).not.toHaveProperty('load_config');
    const unload = (id: string) => ask(simulator, '/api/v1/models/unload', { instance_id: id });
    expect((await unload(`${demo}:2`)).json).toEqual({ instance_id: `${demo}:2` });
    expect((await unload(`${demo}:2`)).status).toBe(404);
    expect(simulator.instancesNow().map((each) => each.id)).toEqual([demo]);
  });

  it('rejects every key that it does not know', async () => {
    await start();
    const { status, json } = await load({ model: demo, ttl: 60 });
    expect(status).toBe(400);
    expect(json).toMatchObject({
      error: { type: 'invalid_request', message: "Unrecognized key(s) in object: 'ttl'" },
    });
    expect((await load({ model: 5 })).status).toBe(400);
    expect((await load({})).status).toBe(400);
    expect((await ask(simulator, '/api/v1/models/unload', { id: demo })).status).toBe(400);
    expect(simulator.loads()).toBe(0);
  });

  it('refuses what is not there, does not fit, or crashes', async () => {
    await start({ memoryBytes: 6_000_000_000 });
    expect((await load({ model: 'acme/none' })).json).toMatchObject({ error: { type: 'model_not_found' } });
    const tooBig = await load({ model: 'acme/open-20b' });
    expect(tooBig.status).toBe(500);
    expect(tooBig.text).toContain('insufficient system resources');
    simulator.faults.inject('crash-on-load');
    expect((await load({ model: demo })).json).toMatchObject({ error: { type: 'model_load_failed' } });
    expect(simulator.instancesNow()).toEqual([]);
    expect((await load({ model: demo })).status).toBe(200);
  });

  it('can load a smaller window than was asked for, and so does 0.4.21 with a model for Apple chips', async () => {
    await start();
    simulator.faults.inject('smaller-context');
    const wish = { context_length: 8192, echo_load_config: true };
    expect((await load({ model: demo, ...wish })).json).toMatchObject({ load_config: { context_length: 4096 } });
    const apple = await load({ model: 'acme/apple-7b', context_length: 16_384, echo_load_config: true });
    expect(apple.json).toMatchObject({ load_config: { context_length: 4096 } });
  });

  it('can name the instance as earlier versions did', async () => {
    await start();
    simulator.faults.inject('old-load-answer');
    expect((await load({ model: demo })).json).toMatchObject({ model_instance_id: demo });
  });

  it('downloads in a job of its own', async () => {
    await start();
    const download = (body: object) => ask(simulator, '/api/v1/models/download', body);
    const { json } = await download({ model: 'acme/small-1b' });
    expect(json).toMatchObject({ job_id: 'job_1', total_size_bytes: 800_000_000 });
    const status = () => ask(simulator, '/api/v1/models/download/status/job_1');
    await expect.poll(async () => (await status()).json).toMatchObject({ status: 'completed' });
    expect((await download({ model: 'acme/small-1b' })).json).toEqual({ status: 'already_downloaded' });
    expect((await download({ model: 'acme/none' })).status).toBe(404);
    expect((await ask(simulator, '/api/v1/models/download/status/job_9')).json).toMatchObject({
      error: { type: 'job_not_found' },
    });
    expect((await ask(simulator, '/v1/models')).text).toContain('acme/small-1b');
  });
});
