import { describe, expect, it } from 'vitest';
import * as wording from '../../core/think/rules/wording.ts';

describe('how the rules speak', () => {
  it('[TH1.39] figures have separators, and nouns the right number', () => {
    expect([0, 7, 999, 1000, 2014, 1234567].map(wording.figure)).toEqual([
      '0',
      '7',
      '999',
      '1,000',
      '2,014',
      '1,234,567',
    ]);
    expect([0, 1, 2].map((value) => wording.counted(value, 'file'))).toEqual(['0 files', '1 file', '2 files']);
    expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(wording.ordinal).join(' ')).toBe(
      '1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th',
    );
    expect([1, 2, 3, 1000].map(wording.times)).toEqual(['once', 'twice', '3 times', '1,000 times']);
  });

  it('[TH1.39] a share is whole only when it is', () => {
    expect([
      wording.share(7, 12),
      wording.share(999, 1000),
      wording.share(1, 1000),
      wording.share(2, 2),
      wording.share(0, 2),
      wording.share(0, 0),
    ]).toEqual(['58%', '99%', '1%', '100%', '0%', '0%']);
  });

  it('[TH1.39] spans are words', () => {
    const minute = 60_000;
    const spans = [
      -1,
      0,
      10,
      minute,
      12 * minute,
      60 * minute,
      61 * minute,
      80 * minute,
      179 * minute,
      300 * minute,
      47 * 60 * minute,
      48 * 60 * minute,
      50 * 60 * minute,
    ];
    expect(spans.map(wording.span)).toEqual([
      null,
      null,
      'less than a minute',
      '1 minute',
      '12 minutes',
      '1 hour',
      '1 hour and 1 minute',
      '1 hour and 20 minutes',
      '2 hours and 59 minutes',
      '5 hours',
      '47 hours',
      '2 days',
      '2 days',
    ]);
  });

  it('[TH1.39] what took long is over a span, what was quick is in it', () => {
    expect([wording.over(29_999), wording.over(30_000), wording.over(0)]).toEqual([
      'in less than a minute',
      'over 1 minute',
      null,
    ]);
  });

  it('[TH1.39] lists end in what is left out', () => {
    expect(wording.list([])).toBe('');
    expect(wording.list(['a'])).toBe('a');
    expect(wording.list(['a', 'b'])).toBe('a and b');
    expect(wording.list(['a', 'b', 'c'])).toBe('a, b and c');
    expect(wording.list(['a', 'b', 'c', 'd', 'e'])).toBe('a, b and 3 more');
    expect(wording.list(['a'], 2, 1)).toBe('a and 1 more');
    expect(wording.list(['a', 'b', 'c'], 2, 4)).toBe('a, b and 5 more');
  });

  it('[TH1.39] changes carry their sign', () => {
    expect(wording.lines({ added: 1040, removed: 12 })).toBe('+1,040 −12');
    expect(wording.lines({ added: 0, removed: 12 })).toBe('−12');
    expect(wording.lines({ added: 0, removed: 0 })).toBeNull();
    expect([1, -12, 2148, -2_000_000, 10_500_000].map(wording.byteChange)).toEqual([
      '+1 byte',
      '−12 bytes',
      '+2.1 kB',
      '−2 MB',
      '+11 MB',
    ]);
  });

  it('[TH1.39] observed text is one line without control or direction characters', () => {
    expect(wording.plain('a\n\tb\u0000c \u202Edlrow\u2069 \u{1F98A}')).toBe('a b c dlrow \u{1F98A}');
    expect(wording.plain('\uD800x').isWellFormed()).toBe(true);
    expect(wording.quoted('say “hi”')).toBe('“say "hi"”');
  });

  it('[TH1.39] a cut never splits a character, and a long path keeps its end', () => {
    expect(wording.clip('ab\u{1F98A}cd', 4)).toBe('ab…');
    expect(wording.clip('some words that are long', 18)).toBe('some words that…');
    expect(wording.pathName(`home/${'x'.repeat(80)}/cart/total.ts`, 30)).toMatch(/^….*\/total\.ts$/);
    expect(wording.pathName('src/a.ts')).toBe('src/a.ts');
    expect(wording.pathName('')).toBe('unnamed');
  });

  it('[TH1.39] a first sentence is cut, later ones are left out', () => {
    expect(wording.fit(['One.', null, 'Two is too long here.', 'Three.'], 12)).toBe('One. Three.');
    expect(wording.fit(['One long sentence'], 9)).toBe('One long…');
  });

  it('[TH1.35] folding numbers leaves names and quotes as they are', () => {
    expect(wording.foldNumbers('1 file, +3 −1, “v1.2”')).toBe(wording.foldNumbers('12 files, +1,300 −20, “v1.2”'));
    expect(wording.foldNumbers('seen once (58%)')).toBe(wording.foldNumbers('seen 3 times (7%)'));
    expect(wording.foldNumbers('src/a1.ts 3')).not.toBe(wording.foldNumbers('src/a2.ts 3'));
    expect(wording.foldNumbers('day-1.md')).not.toBe(wording.foldNumbers('day-2.md'));
    expect(wording.foldNumbers('“v1.2”')).not.toBe(wording.foldNumbers('“v1.3”'));
  });
});
