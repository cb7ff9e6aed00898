import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firedPatterns } from '../../core/attend/learned.ts';
import { attend } from '../../core/attend/salience.ts';
import { defaultSettings } from '../../core/settings.ts';
import type { Fired, Observation } from '../../core/types.ts';
import { noon } from '../kit/nouns.ts';
import { at, dream, failed, lock, lockRule, memory, minuteMs } from '../remember/learning-kit.ts';

const settings = defaultSettings().attend;
const nothing = { attended: [] as Observation[], focus: null, lessOf: new Map<string, number>() };
const now = noon + 2 * minuteMs;
/** Attention that knows this change well and looks elsewhere: the change alone would not be noticed. */
const busy = {
  ...nothing,
  attended: [lock(-60)],
  focus: { topic: 'x', since: 0, why: '', strength: 1, query: 'invoice tax', observationId: null },
};
const scoreOf = (seen: Observation, learned?: Fired[], over: Partial<typeof nothing> = {}) =>
  attend([seen], { ...busy, ...over, ...(learned && { learned }) }, settings).scored[0]!.salience;

describe('the patterns that a batch sets off', () => {
  it('[AT1.40] are those whose condition it fulfils, surest first, with figures and until when', () => {
    const cause = lock(1);
    const sure = memory({ id: 'p2', hits: 9 });
    expect(firedPatterns([at(0), cause, lock(1.5)], [memory(), sure, memory({ id: 'p3', rule: null })], now)).toEqual([
      expect.objectContaining({ patternId: 'p2' }),
      {
        patternId: 'p1',
        observationId: cause.id,
        text: memory().text,
        confidence: expect.closeTo(0.438, 2),
        hits: 3,
        misses: 0,
        expects: '“test failed” on npm test',
        until: cause.occurredAt + lockRule.withinMs,
        lift: expect.closeTo(0.219, 2),
        learnedAt: memory().formedAt,
      },
    ]);
    const many = Array.from({ length: 60 }, (_, n) => memory({ id: `p${n}` }));
    expect(firedPatterns([cause], many, now)).toHaveLength(20);
  });

  it('[AT1.41] are never dreams, nor set off by what Reverie caused or concluded', () => {
    expect(firedPatterns([lock(1)], [dream(), dream({ validation: 'confirmed' })], now)).toEqual([]);
    for (const validation of ['needs-validation', 'refuted', 'expired'] as const)
      expect(firedPatterns([lock(1)], [memory({ validation })], now)).toEqual([]);
    const own = [lock(1, { causeId: 'x' }), lock(1, { trust: 'app' }), lock(1, { trust: 'derived' })];
    expect(firedPatterns(own, [memory()], now)).toEqual([]);
    expect(firedPatterns([lock(1)], [memory({ rule: { ...lockRule, when: {} } })], now)).toEqual([]);
  });

  it('[AT1.42] predict nothing that is there already, and nothing whose time is over', () => {
    expect(firedPatterns([lock(1), failed(1.5)], [memory()], now)).toEqual([]);
    expect(firedPatterns([failed(0), lock(1)], [memory()], now), 'an earlier failure').toHaveLength(1);
    expect(firedPatterns([lock(1)], [memory()], noon + 31 * minuteMs)).toEqual([]);
    expect(firedPatterns([lock(-60), lock(1)], [memory()], now)[0]?.until).toBe(noon + 31 * minuteMs);
  });
});

describe('a learned pattern in attention', () => {
  it('[AT1.43] raises what sets it off by half of what is missing to 1, as far as the pattern is sure', () => {
    const cause = lock(1);
    const [fired] = firedPatterns([cause], [memory({ hits: 9 })], now);
    const base = scoreOf(cause);
    expect(base.ignored).toMatch(/^it scored/);
    const raised = scoreOf(cause, [fired!]);
    expect(raised.score).toBeCloseTo(base.score + (1 - base.score) * 0.5 * fired!.confidence, 10);
    expect(raised.ignored).toBeNull();
    expect(raised.terms).toEqual(base.terms);
    expect(scoreOf(lock(1), [fired!]).learned, 'another observation').toBeUndefined();
  });

  it('[AT1.44] is named, so that “why did you notice this?” has an answer', () => {
    const cause = lock(1);
    const fired = firedPatterns([cause], [memory(), memory({ id: 'p2', hits: 9, text: 'surer' })], now);
    expect(scoreOf(cause, fired).learned).toEqual({
      patternId: 'p2',
      text: 'surer',
      confidence: fired[0]?.confidence,
    });
  });

  it('[AT1.45] raises no noise, and the owner’s “less of this” still lowers', () => {
    const cause = lock(1);
    const fired = firedPatterns([cause], [memory({ hits: 9 })], now);
    const lessOf = new Map([['files file-changed package-lock.json', 1]]);
    expect(scoreOf(cause, fired, { lessOf }).score).toBeCloseTo(scoreOf(cause, fired).score / 2, 10);
    const blank = lock(1, { details: { whitespaceOnly: true } });
    const own = firedPatterns([blank], [memory({ hits: 9 })], now);
    expect(own).toHaveLength(1);
    expect(scoreOf(blank, own)).toMatchObject({ score: 0, ignored: 'only whitespace changed' });
    expect(scoreOf(blank, own).learned).toBeUndefined();
  });

  it('[AT1.46] raises only when what it foretells is trouble or held for important', () => {
    const liftOf = (then: typeof lockRule.then, importance = 0.6) =>
      firedPatterns([lock(1)], [memory({ importance, rule: { ...lockRule, then } })], now)[0]?.lift ?? 0;
    const change = { source: 'files', type: 'file-changed', target: 'package.json' };
    expect(liftOf(change)).toBe(0);
    expect(liftOf({ type: 'test-failed' })).toBeGreaterThan(0);
    expect(liftOf({ type: 'check', severity: 'warning' })).toBeGreaterThan(0);
    expect(liftOf({ type: 'check', severity: 'info' })).toBe(0);
    expect(liftOf(change, 0.7)).toBeGreaterThan(0);
    const cause = lock(1);
    const [plain] = firedPatterns([cause], [memory({ rule: { ...lockRule, then: change } })], now);
    expect(scoreOf(cause, [plain!])).toEqual(scoreOf(cause));
  });

  it('[AT1.47] changes nothing when there is none', () => {
    const seen = fc.record({
      target: fc.constantFrom('src/a.ts', 'package-lock.json', 'README.md'),
      priority: fc.integer({ min: 0, max: 10 }),
      causeId: fc.constantFrom(null, null, 'own'),
      minute: fc.integer({ min: 0, max: 30 }),
    });
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 12 }), (all) => {
        const batch = all.map(({ minute, ...over }) => lock(minute, over));
        const plain = attend(batch, nothing, settings);
        expect(attend(batch, { ...nothing, learned: [] }, settings)).toStrictEqual(plain);
        const none = firedPatterns(batch, [dream()], now);
        expect(attend(batch, { ...nothing, learned: none }, settings)).toStrictEqual(plain);
      }),
      { numRuns: 100, seed: 20_260_601 },
    );
  });
});
