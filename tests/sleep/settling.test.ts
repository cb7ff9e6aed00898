import { describe, expect, it } from 'vitest';
import { createSleeper } from '../../core/sleep/sleeper.ts';
import { cycleRecord, dream, evidence, expectation, memory } from '../kit/nouns.ts';
import { failedTest, hourMs, type SleepWorld, sleepOnce, sleepWorld } from './sleep-world.ts';

const wants = { severity: 'error' as const, target: 'npm test', source: 'ci', absent: true };

/** A decision that expected no further error; it is open, and what comes next says how it came out. */
async function decided(world: SleepWorld, n: number) {
  const { id, observations } = await world.episodeOf([failedTest(n)], { targets: ['npm test'] });
  const since = world.clock.now();
  const expected = expectation(world.nextId(), {
    of: 'decision',
    ofId: id,
    since,
    dueAt: since + hourMs,
    wants,
    words: 'No further error on npm test.',
  });
  await world.store.commitCycle(cycleRecord({ expectations: [expected] }));
  return { id, expected, seen: observations[0]!.id };
}

const resting = (world: SleepWorld, id: string, on: string, kind: 'learning' | 'dream' = 'learning') => {
  const of = { importance: 0.5, strengthAt: world.clock.now() };
  const it = kind === 'dream' ? dream(id, of) : memory(id, of);
  return world.store.changeMemories([{ kind: 'remember', memory: it, evidence: [evidence(on)] }]);
};

describe('settling in light sleep', () => {
  it('[ME6.70] a dream that comes true at night becomes a pattern that rests on everything that bore it out', async () => {
    const world = sleepWorld();
    const rule = { when: { target: 'src/a.ts' }, then: { type: 'test-failed', target: 'npm test' }, withinMs: hourMs };
    const since = world.clock.now();
    const hope = dream('01DREAM', { rule, hits: 2, formedAt: since - hourMs, key: 'rule:x' });
    hope.terms.novelty = 1;
    const before = [evidence('before-1', { at: since - 2 }), evidence('before-2', { at: since - 1 })];
    await world.store.changeMemories([{ kind: 'remember', memory: hope, evidence: before }]);
    const expected = expectation('01E', { of: 'dream', ofId: hope.id, since, dueAt: since + hourMs, wants: rule.then });
    await world.store.commitCycle(cycleRecord({ expectations: [expected] }));
    const { observations } = await world.episodeOf([failedTest(1)]);
    world.clock.jump(3 * hourMs);
    await sleepOnce(world, world.sleeper, 'idle');
    const [pattern] = (await world.store.rules()).filter((each) => each.key === 'dreamt:rule:x');
    expect(pattern).toMatchObject({ kind: 'pattern', hits: 3, support: 3 });
    const rests = await world.store.evidenceOf(pattern?.id ?? '');
    expect(rests.map(({ id }) => id)).toEqual([observations[0]?.id, 'before-2', 'before-1']);
    expect(rests[0]?.snapshot).toContain('npm test');
  });

  it('[ME6.71] decisions teach also when their episodes have left short-term memory', async () => {
    const world = sleepWorld();
    for (let n = 0; n < 3; n++) {
      const { id } = await decided(world, n);
      await world.episodeOf([failedTest(n + 10)]);
      const sleep = await sleepOnce(world, world.sleeper, 'idle');
      await world.store.commitSleep({ ...emptyStep, sleep, consolidated: [id], faded: [id] });
      world.clock.jump(3 * hourMs);
    }
    expect((await world.store.heldEpisodes(10)).length).toBe(3);
    await world.work(1);
    await sleepOnce(world, world.sleeper, 'idle');
    const [lesson] = await world.store.memories({ kinds: ['lesson'], limit: 5 });
    expect(lesson?.text).toContain('it came back 3 of 3 times');
  });

  it('[ME6.72] what rests on what a decision was made on gains or loses by how it came out, once, in the same step; no dream does', async () => {
    const world = sleepWorld();
    const wrong = await decided(world, 1);
    await resting(world, 'm-wrong', wrong.seen);
    await resting(world, 'm-dream', wrong.seen, 'dream');
    await world.episodeOf([failedTest(2)]);
    world.clock.jump(3 * hourMs);
    const right = await decided(world, 3);
    await resting(world, 'm-right', right.seen);
    await world.episodeOf([{ type: 'test-passed', target: 'npm run lint' }]);
    world.clock.jump(3 * hourMs);
    const importance = async () =>
      Object.fromEntries(
        (await world.store.memoriesById(['m-wrong', 'm-right', 'm-dream'])).map((each) => [each.id, each.importance]),
      );
    const steps: string[][] = [];
    const commitSleep: typeof world.store.commitSleep = async (step) => {
      steps.push([...step.settled.map(({ settlement }) => settlement), ...step.changes.map(({ kind }) => kind)].sort());
      await world.store.commitSleep(step);
    };
    const sleeper = createSleeper({ ...world.parts, store: { ...world.store, commitSleep } });
    await sleepOnce(world, sleeper, 'idle');
    expect(await importance()).toEqual({ 'm-wrong': 0.425, 'm-right': 0.6, 'm-dream': 0.5 });
    expect(steps).toContainEqual(expect.arrayContaining(['met', 'not-met', 'reinforce', 'weaken']));
    await world.episodeOf([failedTest(5)]);
    await sleepOnce(world, sleeper, 'idle');
    expect(await importance()).toEqual({ 'm-wrong': 0.425, 'm-right': 0.6, 'm-dream': 0.5 });
  });

  it('[ME6.73] a decision that was settled while awake weighs in the next sleep, once', async () => {
    const world = sleepWorld();
    const { expected, id, seen } = await decided(world, 1);
    await resting(world, 'm1', seen);
    const settled = { id: expected.id, of: 'decision' as const, ofId: id, settlement: 'met' as const };
    const at = world.clock.now();
    await world.store.commitCycle(cycleRecord({ settled: [{ ...settled, at, observationIds: [] }] }));
    for (let n = 0; n < 2; n++) {
      world.clock.jump(hourMs);
      await sleepOnce(world, world.sleeper, 'idle');
      expect((await world.store.memory('m1'))?.importance).toBe(0.6);
      await world.episodeOf([failedTest(n)]);
    }
  });
});

const emptyStep = { changes: [], expectations: [], settled: [], summaries: [], state: {} };
