import { describe, expect, it } from 'vitest';
import { understand } from '../../core/remember/recall-query.ts';
import { noon } from '../kit/nouns.ts';

const termsOf = (text: string, targets: string[] = []) =>
  understand(text, noon, targets).terms.map((term) => term.text);

describe('what a text asks of memory', () => {
  it('[ME3.11] keeps the words that tell something', () => {
    expect(termsOf('What did we do about the refund?')).toEqual(['refund']);
    expect(termsOf('who are you')).toEqual(['who', 'are', 'you']);
  });

  it('[ME3.10] an irregular word brings its other forms, which stand for the same', () => {
    const asked = understand('children', noon);
    expect(asked.terms.map((term) => term.text)).toEqual(['children', 'child']);
    expect([...asked.meaningOf.values()]).toEqual(['children', 'children']);
  });

  it('[ME3.13] names are taken apart and stand as a whole', () => {
    expect(termsOf('src/cart.ts')).toEqual(['src cart ts', 'src', 'cart', 'ts']);
    expect(termsOf('parseOrder_line')).toEqual(['parseorder_line', 'parse', 'order', 'line']);
    expect(understand('Ada’s talk on order.ts', noon).names).toEqual(new Set(['ada', 'order.ts']));
    expect(termsOf('Ada’s cart')).toEqual(['ada', 'cart']);
  });

  it('[ME3.18] what it is about beside its words is asked for by its last name', () => {
    expect(termsOf('', ['/home/ada/shop/cart.ts'])).toEqual(['cart ts', 'cart', 'ts']);
  });

  it('[ME3.24] the words of a time are no terms, but the name of a month is', () => {
    expect(termsOf('refund two days ago')).toEqual(['refund']);
    expect(termsOf('refund in May 2023')).toEqual(['refund']);
    expect(termsOf('refund in June')).toEqual(['refund', 'june']);
    expect(understand('refund in June', noon).span?.words).toBe('in June');
  });

  it('[ME3.26] knows questions about an absence', () => {
    for (const text of ['what happened while I was away?', 'what did I miss?', 'anything since I left?'])
      expect([text, understand(text, noon).away, understand(text, noon).terms]).toEqual([text, true, []]);
    expect(understand('who was away?', noon).away).toBe(false);
  });

  it('[ME3.32] is bounded, whatever the text', () => {
    expect(termsOf(Array.from({ length: 9_000 }, (_, n) => `word${n}`).join(' '))).toHaveLength(32);
    expect(termsOf('x'.repeat(100_000))).toHaveLength(1);
  });
});
