import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ModelRequest } from '../../core/ports.ts';
import { createOpenAiModel, type OpenAiOptions } from '../../core/think/models/openai.ts';
import { collect, modelContract, outcome, textOf } from '../contracts/model.ts';
import {
  type BodyReply,
  createGate,
  type Reply,
  type ScriptedServer,
  startScriptedServer,
  type TextReply,
} from '../kit/scripted-server.ts';
import { waitFor } from '../kit/wait-for.ts';
import { optionsFor } from './openai-world.ts';

const silent = () => {};
const log = { debug: silent, info: silent, warn: silent, error: silent };
const never = new AbortController().signal;
const schema = { name: 'thought', schema: { type: 'object', properties: { reasoning: { type: 'string' } } } };
const request: ModelRequest = {
  messages: [
    { role: 'system', content: 'Answer as JSON.' },
    { role: 'user', content: 'o1: src/shop.ts changed, 3 lines added' },
  ],
  schema,
  maxTokens: 500,
  temperature: 0.7,
  topP: 0.9,
  reasoningTokens: 0,
  topK: 0,
  repeatPenalty: 1,
  context: null,
};

let servers: ScriptedServer[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function begin(answers: Reply[] = [], options: Partial<OpenAiOptions> = {}) {
  const server = await startScriptedServer({ answers });
  servers.push(server);
  const model = createOpenAiModel(optionsFor(server, options));
  return { server, model };
}

const bodies = (server: ScriptedServer) =>
  server.chats().map((chat) => JSON.parse(chat.body) as Record<string, unknown>);

modelContract('an OpenAI-compatible server', async () => {
  const { server, model } = await begin();
  return { model, request, inferences: () => server.chats().length, close: () => server.close() };
});

describe('finding the model', () => {
  it('[TH1.1] takes a base URL with or without a slash and with or without /v1, and remembers what worked', async () => {
    const { server } = await begin();
    const root = server.baseUrl.slice(0, -'/v1'.length);
    for (const baseUrl of [root, `${root}/`, server.baseUrl, `${server.baseUrl}/`]) {
      const model = createOpenAiModel(optionsFor({ baseUrl }));
      expect((await collect(model, request)).at(-1)).toMatchObject({ kind: 'done', finish: 'stop' });
      const asked = server.requests.length;
      await collect(model, request);
      expect(server.requests.slice(asked).map(({ path }) => path)).toEqual(['/v1/chat/completions']);
    }
  });

  it('[TH1.3] takes the first listed model that is no embedding model', async () => {
    const { server, model } = await begin();
    server.models = ['Nomic-Embed-Text', 'first', 'second'];
    expect(await model.probe(never)).toEqual({ ok: true, value: { kind: 'server', name: 'first' } });
    await collect(model, request);
    expect(bodies(server)[0]?.['model']).toBe('first');
  });

  it('[TH1.3] takes the model that is set, and says which are offered when that one is not', async () => {
    const { server } = await begin();
    server.models = ['one', 'two', 'three', 'four'];
    const base = {
      baseUrl: server.baseUrl,
      apiKey: '',
      connectMs: 10_000,
      prefillMsPerToken: 0,
      inactivityMs: 30_000,
      callMs: 60_000,
      log,
    };
    const probed = await createOpenAiModel({ ...base, name: 'three' }).probe(never);
    expect(probed).toMatchObject({ ok: true, value: { name: 'three' } });
    const missing = createOpenAiModel({ ...base, name: 'five' });
    const failure = { code: 'model-missing', message: expect.stringContaining('one, two, three and 1 more') };
    expect(await missing.probe(never)).toMatchObject({ ok: false, failure });
    expect(await collect(missing, request)).toMatchObject([{ kind: 'failed', failure }]);
  });

  const listed = (body: unknown, status = 200): BodyReply => ({ status, body });
  const answers: [string, Reply, string, string][] = [
    ['an HTML page', listed('<html>Welcome</html>'), 'not-openai', 'permanent'],
    [
      'an unknown route with HTTP 200',
      listed({ error: 'Unexpected endpoint or method. (GET /v1/models)' }),
      'not-openai',
      'permanent',
    ],
    ['another JSON document', listed({ models: [] }), 'not-openai', 'permanent'],
    ['a list of something else', listed({ data: [{ name: 'x' }] }), 'not-openai', 'permanent'],
    [
      'a refusal with HTTP 200',
      listed({ error: { code: 'invalid_api_key', message: 'no' } }),
      'auth-required',
      'permission',
    ],
    ['HTTP 401', listed('', 401), 'auth-required', 'permission'],
    ['an empty list', listed({ data: [] }), 'no-model', 'transient'],
    ['embedding models only', listed({ data: [{ id: 'text-embedding-x' }] }), 'no-model', 'transient'],
    ['HTTP 503', listed({ error: 'busy' }, 503), 'server-error', 'transient'],
    [
      'a redirect',
      { status: 302, body: '', headers: { location: 'http://127.0.0.1:9/v1/models' } },
      'redirected',
      'permanent',
    ],
    ['silence', { silent: true }, 'timeout', 'transient'],
  ];
  it.each(answers)('[TH1.4] tells by the answer what stands there: %s', async (_name, list, code, kind) => {
    const { server, model } = await begin();
    server.list = list;
    expect(await model.probe(never)).toMatchObject({ ok: false, failure: { code, class: kind } });
    server.list = null;
    expect(await model.probe(never)).toMatchObject({ ok: true });
  });

  it('[TH1.4] sends the key, and is refused without it', async () => {
    const { server, model } = await begin([], { apiKey: 'sesame' });
    server.key = 'sesame';
    expect((await collect(model, request)).at(-1)?.kind).toBe('done');
    server.key = 'changed';
    expect((await collect(model, request)).at(-1)).toMatchObject({
      failure: { code: 'auth-required', class: 'permission' },
    });
  });

  it('[TH1.4] says what is wrong with an address or a key that cannot be used', async () => {
    for (const baseUrl of ['no url', 'file:///models', 'http://ada:pass@127.0.0.1:9/v1'])
      expect(await (await begin([], { baseUrl })).model.probe(never)).toMatchObject({
        failure: { code: 'base-url-unusable' },
      });
    const { model } = await begin([], { apiKey: 'schlüssel\n' });
    expect(await model.probe(never)).toMatchObject({ failure: { code: 'auth-required', class: 'permission' } });
  });

  it('[TH1.17] answers again after its server went away and came back', async () => {
    const { server, model } = await begin();
    expect((await collect(model, request)).at(-1)?.kind).toBe('done');
    await server.close();
    const failure = { code: 'connection-refused', class: 'transient' };
    expect(await collect(model, request)).toMatchObject([{ kind: 'failed', failure }]);
    expect(await model.probe(never)).toMatchObject({ ok: false, failure });
    await server.restart();
    expect((await collect(model, request)).at(-1)?.kind).toBe('done');
  });
});

describe('the request', () => {
  it('[TH9.1] carries the length limit, the sampling figures, the schema and the wish for usage', async () => {
    const { server, model } = await begin();
    await collect(model, request);
    expect(bodies(server)).toEqual([
      {
        model: 'scripted-model',
        messages: request.messages,
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 500,
        temperature: 0.7,
        top_p: 0.9,
        response_format: { type: 'json_schema', json_schema: { name: 'thought', strict: true, schema: schema.schema } },
      },
    ]);
    await collect(model, { ...request, schema: null });
    expect(bodies(server)[1]).not.toHaveProperty('response_format');
  });

  it('[TH1.13] takes and sends nothing from environment variables', async () => {
    for (const name of ['API_KEY', 'ADMIN_KEY', 'ORG_ID', 'PROJECT_ID', 'WEBHOOK_SECRET'])
      vi.stubEnv(`OPENAI_${name}`, 'leaked');
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/leaked');
    vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'x-leaked: leaked');
    vi.stubEnv('OPENAI_LOG', 'debug');
    const { server, model } = await begin();
    expect((await collect(model, request)).at(-1)?.kind).toBe('done');
    expect(JSON.stringify(server.requests.map(({ headers }) => headers))).not.toContain('leaked');
    expect(Object.keys(server.chats()[0]?.headers ?? {}).filter((name) => name.startsWith('x-'))).toEqual([]);
  });

  const refusals: [string, BodyReply['body'], number, string][] = [
    ['response_format', { error: "'response_format.type' must be 'text'" }, 400, 'response_format'],
    ['a grammar', { error: { message: 'failed to parse grammar' } }, 400, 'response_format'],
    ['stream_options', { error: { message: 'Unrecognized request argument: stream_options' } }, 400, 'stream_options'],
    ['top_p', { error: { message: "Unsupported parameter: 'top_p'", param: 'top_p' } }, 400, 'top_p'],
    [
      'max_tokens',
      { error: { message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'." } },
      400,
      'max_tokens',
    ],
  ];
  it.each(refusals)(
    '[TH9.2] leaves out %s when the server refuses it, once and from then on',
    async (_name, body, status, field) => {
      const { server, model } = await begin([{ status, body }]);
      expect((await collect(model, request)).at(-1)).toMatchObject({ kind: 'done', finish: 'stop' });
      await collect(model, request);
      expect(bodies(server).map((sent) => field in sent)).toEqual([true, false, false]);
    },
  );

  it('[TH9.2] leaves the schema out when the refusal comes inside the stream', async () => {
    const fault = { kind: 'error', after: 0, error: 'failed to parse grammar' } as const;
    const { server, model } = await begin([{ text: '', fault }]);
    expect((await collect(model, request)).at(-1)).toMatchObject({ kind: 'done' });
    expect(bodies(server).map((sent) => 'response_format' in sent)).toEqual([true, false]);
  });

  it('[TH9.2] leaves out one part after the other', async () => {
    const refusal = (words: string) => ({ status: 400, body: { error: words } });
    const { server, model } = await begin([refusal('response_format'), refusal('stream_options')]);
    expect((await collect(model, request)).at(-1)).toMatchObject({ kind: 'done', usage: null });
    expect(bodies(server).map((sent) => ['response_format' in sent, 'stream_options' in sent])).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ]);
  });

  it('[TH9.2] asks no third time when the server goes on refusing', async () => {
    const refusal = { status: 400, body: { error: 'response_format is not supported' } };
    const { server, model } = await begin([refusal, refusal]);
    expect((await collect(model, request)).map(({ kind }) => kind)).toEqual(['failed']);
    expect(server.chats()).toHaveLength(2);
  });
});

describe('the answer', () => {
  const places = ['reasoning_content', 'reasoning', 'think'] as const;
  it.each(places)('[TH1.7] is told from reasoning in %s', async (place) => {
    const reply: TextReply = { text: '{"a":1}', reasoning: { place, text: 'Let me see. It is 1.' }, chunkChars: 3 };
    const events = await collect((await begin([reply])).model, request);
    expect(textOf(events, 'reasoning')).toBe('Let me see. It is 1.');
    expect(textOf(events, 'answer')).toBe('{"a":1}');
  });

  it('[TH1.7] stays empty when all words are reasoning, and that is no failure', async () => {
    const { model } = await begin([{ text: '', reasoning: { place: 'open-think', text: '{"a":1}' } }]);
    const events = await collect(model, request);
    expect([textOf(events, 'answer'), textOf(events, 'reasoning')]).toEqual(['', '{"a":1}']);
    expect(events.at(-1)).toMatchObject({ kind: 'done', finish: 'stop' });
  });

  it('[TH1.7] keeps its last character when that could have begun a tag', async () => {
    const { model } = await begin([{ text: 'b is < a <th' }]);
    expect(textOf(await collect(model, request))).toBe('b is < a <th');
  });

  it('[TH9.3] that was cut by the limit is known as cut', async () => {
    const { model } = await begin([{ text: '{"a":', finish: 'length' }]);
    expect((await collect(model, request)).at(-1)).toMatchObject({ kind: 'done', finish: 'length' });
  });

  it.each(['own', 'last'] as const)('[TH9.4] comes with the usage of the server (%s chunk)', async (usage) => {
    const { model } = await begin([{ text: 'Hello there.', usage, chunkChars: 4 }]);
    const expected = { promptTokens: 14, completionTokens: 3, exact: true };
    expect((await collect(model, request)).at(-1)).toMatchObject({ usage: expected });
  });

  it('[TH9.4] comes with no usage rather than an invented one', async () => {
    const { model } = await begin([{ text: 'Hello there.', usage: 'none' }]);
    expect((await collect(model, request)).at(-1)).toEqual({ kind: 'done', finish: 'stop', usage: null });
  });

  it('[TH1.6] ends at the server too when it is aborted', async () => {
    const gate = createGate();
    const { server, model } = await begin([{ text: 'one two three four', gate }]);
    gate.open(1);
    const stop = new AbortController();
    const seen = await outcome(model, request, stop.signal, () => stop.abort('enough'));
    expect(seen).toMatchObject({ thrown: 'enough', events: [{ kind: 'token' }] });
    await waitFor('the server to see the disconnect', () => server.aborted() === 1);
  });

  it('[TH1.6] ends at the server too when it is aborted before the first token', async () => {
    const { server, model } = await begin([{ silent: true }]);
    const stop = new AbortController();
    const seen = outcome(model, request, stop.signal);
    await waitFor('the request', () => server.chats().length === 1);
    stop.abort('enough');
    expect(await seen).toEqual({ events: [], thrown: 'enough' });
    await waitFor('the server to see the disconnect', () => server.aborted() === 1);
  });

  it('[TH1.6] ends at the server too when the consumer leaves', async () => {
    const gate = createGate();
    const { server, model } = await begin([{ text: 'one two three four', gate }]);
    gate.open(1);
    for await (const _ of model.answer(request, never)) break;
    await waitFor('the server to see the disconnect', () => server.aborted() === 1);
  });
});
