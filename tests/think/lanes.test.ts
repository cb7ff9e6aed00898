import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLanes, type Lane } from '../../core/think/gateway/lanes.ts';

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const ranked: Lane[] = ['agents', 'sleep', 'loop', 'owner'];

/** Calls that come again when they were pre-empted, and whose work ends when it is told to, or at once when it is aborted. */
function world(concurrency = 1) {
  const lanes = createLanes();
  const log: string[] = [];
  const preempted: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  async function call(name: string, lane: Lane, place = 'here', signal = new AbortController().signal) {
    const ticket = lanes.ticket(lane);
    for (;;) {
      const turn = await lanes.enter({ place, concurrency }, ticket, signal, async (turnSignal) => {
        log.push(name);
        const end = Promise.withResolvers<void>();
        ends.set(name, end);
        const abort = () => end.reject(turnSignal.reason);
        turnSignal.addEventListener('abort', abort, { once: true });
        await end.promise;
        return name;
      });
      if (turn.kind === 'done') return turn.value;
      preempted.push(name);
    }
  }
  const end = async (name: string) => {
    ends.get(name)?.resolve();
    await settled();
  };
  return { lanes, log, preempted, call, end };
}

describe('the lanes before a model', () => {
  it('[TH8.46] go owner, loop, sleep, agents, and equals in the order they came', async () => {
    const { log, call, end } = world();
    const calls = [call('first', 'owner')];
    for (const lane of ranked) for (const n of [1, 2]) calls.push(call(`${lane} ${n}`, lane));
    for (let n = 0; n < 9; n++) await end(log.at(-1)!);
    await Promise.all(calls);
    expect(log).toEqual([
      'first',
      ...['owner', 'loop', 'sleep', 'agents'].flatMap((lane) => [`${lane} 1`, `${lane} 2`]),
    ]);
  });

  it('[TH8.47, TH8.48] a higher lane ends the call of a lower one, which comes back at the head of its lane', async () => {
    const { log, preempted, call, end } = world();
    const stop = new AbortController();
    const calls = [call('loop 1', 'loop', 'here', stop.signal), call('loop 2', 'loop'), call('owner', 'owner')];
    await settled();
    expect([log, preempted]).toEqual([['loop 1', 'owner'], ['loop 1']]);
    expect(stop.signal.aborted).toBe(false);
    await end('owner');
    await end('loop 1');
    await end('loop 2');
    expect(await Promise.all(calls)).toEqual(['loop 1', 'loop 2', 'owner']);
    expect(log.slice(2)).toEqual(['loop 1', 'loop 2']);
  });

  it('[TH8.47] an equal or lower lane waits', async () => {
    const { log, call, end } = world();
    const calls = [call('loop', 'loop'), call('loop too', 'loop'), call('sleep', 'sleep')];
    await settled();
    expect(log).toEqual(['loop']);
    for (const name of ['loop', 'loop too', 'sleep']) await end(name);
    await Promise.all(calls);
  });

  it('[TH8.47] of several it ends the lowest and youngest, one for each that waits', async () => {
    const { log, preempted, call, end } = world(3);
    const calls = [call('loop', 'loop'), call('agent 1', 'agents'), call('agent 2', 'agents')];
    calls.push(call('owner 1', 'owner'));
    await settled();
    expect([log.slice(3), preempted]).toEqual([['owner 1'], ['agent 2']]);
    calls.push(call('owner 2', 'owner'));
    await settled();
    expect([log.slice(4), preempted]).toEqual([['owner 2'], ['agent 2', 'agent 1']]);
    await end('owner 1');
    expect(log.at(-1)).toBe('agent 1');
    for (const name of ['loop', 'owner 2', 'agent 1']) await end(name);
    await end('agent 2');
    await Promise.all(calls);
  });

  it('[TH8.47] what was told to stop and has not yet is not told again', async () => {
    const lanes = createLanes();
    const gate = Promise.withResolvers<void>();
    const stopped: string[] = [];
    const enter = (lane: Lane) => {
      const ticket = lanes.ticket(lane);
      const { signal } = new AbortController();
      return lanes.enter({ place: 'here', concurrency: 2 }, ticket, signal, async (turnSignal) => {
        turnSignal.addEventListener('abort', () => stopped.push(lane), { once: true });
        await gate.promise;
      });
    };
    const turns = [enter('sleep'), enter('agents'), enter('owner'), enter('loop')];
    await settled();
    expect(stopped).toEqual(['agents', 'sleep']);
    gate.resolve();
    await Promise.all(turns);
  });

  it('[TH8.49] a call that was pre-empted twice is left to its end', async () => {
    const { log, preempted, call, end } = world();
    const calls = [call('loop', 'loop')];
    for (const name of ['owner 1', 'owner 2']) {
      calls.push(call(name, 'owner'));
      await settled();
      await end(name);
    }
    calls.push(call('owner 3', 'owner'));
    await settled();
    expect([log, preempted]).toEqual([
      ['loop', 'owner 1', 'loop', 'owner 2', 'loop'],
      ['loop', 'loop'],
    ]);
    await end('loop');
    await end('owner 3');
    await Promise.all(calls);
  });

  it('[TH8.49] work that was done although it was told to stop counts as done', async () => {
    const lanes = createLanes();
    const gate = Promise.withResolvers<string>();
    const turn = lanes.enter(
      { place: 'here', concurrency: 1 },
      lanes.ticket('loop'),
      new AbortController().signal,
      () => gate.promise,
    );
    const owner = lanes.enter(
      { place: 'here', concurrency: 1 },
      lanes.ticket('owner'),
      new AbortController().signal,
      () => Promise.resolve('owner'),
    );
    gate.resolve('done');
    expect(await turn).toEqual({ kind: 'done', value: 'done' });
    expect(await owner).toEqual({ kind: 'done', value: 'owner' });
  });

  it('[TH8.52] each place has turns of its own, as many at a time as it can work on', async () => {
    const { log, call, end } = world(2);
    const calls = [call('a', 'loop'), call('b', 'loop'), call('c', 'loop'), call('elsewhere', 'agents', 'there')];
    await settled();
    expect(log).toEqual(['a', 'b', 'elsewhere']);
    await end('b');
    expect(log.at(-1)).toBe('c');
    for (const name of ['a', 'c', 'elsewhere']) await end(name);
    await Promise.all(calls);
  });

  it('[TH8.46, TH8.53] start no call while a higher one waits, and lose and repeat none, in any order of arrivals', async () => {
    const arrival = fc.record({
      lane: fc.constantFrom(...ranked),
      ends: fc.integer({ min: 0, max: 3 }),
      aborts: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { maxLength: 25 }),
        fc.integer({ min: 1, max: 3 }),
        async (arrivals, concurrency) => {
          const lanes = createLanes();
          const waiting = new Map<number, Lane>();
          const running = new Map<number, () => void>();
          const outcomes: string[] = [];
          const preempted = new Map<number, number>();
          const calls = arrivals.map(({ lane, ends, aborts }, id) => async () => {
            const stop = new AbortController();
            const ticket = lanes.ticket(lane);
            const run = async (signal: AbortSignal) => {
              waiting.delete(id);
              const above = [...waiting].filter(([, other]) => ranked.indexOf(other) > ranked.indexOf(lane));
              expect(above).toEqual([]);
              expect(running.size).toBeLessThan(concurrency);
              const end = Promise.withResolvers<void>();
              running.set(id, end.resolve);
              signal.addEventListener('abort', () => end.reject(signal.reason), { once: true });
              await end.promise.finally(() => running.delete(id));
            };
            const done = (async () => {
              for (;;) {
                waiting.set(id, lane);
                const turn = await lanes.enter({ place: 'here', concurrency }, ticket, stop.signal, run);
                if (turn.kind === 'done') return outcomes.push(`${id} answered`);
                preempted.set(id, (preempted.get(id) ?? 0) + 1);
              }
            })().catch((thrown: unknown) => {
              waiting.delete(id);
              expect(thrown).toBe(stop.signal.reason);
              outcomes.push(`${id} left`);
            });
            await settled();
            if (aborts) {
              waiting.delete(id);
              stop.abort(new Error('left'));
            }
            for (const finish of [...running.values()].slice(0, ends)) finish();
            await settled();
            return done;
          });
          const all: Promise<unknown>[] = [];
          for (const call of calls) {
            all.push(call());
            await settled();
          }
          while (running.size > 0) {
            for (const finish of running.values()) finish();
            await settled();
          }
          await Promise.all(all);
          expect(outcomes.map((each) => Number(each.split(' ')[0])).sort((a, b) => a - b)).toEqual(
            arrivals.map((_, id) => id),
          );
          expect(Math.max(0, ...preempted.values())).toBeLessThanOrEqual(2);
        },
      ),
      { seed: 20_260_612, numRuns: 60 },
    );
  });
});
