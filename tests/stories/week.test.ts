import { describe, expect, it, onTestFinished } from 'vitest';
import type { Matcher, Memory } from '../../core/memory.ts';
import type { ObservationDraft } from '../../core/types.ts';
import { type SimulatedDays, simulatedDays } from '../kit/simulated-days.ts';

/**
 * A week in simulated time, with nights: what repeats is learned while it sleeps, is noticed earlier because of it, and what it dreams is
 * held against what happens.
 */
const minuteMs = 60_000;
const lockChanged: Partial<ObservationDraft> = {
  target: 'package-lock.json',
  details: { place: '/shop', added: 41, removed: 12 },
};
const testsFailed: Partial<ObservationDraft> = {
  type: 'test-failed',
  target: 'npm test',
  severity: 'error',
  details: { place: '/shop', message: '3 tests failed' },
};
const testsPassed: Partial<ObservationDraft> = { type: 'test-passed', target: 'npm test', details: { place: '/shop' } };

/** A morning and an afternoon of ordinary work; the tests are run now and then and pass. */
async function ordinaryHours({ at, until, see }: SimulatedDays, day: number, hours: readonly number[]): Promise<void> {
  for (const hour of hours) {
    await until(at(day, hour));
    for (let n = 0; n < 4; n++) {
      await until(at(day, hour, 4 * n));
      await see({ target: `src/${['cart', 'order', 'user', 'price'][n]}-${(day * 7 + hour) % 11}.ts` });
    }
    await until(at(day, hour, 20));
    await see(testsPassed);
  }
}

/** The lock file changes, and ten minutes later the tests fail. */
async function lockThenFailure({ at, until, see }: SimulatedDays, day: number, hour: number): Promise<void> {
  await until(at(day, hour, 30));
  await see(lockChanged);
  await until(at(day, hour, 40));
  await see(testsFailed);
}

/** Monday to Wednesday, in the evening of which it is asked what it dreams. */
async function threeDays(world: SimulatedDays): Promise<void> {
  const { until, at } = world;
  for (const [day, failures] of [
    [0, [9, 11, 14]],
    [1, [10, 15]],
  ] as const) {
    for (const hour of [9, 10, 11, 14, 15, 16]) {
      await ordinaryHours(world, day, [hour]);
      if ((failures as readonly number[]).includes(hour)) await lockThenFailure(world, day, hour);
    }
    await until(at(day + 1, 8));
  }
}

const patternsOf = async ({ store }: SimulatedDays): Promise<Memory[]> =>
  (await store.rules()).filter((each) => each.kind === 'pattern');

const learnedRule = (patterns: readonly Memory[]) =>
  patterns.find((each) => each.rule?.when.target === 'package-lock.json' && each.rule.then.type === 'test-failed');

/** What would fit a matcher. */
const happening = (matcher: Matcher): Partial<ObservationDraft> => ({
  ...(matcher.type && { type: matcher.type }),
  ...(matcher.target && { target: matcher.target }),
  ...(matcher.severity && { severity: matcher.severity }),
  details: { place: matcher.place ?? '/shop', added: 3, removed: 1 },
});

describe('a week with nights, by rules alone', () => {
  it('[SL5.40][SL5.41][SL5.42] what failed on Monday is known by Wednesday, noticed earlier on Thursday; dreams are tested, and the digest tells', async () => {
    const world = await simulatedDays();
    onTestFinished(world.end);
    const { engine, store, at, until, see } = world;
    await threeDays(world);

    const learned = learnedRule(await patternsOf(world));
    expect(learned, 'by Wednesday morning it is a learned pattern').toBeDefined();
    expect(learned?.text).toMatch(/npm test/);
    const evidence = await store.evidenceOf(learned!.id);
    expect(evidence.length).toBeGreaterThan(0);
    expect(evidence.every((each) => each.kind === 'observation')).toBe(true);

    await ordinaryHours(world, 2, [9, 11, 14, 16]);
    await until(at(2, 22));
    const dreams = await dreamOf(world, 2);
    await until(at(3, 8));

    // Thursday: the lock file changes, and nothing has failed yet.
    await ordinaryHours(world, 3, [9]);
    await until(at(3, 10));
    const before = await store.insights({ limit: 200 });
    await see(lockChanged);
    const now = await store.insights({ limit: 200 });
    const told = now.filter((each) => !before.some((old) => old.id === each.id));
    expect(told.map((each) => each.text).join(' '), 'it warns before anything failed').toMatch(/npm test/);
    const [noticed] = (await store.recentObservations(5)).filter((each) => each.target === 'package-lock.json');
    expect(noticed?.salience?.learned?.patternId).toBe(learned!.id);
    expect(noticed?.salience?.ignored).toBeNull();
    await until(at(3, 10, 9));
    await see(testsFailed);
    expect((await store.memory(learned!.id))?.hits, 'and it was right').toBeGreaterThan(learned!.hits);

    // What was dreamt is held against what happens from now on: the world makes one true, and the other not.
    const [comesTrue, isWrong] = dreams;
    await testDreams(world, comesTrue!, isWrong!);
    expect((await store.memory(comesTrue!.id))?.validation).toBe('confirmed');
    expect((await store.memory(isWrong!.id))?.validation).toBe('refuted');
    const promoted = (await patternsOf(world)).find(
      (each) => each.validation === 'confirmed' && JSON.stringify(each.rule) === JSON.stringify(comesTrue!.rule),
    );
    expect(promoted, 'what came true is a pattern from now on').toBeDefined();
    expect(
      (await store.evidenceOf(promoted!.id)).some((each) => each.id === comesTrue!.id),
      'a dream is no evidence',
    ).toBe(false);

    await until(at(6, 6));
    const view = await engine.query.dreams();
    const lines = view.sleeps.flatMap((sleep) => sleep.digest?.lines ?? []);
    expect(lines.some(({ text, memoryIds }) => memoryIds.includes(comesTrue!.id) && /came true/.test(text))).toBe(true);
    expect(lines.some(({ text, memoryIds }) => memoryIds.includes(isWrong!.id) && /was wrong/.test(text))).toBe(true);
    expect(
      lines.some(({ memoryIds }) => memoryIds.includes(learned!.id)),
      'what was learned was told',
    ).toBe(true);
    expect(Math.min(view.counts.confirmed, view.counts.refuted)).toBeGreaterThanOrEqual(1);
    const nights = view.sleeps.filter((sleep) => sleep.ended === 'done' && sleep.phases.length > 0);
    expect(nights.length).toBeGreaterThanOrEqual(5);
    expect(
      nights.some((sleep) => sleep.phases.some(({ phase, made }) => phase === 'light' && (made.patterns ?? 0) > 0)),
    ).toBe(true);
    expect(view.sleeps.flatMap((sleep) => sleep.phases).every(({ modelCalls }) => modelCalls === 0)).toBe(true);
    expect(world.logged).toEqual([]);
  });

  it('[SL5.43] without the nights before it the same Thursday passes unnoticed', async () => {
    const world = await simulatedDays({ settings: (settings) => (settings.sleep.enabled = false) });
    onTestFinished(world.end);
    const { store, at, until, see } = world;
    await threeDays(world);
    await until(at(3, 10));
    const before = (await store.insights({ limit: 200 })).length;
    await see(lockChanged);
    const [noticed] = (await store.recentObservations(5)).filter((each) => each.target === 'package-lock.json');
    expect(noticed?.salience?.learned ?? null).toBeNull();
    expect((await store.insights({ limit: 200 })).length).toBe(before);
  });
});

/** Dreams on request until there are two that can be told apart by what happens. */
async function dreamOf(world: SimulatedDays, day: number): Promise<Memory[]> {
  const { engine, store, at, until } = world;
  for (let turn = 0; turn < 20; turn++) {
    expect(await engine.send({ kind: 'dream-now' })).toMatchObject({ ok: true });
    await until(at(day, 22, turn + 1));
    const dreams = (await store.memories({ kinds: ['dream'], limit: 50 })).filter(
      (each) => each.rule && each.hits + each.misses === 0,
    );
    for (const one of dreams) for (const other of dreams) if (apart(one, other)) return [one, other];
  }
  throw new Error('twenty dreams, and no two of them apart');
}

/** No event of one says anything about the other. */
function apart(one: Memory, other: Memory): boolean {
  if (!one.rule || !other.rule || one === other) return false;
  const events = (memory: Memory) => [memory.rule!.when, memory.rule!.then];
  const key = ({ type, target, place }: Matcher) => `${type} ${target} ${place ?? ''}`;
  return events(one).every((a) => events(other).every((b) => key(a) !== key(b)));
}

/** Three times what both dreams wait for; what should follow comes for the first only. */
async function testDreams(world: SimulatedDays, comesTrue: Memory, isWrong: Memory): Promise<void> {
  const { clock, until, see } = world;
  for (let turn = 0; turn < 3; turn++) {
    await see(happening(comesTrue.rule!.when));
    await until(clock.now() + minuteMs);
    await see(happening(comesTrue.rule!.then));
    await see(happening(isWrong.rule!.when));
    await until(clock.now() + isWrong.rule!.withinMs / 2);
    await see(testsPassed);
    await until(clock.now() + isWrong.rule!.withinMs / 2 + 5 * minuteMs);
    await see({ target: `docs/page-${turn}.md` });
  }
}
