import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../core/ports.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { createBudget, type Reservation } from '../../core/think/budget.ts';
import { fakeClock } from '../kit/clock.ts';
import { memoryStore } from '../kit/memory-store.ts';

const hourMs = 3_600_000;

function world(limits: Partial<Settings['budget']> = {}, store: Store = memoryStore(), clock = fakeClock()) {
  const settings = { ...defaultSettings().budget, ...limits };
  const budget = createBudget({ clock, store, settings: () => settings });
  const reserve = (tokens: number): Reservation => {
    const result = budget.reserve(tokens);
    if (!result.ok) throw new Error(result.failure.code);
    return result.value;
  };
  const refused = (tokens: number): string | null => {
    const result = budget.reserve(tokens);
    if (!result.ok) return result.failure.code;
    void result.value.settle('thought', 0);
    return null;
  };
  return { budget, reserve, refused, clock, store, settings };
}

describe('the token budget', () => {
  it('[TH8.12] a promise takes room until it is settled, and then what was really spent takes it', async () => {
    const { reserve, refused, budget } = world({ tokensPerHour: 1_000 });
    const first = reserve(600);
    expect(refused(500)).toBe('budget-spent');
    await first.settle('thought', 100);
    expect(budget.figures()).toMatchObject({ hourUsed: 100, dayUsed: 100, hourLimit: 1_000 });
    const second = reserve(900);
    expect(refused(1)).toBe('budget-spent');
    await second.settle('thought', 0);
    expect(refused(900)).toBe(null);
  });

  it('[TH8.12] a promise settles once', async () => {
    const { reserve, budget, store } = world({ tokensPerHour: 1_000 });
    const promise = reserve(600);
    await promise.settle('thought', 100);
    await promise.settle('thought', 100);
    expect(budget.figures().hourUsed).toBe(100);
    expect(await store.spent(0)).toMatchObject([{ purpose: 'thought', calls: 1, tokens: 100 }]);
    reserve(900);
  });

  it('[TH8.14] a request larger than the hour or the day is refused as one that never fits', () => {
    expect(world({ tokensPerHour: 1_000 }).refused(1_001)).toBe('larger-than-budget');
    expect(world({ tokensPerDay: 500 }).refused(501)).toBe('larger-than-budget');
    expect(world({ tokensPerHour: 1_000 }).refused(1_000)).toBe(null);
  });

  it('[LO2.1] zero means stop', () => {
    expect(world({ tokensPerHour: 0 }).refused(1)).toBe('larger-than-budget');
    expect(world({ tokensPerDay: 0 }).refused(1)).toBe('larger-than-budget');
  });

  it('[LO2.2] an hour has room again after it, a day after it', async () => {
    const { reserve, refused, clock } = world({ tokensPerHour: 1_000, tokensPerDay: 2_500 });
    for (const hour of [0, 1]) {
      await reserve(1_000).settle('thought', 1_000);
      expect(refused(10)).toBe('budget-spent');
      await clock.pass(hourMs);
      expect(refused(10), `after hour ${hour}`).toBe(null);
    }
    expect(refused(600)).toBe('budget-spent');
    await clock.pass(24 * hourMs);
    reserve(1_000);
  });

  it('[LO2.3] what was spent survives a restart', async () => {
    const before = world({ tokensPerHour: 1_000 });
    await before.reserve(900).settle('thought', 700);
    await before.reserve(200).settle('repair', 200);
    const after = world({ tokensPerHour: 1_000 }, before.store, before.clock);
    await after.budget.load();
    expect(after.budget.figures()).toMatchObject({ hourUsed: 900, dayUsed: 900 });
    expect(after.refused(200)).toBe('budget-spent');
    await after.reserve(100).settle('thought', 100);
    expect(after.budget.figures().hourUsed).toBe(1_000);
  });

  it('[TH8.19] a clock set back a little gives no new hour', async () => {
    const { reserve, refused, clock } = world({ tokensPerHour: 1_000 });
    await reserve(1_000).settle('thought', 1_000);
    clock.jump(-10 * 60_000);
    expect(refused(10)).toBe('budget-spent');
  });

  it('[TH8.19] a clock that was far ahead for a while does not stop the mind for good', async () => {
    const { reserve, refused, clock } = world({ tokensPerHour: 1_000, tokensPerDay: 1_000 });
    clock.jump(365 * 24 * hourMs);
    await reserve(1_000).settle('thought', 1_000);
    clock.jump(-365 * 24 * hourMs);
    expect(refused(10)).toBe(null);
  });

  it('[LO2.4] a limit changed while it runs holds for the next call', () => {
    const { refused, settings } = world({ tokensPerHour: 1_000 });
    settings.tokensPerHour = 10;
    expect(refused(11)).toBe('larger-than-budget');
    settings.tokensPerHour = 2_000;
    expect(refused(1_500)).toBe(null);
  });

  it('[TH8.12] promises and spending together never exceed the limit, in any order', async () => {
    const step = fc.record({
      tokens: fc.integer({ min: 1, max: 400 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      settle: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { budget } = world({ tokensPerHour: 1_000 });
        const open: { tokens: number; reservation: Reservation }[] = [];
        for (const { tokens, share, settle } of steps) {
          const result = budget.reserve(tokens);
          if (result.ok) open.push({ tokens, reservation: result.value });
          const ending = settle ? open.shift() : undefined;
          await ending?.reservation.settle('thought', Math.floor(ending.tokens * share));
          const promised = open.reduce((sum, each) => sum + each.tokens, 0);
          expect(budget.figures().hourUsed + promised).toBeLessThanOrEqual(1_000);
        }
      }),
      { seed: 20_260_605, numRuns: 300 },
    );
  });
});
