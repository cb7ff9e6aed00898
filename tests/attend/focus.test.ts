import { describe, expect, it } from 'vitest';
import { askedFocus, clearedFocus, withOwnersWord } from '../../core/attend/asked-focus.ts';
import { decayFocus, type FocusState, moveFocus, noFocus, topicOf } from '../../core/attend/focus.ts';
import { focusFromJson } from '../../core/attend/focus-from-json.ts';
import { noteDraft } from '../../core/observe/sources/notes.ts';
import { defaultSettings } from '../../core/settings.ts';
import type { Json, Observation } from '../../core/types.ts';
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
    const after = (minutes: number) => decayFocus(state, noon, noon + minutes * 60_000, 30).focus;
    expect(after(0)?.strength).toBe(1);
    expect(after(30)?.strength).toBeCloseTo(0.5);
    expect(after(60)?.strength).toBeCloseTo(0.25);
    expect(after(99)?.strength).toBeGreaterThan(0.1);
    expect(after(100)).toBeNull();
    expect(after(-60)?.strength, 'a clock set back strengthens nothing').toBe(1);
    expect(decayFocus(noFocus, noon, noon + 60_000, 30)).toEqual(noFocus);
  });

  it('[AT2.11] is undone when the focus leads again', () => {
    const state = decayFocus(on(file('shop/src/cart/total.ts')), noon, noon + 30 * 60_000, 30);
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

describe('what the owner asks for', () => {
  const hourMs = 3_600_000;
  const ask = (priority: 'normal' | 'high', topic = 'the checkout') => askedFocus(noFocus, { topic, priority }, noon)!;
  const at = (state: FocusState, afterMs: number, since = noon) => decayFocus(state, since, noon + afterMs, 30);
  const busy = () => file('shop/docs/guide/readme.md');
  const critical = () => observe({ severity: 'critical', target: 'disk' });
  /** Cycles with this in the lead, so far apart. */
  function live(
    state: FocusState,
    fromMs: number,
    stepMs: number,
    seenNow: () => Observation,
    times: number,
  ): FocusState {
    let now = state;
    for (let n = 0; n < times; n++) {
      const last = noon + fromMs + (n - 1) * stepMs;
      now = decayFocus(now, n === 0 ? noon : last, last + stepMs, 30);
      now = moveFocus(now, [seen(seenNow())], last + stepMs, settings);
    }
    return now;
  }

  it('[AT2.13] becomes the focus at full strength, measured by its own words, and says that it was asked for', () => {
    expect(ask('normal')).toMatchObject({
      focus: { topic: 'the checkout', query: 'the checkout', since: noon, strength: 1, why: 'you asked for it' },
      rival: null,
    });
    expect(ask('high').focus?.why).toBe('you asked for it, with high priority');
  });

  it('[AT2.14] is one bounded line of visible characters; what holds none is refused', () => {
    expect(ask('normal', 'a\u202eb\nc').focus?.topic).toBe('a b c');
    expect(ask('normal', 'word '.repeat(100)).focus?.topic).toHaveLength(200);
    expect(askedFocus(noFocus, { topic: '\u200b\u202e', priority: 'high' }, noon)).toBeNull();
  });

  it('[AT2.15] with normal priority it fades and gives way as every focus', () => {
    expect(at(ask('normal'), 30 * 60_000).focus?.strength).toBeCloseTo(0.5);
    expect(live(ask('normal'), 0, 1_000, busy, 3).focus?.topic).toBe('shop/docs/guide/readme.md');
  });

  it('[AT2.16] with high priority it neither fades nor gives way to activity or a note for four hours', () => {
    const state = live(ask('high'), 60_000, 8 * 60_000, busy, 29);
    expect(state.focus).toEqual(ask('high').focus);
    const noted = live(state, 3.9 * hourMs, 1_000, () => note('something else'), 3);
    expect(noted.focus?.topic).toBe('the checkout');
  });

  it('[AT2.17] after four hours a focus of high priority fades from then on and gives way', () => {
    const faded = decayFocus(ask('high'), noon + 3.9 * hourMs, noon + 4.5 * hourMs, 30);
    expect(faded.focus?.strength).toBeCloseTo(0.5);
    expect(faded.held).toBeUndefined();
    expect(live(ask('high'), 4 * hourMs, 1_000, busy, 4).focus?.topic).toBe('shop/docs/guide/readme.md');
  });

  it('[AT2.18] only a critical event comes before a focus of high priority, which returns when that has lost its hold', () => {
    const first = moveFocus(ask('high'), [seen(critical()), seen(busy())], noon + 60_000, settings);
    expect(first.focus).toMatchObject({ topic: 'disk', why: 'a critical event' });
    const still = decayFocus(first, noon + 60_000, noon + 20 * 60_000, 30);
    expect(move(still, observe({ target: 'disk' })).focus?.topic, 'activity does not renew what came first').toBe(
      'disk',
    );
    const after = decayFocus(still, noon + 20 * 60_000, noon + 25 * 60_000, 30);
    expect(after.focus).toEqual(ask('high').focus);
  });

  it('[AT2.18] a critical event outlasts it when the four hours end meanwhile', () => {
    const first = moveFocus(ask('high'), [seen(critical())], noon + 3.95 * hourMs, settings);
    const after = decayFocus(first, noon + 3.95 * hourMs, noon + 4.1 * hourMs, 30);
    expect(after.focus?.topic).toBe('disk');
    expect(after.held).toBeUndefined();
  });

  it('[AT2.19] a clock that is set back does not hold it for days', () => {
    const yearMs = 365 * 86_400_000;
    const back = decayFocus(ask('high'), noon, noon - yearMs, 30);
    expect(back.held).toBeUndefined();
    expect(decayFocus(back, noon - yearMs, noon - yearMs + 30 * 60_000, 30).focus?.strength).toBeCloseTo(0.5);
    expect(decayFocus(ask('high'), noon, noon - 60_000, 30).held, 'a correction of a minute is none').toBeDefined();
  });

  it('[AT2.20] the newest word of the owner takes the place of an older one', () => {
    const later = askedFocus(ask('high'), { topic: 'the docs', priority: 'normal' }, noon + 1)!;
    expect([later.focus?.topic, later.held]).toEqual(['the docs', undefined]);
    expect(clearedFocus(ask('high'))).toMatchObject({ focus: null, rival: null });
    expect(clearedFocus(ask('high')).held).toBeUndefined();
  });

  it('[AT2.21] what the owner says while a cycle runs stands when it ends, but for a critical event of that cycle', () => {
    const cycleAt = noon + 5_000;
    const before = on(file('shop/src/cart/total.ts'));
    const asked = askedFocus(before, { topic: 'the docs', priority: 'high' }, noon + 6_000)!;
    const ordinary = moveFocus({ ...before, focus: null }, [seen(busy())], cycleAt, settings);
    expect(withOwnersWord(ordinary, asked, cycleAt)).toEqual(asked);
    const alarmed = moveFocus(before, [seen(critical())], cycleAt, settings);
    expect(withOwnersWord(alarmed, asked, cycleAt)).toMatchObject({ focus: { topic: 'disk' }, held: asked.held });
    expect(withOwnersWord(before, clearedFocus(before), cycleAt).focus, 'cleared stays cleared').toBeNull();
    expect(withOwnersWord(ordinary, clearedFocus(before), cycleAt).focus?.topic).toBe('shop/docs/guide/readme.md');
    expect(withOwnersWord(ordinary, before, cycleAt), 'nobody spoke').toEqual(ordinary);
  });

  it('[AT2.22] what was kept is read as it was written, older forms too, and odd ones as none', () => {
    const kept = (state: FocusState) => JSON.parse(JSON.stringify(state)) as Json;
    const high = askedFocus(ask('high'), { topic: 'the docs', priority: 'high' }, noon)!;
    const rivalled: FocusState = { ...on(busy()), rival: { topic: 'prices', cycles: 2 } };
    for (const state of [high, rivalled, noFocus, clearedFocus(high)])
      expect(focusFromJson(kept(state))).toEqual(state);
    const odd: Json[] = [null, 7, [], {}, { focus: { topic: 7 }, rival: [], held: { until: 3 }, words: 'x' }];
    for (const each of odd) expect(focusFromJson(each)).toEqual(noFocus);
  });
});
