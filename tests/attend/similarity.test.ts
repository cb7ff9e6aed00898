import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosine, createLikenesses, joinTerms, similarity, termsOf, vectorOf } from '../../core/attend/similarity.ts';

const alike = (a: string, b: string) => similarity(termsOf(a), termsOf(b));

describe('similarity', () => {
  it('[AT1.3] is 1 for the same words in any order and case, 0 for none in common, and unknown for a text without words', () => {
    expect(alike('Cart total', 'total CART')).toBeCloseTo(1);
    expect(alike('cart total', 'invoice tax')).toBe(0);
    expect(alike('', 'cart')).toBeNull();
    expect(alike('12 + 7 = x', 'cart')).toBeNull();
  });

  it('[AT1.3] takes names and paths apart and leaves numbers out', () => {
    expect([...termsOf('src/cart/applyDiscount.ts +12 −3').keys()]).toEqual(['src', 'cart', 'apply', 'discount', 'ts']);
    expect(alike('applyDiscount 3', 'apply-discount 99')).toBeCloseTo(1);
    expect([...termsOf('Größe naïve 字典').keys()]).toEqual(['größe', 'naïve', '字典']);
  });

  it('[AT1.3] is symmetric, between 0 and 1, and 1 with itself, whatever the texts', () => {
    const text = fc.string({ unit: fc.constantFrom('ab', 'cd', 'Ef', ' ', '/', '7', '字'), maxLength: 30 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const found = alike(a, b);
        expect(found).toBe(alike(b, a));
        if (found !== null) expect(found >= 0 && found <= 1).toBe(true);
        if (termsOf(a).size > 0) expect(alike(a, a)).toBeCloseTo(1);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it('[AT1.3] joined terms count what every text says', () => {
    expect([...joinTerms([termsOf('cart cart tax'), termsOf('tax')])]).toEqual([
      ['cart', 2],
      ['tax', 2],
    ]);
  });

  it('[AT1.3] the most similar of many is the one that each by itself would show', () => {
    const text = fc.string({ unit: fc.constantFrom('ab ', 'cd ', 'ef ', 'gh ', 'ij '), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), text, (all, one) => {
        const likenesses = createLikenesses();
        for (const [n, each] of all.entries()) likenesses.add(String(n), vectorOf(termsOf(each)));
        const own = vectorOf(termsOf(one));
        const found = likenesses.mostSimilar(own);
        const each = all.map((other) => cosine(own, vectorOf(termsOf(other))) ?? 0);
        if (own.terms.size === 0) expect(found).toEqual({ id: null, similarity: null });
        else {
          expect(found.similarity).toBeCloseTo(Math.max(0, ...each));
          if (found.id !== null) expect(each[Number(found.id)]).toBeCloseTo(Math.max(...each));
          else expect(Math.max(0, ...each)).toBe(0);
        }
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});
