import { describe, expect, it } from 'vitest';
import { countCases, independentCases, windowsMs } from '../../core/sleep/mine/cases.ts';
import { coChanges } from '../../core/sleep/mine/co-changes.ts';
import { createEventLog } from '../../core/sleep/mine/event-log.ts';
import { orderHappenings, spanOf } from '../../core/sleep/mine/happenings.ts';
import { briefs, edit, failed, inOrder, june, mined, minuteMs, night, ofKind, work } from './mine-world.ts';

const minutes = (...values: number[]) => Float64Array.from(values, (value) => june(3) + value * minuteMs);
const watched = (now: number, saw = true) => ({ span: spanOf(now, 14), sawAnything: () => saw });

describe('cases of a rule', () => {
  it('[SL2.43] opens no second case while one is open, and a new one after it was met', () => {
    const times = { first: minutes(0, 1, 2, 20, 21, 40), second: minutes(5, 22) };
    const { hits, misses, followed } = countCases(times, 10 * minuteMs, watched(night));
    expect([hits, misses]).toEqual([2, 1]);
    expect(followed).toEqual([
      { first: 0, second: 0 },
      { first: 3, second: 1 },
    ]);
  });

  it('[SL2.43] does not count what happens in the same moment as following', () => {
    const { hits, misses } = countCases({ first: minutes(5), second: minutes(5) }, 10 * minuteMs, watched(night));
    expect([hits, misses]).toEqual([0, 1]);
  });

  it('[SL2.63] counts a case neither way before its time is over or when nothing was seen after it', () => {
    const times = { first: minutes(0, 30), second: minutes() };
    const figures = (now: number, saw: boolean) => countCases(times, 10 * minuteMs, watched(now, saw)).misses;
    expect(figures(june(3, 9, 39), true)).toBe(1);
    expect(figures(june(3, 9, 41), true)).toBe(2);
    expect(figures(june(3, 9, 41), false)).toBe(0);
  });

  it('[SL2.44] takes only cases that lie apart as independent of each other', () => {
    const times = { first: minutes(0, 10, 20, 31, 200), second: minutes(1, 11, 21, 32, 290) };
    const figures = windowsMs.map((withinMs) => independentCases(times, withinMs, night));
    expect(figures.map(({ cases, hits }) => [cases, hits])).toEqual([
      [3, 2],
      [3, 2],
      [3, 2],
      [2, 2],
    ]);
  });

  it('[SL2.65] puts no more than the twenty surest co-changes of a night into words', () => {
    const couples = Array.from({ length: 30 }, (_, n) => [`src/pair-${n}x.ts`, `src/pair-${n}y.ts`] as const);
    const span = spanOf(night, 14);
    const { log, take } = createEventLog({ from: span.since, until: night });
    const edits = [1, 2, 3, 4, 5].flatMap((day) =>
      couples.flatMap(([x, y], n) => [edit(june(day, 1, n * 20), x), edit(june(day, 1, n * 20 + 1), y)]),
    );
    take(briefs(inOrder([...work(), ...edits])));
    const whole = <T>(parts: Generator<undefined, T>): T => {
      for (;;) {
        const part = parts.next();
        if (part.done) return part.value;
      }
    };
    expect(whole(coChanges(whole(orderHappenings(log, span))))).toHaveLength(20);
  });

  it('[SL2.61] makes no rule where no matcher could tell two kinds apart', () => {
    const jobs = (words: string) =>
      [1, 2, 3, 4].map((day) => failed(june(day, 10, words.length), `job #${day} ${words}`));
    const found = ofKind(mined(inOrder([...jobs('of the importer'), ...jobs('of mail')])), 'repeated-failure');
    expect(found.map((each) => [each.target, each.rule, each.hits])).toEqual([
      ['job # of mail', null, 0],
      ['job # of the importer', null, 0],
    ]);
  });

  it('[SL2.50] [SL2.52] takes busy but usual hours for no flood, and what happens all day for no rhythm', () => {
    const busy = Array.from({ length: 14 }, (_, day) =>
      Array.from({ length: 9 * (3 + (day % 3)) }, (_, n) =>
        edit(june(day + 1, 9, n * 10), 'src/busy/x.ts', { count: day === 5 ? 12 : 4 }),
      ),
    ).flat();
    const found = mined(inOrder([...work(), ...busy]));
    expect(found.filter((each) => each.kind === 'burst' || each.kind === 'rhythm')).toEqual([]);
  });

  it('[SL2.44] does not let one flood hide how often something follows by chance', () => {
    const flood = Array.from({ length: 3_000 }, (_, n) => edit(june(8, 20) + n, `out/${n.toString(36)}.js`));
    const anyTime = Array.from({ length: 12 }, (_, n) => failed(june(n + 1, 9 + ((n * 5) % 8), (n * 17) % 60)));
    expect(ofKind(mined(inOrder([...work(), ...flood, ...anyTime])), 'sequence')).toEqual([]);
  });
});
