import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bornNow, type Working, workingFromJson, workingToJson } from '../../core/loop/mind.ts';
import type { Json } from '../../core/types.ts';
import { noon } from '../kit/nouns.ts';

const working: Working = {
  ...bornNow(noon),
  focus: {
    focus: { topic: 'cart', since: noon, why: 'a note', strength: 0.5, query: 'cart', observationId: null },
    rival: { topic: 'prices', cycles: 2 },
  },
  log: ['one', 'two'],
  lastThoughtAt: noon + 5,
  place: '/shop',
  cycles: { day: 20_000, count: 9 },
};

describe('what the mind keeps between starts', () => {
  it('[OB8.15] is read as it was written', () => {
    expect(workingFromJson(workingToJson(working), noon + 99)).toEqual(working);
  });

  it('[OB8.16] is as if new where it is missing or odd', () => {
    const kept = workingToJson(working) as Record<string, Json>;
    const fresh = bornNow(noon + 99);
    for (const odd of [null, 7, 'x', [], {}]) expect(workingFromJson(odd, noon + 99)).toEqual(fresh);
    for (const [name, value] of [
      ['log', null],
      ['log', [1, 2]],
      ['focus', 5],
      ['identity', { bornAt: 'yesterday' }],
      ['cycles', 3],
      ['focusAt', null],
    ] as const) {
      const read = workingFromJson({ ...kept, [name]: value as Json }, noon + 99);
      expect(read).toEqual({ ...working, [name]: fresh[name] });
    }
  });

  it('[OB8.16] whatever was stored, it can be worked with', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(working)), fc.jsonValue()), (stored) => {
        const read = workingFromJson(stored as Json, noon);
        expect(Array.isArray(read.log) && typeof read.focus === 'object').toBe(true);
        expect([typeof read.identity.bornAt, typeof read.cycles.count, typeof read.focusAt]).toEqual([
          'number',
          'number',
          'number',
        ]);
      }),
      { seed: 20_260_607, numRuns: 500 },
    );
  });
});
