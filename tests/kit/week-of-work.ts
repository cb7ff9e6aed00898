import { expect } from 'vitest';
import type { Matcher, Memory } from '../../core/memory.ts';
import type { DreamsView } from '../../core/protocol-memory.ts';
import type { Insight, ObservationDraft } from '../../core/types.ts';
import type { SimulatedDays } from './simulated-days.ts';

/** A week of work in simulated time and what comes of it, whoever thinks in the nights. */
const minuteMs = 60_000;
export const lockChanged: Partial<ObservationDraft> = {
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
export async function ordinaryHours(
  { at, until, see }: SimulatedDays,
  day: number,
  hours: readonly number[],
): Promise<void> {
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

/** One day of work from nine to five and the night after it; in some of its hours the tests fail. */
export async function dayAndNight(world: SimulatedDays, day: number, failures: readonly number[]): Promise<void> {
  for (const hour of [9, 10, 11, 14, 15, 16]) {
    await ordinaryHours(world, day, [hour]);
    if (failures.includes(hour)) await lockThenFailure(world, day, hour);
  }
  await world.until(world.at(day + 1, 8));
}

/** In which hours of Monday and of Tuesday the tests fail. */
export const failuresOf = { monday: [9, 11, 14], tuesday: [10, 15] } as const;

/** Monday and Tuesday, until the morning of Wednesday. */
export async function twoDays(world: SimulatedDays): Promise<void> {
  await dayAndNight(world, 0, failuresOf.monday);
  await dayAndNight(world, 1, failuresOf.tuesday);
}

const patternsOf = async ({ store }: SimulatedDays): Promise<Memory[]> =>
  (await store.rules()).filter((each) => each.kind === 'pattern');

/** Wednesday morning: what failed on Monday is a learned pattern, and rests on what was seen. */
export async function expectLearned(world: SimulatedDays): Promise<Memory> {
  const learned = (await patternsOf(world)).find(
    (each) => each.rule?.when.target === 'package-lock.json' && each.rule.then.type === 'test-failed',
  );
  expect(learned, 'by Wednesday morning it is a learned pattern').toBeDefined();
  expect(learned?.text).toMatch(/npm test/);
  const evidence = await world.store.evidenceOf(learned!.id);
  expect(evidence.length).toBeGreaterThan(0);
  expect(evidence.every((each) => each.kind === 'observation')).toBe(true);
  return learned!;
}

/** Thursday: the lock file changes, and before anything has failed it is noticed and told; resolves with what was told. */
export async function expectNoticedEarlier(world: SimulatedDays, learned: Memory): Promise<Insight[]> {
  const { store, at, until, see } = world;
  await ordinaryHours(world, 3, [9]);
  await until(at(3, 10));
  const before = await store.insights({ limit: 200 });
  await see(lockChanged);
  const now = await store.insights({ limit: 200 });
  const told = now.filter((each) => !before.some((old) => old.id === each.id));
  expect(told.map((each) => each.text).join(' '), 'it warns before anything failed').toMatch(/npm test/);
  const [noticed] = (await store.recentObservations(5)).filter((each) => each.target === 'package-lock.json');
  expect(noticed?.salience?.learned?.patternId).toBe(learned.id);
  expect(noticed?.salience?.ignored).toBeNull();
  await until(at(3, 10, 9));
  await see(testsFailed);
  expect((await store.memory(learned.id))?.hits, 'and it was right').toBeGreaterThan(learned.hits);
  return told;
}

/** Two dreams that can be told apart by what happens. */
export interface TwoDreams {
  comesTrue: Memory;
  isWrong: Memory;
}

/** The world makes one of them true and not the other: that one is a pattern from now on, which does not rest on the dream. */
export async function expectTested(world: SimulatedDays, { comesTrue, isWrong }: TwoDreams): Promise<void> {
  const { store } = world;
  await testDreams(world, comesTrue, isWrong);
  expect((await store.memory(comesTrue.id))?.validation).toBe('confirmed');
  expect((await store.memory(isWrong.id))?.validation).toBe('refuted');
  const promoted = (await patternsOf(world)).find(
    (each) => each.validation === 'confirmed' && JSON.stringify(each.rule) === JSON.stringify(comesTrue.rule),
  );
  expect(promoted, 'what came true is a pattern from now on').toBeDefined();
  expect(
    (await store.evidenceOf(promoted!.id)).some((each) => each.id === comesTrue.id),
    'a dream is no evidence',
  ).toBe(false);
}

/** The week is over: the digests told all of it, and the chart shows the nights and their phases. */
export async function expectTold(
  { engine }: SimulatedDays,
  { learned, comesTrue, isWrong }: TwoDreams & { learned: Memory },
): Promise<DreamsView> {
  const view = await engine.query.dreams();
  const lines = view.sleeps.flatMap((sleep) => sleep.digest?.lines ?? []);
  expect(lines.some(({ text, memoryIds }) => memoryIds.includes(comesTrue.id) && /came true/.test(text))).toBe(true);
  expect(lines.some(({ text, memoryIds }) => memoryIds.includes(isWrong.id) && /was wrong/.test(text))).toBe(true);
  expect(
    lines.some(({ memoryIds }) => memoryIds.includes(learned.id)),
    'what was learned was told',
  ).toBe(true);
  expect(Math.min(view.counts.confirmed, view.counts.refuted)).toBeGreaterThanOrEqual(1);
  const nights = view.sleeps.filter((sleep) => sleep.ended === 'done' && sleep.phases.length > 0);
  expect(nights.length).toBeGreaterThanOrEqual(5);
  expect(
    nights.some((sleep) => sleep.phases.some(({ phase, made }) => phase === 'light' && (made.patterns ?? 0) > 0)),
  ).toBe(true);
  return view;
}

/**
 * Dreams on request until there are two that can be told apart by what happens. Something may happen before each of them, and dreams of
 * one kind of reasoner alone may count.
 */
export async function dreamOf(
  world: SimulatedDays,
  day: number,
  how: { before?: (turn: number) => Promise<void>; of?: Memory['reasoner']['kind'] } = {},
): Promise<TwoDreams> {
  const { engine, store, at, until } = world;
  for (let turn = 0; turn < 20; turn++) {
    await how.before?.(turn);
    expect(await engine.send({ kind: 'dream-now' })).toMatchObject({ ok: true });
    await until(at(day, 22, turn + 1));
    const dreams = (await store.memories({ kinds: ['dream'], limit: 50 })).filter(
      (each) => each.rule && each.hits + each.misses === 0 && each.reasoner.kind === (how.of ?? each.reasoner.kind),
    );
    for (const comesTrue of dreams)
      for (const isWrong of dreams) if (apart(comesTrue, isWrong)) return { comesTrue, isWrong };
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

/** What would fit a matcher. */
const happening = (matcher: Matcher): Partial<ObservationDraft> => ({
  ...(matcher.type && { type: matcher.type }),
  ...(matcher.target && { target: matcher.target }),
  ...(matcher.severity && { severity: matcher.severity }),
  details: { place: matcher.place ?? '/shop', added: 3, removed: 1 },
});

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
