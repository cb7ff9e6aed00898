import { describe, expect, it } from 'vitest';
import { safeQuit } from '../../electron/quit.ts';
import { fakeClock } from '../kit/clock.ts';

function quitting(stop: () => Promise<void>) {
  const clock = fakeClock();
  const seen = { stops: 0, left: 0, held: 0 };
  const quit = safeQuit({
    after: clock.after,
    leave: () => void seen.left++,
    stop() {
      seen.stops++;
      return stop();
    },
  });
  return { clock, seen, quit, ask: () => quit.request({ preventDefault: () => void seen.held++ }) };
}

describe('quitting', () => {
  it('[SH6.20] waits until the mind has stopped, and then goes', async () => {
    let stopped = () => {};
    const { clock, seen, ask } = quitting(() => new Promise((resolve) => (stopped = resolve)));
    ask();
    await clock.pass(4_000);
    expect(seen).toEqual({ stops: 1, left: 0, held: 1 });
    stopped();
    await clock.pass(0);
    expect(seen.left).toBe(1);
    expect(clock.waiting()).toBe(0);
  });

  it('[SH6.21] waits five seconds at most, and goes once', async () => {
    let stopped = () => {};
    const { clock, seen, ask } = quitting(() => new Promise((resolve) => (stopped = resolve)));
    ask();
    await clock.pass(4_999);
    expect(seen.left).toBe(0);
    await clock.pass(1);
    expect(seen.left).toBe(1);
    stopped();
    await clock.pass(10_000);
    expect(seen.left).toBe(1);
  });

  it('[SH6.22] stops once, however often it is asked, and goes even when stopping fails', async () => {
    const { clock, seen, ask } = quitting(() => Promise.reject(new Error('disk')));
    ask();
    ask();
    expect(seen).toEqual({ stops: 1, left: 0, held: 2 });
    await clock.pass(0);
    expect(seen.left).toBe(1);
    ask();
    expect(seen).toEqual({ stops: 1, left: 1, held: 2 });
  });

  it('[SH6.44] by the system stops the mind all the same, once, and holds no request back', async () => {
    let stopped = () => {};
    const { clock, seen, ask, quit } = quitting(() => new Promise((resolve) => (stopped = resolve)));
    expect(quit.hasBegun()).toBe(false);
    quit.systemEnds();
    quit.systemEnds();
    ask();
    expect(seen).toEqual({ stops: 1, left: 0, held: 0 });
    expect(quit.hasBegun()).toBe(true);
    stopped();
    await clock.pass(0);
    expect([seen.left, clock.waiting()]).toEqual([1, 0]);
  });

  it('[SH6.44] by the system after the owner’s own holds no further request back', async () => {
    const { seen, ask, quit } = quitting(() => new Promise(() => undefined));
    ask();
    quit.systemEnds();
    ask();
    expect(seen).toEqual({ stops: 1, left: 0, held: 1 });
  });
});
