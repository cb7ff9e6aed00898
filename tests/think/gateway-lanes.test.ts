import { describe, expect, it } from 'vitest';
import type { Result } from '../../core/errors.ts';
import { asking, gatewayWorld, promptTokens, withTraits } from './gateway-world.ts';
import { request, scriptedModel, transient } from './scripted-model.ts';

describe('a call that gives way', () => {
  it('[TH8.50, TH8.51] is told to start over when words were handed on, and its tokens are counted', async () => {
    const here = gatewayWorld();
    const heard: string[] = [];
    const model = scriptedModel([{ hang: 'half a word' }, 'owner', 'a whole answer']);
    const loop = here.call(model, { onToken: (_, text) => heard.push(text), onRestart: () => heard.push('|') });
    await here.settled();
    expect(await here.call(model, { lane: 'owner', purpose: 'note' })).toMatchObject({ ok: true, answer: 'owner' });
    expect(await loop).toMatchObject({ ok: true, answer: 'a whole answer' });
    expect(heard).toEqual(['half a w', 'ord', '|', 'a whole ', 'answer']);
    expect(await here.spent()).toEqual([
      { purpose: 'note', calls: 1, tokens: promptTokens + 1 },
      { purpose: 'thought', calls: 2, tokens: 2 * promptTokens + 3 + 4 },
    ]);
    expect([here.gateway.figures().preempted, here.heard.length]).toEqual([1, 2]);
  });

  it('[TH8.51, TH8.95] is not told when nothing was handed on, and costs what its server read', async () => {
    const here = gatewayWorld();
    let restarts = 0;
    const model = scriptedModel([{ hang: '' }, 'owner', 'loop']);
    const loop = here.call(model, { onRestart: () => restarts++ });
    await here.settled();
    await here.call(model, { lane: 'owner' });
    expect(await loop).toMatchObject({ ok: true, answer: 'loop' });
    const [spent] = await here.spent();
    expect([restarts, spent]).toEqual([0, { purpose: 'thought', calls: 3, tokens: 3 * promptTokens + 2 }]);
  });

  it('[TH8.48, TH8.53] comes back also when its model calls the interruption a failure, or goes on talking', async () => {
    for (const last of ['failed', 'token'] as const) {
      const here = gatewayWorld();
      const gate = Promise.withResolvers<void>();
      const heard: string[] = [];
      let asked = 0;
      const model = withTraits(scriptedModel(['']), {});
      model.answer = async function* () {
        asked += 1;
        if (asked === 1) await gate.promise;
        if (asked === 1 && last === 'failed') yield { kind: 'failed', failure: transient({ code: 'aborted' }) };
        yield { kind: 'token', channel: 'answer', text: `${asked}` };
        yield { kind: 'done', finish: 'stop', usage: null };
      };
      const loop = here.call(model, { onToken: (_, text) => heard.push(text) });
      await here.settled();
      const owner = here.call(model, { lane: 'owner' });
      gate.resolve();
      expect(await Promise.all([loop, owner])).toMatchObject([{ answer: '3' }, { answer: '2' }]);
      expect([heard, here.breaker.state()]).toEqual([['3'], 'closed']);
    }
  });

  it('[TH8.49] gives way twice at most', async () => {
    const here = gatewayWorld();
    const end = Promise.withResolvers<void>();
    const model = scriptedModel([
      { hang: '' },
      'owner',
      { hang: '' },
      'owner',
      { when: end.promise, then: 'loop' },
      'x',
    ]);
    const loop = here.call(model);
    await here.settled();
    await here.call(model, { lane: 'owner' });
    await here.call(model, { lane: 'owner' });
    const third = here.call(model, { lane: 'owner' });
    await here.settled();
    expect(model.requests).toHaveLength(5);
    end.resolve();
    expect(await Promise.all([loop, third])).toMatchObject([{ answer: 'loop' }, { answer: 'x' }]);
  });

  it('[TH8.48] gives way in half-open too, and is the one to be tried again', async () => {
    const here = gatewayWorld();
    here.breaker.trip('it failed', 'greeting');
    await here.clock.pass(30_000);
    here.breaker.greeted();
    const model = scriptedModel([{ hang: '' }, 'fine']);
    const loop = here.call(model);
    await here.settled();
    expect(await here.call(model, { lane: 'owner' })).toMatchObject({ ok: true });
    expect(await loop).toMatchObject({ ok: true });
  });

  it('[TH8.20] ends with the caller’s reason when the caller leaves as well', async () => {
    const here = gatewayWorld();
    const stop = new AbortController();
    const gate = Promise.withResolvers<void>();
    const loop = here.call(scriptedModel([{ when: gate.promise, then: '' }]), { signal: stop.signal });
    await here.settled();
    const owner = here.call(scriptedModel(['owner']), { lane: 'owner' });
    stop.abort(new Error('paused'));
    await expect(loop).rejects.toThrow('paused');
    gate.resolve();
    expect(await owner).toMatchObject({ ok: true });
  });
});

describe('places', () => {
  it('[TH8.52] one slow model keeps nobody from another, and rules wait for none', async () => {
    const here = gatewayWorld();
    const slow = scriptedModel([{ hang: '' }]);
    const stop = new AbortController();
    const hanging = here.call(slow, { signal: stop.signal, lane: 'owner' });
    const other = withTraits(scriptedModel(['fine']), { place: 'elsewhere' });
    expect(await here.call(other, { lane: 'agents' })).toMatchObject({ ok: true });
    expect(await here.call(scriptedModel(['rules'], { kind: 'rules' }))).toMatchObject({ ok: true, answer: 'rules' });
    stop.abort(new Error('over'));
    await expect(hanging).rejects.toThrow('over');
  });
});

describe('courtesy', () => {
  it('[TH8.54] is waited for below the owner’s lane, holding no turn', async () => {
    const gate = Promise.withResolvers<Result<null>>();
    const asked: string[] = [];
    const here = gatewayWorld({
      courtesy: ({ lane, model }) => {
        asked.push(`${lane} ${model.reasoner.name}`);
        return gate.promise;
      },
    });
    const model = scriptedModel(['fine']);
    const loop = here.call(model);
    await here.settled();
    expect(await here.call(model, { lane: 'owner' })).toMatchObject({ ok: true });
    expect([asked, model.requests.length]).toEqual([['loop scripted'], 1]);
    gate.resolve({ ok: true, value: null });
    expect(await loop).toMatchObject({ ok: true });
  });

  it('[TH8.94] is not waited for again by a call that gave way: it keeps the head of its lane', async () => {
    let asked = 0;
    const here = gatewayWorld({
      courtesy: () => (++asked > 2 ? new Promise(() => undefined) : Promise.resolve({ ok: true, value: null })),
    });
    const order: string[] = [];
    const model = scriptedModel((sent) => {
      const name = sent.messages[0]?.content ?? '';
      order.push(name);
      return order.length === 1 ? { hang: '' } : name;
    });
    const calls = [here.call(model, { request: asking('first') })];
    await here.settled();
    calls.push(here.call(model, { request: asking('second') }));
    await here.settled();
    calls.push(here.call(model, { request: asking('owner'), lane: 'owner' }));
    await Promise.all(calls);
    expect([order, asked]).toEqual([['first', 'owner', 'first', 'second'], 2]);
  });

  it('[TH8.54] refused, the call fails with its words and has cost nothing', async () => {
    const failure = transient({ code: 'busy-elsewhere' });
    const here = gatewayWorld({ courtesy: async () => ({ ok: false, failure }) });
    const model = scriptedModel(['fine']);
    for (let n = 0; n < 4; n++) expect(await here.call(model)).toEqual({ ok: false, failure });
    expect([model.requests.length, await here.spent(), here.heard, here.breaker.state()]).toEqual([
      0,
      [],
      [],
      'closed',
    ]);
  });

  it('[TH8.54] ends with the caller', async () => {
    const here = gatewayWorld({ courtesy: () => new Promise(() => undefined) });
    const stop = new AbortController();
    const call = here.call(scriptedModel(['fine']), { signal: stop.signal });
    stop.abort(new Error('paused'));
    await expect(call).rejects.toThrow('paused');
    expect(here.gateway.figures().waiting.loop).toBe(0);
  });
});

describe('what was sent and came to nothing', () => {
  it('[TH8.95] is booked with its prompt when it was ended before a word, and not at all when it failed', async () => {
    const here = gatewayWorld();
    const stop = new AbortController();
    const ended = here.call(scriptedModel([{ hang: '' }]), { signal: stop.signal });
    await here.settled();
    stop.abort(new Error('paused'));
    await expect(ended).rejects.toThrow('paused');
    await here.settled();
    expect(await here.spent()).toEqual([{ purpose: 'thought', calls: 1, tokens: promptTokens }]);
    const failed = scriptedModel([{ failure: transient({ code: 'stream-silent' }) }]);
    expect(await here.call(failed, { purpose: 'other' })).toMatchObject({ ok: false });
    expect((await here.spent()).map(({ purpose }) => purpose)).toEqual(['thought']);
  });
});

describe('trying again', () => {
  it('[TH8.93] leaves alone what took as long as anyone waits', async () => {
    const here = gatewayWorld();
    const model = scriptedModel([{ failure: transient({ code: 'call-too-long' }) }]);
    expect(await here.call(model)).toMatchObject({ ok: false });
    expect(model.requests).toHaveLength(1);
  });

  it('[TH8.56] asks once more after an empty answer, and no third time', async () => {
    const here = gatewayWorld();
    const empty = transient({ class: 'model-output', code: 'empty-answer' });
    const model = scriptedModel([{ failure: empty }]);
    const call = here.call(model);
    await here.settled();
    await here.clock.pass(60_000);
    expect([await call, model.requests.length]).toEqual([{ ok: false, failure: empty }, 2]);
  });

  it('[TH8.57] lets others have the turn between two tries', async () => {
    const here = gatewayWorld();
    const model = scriptedModel([{ failure: transient() }, 'another', 'again']);
    const first = here.call(model);
    await here.settled();
    expect(await here.call(model)).toMatchObject({ ok: true, answer: 'another' });
    await here.clock.pass(1_000);
    expect(await first).toMatchObject({ ok: true, answer: 'again' });
  });
});

describe('a server that is not on this machine', () => {
  const far = (said: Parameters<typeof scriptedModel>[0]) => withTraits(scriptedModel(said), { remote: true });

  it('[TH8.58, TH8.61] is not asked more often than it may be; a waiting call holds no turn', async () => {
    const here = gatewayWorld({ remote: { requestsPerMinute: 1, burst: 1 } });
    const model = far(['first', 'second']);
    await here.call(model);
    const second = here.call(model);
    await here.settled();
    expect(await here.call(withTraits(scriptedModel(['near']), { place: model.traits.place }))).toMatchObject({
      ok: true,
    });
    expect([model.requests.length, here.gateway.figures().waiting.loop]).toEqual([1, 1]);
    await here.clock.pass(60_000);
    expect(await second).toMatchObject({ ok: true, answer: 'second' });
  });

  it('[TH8.61] is asked for the owner first', async () => {
    const here = gatewayWorld({ remote: { requestsPerMinute: 1, burst: 1 } });
    const model = far((asked) => asked.messages[0]?.content ?? '');
    await here.call(model);
    const calls = (['agents', 'loop', 'owner'] as const).map((lane) =>
      here.call(model, { lane, request: asking(lane) }),
    );
    await here.settled();
    await here.clock.pass(180_000);
    await Promise.all(calls);
    expect(model.requests.slice(1).map((each) => each.messages[0]?.content)).toEqual(['owner', 'loop', 'agents']);
  });

  it('[TH8.59] is not sent what is larger than a minute’s tokens', async () => {
    const here = gatewayWorld({ remote: { tokensPerMinute: 100 } });
    const model = far(['fine']);
    expect(await here.call(model)).toMatchObject({
      ok: false,
      failure: { code: 'larger-than-rate', class: 'resource' },
    });
    expect(model.requests).toHaveLength(0);
  });

  it('[TH8.60] gets back what an answer did not take, and all of a call that was refused or left', async () => {
    const here = gatewayWorld({
      remote: { tokensPerMinute: promptTokens + 100, requestsPerMinute: 2, burst: 1 },
      limits: { purposes: { none: 0 } },
    });
    const usage = { promptTokens: 5, completionTokens: 5, exact: true };
    const model = far([{ text: 'fine', usage }]);
    await here.call(model);
    expect(await here.call(model, { purpose: 'none', request: request({ maxTokens: 10 }) })).toMatchObject({
      failure: { code: 'larger-than-budget' },
    });
    const end = new AbortController();
    const held = here.call(scriptedModel([{ hang: '' }]), { lane: 'owner', signal: end.signal });
    const stop = new AbortController();
    const left = here.call(model, { signal: stop.signal, request: request({ maxTokens: 10 }) });
    await here.settled();
    stop.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    const last = here.call(withTraits(model, { concurrency: 2 }), { request: request({ maxTokens: 80 }) });
    await here.settled();
    expect(await last).toMatchObject({ ok: true });
    expect(model.requests).toHaveLength(2);
    end.abort(new Error('over'));
    await expect(held).rejects.toThrow('over');
  });

  it('[TH8.62] only then: a server on this machine has no rate limit', async () => {
    const here = gatewayWorld({ remote: { requestsPerMinute: 1, tokensPerMinute: 100 } });
    const model = scriptedModel(['fine']);
    for (let n = 0; n < 20; n++) expect(await here.call(model)).toMatchObject({ ok: true });
  });
});
