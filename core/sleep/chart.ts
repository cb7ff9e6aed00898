import { createActor, setup } from 'xstate';
import type { SleepPhase } from '../memory.ts';
import type { Stop } from '../ports.ts';

export type SleepState = 'awake' | 'falling' | SleepPhase;

/** What moves sleep on: falling asleep, its phases in their order, and what ends it. */
export type SleepEvent = { type: 'fall' | SleepPhase } | { type: 'done' | 'interrupt' | 'wake' | 'stop' };

/** Something critical, the owner, and the end of the program wake at any point. */
const woken = { interrupt: 'awake', wake: 'awake', stop: 'awake' } as const;

/**
 * Sleep as a statechart (SL1): light always comes first and the digest last; deep and dream follow light, if they come at all. A move that
 * is not drawn does not happen.
 */
const chart = setup({ types: { events: {} as SleepEvent } }).createMachine({
  id: 'sleep',
  initial: 'awake',
  states: {
    awake: { on: { fall: 'falling' } },
    falling: { on: { light: 'light', ...woken } },
    light: { on: { deep: 'deep', dream: 'dream', digest: 'digest', ...woken } },
    deep: { on: { dream: 'dream', digest: 'digest', ...woken } },
    dream: { on: { digest: 'digest', ...woken } },
    digest: { on: { done: 'awake', ...woken } },
  },
});

export interface SleepChart {
  send(event: SleepEvent['type']): void;
  state(): SleepState;
  /** Whether this move is drawn in the present state. */
  can(event: SleepEvent['type']): boolean;
  onChange(listener: () => void): Stop;
}

/** A running statechart of sleep, awake at first. Every listener hears every change of state, after it. */
export function createSleepChart(): SleepChart {
  const actor = createActor(chart).start();
  const can = (type: SleepEvent['type']) => actor.getSnapshot().can({ type });
  return {
    send(type) {
      // The actor would tell its observers of a move that is not drawn, too.
      if (can(type)) actor.send({ type });
    },
    can,
    state: () => actor.getSnapshot().value,
    onChange(listener) {
      const subscription = actor.subscribe(() => listener());
      return () => subscription.unsubscribe();
    },
  };
}
