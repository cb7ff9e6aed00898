import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recall } from '../../core/remember/recall.ts';
import { understand } from '../../core/remember/recall-query.ts';
import { timeSpanOf } from '../../core/remember/time-expressions.ts';
import { noon } from '../kit/nouns.ts';
import { type FilledIndex, recallIndex } from './recall-kit.ts';

let index: FilledIndex;
beforeAll(() => {
  index = recallIndex();
  index.put({ id: 'a', text: 'naïve café, 東京 refund "quoted" AND (or) NOT * ^ : {x}' });
  index.put({ id: 'b', kind: 'note', text: '😀 refund', trust: 'owner' });
});
afterAll(() => index.close());

const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '"',
    '""',
    "'",
    '*',
    'AND',
    'OR',
    'NOT',
    'NEAR(',
    ')',
    '{',
    '^',
    ':',
    '-',
    '\u0000',
    '😀',
    '\ud800',
    '東京',
  ),
  fc.constantFrom(
    'refund',
    'yesterday',
    'last week',
    'between 3 May and',
    'while I was away',
    '31 February 2026',
    'a.b.c.d',
    '______',
  ),
);
const anyText = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(' '));

describe('any text', () => {
  it('[ME3.32] is a safe question: at most what was asked for, nothing twice, scores 0..1, each with a reason', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.integer({ min: 1, max: 9 }),
        fc.array(piece, { maxLength: 3 }),
        (text, limit, targets) => {
          const hits = recall(index.store, { text, now: noon, limit, targets });
          expect(hits.length).toBeLessThanOrEqual(limit);
          expect(new Set(hits.map((hit) => hit.id)).size).toBe(hits.length);
          for (const { score, why } of hits) expect(score > 0 && score <= 1 && why.length > 0).toBe(true);
        },
      ),
      { seed: 310, numRuns: 250 },
    );
  });

  it('[ME3.32] of a hundred thousand characters or of operators only is one too', () => {
    for (const text of [
      'refund '.repeat(15_000),
      '"'.repeat(100_000),
      'a-'.repeat(50_000),
      '('.repeat(100_000),
      'while '.repeat(17_000),
    ])
      expect(recall(index.store, { text, now: noon, limit: 3 }).length).toBeLessThanOrEqual(3);
    expect(recall(index.store, { text: 'cafe 東京', now: noon, limit: 3 })[0]?.id).toBe('a');
  });

  it('[ME3.34] a time in it begins before it ends', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 4e12 }), (text, now) => {
        const span = timeSpanOf(text, now);
        if (span) expect(span.from).toBeLessThan(span.until);
        understand(text, now);
      }),
      { seed: 311, numRuns: 500 },
    );
  });
});
