import { describe, expect, it } from 'vitest';
import { decayFocus, type FocusState, moveFocus, noFocus, topicOf } from '../../core/attend/focus.ts';
import { noteDraft } from '../../core/observe/sources/notes.ts';
import { defaultSettings } from '../../core/settings.ts';
import type { Observation } from '../../core/types.ts';
import { noon, observer, salience } from '../kit/nouns.ts';

const observe = observer();
const settings = defaultSettings().attend;
const seen = (observation: Observation, score = 0.5) => ({ observation, salience: salience(score) });
/** A changed file as the source of files tells it, with all that two of them have in common. */
const file = (target: string, over: Partial<Observation> = {}) =>
  observe(
    {
      target,
      details: { root: '/shop', place: '/shop', bytesDelta: 9, added: 3, removed: 1, against: 'commit', near: [] },
    },
    over,
  );
const note = (text: string) => observe(noteDraft(text));
const move = (state: FocusState, ...salient: Observation[]) =>
  moveFocus(
    state,
    salient.map((each) => seen(each)),
    noon,
    settings,
  );
const on = (observation: Observation, strength = 1): FocusState => {
  const state = move(noFocus, observation);
  return { focus: { ...state.focus!, strength }, rival: null };
};

describe('where attention goes', () => {
  it('[AT2.1] takes what stands out most when nothing holds it, and says what, since when and why', () => {
    const best = file('shop/src/cart/total.ts');
    const state = moveFocus(noFocus, [seen(file('shop/docs/readme.md'), 0.4), seen(best, 0.9)], noon, settings);
    expect(state.focus).toMatchObject({
      topic: 'shop/src/cart/total.ts',
      since: noon,
      why: 'it stood out when nothing else held attention',
      strength: 1,
      observationId: best.id,
    });
    expect(state.focus?.query).toContain('total.ts');
  });

  it('[AT2.2] stays as it is when nothing is salient', () => {
    const state = on(file('shop/src/cart/total.ts'));
    expect(move(state)).toEqual(state);
    expect(move(noFocus)).toEqual(noFocus);
  });

  it('[AT2.3] goes to a critical event at once, before anything else', () => {
    const critical = observe({ severity: 'critical', target: 'disk' });
    const state = move(on(note('cart')), note('tax'), critical, file('shop/src/a.ts'));
    expect(state.focus).toMatchObject({ topic: 'disk', why: 'a critical event', observationId: critical.id });
  });

  it('[AT2.4] goes to the owner’s newest note at once, however it scored', () => {
    const salient = [
      seen(note('first'), 0.4),
      seen(note('VAT for books is 7 %'), 0.1),
      seen(file('shop/src/a.ts'), 0.99),
    ];
    const state = moveFocus(on(file('shop/src/cart/total.ts')), salient, noon, settings);
    expect(state.focus).toMatchObject({ topic: 'VAT for books is 7 %', why: 'you wrote a note about it' });
  });

  it('[AT2.5] moves to another topic that leads three times in a row, not before', () => {
    let state = on(file('shop/src/cart/total.ts'));
    for (const cycles of [1, 2]) {
      state = move(state, file('shop/docs/guide/readme.md'));
      expect(state).toMatchObject({ focus: { topic: 'shop/src/cart/total.ts' }, rival: { cycles } });
    }
    state = move(state, file('shop/docs/guide/readme.md'));
    expect(state).toMatchObject({
      focus: { topic: 'shop/docs/guide/readme.md', why: 'it led 3 times in a row' },
      rival: null,
    });
  });

  it('[AT2.6] counts files of one folder as one topic, for the focus and for its rival', () => {
    let state = move(on(file('shop/src/cart/total.ts'), 0.7), file('shop/src/cart/tax.ts'));
    expect(state).toMatchObject({ focus: { topic: 'shop/src/cart/total.ts', strength: 1 }, rival: null });
    for (const name of ['readme.md', 'install.md', 'faq.md']) state = move(state, file(`shop/docs/guide/${name}`));
    expect(state.focus?.topic).toBe('shop/docs/guide/faq.md');
  });

  it('[AT2.7] starts counting anew when the focus or a third topic leads in between', () => {
    const docs = file('shop/docs/guide/readme.md');
    for (const between of [file('shop/src/cart/total.ts'), file('shop/locales/de.json')]) {
      let state = on(file('shop/src/cart/total.ts'));
      for (const each of [docs, docs, between, docs, docs]) state = move(state, each);
      expect(state.focus?.topic).toBe('shop/src/cart/total.ts');
      expect(move(state, docs).focus?.topic).toBe('shop/docs/guide/readme.md');
    }
  });

  it('[AT2.8] gives way at the first other topic once it has faded', () => {
    const state = move(on(file('shop/src/cart/total.ts'), 0.6), file('shop/docs/guide/readme.md'));
    expect(state.focus).toMatchObject({ topic: 'shop/docs/guide/readme.md', why: 'the former focus had faded' });
    expect(move(on(file('shop/src/cart/total.ts'), 0.61), file('shop/docs/guide/readme.md')).focus?.topic).toBe(
      'shop/src/cart/total.ts',
    );
  });

  it('[AT2.9] holds the owner’s note against mere activity', () => {
    let state = on(note('VAT for books is 7 %'));
    for (let n = 0; n < 2; n++) state = move(state, file('shop/src/cart/total.ts'));
    expect(state.focus?.topic).toBe('VAT for books is 7 %');
  });
});

describe('decay', () => {
  it('[AT2.10] halves the strength every half-life and lets a faded focus go', () => {
    const state = on(file('shop/src/cart/total.ts'));
    const after = (minutes: number) => decayFocus(state, minutes * 60_000, 30).focus;
    expect(after(0)?.strength).toBe(1);
    expect(after(30)?.strength).toBeCloseTo(0.5);
    expect(after(60)?.strength).toBeCloseTo(0.25);
    expect(after(99)?.strength).toBeGreaterThan(0.1);
    expect(after(100)).toBeNull();
    expect(after(-60)?.strength, 'a clock set back strengthens nothing').toBe(1);
    expect(decayFocus(noFocus, 60_000, 30)).toEqual(noFocus);
  });

  it('[AT2.11] is undone when the focus leads again', () => {
    const state = decayFocus(on(file('shop/src/cart/total.ts')), 30 * 60_000, 30);
    const renewed = move(state, file('shop/src/cart/total.ts')).focus;
    expect(renewed).toMatchObject({ strength: 1, since: noon, topic: 'shop/src/cart/total.ts' });
  });
});

describe('the topic', () => {
  it('[AT2.12] is the owner’s words, else the target, as one bounded line', () => {
    expect(topicOf(note('milk\nand bread'))).toBe('milk and bread');
    expect(topicOf(observe({ target: 'src/a.ts', details: { text: 'not the owner' } }))).toBe('src/a.ts');
    expect(topicOf(observe({ target: 'x\u202e'.repeat(300) }))).toHaveLength(120);
  });
});
