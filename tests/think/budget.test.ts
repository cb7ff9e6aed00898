import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../core/ports.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { createBudget, type NearlySpent, type Reservation } from '../../core/think/gateway/budget.ts';
import { fakeClock } from '../kit/clock.ts';
import { memoryStore } from '../kit/memory-store.ts';

const hourMs = 3_600_000;

function world(limits: Partial<Settings['budget']> = {}, store: Store = memoryStore(), clock = fakeClock()) {
  const settings = { ...defaultSettings().budget, ...limits };
  const nearly: NearlySpent[] = [];
  const budget = createBudget({ clock, store, settings: () => settings, onNearlySpent: (what) => nearly.push(what) });
  const reserve = (tokens: number, purpose = 'thought'): Reservation => {
    const result = budget.reserve(tokens, purpose);
    if (!result.ok) throw new Error(result.failure.code);
    return result.value;
  };
  const refused = (tokens: number, purpose = 'thought'): string | null => {
    const result = budget.reserve(tokens, purpose);
    if (!result.ok) return result.failure.code;
    void result.value.settle(0);
    return null;
  };
  return { budget, reserve, refused, clock, store, settings, nearly };
}

describe('the token budget', () => {
  it('[TH8.12] a promise takes room until it is settled, and then what was really spent takes it', async () => {
    const { reserve, refused, budget } = world({ tokensPerHour: 1_000 });
    const first = reserve(600);
    expect(refused(500)).toBe('budget-spent');
    await first.settle(100);
    expect(budget.figures()).toMatchObject({ hourUsed: 100, dayUsed: 100, hourLimit: 1_000 });
    const second = reserve(900);
    expect(refused(1)).toBe('budget-spent');
    await second.settle(0);
    expect(refused(900)).toBe(null);
  });

  it('[TH8.12] a promise settles once', async () => {
    const { reserve, budget, store } = world({ tokensPerHour: 1_000 });
    const promise = reserve(600);
    await promise.settle(100);
    await promise.settle(100);
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
      await reserve(1_000).settle(1_000);
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
    await before.reserve(900).settle(700);
    await before.reserve(200, 'repair').settle(200);
    const after = world({ tokensPerHour: 1_000 }, before.store, before.clock);
    await after.budget.load();
    expect(after.budget.figures()).toMatchObject({ hourUsed: 900, dayUsed: 900 });
    expect(after.refused(200)).toBe('budget-spent');
    await after.reserve(100).settle(100);
    expect(after.budget.figures().hourUsed).toBe(1_000);
  });

  it('[TH8.19] a clock set back a little gives no new hour', async () => {
    const { reserve, refused, clock } = world({ tokensPerHour: 1_000 });
    await reserve(1_000).settle(1_000);
    clock.jump(-10 * 60_000);
    expect(refused(10)).toBe('budget-spent');
  });

  it.each([365, -365])(
    '[TH8.19, TH8.79] a clock that is %i days wrong drops nothing that was spent, and does not stop the mind for good',
    async (days) => {
      const { reserve, refused, clock, budget } = world({ tokensPerHour: 1_000, tokensPerDay: 1_500 });
      await reserve(600).settle(600);
      clock.jump(days * 24 * hourMs);
      expect(refused(500)).toBe('budget-spent');
      await reserve(400).settle(400);
      clock.jump(-days * 24 * hourMs);
      expect(refused(10)).toBe('budget-spent');
      await clock.pass(hourMs);
      expect([refused(500), refused(501)]).toEqual([null, 'budget-spent']);
      await clock.pass(24 * hourMs);
      expect([refused(1_000), budget.figures().dayUsed]).toEqual([null, 0]);
    },
  );

  it('[TH8.79] rows of a clock that was wrong by more than a day are not read back', async () => {
    const before = world({ tokensPerHour: 1_000 });
    before.clock.jump(365 * 24 * hourMs);
    await before.reserve(1_000).settle(1_000);
    before.clock.jump(-365 * 24 * hourMs);
    const after = world({ tokensPerHour: 1_000 }, before.store, before.clock);
    await after.budget.load();
    expect(after.refused(1_000)).toBe(null);
  });

  it('[TH8.80] hours in which the machine slept count as hours', async () => {
    const { reserve, refused, clock } = world({ tokensPerHour: 1_000 });
    await reserve(1_000).settle(1_000);
    clock.jump(30 * 60_000);
    expect(refused(10)).toBe('budget-spent');
    clock.jump(30 * 60_000);
    expect(refused(1_000)).toBe(null);
  });

  it('[TH8.80] what was stored by the hour counts from the end of that hour', async () => {
    const before = world({ tokensPerHour: 1_000 });
    await before.reserve(1_000).settle(1_000);
    await before.clock.pass(1.5 * hourMs);
    const after = world({ tokensPerHour: 1_000 }, before.store, before.clock);
    await after.budget.load();
    expect(after.refused(10)).toBe('budget-spent');
    await before.clock.pass(0.5 * hourMs);
    expect(after.refused(1_000)).toBe(null);
    await before.clock.pass(22.5 * hourMs);
    const nextDay = world({}, before.store, before.clock);
    await nextDay.budget.load();
    expect(nextDay.budget.figures().dayUsed).toBe(1_000);
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
          const result = budget.reserve(tokens, 'thought');
          if (result.ok) open.push({ tokens, reservation: result.value });
          const ending = settle ? open.shift() : undefined;
          await ending?.reservation.settle(Math.floor(ending.tokens * share));
          const promised = open.reduce((sum, each) => sum + each.tokens, 0);
          expect(budget.figures().hourUsed + promised).toBeLessThanOrEqual(1_000);
        }
      }),
      { seed: 20_260_605, numRuns: 300 },
    );
  });

  it('[TH8.76] a purpose has its own day inside the whole, its promises included', async () => {
    const { reserve, refused, clock } = world({ tokensPerHour: 1_000, purposes: { dream: 300 } });
    expect(refused(301, 'dream')).toBe('larger-than-budget');
    const other = reserve(200);
    expect(refused(300, 'dream')).toBe(null);
    await other.settle(0);
    const promise = reserve(200, 'dream');
    expect([refused(101, 'dream'), refused(100, 'dream'), refused(800)]).toEqual(['purpose-budget-spent', null, null]);
    await promise.settle(250);
    expect([refused(51, 'dream'), refused(50, 'dream'), refused(751)]).toEqual([
      'purpose-budget-spent',
      null,
      'budget-spent',
    ]);
    await clock.pass(24 * hourMs);
    expect(refused(300, 'dream')).toBe(null);
  });

  it('[TH8.77] tells the five purposes that took most of the last day, with calls and limits', async () => {
    const before = world({ tokensPerHour: 10_000, purposes: { c: 5_000 } });
    await before.reserve(9).settle(9);
    await before.clock.pass(25 * hourMs);
    for (const [at, purpose] of 'abcdef'.split('').entries()) await before.reserve(10, purpose).settle(100 * (at + 1));
    await before.reserve(10, 'a').settle(1_000);
    const after = world({ tokensPerHour: 10_000, purposes: { c: 5_000 } }, before.store, before.clock);
    await after.budget.load();
    for (const { budget } of [before, after])
      expect(budget.purposes()).toEqual([
        { purpose: 'a', calls: 2, tokens: 1_100, limit: null },
        { purpose: 'f', calls: 1, tokens: 600, limit: null },
        { purpose: 'e', calls: 1, tokens: 500, limit: null },
        { purpose: 'd', calls: 1, tokens: 400, limit: null },
        { purpose: 'c', calls: 1, tokens: 300, limit: 5_000 },
      ]);
  });

  it('[TH8.78] tells once a day when four fifths of an hour, a day or a purpose are used up', async () => {
    const { reserve, clock, nearly } = world({ tokensPerHour: 1_000, tokensPerDay: 2_000, purposes: { dream: 100 } });
    const told = () => nearly.splice(0).map(({ span, purpose, used, limit }) => [span, purpose, used, limit]);
    await reserve(79, 'dream').settle(79);
    expect(told()).toEqual([]);
    await reserve(1, 'dream').settle(1);
    expect(told()).toEqual([['day', 'dream', 80, 100]]);
    await reserve(720).settle(720);
    await reserve(100).settle(100);
    expect(told()).toEqual([['hour', null, 800, 1_000]]);
    await clock.pass(hourMs);
    await reserve(900).settle(900);
    expect(told()).toEqual([['day', null, 1_800, 2_000]]);
    await clock.pass(24 * hourMs);
    await reserve(950).settle(950);
    expect(told()).toEqual([['hour', null, 950, 1_000]]);
  });

  it('[TH8.12, TH8.76] no limit is ever exceeded in any hour or day, whatever is promised, spent and waited', async () => {
    const step = fc.record({
      tokens: fc.integer({ min: 1, max: 400 }),
      purpose: fc.constantFrom('thought', 'dream'),
      settles: fc.boolean(),
      minutes: fc.integer({ min: 0, max: 300 }),
      jumpDays: fc.constantFrom(0, 0, 0, 400, -400, -1),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { budget, clock } = world({ tokensPerHour: 1_000, tokensPerDay: 2_500, purposes: { dream: 700 } });
        const open: { tokens: number; purpose: string; reservation: Reservation }[] = [];
        const spent: { atMs: number; tokens: number; purpose: string }[] = [];
        for (const { tokens, purpose, settles, minutes, jumpDays } of steps) {
          const result = budget.reserve(tokens, purpose);
          if (result.ok) open.push({ tokens, purpose, reservation: result.value });
          const ending = settles ? open.shift() : undefined;
          await ending?.reservation.settle(ending.tokens);
          if (ending) spent.push({ atMs: clock.elapsed(), tokens: ending.tokens, purpose: ending.purpose });
          const sum = (spanMs: number, of?: string) =>
            [...spent.filter(({ atMs }) => clock.elapsed() - atMs < spanMs), ...open]
              .filter((each) => of === undefined || each.purpose === of)
              .reduce((all, each) => all + each.tokens, 0);
          expect(sum(hourMs)).toBeLessThanOrEqual(1_000);
          expect(sum(24 * hourMs)).toBeLessThanOrEqual(2_500);
          expect(sum(24 * hourMs, 'dream')).toBeLessThanOrEqual(700);
          clock.jump(jumpDays * 24 * hourMs);
          budget.figures();
          await clock.pass(minutes * 60_000);
        }
      }),
      { seed: 20_260_606, numRuns: 200 },
    );
  });
});
