import { describe, expect, it } from 'vitest';
import { timeSpanOf } from '../../core/remember/time-expressions.ts';

/** A Wednesday afternoon. */
const now = new Date(2026, 5, 10, 15, 0).getTime();
const at = (year: number, month: number, day: number, hour = 0) => new Date(year, month - 1, day, hour).getTime();
const june = (day: number, hour = 0) => at(2026, 6, day, hour);
const spanOf = (text: string) => {
  const span = timeSpanOf(text, now);
  return span && [span.from, span.until];
};

describe('times in words', () => {
  it('[ME3.35] days: today, yesterday, the day before, so many days ago, a weekday', () => {
    expect(spanOf('what happened today?')).toEqual([june(10), june(11)]);
    expect(spanOf('Yesterday I …')).toEqual([june(9), june(10)]);
    expect(spanOf('the day before yesterday')).toEqual([june(8), june(9)]);
    expect(spanOf('two days ago')).toEqual([june(8), june(9)]);
    expect(spanOf('on Friday')).toEqual([june(5), june(6)]);
    expect(spanOf('last Wednesday')).toEqual([june(3), june(4)]);
  });

  it('[ME3.35] parts of a day', () => {
    expect(spanOf('this morning')).toEqual([june(10, 4), june(10, 12)]);
    expect(spanOf('yesterday evening')).toEqual([june(9, 17), june(10)]);
    expect(spanOf('last night')).toEqual([june(9, 20), june(10, 6)]);
  });

  it('[ME3.36] weeks, which begin on Monday, weekends, months and years', () => {
    expect(spanOf('last week')).toEqual([june(1), june(8)]);
    expect(spanOf('this week')).toEqual([june(8), june(15)]);
    expect(spanOf('last weekend')).toEqual([june(6), june(8)]);
    expect(spanOf('last month')).toEqual([at(2026, 5, 1), june(1)]);
    expect(spanOf('a year ago')).toEqual([at(2025, 1, 1), at(2026, 1, 1)]);
    expect(spanOf('in 2024')).toEqual([at(2024, 1, 1), at(2025, 1, 1)]);
  });

  it('[ME3.36] a month or a date without a year is the last one that has begun', () => {
    expect(spanOf('in May')).toEqual([at(2026, 5, 1), june(1)]);
    expect(spanOf('during August')).toEqual([at(2025, 8, 1), at(2025, 9, 1)]);
    expect(spanOf('on 3 July')).toEqual([at(2025, 7, 3), at(2025, 7, 4)]);
  });

  it('[ME3.36] dates in full', () => {
    const may = [at(2023, 5, 7), at(2023, 5, 8)];
    for (const text of ['on 7 May 2023', 'May 7th, 2023', 'the 7th of May 2023', '2023-05-07'])
      expect(spanOf(text)).toEqual(may);
    expect(spanOf('in May 2023')).toEqual([at(2023, 5, 1), at(2023, 6, 1)]);
    expect(spanOf('31 February')).toBeNull();
  });

  it('[ME3.37] the last so many of a unit end now', () => {
    expect(spanOf('the last 3 hours')).toEqual([june(10, 12), now + 1]);
    expect(spanOf('in the past two weeks')).toEqual([at(2026, 5, 27), now + 1]);
    expect(spanOf('the last few days')).toEqual([june(7), now + 1]);
  });

  it('[ME3.37] since, after, until and before leave one side open; between closes both', () => {
    expect(spanOf('since Friday')).toEqual([june(5), now + 1]);
    expect(spanOf('after 1 June')).toEqual([june(2), now + 1]);
    expect(spanOf('until yesterday')).toEqual([0, june(10)]);
    expect(spanOf('before June')).toEqual([0, june(1)]);
    expect(spanOf('between 3 May and 7 May 2026')).toEqual([at(2026, 5, 3), at(2026, 5, 8)]);
    expect(spanOf('between Monday and Wednesday')).toEqual([june(8), june(11)]);
  });

  it('[ME3.38] words that only look like times are none', () => {
    for (const text of ['may I ask?', 'march on', 'the second test', 'version 2023', 'port 3000', 'sunny', ''])
      expect(spanOf(text)).toBeNull();
  });
});
