import { describe, expect, it } from 'vitest';
import type { Expectation, Settled, Settlement } from '../../core/memory.ts';
import { expectOutcome, judgeOutcome, lessonsOf, reweigh, reweighedBy } from '../../core/remember/outcomes.ts';
import { decision, episode, noon } from '../kit/nouns.ts';
import { at, counter, dayMs, expectation, failed, memory, minuteMs, passed } from './learning-kit.ts';

const told = episode('ep', { insightIds: ['i'] });
const saying = (expected_outcome: string, next_check?: number) =>
  decision({
    metadata: { confidence: 0.8, alternatives_considered: [], expected_outcome, ...(next_check && { next_check }) },
  });
const expecting = (words: string, observation = failed(0), next_check?: number) =>
  expectOutcome(saying(words, next_check), told, { now: noon, nextId: counter('e'), observation });

describe('the outcome of a decision', () => {
  it('[ME6.28] is expected when an insight was told or work proposed, and something has to follow', () => {
    const about = { now: noon, nextId: counter('e') };
    expect(expecting('The tests pass.')).toMatchObject({ of: 'decision', ofId: 'ep', since: noon, confidence: 0.8 });
    expect(expectOutcome(saying('The tests pass.'), episode('ep'), about)).toBeNull();
    const work = decision({ ...saying('The tests pass.'), action_type: 'delegate' });
    expect(expectOutcome(work, episode('ep'), about)).toMatchObject({ causeId: null, wants: {} });
    expect(expecting('The owner knows of it; nothing has to follow.')).toBeNull();
    expect(expecting('')).toBeNull();
  });

  it('[ME6.29] “no further error on X” is that none is seen of X', () => {
    const failure = failed(0);
    expect(expecting('No further error on npm test.', failure)).toMatchObject({
      causeId: failure.id,
      words: 'No further error on npm test.',
      wants: { source: 'ci', target: 'npm test', severity: 'error', absent: true },
    });
    const long = failed(0, { target: 'packages/shop/src/cart/total.ts' });
    expect(expecting('No further critical observation on …/cart/total.ts.', long)?.wants).toMatchObject({
      target: long.target,
      severity: 'critical',
    });
    expect(expecting('No further error on elsewhere.', failure)?.wants).toEqual({
      target: 'elsewhere',
      severity: 'error',
      absent: true,
    });
    const merge = at(0, { source: 'git', type: 'operation-started', target: 'shop' });
    expect(expecting('The merge in shop has ended.', merge)?.wants).toEqual({
      source: 'git',
      type: 'operation-ended',
      target: 'shop',
    });
  });

  it('[ME6.30] is due at the second look, but not before an hour and not after a day', () => {
    const dueIn = (next_check?: number) => (expecting('All is well.', failed(0), next_check)?.dueAt ?? 0) - noon;
    expect([undefined, 300, 7_200, 1e9, Number.NaN].map(dueIn)).toEqual([
      60 * minuteMs,
      60 * minuteMs,
      120 * minuteMs,
      dayMs,
      60 * minuteMs,
    ]);
  });

  it('[ME6.31] is judged by what was seen later, and unknown when nobody looked', () => {
    const none = expecting('No further error on npm test.') as Expectation;
    expect(judgeOutcome(none, [failed(10)])).toBe('not-met');
    expect(judgeOutcome(none, [passed(10)])).toBe('met');
    expect(judgeOutcome(none, [at(10)])).toBe('unknown');
    expect(judgeOutcome(none, [])).toBe('unknown');
    expect(judgeOutcome(none, [failed(-10), failed(90)])).toBe('unknown');
  });

  it('[ME6.32] that is only words is unknown unless an observation names the same and says plainly how it went', () => {
    const said = (words: string, ...later: ReturnType<typeof at>[]) =>
      judgeOutcome(expecting(words) as Expectation, later);
    expect(said('After that npm test passes again', passed(10))).toBe('met');
    expect(said('After that npm test passes again', failed(10))).toBe('not-met');
    expect(said('npm test will not fail', passed(10))).toBe('met');
    expect(said('npm test fails once more', failed(10))).toBe('met');
    expect(said('The tests pass', passed(10)), 'another name').toBe('unknown');
    expect(said('npm test does not pass or it fails', passed(10)), 'both').toBe('unknown');
    expect(said('npm tests pass', passed(10)), 'part of a word').toBe('unknown');
    expect(said('npm test is looked at', failed(10))).toBe('unknown');
    expect(said('npm test passes', passed(10, { causeId: 'own' }))).toBe('unknown');
    const cart = at(10, { target: 'src/cart.ts', type: 'file-changed' });
    expect(said('cart.ts works', cart), 'a change says nothing of that').toBe('unknown');
  });
});

describe('lessons', () => {
  const settledOf = (n: number, settlement: Settlement, over: Partial<Expectation> = {}): Expectation & Settled => ({
    ...expectation({
      id: `e${n}`,
      of: 'decision',
      ofId: `ep${n}`,
      since: noon + n * dayMs,
      wants: { target: 'npm test', severity: 'error', absent: true },
      words: 'No further error on npm test.',
      ...over,
    }),
    of: 'decision',
    settlement,
    at: noon + n * dayMs + 1,
    observationIds: settlement === 'not-met' ? [`o${n}`] : [],
  });
  const episodes = Array.from({ length: 9 }, (_, n) => episode(`ep${n}`, { observationIds: [`seen${n}`] }));
  const outcomes = (...all: Settlement[]) => all.map((settlement, n) => settledOf(n, settlement));

  it('[ME6.33] come of a decision that was wrong repeatedly and more often than right', () => {
    const [lesson, ...others] = lessonsOf(outcomes('not-met', 'met', 'not-met', 'not-met'), episodes);
    expect(others).toEqual([]);
    expect(lesson).toMatchObject({ kind: 'lesson', target: 'npm test', importance: 0.7, rule: null });
    expect(lesson?.text).toBe(
      'Expected “No further error on npm test.” after telling you about npm test: it came back 3 of 4 times (2026-06-01 to 2026-06-04).',
    );
    expect(lesson?.evidence.map((each) => [each.kind, each.id])).toEqual([
      ['observation', 'o0'],
      ['observation', 'o2'],
      ['observation', 'o3'],
    ]);
    expect(lessonsOf(outcomes('not-met'), episodes)).toEqual([]);
    expect(lessonsOf(outcomes('not-met', 'not-met', 'met', 'met'), episodes)).toEqual([]);
    expect(lessonsOf(outcomes('unknown', 'unknown', 'unknown'), episodes)).toEqual([]);
    expect(lessonsOf(outcomes('not-met', 'not-met'), []), 'episodes that are gone').toEqual([]);
  });

  it('[ME6.34] have the same key on another night and in any order, and observations as evidence', () => {
    const all = outcomes('not-met', 'not-met', 'not-met');
    const key = lessonsOf(all.slice(0, 2), episodes)[0]?.key;
    expect(lessonsOf(all.toReversed(), episodes)[0]?.key).toBe(key);
    expect(lessonsOf(all.toReversed(), episodes)).toEqual(lessonsOf(all, episodes));
    const never = [0, 1].map((n) => ({
      ...settledOf(n, 'not-met', { wants: { target: 'shop', type: 'operation-ended' }, words: 'It ends.' }),
      observationIds: [],
    }));
    const [lesson] = lessonsOf([...all, ...never], episodes).filter((each) => each.target === 'shop');
    expect(lesson?.text).toContain('it did not come 2 of 2 times');
    expect(lesson?.evidence.map((each) => each.id)).toEqual(['seen0', 'seen1']);
    expect(lesson?.evidence[0]?.snapshot).toContain('src/a.ts');
  });
});

describe('importance', () => {
  const it6 = memory({ importance: 0.5, strength: 0.8 });

  it('[ME6.35] is gained by what was useful or came true, with the term that says why', () => {
    expect(reweigh(it6, 'useful', noon)).toMatchObject({
      kind: 'reinforce',
      id: 'p1',
      evidence: [],
      importance: 0.6,
      terms: { owner: 1 },
    });
    expect(reweigh(it6, 'met', noon)).toMatchObject({ kind: 'reinforce', importance: 0.6, terms: { outcome: 1 } });
    const full = reweigh(memory({ importance: 1 }), 'met', noon);
    expect(full).toMatchObject({ importance: 1 });
  });

  it('[ME6.36] is lost by what the owner wants less of and by what did not come true, never by what is unknown or pinned', () => {
    expect(reweigh(it6, 'less', noon)).toMatchObject({ kind: 'weaken', importance: 0.25, strength: 0.4 });
    expect(reweigh(it6, 'not-met', noon)).toMatchObject({ kind: 'weaken', importance: 0.425 });
    expect(reweigh(it6, 'unknown', noon)).toBeNull();
    expect(reweigh({ ...it6, pinned: true }, 'not-met', noon)).toBeNull();
    expect(reweigh({ ...it6, trust: 'owner' }, 'less', noon)).toBeNull();
  });

  it('[ME6.74] a loss counts from the strength that is left', () => {
    const later = reweigh({ ...it6, strength: 1, stabilityDays: 10 }, 'not-met', it6.strengthAt + 10 * dayMs);
    expect(later).toMatchObject({ kind: 'weaken', strength: expect.closeTo(0.9 / Math.E) });
  });

  it('[ME6.75] decisions weigh one after the other, on at most 20 memories each and 200 together, and on no dream', () => {
    const many = Array.from({ length: 30 }, (_, n) => memory({ id: `m${n}`, importance: 0.5 }));
    const resting = many.map(({ id }) => id);
    const changes = reweighedBy([{ came: 'met', resting: [...resting, ...resting] }], many, noon);
    expect(changes.map((each) => 'id' in each && each.id)).toEqual(resting.slice(0, 20));
    const twelve = Array.from({ length: 12 }, () => ({ came: 'met' as const, resting }));
    expect(reweighedBy(twelve, many, noon)).toHaveLength(200);
    const one = { resting: ['m0', 'gone', 'd'] };
    const dreamt = memory({ id: 'd', kind: 'dream' });
    const both = reweighedBy(
      [
        { came: 'met', ...one },
        { came: 'unknown', ...one },
        { came: 'not-met', ...one },
        { came: 'not-met', ...one },
      ],
      [...many, dreamt],
      noon,
    );
    expect(both.map((each) => 'importance' in each && each.importance)).toEqual([
      0.6,
      expect.closeTo(0.51),
      expect.closeTo(0.4335),
    ]);
    expect(both.every((each) => 'id' in each && each.id === 'm0')).toBe(true);
  });
});
