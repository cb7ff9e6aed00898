import { describe, expect, it, onTestFinished } from 'vitest';
import type { Memory } from '../../core/memory.ts';
import type { Store } from '../../core/ports.ts';
import type { Command } from '../../core/protocol.ts';
import type { Verdict } from '../../core/types.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { cycleRecord, dream, evidence, insight, memory, noon, observer } from '../kit/nouns.ts';
import { type SimulatedDays, simulatedDays } from '../kit/simulated-days.ts';
import { waitFor } from '../kit/wait-for.ts';

async function world(options: { store?: Store } = {}): Promise<SimulatedDays> {
  const made = await simulatedDays({
    ...options,
    settings(settings) {
      settings.intake.windowMs = 0;
      settings.sleep.leastMs = 5_000;
    },
  });
  onTestFinished(made.end);
  return made;
}

/** An insight, a memory that rests on the same observation, one that rests on the insight itself, a dream, and one of something else. */
async function judged() {
  const made = await world();
  const { store, engine } = made;
  const seen = observer(noon)({ target: 'src/a.ts' });
  await store.append({ entries: [{ observation: seen, mergeInto: null }], marks: [] });
  const formed = (kept: Memory, id: string, kind: 'observation' | 'insight' = 'observation') => ({
    kind: 'remember' as const,
    memory: { ...kept, importance: 0.5 },
    evidence: [evidence(id, { kind })],
  });
  await store.commitCycle(
    cycleRecord({
      insights: [insight('i1', { evidenceIds: [seen.id] })],
      changes: [
        formed(memory('m1'), seen.id),
        formed(memory('m2', { text: 'what was concluded' }), 'i1', 'insight'),
        formed(dream('d1'), seen.id),
        formed(memory('m3', { text: 'of something else' }), 'o-other'),
      ],
    }),
  );
  const judge = (verdict: Verdict | null) => engine.send({ kind: 'judge-insight', id: 'i1', verdict });
  const importances = async () => {
    const found = new Map(
      (await store.memoriesById(['m1', 'm2', 'd1', 'm3'])).map((each) => [each.id, each.importance]),
    );
    return ['m1', 'm2', 'd1', 'm3'].map((id) => Number(found.get(id)?.toFixed(3)));
  };
  return { ...made, judge, importances };
}

describe('a verdict', () => {
  it('[ME6.60] weighs on what rests on the insight or on its evidence, and on no dream', async () => {
    const { judge, importances } = await judged();
    expect(await judge('useful')).toEqual({ ok: true });
    expect(await importances()).toEqual([0.6, 0.6, 0.5, 0.5]);
  });

  it('[ME6.61] weighs once: taking it back and giving it again, or clicking twice at once, adds nothing', async () => {
    const { judge, importances, store } = await judged();
    await Promise.all([judge('useful'), judge('useful')]);
    for (let n = 0; n < 3; n++) {
      await judge(null);
      await judge('useful');
    }
    expect(await importances()).toEqual([0.6, 0.6, 0.5, 0.5]);
    await Promise.all([judge('less'), judge('less')]);
    expect((await store.lessOf()).map(({ times }) => times)).toEqual([1]);
    for (const verdict of ['useful', 'less', null, 'less'] as const) await judge(verdict);
    expect(await importances(), 'a change of mind weighs, once as well').toEqual([0.3, 0.3, 0.5, 0.5]);
    expect((await store.lessOf()).map(({ times }) => times)).toEqual([1]);
    expect(await store.insight('i1')).toMatchObject({ verdict: 'less' });
  });

  it('[ME6.62] is known as weighed after a restart, and of the last thousand only', async () => {
    const { judge, importances, store } = await judged();
    await judge('useful');
    const kept = (await store.state('weighed-verdicts')) as string[];
    expect(kept).toEqual(['i1 useful']);
    await store.setState('weighed-verdicts', [...kept, ...Array.from({ length: 999 }, (_, n) => `x${n} less`)]);
    await judge('less');
    expect(await store.state('weighed-verdicts')).toHaveLength(1_000);
    await store.setState('weighed-verdicts', { odd: true });
    await judge(null);
    await judge('useful');
    expect((await importances())[0], 'what cannot be read counts as never').toBeCloseTo(0.3 + 0.7 * 0.2);
  });
});

/** Until the life is so; time passes meanwhile. */
const until = ({ engine, clock }: SimulatedDays, what: string, isSo: () => boolean) =>
  waitFor(what, async () => {
    for (let n = 0; n < 50 && !isSo(); n++) await clock.pass(20);
    return isSo() || engine.snapshot().life === 'stopped';
  });

describe('pause and resume', () => {
  it('[LO7.40] pausing in the middle of a sleep ends it, nothing is thought until resumed, and it is the owner’s word that ended it', async () => {
    const made = await world();
    const { engine, store } = made;
    await made.see({});
    await engine.send({ kind: 'sleep-now' });
    await until(made, 'it rests', () => engine.snapshot().sleep?.says === 'Resting.');
    expect(await engine.send({ kind: 'pause' })).toEqual({ ok: true });
    await until(made, 'the end of the sleep', () => engine.snapshot().sleep === null);
    made.offer({ target: 'src/meanwhile.ts', severity: 'error' });
    await until(made, 'it is written', () => engine.snapshot().counts.pending === 1);
    await made.clock.pass(60_000);
    expect(engine.snapshot()).toMatchObject({ life: 'paused', stage: 'resting', counts: { pending: 1 } });
    expect((await store.sleeps(1))[0]).toMatchObject({ ended: 'owner' });
    expect(await engine.send({ kind: 'sleep-now' })).toMatchObject({ ok: false });
    expect(await engine.send({ kind: 'resume' })).toEqual({ ok: true });
    await until(made, 'the thought', () => engine.snapshot().counts.pending === 0);
  });

  it('[LO7.41] what is not to be paused or resumed is refused in words', async () => {
    const { engine } = await world();
    expect(await engine.send({ kind: 'resume' })).toMatchObject({ ok: false, message: 'Reverie is not paused.' });
    await engine.send({ kind: 'pause' });
    expect(await engine.send({ kind: 'pause' })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/not running/),
    });
  });

  it('[LO7.42] a pause outlives the deletion of everything, and with it a restart', async () => {
    const store = { ...memoryStore(), close: async () => undefined };
    const first = await world({ store });
    await first.engine.send({ kind: 'pause' });
    await first.engine.send({ kind: 'delete-everything', confirm: 'delete everything' });
    await first.end();
    const second = await world({ store });
    expect(second.engine.snapshot().life).toBe('paused');
  });
});

describe('other commands', () => {
  it('[LO7.43] a focus that is cleared is gone at once and after a restart', async () => {
    const store = { ...memoryStore(), close: async () => undefined };
    const first = await world({ store });
    await first.see({ severity: 'error', type: 'test-failed', target: 'npm test' });
    expect(first.engine.snapshot().focus).not.toBeNull();
    expect(await first.engine.send({ kind: 'clear-focus' })).toEqual({ ok: true });
    expect(first.engine.snapshot().focus).toBeNull();
    await first.end();
    expect((await world({ store })).engine.snapshot().focus).toBeNull();
  });

  it('[AT2.23] a focus that the owner sets is there at once, is told with its why, and outlives a restart', async () => {
    const store = { ...memoryStore(), close: async () => undefined };
    const first = await world({ store });
    const asked = { kind: 'set-focus', topic: 'the checkout', priority: 'high' } as const;
    expect(await first.engine.send(asked)).toEqual({ ok: true });
    const focus = { topic: 'the checkout', strength: 1, why: 'you asked for it, with high priority' };
    expect(first.engine.snapshot().focus).toMatchObject(focus);
    for (let n = 0; n < 4; n++) await first.see({ severity: 'error', type: 'test-failed', target: `npm test ${n}` });
    expect(first.engine.snapshot().focus).toMatchObject(focus);
    await first.end();
    const second = await world({ store });
    expect(second.engine.snapshot().focus).toMatchObject(focus);
    for (let n = 0; n < 4; n++) await second.see({ severity: 'error', type: 'test-failed', target: `npm test ${n}` });
    expect(second.engine.snapshot().focus, 'it is held after the restart, too').toMatchObject(focus);
    await second.see({ severity: 'critical', type: 'disk-full', target: '/data' });
    expect(second.engine.snapshot().focus).toMatchObject({ topic: '/data', why: 'a critical event' });
    await second.engine.send({ kind: 'clear-focus' });
    expect(second.engine.snapshot().focus).toBeNull();
    await second.see({ severity: 'error', type: 'test-failed', target: 'npm test' });
    expect(second.engine.snapshot().focus?.topic, 'cleared it does not come back').toBe('npm test');
  });

  it('[AT2.24] a focus in which nothing can be read is refused in words and changes nothing', async () => {
    const { engine } = await world();
    await engine.send({ kind: 'set-focus', topic: 'the checkout', priority: 'normal' });
    expect(await engine.send({ kind: 'set-focus', topic: '\u200b', priority: 'high' })).toEqual({
      ok: false,
      message: 'Nothing of that can be read. Say in a few words what to attend to.',
    });
    expect(engine.snapshot().focus?.topic).toBe('the checkout');
  });

  it('[ME7.68] an insight that is pinned or let go is told as it is then, with its verdict; one that is gone is refused', async () => {
    const { engine, store } = await world();
    await store.commitCycle(cycleRecord({ insights: [insight('i1')] }));
    const told: [unknown, boolean][] = [];
    engine.subscribe((event) => {
      if (event.kind === 'insight-changed') told.push([event.insight.verdict, event.insight.pinned]);
    });
    await Promise.all([
      engine.send({ kind: 'judge-insight', id: 'i1', verdict: 'useful' }),
      engine.send({ kind: 'pin-insight', id: 'i1', pinned: true }),
      engine.send({ kind: 'judge-insight', id: 'i1', verdict: null }),
      engine.send({ kind: 'pin-insight', id: 'i1', pinned: false }),
    ]);
    expect(told).toEqual([
      ['useful', false],
      ['useful', true],
      [null, true],
      [null, false],
    ]);
    expect(await engine.send({ kind: 'pin-insight', id: 'none', pinned: true })).toMatchObject({ ok: false });
    await engine.send({ kind: 'pin-insight', id: 'i1', pinned: true });
    expect((await engine.query.insights({ limit: 5, pinned: true, text: 'changed' })).map(({ id }) => id)).toEqual([
      'i1',
    ]);
  });

  it('[ME5.60] a note that is deleted is in mind no more, as focus neither, also not after a restart', async () => {
    const { engine, store, clock, ...made } = await world();
    const { id } = await engine.note('zyxotter owes nine');
    await until({ engine, clock, store, ...made }, 'the thought', () => engine.snapshot().focus !== null);
    expect(JSON.stringify(await store.state('working'))).toContain('zyxotter');
    expect(await engine.send({ kind: 'delete-memory', id })).toMatchObject({ ok: true });
    expect(engine.snapshot().focus).toBeNull();
    expect(JSON.stringify(await store.state('working'))).not.toContain('zyx');
  });

  it('[LO7.48] a cycle that changed what is remembered tells it, one that did not is silent', async () => {
    const made = await world();
    let told = 0;
    made.engine.subscribe(({ kind }) => void (told += Number(kind === 'memory-changed')));
    await made.see({ details: { place: '/shop', whitespaceOnly: true } });
    expect(told).toBe(0);
    await made.engine.note('the release is on Friday');
    await until(made, 'it is told', () => told > 0);
    expect([told, await made.store.sleeps(1)]).toEqual([1, []]);
  });

  it('[SH8.43] a pin leaves the answers that show the memory; a correction and forgetting drop them', async () => {
    const made = await world();
    const { engine, store } = made;
    const text = 'Refunds are paid out on Fridays.';
    await store.changeMemories([{ kind: 'remember', memory: memory('m1', { text }), evidence: [] }]);
    const answers = () => engine.query.answers();
    const ask = async () => {
      await engine.ask('When are refunds paid out?');
      await waitFor('an answer that shows it', async () => {
        await made.clock.pass(20);
        const [newest] = await answers();
        return newest?.state === 'done' && newest.evidence.some(({ id }) => id === 'm1');
      });
    };
    await ask();
    expect(await engine.send({ kind: 'pin-memory', id: 'm1', pinned: true })).toEqual({ ok: true });
    expect(await answers()).toHaveLength(1);
    await engine.send({ kind: 'correct-memory', id: 'm1', text: 'Refunds are paid out on Mondays.' });
    expect(await answers()).toEqual([]);
    await engine.send({ kind: 'pin-memory', id: 'm1', pinned: false });
    await ask();
    await engine.send({ kind: 'forget-memory', id: 'm1' });
    expect(await answers()).toEqual([]);
  });

  it('[LO7.44] each that changes memory tells that it has changed; an export and a refusal do not', async () => {
    const { engine, store } = await world();
    await store.changeMemories([{ kind: 'remember', memory: memory('m1'), evidence: [] }]);
    let told = 0;
    engine.subscribe(({ kind }) => void (told += Number(kind === 'memory-changed')));
    const tellsOf = async (command: Command): Promise<number> => {
      const before = told;
      await engine.send(command);
      for (let n = 0; n < 20; n++) await store.counts();
      return told - before;
    };
    const id = 'm1';
    expect(await tellsOf({ kind: 'pin-memory', id, pinned: true })).toBe(1);
    expect(await tellsOf({ kind: 'forget-memory', id })).toBe(0);
    expect(await tellsOf({ kind: 'pin-memory', id, pinned: false })).toBe(1);
    expect(await tellsOf({ kind: 'correct-memory', id, text: 'rightly so' })).toBe(1);
    expect(await tellsOf({ kind: 'forget-memory', id })).toBe(1);
    expect(await tellsOf({ kind: 'bring-back', id })).toBe(1);
    expect(await tellsOf({ kind: 'export-memory', format: 'json' })).toBe(0);
    expect(await tellsOf({ kind: 'delete-memory', id })).toBe(1);
    expect(await tellsOf({ kind: 'delete-everything', confirm: 'delete everything' })).toBe(1);
  });
});
