import { describe, expect, it, onTestFinished } from 'vitest';
import { simulatedDays } from '../kit/simulated-days.ts';
import {
  dreamOf,
  expectLearned,
  expectNoticedEarlier,
  expectTested,
  expectTold,
  lockChanged,
  ordinaryHours,
  twoDays,
} from '../kit/week-of-work.ts';

/**
 * A week in simulated time, with nights: what repeats is learned while it sleeps, is noticed earlier because of it, and what it dreams is
 * held against what happens.
 */
describe('a week with nights, by rules alone', () => {
  it('[SL5.40][SL5.41][SL5.42] what failed on Monday is known by Wednesday, noticed earlier on Thursday; dreams are tested, and the digest tells', async () => {
    const world = await simulatedDays();
    onTestFinished(world.end);
    const { at, until } = world;
    await twoDays(world);
    const learned = await expectLearned(world);
    await ordinaryHours(world, 2, [9, 11, 14, 16]);
    await until(at(2, 22));
    const dreams = await dreamOf(world, 2);
    await until(at(3, 8));
    await expectNoticedEarlier(world, learned);
    await expectTested(world, dreams);
    await until(at(6, 6));
    const { sleeps } = await expectTold(world, { learned, ...dreams });
    expect(sleeps.flatMap(({ phases }) => phases).every(({ modelCalls }) => modelCalls === 0)).toBe(true);
    expect(world.logged).toEqual([]);
  });

  it('[SL5.43] without the nights before it the same Thursday passes unnoticed', async () => {
    const world = await simulatedDays({ settings: (settings) => (settings.sleep.enabled = false) });
    onTestFinished(world.end);
    const { store, at, until, see } = world;
    await twoDays(world);
    await until(at(3, 10));
    const before = (await store.insights({ limit: 200 })).length;
    await see(lockChanged);
    const [noticed] = (await store.recentObservations(5)).filter((each) => each.target === 'package-lock.json');
    expect(noticed?.salience?.learned ?? null).toBeNull();
    expect((await store.insights({ limit: 200 })).length).toBe(before);
  });
});
