import { describe, expect, it, onTestFinished } from 'vitest';
import type { Settings } from '../../core/settings.ts';
import { type StudioOptions, type StudioWorld, studioWorld } from '../kit/lm-studio-engine.ts';
import { nightAnswers, questionOf } from '../kit/night-answers.ts';
import { waitFor } from '../kit/wait-for.ts';

const demo = 'acme/demo-8b';

const shortNights = (settings: Settings): void => {
  Object.assign(settings.sleep, { leastMs: 0, keepNewest: 1, leastWaiting: 2, dreamChance: 0 });
  settings.intake.windowMs = 0;
};

async function world(options: StudioOptions = {}): Promise<StudioWorld> {
  const made = await studioWorld({
    ...options,
    simulator: { answers: nightAnswers(), ...options.simulator },
    settings(settings) {
      shortNights(settings);
      options.settings?.(settings);
    },
  });
  onTestFinished(() => made.end());
  await made.simulator.launch();
  await made.simulator.startServer();
  await made.simulator.load(demo, { contextLength: 8_192 });
  await made.engine.start();
  return made;
}

async function sleepNow({ engine, store }: StudioWorld) {
  expect(await engine.send({ kind: 'sleep-now' })).toMatchObject({ ok: true });
  await waitFor('it to be awake', () => engine.snapshot().life === 'running');
  return (await store.sleeps(1))[0]!;
}

describe('nights', () => {
  it('[SL5.50] one', async () => {
    const made = await world();
    for (const name of ['cart.ts', 'order.ts', 'user.ts', 'price.ts']) await made.see(`src/${name}`);
    const sleep = await sleepNow(made);
    console.log(JSON.stringify(sleep, null, 1));
    console.log(await made.store.memories({ limit: 50 }));
    for (const each of made.simulator.chats()) console.log(questionOf(JSON.parse(each.body)));
    console.log(JSON.parse(made.simulator.chats().at(-1)!.body).messages);
    console.log((await made.engine.query.model()).budget, JSON.stringify(await made.engine.query.model()).slice(0, 3000));
    console.log(made.logged);
  });
});
