import { describe, expect, it } from 'vitest';
import type { Fired } from '../../core/types.ts';
import { answerOf, contextOf, edit, hourMs, minuteMs, noonAt, said, toldInsight } from './rules-context.ts';

const fired = (over: Partial<Fired> = {}): Fired => ({
  patternId: 'p1',
  observationId: 'id-0',
  text: 'After package-lock.json changed, npm test failed.',
  confidence: 0.5,
  hits: 3,
  misses: 0,
  expects: '“test failed” on npm test',
  until: noonAt - 1_000 + 30 * minuteMs,
  lift: 0.25,
  learnedAt: Date.UTC(2026, 5, 2),
  ...over,
});
const lock = edit('package-lock.json', 40, 2);
const words =
  'package-lock.json changed; within 30 minutes after that came “test failed” on npm test 3 of 3 times (learned on 2026-06-02).';

describe('the rule of learned patterns', () => {
  it('[TH3.40] says early what may follow, with figures and since when it is known', async () => {
    expect(await said([lock], { patterns: [fired()] })).toContain(words);
    const other = { ...lock, type: 'deploy-started', source: 'ci', target: 'shop' };
    expect(await said([other], { patterns: [fired({ learnedAt: undefined as never })] })).toContain(
      '“deploy started” on shop; within 30 minutes after that came “test failed” on npm test 3 of 3 times.',
    );
  });

  it('[TH3.41] rests on the observation that set it off, and is as important as the pattern is sure', async () => {
    const seeds = [edit('src/a.ts', 1, 0), lock];
    const answer = await answerOf(contextOf(seeds, { patterns: [fired({ observationId: 'id-1' })] }));
    expect(answer.evidence).toContain('o2');
    expect(answer.insight?.importance).toBeCloseTo(0.65);
    expect(answer.metadata.confidence).toBe(0.5);
    expect(answer.reasoning).toContain('Rule “learned pattern”: a learned pattern held 3 of 3 times');
    const surer = fired({ patternId: 'p2', confidence: 0.9, hits: 40, misses: 1, expects: 'deploy-failed on shop' });
    const sure = await answerOf(contextOf([lock], { patterns: [fired(), surer] }));
    expect(sure.insight?.text).toContain('deploy-failed');
    expect(sure.insight?.importance).toBeCloseTo(0.77);
  });

  it('[TH3.42] is silent about what is not worth noticing, too little known, over, or not in the moment', async () => {
    for (const over of [{ lift: 0 }, { hits: 1 }, { until: noonAt }, { observationId: 'elsewhere' }])
      expect([over, await said([lock], { patterns: [fired(over)] })]).toEqual([over, await said([lock])]);
  });

  it('[TH3.43] is said once per episode of firing, whatever the figures, and again on another day', async () => {
    const again = { patterns: [fired({ hits: 4 })] };
    const before = (agoMs: number) => ({ ...again, told: [toldInsight(words, agoMs)] });
    expect(await said([lock], before(10 * minuteMs))).not.toContain('came “test-failed');
    expect(await said([lock], before(11 * hourMs))).not.toContain('came “test-failed');
    expect(await said([lock], before(13 * hourMs))).toContain('4 of 4 times');
    const long = fired({ until: noonAt + 18 * hourMs });
    const toldLong = words.replace('30 minutes', '18 hours');
    expect(await said([lock], { patterns: [long], told: [toldInsight(toldLong, 13 * hourMs)] })).not.toContain('came');
  });

  it('[TH3.44] gives way to an error, and stands beside it in few words', async () => {
    const failure = { source: 'ci', type: 'build-failed', target: 'docs', severity: 'error' as const };
    const text = await said([lock, failure], { patterns: [fired()] });
    expect(text).toMatch(/^Error from ci/);
    expect(text).toContain('package-lock.json changed: “test failed” on npm test may follow (3 of 3 times).');
    const hostile = fired({ expects: '\u202e”\n'.repeat(300), observationId: 'id-0' });
    const odd = await said([edit(`src/${'漢'.repeat(400)}`, 1, 0)], { patterns: [hostile] });
    expect(odd.length).toBeLessThanOrEqual(280);
    expect(odd).not.toContain('\u202e');
  });
});
