import { createActor, setup } from 'xstate';
import type { Stop } from '../ports.ts';
import type { ServerView } from '../protocol.ts';

export type LadderState = ServerView['state'];
/** States that a look at the world alone can tell. */
export type Standing = Exclude<LadderState, 'looking' | 'loading' | 'crashed' | 'circuit-open'>;

/** What moves the server from one state to another: what was seen, and what became of our own calls and loads. */
export type LadderEvent =
  | { type: Standing }
  /** Another server is meant from now on. */
  | { type: 'forgotten' }
  | { type: 'load-started' }
  | { type: 'load-ended' }
  | { type: 'model-crashed' }
  | { type: 'circuit-opened' }
  | { type: 'circuit-closed' };

/** Without a server nothing that we do with it goes on. */
const gone = {
  'not-installed': 'not-installed',
  'not-running': 'not-running',
  'server-off': 'server-off',
  'auth-required': 'auth-required',
} as const;
const seen = { ...gone, 'no-model': 'no-model', ready: 'ready', busy: 'busy' } as const;
const opens = { 'circuit-opened': 'circuit-open' } as const;
const loads = { 'load-started': 'loading' } as const;

/**
 * The health ladder (LM1) as a statechart. A move that is not drawn does not happen: a look during a load says nothing about the load, a
 * crash is not forgotten because the server still answers, and an open breaker is left only by closing it or by losing the server.
 */
const chart = setup({ types: { events: {} as LadderEvent } }).createMachine({
  id: 'ladder',
  initial: 'looking',
  on: { forgotten: '.looking' },
  states: {
    looking: { on: { ...seen, ...opens, ...loads } },
    'not-installed': { on: { ...seen, ...loads } },
    'not-running': { on: { ...seen, ...loads } },
    'server-off': { on: { ...seen, ...loads } },
    'auth-required': { on: { ...seen } },
    'no-model': { on: { ...seen, ...loads, ...opens } },
    loading: { on: { ...gone, ...opens, 'load-ended': 'looking' } },
    ready: { on: { ...seen, ...loads, ...opens, 'model-crashed': 'crashed' } },
    busy: { on: { ...seen, ...loads, ...opens, 'model-crashed': 'crashed' } },
    crashed: { on: { ...gone, ready: 'ready', busy: 'busy', ...loads, ...opens } },
    'circuit-open': { on: { ...gone, 'circuit-closed': 'looking' } },
  },
});

export interface Ladder {
  send(event: LadderEvent['type']): void;
  state(): LadderState;
  /** Whether this move is drawn in the present state. */
  can(event: LadderEvent['type']): boolean;
  onChange(listener: () => void): Stop;
}

/** A running ladder. */
export function createLadder(): Ladder {
  const actor = createActor(chart).start();
  const state = () => actor.getSnapshot().value;
  const can = (type: LadderEvent['type']) => actor.getSnapshot().can({ type });
  return {
    send(type) {
      // What is seen again is no move, and nobody need hear of it.
      if (can(type) && state() !== type) actor.send({ type });
    },
    state,
    can,
    onChange(listener) {
      const subscription = actor.subscribe(() => listener());
      return () => subscription.unsubscribe();
    },
  };
}
