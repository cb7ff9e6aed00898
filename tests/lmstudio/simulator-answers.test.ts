import { afterEach, describe, expect, it } from 'vitest';
import { fakeClock } from '../kit/clock.ts';
import type { FaultName } from '../kit/lmstudio/faults.ts';
import { createHold } from '../kit/lmstudio/pace.ts';
import type { Simulator, SimulatorOptions } from '../kit/lmstudio/simulator.ts';
import { ask, at, chat, dataOf, demo, embedder, saidIn, serving, thinker } from './simulator-kit.ts';

let simulator: Simulator;
const start = async (options?: SimulatorOptions) => {
  simulator = await serving(options);
  return simulator;
};
afterEach(() => simulator.close());

const complete = (body: object, init?: Parameters<typeof ask>[3]) => ask(simulator, '/v1/chat/completions', body, init);
const streamed = (more: object = {}) => complete(chat(demo, { stream: true, ...more }));
const message = (json: unknown) => at(json, 'choices', 0, 'message');

describe('answers of the simulated server (2.2 to 2.5)', () => {
  it('says the scripted text, and a decision about the prompt when there is no script', async () => {
    await start({ answers: [{ text: 'Hello there.' }] });
    const { json } = await complete(chat(demo));
    expect(json).toMatchObject({ object: 'chat.completion', model: demo, system_fingerprint: demo, stats: {} });
    expect(message(json)).toMatchObject({ role: 'assistant', content: 'Hello there.' });
    expect(at(json, 'usage')).toEqual({ prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 });
    const decision = await complete({
      model: demo,
      messages: [{ role: 'user', content: 'o7 files Z x changed a.ts' }],
    });
    expect(JSON.parse(String(at(message(decision.json), 'content')))).toMatchObject({
      action_type: 'observe',
      evidence: ['o7'],
    });
  });

  it('answers by a function of the request, or with anything at all', async () => {
    await start({ answers: (asked) => ({ text: `You said: ${asked.messages?.[0]?.content}` }) });
    expect(message((await complete(chat(demo))).json)).toMatchObject({ content: 'You said: What happened?' });
    simulator.answers = [{ status: 503, body: '<html>' }];
    expect((await complete(chat(demo))).status).toBe(503);
  });

  it('streams chunks that repeat the role, a finish reason, the usage where it was asked for, and [DONE]', async () => {
    await start({ answers: [{ text: 'Hello there.' }, { text: 'Hello there.' }] });
    const { text, headers } = await streamed({ stream_options: { include_usage: true } });
    expect(headers.get('content-type')).toBe('text/event-stream');
    const lines = dataOf(text);
    expect(saidIn(text, 'content')).toBe('Hello there.');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { role: 'assistant', content: 'Hello th' }, logprobs: null, finish_reason: null }],
    });
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ choices: [{ delta: {}, finish_reason: 'stop' }] });
    expect(JSON.parse(lines[3] ?? '')).toMatchObject({ choices: [], usage: { completion_tokens: 2 } });
    expect(lines[4]).toBe('[DONE]');
    expect((await streamed()).text).not.toContain('usage');
  });

  it('ends at max_tokens, at a stop string and at the end of the window', async () => {
    await start({ answers: () => ({ text: 'one two three four five six' }), defaultContext: 7 });
    const cut = await complete(chat(demo, { max_tokens: 1 }));
    expect(cut.json).toMatchObject({ choices: [{ message: { content: 'one two ' }, finish_reason: 'length' }] });
    const stopped = await complete(chat(demo, { stop: ['three'] }));
    expect(stopped.json).toMatchObject({ choices: [{ message: { content: 'one two ' }, finish_reason: 'stop' }] });
    const full = await complete(chat(demo, { max_tokens: -1 }));
    expect(full.json).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { total_tokens: 7 } });
  });

  it.each([
    ['0.4.21', 'acme/thinker-4b', 'reasoning_content'],
    ['0.4.21', 'acme/open-20b', 'reasoning'],
    ['0.3.30', 'acme/open-20b', 'reasoning'],
  ] as const)('in %s, %s thinks in %s', async (profile, model, field) => {
    await start({ profile, answers: () => ({ text: 'Yes.' }) });
    const { text } = await complete(chat(model, { stream: true }));
    expect(saidIn(text, field)).toBe('Let me think about this for a moment.');
    expect(saidIn(text, 'content')).toBe('Yes.');
    const whole = await complete(chat(model));
    expect(message(whole.json)).toHaveProperty(field);
    expect(at(whole.json, 'usage')).toMatchObject({ completion_tokens_details: { reasoning_tokens: 5 } });
  });

  it('thinks inside the content where the version has no field for it', async () => {
    await start({ profile: '0.3.16', answers: [{ text: 'Yes.' }] });
    const { text } = await complete(chat(thinker, { stream: true }));
    expect(saidIn(text, 'content')).toBe('<think>Let me think about this for a moment.</think>Yes.');
  });

  it('stops thinking for a schema or when told to, in the versions that do', async () => {
    await start({ answers: () => ({ text: '{}' }) });
    const response_format = { type: 'json_schema', json_schema: { name: 'x', schema: {} } };
    for (const more of [{ response_format }, { reasoning_effort: 'none' }])
      expect(message((await complete(chat(thinker, more))).json)).not.toHaveProperty('reasoning_content');
    await simulator.close();
    await start({ profile: '0.4.0', answers: () => ({ text: '{}' }) });
    expect(message((await complete(chat(thinker, { response_format }))).json)).toHaveProperty('reasoning_content');
  });

  it('knows only two kinds of response format', async () => {
    await start();
    const refused = await complete(chat(demo, { response_format: { type: 'json_object' } }));
    expect(refused.status).toBe(400);
    expect(refused.json).toEqual({ error: "'response_format.type' must be 'json_schema' or 'text'" });
    expect((await complete(chat(demo, { response_format: { type: 'text' } }))).status).toBe(200);
  });

  it('completes plain text, and tells figures of the run under /api/v0', async () => {
    await start({ answers: () => ({ text: 'More.' }) });
    const plain = await ask(simulator, '/v1/completions', { model: demo, prompt: 'Once' });
    expect(plain.json).toMatchObject({ object: 'text_completion', choices: [{ text: 'More.' }] });
    const native = await ask(simulator, '/api/v0/chat/completions', chat(demo));
    expect(native.json).toMatchObject({
      stats: { stop_reason: 'eosFound' },
      model_info: { arch: 'llama', context_length: 4096 },
      runtime: { supported_formats: ['gguf'] },
    });
  });

  it('embeds texts so that texts of the same words lie nearest', async () => {
    await start();
    const input = ['a red apple', 'the red apple', 'disk is full'];
    const { json } = await ask(simulator, '/v1/embeddings', { model: embedder, input });
    expect(json).toMatchObject({ object: 'list', model: `${embedder}@q4_k_m`, usage: { total_tokens: 0 } });
    const [first, second, third] = [0, 1, 2].map((n) => at(json, 'data', n, 'embedding') as number[]);
    const near = (other: number[] | undefined) => first!.reduce((sum, each, n) => sum + each * other![n]!, 0);
    expect(first).toHaveLength(768);
    expect(near(first)).toBeCloseTo(1);
    expect(near(second)).toBeGreaterThan(near(third));
  });

  it('loads a language model anew for each embedding call in 0.3, and refuses', async () => {
    await start({ profile: '0.3.30' });
    const body = { model: demo, input: 'x' };
    for (const _ of [1, 2]) expect((await ask(simulator, '/v1/embeddings', body)).status).toBe(400);
    expect(simulator.instancesNow().map((each) => each.id)).toEqual([demo, `${demo}:2`]);
  });
});

describe('refusals of the simulated server (2.6)', () => {
  it.each([
    ['0.4.21', 400, /"error":\{"message":"No models loaded.*"code":null/],
    ['0.4.0', 400, /"error":"No models loaded/],
    ['0.3.16', 404, /"error":"No models loaded/],
  ] as const)('in %s, says %i when nothing is loaded and nothing may be', async (profile, status, words) => {
    const answer = await ask(await start({ profile, jit: false }), '/v1/chat/completions', chat(demo));
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(words);
  });

  it('names up to three models when it is asked for one that it does not have', async () => {
    const { status, json } = await ask(await start(), '/v1/chat/completions', chat('acme/none'));
    expect(status).toBe(400);
    expect(json).toMatchObject({ error: { type: 'invalid_request_error', param: 'model', code: 'model_not_found' } });
  });

  it('answers silently with another model in 0.3 while it loads nothing by itself', async () => {
    await start({ profile: '0.3.30', jit: false });
    await simulator.load(thinker);
    const { status, json } = await complete(chat(demo));
    expect(status).toBe(200);
    expect(json).toMatchObject({ model: thinker });
    await simulator.close();
    await start({ jit: false });
    await simulator.load(thinker);
    expect((await complete(chat(demo))).status).toBe(400);
  });

  it.each([
    ['0.4.21', /n_keep \(16\) >= n_ctx \(10\)/],
    ['0.4.0', /greater than the context length \(n_keep: 16 >= n_ctx: 10\)/],
    ['0.3.30', /keep the first 16 tokens.*length of only 10 tokens/],
  ] as const)('in %s, refuses a prompt that is larger than the window', async (profile, words) => {
    await start({ profile, defaultContext: 10 });
    const { status, text } = await complete({ model: demo, messages: [{ role: 'user', content: 'x'.repeat(64) }] });
    expect(status).toBe(400);
    expect(text).toMatch(words);
    expect(simulator.inferences()).toBe(0);
  });

  it.each<[FaultName, RegExp]>([
    ['unknown-model', /Invalid model identifier/],
    ['no-models-400', /No models loaded/],
    ['no-models-404', /No models loaded/],
    ['no-models-object', /"code":null/],
    ['model-unloaded', /Model unloaded/],
    ['model-crashed', /has crashed .*Exit code: 1844674407/],
    ['grammar', /Failed to parse grammar/],
    ['template', /jinja template/],
    ['overflow-n-keep', /n_keep \(\d+\) >= n_ctx/],
    ['overflow-greater', /greater than the context length/],
    ['overflow-keep-first', /keep the first \d+ tokens/],
    ['crash-on-load', /Error loading model/],
    ['load-refused', /insufficient system resources/],
  ])('can refuse with %s, once', async (fault, words) => {
    await start();
    simulator.faults.inject(fault);
    const refused = await complete(chat(demo));
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.text).toMatch(words);
    expect((await complete(chat(demo))).status).toBe(200);
  });
});

describe('answers that go wrong (2.4, 9)', () => {
  it.each<[FaultName, RegExp]>([
    ['crash-mid-stream', /\ndata: \{"error":\{"message":"The model has crashed[^\n]*\n\n$/],
    ['overflow-mid-stream', /^data: \{"error":\{"message":"Cannot truncate/],
    ['error-object', /\ndata: \{"error":\{"message":"Compute error."\},"message":"Compute error."\}\n\n$/],
    ['error-string', /\ndata: \{"error":"Compute error."\}\n\n$/],
    ['error-event', /\nevent: error\ndata: \{"error":\{"message":"Compute error."\}\}\n\n$/],
    ['end-early', /"finish_reason":null\}\]\}\n\n$/],
    ['no-done', /"finish_reason":"stop"\}\]\}\n\n$/],
    ['empty-success', /^data: \{[^\n]*"delta":\{\}[^\n]*"finish_reason":"stop"[^\n]*\n\ndata: \[DONE\]\n\n$/],
  ])('%s comes with HTTP 200, once', async (fault, words) => {
    await start({ answers: () => ({ text: 'Hello there, everybody.' }) });
    simulator.faults.inject(fault);
    const broken = await streamed();
    expect(broken.status).toBe(200);
    expect(broken.text).toMatch(words);
    expect((await streamed()).text).toMatch(/\[DONE\]\n\n$/);
  });

  it('says errors of a whole answer with 400', async () => {
    await start();
    simulator.faults.inject('crash-mid-stream');
    const crashed = await complete(chat(demo));
    expect(crashed.status).toBe(400);
    expect(crashed.json).toEqual({
      error: 'The model has crashed without additional information. (Exit code: 6)',
    });
    expect(simulator.instancesNow()).toEqual([]);
  });

  it('puts the JSON where the thoughts belong, and nothing into the content', async () => {
    await start({ answers: [{ text: '{"a":1}' }] });
    simulator.faults.inject('json-in-reasoning');
    expect(message((await complete(chat(demo))).json)).toMatchObject({ content: '', reasoning_content: '{"a":1}' });
  });

  it('cuts the connection in the middle', async () => {
    await start();
    simulator.faults.inject('cut');
    await expect(streamed()).rejects.toThrow('terminated');
  });

  it.each<[FaultName, number]>([
    ['hang', 2],
    ['no-chunks', 0],
  ])('%s says %i chunks, then nothing, and keeps its slot until the client goes', async (fault, chunks) => {
    await start({ slots: 1, answers: () => ({ text: 'x'.repeat(32) }) });
    simulator.faults.inject(fault);
    const given = new AbortController();
    const response = await fetch(`${simulator.baseUrl()}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(chat(demo, { stream: true })),
      signal: given.signal,
    });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (dataOf(text).length < chunks) text += (await reader.read()).value ?? '';
    const after = streamed();
    await expect.poll(() => simulator.instancesNow()[0]?.queued).toBe(2);
    expect(dataOf(text)).toHaveLength(chunks);
    given.abort();
    expect((await after).text).toMatch(/\[DONE\]\n\n$/);
  });

  it('can read a prompt for more than five minutes, with or without headers before it', async () => {
    const clock = fakeClock();
    await start({ clock });
    await simulator.load(demo);
    for (const headersFirst of [true, false]) {
      simulator.faults.inject('slow-prefill');
      if (!headersFirst) simulator.faults.inject('late-headers');
      let hasHeaders = false;
      const answer = fetch(`${simulator.baseUrl()}/v1/chat/completions`, {
        method: 'POST',
        body: JSON.stringify(chat(demo, { stream: true })),
        headers: { connection: 'close' },
      }).then((response) => {
        hasHeaders = true;
        return response.text();
      });
      await expect.poll(() => simulator.instancesNow()[0]?.status).toBe('processingPrompt');
      await expect.poll(() => clock.waiting()).toBe(1);
      if (headersFirst) await expect.poll(() => hasHeaders).toBe(true);
      await clock.pass(300_000);
      expect(hasHeaders).toBe(headersFirst);
      await clock.pass(10_000);
      expect(await answer).toMatch(/\[DONE\]\n\n$/);
    }
  });

  it('keeps the slot of a client that has gone until its prompt is read, then drops it', async () => {
    const prefill = createHold();
    await start({ slots: 1, prefill });
    await simulator.load(demo);
    const given = new AbortController();
    const gone = complete(chat(demo, { stream: true }), { signal: given.signal });
    await expect.poll(() => prefill.standing()).toBe(1);
    given.abort();
    await expect(gone).rejects.toThrow(/abort/i);
    const next = streamed();
    await expect.poll(() => simulator.instancesNow()[0]).toMatchObject({ status: 'processingPrompt', queued: 2 });
    prefill.open();
    expect((await next).text).toMatch(/\[DONE\]\n\n$/);
    expect(simulator.instancesNow()[0]).toMatchObject({ status: 'idle', queued: 0 });
  });

  it('ends a stream with an error when the owner unloads its model', async () => {
    const tokenDelay = createHold();
    await start({ tokenDelay });
    await simulator.load(demo);
    const answer = streamed();
    await expect.poll(() => simulator.instancesNow()[0]?.status).toBe('generating');
    tokenDelay.open(2);
    await expect.poll(() => tokenDelay.standing()).toBe(1);
    simulator.unload(demo);
    expect((await answer).text).toMatch(/\ndata: \{"error":\{"message":"Model unloaded."\}[^\n]*\n\n$/);
  });

  it('can crash on an embedding', async () => {
    await start();
    simulator.faults.inject('crash-on-embedding');
    const crashed = await ask(simulator, '/v1/embeddings', { model: embedder, input: ['x'] });
    expect(crashed.text).toContain('has crashed');
    expect(simulator.instancesNow()).toEqual([]);
  });
});
