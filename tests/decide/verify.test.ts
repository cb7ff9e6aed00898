import { describe, expect, it } from 'vitest';
import { verify } from '../../core/decide/verify.ts';
import { decision, insight } from '../kit/nouns.ts';

const refs = new Map([
  ['o1', 'id-1'],
  ['o2', 'id-2'],
  ['id-1', 'id-1'],
  ['id-2', 'id-2'],
]);
const told = insight('told-1', {
  text: 'src/cart/total.ts was edited 6 times in 22 minutes, always near applyDiscount',
});
const against = { refs, told: [told] };
const delegate = decision({ action_type: 'delegate', target_agent: 'claude-code', command: 'do it' });
const says = (text: string) => ({ text, importance: 0.5 });

describe('reasons', () => {
  it('[DE2.1] of nine characters are none, of ten are some; without reasons nothing is acted on', () => {
    const of = (length: number) =>
      verify({ decision: decision({ reasoning: `  ${'x'.repeat(length)}  ` }), insight: null, evidence: [] }, against);
    expect(of(9)).toEqual({ ok: false, why: 'it gave no reasons' });
    expect(of(10).ok).toBe(true);
  });
});

describe('references', () => {
  it('[DE2.2] that exist become the ids of the evidence, each once, by number or by id', () => {
    const found = verify({ decision: delegate, insight: null, evidence: ['o1', ' o2 ', 'id-1', 'o1'] }, against);
    expect(found).toMatchObject({ ok: true, thought: { evidenceIds: ['id-1', 'id-2'] }, notes: [] });
  });

  it('[DE2.3] that do not exist are dropped and counted; when none exists, nothing is told and nothing is done', () => {
    expect(verify({ decision: delegate, insight: null, evidence: ['o1', 'o9'] }, against)).toMatchObject({
      ok: true,
      thought: { evidenceIds: ['id-1'] },
      notes: ['1 of 2 references do not exist'],
    });
    const invented = { ok: false, why: 'all of its evidence is invented' };
    expect(verify({ decision: delegate, insight: null, evidence: ['o9'] }, against)).toEqual(invented);
    expect(verify({ decision: decision(), insight: says('something new'), evidence: ['o9'] }, against)).toEqual(
      invented,
    );
    expect(verify({ decision: decision(), insight: null, evidence: ['o9'] }, against)).toMatchObject({
      ok: true,
      thought: { evidenceIds: [] },
    });
  });

  it('[DE2.4] left out mean the whole moment, and it says so', () => {
    expect(verify({ decision: delegate, insight: null, evidence: [] }, against)).toMatchObject({
      ok: true,
      thought: { evidenceIds: ['id-1', 'id-2'] },
      notes: ['it cited nothing; the whole moment is its evidence'],
    });
  });
});

describe('repetition', () => {
  const told = (text: string) => {
    const found = verify({ decision: decision(), insight: says(text), evidence: ['o1'] }, against);
    return found.ok && found.thought.insight !== null;
  };

  it('[DE2.5] of what was told is dropped, the decision is kept', () => {
    const again = 'src/cart/total.ts was edited 6 times in 22 minutes, always near applyDiscount.';
    expect(verify({ decision: delegate, insight: says(again), evidence: ['o1'] }, against)).toMatchObject({
      ok: true,
      thought: { decision: delegate, insight: null },
      notes: ['its insight was told before'],
    });
    expect(told('Always near applyDiscount: src/cart/total.ts was edited 6 times in 22 minutes')).toBe(false);
  });

  it('[DE2.6] is not the same sentence with new figures or about another file', () => {
    expect(told('src/cart/total.ts was edited 7 times in 22 minutes, always near applyDiscount')).toBe(true);
    expect(told('src/cart/tax.ts was edited 6 times in 22 minutes, always near applyDiscount')).toBe(true);
    const short = insight('told-2', { text: 'src/a.ts was edited 3 times' });
    const found = verify(
      { decision: decision(), insight: says('src/b.ts was edited 3 times'), evidence: ['o1'] },
      { refs, told: [short] },
    );
    expect(found).toMatchObject({ ok: true, thought: { insight: { text: 'src/b.ts was edited 3 times' } } });
  });
});
