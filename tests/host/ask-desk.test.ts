import { describe, expect, it } from 'vitest';
import { createAskDesk } from '../../core/host/ask-desk.ts';
import { idMaker } from '../../core/ids.ts';
import type { Model } from '../../core/ports.ts';
import { type AnswerView, answerSchema } from '../../core/protocol-owner.ts';
import type { AnswerParts } from '../../core/think/ask/answer-question.ts';
import { seededRandom } from '../kit/clock.ts';
import { waitFor } from '../kit/wait-for.ts';
import { askWorld } from '../think/ask/ask-world.ts';
import { type Said, scriptedModel, transient } from '../think/scripted-model.ts';

interface Told {
  atMs: number;
  answer: AnswerView;
}

async function desk(options: { said?: Said[]; model?: Model | null; over?: Partial<AnswerParts> } = {}) {
  const model = options.said ? scriptedModel(options.said) : (options.model ?? null);
  const world = askWorld({ model, over: options.over ?? {} });
  await world.remember();
  const told: Told[] = [];
  const { clock } = world;
  const made = createAskDesk({
    ...world.parts,
    nextId: idMaker(clock, seededRandom(3)),
    emit(event) {
      if (event.kind !== 'answer-grew') return;
      expect(answerSchema.safeParse(event.answer).error).toBeUndefined();
      told.push({ atMs: clock.elapsed(), answer: structuredClone(event.answer) });
    },
  });
  const find = (id: string) => made.answers().find((each) => each.id === id);
  const toldOf = (id: string) => told.filter(({ answer }) => answer.id === id);
  const until = (id: string, ...states: AnswerView['state'][]) =>
    waitFor(`the answer to be ${states.join(' or ')}`, async () => {
      await clock.pass(10);
      const answer = find(id);
      return answer && states.includes(answer.state) ? answer : null;
    });
  return { ...world, desk: made, model: model as ReturnType<typeof scriptedModel>, told, toldOf, find, until };
}

const long = `It fails on Fridays [m1]. ${Array.from({ length: 200 }, (_, n) => `Reason ${n}. `).join('')}`;

describe('a question at the desk', () => {
  it('[SH8.1] has its id at once and is told whole: recalling, answering, done', async () => {
    const { desk: made, until, toldOf, clock } = await desk({ said: [{ hang: 'It fails [m1]' }] });
    const { id } = await made.ask('  Why do refunds fail?  ');
    expect(made.answers()).toMatchObject([
      {
        id,
        question: 'Why do refunds fail?',
        askedAt: clock.now(),
        state: 'recalling',
        text: '',
        evidence: [],
        reasoner: null,
      },
    ]);
    await until(id, 'answering');
    await waitFor('words', async () => {
      await clock.pass(60);
      return toldOf(id).at(-1)?.answer.text;
    });
    const last = toldOf(id).at(-1)!.answer;
    expect([last.text, last.evidence[0]?.cited]).toEqual(['It fails [m1]', true]);
    expect([...new Set(toldOf(id).map(({ answer }) => answer.state))]).toEqual(['recalling', 'answering']);
    await made.stop();
    const done = await desk({ said: ['It fails [m1].'] });
    const again = await done.desk.ask('Why do refunds fail?');
    expect(await done.until(again.id, 'done')).toMatchObject({ text: 'It fails [m1].', problem: null });
    await done.clock.pass(100);
    expect(done.toldOf(again.id).at(-1)?.answer.state).toBe('done');
  });

  it('[SH8.2] is told at most every 50 ms, and its last state always', async () => {
    const gate = Promise.withResolvers<void>();
    const { desk: made, until, told, clock, model } = await desk({ said: [''] });
    model.answer = async function* () {
      for (const word of long.split(/(?<= )/)) {
        yield { kind: 'token', channel: 'answer', text: word };
        await clock.pass(3);
      }
      gate.resolve();
      yield { kind: 'done', finish: 'stop', usage: null };
    };
    const { id } = await made.ask('Why do refunds fail?');
    await gate.promise;
    await until(id, 'done');
    await clock.pass(50);
    expect(told.length).toBeGreaterThan(5);
    const gaps = told.slice(1).map(({ atMs }, n) => atMs - told[n]!.atMs);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50);
    expect(told.at(-1)?.answer).toMatchObject({ state: 'done', text: long.trim() });
    await clock.pass(50);
    expect(clock.waiting()).toBe(0);
  });

  it('[SH8.3] waits for the one before it, shown as recalling', async () => {
    const gate = Promise.withResolvers<void>();
    const {
      desk: made,
      until,
      find,
      model,
    } = await desk({ said: [{ when: gate.promise, then: 'One [m1].' }, 'Two [m1].'] });
    const first = await made.ask('Why do refunds fail?');
    const second = await made.ask('When are refunds paid?');
    await until(first.id, 'answering');
    expect([find(second.id)?.state, model.requests.length]).toEqual(['recalling', 1]);
    gate.resolve();
    expect((await until(second.id, 'done')).text).toBe('Two [m1].');
    expect(find(first.id)).toMatchObject({ state: 'done', text: 'One [m1].' });
    expect(model.most()).toBe(1);
    expect(made.answers().map(({ id }) => id)).toEqual([second.id, first.id]);
  });

  it('[SH8.4] is refused in words while five wait, and when it holds no words', async () => {
    const { desk: made, until, find } = await desk({ said: [{ hang: '' }] });
    const [running] = [await made.ask('one')];
    await until(running.id, 'answering');
    for (const name of ['two', 'three', 'four', 'five', 'six']) await made.ask(name);
    const refused = await made.ask('seven');
    expect(find(refused.id)).toMatchObject({
      state: 'failed',
      problem: expect.stringMatching(/^5 questions wait .*not taken/),
    });
    expect(find((await made.ask(' \n ')).id)).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('no words'),
    });
    expect(made.answers().filter(({ state }) => state === 'recalling')).toHaveLength(5);
    await made.stop();
  });

  it('[SH8.5] the last twenty are kept, and one that runs is not let go for newer ones', async () => {
    const { desk: made, until } = await desk({ said: [{ hang: '' }] });
    const { id } = await made.ask('one');
    await until(id, 'answering');
    for (let n = 0; n < 40; n++) await made.ask(`another ${n}`);
    expect(made.answers()).toHaveLength(20);
    expect(made.answers().at(-1)).toMatchObject({ id, state: 'answering' });
    await made.stop();
  });

  it('[SH8.37] is bounded: of a longer one the beginning is taken', async () => {
    const { desk: made, find } = await desk();
    const { id } = await made.ask(`${'refund '.repeat(400)}\ud83d`);
    expect(find(id)?.question.length).toBeLessThanOrEqual(2_000);
    await made.stop();
  });

  it('[SH8.10] a failure that nobody expected is told, and the next question is answered', async () => {
    const { desk: made, until, model } = await desk({ said: ['Two [m1].'] });
    const { answer } = model;
    let asked = 0;
    model.answer = (...given) => {
      asked += 1;
      if (asked === 1) throw new Error('a bug');
      return answer(...given);
    };
    const first = await made.ask('one refund');
    const second = await made.ask('two refunds');
    expect(await until(first.id, 'failed')).toMatchObject({ problem: expect.stringContaining('A bug.') });
    expect(await until(second.id, 'done')).toMatchObject({ text: 'Two [m1].' });
  });
});

describe('stopping an answer', () => {
  it('[SH8.6] ends it; what is there stays', async () => {
    const { desk: made, until, find, clock, model, toldOf } = await desk({ said: [{ hang: 'It fails [m1]' }] });
    const { id } = await made.ask('Why do refunds fail?');
    await waitFor('words', async () => {
      await clock.pass(60);
      return find(id)?.text;
    });
    expect(made.send({ kind: 'stop-answer', id })).toEqual({ ok: true });
    expect(find(id)).toMatchObject({ state: 'stopped', text: 'It fails [m1]', problem: null });
    await waitFor('the call to end', () => model.running() === 0);
    await clock.pass(100);
    expect(toldOf(id).at(-1)?.answer).toMatchObject({ state: 'stopped', text: 'It fails [m1]' });
    expect(made.send({ kind: 'stop-answer', id })).toEqual({ ok: false, message: 'That answer is finished already.' });
    expect(made.send({ kind: 'stop-answer', id: 'x' })).toEqual({
      ok: false,
      message: 'That answer is not there any more.',
    });
    expect(await until(id, 'stopped')).toMatchObject({ text: 'It fails [m1]' });
  });

  it('[SH8.6] also before its first word, and while it waits; the next one is answered', async () => {
    const { desk: made, until, model, find } = await desk({ said: [{ hang: '' }, 'Three [m1].'] });
    const ids: string[] = [];
    for (const name of ['one', 'two', 'three refunds']) ids.push((await made.ask(name)).id);
    await until(ids[0]!, 'answering');
    expect(made.send({ kind: 'stop-answer', id: ids[1]! })).toEqual({ ok: true });
    expect(made.send({ kind: 'stop-answer', id: ids[0]! })).toEqual({ ok: true });
    expect(await until(ids[2]!, 'done')).toMatchObject({ text: 'Three [m1].' });
    expect([find(ids[0]!)?.state, find(ids[1]!)?.state, model.requests.length]).toEqual(['stopped', 'stopped', 2]);
  });

  it('[SH8.6] for good: what still comes of it changes nothing', async () => {
    const late = Promise.withResolvers<void>();
    const gateway: AnswerParts['gateway'] = {
      async call({ model, onToken }) {
        await late.promise;
        onToken?.('answer', 'Too late [m1].');
        const usage = { promptTokens: 1, completionTokens: 1, exact: true };
        const said = { answer: 'Too late [m1].', reasoning: '', finish: 'stop', broke: null } as const;
        return { ok: true, ...said, usage, reasoner: model.reasoner, stopped: null, model: null };
      },
    };
    const { desk: made, until, find, clock } = await desk({ said: [''], over: { gateway } });
    const { id } = await made.ask('Why do refunds fail?');
    await until(id, 'answering');
    made.send({ kind: 'stop-answer', id });
    late.resolve();
    await made.stop();
    await clock.pass(100);
    expect(find(id)).toMatchObject({ state: 'stopped', text: '' });
  });

  it('[SH8.6] at once, while it still recalls', async () => {
    const { desk: made, until, model, clock } = await desk({ said: ['never'] });
    const { id } = await made.ask('one');
    made.send({ kind: 'stop-answer', id });
    await clock.pass(100);
    expect(await until(id, 'stopped')).toMatchObject({ text: '', evidence: [] });
    expect(model.requests).toEqual([]);
  });
});

describe('letting answers go', () => {
  it('[SH8.7] drops all, running ones too; clients hear them emptied, and nothing comes after', async () => {
    const {
      desk: made,
      until,
      told,
      clock,
      find,
      model,
    } = await desk({ said: ['Done [m1].', { hang: 'Running [m1]' }] });
    const first = await made.ask('Why do refunds fail?');
    await until(first.id, 'done');
    const second = await made.ask('Why do refunds fail again?');
    await waitFor('words', async () => {
      await clock.pass(60);
      return find(second.id)?.text;
    });
    made.letGo();
    expect(made.answers()).toEqual([]);
    await waitFor('the call to end', () => model.running() === 0);
    await clock.pass(200);
    for (const { id } of [first, second])
      expect(told.filter(({ answer }) => answer.id === id).at(-1)?.answer).toMatchObject({
        state: 'stopped',
        text: '',
        evidence: [],
        reasoner: null,
        problem: expect.stringContaining('deleted or forgotten'),
      });
    expect(made.answers()).toEqual([]);
  });

  it('[SH8.41] is all that is told of them: a running one is not told once more with its text', async () => {
    const { desk: made, find, clock, toldOf, model } = await desk({ said: [{ hang: 'It fails [m1]' }] });
    const { id } = await made.ask('Why do refunds fail?');
    await waitFor('words', async () => {
      await clock.pass(60);
      return find(id)?.text;
    });
    await clock.pass(200);
    const before = toldOf(id).length;
    made.letGo();
    await waitFor('the call to end', () => model.running() === 0);
    await clock.pass(200);
    expect(
      toldOf(id)
        .slice(before)
        .map(({ answer }) => [answer.state, answer.text]),
    ).toEqual([['stopped', '']]);
  });

  it('[SH8.42] of one memory drops the one that still recalls, too: it may have read it; who waits is answered', async () => {
    const gate = Promise.withResolvers<null>();
    let asked = 0;
    const {
      desk: made,
      until,
      find,
      clock,
      toldOf,
    } = await desk({
      over: { model: () => (asked++ === 0 ? gate.promise : Promise.resolve(null)) },
    });
    const first = await made.ask('What about refunds on Fridays?');
    const second = await made.ask('Where is the zeppelin?');
    await waitFor('the recall', async () => {
      await clock.pass(10);
      return asked === 1;
    });
    expect(find(first.id)).toMatchObject({ state: 'recalling', evidence: [] });
    made.letGo('refund');
    gate.resolve(null);
    await until(second.id, 'done');
    await clock.pass(100);
    expect(find(first.id)).toBeUndefined();
    expect(toldOf(first.id).at(-1)?.answer).toMatchObject({
      state: 'stopped',
      text: '',
      evidence: [],
      problem: expect.stringContaining('deleted or forgotten'),
    });
  });

  it('[SH8.7] of one memory drops the answers that show it, and no others', async () => {
    const { desk: made, until, find } = await desk();
    const refunds = await made.ask('What about refunds on Fridays?');
    expect((await until(refunds.id, 'done')).evidence.some(({ id }) => id === 'refund')).toBe(true);
    const other = await made.ask('Where is the zeppelin?');
    await until(other.id, 'done');
    made.letGo('refund');
    expect([find(refunds.id), find(other.id)?.state]).toEqual([undefined, 'done']);
    await made.stop();
  });
});

describe('the end of the program', () => {
  it('[SH8.8] ends what runs and waits, tells it, leaves no timer, and takes no more', async () => {
    const { desk: made, until, find, clock, toldOf, model } = await desk({ said: [{ hang: 'It fails' }] });
    const running = await made.ask('one');
    const waiting = await made.ask('two');
    await until(running.id, 'answering');
    await made.stop();
    for (const { id } of [running, waiting]) expect(toldOf(id).at(-1)?.answer.state).toBe('stopped');
    expect([model.running(), clock.waiting()]).toEqual([0, 0]);
    const late = await made.ask('three');
    expect(find(late.id)).toMatchObject({ state: 'failed', problem: expect.stringContaining('is ending') });
    await made.stop();
    expect(model.requests).toHaveLength(1);
  });
});

describe('the budget', () => {
  it('[SH8.33] counts questions; a spent hour does not refuse them, an hour of 0 and a spent day do', async () => {
    const { desk: made, until, settings, budget, store } = await desk({ said: ['Yes [m1].'] });
    const answered = async () => (await until((await made.ask('Why do refunds fail?')).id, 'done')).reasoner?.kind;
    settings.budget.tokensPerHour = 500;
    expect(await answered()).toBe('server');
    expect(budget.figures().hourUsed).toBeGreaterThan(500);
    expect(await store.spent(0)).toMatchObject([{ purpose: 'ask', calls: 1 }]);
    expect(budget.reserve(1, 'thought').ok).toBe(false);
    expect(await answered()).toBe('server');
    settings.budget.tokensPerHour = 0;
    expect(await answered()).toBe('rules');
    settings.budget.tokensPerHour = 500;
    settings.budget.tokensPerDay = 600;
    expect(await answered()).toBe('rules');
    settings.budget.tokensPerDay = 2_000_000;
    settings.budget.purposes = { ask: 0 };
    expect(await answered()).toBe('rules');
  });

  it('[SH8.19] an open breaker lets rules answer at once', async () => {
    const silent = transient({ code: 'stream-silent', message: 'the model went silent' });
    const { desk: made, until, model } = await desk({ said: [{ failure: silent }] });
    for (let n = 0; n < 8; n++) await until((await made.ask('Why do refunds fail?')).id, 'done');
    expect(model.requests).toHaveLength(3);
    const last = made.answers()[0];
    expect(last).toMatchObject({ reasoner: { kind: 'rules' }, why: expect.stringContaining('Rules answered') });
  });
});
