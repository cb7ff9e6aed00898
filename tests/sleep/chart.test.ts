import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSleepChart, type SleepEvent } from '../../core/sleep/chart.ts';

const events = ['fall', 'light', 'deep', 'dream', 'digest', 'done', 'interrupt', 'wake', 'stop'] as const;

describe('the statechart of sleep', () => {
  it('[SL1.10] light comes first, deep and dream only after it, the digest last', () => {
    const chart = createSleepChart();
    const heard: string[] = [];
    const stop = chart.onChange(() => heard.push(chart.state()));
    for (const event of [
      'deep',
      'fall',
      'dream',
      'light',
      'deep',
      'light',
      'dream',
      'deep',
      'done',
      'digest',
      'done',
    ] as const)
      chart.send(event);
    expect(heard).toEqual(['falling', 'light', 'deep', 'dream', 'digest', 'awake']);
    stop();
    chart.send('fall');
    expect(heard).toHaveLength(6);
  });

  it('[SL1.11] something critical, the owner and the end of the program wake from every state; no move that is not drawn happens', () => {
    const drawn: Record<string, string[]> = {
      awake: ['fall'],
      falling: ['light'],
      light: ['deep', 'dream', 'digest'],
      deep: ['dream', 'digest'],
      dream: ['digest'],
      digest: ['done'],
    };
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), (sent: SleepEvent['type'][]) => {
        const chart = createSleepChart();
        for (const event of sent) {
          const before = chart.state();
          const wakes = before !== 'awake' && ['interrupt', 'wake', 'stop'].includes(event);
          const moves = wakes || drawn[before]?.includes(event);
          expect(chart.can(event)).toBe(moves === true);
          chart.send(event);
          if (wakes) expect(chart.state()).toBe('awake');
          if (!moves) expect(chart.state()).toBe(before);
        }
      }),
      { seed: 11, numRuns: 200 },
    );
  });
});
