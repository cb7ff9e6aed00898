import { describe, expect, it } from 'vitest';
import { askedFocus, clearedFocus } from '../../core/attend/asked-focus.ts';
import { runCycle } from '../../core/loop/cycle.ts';
import { workingFromJson, workingKey, workingToJson } from '../../core/loop/mind.ts';
import type { Item } from '../../core/memory.ts';
import type { CycleRecord, Store } from '../../core/ports.ts';
import { hitOf } from '../../core/remember/ranking.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { noon } from '../kit/nouns.ts';
import { waitFor } from '../kit/wait-for.ts';
import { answerText, transient } from '../think/scripted-model.ts';
import { blank, edit, mindWorld, ownerNote } from './mind-double.ts';

const insight = { text: 'src/cart/total.ts grew by 12 lines.', importance: 0.6 };
const telling = answerText({ insight, evidence: ['o1'] });
const asking = (question: string) => answerText({ action_type: 'reflect', target_agent: 'memory', command: question });
const delegating = (evidence: string[], confidence = 0.9) =>
  answerText(
    { action_type: 'delegate', target_agent: 'claude-code', command: 'write the test', evidence },
    { confidence },
  );

/** A store that keeps each cycle it was given, and fails on demand. */
function watchedStore(items: Item[] = []) {
  const records: CycleRecord[] = [];
  const searches: string[] = [];
  const fails = { commits: 0, searches: '', giveBacks: 0 };
  const store: Store = {
    ...memoryStore(),
    async lexical(terms) {
      searches.push(terms.map((term) => term.text).join(' '));
      if (fails.searches !== '') throw new Error(fails.searches);
      return items.map((item) => ({ item, score: 1, matched: terms.map((term) => term.text) }));
    },
    async recall({ text }) {
      searches.push(text);
      return items.map((item) => hitOf(item, 1, []));
    },
  };
  const { commitCycle, giveBack } = store;
  store.commitCycle = async (record) => {
    if (fails.commits-- > 0) throw new Error('disk full');
    records.push(structuredClone(record));
    return commitCycle(record);
  };
  store.giveBack = async (...given) => {
    if (fails.giveBacks-- > 0) throw new Error('disk full');
    return giveBack(...given);
  };
  return { store, records, searches, fails };
}

describe('the log of cycles', () => {
  it.each([
    ['rules, which have the window of the settings', { reasoner: 'rules' as const }, false, 160, 'kept'],
    ['a server that does not tell its window', {}, false, 160, 'compacted'],
    ['the same with fewer cycles', {}, false, 100, 'kept'],
    ['one that reasons as well', {}, true, 100, 'compacted'],
  ])('[TH5.82] is kept for the window of who thought: %s', async (_who, model, reasons, cycles, becomes) => {
    const { mind, signal, see, ...world } = await mindWorld({
      said: [answerText()],
      settings: (settings) => Object.assign(settings.model, model),
    });
    world.model.traits.reasons = reasons;
    mind.working.now.log = Array.from({ length: cycles }, (_, n) => `src/a-${n}.ts changed → observe`);
    await see(edit());
    expect(await runCycle(mind, signal)).toBe('thought');
    const [first] = mind.working.now.log;
    expect(first?.startsWith('(') ? 'compacted' : 'kept').toBe(becomes);
  });
});

describe('one cycle', () => {
  it('[LO1.1] is empty when nothing waits, and writes nothing', async () => {
    const { store, records } = watchedStore();
    const { mind, signal, life } = await mindWorld({ store });
    expect(await runCycle(mind, signal)).toBe('empty');
    expect([records, life.stage()]).toEqual([[], 'resting']);
  });

  it('[AT5.1] with nothing salient calls no model and acknowledges the batch without an episode', async () => {
    const { store, records } = watchedStore();
    const { mind, signal, see, model, news } = await mindWorld({ store });
    await see(blank(), blank('src/b.ts'));
    expect(await runCycle(mind, signal)).toBe('quiet');
    expect([model.requests, news]).toEqual([[], []]);
    expect(records).toMatchObject([{ episode: null, insights: [], proposals: [], watches: [] }]);
    expect(await store.counts()).toMatchObject({ pending: 0, episodes: 0, observations: 2 });
    expect((await store.recentObservations(2)).map((each) => each.salience?.ignored)).toEqual([
      'only whitespace changed',
      'only whitespace changed',
    ]);
  });

  it('[AT5.2] spends no tokens on rules', async () => {
    const { mind, signal, see, store } = await mindWorld({ settings: (all) => void (all.model.reasoner = 'rules') });
    await see(edit());
    expect(await runCycle(mind, signal)).toBe('thought');
    expect(await store.spent(0)).toEqual([]);
    expect((await store.episodes(1))[0]?.reasoner.kind).toBe('rules');
  });

  it('[LO1.2] perceives, attends, reflects, decides and acts, and forms an episode', async () => {
    const { mind, signal, see, store, life, model, newsOf } = await mindWorld({ said: [telling] });
    const stages: string[] = [];
    life.onChange(() => stages.push(life.stage()));
    const observed = [edit(), blank()];
    await see(...observed);
    expect(await runCycle(mind, signal)).toBe('thought');
    expect(stages).toEqual(['perceive', 'attend', 'reflect', 'decide', 'act', 'resting']);
    const [episode] = await store.episodes(1);
    const [told] = await store.insights({ limit: 1 });
    expect(episode).toMatchObject({
      observationIds: observed.map((each) => each.id),
      insightIds: [told?.id],
      reasoner: model.reasoner,
    });
    expect(told).toMatchObject({
      text: insight.text,
      evidenceIds: [observed[0]?.id],
      confidence: 0.8,
      importance: 0.6,
    });
    expect(newsOf('insight-formed')).toEqual([[told]]);
    expect(newsOf('thought-started')).toHaveLength(1);
    expect(newsOf('thought-ended')).toHaveLength(1);
    expect(mind.working.now).toMatchObject({
      identity: { observations: 2, decisions: 1, insights: 1 },
      focus: { focus: { topic: 'src/cart/total.ts' } },
    });
    expect(mind.working.now.log).toEqual([expect.stringContaining('told: src/cart/total.ts grew by 12 lines.')]);
  });

  it('[OB8.10] commits episode, insights, acknowledgement, focus and log in one write', async () => {
    const { store, records } = watchedStore();
    const { mind, signal, see } = await mindWorld({ store, said: [telling] });
    const observed = [edit(), blank()];
    await see(...observed);
    await runCycle(mind, signal);
    expect(records).toHaveLength(1);
    const [record] = records;
    expect(record?.attended.map((each) => each.id)).toEqual(observed.map((each) => each.id));
    expect([record?.episode, record?.insights]).toMatchObject([{ insightIds: [expect.any(String)] }, [insight]]);
    expect(record?.state[workingKey]).toEqual(JSON.parse(JSON.stringify(mind.working.now)));
  });

  it('[OB8.11] a commit that fails leaves the batch waiting, focus and log as they were, and tells nothing', async () => {
    const { store, fails } = watchedStore();
    const { mind, signal, see, newsOf } = await mindWorld({ store, said: [telling] });
    await see(edit());
    const before = mind.working.now;
    fails.commits = 1;
    expect(await runCycle(mind, signal)).toBe('failed');
    expect(mind.working.now).toBe(before);
    expect([newsOf('insight-formed'), await store.insights({ limit: 9 }), await store.episodes(9)]).toEqual([
      [],
      [],
      [],
    ]);
    expect(await store.counts()).toMatchObject({ pending: 1 });
    expect(await runCycle(mind, signal)).toBe('thought');
    expect(await store.counts()).toMatchObject({ pending: 0, episodes: 1, insights: 1 });
  });

  it('[OB8.12] a thought that fails gives the batch back, and the third time sets it aside with its error', async () => {
    const { store, fails } = watchedStore();
    const { mind, signal, see, newsOf, life } = await mindWorld({ store, said: [telling] });
    const poison = edit();
    await see(poison);
    fails.searches = 'search broke';
    expect(await runCycle(mind, signal)).toBe('failed');
    expect(await runCycle(mind, signal)).toBe('failed');
    expect([newsOf('set-aside'), (await store.counts()).pending]).toEqual([[], 1]);
    expect(await runCycle(mind, signal)).toBe('failed');
    fails.searches = '';
    expect(newsOf('set-aside')).toEqual([[poison, 'search broke']]);
    expect(await store.deadLetters(9)).toMatchObject([
      { observation: { id: poison.id }, attempts: 3, error: 'search broke' },
    ]);
    expect([await runCycle(mind, signal), life.stage()]).toEqual(['empty', 'resting']);
    expect(await store.replay(poison.id)).toBe(true);
    expect(await runCycle(mind, signal)).toBe('thought');
  });

  it('[OB8.13] one that fails takes no others down with it', async () => {
    const { store } = watchedStore();
    const { mind, signal, see } = await mindWorld({ store, said: [telling] });
    const [poison, ...others] = [
      edit('src/poison.ts'),
      ...Array.from({ length: 8 }, (_, n) => edit(`src/other-${n}.ts`)),
    ];
    const { session } = store;
    store.history = async (targets) => {
      if (targets.includes('src/poison.ts')) throw new Error('cannot be looked at');
      return [];
    };
    store.session = async (...asked) => ({ ...(await session(...asked)), files: [] });
    await see(poison, ...others);
    const outcomes: string[] = [];
    for (let n = 0; n < 30 && outcomes.at(-1) !== 'empty'; n++) outcomes.push(await runCycle(mind, signal));
    expect(await store.counts()).toMatchObject({ pending: 0, dead: 1 });
    expect((await store.deadLetters(9)).map((each) => each.observation.id)).toEqual([poison?.id]);
  });

  it('[OB8.14] throws when not even giving back can be written, and rests all the same', async () => {
    const { store, fails } = watchedStore();
    const { mind, signal, see, life } = await mindWorld({ store, said: [telling] });
    await see(edit());
    Object.assign(fails, { commits: 1, giveBacks: 1 });
    await expect(runCycle(mind, signal)).rejects.toThrow('disk full');
    expect([life.stage(), (await store.counts()).pending]).toEqual(['resting', 1]);
    expect(await runCycle(mind, signal)).toBe('thought');
  });

  it('[LO4.3] a server that fails costs no observation: rules form the thought', async () => {
    const { mind, signal, see, store, failures } = await mindWorld({
      said: [{ failure: transient({ code: 'connection-refused' }) }],
    });
    await see(edit());
    expect(await runCycle(mind, signal)).toBe('thought');
    expect([failures, (await store.episodes(1))[0]?.reasoner.kind]).toEqual([['connection-refused'], 'rules']);
  });
});

describe('an abort in the middle', () => {
  it('[LO7.1] leaves the batch waiting, unharmed, without a failed attempt and without words', async () => {
    const { mind, see, store, model, life, newsOf } = await mindWorld({
      said: [{ hang: '{"reasoning": "half a' }, telling],
    });
    const observed = edit();
    await see(observed);
    const before = mind.working.now;
    for (let pauses = 0; pauses < 5; pauses++) {
      const controller = new AbortController();
      const reason = new Error('paused');
      const cycle = runCycle(mind, controller.signal);
      if (pauses === 0) await waitFor('the request', () => model.requests.length === 1);
      life.send('pause');
      controller.abort(reason);
      await expect(cycle).rejects.toBe(reason);
      expect([life.life(), life.stage()]).toEqual(['paused', 'resting']);
      life.send('resume');
    }
    expect(mind.working.now).toBe(before);
    expect(await store.counts()).toMatchObject({ pending: 1, dead: 0, episodes: 0 });
    expect(newsOf('thought-started').length).toBe(newsOf('thought-ended').length);
    await waitFor('the end of the call', () => model.running() === 0);
    expect(await runCycle(mind, new AbortController().signal)).toBe('thought');
    expect((await store.episodes(1))[0]?.observationIds).toEqual([observed.id]);
  });
});

describe('what each action does', () => {
  const memory: Item = {
    n: 1,
    kind: 'insight',
    id: 'm1',
    text: 'the discount was doubled',
    at: noon,
    target: null,
    trust: 'derived',
    importance: 0.5,
    groupId: null,
  };

  it('[DE4.10] a reflection puts its question to memory and thinks again with the answer', async () => {
    const { store, searches } = watchedStore([memory]);
    const { mind, signal, see, model } = await mindWorld({ store, said: [asking('why the discount?'), telling] });
    await see(edit());
    expect(await runCycle(mind, signal)).toBe('thought');
    expect(searches).toContain('why the discount?');
    const second = model.requests[1]?.messages.at(-1)?.content ?? '';
    expect(second).toContain('question: why the discount?\n- the discount was doubled');
    expect((await store.episodes(1))[0]?.decision.action_type).toBe('observe');
  });

  it('[DE4.11] memory is asked at most twice in a row; then it observes', async () => {
    const { store, searches } = watchedStore();
    const { mind, signal, see, model } = await mindWorld({
      store,
      said: ['apples?', 'bananas?', 'cherries?', 'dates?'].map(asking),
    });
    await see(edit());
    await runCycle(mind, signal);
    expect(model.requests).toHaveLength(3);
    expect(searches.filter((query) => /^(apples|bananas|cherries|dates)/.test(query))).toEqual(['apples?', 'bananas?']);
    expect((await store.episodes(1))[0]).toMatchObject({
      decision: { action_type: 'observe', target_agent: null, command: null },
      outcome: expect.stringContaining('twice'),
    });
  });

  it('[DE4.12] an observation to be monitored is looked at again, once', async () => {
    const { mind, signal, see, store, clock } = await mindWorld({
      said: [answerText({}, { should_monitor: true, next_check: 600 })],
    });
    await see(edit());
    await runCycle(mind, signal);
    expect(await store.dueWatches(clock.now() + 599_000)).toEqual([]);
    const [episode] = await store.episodes(1);
    expect(await store.dueWatches(clock.now() + 600_000)).toMatchObject([
      { target: 'src/cart/total.ts', expected: 'more edits', episodeId: episode?.id },
    ]);
  });

  it('[DE4.12] a second look asks for no third one', async () => {
    const { mind, signal, see, store } = await mindWorld({ said: [answerText({}, { should_monitor: true })] });
    await see({ ...edit(), type: 'second-look', trust: 'app' });
    expect(await runCycle(mind, signal)).toBe('thought');
    expect(await store.dueWatches(Number.MAX_SAFE_INTEGER)).toEqual([]);
  });

  it('[DE4.13] a delegation becomes a proposal and nothing more', async () => {
    const { mind, signal, see, store, newsOf } = await mindWorld({ said: [delegating(['o1'])] });
    const observed = edit();
    await see(observed);
    await runCycle(mind, signal);
    const [proposal] = await store.proposals(9);
    expect(proposal).toMatchObject({
      status: 'proposed',
      target: 'claude-code',
      command: 'write the test',
      evidenceIds: [observed.id],
      tainted: true,
    });
    expect(newsOf('proposal-made')).toEqual([[proposal]]);
    expect(await store.proposals(9)).toHaveLength(1);
  });

  it('[DE4.13] a delegation on invented evidence is not acted on, and the episode says why', async () => {
    const { mind, signal, see, store } = await mindWorld({ said: [delegating(['o77', 'o78'])] });
    await see(edit());
    expect(await runCycle(mind, signal)).toBe('thought');
    expect([await store.proposals(9), (await store.episodes(1))[0]?.outcome]).toEqual([
      [],
      expect.stringContaining('not acted on'),
    ]);
  });

  it('[DE4.13] a delegation without confidence proposes nothing', async () => {
    const { mind, signal, see, store } = await mindWorld({
      said: [answerText({ action_type: 'delegate', target_agent: 'claude-code', command: 'x', metadata: {} })],
    });
    await see(edit());
    await runCycle(mind, signal);
    expect(await store.proposals(9)).toEqual([]);
  });

  it('[DE4.14] a proposal is tainted by whatever its thought read, not only by what it cites', async () => {
    const note = ownerNote();
    const beside = await mindWorld({ said: [delegating(['o1'])] });
    await beside.see(note, edit());
    await runCycle(beside.mind, beside.signal);
    expect(await beside.store.proposals(1)).toMatchObject([{ evidenceIds: [note.id], tainted: true }]);

    const alone = await mindWorld({ said: [delegating(['o1'])] });
    await alone.see(note);
    await runCycle(alone.mind, alone.signal);
    expect(await alone.store.proposals(1)).toMatchObject([{ tainted: false }]);

    const remembering = await mindWorld({ store: watchedStore([memory]).store, said: [delegating(['o1'])] });
    await remembering.see(note);
    await runCycle(remembering.mind, remembering.signal);
    expect(await remembering.store.proposals(1)).toMatchObject([{ tainted: true }]);

    const later = await mindWorld({ said: [telling, delegating(['o1'])] });
    await later.see(edit());
    await runCycle(later.mind, later.signal);
    await later.see(note);
    await runCycle(later.mind, later.signal);
    expect(await later.store.proposals(1)).toMatchObject([{ tainted: true }]);
  });
});

describe('while it thinks', () => {
  it('[LO10.1] what is seen meanwhile waits for the next cycle and is not acknowledged with this one', async () => {
    const gate = Promise.withResolvers<void>();
    const { mind, signal, see, store, model } = await mindWorld({
      said: [{ when: gate.promise, then: telling }, answerText()],
    });
    await see(edit());
    const cycle = runCycle(mind, signal);
    await waitFor('the request', () => model.requests.length === 1);
    const later = edit('src/later.ts');
    await see(later);
    gate.resolve();
    expect(await cycle).toBe('thought');
    expect((await store.take(9)).map((each) => each.id)).toEqual([later.id]);
  });

  it('[LO10.2] a focus that the owner clears meanwhile stays cleared', async () => {
    const gate = Promise.withResolvers<void>();
    const { mind, signal, see, model, clock } = await mindWorld({
      said: [telling, { when: gate.promise, then: answerText() }],
    });
    await see(edit());
    await runCycle(mind, signal);
    await clock.pass(1_000);
    await see(edit());
    const cycle = runCycle(mind, signal);
    await waitFor('the request', () => model.requests.length === 2);
    mind.working.now = { ...mind.working.now, focus: clearedFocus(mind.working.now.focus) };
    gate.resolve();
    expect(await cycle).toBe('thought');
    expect(mind.working.now.focus.focus).toBe(null);
    expect(mind.working.now.log).toHaveLength(2);
  });

  it('[AT2.25] a focus that the owner sets while a cycle is being written stands, and is kept together with that cycle', async () => {
    const inner = memoryStore();
    const gate = Promise.withResolvers<void>();
    let writing = false;
    const store: Store = {
      ...inner,
      async commitCycle(record) {
        writing = true;
        await gate.promise;
        await inner.commitCycle(record);
      },
    };
    const { mind, signal, see, clock } = await mindWorld({ said: [telling], store });
    await see(edit());
    const cycle = runCycle(mind, signal);
    await waitFor('the cycle to be written', () => writing);
    const focus = askedFocus(mind.working.now.focus, { topic: 'the docs', priority: 'high' }, clock.now())!;
    mind.working.now = { ...mind.working.now, focus };
    await inner.setState(workingKey, workingToJson(mind.working.now));
    gate.resolve();
    expect(await cycle).toBe('thought');
    expect(mind.working.now.focus).toEqual(focus);
    const kept = workingFromJson(await inner.state(workingKey), clock.now());
    expect([kept.focus, kept.log.length]).toEqual([focus, 1]);
  });

  it('[TH8.26] the owner’s note goes by the owner’s lane', async () => {
    const lanes: string[] = [];
    const { mind, signal, see } = await mindWorld({ said: [answerText()] });
    const { gateway } = mind.thinking;
    mind.thinking.gateway = {
      ...gateway,
      call(call) {
        lanes.push(call.lane);
        return gateway.call(call);
      },
    };
    await see(edit());
    await runCycle(mind, signal);
    await see(ownerNote());
    await runCycle(mind, signal);
    expect(lanes).toEqual(['loop', 'owner']);
  });
});
