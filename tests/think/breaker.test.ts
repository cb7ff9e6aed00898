import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBreaker } from '../../core/think/gateway/breaker.ts';
import { fakeClock } from '../kit/clock.ts';
import { transient } from './scripted-model.ts';

function world() {
  const clock = fakeClock();
  const breaker = createBreaker({ clock });
  const changes: string[] = [];
  const stop = breaker.onChange(() => changes.push(breaker.state()));
  const fail = (times: number, over = {}) => {
    for (let n = 0; n < times; n++) breaker.failed(transient(over));
  };
  const greetedAfter = async (ms: number) => {
    await clock.pass(ms);
    breaker.greeted();
    return breaker.state();
  };
  return { clock, breaker, changes, stop, fail, greetedAfter };
}

describe('the circuit breaker', () => {
  it('[TH8.41] opens at the third outage in a row, and says why, since when and until when', () => {
    const { breaker, fail, changes, clock } = world();
    fail(2);
    breaker.succeeded();
    fail(2);
    expect([breaker.state(), breaker.why(), breaker.since(), breaker.until()]).toEqual(['closed', null, null, null]);
    fail(1, { class: 'permission', code: 'auth-required', message: 'it wants a token' });
    expect([breaker.state(), breaker.since(), breaker.until()]).toEqual(['open', clock.now(), 'greeting']);
    expect(breaker.why()).toBe('The model server failed 3 times in a row: it wants a token');
    expect(breaker.admits()).toBe(false);
    expect(changes).toEqual(['open']);
  });

  it.each([
    { class: 'model-output' as const, code: 'runaway' },
    { class: 'resource' as const, code: 'context-overflow' },
    { class: 'permanent' as const, code: 'request-refused' },
    { class: 'rate-limited' as const, code: 'rate-limited' },
    ...['busy-elsewhere', 'circuit-open', 'connection-refused', 'no-model', 'model-unloaded', 'model-load-failed'].map(
      (code) => ({ class: 'transient' as const, code }),
    ),
  ])('[TH8.41, LO4.40] does not count $class $code, nor begin anew for it', (failure) => {
    const { breaker, fail } = world();
    fail(5, failure);
    expect(breaker.state()).toBe('closed');
    fail(2);
    fail(5, failure);
    fail(1);
    expect(breaker.state()).toBe('open');
  });

  it('[TH8.42] half-opens on a greeting, never by time alone and not before 30 seconds', async () => {
    const { breaker, fail, greetedAfter, clock, changes } = world();
    fail(3);
    expect(await greetedAfter(29_999)).toBe('open');
    await clock.pass(3_600_000);
    expect(breaker.state()).toBe('open');
    expect(await greetedAfter(0)).toBe('half-open');
    expect([breaker.why() !== null, breaker.since() !== null, breaker.until()]).toEqual([true, true, null]);
    expect(changes).toEqual(['open', 'half-open']);
    expect(clock.waiting()).toBe(0);
  });

  it('[TH8.42] waits twice as long each time it opens again, ten minutes at most, and 30 seconds after a success', async () => {
    const { breaker, fail, greetedAfter } = world();
    fail(3);
    for (const seconds of [30, 60, 120, 240, 480, 600, 600]) {
      expect(await greetedAfter(seconds * 1_000 - 1)).toBe('open');
      expect(await greetedAfter(1)).toBe('half-open');
      fail(1);
      expect(breaker.state()).toBe('open');
    }
    await greetedAfter(600_000);
    breaker.succeeded();
    fail(3);
    expect(await greetedAfter(29_999)).toBe('open');
    expect(await greetedAfter(1)).toBe('half-open');
  });

  it('[TH8.42] is not hurried by a clock that is set', async () => {
    const { fail, greetedAfter, clock } = world();
    fail(3);
    clock.jump(365 * 86_400_000);
    expect(await greetedAfter(29_999)).toBe('open');
    clock.jump(-700 * 86_400_000);
    expect(await greetedAfter(1)).toBe('half-open');
  });

  it('[TH8.43] half-open lets one call through at a time: a success closes, an outage opens, else the next may go', async () => {
    const { breaker, fail, greetedAfter } = world();
    fail(3);
    await greetedAfter(30_000);
    expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
    fail(1, { class: 'resource', code: 'context-overflow' });
    expect([breaker.state(), breaker.admits(), breaker.admits()]).toEqual(['half-open', true, false]);
    fail(1, { code: 'connection-refused' });
    expect([breaker.state(), breaker.admits()]).toEqual(['open', false]);
    await greetedAfter(60_000);
    expect(breaker.admits()).toBe(true);
    breaker.succeeded();
    expect([breaker.state(), breaker.why(), breaker.since(), breaker.admits(), breaker.admits()]).toEqual([
      'closed',
      null,
      null,
      true,
      true,
    ]);
    fail(2);
    expect(breaker.state()).toBe('closed');
  });

  it('[TH8.44] tripped for the owner it stays open over greetings and late answers until it is reset', async () => {
    const { breaker, greetedAfter } = world();
    breaker.trip('the model crashed twice', 'owner');
    breaker.succeeded();
    breaker.trip('something less', 'greeting');
    expect(await greetedAfter(3_600_000)).toBe('open');
    expect([breaker.why(), breaker.until(), breaker.admits()]).toEqual(['the model crashed twice', 'owner', false]);
    breaker.reset();
    expect([breaker.state(), breaker.admits()]).toEqual(['closed', true]);
  });

  it('[TH8.44] an open one may become one that waits for the owner, and says so', () => {
    const { breaker, fail, changes } = world();
    fail(3);
    breaker.trip('the model crashed twice', 'owner');
    expect([breaker.until(), breaker.why()]).toEqual(['owner', 'the model crashed twice']);
    expect(changes).toEqual(['open', 'open']);
  });

  it('[TH8.44] tells a change once, and nothing after its listener has gone', () => {
    const { breaker, changes, stop, fail } = world();
    breaker.reset();
    breaker.succeeded();
    fail(5);
    expect(changes).toEqual(['open']);
    stop();
    breaker.reset();
    expect(changes).toEqual(['open']);
  });

  it('[TH8.40, TH8.43] admits nothing while open and one at a time while half-open, in any order of events', async () => {
    const events = ['outage', 'other', 'success', 'greet', 'trip', 'trip for the owner', 'reset', 'ask'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...events), fc.integer({ min: 0, max: 90_000 })), { maxLength: 60 }),
        async (steps) => {
          const { breaker, fail, clock } = world();
          let trials = 0;
          for (const [event, ms] of steps) {
            await clock.pass(ms);
            const before = breaker.state();
            if (event === 'outage') fail(1);
            if (event === 'other') fail(1, { class: 'model-output' });
            if (event === 'success') breaker.succeeded();
            if (event === 'greet') breaker.greeted();
            if (event === 'trip') breaker.trip('why', 'greeting');
            if (event === 'trip for the owner') breaker.trip('why', 'owner');
            if (event === 'reset') breaker.reset();
            if (event === 'ask') {
              const admitted = breaker.admits();
              expect(admitted).toBe(before === 'closed' || (before === 'half-open' && trials === 0));
              if (before === 'half-open' && admitted) trials += 1;
            } else if (event !== 'greet') trials = 0;
            if (before === 'open' && breaker.state() === 'half-open') expect(event).toBe('greet');
          }
        },
      ),
      { seed: 20_260_610, numRuns: 100 },
    );
  });
});
