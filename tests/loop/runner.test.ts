import { afterEach, describe, expect, it } from 'vitest';
import { createRunner } from '../../core/loop/runner.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { waitFor } from '../kit/wait-for.ts';
import { answerText } from '../think/scripted-model.ts';
import { blank, edit, mindWorld } from './mind-double.ts';

const dayMs = 86_400_000;
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

type World = Awaited<ReturnType<typeof mindWorld>>;

function runnerOn(world: World, onTurn: () => Promise<void> = async () => undefined) {
  const spent: boolean[] = [];
  const runner = createRunner({ mind: world.mind, random: world.random, onTurn, onSpent: (now) => spent.push(now) });
  ends.push(runner.stop);
  return { runner, spent };
}

const pending = async ({ store }: World) => (await store.counts()).pending;

describe('the thinking side', () => {
  it('[LO1.6] takes one batch after the other until nothing waits', async () => {
    const world = await mindWorld({ settings: (all) => void (all.intake.batch = 2) });
    let turns = 0;
    const { runner } = runnerOn(world, async () => void (turns += 1));
    await world.see(...Array.from({ length: 5 }, (_, n) => blank(`src/${n}.ts`)));
    runner.start();
    await runner.rested();
    expect([await pending(world), turns]).toEqual([0, 3]);
    await world.see(blank());
    runner.wake();
    await runner.rested();
    expect([await pending(world), turns]).toEqual([0, 4]);
  });

  it('[LO1.6] what arrives in the middle of a cycle is taken right after it', async () => {
    const gate = Promise.withResolvers<void>();
    const world = await mindWorld({ said: [{ when: gate.promise, then: answerText() }, answerText()] });
    const { runner } = runnerOn(world);
    await world.see(edit());
    runner.start();
    await waitFor('the request', () => world.model.requests.length === 1);
    await world.see(edit('src/later.ts'));
    runner.wake();
    gate.resolve();
    await waitFor('both thoughts', async () => (await world.store.counts()).episodes === 2);
    expect(world.model.most()).toBe(1);
  });

  it('[LO7.3] a pause ends the running thought at once, and nothing is thought until it is resumed', async () => {
    const world = await mindWorld({ said: [{ hang: 'half' }, answerText()] });
    const { runner } = runnerOn(world);
    await world.see(edit());
    runner.start();
    await waitFor('the request', () => world.model.requests.length === 1);
    world.life.send('pause');
    runner.interrupt('paused');
    await runner.rested();
    await waitFor('the end of the call', () => world.model.running() === 0);
    runner.wake();
    await runner.rested();
    expect([world.model.requests.length, await pending(world)]).toEqual([1, 1]);
    world.life.send('resume');
    await runner.rested();
    expect([world.model.requests.length, await pending(world)]).toEqual([2, 0]);
  });

  it('[LO7.4] stopping ends the running thought at once and leaves its batch waiting', async () => {
    const world = await mindWorld({ said: [{ hang: 'half' }] });
    const { runner } = runnerOn(world);
    await world.see(edit());
    runner.start();
    await waitFor('the request', () => world.model.requests.length === 1);
    const resting = runner.rested();
    await runner.stop();
    await resting;
    await runner.rested();
    expect([await pending(world), world.clock.waiting()]).toEqual([1, 0]);
  });

  it('[LO7.4] stops also when it never started', async () => {
    const world = await mindWorld();
    const { runner } = runnerOn(world);
    await runner.stop();
    await runner.rested();
  });
});

describe('errors of the loop', () => {
  it('[LO4.1] wait 2 s, 4 s, … up to 300 s, give or take a tenth, and an end of them begins anew', async () => {
    const store = memoryStore();
    let broken = true;
    const taken: number[] = [];
    const { take } = store;
    const world = await mindWorld({ store });
    store.take = async (limit) => {
      taken.push(world.clock.elapsed());
      if (broken) throw new Error('the store is away');
      return take(limit);
    };
    const { runner } = runnerOn(world);
    await world.see(blank());
    runner.start();
    await waitFor('the first try', () => world.clock.waiting() === 1);
    for (let n = 1; n <= 11; n++) {
      const before = taken.length;
      await world.clock.pass(330_000);
      await waitFor('the next try', () => taken.length > before);
      await waitFor('its wait', () => world.clock.waiting() === 1);
    }
    const waits = taken.slice(1).map((at, n) => at - (taken[n] ?? 0));
    for (const [n, base] of [2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000].entries()) {
      expect(waits[n]).toBeGreaterThanOrEqual(base * 0.9);
      expect(waits[n]).toBeLessThanOrEqual(base * 1.1);
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(330_000);
    broken = false;
    await world.clock.pass(330_000);
    await waitFor('the batch', async () => (await pending(world)) === 0);
    await runner.rested();
    broken = true;
    runner.wake();
    await waitFor('the wait after a new failure', () => world.clock.waiting() === 1);
    const failedAt = taken.length;
    await world.clock.pass(2_200);
    await waitFor('a try as soon as after a first failure', () => taken.length > failedAt);
  });

  it('[LO4.1] waking does not shorten the wait, a pause ends it', async () => {
    const store = memoryStore();
    const world = await mindWorld({ store });
    let tries = 0;
    store.take = async () => {
      tries += 1;
      throw new Error('the store is away');
    };
    const { runner } = runnerOn(world);
    runner.start();
    await waitFor('its wait', () => world.clock.waiting() === 1);
    runner.wake();
    expect(tries).toBe(1);
    world.life.send('pause');
    runner.interrupt('paused');
    await runner.rested();
    expect([tries, world.clock.waiting()]).toEqual([1, 0]);
  });

  it('[LO4.4] a listener that fails does not end the thinking', async () => {
    const world = await mindWorld();
    const { runner } = runnerOn(world, () => Promise.reject(new Error('nobody listens')));
    await world.see(blank());
    runner.start();
    await runner.rested();
    await world.see(blank());
    await runner.rested();
    expect(await pending(world)).toBe(0);
  });
});

describe('cycles per day', () => {
  const one = (cyclesPerDay: number) => (all: World['settings']) => {
    all.budget.cyclesPerDay = cyclesPerDay;
    all.intake.batch = 1;
  };
  const many = (count: number) => Array.from({ length: count }, (_, n) => blank(`src/${n}.ts`));

  it('[LO2.5] used up, it stops thinking and says so; what it sees waits', async () => {
    const world = await mindWorld({ settings: one(3) });
    const { runner, spent } = runnerOn(world);
    await world.see(...many(5));
    runner.start();
    await runner.rested();
    expect([await pending(world), spent.at(-1)]).toEqual([2, true]);
    for (let n = 0; n < 3; n++) await runner.rested();
    expect([await pending(world), world.clock.waiting()]).toEqual([2, 1]);
    await runner.stop();
    expect(world.clock.waiting()).toBe(0);
  });

  it('[LO2.6] are given anew on the next day, without waiting for something to happen', async () => {
    const world = await mindWorld({ settings: one(3) });
    const { runner, spent } = runnerOn(world);
    await world.see(...many(5));
    runner.start();
    await runner.rested();
    await world.clock.pass(dayMs - (world.clock.now() % dayMs) + 1);
    await waitFor('the rest', async () => (await pending(world)) === 0);
    expect(spent.at(-1)).toBe(false);
    await runner.rested();
    expect(world.clock.waiting()).toBe(0);
  });

  it('[LO2.7] survive a restart', async () => {
    const before = await mindWorld({ settings: one(3) });
    const { runner } = runnerOn(before);
    await before.see(...many(5));
    runner.start();
    await runner.rested();
    await runner.stop();
    const after = await mindWorld({ settings: one(3), store: before.store, clock: before.clock });
    const again = runnerOn(after);
    again.runner.start();
    await again.runner.rested();
    expect([await pending(after), again.spent.at(-1)]).toEqual([2, true]);
  });

  it('[LO2.8] of zero means stop', async () => {
    const world = await mindWorld({ settings: one(0) });
    const { runner } = runnerOn(world);
    await world.see(...many(1));
    runner.start();
    await runner.rested();
    expect(await pending(world)).toBe(1);
  });
});
