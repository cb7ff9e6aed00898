import { describe, expect, it } from 'vitest';
import { hitShare, ruleConfidence } from '../../core/attend/confidence.ts';
import type { Settled, Settlement } from '../../core/memory.ts';
import { noTerms } from '../../core/remember/importance.ts';
import { scored } from '../../core/remember/scoring.ts';
import { noon } from '../kit/nouns.ts';
import { counter, dayMs, dream, failed, memory } from './learning-kit.ts';

const settled = (ofId: string, ...settlements: Settlement[]): Settled[] =>
  settlements.map((settlement, n) => ({
    id: `${ofId}-${n}`,
    of: ofId.startsWith('d') ? 'dream' : 'pattern',
    ofId,
    settlement,
    at: noon,
    observationIds: settlement === 'met' ? [`o${n}`] : [],
  }));
const context = { now: noon, nextId: counter(), promoteDream: () => [] };

describe('the confidence of a rule', () => {
  it('[ME6.22] is the lower bound of the Wilson score interval, so that few cases are unsure', () => {
    expect(hitShare(3, 0).lower).toBeCloseTo(0.4385, 3);
    expect(hitShare(3, 0).upper).toBe(1);
    expect(hitShare(81, 263 - 81).lower, 'Newcombe’s example').toBeCloseTo(0.2553, 3);
    expect(hitShare(81, 263 - 81).upper).toBeCloseTo(0.3662, 3);
    expect(hitShare(0, 0)).toEqual({ lower: 0, upper: 1 });
    expect(hitShare(Number.NaN, -4)).toEqual({ lower: 0, upper: 1 });
    expect(ruleConfidence({ hits: 30, misses: 0 })).toBeGreaterThan(ruleConfidence({ hits: 3, misses: 0 }));
    expect(ruleConfidence({ hits: 3, misses: 1 })).toBeLessThan(ruleConfidence({ hits: 3, misses: 0 }));
  });
});

describe('the score of a pattern', () => {
  it('[ME6.23] grows by what was met and not met; unknown, decisions and strangers count nothing', () => {
    const all = [...settled('p1', 'met', 'met', 'not-met', 'unknown'), ...settled('gone', 'met')];
    expect(scored(all, [memory()], context)).toEqual([{ kind: 'score', id: 'p1', hits: 2, misses: 1, at: noon }]);
    expect(scored(settled('p1', 'unknown'), [memory()], context)).toEqual([]);
  });

  it('[ME6.24] ends it when it is clearly wrong more than right, with the reason in words', () => {
    const wrong = memory({ hits: 0, misses: 4 });
    expect(scored(settled('p1', 'not-met'), [wrong], context)).toEqual([
      { kind: 'score', id: 'p1', hits: 0, misses: 1, at: noon },
      { kind: 'forget', id: 'p1', why: 'it was wrong 5 of 5 times', at: noon },
    ]);
    const kinds = (over: Parameters<typeof memory>[0]) =>
      scored(settled('p1', 'not-met'), [memory(over)], context).map((each) => each.kind);
    expect(kinds({ hits: 0, misses: 3 }), 'four cases are too few').toEqual(['score']);
    expect(kinds({ hits: 2, misses: 4 }), 'it may still be right every other time').toEqual(['score']);
    expect(kinds({ hits: 2, misses: 9 })).toEqual(['score', 'forget']);
    expect(kinds({ hits: 0, misses: 9, pinned: true }), 'the owner pinned it').toEqual(['score']);
    expect(scored([], [memory({ hits: 0, misses: 9 })], context), 'nothing new').toEqual([]);
  });
});

describe('a dream', () => {
  const verdict = (over: Parameters<typeof dream>[0], ...settlements: Settlement[]) =>
    scored(settled('d1', ...settlements), [dream(over)], context).flatMap((each) =>
      each.kind === 'validate' ? [each.validation] : [],
    );

  it('[SL4.61] is confirmed when it was met three times and at least three times as often as not', () => {
    expect(verdict({}, 'met', 'met')).toEqual([]);
    expect(verdict({}, 'met', 'met', 'met')).toEqual(['confirmed']);
    expect(verdict({ hits: 2 }, 'met')).toEqual(['confirmed']);
    expect(verdict({ misses: 1 }, 'met', 'met')).toEqual([]);
    expect(verdict({ misses: 1, hits: 2 }, 'met')).toEqual(['confirmed']);
  });

  it('[SL4.67] needs the more hits the oftener what it foretells comes anyway', () => {
    const seldom = (novelty: number | null, hits: number, misses = 0) =>
      verdict({ terms: { ...noTerms, novelty }, hits: hits - 1, misses }, 'met');
    expect(seldom(0.9, 3)).toEqual(['confirmed']);
    expect(seldom(0.5, 3), 'three of three may be half by chance').toEqual([]);
    expect(seldom(0.5, 4)).toEqual(['confirmed']);
    expect(seldom(0.65, 3, 1)).toEqual([]);
    expect(seldom(null, 3), 'nobody knows how often it comes').toEqual(['confirmed']);
  });

  it('[SL4.62] is refuted when it was not met twice and at least three times as often as met', () => {
    expect(verdict({}, 'not-met')).toEqual([]);
    expect(verdict({}, 'not-met', 'not-met')).toEqual(['refuted']);
    expect(verdict({ hits: 1 }, 'not-met', 'not-met')).toEqual([]);
    expect(verdict({}, 'unknown', 'unknown', 'unknown')).toEqual([]);
  });

  it('[SL4.63] expires when its time is over without either, and is judged once', () => {
    expect(verdict({ expiresAt: noon })).toEqual(['expired']);
    expect(verdict({ expiresAt: noon + 1 })).toEqual([]);
    expect(verdict({ expiresAt: noon }, 'met', 'met', 'met')).toEqual(['confirmed']);
    expect(verdict({ expiresAt: null })).toEqual([]);
    for (const validation of ['confirmed', 'refuted', 'expired'] as const)
      expect(verdict({ validation, expiresAt: noon - dayMs }, 'met', 'met', 'met')).toEqual([]);
  });

  it('[SL4.64] that is confirmed is promoted with the observations that bore it out, which become its evidence', () => {
    const asked: unknown[][] = [];
    const promoteDream = (...args: unknown[]) => {
      asked.push(args);
      return [{ kind: 'validate' as const, id: 'promoted', validation: 'confirmed' as const, at: noon }];
    };
    const batch = [failed(5, { id: 'o1' }), failed(2, { id: 'o0' }), failed(3, { id: 'other' })];
    const changes = scored(settled('d1', 'met', 'met'), [dream({ hits: 1 })], { ...context, promoteDream, batch });
    expect(changes.map((each) => each.kind)).toEqual(['score', 'reinforce', 'validate', 'validate']);
    const [promoted, evidence] = asked[0] as [{ hits: number; validation: string }, { id: string; snapshot: string }[]];
    expect(promoted).toMatchObject({ id: 'd1', hits: 3, validation: 'confirmed' });
    expect(evidence.map((each) => each.id)).toEqual(['o0', 'o1']);
    expect(evidence[0]?.snapshot).toContain('npm test');
    expect(changes[1]).toMatchObject({ kind: 'reinforce', id: 'd1', evidence });
    expect(asked).toHaveLength(1);
  });

  it('[SL4.65] gives none of its changes to a pattern and takes none of it', () => {
    const both = scored(settled('d1', 'met'), [memory(), dream()], context);
    expect(both.every((each) => 'id' in each && each.id === 'd1')).toBe(true);
  });
});
