import { describe, expect, it } from 'vitest';
import type { ModelEvent } from '../../core/ports.ts';
import type { Processor, Verdict } from '../../core/think/stream/processor.ts';
import { gatewayWorld, promptTokens, withTraits } from './gateway-world.ts';
import { request, scriptedModel, transient } from './scripted-model.ts';

const atText = (name: string, wanted: string, verdict: Verdict) => (): Processor => {
  let said = '';
  return {
    name,
    push({ text }) {
      said += text;
      return said.includes(wanted) ? verdict : null;
    },
  };
};
const complete = atText('decision', '}', { kind: 'complete' });
const cut = atText('runaway', 'ha ha', { kind: 'cut', why: transient({ class: 'model-output', code: 'runaway' }) });

describe('processors of the stream', () => {
  it('[TH8.83] end it when all is said: the request ends and the answer counts', async () => {
    const here = gatewayWorld();
    const heard: string[] = [];
    const model = scriptedModel([{ text: '{ "a": 1 } and more', pieceChars: 5 }]);
    const answer = await here.call(model, { processors: () => [complete()], onToken: (_, text) => heard.push(text) });
    expect(answer).toMatchObject({ ok: true, answer: '{ "a": 1 }', finish: 'stop', stopped: 'decision', model: null });
    expect([heard, model.running()]).toEqual([['{ "a"', ': 1 }'], 0]);
    expect(here.gateway.figures()).toMatchObject({ answered: 1, stoppedEarly: 1, running: [] });
    expect(await here.spent()).toEqual([{ purpose: 'thought', calls: 1, tokens: promptTokens + 7 }]);
  });

  const usage = { promptTokens: 90, completionTokens: 7, exact: true };
  const whole = { kind: 'token' as const, channel: 'answer' as const, text: '{ "a": 1 }' };
  /** A model that says all that is wanted, and then this. */
  const goingOn = (rest: (signal: AbortSignal) => AsyncIterable<ModelEvent>) => {
    const model = withTraits(scriptedModel(['']), {});
    let ended = 0;
    model.answer = async function* (_, signal) {
      try {
        yield whole;
        yield* rest(signal);
      } finally {
        ended += 1;
      }
    };
    return { model, ended: () => ended };
  };
  const stoppable = { processors: () => [complete()] };

  it('[TH8.90] wait for the server’s figures when all is said, and calibrate by them', async () => {
    const here = gatewayWorld();
    const { model, ended } = goingOn(async function* () {
      yield { kind: 'token', channel: 'reasoning', text: 'so be it' };
      yield { kind: 'done', finish: 'length', usage, model: 'another' };
    });
    const answer = await here.call(model, stoppable);
    expect(answer).toMatchObject({ answer: '{ "a": 1 }', finish: 'stop', stopped: null, usage, model: 'another' });
    expect([await here.spent(), here.gateway.figures().stoppedEarly, ended(), here.clock.waiting()]).toEqual([
      [{ purpose: 'thought', calls: 1, tokens: 97 }],
      0,
      1,
      0,
    ]);
  });

  it('[TH8.90] wait not over another word, and hand it to nobody', async () => {
    const here = gatewayWorld();
    const heard: string[] = [];
    const { model, ended } = goingOn(async function* () {
      yield { kind: 'token', channel: 'answer', text: ' and' };
      throw new Error('read on');
    });
    const answer = await here.call(model, { ...stoppable, onToken: (_, text) => heard.push(text) });
    expect(answer).toMatchObject({ answer: '{ "a": 1 }', stopped: 'decision', usage: { exact: false } });
    expect([heard, ended(), here.clock.waiting()]).toEqual([['{ "a": 1 }'], 1, 0]);
  });

  it('[TH8.90] wait no longer than a quarter of a second: then the request is ended though nothing comes', async () => {
    const here = gatewayWorld();
    const { model, ended } = goingOn(async function* (signal) {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      yield whole;
    });
    let answer: unknown = null;
    const call = here.call(model, stoppable).then((said) => (answer = said));
    await here.settled();
    await here.clock.pass(249);
    expect([answer, ended()]).toEqual([null, 0]);
    await here.clock.pass(1);
    await call;
    expect(answer).toMatchObject({ ok: true, finish: 'stop', stopped: 'decision', broke: null });
    expect([ended(), here.gateway.figures().running.length]).toEqual([1, 0]);
  });

  it('[TH8.90] keep the answer when its call has to give way meanwhile', async () => {
    const here = gatewayWorld();
    const { model } = goingOn(async function* (signal) {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      yield whole;
    });
    const loop = here.call(model, stoppable);
    await here.settled();
    expect(await here.call(scriptedModel(['fine']), { lane: 'owner' })).toMatchObject({ ok: true, answer: 'fine' });
    expect(await loop).toMatchObject({ ok: true, answer: '{ "a": 1 }', finish: 'stop' });
    expect(here.gateway.figures()).toMatchObject({ answered: 2, preempted: 0 });
  });

  it('[TH8.90] keep the answer when its stream breaks afterwards', async () => {
    const here = gatewayWorld();
    const { model } = goingOn(async function* () {
      yield { kind: 'failed', failure: transient() };
    });
    expect(await here.call(model, stoppable)).toMatchObject({ ok: true, finish: 'stop', broke: null });
    expect(here.breaker.state()).toBe('closed');
  });

  it('[TH8.91] what was said is booked by the whole text, not by its pieces, also when it was broken off', async () => {
    for (const said of [{ text: 'internationalization', pieceChars: 1 }, { hang: 'internationalization' }]) {
      const here = gatewayWorld();
      const stop = new AbortController();
      const call = here.call(scriptedModel([said]), { signal: stop.signal }).catch(() => null);
      await here.settled();
      stop.abort(new Error('paused'));
      await call;
      await here.settled();
      expect((await here.spent())[0]?.tokens).toBe(promptTokens + 4);
    }
  });

  it('[TH8.84] cut it when what comes is worth nothing: the answer is known as broken', async () => {
    const here = gatewayWorld();
    const model = scriptedModel([{ text: 'ha ha ha ha ha', pieceChars: 3 }]);
    const answer = await here.call(model, { processors: () => [complete(), cut()] });
    const broke = { class: 'model-output', code: 'runaway' };
    expect(answer).toMatchObject({ ok: true, answer: 'ha ha ', finish: 'broken', stopped: 'runaway', broke });
    expect([here.gateway.figures().stoppedEarly, here.breaker.state(), model.requests.length]).toEqual([
      1,
      'closed',
      1,
    ]);
  });

  it('[TH8.83] the first verdict counts, and without one the answer is not said to be stopped', async () => {
    const here = gatewayWorld();
    const both = await here.call(scriptedModel([{ text: 'ha ha }', pieceChars: 7 }]), {
      processors: () => [cut(), complete()],
    });
    expect(both).toMatchObject({ stopped: 'runaway' });
    expect(await here.call(scriptedModel(['fine']), { processors: () => [cut()] })).toMatchObject({
      finish: 'stop',
      stopped: null,
    });
    expect(here.gateway.figures().stoppedEarly).toBe(1);
  });

  it('[TH8.85] are made anew for each attempt', async () => {
    const here = gatewayWorld();
    let made = 0;
    const model = scriptedModel([{ hang: 'half }'.slice(0, 4) }, 'owner', 'whole }']);
    const loop = here.call(model, {
      processors: () => {
        made += 1;
        return [complete()];
      },
    });
    await here.settled();
    await here.call(model, { lane: 'owner' });
    expect([await loop, made]).toMatchObject([{ answer: 'whole }', stopped: null }, 2]);
  });

  it('[TH8.83] an answer that was stopped early is found again only by a call that would stop it likewise', async () => {
    const here = gatewayWorld();
    const exact = { request: request({ temperature: 0 }) };
    const model = scriptedModel([{ text: '{} and more', pieceChars: 2 }]);
    for (let n = 0; n < 2; n++)
      expect(await here.call(model, { ...exact, processors: () => [complete()] })).toMatchObject({ answer: '{}' });
    expect(await here.call(model, exact)).toMatchObject({ answer: '{} and more' });
    expect(model.requests).toHaveLength(2);
  });
});

describe('what is known of a call', () => {
  const saying = (...events: ModelEvent[]) => {
    const model = withTraits(scriptedModel(['']), {});
    model.answer = async function* () {
      yield* events;
    };
    return model;
  };

  it('[TH8.86] who answered when it was another than was asked, and how each call ended that reached the server', async () => {
    const here = gatewayWorld();
    const other = saying(
      { kind: 'token', channel: 'answer', text: 'hi' },
      { kind: 'done', finish: 'stop', usage: null, model: 'another-model' },
    );
    expect(await here.call(other)).toMatchObject({ ok: true, model: 'another-model' });
    await here.call(scriptedModel(['fine']));
    await here.call(scriptedModel([{ failure: transient({ code: 'model-crashed' }) }]));
    await here.call(scriptedModel(['fine'], { kind: 'rules' }));
    await here.call(scriptedModel(['fine']), { request: request({ maxTokens: 9_000_000 }) });
    expect(here.heard).toEqual([
      { failure: null, answeredBy: 'another-model' },
      { failure: null, answeredBy: null },
      { failure: 'model-crashed', answeredBy: null },
    ]);
  });

  it('[TH8.81] a model that reasons is promised its allowance as well', async () => {
    const limits = { tokensPerHour: promptTokens + 149 };
    const asked = { request: request({ maxTokens: 100, reasoningTokens: 50 }) };
    const model = scriptedModel(['fine']);
    expect(await gatewayWorld({ limits }).call(model, asked)).toMatchObject({ ok: true });
    expect(await gatewayWorld({ limits }).call(withTraits(model, { reasons: true }), asked)).toMatchObject({
      failure: { code: 'larger-than-budget' },
    });
  });

  it('[TH8.82] zeros for figures are no figures', async () => {
    const here = gatewayWorld();
    const usage = { promptTokens: 0, completionTokens: 0, exact: true };
    expect(await here.call(scriptedModel([{ text: 'one two', usage }]))).toMatchObject({
      usage: { promptTokens, completionTokens: expect.any(Number) as number, exact: false },
    });
    expect((await here.spent())[0]?.tokens).toBeGreaterThan(promptTokens);
  });

  it('[TH8.76] a purpose without tokens left reaches no model', async () => {
    const here = gatewayWorld({ limits: { purposes: { dream: promptTokens + 100 } } });
    const model = scriptedModel(['fine']);
    expect(await here.call(model, { purpose: 'dream' })).toMatchObject({ ok: true });
    expect(await here.call(model, { purpose: 'dream' })).toMatchObject({ failure: { code: 'purpose-budget-spent' } });
    expect(await here.call(model)).toMatchObject({ ok: true });
    expect(model.requests).toHaveLength(2);
  });

  it('[TH8.87] the figures tell what runs, what waits, how fast it was, and how calls ended', async () => {
    const here = gatewayWorld();
    const { clock } = here;
    expect(here.gateway.figures()).toEqual({
      running: [],
      waiting: { owner: 0, loop: 0, sleep: 0, agents: 0 },
      tokensPerSecond: null,
      firstTokenMs: null,
      answered: 0,
      failed: 0,
      cacheHits: 0,
      stoppedEarly: 0,
      preempted: 0,
    });
    const model = withTraits(scriptedModel(['']), {});
    model.answer = async function* () {
      for (const ms of [700, 100, 100]) {
        await new Promise<void>((next) => clock.after(ms, next));
        yield { kind: 'token', channel: 'answer', text: 'word' };
      }
      yield { kind: 'done', finish: 'stop', usage: { promptTokens: 9, completionTokens: 5, exact: true } };
    };
    const stop = new AbortController();
    const calls = [
      here.call(model, { lane: 'owner', purpose: 'note' }),
      here.call(scriptedModel([{ failure: transient({ code: 'stream-silent' }) }])),
      here.call(model, { lane: 'agents', signal: stop.signal }),
    ];
    await here.settled();
    await clock.pass(800);
    expect(here.gateway.figures()).toMatchObject({
      running: [{ lane: 'owner', purpose: 'note', tokens: 2, ms: 800 }],
      waiting: { owner: 0, loop: 1, sleep: 0, agents: 1 },
    });
    stop.abort(new Error('left'));
    await expect(calls[2]).rejects.toThrow('left');
    await clock.pass(100);
    await Promise.all(calls.slice(0, 2));
    expect(here.gateway.figures()).toMatchObject({
      running: [],
      waiting: { owner: 0, loop: 0, sleep: 0, agents: 0 },
      firstTokenMs: 700,
      tokensPerSecond: 20,
      answered: 1,
      failed: 1,
    });
  });

  it('[TH8.87] an answer whose caller left runs on in the figures until its model has ended', async () => {
    const here = gatewayWorld();
    const gate = Promise.withResolvers<void>();
    const stop = new AbortController();
    const call = here.call(scriptedModel([{ when: gate.promise, then: '' }]), { signal: stop.signal });
    await here.settled();
    stop.abort(new Error('left'));
    await expect(call).rejects.toThrow('left');
    expect(here.gateway.figures().running).toHaveLength(1);
    gate.resolve();
    await here.settled();
    expect(here.gateway.figures()).toMatchObject({ running: [], waiting: { loop: 0 } });
  });

  it('[LO4.41] an answer is not lost because what it cost could not be stored', async () => {
    const here = gatewayWorld();
    here.store.spend = () => Promise.reject(new Error('disk full'));
    expect(await here.call(scriptedModel(['fine']))).toMatchObject({ ok: true, answer: 'fine' });
    expect(here.budget.figures().hourUsed).toBe(promptTokens + 1);
  });
});
