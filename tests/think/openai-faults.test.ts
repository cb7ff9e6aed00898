import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ModelEvent, ModelRequest } from '../../core/ports.ts';
import { createOpenAiModel, type OpenAiOptions } from '../../core/think/models/openai.ts';
import { failureOfRefusal, failureOfThrown, retryAfterOf } from '../../core/think/openai/failures.ts';
import { collect, textOf } from '../contracts/model.ts';
import { createGate, type Reply, type ScriptedServer, startScriptedServer } from '../kit/scripted-server.ts';
import { waitFor } from '../kit/wait-for.ts';
import { optionsFor } from './openai-world.ts';

const secret = 'the-observed-secret';
const request: ModelRequest = {
  messages: [{ role: 'user', content: `o1: ${secret} changed` }],
  schema: null,
  maxTokens: 100,
  temperature: 0.7,
  topP: 0.9,
  reasoningTokens: 0,
  topK: 0,
  repeatPenalty: 1,
  context: null,
};

let servers: ScriptedServer[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function begin(answers: Reply[], options: Partial<OpenAiOptions> = {}) {
  const server = await startScriptedServer({ answers });
  servers.push(server);
  const model = createOpenAiModel(optionsFor(server, options));
  return { server, model };
}

const answerTo = async (reply: Reply, options?: Partial<OpenAiOptions>) =>
  collect((await begin([reply], options)).model, request);

const text = 'one two three four five six';
const failed = (code: string, kind = 'transient') => [{ kind: 'failed', failure: { code, class: kind } }];
const broken = { kind: 'done', finish: 'broken' };

function expectBroken(events: ModelEvent[], start: string): void {
  expect(textOf(events)).toBe(start);
  expect(events.at(-1)).toMatchObject(broken);
}

describe('a stream that fails', () => {
  it('[TH1.9] is broken when the connection dies after some text, and failed when before', async () => {
    expectBroken(await answerTo({ text, fault: { kind: 'drop', after: 2 } }), text.slice(0, 16));
    expect(await answerTo({ text, fault: { kind: 'drop', after: 0 } })).toMatchObject(failed('stream-broken'));
  });

  it('[TH1.9] is broken when it ends in good order without a finish reason', async () => {
    expectBroken(await answerTo({ text, fault: { kind: 'end', after: 100 } }), text);
    expectBroken(await answerTo({ text, fault: { kind: 'drop', after: 100 } }), text);
  });

  it('[TH1.9] is whole when only what follows the finish reason is lost', async () => {
    for (const kind of ['drop', 'hang'] as const) {
      const limits = { inactivityMs: 600_000, callMs: 600_000 };
      const events = await answerTo({ text, fault: { kind, after: 0 }, faultAfterFinish: true }, limits);
      expect(textOf(events)).toBe(text);
      expect(events.at(-1)).toMatchObject({ kind: 'done', finish: 'stop', usage: { exact: true } });
    }
  });

  it('[TH1.8] without any text is a failure, however successful it claims to be', async () => {
    expect(await answerTo({ text: '' })).toMatchObject(failed('empty-answer'));
    expect((await answerTo({ text: ' \n ' })).at(-1)).toMatchObject(failed('empty-answer')[0]!);
    expect(await answerTo({ text: '', fault: { kind: 'end', after: 0 } })).toMatchObject(failed('empty-answer'));
  });

  const shapes: [string, unknown, boolean][] = [
    ['a string', 'Model unloaded.', false],
    ['an object', { message: 'Model unloaded.' }, false],
    ['a string in an error event', 'Model unloaded.', true],
    ['an object in an error event', { message: 'Model unloaded.' }, true],
  ];
  it.each(shapes)('[TH1.10] with an error inside is failed, or broken after text: %s', async (_name, error, named) => {
    const fault = { kind: 'error', error, named } as const;
    expect(await answerTo({ text, fault: { ...fault, after: 0 } })).toMatchObject(failed('model-unloaded'));
    expectBroken(await answerTo({ text, fault: { ...fault, after: 1 } }), text.slice(0, 8));
  });

  it.each(['data: {"choices":[{"del\n\n', 'data: <html>\n\n', 'data: \u0000\u0001\n\n'])(
    '[TH1.5] is failed, or broken after text, when a line is nonsense: %j',
    async (nonsense) => {
      const fault = { kind: 'raw', text: nonsense } as const;
      expect(await answerTo({ text, fault: { ...fault, after: 0 } })).toMatchObject(failed('stream-broken'));
      expectBroken(await answerTo({ text, fault: { ...fault, after: 1 } }), text.slice(0, 8));
    },
  );

  it('[TH1.10] that is a document instead of a stream is told by its words', async () => {
    const wrongPath = { error: 'Unexpected endpoint or method. (POST /chat)' };
    expect(await answerTo({ status: 200, body: wrongPath })).toMatchObject(failed('not-openai', 'permanent'));
    expect(await answerTo({ status: 200, body: '<html>Hello</html>' })).toMatchObject(
      failed('not-openai', 'permanent'),
    );
    const unloaded = { error: { message: 'No models loaded. Please load a model.' } };
    expect(await answerTo({ status: 200, body: unloaded })).toMatchObject(failed('no-model'));
  });

  it('[TH1.16] is not sought at another address', async () => {
    const other = await begin([]);
    const headers = { location: `${other.server.baseUrl}/chat/completions` };
    expect(await answerTo({ status: 307, body: '', headers })).toMatchObject(failed('redirected', 'permanent'));
    expect(other.server.requests).toEqual([]);
  });
});

describe('limits', () => {
  it('[TH1.14] a silent server is given up: before the first token as failed, later as broken', async () => {
    const { server, model } = await begin([{ silent: true }, { text, fault: { kind: 'hang', after: 0 } }], {
      inactivityMs: 150,
    });
    expect(await collect(model, request)).toMatchObject(failed('stream-silent'));
    expect(await collect(model, request)).toMatchObject(failed('stream-silent'));
    await waitFor('the server to see both disconnects', () => server.aborted() === 2);
    expectBroken(await answerTo({ text, fault: { kind: 'hang', after: 1 } }, { inactivityMs: 150 }), text.slice(0, 8));
  });

  it('[TH1.14] a slow consumer is not taken for a silent server', async () => {
    const gate = createGate();
    const { model } = await begin([{ text, gate }], { inactivityMs: 10_000 });
    await model.probe(new AbortController().signal);
    gate.open(1);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const events: ModelEvent[] = [];
    for await (const event of model.answer(request, new AbortController().signal)) {
      events.push(event);
      if (events.length === 1) {
        vi.advanceTimersByTime(30_000);
        gate.open();
      }
    }
    expect(events.at(-1)).toMatchObject({ kind: 'done', finish: 'stop' });
  });

  it.each(['tokens', 'thoughts'] as const)('[TH1.15] a model that never stops is stopped: %s', async (flood) => {
    const { server, model } = await begin([{ flood, megabytes: Number.POSITIVE_INFINITY }]);
    const events = await collect(model, request);
    expect(events.at(-1)).toMatchObject(broken);
    expect(textOf(events).length).toBeLessThan(100 * 8 * 4 + 2_000);
    await waitFor('the server to see the disconnect', () => server.aborted() === 1);
  });

  it('[TH1.15] one line of ten megabytes is stopped before it is kept', async () => {
    const { server, model } = await begin([{ flood: 'line', megabytes: Number.POSITIVE_INFINITY }]);
    expect(await collect(model, request)).toMatchObject(failed('stream-too-large', 'model-output'));
    await waitFor('the server to see the disconnect', () => server.aborted() === 1);
  });

  it('[TH1.15] an error body of ten megabytes is stopped too', async () => {
    const body = 'x'.repeat(12_000_000);
    expect(await answerTo({ status: 500, body })).toMatchObject(failed('stream-too-large', 'model-output'));
  });
});

describe('failures', () => {
  const known: [string, number | null, unknown, string, string][] = [
    [
      'overflow, new words',
      400,
      { error: 'Cannot truncate prompt with n_keep (5120) >= n_ctx (4096)' },
      'context-overflow',
      'resource',
    ],
    [
      'overflow, old words',
      400,
      'Trying to keep the first 5120 tokens … context length of only 4096',
      'context-overflow',
      'resource',
    ],
    [
      'overflow, hosted',
      400,
      { message: 'This model’s maximum context length is 4096 tokens, your messages have 5120 tokens' },
      'context-overflow',
      'resource',
    ],
    [
      'overflow in a stream',
      null,
      'The number of tokens is greater than the context length',
      'context-overflow',
      'resource',
    ],
    [
      'crash',
      400,
      { error: 'The model has crashed without additional information. (Exit code: 6)' },
      'model-crashed',
      'transient',
    ],
    ['unloaded', 400, 'Model is unloaded', 'model-unloaded', 'transient'],
    [
      'nothing loaded',
      404,
      { error: { message: 'No models loaded. Please load a model', code: null } },
      'no-model',
      'transient',
    ],
    [
      'unknown model',
      400,
      { message: 'Invalid model identifier "x"', code: 'model_not_found' },
      'model-missing',
      'permanent',
    ],
    [
      'guardrail',
      400,
      'Model loading was stopped due to insufficient system resources.',
      'insufficient-resources',
      'resource',
    ],
    ['load failed', 500, 'Error loading model. (Exit code: 18446744072635812000)', 'model-load-failed', 'resource'],
    ['template', null, 'Error rendering prompt with jinja template', 'template-broken', 'permanent'],
    ['key', 401, '', 'auth-required', 'permission'],
    ['forbidden', 403, '', 'forbidden', 'permission'],
    ['no quota', 429, { code: 'insufficient_quota' }, 'quota-spent', 'permission'],
    ['too many', 429, '', 'rate-limited', 'rate-limited'],
    ['broken inside', 502, '<html>', 'server-error', 'transient'],
    ['figure out of range', 400, { message: 'temperature must be at most 2' }, 'request-refused', 'permanent'],
    ['anything else', 400, { message: 'no' }, 'request-refused', 'permanent'],
  ];
  it.each(known)('[TH1.11] have a class and a code: %s', (_name, status, body, code, kind) => {
    expect(failureOfRefusal({ status, body })).toMatchObject({ code, class: kind });
  });

  it('[TH1.11] name both figures when a prompt does not fit and the server gave them', () => {
    for (const [, status, body] of known.slice(0, 3)) {
      const { message } = failureOfRefusal({ status, body });
      expect(message).toContain('prompt (5120 tokens)');
      expect(message).toContain('context (4096 tokens)');
    }
  });

  it('[TH1.11] name the known context when the server gave no figure', async () => {
    const reply = { status: 400, body: { error: 'The prompt is greater than the context length' } };
    const [event] = await answerTo(reply, { contextTokens: 4096 });
    expect(event).toMatchObject({ failure: { code: 'context-overflow', message: expect.stringContaining('4096') } });
  });

  it('[TH1.11] of connections are told by their cause', () => {
    const caused = (code: string) =>
      new Error('Connection error.', { cause: Object.assign(new Error(code), { code }) });
    const codes = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED'];
    const expected = ['connection-refused', 'connection-reset', 'host-unknown', 'timeout', 'tls-failed'];
    expect(codes.map((code) => failureOfThrown(caused(code)).code)).toEqual(expected);
    const both = new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]);
    expect(failureOfThrown(new Error('fetch failed', { cause: both })).code).toBe('connection-refused');
    const dropped = new TypeError('terminated', { cause: caused('UND_ERR_SOCKET') });
    for (const odd of [undefined, null, 'text', 7, {}, dropped])
      expect(failureOfThrown(odd).code).toBe('stream-broken');
  });

  it('[TH1.11] of too many requests say when to come back', async () => {
    const reply = (headers: Record<string, string>) => ({ status: 429, body: { error: 'slow down' }, headers });
    const [event] = await answerTo(reply({ 'retry-after': '7' }));
    expect(event).toMatchObject({ failure: { class: 'rate-limited', retryAfterMs: 7_000 } });
    expect(retryAfterOf(new Headers({ 'retry-after-ms': '250', 'retry-after': '7' }))).toBe(250);
    expect(retryAfterOf(new Headers({ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }))).toBe(0);
    expect(retryAfterOf(new Headers({ 'retry-after': 'soon' }))).toBeUndefined();
  });

  it('[TH1.12] never repeat the prompt or the answer', async () => {
    const echo = `cannot handle "${secret}"`;
    const replies: Reply[] = [
      { status: 400, body: { error: echo } },
      { status: 500, body: echo },
      { status: 400, body: { error: { message: `Model is unloaded while reading ${secret}` } } },
      { text: '', fault: { kind: 'error', after: 0, error: { message: echo } } },
      { text: '', fault: { kind: 'raw', after: 0, text: `data: {${secret}\n\n` } },
    ];
    const logged: unknown[] = [];
    const note = (...line: unknown[]) => void logged.push(line);
    const noting = { debug: note, info: note, warn: note, error: note };
    for (const reply of replies) {
      const events = await answerTo(reply, { log: noting });
      expect(events).toMatchObject([{ kind: 'failed' }]);
      expect(JSON.stringify(events)).not.toContain(secret);
    }
    expect(logged).toHaveLength(replies.length);
    expect(JSON.stringify(logged)).not.toContain(secret);
  });
});
