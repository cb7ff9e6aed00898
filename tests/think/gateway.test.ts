import { describe, expect, it } from 'vitest';
import type { GatewayCall } from '../../core/think/gateway/gateway.ts';
import { gatewayWorld, promptTokens, withTraits } from './gateway-world.ts';
import { request, scriptedModel, transient } from './scripted-model.ts';

const world = (limits = {}) => gatewayWorld({ limits });

describe('the one door to every model', () => {
  it('[TH8.2] lets one call through at a time', async () => {
    const { call, settled } = world();
    const gate = Promise.withResolvers<void>();
    const slow = scriptedModel([{ when: gate.promise, then: 'done' }]);
    const other = scriptedModel(['done']);
    const calls = [call(slow), call(slow), call(other)];
    await settled();
    expect([slow.requests.length, other.requests.length]).toEqual([1, 0]);
    gate.resolve();
    expect((await Promise.all(calls)).every((answer) => answer.ok)).toBe(true);
    expect([slow.most(), other.requests.length]).toEqual([1, 1]);
  });

  it('[TH8.3] lets the owner go before the loop, and equals in order', async () => {
    const { call, settled } = world();
    const gate = Promise.withResolvers<void>();
    const model = scriptedModel((asked) =>
      asked.messages[0]?.content === 'first' ? { when: gate.promise, then: '' } : 'x',
    );
    const ask = (content: string, lane: GatewayCall['lane']) =>
      call(model, { lane, request: request({ messages: [{ role: 'user', content }] }) });
    const calls = [
      ask('first', 'owner'),
      ask('loop 1', 'loop'),
      ask('owner 1', 'owner'),
      ask('loop 2', 'loop'),
      ask('owner 2', 'owner'),
    ];
    await settled();
    gate.resolve();
    await Promise.all(calls);
    expect(model.requests.map((each) => each.messages[0]?.content)).toEqual([
      'first',
      'owner 1',
      'owner 2',
      'loop 1',
      'loop 2',
    ]);
  });

  it('[TH8.2] hands on tokens by channel and tells who answered and how it ended', async () => {
    const { call } = world();
    const heard: string[] = [];
    const model = scriptedModel([{ text: 'abcdefghijk', finish: 'length', channel: 'reasoning' }]);
    const answer = await call(model, { onToken: (channel, text) => heard.push(`${channel} ${text}`) });
    expect(heard).toEqual(['reasoning abcdefgh', 'reasoning ijk']);
    expect(answer).toMatchObject({
      ok: true,
      answer: '',
      reasoning: 'abcdefghijk',
      finish: 'length',
      reasoner: { kind: 'server', name: 'scripted' },
    });
  });
});

describe('trying again', () => {
  it('[TH8.4] tries a failure that may pass three times in all, waiting longer each time', async () => {
    const { call, settled, clock } = world();
    const model = scriptedModel([{ failure: transient() }]);
    const answer = call(model);
    await settled();
    const askedAt = [clock.elapsed()];
    for (let tries = 2; tries <= 3; tries++) {
      while (model.requests.length < tries) await clock.pass(10);
      askedAt.push(clock.elapsed());
    }
    const [first = 0, second = 0, third = 0] = askedAt;
    expect(second - first).toBeGreaterThanOrEqual(500);
    expect(second - first).toBeLessThanOrEqual(1_010);
    expect(third - second).toBeGreaterThanOrEqual(1_000);
    expect(third - second).toBeLessThanOrEqual(2_010);
    expect(await answer).toEqual({ ok: false, failure: transient() });
    expect(model.requests).toHaveLength(3);
  });

  it('[TH8.4] gives the answer of the try that went well', async () => {
    const { call, settled, clock } = world();
    const model = scriptedModel([{ failure: transient() }, 'fine']);
    const answer = call(model);
    await settled();
    await clock.pass(1_000);
    expect(await answer).toMatchObject({ ok: true, answer: 'fine' });
  });

  it.each([
    transient({ class: 'permanent' }),
    transient({ class: 'permission', code: 'auth-required' }),
    transient({ class: 'model-output', code: 'runaway' }),
    transient({ class: 'resource', code: 'context-overflow' }),
    ...[
      'connection-refused',
      'stream-silent',
      'model-crashed',
      'model-unloaded',
      'no-model',
      'insufficient-resources',
      'model-load-failed',
      'busy-elsewhere',
    ].map((code) => transient({ code })),
  ])('[TH8.8] does not try $class $code again', async (failure) => {
    const { call } = world();
    const model = scriptedModel([{ failure }]);
    expect(await call(model)).toEqual({ ok: false, failure });
    expect(model.requests).toHaveLength(1);
  });

  it('[TH8.5] never tries again once words were handed on', async () => {
    for (const said of [{ failure: transient(), after: 'some words' }, { breakOff: 'some words' }]) {
      const { call, settled, clock } = world();
      const model = scriptedModel([said, 'other words']);
      const heard: string[] = [];
      const answer = call(model, { onToken: (_, text) => heard.push(text) });
      await settled();
      await clock.pass(60_000);
      expect(await answer).toMatchObject({ ok: false, failure: { class: 'transient' } });
      expect([model.requests.length, heard.join('')]).toEqual([1, 'some words']);
    }
  });

  it('[TH8.6] waits as long as the server asks', async () => {
    const { call, settled, clock } = world();
    const model = scriptedModel([{ failure: transient({ class: 'rate-limited', retryAfterMs: 17_000 }) }, 'fine']);
    const answer = call(model);
    await settled();
    await clock.pass(16_999);
    expect(model.requests).toHaveLength(1);
    await clock.pass(1);
    expect(await answer).toMatchObject({ ok: true, answer: 'fine' });
  });

  it('[TH8.7] does not come back sooner than the server asks when that is too long to wait', async () => {
    const { call } = world();
    const model = scriptedModel([{ failure: transient({ class: 'rate-limited', retryAfterMs: 120_000 }) }]);
    expect(await call(model)).toMatchObject({ ok: false, failure: { retryAfterMs: 120_000 } });
    expect(model.requests).toHaveLength(1);
  });
});

describe('the circuit breaker', () => {
  const silent = { failure: transient({ code: 'stream-silent' }) };
  const untilItMay = async ({ clock, breaker }: ReturnType<typeof gatewayWorld>) => {
    await clock.pass(30_000);
    breaker.greeted();
  };

  it('[TH8.9, TH8.40] opens after three failed calls in a row, and then asks nothing and says why', async () => {
    const { call, heard } = world();
    const model = scriptedModel([silent]);
    for (let n = 0; n < 3; n++) expect(await call(model)).toMatchObject({ failure: { code: 'stream-silent' } });
    expect(await call(model)).toMatchObject({
      ok: false,
      failure: { code: 'circuit-open', class: 'transient', message: expect.stringContaining('3 times in a row') },
    });
    expect([model.requests.length, heard.length]).toEqual([3, 3]);
  });

  it('[TH8.9] counts a call once, however often it was tried', async () => {
    const { call, clock, breaker, settled } = world();
    const answer = call(scriptedModel([{ failure: transient() }]));
    await settled();
    await clock.pass(60_000);
    expect([(await answer).ok, breaker.state()]).toEqual([false, 'closed']);
  });

  it('[TH8.9] counts only failures in a row, and none that say nothing about the server', async () => {
    const { call } = world();
    const model = scriptedModel([silent, silent, 'fine', silent, silent, 'fine']);
    for (let n = 0; n < 6; n++) await call(model);
    expect(model.requests).toHaveLength(6);
    const overflowing = scriptedModel([{ failure: transient({ class: 'resource', code: 'context-overflow' }) }]);
    for (let n = 0; n < 5; n++) await call(overflowing);
    expect(overflowing.requests).toHaveLength(5);
  });

  it('[TH8.10] lets one call through after a good greeting, not retried, and stays open when that fails', async () => {
    const here = world();
    const model = scriptedModel([silent, silent, silent, { failure: transient() }, 'fine']);
    for (let n = 0; n < 3; n++) await here.call(model);
    await here.clock.pass(60_000);
    expect(await here.call(model)).toMatchObject({ failure: { code: 'circuit-open' } });
    here.breaker.greeted();
    expect(await here.call(model)).toMatchObject({ failure: { code: 'server-error' } });
    expect(await here.call(model)).toMatchObject({ failure: { code: 'circuit-open' } });
    await untilItMay(here);
    await untilItMay(here);
    expect(await here.call(model)).toMatchObject({ ok: true, answer: 'fine' });
    expect(await here.call(model)).toMatchObject({ ok: true });
    expect(model.requests).toHaveLength(6);
  });

  it('[TH8.40] refuses a call that waited while it opened', async () => {
    const here = world();
    const gate = Promise.withResolvers<void>();
    const first = here.call(scriptedModel([{ when: gate.promise, then: 'fine' }]));
    const model = scriptedModel(['never']);
    const second = here.call(model);
    await here.settled();
    here.breaker.trip('the model crashed twice', 'owner');
    gate.resolve();
    expect(await first).toMatchObject({ ok: true });
    expect(await second).toMatchObject({ ok: false, failure: { code: 'circuit-open' } });
    expect(model.requests).toHaveLength(0);
  });

  it('[TH8.43] half-open asks no second while the first is under way, and another when that was aborted', async () => {
    const here = world();
    here.breaker.trip('it failed', 'greeting');
    await untilItMay(here);
    const stop = new AbortController();
    const model = withTraits(scriptedModel([{ hang: '' }, 'fine']), { concurrency: 2 });
    const first = here.call(model, { signal: stop.signal });
    await here.settled();
    expect(await here.call(model)).toMatchObject({ ok: false, failure: { code: 'circuit-open' } });
    stop.abort(new Error('paused'));
    await expect(first).rejects.toThrow('paused');
    await here.settled();
    const { hourLimit, hourUsed } = here.budget.figures();
    const whole = here.budget.reserve(hourLimit - hourUsed, 'x');
    expect(whole.ok, 'nothing stays promised').toBe(true);
    if (whole.ok) await whole.value.settle(0);
    expect(await here.call(model)).toMatchObject({ ok: true, answer: 'fine' });
    expect(here.breaker.state()).toBe('closed');
  });

  it('[TH8.43] keeps half-open’s one call from a request that cannot be paid', async () => {
    const here = world({ tokensPerHour: promptTokens + 100 });
    here.breaker.trip('it failed', 'greeting');
    await untilItMay(here);
    const model = scriptedModel(['fine']);
    expect(await here.call(model, { request: request({ maxTokens: 101 }) })).toMatchObject({ ok: false });
    expect(await here.call(model)).toMatchObject({ ok: true });
  });

  it('[TH8.11] is one for the model server; rules are asked whatever it says', async () => {
    const { call, breaker } = world();
    breaker.trip('it failed', 'owner');
    expect(await call(scriptedModel(['fine']))).toMatchObject({ ok: false });
    expect(await call(scriptedModel(['fine'], { kind: 'rules' }))).toMatchObject({ ok: true });
  });
});

describe('what a call costs', () => {
  it('[TH8.12] promises prompt and longest answer before, books what the server says after', async () => {
    const here = world({ tokensPerHour: promptTokens + 100 });
    const gate = Promise.withResolvers<void>();
    const usage = { promptTokens: 12, completionTokens: 30, exact: true };
    const model = scriptedModel((_) => ({ when: gate.promise, then: 'fine' }));
    const call = here.call(model);
    await here.settled();
    expect(here.budget.reserve(1, 'x').ok).toBe(false);
    gate.resolve();
    await call;
    await here.call(scriptedModel([{ text: 'fine', usage }]), {
      purpose: 'repair',
      request: request({ maxTokens: 10 }),
    });
    expect(await here.spent()).toEqual([
      { purpose: 'repair', calls: 1, tokens: 42 },
      { purpose: 'thought', calls: 1, tokens: promptTokens + 1 },
    ]);
  });

  it('[TH8.21] books an estimate where the server gives no figures, and says so', async () => {
    const here = world();
    const answer = await here.call(scriptedModel([{ text: 'one two three four', pieceChars: 4 }]));
    expect(answer).toMatchObject({
      ok: true,
      usage: { promptTokens, completionTokens: expect.any(Number), exact: false },
    });
    const [entry] = await here.spent();
    expect(entry?.tokens).toBeGreaterThan(promptTokens + 3);
  });

  it('[TH8.21] learns this model’s own tokens from exact figures', async () => {
    const here = world();
    const long = request({ messages: [{ role: 'user', content: 'several words of a prompt '.repeat(40) }] });
    const rough = here.tokens.count(long.messages[0]?.content ?? '');
    await here.call(
      scriptedModel([{ text: 'x', usage: { promptTokens: rough * 2, completionTokens: 1, exact: true } }]),
      { request: long },
    );
    expect(here.tokens.ratio()).toBeCloseTo(1.3, 5);
  });

  it('[TH8.13] books what had arrived when a call fails half-way, nothing when it never began, and ends the promise', async () => {
    const here = world({ tokensPerHour: promptTokens + 100 });
    await here.call(scriptedModel([{ failure: transient({ code: 'stream-silent' }), after: 'half' }]));
    expect(await here.spent()).toEqual([{ purpose: 'thought', calls: 1, tokens: promptTokens + 1 }]);
    await here.call(scriptedModel([{ failure: transient({ code: 'connection-refused' }) }]), {
      request: request({ maxTokens: 1 }),
    });
    expect(await here.spent()).toHaveLength(1);
    expect(here.budget.reserve(100 - 1, 'x').ok).toBe(true);
  });

  it('[TH8.13] books what had arrived when a call is aborted', async () => {
    const here = world({ tokensPerHour: promptTokens + 100 });
    const controller = new AbortController();
    const call = here.call(scriptedModel([{ hang: 'half' }]), { signal: controller.signal });
    await here.settled();
    controller.abort(new Error('paused'));
    await expect(call).rejects.toThrow('paused');
    await here.settled();
    expect(await here.spent()).toEqual([{ purpose: 'thought', calls: 1, tokens: promptTokens + 1 }]);
    expect(here.budget.reserve(99, 'x').ok).toBe(true);
  });

  it('[TH8.14] a call larger than the budget is refused at once, and reaches no model', async () => {
    const model = scriptedModel(['fine']);
    expect(await world({ tokensPerHour: promptTokens + 99 }).call(model)).toMatchObject({
      ok: false,
      failure: { class: 'resource', code: 'larger-than-budget' },
    });
    expect(model.requests).toHaveLength(0);
  });

  it('[TH8.15] a call without room is refused at once, and reaches no model', async () => {
    const here = world({ tokensPerHour: promptTokens + 120 });
    const model = scriptedModel([{ text: 'x', usage: { promptTokens: 20, completionTokens: 20, exact: true } }]);
    await here.call(model);
    expect(await here.call(model)).toMatchObject({ ok: false, failure: { code: 'budget-spent' } });
    expect(model.requests).toHaveLength(1);
  });

  it('[TH8.18] a budget of zero stops every model but the rules', async () => {
    const here = world({ tokensPerHour: 0 });
    const model = scriptedModel(['fine']);
    expect(await here.call(model)).toMatchObject({ ok: false });
    expect(model.requests).toHaveLength(0);
    expect(await here.call(scriptedModel(['fine'], { kind: 'rules' }))).toMatchObject({ ok: true, answer: 'fine' });
  });

  it('[TH8.16] rules cost nothing', async () => {
    const here = world();
    await here.call(scriptedModel(['many words '.repeat(99)], { kind: 'rules' }));
    expect(await here.store.spent(0)).toEqual([]);
    expect(here.budget.figures().hourUsed).toBe(0);
  });
});

describe('an abort', () => {
  const stop = new Error('paused');

  it('[TH8.20] ends a waiting call at once, which then reaches no model', async () => {
    const { call, settled } = world();
    const gate = Promise.withResolvers<void>();
    const first = call(scriptedModel([{ when: gate.promise, then: 'fine' }]));
    const model = scriptedModel(['fine']);
    const controller = new AbortController();
    const second = call(model, { signal: controller.signal });
    await settled();
    controller.abort(stop);
    await expect(second).rejects.toBe(stop);
    gate.resolve();
    await first;
    await settled();
    expect(model.requests).toHaveLength(0);
    await expect(call(model, { signal: controller.signal })).rejects.toBe(stop);
  });

  it('[TH8.20] ends a wait between two tries at once, leaves no timer, and lets the next call go', async () => {
    const { call, settled, clock } = world();
    const model = scriptedModel([{ failure: transient({ retryAfterMs: 30_000 }) }]);
    const controller = new AbortController();
    const first = call(model, { signal: controller.signal });
    await settled();
    controller.abort(stop);
    await expect(first).rejects.toBe(stop);
    await settled();
    expect(clock.waiting()).toBe(0);
    expect(await call(scriptedModel(['fine']))).toMatchObject({ ok: true });
    expect(model.requests).toHaveLength(1);
  });

  it('[TH8.20] lets the next call wait until the model has really ended', async () => {
    const { call, settled } = world();
    const gate = Promise.withResolvers<void>();
    const slowToEnd = scriptedModel([{ when: gate.promise, then: 'late' }]);
    const controller = new AbortController();
    const first = call(slowToEnd, { signal: controller.signal });
    await settled();
    controller.abort(stop);
    await expect(first).rejects.toBe(stop);
    const other = scriptedModel(['fine']);
    const next = call(other);
    await settled();
    expect([slowToEnd.running(), other.requests.length]).toEqual([1, 0]);
    gate.resolve();
    expect(await next).toMatchObject({ ok: true });
  });

  it('[TH8.20] counts as no failure of the server', async () => {
    const { call, settled } = world();
    const model = scriptedModel((_) => (model.requests.length <= 5 ? { hang: '' } : 'fine'));
    for (let n = 0; n < 5; n++) {
      const controller = new AbortController();
      const pending = call(model, { signal: controller.signal });
      await settled();
      controller.abort(stop);
      await expect(pending).rejects.toBe(stop);
    }
    expect(await call(model)).toMatchObject({ ok: true, answer: 'fine' });
  });
});
