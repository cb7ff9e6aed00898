import { describe, expect, it } from 'vitest';
import type { Sleep } from '../../core/memory.ts';
import type { Settings } from '../../core/settings.ts';
import { createSleeper } from '../../core/sleep/sleeper.ts';
import { waitFor } from '../kit/wait-for.ts';
import { answer, fakeSleepModel, forever, modelReasoner, silent } from './fake-sleep-model.ts';
import { passing, sleepOnce, sleepWorld } from './sleep-world.ts';

const phasesOf = (sleep: Sleep) => sleep.phases.map((each) => each.phase);
const phase = (sleep: Sleep, name: string) => sleep.phases.find((each) => each.phase === name);

describe('one sleep', () => {
  it('[SL1.12] is light and digest; deep every tenth time; a dream by chance or when asked for', async () => {
    const world = sleepWorld();
    const kinds: string[] = [];
    for (let n = 0; n < 10; n++) {
      await world.work(6);
      kinds.push(phasesOf(await sleepOnce(world, world.sleeper, 'cycles')).join(' '));
    }
    expect(new Set(kinds.slice(0, 9))).toEqual(new Set(['light digest']));
    expect(kinds[9]).toBe('light deep digest');
    await world.work(6);
    expect(phasesOf(await sleepOnce(world, world.sleeper, 'request', 'always'))).toEqual(['light', 'dream', 'digest']);
  });

  it('[SL1.13] dreams with the probability that the settings name', async () => {
    const world = sleepWorld({
      settings: (settings) => Object.assign(settings.sleep, { dreamChance: 0.5, deepEvery: 1_000 }),
    });
    let dreams = 0;
    for (let n = 0; n < 40; n++) {
      await world.work(1);
      if (phase(await sleepOnce(world, world.sleeper, 'idle'), 'dream')) dreams += 1;
    }
    expect(dreams).toBeGreaterThan(10);
    expect(dreams).toBeLessThan(30);
  });

  it('[SL1.14] lasts at least ten seconds, unless it is woken', async () => {
    const world = sleepWorld({ settings: (settings) => Object.assign(settings.sleep, { leastMs: 10_000 }) });
    await world.work(3);
    const sleep = await sleepOnce(world, world.sleeper);
    expect((sleep.endedAt ?? 0) - sleep.startedAt).toBeGreaterThanOrEqual(10_000);
    expect((sleep.endedAt ?? 0) - sleep.startedAt).toBeLessThan(11_000);

    const waking = new AbortController();
    const woken = world.sleeper.sleep('request', { dream: 'by-chance' }, waking.signal);
    await waitFor('it rests', async () => {
      await world.clock.pass(1);
      return world.sleeper.view()?.says === 'Resting.';
    });
    waking.abort('owner');
    expect(await woken).toMatchObject({ ended: 'owner', digest: null });
    expect(world.clock.waiting()).toBe(0);
  });

  it('[SL1.15] with nothing new since the last one it asks no model, does nothing, and says so', async () => {
    const { model, calls } = fakeSleepModel();
    const world = sleepWorld({ model: () => model });
    await world.work(30);
    await sleepOnce(world, world.sleeper, 'cycles');
    expect(calls.length).toBeGreaterThan(0);
    calls.length = 0;
    const before = await world.store.memories({ limit: 100 });
    const sleep = await sleepOnce(world, world.sleeper, 'request', 'always');
    expect(calls).toEqual([]);
    expect(phase(sleep, 'light')).toMatchObject({ made: {}, note: 'Nothing new since the last sleep.' });
    expect((await world.store.memories({ limit: 100 })).filter((each) => each.kind !== 'dream')).toEqual(
      before.filter((each) => each.kind !== 'dream'),
    );
  });

  it('[SL2.105] what Reverie caused or concluded is no news; so many of its own that not all were looked at may hide some', async () => {
    const world = sleepWorld();
    await world.work(3);
    await sleepOnce(world, world.sleeper, 'cycles');
    const own = { type: 'second-look', trust: 'app' as const };
    const note = async () => phase(await sleepOnce(world, world.sleeper, 'request'), 'light')?.note;
    await world.episodeOf([own, own], { importance: 0.1 });
    expect(await note()).toBe('Nothing new since the last sleep.');
    await world.episodeOf([{}], { importance: 0.1 });
    expect(await note()).toBeNull();
    await world.episodeOf(
      Array.from({ length: 200 }, () => own),
      { importance: 0.1 },
    );
    expect(await note()).toBeNull();
  });

  it('[SL1.16] ends at once in the middle of a model’s answer; what was written stays and the rest is done by the next', async () => {
    for (const by of ['interrupted', 'owner', 'shutdown'] as const) {
      let asked = 0;
      const { model } = fakeSleepModel({
        learn: async (_material, _known, signal) => (++asked === 2 ? forever(signal) : answer([])),
      });
      const world = sleepWorld({ model: () => model });
      await world.work(65);
      const waking = new AbortController();
      const sleeping = world.sleeper.sleep('cycles', { dream: 'by-chance' }, waking.signal);
      await waitFor('the second question', async () => {
        await world.clock.pass(1);
        return asked === 2;
      });
      waking.abort(by);
      const sleep = await sleeping;
      expect(sleep).toMatchObject({ ended: by, endedAt: world.clock.now() });
      expect(phase(sleep, 'light')).toMatchObject({
        made: { episodes: 20 },
        modelCalls: 2,
        endedAt: world.clock.now(),
      });
      expect(await world.store.unconsolidatedCount()).toBe(45);
      expect(world.sleeper.state()).toBe('awake');
      const next = await sleepOnce(world, world.sleeper, 'resumed');
      expect(next).toMatchObject({ reason: 'resumed', ended: 'done' });
      expect(await world.store.unconsolidatedCount()).toBe(5);
    }
  });

  it('[SL1.17] what a sleep that was cut off owed, the next one does', async () => {
    const world = sleepWorld({ settings: (settings) => Object.assign(settings.sleep, { deepEvery: 1 }) });
    await world.days(20);
    const waking = new AbortController();
    const off = world.sleeper.onChange(() => world.sleeper.state() === 'deep' && waking.abort('interrupted'));
    const cut = await passing(world.clock, world.sleeper.sleep('cycles', { dream: 'always' }, waking.signal));
    off();
    expect([cut.ended, phasesOf(cut)]).toEqual(['interrupted', ['light', 'deep']]);
    world.settings.sleep.deepEvery = 1_000;
    await world.work(1);
    expect(phasesOf(await sleepOnce(world, world.sleeper, 'resumed'))).toEqual(['light', 'deep', 'dream', 'digest']);
    await world.work(1);
    expect(phasesOf(await sleepOnce(world, world.sleeper, 'idle'))).toEqual(['light', 'digest']);
  });

  it('[SL1.18] spends no more tokens than a sleep may; the rest goes by rules, and the record says why', async () => {
    const { model, calls } = fakeSleepModel({ learn: () => answer([], 5_000) });
    const world = sleepWorld({ model: () => model, settings: tokens(12_000) });
    model.learn = async ([first]) => {
      calls.push('learn');
      return answer([draftOf(first?.observations[0]?.id ?? '')], 5_000);
    };
    await world.work(125);
    const sleep = await sleepOnce(world, world.sleeper, 'cycles');
    expect(calls.filter((each) => each === 'learn').length).toBeLessThan(6);
    expect(phase(sleep, 'light')?.note).toContain('The tokens of this sleep were spent');
    expect(phase(sleep, 'light')).toMatchObject({ reasoner: modelReasoner, made: { episodes: 120 } });
    expect(sleep.phases.reduce((sum, each) => sum + each.tokens, 0)).toBeLessThanOrEqual(15_000);
    const none = sleepWorld({ model: () => model, settings: tokens(0) });
    await none.work(20);
    calls.length = 0;
    await sleepOnce(none, none.sleeper, 'cycles');
    expect(calls).toEqual([]);
  });

  it('[SL1.19] a model that does not answer is not asked again in that sleep; rules do the step and say so', async () => {
    const { model, calls } = fakeSleepModel({ learn: async () => ({ ok: false, failure: silent, tokens: 7 }) });
    const world = sleepWorld({ model: () => model });
    await world.days(85);
    const sleep = await sleepOnce(world, world.sleeper, 'cycles');
    expect([calls, phase(sleep, 'light')?.tokens]).toEqual([['learn'], 7]);
  });

  it('[SL1.19] one whose answers are of no use is left alone after two in a row', async () => {
    const failure = { ...silent, class: 'model-output' as const };
    const { model, calls } = fakeSleepModel({ learn: async () => ({ ok: false, failure, tokens: 7 }) });
    const world = sleepWorld({ model: () => model });
    await world.days(85);
    const sleep = await sleepOnce(world, world.sleeper, 'cycles');
    expect(calls).toEqual(['learn', 'learn']);
    expect(phase(sleep, 'light')?.note).toBe(
      'The model stopped answering. Rules did it. The rest of this sleep goes without the model.',
    );
    expect(phase(sleep, 'light')).toMatchObject({ made: { episodes: 80 }, tokens: 14 });
    expect((await world.store.memories({ limit: 50 })).some((each) => each.key?.startsWith('theme:'))).toBe(true);
    world.settings.sleep.model = false;
    calls.length = 0;
    await world.work(20);
    await sleepOnce(world, world.sleeper, 'cycles');
    expect(calls).toEqual([]);
  });

  it('[SL1.20] a phase that breaks ends itself and not the night, and the digest tells of it', async () => {
    const world = sleepWorld();
    await world.days(20);
    const broken = { ...world.store, openExpectations: () => Promise.reject(new Error('the index is gone')) };
    const sleep = await sleepOnce(world, createSleeper({ ...world.parts, store: broken }), 'cycles');
    expect(sleep.ended).toBe('done');
    expect(phase(sleep, 'light')).toMatchObject({ note: 'the index is gone', made: { failed: 1 } });
    expect(sleep.digest?.lines.map((each) => each.text)).toContain(
      'Something went wrong in light sleep: the index is gone',
    );
  });

  it('[SL1.21] shows what it does while it sleeps, nothing while awake, and sleeps one sleep at a time', async () => {
    const world = sleepWorld({ settings: (settings) => Object.assign(settings.sleep, { leastMs: 1_000 }) });
    await world.work(20);
    const seen = new Set<string>();
    world.sleeper.onChange(() => {
      const view = world.sleeper.view();
      seen.add(view ? `${view.phase}: ${view.says}` : 'awake');
    });
    expect(world.sleeper.view()).toBe(null);
    const sleeping = world.sleeper.sleep('idle', { dream: 'by-chance' }, new AbortController().signal);
    await expect(world.sleeper.sleep('idle', { dream: 'by-chance' }, new AbortController().signal)).rejects.toThrow(
      'sleeps already',
    );
    await passing(world.clock, sleeping);
    expect(world.sleeper.view()).toBe(null);
    expect([...seen]).toEqual([
      'light: Going through what happened.',
      'digest: Writing down what to tell.',
      'digest: Resting.',
      'awake',
    ]);
  });
});

describe('at an orderly stop', () => {
  it('[SL5.1] learns from what waits, without a model, a dream or counting', async () => {
    const { model, calls } = fakeSleepModel();
    const world = sleepWorld({ model: () => model });
    await world.work(30);
    const sleep = await world.sleeper.consolidateAtStop(new AbortController().signal);
    expect(sleep).toMatchObject({ reason: 'shutdown', ended: 'done', digest: null });
    expect(sleep?.phases).toMatchObject([{ phase: 'light', made: { episodes: 25 }, modelCalls: 0 }]);
    expect(calls).toEqual([]);
    expect(await world.store.unconsolidatedCount()).toBe(5);
    expect(await world.sleeper.consolidateAtStop(new AbortController().signal)).toBe(null);
    expect(world.sleeper.state()).toBe('awake');
  });

  it('[SL5.2] stops when its time is over; the rest is done after the next start', async () => {
    const world = sleepWorld();
    await world.work(65);
    const late = new AbortController();
    let steps = 0;
    const slow = createSleeper({
      ...world.parts,
      store: {
        ...world.store,
        commitSleep: async (step) => {
          await world.store.commitSleep(step);
          if (++steps === 2) late.abort('shutdown');
        },
      },
    });
    const sleep = await slow.consolidateAtStop(late.signal);
    expect(sleep).toMatchObject({ ended: 'shutdown', phases: [{ made: { episodes: 40 } }] });
    expect(await world.store.unconsolidatedCount()).toBe(25);
    await sleepOnce(world, createSleeper(world.parts), 'resumed');
    expect(await world.store.unconsolidatedCount()).toBe(5);
  });
});

const tokens = (tokensPerSleep: number) => (settings: Settings) =>
  void Object.assign(settings.sleep, { tokensPerSleep });

const draftOf = (id: string) => ({
  kind: 'learning' as const,
  text: `Something was learned (${id})`,
  key: `model:${id}`,
  target: null,
  importance: 0.6,
  rule: null,
  hits: 0,
  misses: 0,
  evidence: [{ kind: 'observation' as const, id, at: 1, snapshot: 'it was seen' }],
  expiresInDays: null,
});
