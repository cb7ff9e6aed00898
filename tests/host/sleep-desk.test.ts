import { describe, expect, it, onTestFinished } from 'vitest';
import { createSleepDesk } from '../../core/host/sleep-desk.ts';
import { createLife } from '../../core/loop/life.ts';
import type { MemoryChange, Sleep } from '../../core/memory.ts';
import type { Store } from '../../core/ports.ts';
import type { EngineEvent } from '../../core/protocol.ts';
import type { Settings } from '../../core/settings.ts';
import { goneDreamsKey } from '../../core/sleep/dream-counts.ts';
import { afterCycle, freshRhythm, type Rhythm } from '../../core/sleep/rhythm.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { dream, noon, observer, sleepRecord, sleepStep } from '../kit/nouns.ts';
import { type SimulatedDays, simulatedDays } from '../kit/simulated-days.ts';
import { waitFor } from '../kit/wait-for.ts';
import { type SleepWorld, sleepWorld } from '../sleep/sleep-world.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** A desk over the real statechart, store and sleeper; cycles are said to have run. */
function deskWorld(options: { settings?: (settings: Settings) => void; store?: Store; rhythm?: Rhythm } = {}) {
  const world = sleepWorld({
    settings(settings) {
      settings.sleep.leastMs = 10_000;
      options.settings?.(settings);
    },
    ...(options.store && { store: options.store }),
  });
  const { clock, store, parts, sleeper, settings, logged } = world;
  const life = createLife();
  life.send('recover');
  life.send('wake');
  const state = { rhythm: options.rhythm ?? freshRhythm, pending: 0, changes: 0 };
  const awakes: (Sleep | null)[] = [];
  const desk = createSleepDesk({
    store,
    clock,
    log: parts.log,
    settings: () => settings,
    life,
    sleeper,
    rhythm: {
      now: () => state.rhythm,
      async set(rhythm) {
        state.rhythm = rhythm;
      },
    },
    pending: () => state.pending,
    power: { isSuspended: () => false, spares: () => false },
    onAwake: (sleep) => void awakes.push(sleep),
    onChange: () => void (state.changes += 1),
  });

  return {
    ...world,
    desk,
    life,
    state,
    awakes,
    cycles(count: number) {
      for (let n = 0; n < count; n++) state.rhythm = afterCycle(state.rhythm, clock.now());
    },
    isAsleep: () => life.life() === 'asleep',
    /** Until so many sleeps are over. */
    awake: (count = awakes.length + 1) => passUntil(clock, () => awakes.length >= count),
    /** In the middle of a sleep. */
    resting: () => passUntil(clock, () => sleeper.view()?.says === 'Resting.', 1),
    lastSleep: async () => (await store.sleeps(1))[0],
    logged,
  };
}

async function passUntil(clock: SleepWorld['clock'], isSo: () => boolean, ms = 500): Promise<void> {
  await waitFor('the sleep', async () => {
    for (let n = 0; n < 50 && !isSo(); n++) await clock.pass(ms);
    return isSo();
  });
}

const see = observer(noon);
const critical = () => see({ type: 'disk-full', target: '/', severity: 'critical' });
const ownNote = () => see({ type: 'note-written', target: 'owner', trust: 'owner', details: { text: 'wait' } });

describe('when it sleeps', () => {
  it('[SL1.80] after fifty cycles, and not after forty-nine', async () => {
    const world = deskWorld();
    world.cycles(49);
    world.desk.consider();
    expect(world.isAsleep()).toBe(false);
    world.cycles(1);
    world.desk.consider();
    expect(world.isAsleep()).toBe(true);
    await world.awake();
    expect(await world.lastSleep()).toMatchObject({ reason: 'cycles', ended: 'done' });
    expect([world.life.life(), world.state.rhythm.cycles]).toEqual(['running', 0]);
    world.desk.consider();
    expect(world.isAsleep()).toBe(false);
  });

  it('[SL1.81] after half an hour without anything to think about, when something was since the last sleep', async () => {
    const world = deskWorld();
    world.desk.consider();
    expect(world.isAsleep(), 'nothing was yet').toBe(false);
    world.cycles(1);
    await world.clock.pass(29 * minuteMs);
    world.desk.consider();
    expect(world.isAsleep()).toBe(false);
    await world.clock.pass(minuteMs);
    world.desk.consider();
    await world.awake();
    expect(await world.lastSleep()).toMatchObject({ reason: 'idle', ended: 'done' });
    await world.clock.pass(300 * minuteMs);
    world.desk.consider();
    expect(world.isAsleep(), 'nothing was since').toBe(false);
  });

  it('[SL1.82] on request at once; in the middle of a thought after it; who then says wake or pause takes the request back', async () => {
    const { desk, life, isAsleep, awake, lastSleep } = deskWorld();
    expect(await desk.send({ kind: 'sleep-now' })).toEqual({ ok: true });
    await awake();
    expect(await lastSleep()).toMatchObject({ reason: 'request' });

    for (const takeBack of [null, 'wake', 'pause'] as const) {
      life.send('perceive');
      const answer = await desk.send({ kind: 'dream-now' });
      expect(answer).toMatchObject({ ok: true, said: expect.stringContaining('after this thought') });
      if (takeBack === 'wake') expect(await desk.send({ kind: 'wake' })).toEqual({ ok: true });
      if (takeBack === 'pause') {
        life.send('pause');
        life.send('resume');
      }
      life.send('rest');
      desk.consider();
      expect(isAsleep()).toBe(takeBack === null);
      if (takeBack === null) await awake();
    }
    expect((await lastSleep())?.phases.map(({ phase }) => phase)).toContain('dream');
    expect(await desk.send({ kind: 'wake' })).toMatchObject({ ok: false, message: expect.stringContaining('awake') });
  });

  it('[SL1.83] not by itself when that is turned off or too much waits, and never while paused or stopped; it says why', async () => {
    const world = deskWorld();
    world.cycles(60);
    world.settings.sleep.enabled = false;
    world.desk.consider();
    world.settings.sleep.enabled = true;
    world.state.pending = world.settings.intake.batch + 1;
    world.desk.consider();
    expect(world.isAsleep()).toBe(false);
    expect((await world.desk.view()).next).toMatch(/fewer than 51 observations wait/);
    world.state.pending = 0;
    world.life.send('pause');
    world.desk.consider();
    expect(await world.desk.send({ kind: 'sleep-now' })).toMatchObject({ message: expect.stringMatching(/Resume it/) });
    expect(world.life.life()).toBe('paused');
    world.life.send('stop');
    world.desk.consider();
    expect(await world.desk.send({ kind: 'sleep-now' })).toMatchObject({
      message: expect.stringMatching(/not running/),
    });
    expect(await world.store.sleeps(5)).toEqual([]);
  });

  it('[SL1.84] what cannot wait and was written in the middle of a cycle is thought about before it sleeps', async () => {
    for (const urgent of [critical(), ownNote()]) {
      const world = deskWorld();
      world.cycles(49);
      world.desk.heard([see({ severity: 'error' })]);
      world.desk.heard([urgent]);
      world.state.pending = 1;
      world.cycles(1);
      world.desk.consider();
      expect(world.isAsleep(), 'the cycle that ran did not have it').toBe(false);
      world.cycles(1);
      world.desk.consider();
      expect(world.isAsleep(), 'other things may wait').toBe(true);
      await world.awake();
    }
  });

  it('[SL1.85] one sleep at a time', async () => {
    const world = deskWorld();
    world.cycles(60);
    world.desk.consider();
    world.desk.consider();
    expect(await world.desk.send({ kind: 'sleep-now' })).toMatchObject({
      ok: false,
      message: expect.stringContaining('sleeps already'),
    });
    await world.awake();
    expect(await world.store.sleeps(5)).toHaveLength(1);
    expect(world.awakes).toHaveLength(1);
  });
});

describe('what ends a sleep', () => {
  it('[SL1.86] something critical or the owner’s note wakes it at once, and what was cut off goes on when it is calm; anything else waits', async () => {
    for (const urgent of [critical(), ownNote()]) {
      const world = deskWorld();
      await world.work(20);
      world.cycles(50);
      world.state.pending = 1;
      world.desk.consider();
      await world.resting();
      world.desk.heard([see({ severity: 'error' })]);
      await world.clock.pass(1_000);
      expect(world.isAsleep()).toBe(true);
      const at = world.clock.now();
      world.desk.heard([urgent]);
      await world.awake(1);
      expect(world.clock.now() - at).toBeLessThan(1_000);
      expect(await world.lastSleep()).toMatchObject({ ended: 'interrupted' });
      world.cycles(1);
      world.desk.consider();
      expect(world.isAsleep(), 'not at once').toBe(false);
      await world.clock.pass(minuteMs);
      world.desk.consider();
      await world.awake(2);
      expect(await world.lastSleep()).toMatchObject({ reason: 'resumed', ended: 'done' });
    }
  });

  it('[SL1.87] wake and pause end it by the owner’s word, stop by the end of the program', async () => {
    for (const [how, ended, lives] of [
      ['wake', 'owner', 'running'],
      ['pause', 'owner', 'paused'],
      ['stop', 'shutdown', 'stopping'],
    ] as const) {
      const world = deskWorld();
      world.cycles(50);
      world.desk.consider();
      await world.resting();
      if (how === 'wake') await world.desk.send({ kind: 'wake' });
      else world.life.send(how);
      await world.awake(1);
      expect(await world.lastSleep()).toMatchObject({ ended });
      expect(world.life.life()).toBe(lives);
      await world.desk.stop();
      expect(world.clock.waiting(), 'nothing is left that would wake').toBe(0);
    }
  });

  it('[SL1.88] a sleep that fails is logged and told, does not come again at once, and holds up no later one', async () => {
    const store = memoryStore();
    let broken = true;
    const sleeps: Store['sleeps'] = async (limit) => {
      if (broken) throw new Error('the disk is gone');
      return store.sleeps(limit);
    };
    const world = deskWorld({ store: { ...store, sleeps } });
    world.cycles(50);
    world.desk.consider();
    await world.awake(1);
    expect([world.awakes, world.life.life()]).toEqual([[null], 'running']);
    expect(world.logged).toContain('sleep-failed');
    world.desk.consider();
    expect(world.isAsleep()).toBe(false);
    broken = false;
    world.cycles(50);
    world.desk.consider();
    await world.awake(2);
    expect(world.awakes[1]).toMatchObject({ ended: 'done' });
  });

  it('[SL1.89] a sleep in whose middle the program died goes on with the next start, when it is calm', async () => {
    const world = deskWorld();
    await world.store.commitSleep(sleepStep({ sleep: sleepRecord('cut', { startedAt: noon - minuteMs }) }));
    world.cycles(1);
    await world.desk.load();
    world.desk.consider();
    expect(world.isAsleep(), 'just now it thought').toBe(false);
    await world.clock.pass(minuteMs);
    world.desk.consider();
    await world.awake(1);
    const [now, before] = await world.store.sleeps(2);
    expect([now?.reason, before?.id, before?.ended]).toEqual(['resumed', 'cut', 'interrupted']);
    await world.clock.pass(2 * minuteMs);
    world.desk.consider();
    expect(world.isAsleep(), 'once').toBe(false);
  });

  it('[SL1.90] before something is erased it is roused, a request is taken back, and nothing of the sleep runs any more', async () => {
    const world = deskWorld();
    world.cycles(50);
    world.desk.consider();
    await world.resting();
    await world.desk.rouse();
    expect([world.sleeper.view(), world.life.life()]).toEqual([null, 'running']);
    world.life.send('perceive');
    await world.desk.send({ kind: 'sleep-now' });
    await world.desk.rouse();
    world.life.send('rest');
    world.desk.consider();
    expect(world.isAsleep()).toBe(false);
  });

  it('[SL5.70] at an orderly stop it learns from what waits, in five seconds at most', async () => {
    const world = deskWorld();
    await world.work(30);
    await world.desk.stop();
    expect(await world.lastSleep()).toMatchObject({ reason: 'shutdown', ended: 'done' });
    expect(await world.store.unconsolidatedCount()).toBe(world.settings.sleep.keepNewest);
    expect(world.clock.waiting()).toBe(0);

    const slow = deskWorld();
    await slow.work(65);
    const consolidate = slow.store.commitSleep;
    slow.store.commitSleep = async (step) => {
      await slow.clock.pass(3_000);
      return consolidate(step);
    };
    await slow.desk.stop();
    expect(await slow.lastSleep()).toMatchObject({ ended: 'shutdown' });
    expect(await slow.store.unconsolidatedCount()).toBeGreaterThan(slow.settings.sleep.keepNewest);
  });
});

describe('what is shown of it', () => {
  it('[SL5.71] the phase and what it does while asleep, each change told; nothing of it while awake', async () => {
    const world = deskWorld();
    await world.work(20);
    expect(world.desk.shown()).toMatchObject({ sleep: null, phase: null });
    const before = world.state.changes;
    await world.desk.send({ kind: 'sleep-now' });
    await world.resting();
    expect(world.desk.shown()).toMatchObject({ phase: 'digest', sleep: { phase: 'digest', reason: 'request' } });
    expect(world.state.changes).toBeGreaterThan(before + 2);
    await world.awake(1);
    expect(world.desk.shown()).toMatchObject({ sleep: null, phase: null });
  });

  it('[SL5.72] the last digest for a day, over sleeps that had nothing to tell and over a restart', async () => {
    const world = deskWorld();
    const digest = { from: noon - dayMs, until: noon, lines: [{ text: 'Learned: a thing.', memoryIds: ['m1'] }] };
    await world.store.commitSleep(sleepStep({ sleep: sleepRecord('told', { endedAt: noon, ended: 'done', digest }) }));
    for (let n = 1; n <= 20; n++) {
      const silent = sleepRecord(`silent-${n}`, { startedAt: noon + n, endedAt: noon + n, ended: 'done' });
      await world.store.commitSleep(sleepStep({ sleep: silent }));
    }
    await world.desk.load();
    expect(world.desk.shown().digest).toEqual(digest);
    await world.clock.pass(dayMs - 1_000);
    expect(world.desk.shown().digest).toEqual(digest);
    await world.clock.pass(1_000);
    expect(world.desk.shown().digest).toBeNull();
  });

  it('[SL5.73] dreams that wait first, then the newest, a hundred at most; the last sixty sleeps; when it sleeps next', async () => {
    const { store, desk } = deskWorld();
    const dreamt = Array.from({ length: 130 }, (_, n): MemoryChange => {
      const validation = n < 3 ? 'needs-validation' : 'refuted';
      return { kind: 'remember', memory: dream(`d${n}`, { validation, changedAt: noon + n }), evidence: [] };
    });
    await store.changeMemories(dreamt);
    for (let n = 0; n < 70; n++)
      await store.commitSleep(sleepStep({ sleep: sleepRecord(`s${n}`, { startedAt: noon + n, endedAt: noon + n }) }));
    const view = await desk.view();
    expect(view.dreams.map(({ id }) => id).slice(0, 4)).toEqual(['d2', 'd1', 'd0', 'd129']);
    expect([view.dreams.length, view.sleeps.length, view.sleeps[0]?.id]).toEqual([100, 60, 's69']);
    expect(view.counts).toEqual({ waiting: 3, confirmed: 0, refuted: 127, expired: 0 });
    expect(view.next).toMatch(/^after 50 more cycles/);
  });

  it('[SL5.74] counts every dream that came true, was wrong or was let go, also when it is forgotten since; one that is brought back counts once', async () => {
    const { store, desk, clock } = deskWorld();
    const dreamt = (
      id: string,
      validation: 'confirmed' | 'refuted' | 'expired' | 'needs-validation',
    ): MemoryChange => ({
      kind: 'remember',
      memory: dream(id, { validation }),
      evidence: [],
    });
    const forget = (id: string): MemoryChange => ({ kind: 'forget', id, why: 'it faded', at: clock.now() });
    const counts = async () => Object.values((await desk.view()).counts);
    await store.changeMemories([
      dreamt('a', 'confirmed'),
      dreamt('b', 'refuted'),
      dreamt('c', 'expired'),
      dreamt('d', 'refuted'),
      dreamt('e', 'needs-validation'),
    ]);
    expect(await counts()).toEqual([1, 1, 2, 1]);
    await store.changeMemories([forget('a'), forget('b'), forget('c'), forget('e')]);
    expect(await counts(), 'one that was never judged is not counted').toEqual([0, 1, 2, 1]);
    await store.bringBack('a', clock.now());
    expect(await counts()).toEqual([0, 1, 2, 1]);
    await store.changeMemories([forget('a')]);
    expect(await counts()).toEqual([0, 1, 2, 1]);
    await store.bury(clock.now() + 1);
    expect(await store.tombstones(10)).toEqual([]);
    expect(await counts()).toEqual([0, 1, 2, 1]);
    expect(await store.state(goneDreamsKey), 'nothing grows').toMatchObject({ buried: {} });
    await store.setState(goneDreamsKey, { confirmed: 'many', buried: [1] });
    expect(await counts(), 'what cannot be read is as if nothing were gone').toEqual([0, 0, 1, 0]);
  });
});

/** A whole engine whose nights are short; everything it tells is kept. */
async function nights(options: Parameters<typeof simulatedDays>[0] = {}): Promise<SimulatedDays & { told: string[] }> {
  const world = await simulatedDays({
    ...options,
    settings(settings) {
      settings.intake.windowMs = 0;
      Object.assign(settings.sleep, { leastMs: 5_000, afterCycles: 3, dreamChance: 0 });
    },
  });
  onTestFinished(world.end);
  const told: string[] = [];
  world.engine.subscribe((event: EngineEvent) => void told.push(event.kind));
  return { ...world, told };
}

/** Until it rests in a sleep. */
const asleep = ({ engine, clock }: SimulatedDays) =>
  passUntil(clock, () => engine.snapshot().sleep?.says === 'Resting.', 10);
const woken = ({ engine, clock }: SimulatedDays) => passUntil(clock, () => engine.snapshot().life === 'running', 100);

describe('with the whole engine', () => {
  it('[SL1.91] awake again it goes on with what waits; the snapshot says stage and sleep while it lasts; that memory has changed is told', async () => {
    const world = await nights();
    const { engine, offer, clock, told } = world;
    for (let n = 0; n < 2; n++) await world.see({ target: `src/${n}.ts` });
    offer({ target: 'src/third.ts' });
    await asleep(world);
    expect(engine.snapshot()).toMatchObject({ life: 'asleep', stage: 'digest', sleep: { reason: 'cycles' } });
    const { episodes } = engine.snapshot().counts;
    told.length = 0;
    offer({ target: 'src/meanwhile.ts', severity: 'error' });
    await passUntil(clock, () => engine.snapshot().counts.pending === 1, 10);
    expect(engine.snapshot().life).toBe('asleep');
    await woken(world);
    await passUntil(clock, () => engine.snapshot().counts.episodes > episodes, 100);
    expect(engine.snapshot()).toMatchObject({ sleep: null, counts: { pending: 0 } });
    expect(told).toContain('memory-changed');
  });

  it('[SL1.92] the owner’s note in the middle of a sleep is thought about at once', async () => {
    const world = await nights();
    const { engine, clock } = world;
    await world.see({});
    await engine.send({ kind: 'sleep-now' });
    await asleep(world);
    const { episodes } = engine.snapshot().counts;
    const at = clock.now();
    const noted = engine.note('did the release go out?');
    await passUntil(clock, () => engine.snapshot().counts.episodes > episodes, 10);
    await noted;
    expect(clock.now() - at).toBeLessThan(2_000);
    expect((await engine.query.dreams()).sleeps[0]).toMatchObject({ ended: 'interrupted' });
  });

  it('[SL1.95] a sleep that failed is a trouble for the owner until one succeeds', async () => {
    const store = memoryStore();
    let broken = false;
    const commitSleep: Store['commitSleep'] = async (step) => {
      if (broken) throw new Error('the disk is full');
      return store.commitSleep(step);
    };
    const world = await nights({ store: { ...store, commitSleep } });
    const { engine, clock } = world;
    await world.see({});
    const keys = () => engine.snapshot().troubles.map(({ key }) => key);
    for (const fails of [true, false]) {
      broken = fails;
      await engine.send({ kind: 'sleep-now' });
      await passUntil(clock, () => engine.snapshot().life === 'running', 100);
      expect(keys().includes('sleep')).toBe(fails);
    }
  });

  it('[SL1.93] how many cycles there were since the last sleep outlives a restart', async () => {
    const kept = { ...memoryStore(), close: async () => undefined };
    const first = await nights({ store: kept });
    for (let n = 0; n < 2; n++) await first.see({ target: `src/${n}.ts` });
    await first.end();
    const second = await nights({ store: kept, startAt: first.clock.now() + 1_000, seed: 12 });
    expect((await second.engine.query.dreams()).next).toMatch(/^after 1 more cycle,/);
    second.offer({ target: 'src/third.ts' });
    await asleep(second);
    expect(second.engine.snapshot()).toMatchObject({ life: 'asleep', sleep: { reason: 'cycles' } });
  });
});
