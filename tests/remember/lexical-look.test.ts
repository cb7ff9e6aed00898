import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ItemFilter } from '../../core/memory.ts';
import { removeItem } from '../../core/remember/sql/index-items.ts';
import { createLexical } from '../../core/remember/sql/lexical.ts';
import { noon } from '../kit/nouns.ts';
import { type FilledIndex, recallIndex } from './recall-kit.ts';

const dayMs = 86_400_000;

function filled(fill: (index: FilledIndex) => void): FilledIndex {
  const index = recallIndex();
  onTestFinished(() => index.close());
  index.together(() => fill(index));
  return index;
}

const words = ['refund', 'ledger', 'error', 'cart', 'file'];
const some = fc.subarray(words, { minLength: 1 });
const id = fc.integer({ min: 0, max: 12 }).map((n) => `i${n}`);
const filter: fc.Arbitrary<ItemFilter> = fc.oneof(
  fc.constant({}),
  fc.integer({ min: 0, max: 12 }).map((days) => ({ from: noon - days * dayMs })),
  fc.constant({ kinds: ['note' as const] }),
  fc.constant({ trust: ['owner' as const] }),
);
const step = fc.oneof(
  fc.record({ put: id, text: some, days: fc.integer({ min: 0, max: 12 }), note: fc.boolean() }),
  fc.record({ remove: id }),
  fc.record({ ask: some, filter }),
);

describe('what one question read', () => {
  it('[ME3.96] serves the next, and never shows once anything was written', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const index = recallIndex();
        try {
          for (const each of steps) {
            if ('put' in each)
              index.put({
                id: each.put,
                kind: each.note ? 'note' : 'insight',
                text: each.text.join(' '),
                at: noon - each.days * dayMs,
                trust: each.note ? 'owner' : 'derived',
                groupId: each.note ? 'g' : null,
              });
            else if ('remove' in each)
              for (const kind of ['note', 'insight'] as const) removeItem(index.sql, kind, each.remove);
            else {
              const asked = [each.ask.map((text) => ({ text })), each.filter, 5] as const;
              const hits = index.store.lexical([...asked[0]], asked[1], asked[2]);
              const first = createLexical(index.sql);
              expect(hits).toEqual(first.lexical([...asked[0]], asked[1], asked[2]));
              const origins = hits.map(({ item }) => item);
              expect(index.store.neighbours(origins, 9)).toEqual(createLexical(index.sql).neighbours(origins, 9));
            }
          }
        } finally {
          index.close();
        }
      }),
      { seed: 396, numRuns: 150 },
    );
  });

  it('[ME3.97] tells which words are frequent; alone they still find, and what has become rare counts again', () => {
    const index = filled(({ put }) => {
      for (let n = 0; n < 40; n += 1) put({ id: `m${n}`, text: `error ${n}` });
      put({ id: 'rare', text: 'an error of the ledger' });
    });
    const { lexical } = createLexical(index.sql);
    const ask = (...texts: string[]) =>
      lexical(
        texts.map((text) => ({ text })),
        {},
        5,
        10,
      ).map(({ item, matched }) => [item.id, ...matched]);
    for (let times = 0; times < 2; times += 1) {
      expect(ask('error', 'ledger')).toEqual([['rare', 'ledger']]);
      expect(ask('error', 'nowhere')).toHaveLength(5);
    }
    index.together(() => {
      for (let n = 2; n < 40; n += 1) removeItem(index.sql, 'insight', `m${n}`);
    });
    for (let times = 0; times < 100; times += 1) ask('nowhere');
    expect(ask('error', 'ledger')[0]).toEqual(['rare', 'ledger', 'error']);
    expect(ask('error', 'ledger')).toHaveLength(3);
  });
});
