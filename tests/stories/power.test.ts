import { describe, expect, it, onTestFinished } from 'vitest';
import { snapshotSchema } from '../../core/protocol.ts';
import type { Settings } from '../../core/settings.ts';
import { lmStudioDouble } from '../kit/lm-studio-double.ts';
import { simulatedDays } from '../kit/simulated-days.ts';
import { toldPower } from '../kit/told-power.ts';
import { waitFor } from '../kit/wait-for.ts';

const minuteMs = 60_000;

/** A whole engine in simulated time on a machine whose power the test tells. */
async function machine(options: { settings?: (settings: Settings) => void; loads?: boolean } = {}) {
  const power = toldPower();
  const lmStudio = options.loads ? lmStudioDouble() : null;
  const world = await simulatedDays({
    power,
    ...(options.settings && { settings: options.settings }),
    ...(lmStudio && { lmStudio }),
  });
  onTestFinished(() => world.end());
  const { engine, clock } = world;
  return {
    ...world,
    power,
    lmStudio,
    life: () => engine.snapshot().life,
    next: async () => (await engine.query.dreams()).next,
    sleeps: () => world.store.sleeps(9),
    passMinutes: async (count: number) => {
      for (let n = 0; n < count; n++) await clock.pass(minuteMs);
    },
  };
}

describe('a machine that is suspended', () => {
  it('[SH5.3] begins nothing; when it is back everything is looked at again, and what waited is thought about', async () => {
    const { engine, see, offer, power, passMinutes, rescans, lmStudio } = await machine({ loads: true });
    await see({ target: 'src/before.ts' });
    const before = engine.snapshot().counts.episodes;
    power.become({ suspended: true });
    offer({ target: 'src/while-away.ts' });
    await waitFor('what was seen to be written', async () => {
      await passMinutes(1);
      return engine.snapshot().counts.pending === 1;
    });
    await passMinutes(90);
    expect([engine.snapshot().counts.episodes, engine.snapshot().life]).toEqual([before, 'running']);
    const [looked, asked] = [rescans(), lmStudio!.looks()];
    power.become({ suspended: false });
    await waitFor('what waited to be thought about', async () => {
      await passMinutes(1);
      return engine.snapshot().counts.pending === 0;
    });
    expect(engine.snapshot().counts.episodes).toBe(before + 1);
    expect(rescans()).toBe(looked + 1);
    expect(lmStudio!.looks()).toBeGreaterThan(asked);
  });

  it('[SH5.4] breaks off a sleep and goes on with it when it is back', async () => {
    const { engine, see, power, passMinutes, life, sleeps, clock } = await machine();
    for (let n = 0; n < 3; n++) await see({ target: `src/${n}.ts` });
    await engine.send({ kind: 'sleep-now' });
    expect(life()).toBe('asleep');
    power.become({ suspended: true });
    await waitFor('the sleep to end', async () => {
      await clock.pass(100);
      return life() === 'running';
    });
    expect((await sleeps())[0]).toMatchObject({ reason: 'request', ended: 'interrupted' });
    await passMinutes(120);
    expect(await sleeps()).toHaveLength(1);
    power.become({ suspended: false });
    await waitFor('the rest of it', async () => {
      await passMinutes(1);
      return (await sleeps()).some((each) => each.reason === 'resumed' && each.ended === 'done');
    });
  });
});

describe('a battery that is spared', () => {
  it('[SH5.5] no sleep comes by itself until there is mains; one that is asked for comes', async () => {
    const { engine, see, power, passMinutes, life, sleeps, next, clock } = await machine();
    expect(snapshotSchema.parse(engine.snapshot()).power).toEqual({ onBattery: false, spares: false });
    await see({ target: 'src/a.ts' });
    power.become({ onBattery: true });
    expect(engine.snapshot().power).toEqual({ onBattery: true, spares: true });
    await passMinutes(180);
    expect([life(), await sleeps(), await next()]).toEqual(['running', [], 'when the machine is on mains again']);
    await engine.send({ kind: 'sleep-now' });
    await waitFor('the sleep that was asked for', async () => {
      await clock.pass(500);
      return life() === 'running';
    });
    expect(await sleeps()).toMatchObject([{ reason: 'request', ended: 'done' }]);
    await see({ target: 'src/b.ts' });
    await passMinutes(60);
    expect(await sleeps()).toHaveLength(1);
    power.become({ onBattery: false });
    await waitFor('the sleep that had waited', async () => {
      await passMinutes(1);
      return (await sleeps()).length === 2;
    });
    expect((await sleeps())[0]).toMatchObject({ reason: 'idle' });
  });

  it('[SH5.6] a model is loaded for a thought only when there is mains; meanwhile rules think', async () => {
    const { see, power, lmStudio } = await machine({
      loads: true,
      settings: (all) => void (all.model.name = 'acme/demo-8b'),
    });
    power.become({ onBattery: true });
    await see({ target: 'src/a.ts' });
    expect(lmStudio!.loads).toEqual([]);
    power.become({ onBattery: false });
    await see({ target: 'src/b.ts' });
    await see({ target: 'src/c.ts' });
    expect(lmStudio!.loads).toHaveLength(1);
  });

  it('[SH5.7] who wants it so notices nothing of the battery', async () => {
    const { engine, see, power, passMinutes, sleeps } = await machine({
      settings: (all) => void (all.power.onBattery = 'as-usual'),
    });
    await see({ target: 'src/a.ts' });
    power.become({ onBattery: true });
    expect(engine.snapshot().power).toEqual({ onBattery: true, spares: false });
    await waitFor('the sleep', async () => {
      await passMinutes(1);
      return (await sleeps()).length === 1;
    });
  });
});

it('[SH5.8] nothing is heard of the machine’s power after the end', async () => {
  const { power, end } = await machine();
  expect(power.listeners()).toBe(1);
  await end();
  expect(power.listeners()).toBe(0);
});
