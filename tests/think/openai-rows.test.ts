import { afterEach, describe, expect, it } from 'vitest';
import type { ModelEvent } from '../../core/ports.ts';
import { createOpenAiModel, type OpenAiOptions } from '../../core/think/models/openai.ts';
import { collect, textOf } from '../contracts/model.ts';
import { type Reply, type ScriptedServer, startScriptedServer } from '../kit/scripted-server.ts';
import { waitFor } from '../kit/wait-for.ts';
import {
  begin,
  finish,
  type HandServer,
  json,
  never,
  optionsFor,
  plainRequest,
  say,
  schemaRequest,
  startHandServer,
} from './openai-world.ts';

let servers: (ScriptedServer | HandServer)[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function ask(reply: Reply, request = plainRequest, options: Partial<OpenAiOptions> = {}): Promise<ModelEvent[]> {
  const server = await startScriptedServer({ answers: [reply] });
  servers.push(server);
  return collect(createOpenAiModel(optionsFor(server, options)), request);
}

async function askByHand(hand: Parameters<typeof startHandServer>[0], request = plainRequest, options = {}) {
  const server = await startHandServer(hand);
  servers.push(server);
  return { server, events: await collect(createOpenAiModel(optionsFor(server, options)), request) };
}

const failed = (code: string, kind: string) => [{ kind: 'failed', failure: { code, class: kind } }];

/** Both body styles, and inside a stream that began well. */
const everyWay = (words: string, statuses: number[] = [400]): Reply[] => [
  ...statuses.flatMap((status) => [
    { status, body: { error: words } },
    { status, body: { error: { message: words, type: 'invalid_request_error', param: null, code: null } } },
  ]),
  { text: '', fault: { kind: 'error', after: 0, error: words } },
  { text: '', fault: { kind: 'error', after: 0, error: { message: words }, named: true } },
];

const crash = (exit: string) => `The model has crashed without additional information. (Exit code: ${exit})`;
const rows: [row: string, words: string[], code: string, kind: string, statuses?: number[]][] = [
  [
    'Nothing loaded & JIT off / JIT failed',
    ['No models loaded. Please load a model in the developer page or use the `lms load` command.'],
    'no-model',
    'transient',
    [400, 404],
  ],
  [
    'Prompt larger than loaded context',
    [
      'The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 5120 >= n_ctx: 4096)',
      'The number of tokens to keep from the initial prompt is greater than the context length.',
      'Cannot truncate prompt with n_keep (5120) >= n_ctx (4096)',
      'Trying to keep the first 5120 tokens when context overflows. However, the model is loaded with context length of only 4096 tokens',
    ],
    'context-overflow',
    'resource',
    [400, 500],
  ],
  ['Model process crashed', [crash('6'), crash('18446744073638350000')], 'model-crashed', 'transient'],
  [
    'Instance gone (crash, TTL, evict)',
    ['Model is unloaded.', 'Model unloaded.', 'The model was unloaded or crashed', 'Channel Error'],
    'model-unloaded',
    'transient',
  ],
  [
    'JIT/explicit load refused: guardrails',
    ['Model loading was stopped due to insufficient system resources.'],
    'insufficient-resources',
    'resource',
    [400, 500],
  ],
  [
    'JIT/explicit load refused: load failed',
    ['Failed to load model "x"', 'Error loading model. (Exit code: 18446744072635812000). Unknown error.'],
    'model-load-failed',
    'resource',
    [400, 500],
  ],
  [
    'Template problem',
    ['Error rendering prompt with jinja template: "x is not iterable"'],
    'template-broken',
    'permanent',
  ],
];

describe('errors of the chat route, section 2.6', () => {
  const cases = rows.flatMap(([row, words, code, kind, statuses]) =>
    words.map((each) => ({ row, words: each, code, kind, replies: everyWay(each, statuses) })),
  );
  it.each(cases)('[TH1.50] $row: “$words”', async ({ replies, code, kind, words }) => {
    for (const reply of replies) {
      const events = await ask(reply);
      expect(events).toMatchObject(failed(code, kind));
      expect(JSON.stringify(events)).not.toContain(words);
    }
  });

  it('[TH1.50] JIT on, id not downloaded', async () => {
    const message = 'Invalid model identifier "x". Please specify a valid downloaded model (e.g. a, b, c).';
    const error = { message, type: 'invalid_request_error', param: 'model', code: 'model_not_found' };
    expect(await ask({ status: 400, body: { error } })).toMatchObject(failed('model-missing', 'permanent'));
  });

  it('[TH1.50, TH1.58] Unknown id, JIT off, ≥1 model loaded: answered by another, which is told', async () => {
    const { events } = await askByHand((response) => {
      begin(response);
      say(response, { content: 'Hello.' }, { model: 'another' });
      finish(response, { model: 'another' });
    });
    expect(events.at(-1)).toMatchObject({ kind: 'done', finish: 'stop', model: 'another' });
  });

  it('[TH1.50] Bad response_format: asked again without', async () => {
    const body = { error: "'response_format.type' must be 'json_schema' or 'text'" };
    expect((await ask({ status: 400, body }, schemaRequest)).at(-1)).toMatchObject({ kind: 'done', finish: 'stop' });
  });

  it.each([200, 400, 401, 403])('[TH1.50] Auth, whatever its status: %i', async (status) => {
    const error = { type: 'invalid_request', code: 'invalid_api_key', message: 'An LM Studio API token is required.' };
    expect(await ask({ status, body: { error } })).toMatchObject(failed('auth-required', 'permission'));
  });

  it('[TH1.50] Wrong route: 200', async () => {
    const body = { error: 'Unexpected endpoint or method. (POST /v1/chat/completions)' };
    expect(await ask({ status: 200, body })).toMatchObject(failed('not-openai', 'permanent'));
  });
});

describe('errors inside a stream, section 2.4', () => {
  const shapes: [string, string][] = [
    ['message twice', 'data: {"error":{"message":"Compute error."},"message":"Compute error."}\n\n'],
    ['an object', 'data: {"error":{"message":"Compute error."}}\n\n'],
    ['a string', 'data: {"error":"Compute error."}\n\n'],
    ['an error event', 'event: error\ndata: {"error":{"message":"Compute error."}}\n\n'],
    ['an error event without a name inside', 'event: error\ndata: {"message":"Compute error."}\n\n'],
    ['one that is followed by the sentinel', 'data: {"error":"Compute error."}\n\ndata: [DONE]\n\n'],
  ];
  it.each(shapes)('[TH1.51] %s: failed before any text, broken after some', async (_name, lines) => {
    expect(await ask({ text: '', fault: { kind: 'raw', after: 0, text: lines } })).toMatchObject(
      failed('model-error', 'transient'),
    );
    const events = await ask({ text: 'one two three', fault: { kind: 'raw', after: 1, text: lines } });
    expect(textOf(events)).toBe('one two ');
    expect(events.at(-1)).toMatchObject({ kind: 'done', finish: 'broken' });
  });

  it('[TH1.51] a refused part that is named only after some words does not make it speak twice', async () => {
    const fault = { kind: 'error', after: 1, error: 'failed to parse grammar' } as const;
    const server = await startScriptedServer({ answers: [{ text: 'one two three', fault }] });
    servers.push(server);
    const events = await collect(createOpenAiModel(optionsFor(server)), schemaRequest);
    expect(events.map(({ kind }) => kind)).toEqual(['token', 'done']);
    expect(server.chats()).toHaveLength(1);
  });
});

describe('known problems, section 7', () => {
  it('[TH1.52] 618, 1323, 2085: wrong path → 200 + error JSON, also for GET /v1/models', async () => {
    const server = await startScriptedServer();
    servers.push(server);
    server.list = { status: 200, body: { error: 'Unexpected endpoint or method. (GET /v1/models)' } };
    const model = createOpenAiModel(optionsFor(server));
    expect(await model.probe(never)).toMatchObject({ ok: false, failure: { code: 'not-openai' } });
    expect(await collect(model, plainRequest)).toMatchObject(failed('not-openai', 'permanent'));
  });

  it.each([
    ['619, 1217: request answered by a different loaded model', 'another', 'another'],
    ['1751, 1582, 634, 168: duplicates `:2`', 'asked:2', 'asked:2'],
    ['the same with its quantization', 'asked@q4_k_m', undefined],
    ['the same', 'asked', undefined],
  ])('[TH1.58] %s', async (_row, by, told) => {
    const { events } = await askByHand((response) => {
      begin(response);
      say(response, { content: 'Hello.' }, { model: by });
      finish(response, { model: by });
    });
    expect(events.at(-1)).toEqual({ kind: 'done', finish: 'stop', usage: null, ...(told && { model: told }) });
  });

  it('[TH1.52] 1730, lms#107: JIT on but “No models loaded”, in 404 and in 200', async () => {
    for (const status of [200, 404])
      expect(await ask({ status, body: { error: 'No models loaded' } })).toMatchObject(failed('no-model', 'transient'));
  });

  it('[TH1.52] 671: evict cuts a running generation', async () => {
    const fault = { kind: 'error', after: 2, error: 'Model unloaded.' } as const;
    const events = await ask({ text: '{"reasoning":"one two three"}', fault }, schemaRequest);
    expect(events.at(-1)).toMatchObject({ kind: 'done', finish: 'broken' });
  });

  it('[TH1.52] 1620, 1806, 1408, 2205, 2256: overflow → hard error, with the loaded window where it is known', async () => {
    const fault = { kind: 'error', after: 0, error: 'The prompt is greater than the context length' } as const;
    const [event] = await ask({ text: '', fault }, plainRequest, { contextTokens: 4_096 });
    expect(event).toMatchObject({ failure: { code: 'context-overflow', message: expect.stringContaining('4096') } });
  });

  it('[TH1.52] 1347, 1057, 1078, lmstudio-python#171, 463: crashed in the middle, and the connection with it', async () => {
    for (const kind of ['drop', 'end'] as const)
      expect((await ask({ text: 'one two three', fault: { kind, after: 1 } })).at(-1)).toMatchObject({
        finish: 'broken',
      });
    expect(await ask({ text: '', fault: { kind: 'drop', after: 0 } })).toMatchObject(
      failed('stream-broken', 'transient'),
    );
  });

  it('[TH1.52] 1628, 2320: parallel requests die: one at a time is what it asks for', async () => {
    expect(createOpenAiModel(optionsFor({ baseUrl: 'http://127.0.0.1:9/v1' })).traits.concurrency).toBe(1);
  });

  it('[TH1.52] 1143, 1203, 1254, 944: streams with no chunks are given up, and at the server, too', async () => {
    const limits = { inactivityMs: 150 };
    const { server, events } = await askByHand((response) => begin(response), plainRequest, limits);
    expect(events).toMatchObject(failed('stream-silent', 'transient'));
    await waitFor('the server to see the disconnect', () => server.givenUp() === 1);
  });

  it.each([
    ['no event at all', (response: Parameters<typeof begin>[0]) => response.end()],
    ['the sentinel alone', (response: Parameters<typeof begin>[0]) => response.end('data: [DONE]\n\n')],
    ['a finish reason alone', (response: Parameters<typeof begin>[0]) => finish(response)],
    [
      'a role alone',
      (response: Parameters<typeof begin>[0]) => {
        say(response, { role: 'assistant', content: '' });
        finish(response, { usage: { prompt_tokens: 9, completion_tokens: 0 } });
      },
    ],
  ])('[TH1.52] 204, 1602: empty success responses: %s', async (_name, hand) => {
    const { events } = await askByHand((response) => {
      begin(response);
      hand(response);
    });
    expect(events).toMatchObject(failed('empty-answer', 'transient'));
  });

  it('[TH1.52] a whole completion as JSON where a stream was asked for is refused in words', async () => {
    const message = { role: 'assistant', content: 'Hello.' };
    const { events } = await askByHand((response) => json(response, { choices: [{ message }] }));
    expect(events).toMatchObject(failed('not-openai', 'permanent'));
  });

  it('[TH1.52] 2403, 1396: data is asked of chat completions, never of /v1/responses', async () => {
    const { server } = await askByHand((response) => {
      begin(response);
      say(response, { content: '{"reasoning":"x"}' });
      finish(response);
    }, schemaRequest);
    expect(server.posts.map(({ path }) => path)).toEqual(['/v1/chat/completions']);
  });

  it.each(['reasoning_content', 'reasoning'] as const)(
    '[TH1.57] 1698, 1773, 1971, 575: structured output in %s with empty content is handed over as the answer',
    async (field) => {
      const texts = [
        '{"reasoning":"It changed."}',
        '\n```json\n{"reasoning":"It changed."}\n```',
        'Hm.</think>\n{"reasoning":"x"}',
      ];
      for (const text of texts) {
        const { events } = await askByHand((response) => {
          begin(response);
          for (const piece of text.match(/[^]{1,5}/g) ?? []) say(response, { [field]: piece, content: '' });
          finish(response);
        }, schemaRequest);
        expect(textOf(events, 'answer')).toBe(text.split('</think>').at(-1));
        expect(textOf(events, 'reasoning')).toBe(text);
        expect(events.at(-1)).toMatchObject({ kind: 'done', finish: 'stop' });
      }
    },
  );
});
