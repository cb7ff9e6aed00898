import { afterEach, describe, expect, it } from 'vitest';
import type { ModelEvent, ModelRequest } from '../../core/ports.ts';
import { createOpenAiModel, type OpenAiOptions } from '../../core/think/models/openai.ts';
import { collect, textOf } from '../contracts/model.ts';
import { waitFor } from '../kit/wait-for.ts';
import {
  begin,
  finish,
  type Hand,
  type HandServer,
  json,
  never,
  optionsFor,
  plainRequest,
  say,
  schemaRequest,
  startHandServer,
} from './openai-world.ts';

let servers: HandServer[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function start(hand: Hand, options: Partial<OpenAiOptions> = {}, models?: string[]) {
  const server = await startHandServer(hand, models);
  servers.push(server);
  return { server, model: createOpenAiModel(optionsFor(server, options)) };
}

const hello: Hand = (response) => {
  begin(response);
  say(response, { content: 'Hello.' });
  finish(response);
};

async function sent(request: ModelRequest, options: Partial<OpenAiOptions> = {}) {
  const { server, model } = await start(hello, options);
  await collect(model, request);
  return server.posts[0]?.body ?? {};
}

describe('what is sent', () => {
  it('[TH9.10] holds top_k and repeat_penalty where they are set, and leaves them to the server where not', async () => {
    expect(await sent({ ...plainRequest, topK: 40, repeatPenalty: 1.1 })).toMatchObject({
      top_k: 40,
      repeat_penalty: 1.1,
    });
    const left = await sent(plainRequest);
    expect(['top_k', 'repeat_penalty'].filter((name) => name in left)).toEqual([]);
  });

  it.each([
    ['top_k', { message: 'Unrecognized request argument supplied: top_k' }],
    ['top_k', { detail: [{ type: 'extra_forbidden', loc: ['body', 'top_k'], msg: 'Extra inputs are not permitted' }] }],
    ['repeat_penalty', 'property repeat_penalty is unsupported'],
  ])('[TH9.10] loses %s where a server refuses it, from then on', async (name, error) => {
    const { server, model } = await start((response, body) => {
      if (name in body) json(response, { error }, 400);
      else return hello(response, body);
    });
    const request = { ...plainRequest, topK: 40, repeatPenalty: 1.1 };
    expect((await collect(model, request)).at(-1)?.kind).toBe('done');
    await collect(model, request);
    expect(server.posts.map(({ body }) => name in body)).toEqual([true, false, false]);
    const other = name === 'top_k' ? 'repeat_penalty' : 'top_k';
    expect(server.posts.every(({ body }) => other in body)).toBe(true);
  });

  it('[TH9.11] allows a model that reasons its allowance beside the answer, and no other', async () => {
    const request = { ...plainRequest, maxTokens: 512, reasoningTokens: 2_048 };
    expect((await sent(request))['max_tokens']).toBe(512);
    expect((await sent(request, { reasons: false }))['max_tokens']).toBe(512);
    expect((await sent(request, { reasons: true }))['max_tokens']).toBe(2_560);
  });

  const thoughts: [string, Parameters<typeof say>[1][], unknown][] = [
    ['in reasoning_content', [{ reasoning_content: 'hm' }, { content: 'x' }], undefined],
    ['in reasoning', [{ reasoning: 'hm' }, { content: 'x' }], undefined],
    ['in a think block', [{ content: '<think>hm</think>x' }], undefined],
    [
      'in the figures',
      [{ content: 'x' }],
      { prompt_tokens: 9, completion_tokens: 9, completion_tokens_details: { reasoning_tokens: 8 } },
    ],
  ];
  it.each(thoughts)(
    '[TH9.11] counts a model as one that reasons once it was seen to: %s',
    async (_name, deltas, usage) => {
      const { server, model } = await start((response) => {
        begin(response);
        for (const delta of deltas) say(response, delta);
        finish(response, { usage });
      });
      const { traits } = model;
      expect(model.traits.reasons).toBe(false);
      await collect(model, plainRequest);
      expect([model.traits.reasons, traits.reasons]).toEqual([true, false]);
      await collect(model, plainRequest);
      expect(server.posts.map(({ body }) => body['max_tokens'])).toEqual([100, 2_100]);
    },
  );

  const openThoughts: [string, string, string, boolean][] = [
    ['a closing tag alone', `Should I say {"a": 1}? No.</think>{"reasoning": "x"}`, 'stop', true],
    ['a closing tag in the words of an answer', '```json\n{"reasoning": "after </think> comes x"}', 'stop', false],
    ['no brace before the limit', 'Okay, the owner changed', 'length', true],
    ['a brace before the limit', '{"reasoning": "Okay', 'length', false],
    ['no brace, but an end', 'Nothing to say.', 'stop', false],
  ];
  it.each(openThoughts)(
    '[TH2.42] tells from %s whether a model reasons that does not open its thought',
    async (_name, text, reason, reasons) => {
      for (const size of [3, 100]) {
        const { model } = await start((response) => {
          begin(response);
          for (let at = 0; at < text.length; at += size) say(response, { content: text.slice(at, at + size) });
          say(response, {}, { finish: reason });
          response.end('data: [DONE]\n\n');
        });
        const events = await collect(model, schemaRequest);
        expect([model.traits.reasons, textOf(events)]).toEqual([reasons, text]);
      }
    },
  );

  it('[TH2.42] says nothing of a model whose few words were all that was asked for', async () => {
    const { model } = await start((response) => {
      begin(response);
      say(response, { content: 'Hi' }, { finish: 'length' });
      response.end('data: [DONE]\n\n');
    });
    await collect(model, plainRequest);
    expect(model.traits.reasons).toBe(false);
  });

  it('[TH9.11] does not take an empty thought for reasoning', async () => {
    const { model } = await start((response) => {
      begin(response);
      say(response, { reasoning_content: '\n\n', content: 'x' });
      finish(response);
    });
    await collect(model, plainRequest);
    expect(model.traits.reasons).toBe(false);
  });

  it('[TH9.12] may go to an id that is not listed when that was said, and to no other address', async () => {
    const { server, model } = await start(hello, { name: 'reverie/asked', strict: false });
    expect(await model.probe(never)).toMatchObject({ ok: true, value: { name: 'reverie/asked' } });
    await collect(model, plainRequest);
    expect(server.posts[0]?.body['model']).toBe('reverie/asked');
    const strict = createOpenAiModel(optionsFor(server, { name: 'reverie/asked' }));
    expect(await strict.probe(never)).toMatchObject({ ok: false, failure: { code: 'model-missing' } });
  });
});

describe('traits', () => {
  it('[TH1.56] name the place, say whether it is on another machine, and know the window where it was told', () => {
    const of = (baseUrl: string, more: Partial<OpenAiOptions> = {}) =>
      createOpenAiModel(optionsFor({ baseUrl }, more)).traits;
    expect(of('http://127.0.0.1:1234/v1', { name: 'qwen/qwen3-8b:2', contextTokens: 8_192, reasons: true })).toEqual({
      place: 'http://127.0.0.1:1234/v1#qwen/qwen3-8b:2',
      remote: false,
      concurrency: 1,
      contextTokens: 8_192,
      reasons: true,
    });
    const remote = [
      'http://localhost:1/v1',
      'http://[::1]:1/v1',
      'http://127.9.9.9/v1',
      'https://a.example/v1',
      'http://10.0.0.1/v1',
    ];
    expect(remote.map((baseUrl) => of(baseUrl).remote)).toEqual([false, false, false, true, true]);
    expect(of('http://127.0.0.1:1/v1', { contextTokens: null }).contextTokens).toBeNull();
  });
});

const data = '{"reasoning":"a } b","insight":{"text":"{"}}';

describe('an answer whose data has closed', () => {
  const deaths: [string, Hand][] = [
    ['the connection dies', (response) => void setImmediate(() => response.destroy())],
    ['the stream ends without a finish reason', (response) => void response.end()],
    ['an error follows', (response) => void response.end('data: {"error":"Model unloaded."}\n\n')],
    ['nonsense follows', (response) => void response.end('data: {"cho\n\n')],
    ['it is cut by the limit', (response) => void (say(response, {}, { finish: 'length' }), response.end())],
    ['silence follows', () => {}],
  ];
  it.each(deaths)('[TH1.53] survives when %s', async (_name, death) => {
    const after = (text: string) =>
      start(
        async (response, body) => {
          begin(response);
          for (const piece of text.match(/.{1,4}/g) ?? []) say(response, { content: piece });
          await death(response, body);
        },
        { inactivityMs: 200 },
      );
    const whole = await collect((await after(data)).model, schemaRequest);
    expect(textOf(whole)).toBe(data);
    expect(whole.at(-1)).toMatchObject({ kind: 'done', finish: 'stop' });
    const cut = await collect((await after(data.slice(0, -1))).model, schemaRequest);
    expect(cut.at(-1)).toMatchObject({ kind: 'done', finish: expect.stringMatching(/broken|length/) });
  });

  it('[TH1.53] is only such an answer where data was asked for, and where it has all names that were asked for', async () => {
    const dying = (text: string) =>
      start((response) => void (begin(response), say(response, { content: text }), response.end()));
    expect((await collect((await dying(data)).model, plainRequest)).at(-1)).toMatchObject({ finish: 'broken' });
    expect((await collect((await dying('{"other":1}')).model, schemaRequest)).at(-1)).toMatchObject({
      finish: 'broken',
    });
  });

  it('[TH1.53] survives in the reasoning field, too', async () => {
    const { model } = await start((response) => {
      begin(response);
      say(response, { reasoning_content: data, content: '' });
      setImmediate(() => response.destroy());
    });
    const events = await collect(model, schemaRequest);
    expect(textOf(events, 'answer')).toBe(data);
    expect(events.at(-1)).toMatchObject({ kind: 'done', finish: 'stop' });
  });
});

describe('data in the reasoning field', () => {
  const answered = async (deltas: Record<string, unknown>[], request = schemaRequest): Promise<ModelEvent[]> => {
    const { model } = await start((response) => {
      begin(response);
      for (const delta of deltas) say(response, delta);
      finish(response);
    });
    return collect(model, request);
  };

  it('[TH1.57] is no answer when it was only weighed there, when an answer came, or when no data was asked for', async () => {
    expect(textOf(await answered([{ reasoning_content: `Perhaps ${data}? No.` }]), 'answer')).toBe('');
    expect(textOf(await answered([{ reasoning_content: data }, { content: 'Hello.' }]), 'answer')).toBe('Hello.');
    expect(textOf(await answered([{ reasoning_content: data }], plainRequest), 'answer')).toBe('');
    expect(textOf(await answered([{ content: `<think>${data}` }]), 'answer')).toBe('');
  });

  it('[TH1.57] is handed over though white space came as content', async () => {
    expect(textOf(await answered([{ content: '\n' }, { reasoning_content: data }]), 'answer').trim()).toBe(data);
  });
});

describe('who answered', () => {
  // This address leads to the same server on most systems, and is no loopback address.
  it.skipIf(process.platform === 'win32')(
    '[TH1.58] is not told of servers elsewhere, which name models as they like',
    async () => {
      const server = await startHandServer((response) => {
        begin(response);
        say(response, { content: 'Hello.' }, { model: 'alias' });
        finish(response, { model: 'alias' });
      });
      servers.push(server);
      const model = createOpenAiModel(optionsFor({ baseUrl: server.baseUrl.replace('127.0.0.1', '0.0.0.0') }));
      expect(model.traits.remote).toBe(true);
      expect((await collect(model, plainRequest)).at(-1)).toEqual({ kind: 'done', finish: 'stop', usage: null });
    },
  );
});

describe('a consumer that leaves', () => {
  it('[TH1.55] ends the request before it is asked for another token', async () => {
    let written = 0;
    const { server, model } = await start(async (response) => {
      begin(response);
      while (!response.destroyed) {
        say(response, { content: `${written++} ` });
        await new Promise((turn) => setImmediate(turn));
      }
    });
    const stream = model.answer(plainRequest, never)[Symbol.asyncIterator]();
    await stream.next();
    await stream.return?.();
    await waitFor('the server to see the disconnect', () => server.givenUp() === 1);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});
