import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecallAsk } from '../../core/memory.ts';
import { recall } from '../../core/remember/recall.ts';
import { lastAway } from '../../core/remember/sql/last-away.ts';
import { openDatabase } from '../../core/remember/sql/opening.ts';
import { createSql } from '../../core/remember/sql/sql.ts';
import { storeOn } from '../../core/remember/sql/store.ts';
import { noon, observer } from '../kit/nouns.ts';
import { type FilledIndex, recallIndex } from './recall-kit.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let index: FilledIndex;
beforeEach(() => {
  index = recallIndex();
});
afterEach(() => index.close());

const found = (text: string, over: Partial<RecallAsk> = {}) =>
  recall(index.store, { text, now: noon, limit: 5, ...over });
const ids = (text: string, over: Partial<RecallAsk> = {}) => found(text, over).map((hit) => hit.id);
const vector = { model: 'm', vector: new Float32Array(2) };

describe('what memory brings to a thought', () => {
  it('[TH5.12][ME3.3] is the likest, and of equally like ones the newest', () => {
    index.put({ id: 'old', text: 'payment retries failed in queue', at: noon - 30 * dayMs });
    index.put({ id: 'unlike', text: 'a file about payment' });
    index.put({ id: 'new', text: 'payment retries failed in queue again', at: noon - dayMs });
    expect(ids('payment retries failed')).toEqual(['new', 'old', 'unlike']);
  });

  it('[TH5.12] scores 0..1 inside one answer, the best 1, and is at most what was asked for', () => {
    for (let n = 0; n < 40; n += 1)
      index.put({ id: `m${n}`, text: `cart number${n} ${'and more '.repeat(n)}`, at: noon - n * dayMs });
    const hits = found('cart', { limit: 7 });
    expect(hits).toHaveLength(7);
    expect(hits[0]?.score).toBe(1);
    for (const { score } of hits) expect(score > 0 && score <= 1).toBe(true);
    expect(ids('nothing holds this')).toEqual([]);
  });

  it('[TH5.12] a memory from a future the clock was set back from is only new', () => {
    index.put({ id: 'now', text: 'the cart broke' });
    index.put({ id: 'future', text: 'the cart broke twice', at: noon + 400 * dayMs });
    const hits = found('cart');
    expect(hits.map((hit) => hit.id).sort()).toEqual(['future', 'now']);
    expect(Math.min(...hits.map((hit) => hit.score))).toBeGreaterThan(0.8);
  });

  it('[TH5.13] is nothing of what is thought about, which also does not dwarf the others', () => {
    index.put({ id: 'self', text: 'cart cart checkout total rounding' });
    index.put({ id: 'like', text: 'cart total', at: noon - 14 * dayMs });
    const hits = found('cart checkout total rounding', { exclude: new Set(['self']) });
    expect(hits.map(({ id, score }) => [id, score])).toEqual([['like', 1]]);
  });

  it('[TH5.14] says the same words once', () => {
    for (const id of ['a', 'b']) index.put({ id, text: 'the same words' });
    index.put({ id: 'c', text: 'other words' });
    expect(ids('words')).toHaveLength(2);
  });
});

describe('recall by words', () => {
  it('[ME3.10] finds other forms of a word, irregular ones too', () => {
    index.put({ id: 'paint', text: 'Ada painted the fence' });
    index.put({ id: 'go', text: 'then Ada went to Rome', at: noon - hourMs });
    index.put({ id: 'child', text: 'with both children', at: noon - 2 * hourMs });
    expect(ids('painting')).toEqual(['paint']);
    expect(ids('did she go there?')).toEqual(['go']);
    expect(ids('which child?')).toEqual(['child']);
  });

  it('[ME3.11] passes over words of questions and of grammar, unless there is nothing else', () => {
    index.put({ id: 'noise', text: 'what did they do and when was it' });
    index.put({ id: 'refund', text: 'a refund was paid', at: noon - hourMs });
    expect(ids('what did they do about the refund, and when?')).toEqual(['refund']);
    expect(ids('what did they do?')).toEqual(['noise']);
  });

  it('[ME3.12] rare words count more than frequent ones, and in a large store the frequent are passed over', () => {
    index.together(() => {
      for (let n = 0; n < 6_000; n += 1) index.put({ id: `m${n}`, text: `error in module number${n}` });
      index.put({ id: 'rare', text: 'quaternion drift, an error', at: noon - 90 * dayMs });
    });
    const [hit] = index.store.lexical([{ text: 'error' }, { text: 'quaternion' }], {}, 5);
    expect([hit?.item.id, hit?.matched]).toEqual(['rare', ['quaternion']]);
    expect(index.store.lexical([{ text: 'error' }], {}, 5)).toHaveLength(5);
  });

  it('[ME3.13] takes file names and identifiers apart, and what holds the whole comes first', () => {
    index.put({ id: 'part', text: 'the cart was empty in a test', at: noon });
    index.put({ id: 'whole', text: 'cart.test.ts fails since the rename', at: noon - 20 * dayMs });
    expect(ids('cart.test.ts')).toEqual(['whole', 'part']);
    index.put({ id: 'hump', text: 'resume pause' });
    expect(ids('resumeInterruptedPause')).toEqual(['hump']);
  });

  it('[ME3.14] what stands next to a hit in its group is found too, the answer to a question above all', () => {
    const said = [
      'Bea: How was the pottery class?',
      'Ada: Fun, I burnt two bowls.',
      'Bea: Ha!',
      'Ada: The weather was bad.',
    ];
    said.forEach((text, n) => index.put({ id: `t${n}`, text, groupId: 'g1' }));
    index.put({ id: 'alone', text: 'an unrelated remark', groupId: 'g2' });
    const hits = found('pottery class');
    expect(hits.map((hit) => hit.id).slice(0, 2)).toEqual(['t1', 't0']);
    expect(hits[0]?.why).toContain('next to what holds “pottery”, “class”');
    expect(hits.map((hit) => hit.id)).not.toContain('alone');
  });

  it('[ME3.15] things without a group are neighbours only when they follow each other within ten minutes', () => {
    index.put({ id: 'hit', text: 'deploy failed', at: noon });
    index.put({ id: 'soon', text: 'somebody restarted it', at: noon + 60_000 });
    index.put({ id: 'late', text: 'lunch', at: noon + hourMs });
    expect(ids('deploy')).toEqual(['hit', 'soon']);
  });

  it('[ME3.16] what begins with a name that is asked about comes before what only mentions it', () => {
    index.put({ id: 'mention', text: 'Bea: I like the garden, Ada' });
    index.put({ id: 'said', text: 'Ada: I like the garden a lot', at: noon - dayMs });
    const hits = found('Does Ada like the garden?');
    expect([hits[0]?.id, hits[0]?.why]).toEqual(['said', expect.arrayContaining(['said by the one who is meant'])]);
  });

  it('[ME3.17] names that the best hits share and the question lacks bring what goes with them', () => {
    index.put({ id: 'a', text: 'refund fails in ledger.ts' });
    index.put({ id: 'b', text: 'refund twice, see ledger.ts' });
    index.put({ id: 'c', text: 'ledger.ts rounds down', at: noon - hourMs, groupId: 'other' });
    const hits = found('refund');
    expect(hits.map((hit) => hit.id).at(-1)).toBe('c');
    expect(hits.at(-1)?.why).toContain('seen with ledger.ts');
  });

  it('[ME3.18] what is about a target that is meant comes first', () => {
    index.put({ id: 'other', text: 'the build broke', target: '/shop/b.ts' });
    index.put({ id: 'meant', text: 'the build broke once', target: '/shop/cart.ts', at: noon - dayMs });
    expect(ids('build', { targets: ['/shop/cart.ts'] })[0]).toBe('meant');
    expect(ids('build of cart.ts')[0]).toBe('meant');
  });

  it('[ME3.19] a question about when or how many prefers what holds a time or a number', () => {
    index.put({ id: 'plain', text: 'the race was fun as ever, she says' });
    index.put({ id: 'time', text: 'the race was fun, it was last week', at: noon - dayMs });
    expect(ids('when was the race?')[0]).toBe('time');
    expect(ids('the race')[0]).toBe('plain');
  });
});

describe('recall by meaning, newness and importance', () => {
  it('[ME3.20] fuses words and vectors; what both find comes first, and without vectors words alone do', () => {
    index.put({ id: 'words', text: 'refund of the order' });
    index.put({ id: 'both', text: 'a refund was paid back' });
    index.put({ id: 'meaning', text: 'money returned to the buyer', at: noon - hourMs });
    index.means(['meaning', 'both']);
    const hits = found('refund', { vector });
    expect(hits.map((hit) => hit.id).sort()).toEqual(['both', 'meaning', 'words']);
    expect(hits[0]?.id).toBe('both');
    expect(hits.find((hit) => hit.id === 'meaning')?.why[0]).toBe('means the same');
    expect(ids('refund').sort()).toEqual(['both', 'words']);
    expect(ids('', { vector })).toEqual(['meaning', 'both']);
  });

  it('[ME3.21] newness adds 30 % at most, so that a much better match stays ahead; "lately" makes it count more', () => {
    index.put({ id: 'better', text: 'cart total rounding', at: noon - 300 * dayMs });
    index.put({ id: 'newer', text: 'cart moved' });
    expect(ids('cart total rounding')).toEqual(['better', 'newer']);
    index.put({ id: 'old', text: 'lemons painted', at: noon - 60 * dayMs });
    index.put({ id: 'fresh', text: 'lemons and some other things were also painted in the end, they say' });
    expect(ids('lemons painted')[0]).toBe('old');
    expect(ids('lemons painted recently')[0]).toBe('fresh');
  });

  it('[ME3.22] of equally like ones the more important comes first', () => {
    index.put({ id: 'small', text: 'build broke', importance: 0.1 });
    index.put({ id: 'large', text: 'build broke!', importance: 0.9 });
    const hits = found('build broke');
    expect(hits[0]?.id).toBe('large');
    expect(hits[0]?.why).toContain('important');
  });

  it('[ME3.23] likeness to a better hit counts against a hit', () => {
    index.put({ id: 'a', text: 'refund fails for guests in the shop today' });
    index.put({ id: 'b', text: 'refund fails for guests in the shop now' });
    index.put({ id: 'c', text: 'refund needs a receipt by mail or letter' });
    expect(ids('refund', { limit: 2 }).includes('c')).toBe(true);
  });
});

describe('recall by time and filter', () => {
  it('[ME3.24] a time with other words makes what is from then count more and hides nothing', () => {
    const now = new Date(2026, 5, 10, 15).getTime();
    index.put({ id: 'then', text: 'cart was edited a bit', at: now - dayMs });
    index.put({ id: 'today', text: 'cart was edited', at: now });
    const hits = found('cart yesterday', { now });
    expect(hits.map((hit) => hit.id)).toEqual(['then', 'today']);
    expect(hits[0]?.why).toContain('from that time (“yesterday”)');
  });

  it('[ME3.25] a time without other words leaves only what is from then', () => {
    const now = new Date(2026, 5, 10, 15).getTime();
    index.put({ id: 'then', text: 'cart was edited', at: now - dayMs });
    index.put({ id: 'today', text: 'cart was tested', at: now });
    expect(ids('what happened yesterday?', { now })).toEqual(['then']);
    expect(ids('what happened two years ago?', { now })).toEqual([]);
  });

  it('[ME3.26] "while I was away" means the last stretch without the owner, and leaves only what is from then', () => {
    index.put({ id: 'before', text: 'cart before', at: noon - 10 * hourMs });
    index.put({ id: 'during', text: 'cart during', at: noon - 5 * hourMs });
    const away = { from: noon - 8 * hourMs, until: noon - hourMs };
    const hits = found('what happened while I was away?', { away });
    expect(hits.map(({ id, why }) => [id, why.includes('from while you were away')])).toEqual([['during', true]]);
    expect(ids('did anything happen to cart while I was away?', { away })).toEqual(['during']);
    expect(ids('what happened while I was away?', { away: null })).toEqual([]);
    expect(ids('what happened while I was away?')).toEqual([]);
    expect(index.calls.filter((name) => name === 'lastAway')).toHaveLength(1);
  });

  it('[ME3.27] keeps to a filter of kinds, trust, span and target, for neighbours too, however rare what it leaves is', () => {
    index.together(() => {
      for (let n = 0; n < 3_000; n += 1) index.put({ id: `m${n}`, text: `refund number${n}` });
      index.put({
        id: 'note',
        kind: 'note',
        trust: 'owner',
        text: 'refund by hand',
        target: 't',
        at: noon - 9 * dayMs,
        groupId: 'g',
      });
      index.put({ id: 'beside', kind: 'episode', text: 'something else', groupId: 'g' });
    });
    expect(ids('refund', { filter: { kinds: ['note'] } })).toEqual(['note']);
    expect(ids('refund', { filter: { trust: ['owner'] } })).toEqual(['note']);
    expect(ids('refund', { filter: { target: 't' } })).toEqual(['note']);
    expect(ids('refund', { filter: { from: noon - 10 * dayMs, until: noon - dayMs } })).toEqual(['note']);
    expect(ids('refund', { filter: { kinds: ['lesson'] } })).toEqual([]);
  });

  it('[ME3.28] each hit says why, and nothing asked finds nothing', () => {
    index.put({ id: 'a', text: 'refund fails', at: noon - 60 * dayMs });
    expect(found('the refund')[0]?.why).toEqual(['holds “refund”']);
    for (const nothing of ['', '   ', '?!', '😀', '"" OR *']) expect(ids(nothing)).toEqual([]);
  });
});

describe('when the owner was away', () => {
  const away = (owner: number[], other: number[] = [], now = noon) => {
    const db = openDatabase(':memory:');
    const store = storeOn(db, ':memory:');
    const observe = observer();
    const made = [
      ...owner.map((hours) => ({ hours, fields: {} })),
      ...other.map((hours) => ({ hours, fields: { source: 'clock' } })),
    ].sort((a, b) => a.hours - b.hours);
    store.append({
      entries: made.map(({ hours, fields }) => {
        const at = noon + hours * hourMs;
        return { observation: observe({}, { occurredAt: at, firstAt: at, lastAt: at, ...fields }), mergeInto: null };
      }),
      marks: [],
    });
    try {
      return lastAway(createSql(db), now, hourMs);
    } finally {
      store.close();
    }
  };

  it('[ME3.30] it was the last pause of at least so long between things the owner did, or the one that lasts', () => {
    expect(away([-9, -8.5, -3, -2.5, -2, -1.5, -0.9, -0.2])).toEqual({
      from: noon - 8.5 * hourMs,
      until: noon - 3 * hourMs,
    });
    expect(away([-9, -2])).toEqual({ from: noon - 2 * hourMs, until: noon });
    expect(away([-0.5])).toBeNull();
    expect(away([])).toBeNull();
  });

  it('[ME3.31] what Reverie’s own sources or the future did is no activity of the owner', () => {
    expect(away([-5, -0.5], [-4, -3, -2, -1])).toEqual({ from: noon - 5 * hourMs, until: noon - 0.5 * hourMs });
    expect(away([-5, 3])).toEqual({ from: noon - 5 * hourMs, until: noon });
  });
});
