import { describe, expect, it } from 'vitest';
import { createBatcher } from '../../core/think/gateway/batcher.ts';
import { fakeClock } from '../kit/clock.ts';

function world() {
  const clock = fakeClock();
  const runs: { items: number[]; signal: AbortSignal; end: PromiseWithResolvers<void> }[] = [];
  const batcher = createBatcher<number, string>({
    clock,
    async run(items, signal) {
      const end = Promise.withResolvers<void>();
      runs.push({ items, signal, end });
      await end.promise;
      return items.map((item) => `made of ${item}`);
    },
  });
  const add = (item: number, signal = new AbortController().signal) => batcher.add(item, signal);
  const sizes = () => runs.map(({ items }) => items.length);
  return { clock, runs, add, sizes };
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('a batcher', () => {
  it('[TH8.70] runs ten items at once, and fewer when the first has waited for a second', async () => {
    const { clock, runs, add, sizes } = world();
    const first = upTo(10).map((n) => add(n));
    expect(sizes()).toEqual([10]);
    runs[0]!.end.resolve();
    expect(await Promise.all(first)).toEqual(upTo(10).map((n) => `made of ${n}`));
    expect(clock.waiting()).toBe(0);
    const late = [add(1)];
    await clock.pass(600);
    late.push(add(2));
    await clock.pass(399);
    expect(sizes()).toEqual([10]);
    await clock.pass(1);
    expect(runs[1]?.items).toEqual([1, 2]);
    runs[1]!.end.resolve();
    expect(await Promise.all(late)).toEqual(['made of 1', 'made of 2']);
    expect(clock.waiting()).toBe(0);
  });

  it('[TH8.71] runs one batch at a time; whoever came meanwhile goes next, ten at most', async () => {
    const { clock, runs, add, sizes } = world();
    const all = upTo(25).map((n) => add(n));
    await clock.pass(60_000);
    expect(sizes()).toEqual([10]);
    runs[0]!.end.resolve();
    await clock.pass(0);
    expect(sizes()).toEqual([10, 10]);
    runs[1]!.end.resolve();
    await clock.pass(0);
    expect(sizes()).toEqual([10, 10, 5]);
    runs[2]!.end.resolve();
    expect(await Promise.all(all)).toEqual(upTo(25).map((n) => `made of ${n}`));
  });

  it('[TH8.72] takes out an item whose caller left before, and lets the others have their answer', async () => {
    const { clock, runs, add } = world();
    const stop = new AbortController();
    const left = add(1, stop.signal);
    const stays = add(2);
    stop.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    await clock.pass(1_000);
    expect(runs[0]?.items).toEqual([2]);
    runs[0]!.end.resolve();
    expect(await stays).toBe('made of 2');
    await expect(add(3, stop.signal)).rejects.toThrow('left');
    expect(clock.waiting()).toBe(0);
  });

  it('[TH8.72] leaves no timer when the only caller left', async () => {
    const { clock, add } = world();
    const stop = new AbortController();
    const left = add(1, stop.signal);
    stop.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    expect(clock.waiting()).toBe(0);
  });

  it('[TH8.72] ends the run with its last caller, not with the first', async () => {
    const { clock, runs, add } = world();
    const stops = [new AbortController(), new AbortController()];
    const calls = stops.map((stop, at) => add(at, stop.signal));
    await clock.pass(1_000);
    stops[0]!.abort(new Error('one left'));
    await expect(calls[0]).rejects.toThrow('one left');
    expect(runs[0]!.signal.aborted).toBe(false);
    stops[1]!.abort(new Error('both left'));
    await expect(calls[1]).rejects.toThrow('both left');
    expect(runs[0]!.signal.aborted).toBe(true);
    runs[0]!.end.reject(new Error('late'));
    await clock.pass(0);
  });

  it('[TH8.72] gives everyone what a failed run threw, and goes on', async () => {
    const { clock, runs, add } = world();
    const calls = [add(1), add(2)];
    await clock.pass(1_000);
    runs[0]!.end.reject(new Error('broken'));
    for (const call of calls) await expect(call).rejects.toThrow('broken');
    const next = add(3);
    await clock.pass(1_000);
    runs[1]!.end.resolve();
    expect(await next).toBe('made of 3');
  });
});
