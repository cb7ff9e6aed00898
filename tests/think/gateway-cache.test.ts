import { describe, expect, it } from 'vitest';
import { asking, gatewayWorld, withTraits } from './gateway-world.ts';
import { request, scriptedModel, transient } from './scripted-model.ts';

const exact = { request: request({ temperature: 0 }) };

describe('the answer cache', () => {
  it('[TH8.63] gives a known answer of temperature 0 again, each channel in one piece, at no cost', async () => {
    const here = gatewayWorld();
    const model = scriptedModel(['the whole answer']);
    const first = await here.call(model, exact);
    const before = await here.spent();
    const heard: string[] = [];
    const again = await here.call(model, { ...exact, onToken: (channel, text) => heard.push(`${channel} ${text}`) });
    expect(again).toEqual({ ...first, usage: { promptTokens: 0, completionTokens: 0, exact: true } });
    expect(heard).toEqual(['answer the whole answer']);
    expect([model.requests.length, await here.spent(), here.gateway.figures().cacheHits]).toEqual([1, before, 1]);
  });

  it('[TH8.63] gives it also while the breaker is open and the budget spent', async () => {
    const here = gatewayWorld();
    const model = scriptedModel(['fine']);
    await here.call(model, exact);
    here.breaker.trip('it failed', 'owner');
    expect(await here.call(model, exact)).toMatchObject({ ok: true, answer: 'fine' });
  });

  it('[TH8.64] never gives an answer in which chance had a say', async () => {
    const here = gatewayWorld();
    const model = scriptedModel(['one', 'two']);
    expect(await here.call(model)).toMatchObject({ answer: 'one' });
    expect(await here.call(model)).toMatchObject({ answer: 'two' });
  });

  it.each([
    { text: 'cut', finish: 'length' as const },
    { text: 'cut', finish: 'broken' as const },
    { failure: transient({ code: 'stream-silent' }) },
  ])('[TH8.65] keeps only what came to its own end: %o', async (said) => {
    const here = gatewayWorld();
    const model = scriptedModel([said, 'whole']);
    await here.call(model, exact);
    expect(await here.call(model, exact)).toMatchObject({ ok: true, answer: 'whole' });
  });

  it('[TH8.65] keeps nothing that came from another model than was asked', async () => {
    const here = gatewayWorld();
    const model = scriptedModel(['']);
    let asked = 0;
    model.answer = async function* () {
      asked += 1;
      yield { kind: 'token', channel: 'answer', text: 'hi', model: 'another' };
      yield { kind: 'done', finish: 'stop', usage: null, model: 'another' };
    };
    for (let n = 0; n < 2; n++) expect(await here.call(model, exact)).toMatchObject({ model: 'another' });
    expect(asked).toBe(2);
  });

  it('[TH8.66] keeps a thousand', async () => {
    const here = gatewayWorld({ limits: { tokensPerHour: 1_000_000 } });
    const model = scriptedModel(['x']);
    for (let n = 0; n <= 1_000; n++) await here.call(model, { request: asking(`${n}`, { temperature: 0 }) });
    await here.call(model, { request: asking('1', { temperature: 0 }) });
    expect(model.requests).toHaveLength(1_001);
    await here.call(model, { request: asking('0', { temperature: 0 }) });
    expect(model.requests).toHaveLength(1_002);
  });
});

describe('equal calls at one time', () => {
  it('[TH8.67] are one request; who comes late hears first what was said', async () => {
    const here = gatewayWorld();
    const end = Promise.withResolvers<void>();
    let requests = 0;
    const model = withTraits(scriptedModel(['']), {});
    model.answer = async function* () {
      requests += 1;
      yield { kind: 'token', channel: 'reasoning', text: 'hm ' };
      await end.promise;
      yield { kind: 'token', channel: 'answer', text: 'yes' };
      yield { kind: 'done', finish: 'stop', usage: null };
    };
    const heard: string[][] = [[], []];
    const first = here.call(model, { ...exact, onToken: (_, text) => heard[0]!.push(text) });
    await here.settled();
    const second = here.call(model, { ...exact, onToken: (_, text) => heard[1]!.push(text) });
    expect(heard).toEqual([['hm '], ['hm ']]);
    end.resolve();
    expect(await first).toMatchObject({ ok: true, answer: 'yes', reasoning: 'hm ' });
    expect(await second).toEqual(await first);
    expect([heard, requests]).toEqual([
      [
        ['hm ', 'yes'],
        ['hm ', 'yes'],
      ],
      1,
    ]);
    expect((await here.spent())[0]?.calls).toBe(1);
  });

  it('[TH8.67] start over together when the request gave way', async () => {
    const here = gatewayWorld();
    const gate = Promise.withResolvers<void>();
    const model = scriptedModel([{ hang: 'half' }, 'owner', { text: 'whole', pieceChars: 5 }]);
    const answer = model.answer.bind(model);
    model.answer = async function* (asked, signal) {
      for await (const event of answer(asked, signal)) {
        yield event;
        if (event.kind === 'token' && event.text === 'whole') await gate.promise;
      }
    };
    const heard: string[] = [];
    const listening = {
      ...exact,
      onToken: (_: string, text: string) => heard.push(text),
      onRestart: () => heard.push('|'),
    };
    const calls = [here.call(model, listening), here.call(model, listening)];
    await here.settled();
    await here.call(model, { lane: 'owner' });
    await here.settled();
    expect(heard).toEqual(['half', 'half', '|', '|', 'whole', 'whole']);
    calls.push(here.call(model, listening));
    expect(heard.slice(6), 'who comes late hears nothing of what is void').toEqual(['whole']);
    gate.resolve();
    expect(await Promise.all(calls)).toMatchObject(Array.from({ length: 3 }, () => ({ answer: 'whole' })));
    await here.call(model, listening);
    expect(heard.slice(7), 'nor does who is given it again').toEqual(['whole']);
  });

  it('[TH8.68] a caller that leaves leaves the others; with the last the request ends', async () => {
    const here = gatewayWorld();
    const model = scriptedModel([{ hang: '' }, 'new']);
    const stops = [new AbortController(), new AbortController()];
    const calls = stops.map((stop) => here.call(model, { ...exact, signal: stop.signal }));
    await here.settled();
    stops[0]!.abort(new Error('first left'));
    await expect(calls[0]).rejects.toThrow('first left');
    await here.settled();
    expect(model.running()).toBe(1);
    stops[1]!.abort(new Error('last left'));
    await expect(calls[1]).rejects.toThrow('last left');
    await here.settled();
    expect(model.running()).toBe(0);
    expect(await here.call(model, exact)).toMatchObject({ ok: true, answer: 'new' });
  });

  it('[TH8.68] one that comes as the last leaves gets an answer', async () => {
    const here = gatewayWorld();
    const gate = Promise.withResolvers<void>();
    const model = scriptedModel([{ when: gate.promise, then: 'old' }, 'new']);
    const stop = new AbortController();
    const first = here.call(model, { ...exact, signal: stop.signal });
    await here.settled();
    stop.abort(new Error('left'));
    await expect(first).rejects.toThrow('left');
    const second = here.call(model, exact);
    gate.resolve();
    expect(await second).toMatchObject({ ok: true, answer: 'new' });
  });

  it('[TH8.69] of a higher lane do not wait for one of a lower', async () => {
    const here = gatewayWorld();
    const model = scriptedModel([{ hang: '' }, 'for the owner', 'for the sleep']);
    const sleep = here.call(model, { ...exact, lane: 'sleep' });
    await here.settled();
    expect(await here.call(model, { ...exact, lane: 'owner' })).toMatchObject({ answer: 'for the owner' });
    expect(await sleep).toMatchObject({ ok: true });
  });
});
