import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recallForThought, type ThoughtAsk } from '../../core/remember/integrated-recall.ts';
import type { Episode } from '../../core/types.ts';
import { episode, noon } from '../kit/nouns.ts';
import { type FilledIndex, recallIndex } from './recall-kit.ts';

const dayMs = 86_400_000;
let index: FilledIndex;
let past: Episode[];
beforeEach(() => {
  index = recallIndex();
  past = [];
});
afterEach(() => index.close());

const brought = (over: Partial<ThoughtAsk> = {}) =>
  recallForThought(
    {
      lexical: async (terms, filter, limit) => index.store.lexical(terms, filter, limit),
      nearest: async (...asked) => index.store.nearest(...asked),
      recentItems: async (...asked) => index.store.recentItems(...asked),
      pastWithOutcome: async (targets, limit) => (targets.includes('cart.ts') ? past.slice(0, limit) : []),
    },
    {
      text: 'cart total',
      now: noon,
      targets: ['cart.ts'],
      working: [],
      tokens: (text) => text.split(/\s+/).length,
      budget: 1_000,
      ...over,
    },
  );
const ids = async (over: Partial<ThoughtAsk> = {}) => (await brought(over)).map((hit) => hit.id);

const colours = 'red orange yellow green blue indigo violet black white grey'.split(' ');
const fill = () => {
  colours.forEach((colour, n) => {
    index.put({ id: `today-${n}`, text: `cart total ${colour} ${colour}ish today`, at: noon - (n + 1) * 3_600_000 });
    index.put({
      id: `known-${n}`,
      kind: 'learning',
      text: `cart total is ${colour} by ${colour} rule`,
      at: noon - 20 * dayMs,
    });
    index.put({
      id: `past-${n}`,
      kind: 'episode',
      text: `cart total went ${colour} through ${colour}`,
      at: noon - 9 * dayMs,
    });
  });
};

describe('what memory brings to one thought', () => {
  it('[ME8.1] is what is in mind, three of the last day, three of the past and five pieces of knowledge, in this order', async () => {
    fill();
    past = [episode('judged', { summary: 'raised the cart limit', outcome: 'proposed; what was expected came' })];
    const working = [{ id: 'w', text: 'checkout is being renamed', importance: 0.4, at: noon }];
    const hits = await brought({ working });
    expect(hits.map((hit) => hit.id.replace(/-\d$/, ''))).toEqual([
      'w',
      ...Array.from({ length: 3 }, () => 'today'),
      'judged',
      ...Array.from({ length: 2 }, () => 'past'),
      ...Array.from({ length: 5 }, () => 'known'),
    ]);
    expect(hits.find((hit) => hit.id === 'judged')?.why).toEqual(['about the same, and how it went is known']);
    for (const { why } of hits) expect(why.length).toBeGreaterThan(0);
  });

  it('[ME8.2] says nothing twice: no id, no words, no other words for the same, nothing that is excluded', async () => {
    index.put({ id: 'a', text: 'the cart total is wrong for guests' });
    index.put({ id: 'b', kind: 'lesson', text: 'The cart total is wrong for guests!', at: noon - 5 * dayMs });
    index.put({ id: 'c', kind: 'lesson', text: 'cart total needs rounding', at: noon - 5 * dayMs });
    index.put({ id: 'd', kind: 'note', text: 'cart total by hand', at: noon - 5 * dayMs });
    const working = [{ id: 'c', text: 'cart total needs rounding', importance: 0.4, at: noon }];
    expect(await ids({ working, exclude: new Set(['d']) })).toEqual(['c', 'a']);
  });

  it('[ME8.3] stays within one budget; every part has its turn, and what does not fit is left out whole', async () => {
    fill();
    const working = colours.map((colour, n) => ({
      id: `w-${n}`,
      text: `thinking of ${colour}`,
      importance: 0.5,
      at: noon,
    }));
    const hits = await brought({ working, budget: 25 });
    expect(hits.reduce((sum, hit) => sum + hit.text.split(/\s+/).length, 0)).toBeLessThanOrEqual(25);
    expect(new Set(hits.map((hit) => hit.id.replace(/-\d$/, '')))).toEqual(new Set(['w', 'today', 'past', 'known']));
    expect(await brought({ working, budget: 0 })).toEqual([]);
  });

  it('[ME8.4] with nothing alike it still brings the newest of the day', async () => {
    index.put({ id: 'other', text: 'a branch was merged', at: noon - 3_600_000 });
    index.put({ id: 'far', text: 'a branch was cut', at: noon - 3 * dayMs });
    const hits = await brought();
    expect(hits.map(({ id, why }) => [id, why])).toEqual([['other', ['from the last 24 hours']]]);
  });

  it('[ME8.5] an observed text that speaks of an absence is no question about one', async () => {
    index.put({ id: 'known', kind: 'learning', text: 'cart total is cached', at: noon - 20 * dayMs });
    expect(await ids({ text: 'cart total changed while I was away' })).toEqual(['known']);
    expect(index.calls).not.toContain('lastAway');
  });
});
