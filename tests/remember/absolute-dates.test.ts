import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absoluteDates } from '../../core/remember/absolute-dates.ts';

/** A Saturday. */
const at = new Date(2026, 10, 21, 15, 30).getTime();

describe('relative dates', () => {
  it.each([
    [
      'Yesterday the tests failed, as they did last Monday.',
      'On 2026-11-20 the tests failed, as they did on 2026-11-16.',
    ],
    ['It ran 3 days ago, two weeks ago and a month ago', 'It ran on 2026-11-18, on 2026-11-07 and on 2026-10-21'],
    ['It failed an hour ago', 'It failed at 2026-11-21 14:30'],
    [
      'this morning, tonight and tomorrow morning',
      'on 2026-11-21 in the morning, on 2026-11-21 in the night and on 2026-11-22 in the morning',
    ],
    ['In two weeks we ship', 'On 2026-12-05 we ship'],
    ['since yesterday, until next Friday', 'since 2026-11-20, until 2026-11-27'],
    ['today’s build', 'on 2026-11-21’s build'],
    ['last week, this month, last year', 'in the week of 2026-11-09, in 2026-11, in 2025'],
    ['five failures in the last 3 days', 'five failures since 2026-11-18'],
    ['on 2 of the last 7 days', 'on 2 of the 7 days up to 2026-11-21'],
    ['the day before yesterday and the day after tomorrow', 'on 2026-11-19 and on 2026-11-23'],
    ['on last Saturday', 'on 2026-11-14'],
  ])('[ME2.29] become absolute in the calendar of the owner: %s', (text, dated) =>
    expect(absoluteDates(text, at)).toBe(dated),
  );

  it('[ME2.29] the calendar decides, not hours: months have their own length, some days have 23', () => {
    expect(absoluteDates('a month ago', new Date(2026, 2, 31, 12).getTime())).toBe('on 2026-02-28');
    expect(absoluteDates('yesterday', new Date(2026, 2, 30, 0, 10).getTime())).toBe('on 2026-03-29');
    expect(absoluteDates('yesterday', new Date(2027, 0, 1, 0, 0).getTime())).toBe('on 2026-12-31');
  });

  it.each([
    'today.ts and src/today/view.ts and C:\\today\\x and today-view',
    'it runs `yesterday` and says “see you tomorrow” and "last week"',
    'the Today page is slow',
    '```\ntoday = now()\n```',
    'https://example.org/x?when=today',
    'it failed 5 times in 3 days',
    'it took two people in 2 weeks',
    'on 2026-11-20 and in 2025',
    'the last release, the next step, this change',
    '昨天 gestern hier',
    '',
  ])('[ME2.30] names, code, quotations, spans and what is absolute stay: %s', (text) =>
    expect(absoluteDates(text, at)).toBe(text),
  );

  it('[ME2.31] once is enough, and no text grows by more than 200 characters', () => {
    const piece = fc.constantFrom(
      'yesterday',
      'Today',
      'last week',
      'in 2 days',
      '3 days ago',
      '`',
      '"',
      '.',
      'on',
      'since',
      'x.ts',
      '漢',
      '🎉',
      '\n',
      '7',
      'the last 2 weeks',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 0, max: 4e12 }), (pieces, when) => {
        const text = pieces.join(' ');
        const once = absoluteDates(text, when);
        expect(once.length).toBeLessThanOrEqual(text.length + 200);
        expect(absoluteDates(once, when + 40 * 86_400_000)).toBe(once);
      }),
      { numRuns: 200, seed: 20_260_601 },
    );
    const crowded = 'yesterday '.repeat(100).trim();
    expect(absoluteDates(crowded, at)).toBe(`${crowded} (as of 2026-11-21)`);
  });

  it('[ME2.31] an impossible stamp and an enormous text do no harm', () => {
    expect(absoluteDates('yesterday', NaN)).toBe('yesterday');
    expect(absoluteDates('yesterday', 1e300)).toBe('yesterday');
    for (const text of [
      '"'.repeat(60_000),
      '“x'.repeat(60_000),
      'the last '.repeat(50_000),
      `since${' '.repeat(300_000)}`,
    ])
      expect(absoluteDates(text, at)).toBe(text);
  });
});
