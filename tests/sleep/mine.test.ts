import { describe, expect, it } from 'vitest';
import { isOfTheWorld, matches } from '../../core/observe/matching.ts';
import { createMiner } from '../../core/sleep/mine/mine.ts';
import { findingToDraft } from '../../core/sleep/mine/to-draft.ts';
import {
  briefs,
  commit,
  days,
  edit,
  failed,
  inOrder,
  june,
  mined,
  minuteMs,
  night,
  ofKind,
  work,
} from './mine-world.ts';

describe('repeated failures', () => {
  const seven = [1, 1, 1, 3, 3, 8, 8].map((day, n) => failed(june(day, 10 + n)));

  it('[SL2.42] says how often, on how many days, since when and how soon again', () => {
    const [found] = mined(seven);
    expect(found).toMatchObject({
      kind: 'repeated-failure',
      text: '“npm test” failed 7 times on 3 of the last 14 days, first on 2026-06-01, usually again after about 60 minutes.',
      target: 'npm test',
      support: 7,
      // Five of the six gaps are at most three days long; after the others nothing at all was seen.
      hits: 5,
      misses: 0,
      rule: {
        when: { source: 'ci', type: 'test-failed', target: 'npm test', severity: 'error' },
        withinMs: 3 * 24 * 60 * minuteMs,
      },
    });
    expect(found!.rule!.then).toEqual(found!.rule!.when);
  });

  it('[SL2.42] leaves out what failed twice, and warnings of one day', () => {
    const warning = { type: 'line-logged', severity: 'warning' } as const;
    expect(mined(seven.slice(0, 2))).toEqual([]);
    expect(mined([1, 2, 3, 4, 5].map((hour) => failed(june(4, hour), 'disk', warning)))).toEqual([]);
    expect(mined([1, 2, 3, 4, 5].map((day) => failed(june(day), 'disk', warning)))).toHaveLength(1);
  });

  it('[SL2.40] counts nothing that Reverie caused or concluded, and nothing outside of the days', () => {
    const own = [{ causeId: 'o1' }, { trust: 'app' }, { trust: 'derived' }] as const;
    for (const over of own) expect(mined(seven.map((each) => ({ ...each, ...over })))).toEqual([]);
    expect(mined(seven.map((each) => ({ ...each, at: each.at - 30 * 86_400_000 })))).toEqual([]);
    expect(mined(seven.map((each) => ({ ...each, at: each.at + 30 * 86_400_000 })))).toEqual([]);
    expect(mined(seven.map((each) => ({ ...each, trust: 'owner' as const })))).toHaveLength(1);
  });

  it('[SL2.41] knows the same thing again behind dates, hashes and running numbers, but not behind names', () => {
    const runs = ['run 2026-06-01 10:22', 'run 2026-06-03 11:40', 'run 2026-06-08 09:01'];
    const [dated] = mined(runs.map((target, n) => failed(june(2 * n + 1), target)));
    expect(dated!.text).toContain('“run #” failed 3 times');
    const hashed = ['build 3f9a2bc1 (12)', 'build 77ac01de (13)', 'build 0badcafe1 (14)'];
    expect(mined(hashed.map((target, n) => failed(june(n + 1), target)))).toHaveLength(1);
    expect(mined(['page1.ts', 'page2.ts', 'page3.ts'].map((target, n) => failed(june(n + 1), target)))).toEqual([]);
  });

  it('[SL2.61] has a rule whose matcher fits all observations that were counted and no other', () => {
    const all = briefs([
      ...[1, 2, 3, 4].map((day) => failed(june(day, 10), `job #${day}`)),
      ...[1, 2, 3, 4].map((day) => failed(june(day, 12), 'npm test')),
      ...[1, 2, 3, 4].map((day) => failed(june(day, 14), 'npm test', { severity: 'info' })),
    ]);
    const found = ofKind(mined(inOrder(all)), 'repeated-failure');
    expect(found).toHaveLength(2);
    for (const { rule, evidence } of found) {
      const meant = all.filter((each) => isOfTheWorld(each) && matches(rule!.when, each)).map((each) => each.at);
      expect(meant.toSorted()).toEqual(evidence.map((each) => each.at).toSorted());
    }
  });
});

describe('sequences', () => {
  /** On four days a lock file changes and the tests fail seven minutes later; on the fifth they do not. */
  const breaks = (...lags: (number | null)[]) =>
    lags.flatMap((lag, n) => [
      edit(june(n + 1, 11, 1), 'package-lock.json'),
      ...(lag === null ? [] : [failed(june(n + 1, 11, 1 + lag))]),
    ]);
  const found = (...lags: (number | null)[]) => ofKind(mined(inOrder([...work(), ...breaks(...lags)])), 'sequence');

  it('[SL2.43] finds what came before a failure, with its window, its cases and its chance', () => {
    const [rule, ...others] = found(7, 7, 7, 7, null);
    expect(others).toEqual([]);
    expect(rule).toMatchObject({
      text: 'After “package-lock.json” changed, “npm test” failed within 10 minutes in 4 of 5 cases, first on 2026-06-01.',
      hits: 4,
      misses: 1,
      support: 4,
      target: 'npm test',
      rule: {
        when: { source: 'files', type: 'file-changed', target: 'package-lock.json' },
        // biome-ignore lint: a rule has a part of that name
        then: { source: 'ci', type: 'test-failed', target: 'npm test', severity: 'error' },
        withinMs: 10 * minuteMs,
      },
    });
    expect(rule!.confidence).toBeCloseTo(0.376, 2);
    expect(rule!.lift).toBeGreaterThan(20);
    expect(rule!.importance).toBeGreaterThanOrEqual(0.6);
  });

  it('[SL2.43] chooses the window by the data', () => {
    const widths = [
      [1, 1, 1, 1],
      [7, 7, 7, 7],
      [5, 12, 25, 20],
      [50, 90, 100, 70],
    ].map((lags) => found(...lags)[0]!.rule!.withinMs / minuteMs);
    expect(widths).toEqual([2, 10, 30, 120]);
  });

  it('[SL2.44] needs three cases in two sessions', () => {
    expect(found(7, 7)).toEqual([]);
    expect(found(7, 7, 7)).toHaveLength(1);
    const oneDay = [0, 35, 70, 105].flatMap((after) => [
      edit(june(3, 11, after + 1), 'package-lock.json'),
      failed(june(3, 11, after + 6)),
    ]);
    expect(ofKind(mined(inOrder([...work(), ...oneDay])), 'sequence')).toEqual([]);
  });

  it('[SL2.44] does not take what is always going on for a cause', () => {
    const anyTime = Array.from({ length: 9 }, (_, n) => failed(june(n + 1, 9 + (n % 7), (n * 17) % 60)));
    expect(ofKind(mined(inOrder([...work(), ...anyTime])), 'sequence')).toEqual([]);
  });

  it('[SL2.45] names one of those that always come together: the one nearest to what follows', () => {
    const crowd = [1, 2, 3, 4].flatMap((day) =>
      ['package.json', 'notes.md', 'package-lock.json', 'yarn.lock'].map((target, n) => edit(june(day, 11, n), target)),
    );
    const fails = [1, 2, 3, 4].map((day) => failed(june(day, 11, 9)));
    const rules = ofKind(mined(inOrder([...work(), ...crowd, ...fails])), 'sequence');
    expect(rules.map((each) => each.rule!.when.target)).toEqual(['yarn.lock']);
  });

  it('[SL2.63] counts a case as neither while its time is not over, and where nothing was seen at all', () => {
    const open = edit(night - 3 * minuteMs, 'package-lock.json');
    const alone = edit(june(7, 22), 'package-lock.json');
    const rules = ofKind(mined(inOrder([...work(), ...breaks(7, 7, 7, 7), open, alone])), 'sequence');
    expect(rules[0]).toMatchObject({ hits: 4, misses: 0 });
    const seen = edit(june(7, 22, 4), 'src/work/part-a.ts');
    const missed = ofKind(mined(inOrder([...work(), ...breaks(7, 7, 7, 7), open, alone, seen])), 'sequence');
    expect(missed[0]).toMatchObject({ hits: 4, misses: 1 });
  });
});

describe('co-changes', () => {
  const together = [1, 2, 3, 4, 5].flatMap((day) => [
    edit(june(day, 18, 0), 'src/cart.ts'),
    edit(june(day, 18, 3), 'src/cart.test.ts'),
    commit(june(day, 18, 5)),
  ]);

  it('[SL2.48] finds files that change in the same stretches of work', () => {
    const found = ofKind(mined(inOrder([...work(), ...together])), 'co-change');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      text: '“src/cart.ts” changed together with “src/cart.test.ts” in 5 of 5 stretches of work, first on 2026-06-01.',
      support: 5,
      hits: 5,
      misses: 0,
      rule: { when: { type: 'file-changed', target: 'src/cart.ts' }, withinMs: 30 * minuteMs },
    });
    expect(found[0]!.lift).toBeGreaterThan(2);
  });

  it('[SL2.48] does not join what a commit, a pause or another place keeps apart', () => {
    const apart = (turn: (day: number) => [number, number, boolean, string]) =>
      [1, 2, 3, 4, 5].flatMap((day) => {
        const [a, b, between, place] = turn(day);
        return [edit(a, 'src/cart.ts'), ...(between ? [commit(a + 1)] : []), edit(b, 'src/cart.test.ts', { place })];
      });
    const turns = [
      apart((day) => [june(day, 18, 0), june(day, 18, 3), true, '/shop']),
      apart((day) => [june(day, 18, 0), june(day, 18, 13), false, '/shop']),
      apart((day) => [june(day, 18, 0), june(day, 18, 3), false, '/blog']),
    ];
    for (const turn of turns) expect(ofKind(mined(inOrder([...work(), ...turn])), 'co-change')).toEqual([]);
  });

  it('[SL2.49] takes a sweep over many files for no sign that they belong together', () => {
    const letters = Array.from('abcdefghijklmnopqrstuvwxyz').flatMap((a) =>
      ['a', 'b', 'c'].map((b) => `gen/${a}${b}.ts`),
    );
    const sweeps = [1, 2, 3, 4, 5].flatMap((day) => letters.map((target, n) => edit(june(day, 18) + n * 100, target)));
    expect(ofKind(mined(inOrder([...work(), ...sweeps])), 'co-change')).toEqual([]);
  });
});

describe('levels, floods, hours and themes', () => {
  it('[SL2.50] finds an hour with far more than usual', () => {
    const flood = Array.from({ length: 90 }, (_, n) =>
      edit(june(9, 14) + n * 30_000, `src/work/x${'ab'[n % 2]}.ts`, { count: 3 }),
    );
    const [burst, ...others] = ofKind(mined(inOrder([...work(), ...flood])), 'burst');
    expect(others).toEqual([]);
    expect(burst!.text).toBe(
      '282 changes in “src/work/” between 14:00 and 15:00 on 2026-06-09, where about 12 in an hour are usual.',
    );
    expect(ofKind(mined(work()), 'burst')).toEqual([]);
  });

  it('[SL2.51] finds the day since when something happens more often, and says both rates', () => {
    const often = (day: number) => (day < 8 ? 1 : 8);
    const series = Array.from({ length: 14 }, (_, n) =>
      Array.from({ length: often(n + 1) }, (_, k) => failed(june(n + 1, 9 + k), 'nightly')),
    ).flat();
    const [change] = ofKind(mined(inOrder([...work(), ...series])), 'change-point');
    expect(change!.text).toBe(
      '“nightly” failed about 1.0 times a day before 2026-06-08 and about 8.0 times a day since then.',
    );
    const steady = series.filter((each, n) => each.at < june(8) || n % 8 === 7);
    expect(ofKind(mined(inOrder([...work(), ...steady])), 'change-point')).toEqual([]);
  });

  it('[SL2.52] finds what happens at the same hour on most days, and on weekdays only', () => {
    const sync = (day: number) => edit(june(day, 13, day % 20), 'backup.tar', { source: 'disk', type: 'copy-made' });
    const weekdays = [1, 2, 3, 4, 5, 8, 9, 10, 11, 12];
    const [daily] = ofKind(mined(inOrder([...work(), ...Array.from({ length: 13 }, (_, n) => sync(n + 1))])), 'rhythm');
    expect(daily!.text).toContain('at about 13:07 on 13 of 14 active days since 2026-06-01');
    const [office] = ofKind(mined(inOrder([...work(), ...weekdays.map(sync)])), 'rhythm');
    expect(office!.text).toContain('active weekdays');
    expect(ofKind(mined(work()), 'rhythm')).toEqual([]);
  });

  it('[SL2.53] names what most work went into', () => {
    const [theme, ...others] = ofKind(mined(work(2, 14)), 'frequent');
    expect(others).toEqual([]);
    expect(theme!.text).toBe('Most work went into “src/work/”: 1,248 changes on 13 of the last 14 days.');
    expect(theme!.importance).toBeGreaterThanOrEqual(0.3);
    expect(theme!.importance).toBeLessThanOrEqual(0.4);
    expect(ofKind(mined(work(13, 14)), 'frequent')).toEqual([]);
  });
});

describe('what a night hands over', () => {
  const week = inOrder([
    ...work(),
    ...[2, 3, 4, 5].flatMap((day) => [edit(june(day, 11, 1), 'package-lock.json'), failed(june(day, 11, 8))]),
  ]);

  it('[SL2.54] has the same key for the same finding of another night', () => {
    const keys = (now: number) =>
      mined(week, now)
        .map((each) => each.key)
        .toSorted();
    expect(keys(june(13, 3))).toEqual(keys(june(14, 3)));
    expect(keys(night).length).toBeGreaterThanOrEqual(3);
    expect(new Set(keys(night)).size).toBe(keys(night).length);
  });

  it('[SL2.55] rests on at most ten observations that were seen, newest first, each with its words', () => {
    const ids = new Set(briefs(week).map((each) => each.id));
    for (const { evidence } of mined(week)) {
      expect(evidence.length).toBeGreaterThan(0);
      expect(evidence.length).toBeLessThanOrEqual(10);
      expect(evidence.every((each) => each.kind === 'observation' && ids.has(each.id))).toBe(true);
      expect(evidence.map((each) => each.at)).toEqual(evidence.map((each) => each.at).toSorted((a, b) => b - a));
    }
    expect(mined(week)[0]!.evidence[0]!.snapshot).toBe('2026-06-05 11:08: “npm test” failed');
  });

  it('[SL2.59] finds the same in parts, with the loop turning in between', () => {
    const miner = createMiner({ now: night, days });
    miner.take(briefs(week));
    const search = miner.search();
    let parts = 0;
    for (;;) {
      const part = search.next();
      if (!part.done) parts += 1;
      else {
        expect(part.value).toEqual(mined(week));
        break;
      }
    }
    expect(parts).toBeGreaterThan(5);
  });

  it('[SL2.60] becomes a pattern when it can be tested, else a learning', () => {
    const drafts = mined(week).map(findingToDraft);
    expect(drafts.find((each) => each.key?.startsWith('sequence'))).toMatchObject({
      kind: 'pattern',
      hits: 4,
      misses: 0,
    });
    expect(drafts.find((each) => each.key?.startsWith('frequent'))).toMatchObject({ kind: 'learning', rule: null });
    expect(drafts.every((each) => each.expiresInDays === null && each.evidence.length > 0)).toBe(true);
  });
});
