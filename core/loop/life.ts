import { createActor, setup } from 'xstate';
import type { SleepPhase } from '../memory.ts';
import type { Stop } from '../ports.ts';
import type { Snapshot } from '../protocol.ts';

export type Life = Snapshot['life'];
/** The stages of a cycle; those of a sleep are the sleeper's own statechart (`sleep/chart.ts`). */
export type Stage = Exclude<Snapshot['stage'], SleepPhase>;

/** What moves the mind from one state of life to another. The cycle reports its stages; the chart drives nothing. */
export type LifeEvent =
  | { type: 'recover' }
  | { type: 'wake' }
  | { type: 'sleep' }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'stop' }
  | { type: 'stopped' }
  | { type: Exclude<Stage, 'resting'> | 'rest' };

/** The statechart of LO1. A move that is not drawn here does not happen: pausing or stopping in the middle of a cycle leaves its later reports unheard. */
const chart = setup({ types: { events: {} as LifeEvent } }).createMachine({
  id: 'life',
  initial: 'initializing',
  states: {
    initializing: { on: { recover: 'recovering', stop: 'stopping' } },
    recovering: { on: { wake: 'running', pause: 'paused', stop: 'stopping' } },
    running: {
      initial: 'resting',
      on: { pause: 'paused', stop: 'stopping' },
      states: {
        resting: { on: { perceive: 'perceive', sleep: '#asleep' } },
        perceive: { on: { attend: 'attend', rest: 'resting' } },
        attend: { on: { reflect: 'reflect', rest: 'resting' } },
        reflect: { on: { decide: 'decide', rest: 'resting' } },
        decide: { on: { reflect: 'reflect', act: 'act', rest: 'resting' } },
        act: { on: { rest: 'resting' } },
      },
    },
    // Falls asleep between two cycles only; what is observed meanwhile waits.
    asleep: { id: 'asleep', on: { wake: 'running', pause: 'paused', stop: 'stopping' } },
    paused: { on: { resume: 'running', stop: 'stopping' } },
    stopping: { on: { stopped: 'stopped' } },
    stopped: { type: 'final' },
  },
});

export interface LifeChart {
  send(event: LifeEvent['type']): void;
  life(): Life;
  stage(): Stage;
  /** Whether this move is drawn in the present state. */
  can(event: LifeEvent['type']): boolean;
  onChange(listener: () => void): Stop;
}

/** A running statechart of life. Every observer hears every change of state, after it. */
export function createLife(): LifeChart {
  const actor = createActor(chart).start();
  const value = () => actor.getSnapshot().value as Life | { running: Stage };
  const can = (type: LifeEvent['type']) => actor.getSnapshot().can({ type });
  return {
    send(type) {
      // The actor would tell its observers of a move that is not drawn, too.
      if (can(type)) actor.send({ type });
    },
    can,
    life() {
      const now = value();
      return typeof now === 'string' ? now : 'running';
    },
    stage() {
      const now = value();
      return typeof now === 'string' ? 'resting' : now.running;
    },
    onChange(listener) {
      const subscription = actor.subscribe(() => listener());
      return () => subscription.unsubscribe();
    },
  };
}
