import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLife, type LifeChart, type LifeEvent } from '../../core/loop/life.ts';

type Move = LifeEvent['type'];
const moves: Move[] = [
  'recover',
  'wake',
  'sleep',
  'pause',
  'resume',
  'stop',
  'stopped',
  'perceive',
  'attend',
  'reflect',
  'decide',
  'act',
  'rest',
];

/** Every state, the moves that lead to it from the start, and every move that is drawn in it. */
const running: Partial<Record<Move, string>> = { pause: 'paused', stop: 'stopping' };
const states: Record<string, { by: Move[]; drawn: Partial<Record<Move, string>> }> = {
  initializing: { by: [], drawn: { recover: 'recovering', stop: 'stopping' } },
  recovering: { by: ['recover'], drawn: { wake: 'running resting', pause: 'paused', stop: 'stopping' } },
  'running resting': { by: ['recover', 'wake'], drawn: { ...running, perceive: 'running perceive', sleep: 'asleep' } },
  'running perceive': {
    by: ['recover', 'wake', 'perceive'],
    drawn: { ...running, attend: 'running attend', rest: 'running resting' },
  },
  'running attend': {
    by: ['recover', 'wake', 'perceive', 'attend'],
    drawn: { ...running, reflect: 'running reflect', rest: 'running resting' },
  },
  'running reflect': {
    by: ['recover', 'wake', 'perceive', 'attend', 'reflect'],
    drawn: { ...running, decide: 'running decide', rest: 'running resting' },
  },
  'running decide': {
    by: ['recover', 'wake', 'perceive', 'attend', 'reflect', 'decide'],
    drawn: { ...running, reflect: 'running reflect', act: 'running act', rest: 'running resting' },
  },
  'running act': {
    by: ['recover', 'wake', 'perceive', 'attend', 'reflect', 'decide', 'act'],
    drawn: { ...running, rest: 'running resting' },
  },
  asleep: { by: ['recover', 'wake', 'sleep'], drawn: { wake: 'running resting', pause: 'paused', stop: 'stopping' } },
  paused: { by: ['recover', 'pause'], drawn: { resume: 'running resting', stop: 'stopping' } },
  stopping: { by: ['stop'], drawn: { stopped: 'stopped' } },
  stopped: { by: ['stop', 'stopped'], drawn: {} },
};

const nameOf = (life: LifeChart) => (life.life() === 'running' ? `running ${life.stage()}` : life.life());

function lifeIn(state: string): LifeChart {
  const life = createLife();
  for (const move of states[state]?.by ?? []) life.send(move);
  expect(nameOf(life)).toBe(state);
  return life;
}

describe('the statechart of life', () => {
  const all = Object.entries(states).flatMap(([state, { drawn }]) =>
    moves.map((move) => ({ state, move, to: drawn[move] ?? null })),
  );

  it.each(all.filter(({ to }) => to !== null))('[LO1.3] $move leads from $state to $to', ({ state, move, to }) => {
    const life = lifeIn(state);
    expect(life.can(move)).toBe(true);
    life.send(move);
    expect(nameOf(life)).toBe(to);
  });

  it.each(all.filter(({ to }) => to === null))('[LO1.4] $move is impossible from $state', ({ state, move }) => {
    const life = lifeIn(state);
    let changes = 0;
    life.onChange(() => {
      changes += 1;
    });
    expect(life.can(move)).toBe(false);
    life.send(move);
    expect([nameOf(life), changes]).toEqual([state, 0]);
  });

  it('[LO1.4] no order of moves leads anywhere else', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...moves), { maxLength: 60 }), (list) => {
        const life = createLife();
        for (const move of list) {
          const before = nameOf(life);
          life.send(move);
          expect(nameOf(life)).toBe(states[before]?.drawn[move] ?? before);
        }
      }),
      { seed: 20_260_606, numRuns: 500 },
    );
  });

  it('[LO7.2] can be paused and stopped from every stage of a cycle', () => {
    for (const state of Object.keys(states).filter((each) => each.startsWith('running'))) {
      expect([lifeIn(state).can('pause'), lifeIn(state).can('stop')]).toEqual([true, true]);
    }
    expect(lifeIn('paused').can('stop')).toBe(true);
  });

  it('[LO1.5] tells every change after it, until told to stop', () => {
    const life = createLife();
    const seen: string[] = [];
    const end = life.onChange(() => seen.push(nameOf(life)));
    for (const move of ['recover', 'wake', 'perceive'] as const) life.send(move);
    end();
    life.send('pause');
    expect(seen).toEqual(['recovering', 'running resting', 'running perceive']);
  });
});
