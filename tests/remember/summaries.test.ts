import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extract, sentencesOf, roughTokens as tokens } from '../../core/remember/extract.ts';
import { daySummary, foldIn, monthSummary, weekSummary } from '../../core/remember/summaries.ts';

const word = ['parser', 'cart', 'gateway', 'login', 'report', 'mailer', 'search', 'invoice'];
const hour = (n: number) =>
  `2026-06-${String(1 + Math.floor(n / 24)).padStart(2, '0')}T${String(n % 24).padStart(2, '0')}:00Z`;
const line = (n: number) =>
  `${hour(n)} src/${word[n % 8]}${n}.ts changed, +${n} −1 → observe; told: ${word[(n * 3) % 8]} work goes on in step ${n}`;
const lines = (count: number) => Array.from({ length: count }, (_, n) => line(n));
const cost = (texts: string[]) => texts.reduce((sum, each) => sum + tokens.count(each) + 1, 0);

describe('the running summary', () => {
  it('[TH6.1] stays until 2,000 tokens wait, then takes all of them in and costs at most 500', () => {
    const few = lines(60);
    expect(cost(few)).toBeLessThanOrEqual(2_000);
    expect(foldIn('as before', few, tokens)).toEqual({ text: 'as before', folded: 0 });
    const many = lines(100);
    const { text, folded } = foldIn('', many, tokens);
    expect(folded).toBe(100);
    expect(tokens.count(text)).toBeLessThanOrEqual(500);
    expect(tokens.count(text)).toBeGreaterThan(300);
  });

  it('[TH6.2] what stays keeps its words, its names and figures, and the order of time', () => {
    const kept = foldIn('', lines(100), tokens).text.split('\n');
    expect(kept.every((each) => lines(100).includes(each))).toBe(true);
    expect(kept).toEqual(kept.toSorted());
  });

  it('[TH6.2] what is told most often is told in the summary', () => {
    const rare = Array.from(
      { length: 90 },
      (_, n) => `${hour(n)} ${word[n % 8]}${n} did something with thing${n} and other${n}`,
    );
    const often = Array.from(
      { length: 25 },
      (_, n) => `${hour(90 + n)} npm test failed in checkout${n}.ts again after an edit of the cart`,
    );
    const { text } = foldIn('', [...rare, ...often], tokens);
    expect(text).toMatch(/npm test failed/);
  });

  it('[TH6.3] of lines that say the same in other figures the newest stays', () => {
    const same = Array.from({ length: 120 }, (_, n) => `${hour(n)} src/cart.ts failed its tests for the ${n}th time`);
    expect(foldIn('', same, tokens).text).toBe(same.at(-1));
    expect(extract(['a.ts has 3 errors', 'b.ts is fine', 'a.ts has 5 errors'], 100, tokens)).toEqual([
      'b.ts is fine',
      'a.ts has 5 errors',
    ]);
  });

  it('[TH6.4] the summary before competes with the new lines and comes first', () => {
    const before = foldIn('', lines(100), tokens).text;
    const next = Array.from({ length: 100 }, (_, n) => line(n + 100));
    const { text } = foldIn(before, next, tokens);
    const old = text.split('\n').filter((each) => before.includes(each));
    expect(old.length).toBeGreaterThan(0);
    expect(text.startsWith(old.join('\n'))).toBe(true);
    expect(tokens.count(text)).toBeLessThanOrEqual(500);
  });

  it('[TH6.5] days, weeks and months are made of each other, within 300, 400 and 500 tokens', () => {
    const days = Array.from({ length: 28 }, (_, day) =>
      daySummary(
        Array.from({ length: 24 }, (_, n) => line(24 * day + n)),
        tokens,
      ),
    );
    const weeks = [0, 7, 14, 21].map((from) => weekSummary(days.slice(from, from + 7), tokens));
    const month = monthSummary(weeks, tokens);
    for (const day of days) expect(tokens.count(day)).toBeLessThanOrEqual(300);
    for (const week of weeks) expect(tokens.count(week)).toBeLessThanOrEqual(400);
    expect(tokens.count(month)).toBeLessThanOrEqual(500);
    expect(month.split('\n').every((each) => weeks.join('\n').includes(each))).toBe(true);
    expect(new Set(month.split('\n').map((each) => each.slice(0, 10))).size).toBeGreaterThan(4);
    expect(daySummary([], tokens)).toBe('');
  });

  it('[TH6.10] whatever comes, it is plain and within its bound', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('', '🎉', 'src/a.ts failed 3 times. ', '漢字。', 'x'.repeat(900), '\n', 'Then it ended.'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 0, max: 120 }), (pieces, room) => {
        const kept = extract(sentencesOf(pieces.join('')), room, tokens);
        expect(cost(kept) - kept.length).toBeLessThanOrEqual(room);
        expect(kept.join('\n')).not.toMatch(/[\u0000\u202e\u200b]/);
        expect(kept.every((each) => each.isWellFormed() && each !== '')).toBe(true);
      }),
      { numRuns: 150, seed: 20_260_601 },
    );
    const enormous = ['x'.repeat(1_000_000), 'wort '.repeat(200_000), 'src/a.ts changed. '.repeat(60_000)];
    expect(tokens.count(foldIn('', enormous, tokens).text)).toBeLessThanOrEqual(500);
    expect(extract([], 100, tokens)).toEqual([]);
  });
});
