import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateLimits, type RateHold } from '../../core/think/gateway/rate-limit.ts';
import { fakeClock } from '../kit/clock.ts';

function world(over: Partial<{ requestsPerMinute: number; tokensPerMinute: number; burst: number }> = {}) {
  const clock = fakeClock();
  const settings = { requestsPerMinute: 60, tokensPerMinute: 6_000, burst: 1, ...over };
  const limits = createRateLimits({ clock, settings: () => settings });
  const granted: string[] = [];
  const take = async (name: string, tokens: number, priority = 0, signal = new AbortController().signal) => {
    const held = await limits.take({ place: 'far', tokens, priority }, signal);
    granted.push(held.ok ? name : held.failure.code);
    return held.ok ? held.value : null;
  };
  return { clock, settings, limits, granted, take };
}

describe('the rate limits of a place', () => {
  it('[TH8.96] refuse what waits when they are lowered below it, and let go on who stands behind', async () => {
    const { clock, settings, granted, take } = world();
    void take('first', 5_000);
    void take('large', 5_000, 1);
    void take('small', 10);
    settings.tokensPerMinute = 1_000;
    await clock.pass(600_000);
    expect(granted).toEqual(['first', 'larger-than-rate', 'small']);
    expect(clock.waiting()).toBe(0);
  });

  it('[TH8.58] let requests through until the burst is used, then as they fill again', async () => {
    const { clock, granted, take } = world({ requestsPerMinute: 10, burst: 1.2 });
    for (let n = 0; n < 14; n++) void take(`${n}`, 1);
    await clock.pass(0);
    expect(granted).toHaveLength(12);
    await clock.pass(5_999);
    expect(granted).toHaveLength(12);
    await clock.pass(1);
    expect(granted).toHaveLength(13);
    await clock.pass(6_000);
    expect(granted).toHaveLength(14);
    expect(clock.waiting()).toBe(0);
  });

  it('[TH8.58] let tokens through likewise, and no more than the burst after a long rest', async () => {
    const { clock, granted, take } = world();
    void take('first', 1);
    await clock.pass(3_600_000);
    void take('all', 6_000);
    void take('more', 3_000);
    await clock.pass(29_999);
    expect(granted).toEqual(['first', 'all']);
    await clock.pass(1);
    expect(granted).toEqual(['first', 'all', 'more']);
  });

  it('[TH8.59] refuse at once what one minute could never hold', async () => {
    const { granted, take, clock } = world({ burst: 1.2 });
    await take('too large', 6_001);
    expect(granted).toEqual(['larger-than-rate']);
    expect(clock.waiting()).toBe(0);
  });

  it('[TH8.60] give back what a request did not take, and all of one that was never sent', async () => {
    const { clock, granted, take } = world({ requestsPerMinute: 2 });
    const first = await take('first', 6_000);
    void take('second', 3_000);
    await clock.pass(0);
    first?.settle(3_000);
    first?.settle(0);
    await clock.pass(0);
    expect(granted).toEqual(['first', 'second']);
    void take('third', 0);
    await clock.pass(29_999);
    expect(granted).toHaveLength(2);
    await clock.pass(1);
    const fourth = take('fourth', 0);
    await clock.pass(30_000);
    (await fourth)?.release();
    void take('fifth', 0);
    await clock.pass(0);
    expect(granted).toEqual(['first', 'second', 'third', 'fourth', 'fifth']);
  });

  it('[TH8.60] count the first end of a request only', async () => {
    const { clock, granted, take } = world();
    const first = await take('first', 6_000);
    first?.settle(3_000);
    first?.settle(0);
    first?.release();
    void take('next', 4_000);
    await clock.pass(9_999);
    expect(granted).toEqual(['first']);
    await clock.pass(1);
    expect(granted).toEqual(['first', 'next']);
  });

  it('[TH8.60] let the next wait for what a request took beyond its promise', async () => {
    const { clock, granted, take } = world();
    (await take('first', 1_000))?.settle(7_000);
    void take('next', 1_000);
    await clock.pass(19_999);
    expect(granted).toEqual(['first']);
    await clock.pass(1);
    expect(granted).toEqual(['first', 'next']);
  });

  it('[TH8.61] serve the higher first and equals in order; a small one does not slip past a large one', async () => {
    const { clock, granted, take } = world();
    void take('first', 6_000);
    void take('large', 5_000, 1);
    void take('small', 10, 1);
    void take('higher', 1_000, 2);
    await clock.pass(10_000);
    expect(granted).toEqual(['first', 'higher']);
    await clock.pass(120_000);
    expect(granted).toEqual(['first', 'higher', 'large', 'small']);
  });

  it('[TH8.61] let a waiting caller leave, who then takes nothing and lets the next go', async () => {
    const { clock, granted, take } = world();
    const stop = new AbortController();
    void take('first', 5_900);
    const left = take('left', 6_000, 0, stop.signal);
    void take('next', 100);
    await clock.pass(0);
    expect(granted).toEqual(['first']);
    stop.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    expect(granted).toEqual(['first', 'next']);
    expect(clock.waiting()).toBe(0);
    await expect(take('never', 1, 0, stop.signal)).rejects.toThrow('left');
  });

  it('[TH8.58] hold per place, and follow the settings at once', async () => {
    const { clock, granted, take, limits, settings } = world();
    void take('first', 6_000);
    const elsewhere = await limits.take({ place: 'other', tokens: 6_000, priority: 0 }, new AbortController().signal);
    expect(elsewhere.ok).toBe(true);
    settings.tokensPerMinute = 60_000;
    void take('faster', 6_000);
    await clock.pass(6_000);
    expect(granted).toEqual(['first', 'faster']);
  });

  it('[TH8.58] never let more through in any minute than a minute’s limit and the burst', async () => {
    const step = fc.record({
      tokens: fc.integer({ min: 0, max: 6_000 }),
      seconds: fc.integer({ min: 0, max: 40 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      priority: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        const { clock, take } = world({ requestsPerMinute: 6, burst: 1.5 });
        const sent: { atMs: number; tokens: number }[] = [];
        const calls: Promise<RateHold | null>[] = [];
        for (const { tokens, seconds, share, priority } of steps) {
          calls.push(
            take('', tokens, priority).then((hold) => {
              sent.push({ atMs: clock.elapsed(), tokens: tokens * share });
              hold?.settle(tokens * share);
              return hold;
            }),
          );
          await clock.pass(seconds * 1_000);
        }
        await clock.pass(3_600_000);
        expect(await Promise.all(calls)).toHaveLength(steps.length);
        for (const { atMs } of sent) {
          const minute = sent.filter((each) => each.atMs >= atMs && each.atMs < atMs + 60_000);
          expect(minute.length).toBeLessThanOrEqual(6 * 2.5);
          expect(minute.reduce((sum, each) => sum + each.tokens, 0)).toBeLessThanOrEqual(6_000 * 2.5 + 1);
        }
        expect(clock.waiting()).toBe(0);
      }),
      { seed: 20_260_611, numRuns: 60 },
    );
  });
});
