import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLadder, type LadderEvent, type LadderState } from '../../core/lmstudio/ladder.ts';

type Move = LadderEvent['type'];
const seen: Move[] = ['not-installed', 'not-running', 'server-off', 'auth-required', 'no-model', 'ready', 'busy'];
const gone: Move[] = ['not-installed', 'not-running', 'server-off', 'auth-required'];
const all: Move[] = [
  ...seen,
  'forgotten',
  'load-started',
  'load-ended',
  'model-crashed',
  'circuit-opened',
  'circuit-closed',
];

/** How each state is reached, and every move that is drawn in it. */
const states: Record<LadderState, { by: Move[]; drawn: Move[] }> = {
  looking: { by: [], drawn: [...seen, 'load-started', 'circuit-opened'] },
  'not-installed': { by: ['not-installed'], drawn: [...seen, 'load-started'] },
  'not-running': { by: ['not-running'], drawn: [...seen, 'load-started'] },
  'server-off': { by: ['server-off'], drawn: [...seen, 'load-started'] },
  'auth-required': { by: ['auth-required'], drawn: seen },
  'no-model': { by: ['no-model'], drawn: [...seen, 'load-started', 'circuit-opened'] },
  loading: { by: ['load-started'], drawn: [...gone, 'load-ended', 'circuit-opened'] },
  ready: { by: ['ready'], drawn: [...seen, 'load-started', 'circuit-opened', 'model-crashed'] },
  busy: { by: ['busy'], drawn: [...seen, 'load-started', 'circuit-opened', 'model-crashed'] },
  crashed: { by: ['ready', 'model-crashed'], drawn: [...gone, 'ready', 'busy', 'load-started', 'circuit-opened'] },
  'circuit-open': { by: ['circuit-opened'], drawn: [...gone, 'circuit-closed'] },
};

function ladderAfter(moves: readonly Move[]) {
  const ladder = createLadder();
  for (const move of moves) ladder.send(move);
  return ladder;
}

describe('the health ladder', () => {
  it.each(Object.entries(states))('[LM1.58] %s: exactly the drawn moves are possible', (state, { by, drawn }) => {
    expect(ladderAfter(by).state()).toBe(state);
    expect(all.filter((move) => ladderAfter(by).can(move)).toSorted()).toEqual([...drawn, 'forgotten'].toSorted());
  });

  it('[LM1.58] a move that is not drawn changes nothing and tells nobody', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...all), { maxLength: 40 }), (moves) => {
        const ladder = createLadder();
        let heard = 0;
        ladder.onChange(() => {
          heard += 1;
        });
        for (const move of moves) {
          const [before, can, heardBefore] = [ladder.state(), ladder.can(move), heard];
          ladder.send(move);
          if (!can) expect([ladder.state(), heard]).toEqual([before, heardBefore]);
        }
      }),
      { seed: 20_261_121 },
    );
  });

  it('[LM1.59] a look during a load says nothing about the load', () => {
    expect(ladderAfter(['load-started', 'no-model', 'ready']).state()).toBe('loading');
    expect(ladderAfter(['load-started', 'server-off']).state()).toBe('server-off');
  });

  it('[LM1.60] a crash is not forgotten because the server still answers', () => {
    expect(ladderAfter(['ready', 'model-crashed', 'no-model']).state()).toBe('crashed');
  });

  it('[LM1.61] an open breaker is left only by closing it or by losing the server', () => {
    expect(ladderAfter(['ready', 'circuit-opened', 'ready', 'no-model', 'load-started']).state()).toBe('circuit-open');
    expect(ladderAfter(['ready', 'circuit-opened', 'circuit-closed']).state()).toBe('looking');
    expect(ladderAfter(['ready', 'circuit-opened', 'not-running']).state()).toBe('not-running');
  });
});
