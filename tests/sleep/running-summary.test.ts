import { describe, expect, it } from 'vitest';
import type { RunningSummary } from '../../core/remember/summaries.ts';
import type { Running } from '../../core/sleep/phase.ts';
import { answer, fakeSleepModel, silent } from './fake-sleep-model.ts';
import { sleepOnce, sleepWorld } from './sleep-world.ts';

/** So many lines as a morning leaves; each costs some twenty tokens. */
const lines = (count: number) =>
  Array.from(
    { length: count },
    (_, n) => `2026-06-01T09:${n}Z src/cart/total.ts was changed near applyDiscount → observe`,
  );

function running(start: RunningSummary): Running & { summary: RunningSummary } {
  const held = {
    summary: start,
    now: () => held.summary,
    async replace(of: RunningSummary, by: RunningSummary) {
      if (held.summary === of) held.summary = by;
    },
  };
  return held;
}

async function slept(start: RunningSummary, answers: Parameters<typeof fakeSleepModel>[0] | null) {
  const held = running(start);
  const fake = fakeSleepModel(answers ?? {});
  const world = sleepWorld({ running: held, model: () => (answers ? fake.model : null) });
  const night = async () => {
    await world.work(3);
    await sleepOnce(world, world.sleeper);
  };
  await night();
  return { held, night };
}

describe('the running summary in sleep', () => {
  it('[TH6.7] is written anew by a model from itself and the lines that wait, once they are worth a call', async () => {
    const asked: string[][] = [];
    const summarise = (given: string[]) => (asked.push(given), answer('The cart was worked on all morning.'));
    const { held, night } = await slept({ text: 'Before: the tax table.', waiting: lines(40) }, { summarise });
    expect(asked[0]).toEqual(['Before: the tax table.', ...lines(40)]);
    expect(held.summary).toEqual({ text: 'The cart was worked on all morning.', waiting: [] });
    await night();
    expect(asked).toHaveLength(1);
  });

  it('[TH6.7] stays as it is while few lines wait, without a model, and when the model fails or says nothing', async () => {
    const few = { text: 'Before.', waiting: lines(3) };
    const many = { text: 'Before.', waiting: lines(40) };
    const said = { summarise: () => answer('Something else.') };
    expect((await slept(few, said)).held.summary).toBe(few);
    expect((await slept(many, null)).held.summary).toBe(many);
    expect((await slept(many, { summarise: () => answer('  ') })).held.summary).toBe(many);
    const failing = { summarise: () => Promise.resolve({ ok: false as const, failure: silent, tokens: 9 }) };
    expect((await slept(many, failing)).held.summary).toBe(many);
  });

  it('[TH6.7] does not come back from what was erased while the model wrote', async () => {
    const erased = { text: '', waiting: [] };
    const held = running({ text: 'A secret.', waiting: lines(40) });
    const { model } = fakeSleepModel({
      summarise() {
        held.summary = erased;
        return answer('There was a secret.');
      },
    });
    const world = sleepWorld({ running: held, model: () => model });
    await world.work(3);
    await sleepOnce(world, world.sleeper);
    expect(held.summary).toBe(erased);
  });
});
