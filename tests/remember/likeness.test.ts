import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alike, createShelf, likeness, readingOf } from '../../core/remember/likeness.ts';

const same = (a: string, b: string) => alike(readingOf(a), readingOf(b));

describe('whether two sentences say the same', () => {
  it.each([
    [
      'npm test failed 5 times between 2026-11-01 and 2026-11-14',
      'npm test failed 12 times between 2026-11-03 and 2026-11-17',
    ],
    ['src/cart.ts keeps changing: 12 edits in 3 days', 'src/cart.ts keeps changing: 31 edits in 2 days'],
    [
      'After src/cart.ts changes, tests/cart.test.ts changes within 10 min (5 of 6).',
      'After src/cart.ts changes, tests/cart.test.ts changes within 12 min (15 of 19).',
    ],
    ['The build of `shop` took 41 s', 'The build of `shop` took 1,204 ms'],
    ['src/cart.ts:12:5 has a type error', 'src/cart.ts:98:1 has a type error'],
    ['Cart tests fail after edits of cart.ts', 'After edits of cart.ts, cart tests failed'],
    ['src/cart.ts changed at 10:15', 'src/cart.ts changed at 2026-06-01T12:00Z'],
    ['“Expected 3 items” is thrown by cart.ts', '“Expected 14 items” is thrown by cart.ts'],
  ])('[ME2.5] figures, dates and counts do not matter: %s', (a, b) => expect(same(a, b)).toBe(true));

  it.each([
    ['src/cart.ts keeps changing: 12 edits', 'src/card.ts keeps changing: 12 edits'],
    [
      'The cache of Redis fills up every night before the backup begins',
      'The cache of Postgres fills up every night before the backup begins',
    ],
    [
      'Redis took very long to clean out old sessions every night',
      'Postgres took very long to clean out old sessions every night',
    ],
    ['PR #41 was merged', 'PR #42 was merged'],
    ['commit 07fd477 broke the build', 'commit a1b2c3d broke the build'],
    ['branch fix-a was merged without review', 'branch fix-b was merged without review'],
    ['“cart is empty” is thrown by the checkout of the shop', '“cart is full” is thrown by the checkout of the shop'],
    ['packages/shop/src/cart.ts was changed', 'packages/shop/src/cart.ts slows the start'],
    ['the printer jams', 'the lunch was late'],
  ])('[ME2.6] names, paths and identifiers decide: %s', (a, b) => expect(same(a, b)).toBe(false));

  it.each([
    ['src/cart.ts passes its tests', 'src/cart.ts fails its tests'],
    ['the nightly build of shop fails', 'the nightly build of shop no longer fails'],
    ['the nightly build of shop fails', "the nightly build of shop doesn't fail"],
    ['a.ts changes before b.ts', 'b.ts changes before a.ts'],
  ])('[ME2.7] what takes the other side, or another order, is not the same: %s', (a, b) =>
    expect(same(a, b)).toBe(false),
  );

  it('[ME2.8] in other languages too', () => {
    expect(
      same('Der Build von shop schlägt jeden Montag 3 mal fehl', 'Der Build von shop schlägt jeden Montag 5 mal fehl'),
    ).toBe(true);
    expect(same('Der Build von shop schlägt fehl', 'Der Build von shop schlägt nicht fehl')).toBe(false);
    expect(same('支付服务每天失败3次', '支付服务每天失败7次')).toBe(true);
    expect(same('支付服务每天失败3次', '登录服务每天失败3次')).toBe(false);
    expect(same('支付服务测试通过', '支付服务测试不通过')).toBe(false);
    expect(same('тесты cart.ts падают 3 раза', 'тесты cart.ts падают 9 раза')).toBe(true);
    expect(same('カートのテストが3回失敗した', 'カートのテストが8回失敗した')).toBe(true);
  });

  it('[ME2.9] of any two texts: it goes both ways, a text is like itself when it has words, and other figures change nothing', () => {
    const word = fc.constantFrom(
      'cart.ts',
      'the',
      'failed',
      'build',
      'Redis',
      'not',
      '漢字',
      '🎉',
      'src/a/b.ts',
      '"x 1"',
      'slow',
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 8 }).map((words) => words.join(' ')),
      fc.string({ unit: 'binary', maxLength: 80 }),
    );
    fc.assert(
      fc.property(text, text, fc.nat(), (a, b, n) => {
        const [one, other] = [readingOf(a), readingOf(b)];
        expect(likeness(one, other)).toBeCloseTo(likeness(other, one));
        if (one.terms.size + one.names.length > 0) expect(alike(one, one)).toBe(true);
        expect(readingOf(`${a} ${n}`).namesKey).toBe(readingOf(`${a} ${n + 7}`).namesKey);
      }),
      { numRuns: 120, seed: 20_260_601 },
    );
  });

  it('[ME2.9] empty, enormous and hidden texts are like nothing or themselves, and end quickly', () => {
    expect(same('', '')).toBe(false);
    expect(same('🎉', '🎉')).toBe(false);
    expect(same('\u0000\u202e', '\u0000\u202e')).toBe(false);
    const enormous = 'src/cart.ts failed. '.repeat(50_000);
    expect(same(enormous, `${enormous}once more`)).toBe(true);
  });

  it('[ME2.5] a shelf finds the most alike first, among those that fit', () => {
    const shelf = createShelf<string>();
    for (const text of [
      'the old cart.ts build was slow',
      'the cart.ts build was very slow again',
      'card.ts build was slow',
    ])
      shelf.put(readingOf(text), text);
    const asked = readingOf('the cart.ts build was very slow');
    expect(shelf.alike(asked)[0]).toBe('the cart.ts build was very slow again');
    expect(shelf.alike(asked, (text) => !text.includes('again'))).not.toContain(
      'the cart.ts build was very slow again',
    );
    expect(shelf.naming(asked)).toHaveLength(2);
  });
});
