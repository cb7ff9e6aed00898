import { afterEach, describe, expect, it } from 'vitest';
import { createOpenAiEmbedder, type EmbedderOptions } from '../../core/think/openai/embeddings.ts';
import { waitFor } from '../kit/wait-for.ts';
import { type Hand, type HandServer, json, never, startHandServer } from './openai-world.ts';

let servers: HandServer[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

const nomic = 'text-embedding-nomic-embed-text-v1.5';
const noted: unknown[] = [];
const note = (...line: unknown[]) => void noted.push(line);

async function start(hand: Hand, options: Partial<EmbedderOptions> = {}) {
  const server = await startHandServer(hand, ['a-language-model', nomic]);
  servers.push(server);
  const embedder = createOpenAiEmbedder({
    baseUrl: server.baseUrl,
    apiKey: '',
    name: nomic,
    connectMs: 10_000,
    inactivityMs: 30_000,
    callMs: 60_000,
    log: { debug: note, info: note, warn: note, error: note },
    ...options,
  });
  return { server, embedder };
}

const reply = (vectors: unknown[], more: Record<string, unknown> = {}) => ({
  object: 'list',
  model: `${nomic}@q4_k_m`,
  data: vectors.map((embedding, index) => ({ object: 'embedding', embedding, index })),
  usage: { prompt_tokens: 0, total_tokens: 0 },
  ...more,
});

const answering =
  (body: unknown, status = 200): Hand =>
  (response) =>
    json(response, body, status);

describe('embeddings', () => {
  it('[TH1.62] look for their server once, and again after a failure', async () => {
    const answers = [reply([[1]]), reply([[1]]), { error: 'Model unloaded.' }, reply([[1]])];
    const { server, embedder } = await start((response) => json(response, answers.shift()));
    const lists: number[] = [];
    for (const _ of [1, 2, 3, 4]) {
      await embedder.embed(['a'], never);
      lists.push(server.lists());
    }
    expect(lists).toEqual([1, 1, 1, 2]);
  });

  it('[TH1.60] are asked for by name, as figures, in one request, and come in order', async () => {
    const { server, embedder } = await start(
      answering(
        reply([
          [1, 0.5],
          [-1, 2],
        ]),
      ),
    );
    const embedded = await embedder.embed(['one', 'two'], never);
    expect(embedded).toEqual({
      ok: true,
      value: { vectors: [Float32Array.of(1, 0.5), Float32Array.of(-1, 2)], usage: null },
    });
    expect(server.posts).toEqual([
      { path: '/v1/embeddings', body: { model: nomic, input: ['one', 'two'], encoding_format: 'float' } },
    ]);
    expect(embedder).toMatchObject({ name: nomic, traits: { concurrency: 1, place: `${server.baseUrl}#${nomic}` } });
  });

  it('[TH1.60] are put into order by their index', async () => {
    const body = reply([[1], [2], [3]]);
    const { embedder } = await start(answering({ ...body, data: body.data.toReversed() }));
    const embedded = await embedder.embed(['a', 'b', 'c'], never);
    expect(embedded.ok && embedded.value.vectors.map(([figure]) => figure)).toEqual([1, 2, 3]);
    const odd = body.data.map((each) => ({ ...each, index: 0 }));
    const other = await (await start(answering({ ...body, data: odd }))).embedder.embed(['a', 'b', 'c'], never);
    expect(other.ok && other.value.vectors.map(([figure]) => figure)).toEqual([1, 2, 3]);
  });

  it('[TH1.61] come with the figures of the server, or with none when those are zero', async () => {
    const usage = { prompt_tokens: 7, total_tokens: 7 };
    const { embedder } = await start(answering(reply([[1]], { usage })));
    expect(await embedder.embed(['a'], never)).toMatchObject({
      value: { usage: { promptTokens: 7, completionTokens: 0, exact: true } },
    });
  });

  const bad: [string, unknown][] = [
    ['too few', reply([[1]])],
    ['too many', reply([[1], [2], [3]])],
    ['of two lengths', reply([[1, 2], [1]])],
    ['empty', reply([[], []])],
    [
      'without figures',
      reply([
        [1, null],
        [1, 2],
      ]),
    ],
    [
      'endless',
      reply([
        [1, '1e999'],
        [1, 2],
      ]),
    ],
    ['encoded', reply(['AACAPw==', 'AACAPw=='])],
    ['nothing', { ...reply([]), data: [null, null] }],
  ];
  it.each(bad)('[TH1.61] that are %s are none', async (_name, body) => {
    const { embedder } = await start(answering(body));
    expect(await embedder.embed(['a', 'b'], never)).toMatchObject({
      ok: false,
      failure: { class: 'model-output', code: 'embedding-unreadable' },
    });
  });

  const errors: [string, unknown, number, string, string][] = [
    [
      '995: a broken file of 133 bytes',
      { error: { message: 'Failed to load model. (133 bytes)' } },
      400,
      'model-load-failed',
      'resource',
    ],
    [
      '902: an unknown id',
      { error: { code: 'model_not_found', message: 'Invalid model identifier' } },
      400,
      'model-missing',
      'permanent',
    ],
    [
      '463: the engine crashed',
      { error: 'The model has crashed without additional information. (Exit code: 6)' },
      400,
      'model-crashed',
      'transient',
    ],
    ['a key is wanted', { error: { code: 'invalid_api_key' } }, 401, 'auth-required', 'permission'],
    [
      'an unknown route with HTTP 200',
      { error: 'Unexpected endpoint or method. (POST /v1/embeddings)' },
      200,
      'not-openai',
      'permanent',
    ],
    ['an error with HTTP 200', { error: { message: 'Model unloaded.' } }, 200, 'model-unloaded', 'transient'],
    ['another document', { hello: 1 }, 200, 'not-openai', 'permanent'],
    ['a broken server', 'oh', 502, 'server-error', 'transient'],
  ];
  it.each(errors)('[TH1.62] that are refused say why: %s', async (_name, body, status, code, kind) => {
    const { embedder } = await start(answering(body, status));
    expect(await embedder.embed(['the-observed-secret'], never)).toMatchObject({
      ok: false,
      failure: { code, class: kind },
    });
    expect(JSON.stringify(noted)).not.toContain('secret');
  });

  it('[TH1.62] of a broken file tell the owner what to do', async () => {
    const { embedder } = await start(answering({ error: 'Failed to load model' }, 400));
    expect(await embedder.embed(['a'], never)).toMatchObject({
      failure: { message: expect.stringContaining('download it again') },
    });
  });

  it('[TH1.62] come back after their server was away, and say meanwhile that it is', async () => {
    const { server, embedder } = await start(answering(reply([[1]])));
    expect(await embedder.embed(['a'], never)).toMatchObject({ ok: true });
    const port = Number(new URL(server.baseUrl).port);
    await server.close();
    for (const _ of [1, 2])
      expect(await embedder.embed(['a'], never)).toMatchObject({ failure: { code: 'connection-refused' } });
    servers.push(await startHandServer(answering(reply([[1]])), [], port));
    expect(await embedder.embed(['a'], never)).toMatchObject({ ok: true });
  });

  it('[TH1.63] want a model of their own and texts that say something; nothing costs nothing', async () => {
    await expect(start(answering({}), { name: '' })).rejects.toThrow('needs the name');
    const { server, embedder } = await start(answering(reply([[1]])));
    await expect(embedder.embed(['a', ' \n'], never)).rejects.toThrow('empty text');
    expect(await embedder.embed([], never)).toEqual({ ok: true, value: { vectors: [], usage: null } });
    expect(server.posts).toEqual([]);
  });

  it('[TH1.63] are given up when the server is silent, and end there, too, when they are aborted', async () => {
    const { server, embedder } = await start(() => {}, { inactivityMs: 150 });
    expect(await embedder.embed(['a'], never)).toMatchObject({ failure: { code: 'stream-silent' } });
    const patient = await start(() => {});
    const stop = new AbortController();
    const waiting = patient.embedder.embed(['a'], stop.signal);
    await waitFor('the request', () => patient.server.posts.length === 1);
    stop.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    await waitFor('both disconnects', () => server.givenUp() + patient.server.givenUp() === 2);
    await expect(embedder.embed(['a'], AbortSignal.abort('before'))).rejects.toBe('before');
  });
});
