import { describe, expect, it } from 'vitest';
import { attend, weigh } from '../../core/attend/salience.ts';
import { defaultSettings } from '../../core/settings.ts';
import type { Focus, Observation } from '../../core/types.ts';
import { observer } from '../kit/nouns.ts';

const observe = observer();
const settings = defaultSettings().attend;
const nothing = { attended: [] as Observation[], focus: null as Focus | null, lessOf: new Map<string, number>() };
const focusOn = (query: string): Focus => ({
  topic: query,
  since: 0,
  why: '',
  strength: 1,
  query,
  observationId: null,
});
/** One observation that speaks of these words and nothing else; its priority and so its urgency is given. */
const about = (words: string, over: Partial<Observation> = {}) =>
  observe({ type: 'note', target: words, details: {} }, { priority: 3, ...over });
const one = (observation: Observation, against: Partial<typeof nothing> = {}, over: Partial<typeof settings> = {}) =>
  attend([observation], { ...nothing, ...against }, { ...settings, ...over }).scored[0]!.salience;

describe('the score', () => {
  it('[AT1.2] is 0.4 relevance + 0.4 novelty + 0.2 urgency, and keeps its terms', () => {
    const found = one(about('cart', { priority: 6 }), { focus: focusOn('invoice') });
    expect(found).toEqual({
      score: 0.52,
      terms: { relevance: 0, novelty: 1, urgency: 0.6 },
      ignored: null,
      nearestId: null,
    });
    expect(weigh({ relevance: 1, novelty: 0.5, urgency: 0 }, settings.weights)).toBe(0.6);
  });

  it('[AT1.4] leaves out a term that cannot be computed and renormalises the weights', () => {
    expect(weigh({ relevance: null, novelty: 0.5, urgency: 1 }, settings.weights)).toBeCloseTo(0.4 / 0.6);
    expect(weigh({ relevance: null, novelty: null, urgency: 0.3 }, settings.weights)).toBe(0.3);
    expect(weigh({ relevance: 1, novelty: null, urgency: 0 }, settings.weights)).toBeCloseTo(0.4 / 0.6);
    expect(weigh({ relevance: 1, novelty: 1, urgency: 1 }, { relevance: 0, novelty: 0, urgency: 0 })).toBe(0);
    expect(one(about('cart'), { focus: focusOn('') }).terms.relevance).toBeNull();
  });

  it('[AT1.5] must be above 0.3: exactly 0.3 is not, whatever binary fractions make of it', () => {
    const urgencyOnly = { weights: { relevance: 0, novelty: 0, urgency: 1 } };
    expect(one(about('cart', { priority: 3 }), {}, urgencyOnly)).toMatchObject({
      score: 0.3,
      ignored: 'it scored 0.30, and 0.3 is needed',
    });
    expect(one(about('cart', { priority: 3.01 }), {}, urgencyOnly).ignored).toBeNull();
    expect(0.4 * 0.5 + 0.2 * 0.5, 'the sum that binary fractions get wrong').toBeGreaterThan(0.3);
    expect(weigh({ relevance: 0, novelty: 0.5, urgency: 0.5 }, settings.weights)).toBe(0.3);
  });
});

describe('novelty', () => {
  it('[AT1.6] is 1 when nothing was attended yet, and 0 for what was attended just now', () => {
    expect(one(about('cart')).terms.novelty).toBe(1);
    const before = about('cart');
    const found = one(about('cart'), { attended: [before] });
    expect(found.terms.novelty).toBeCloseTo(0);
    expect(found.nearestId).toBe(before.id);
  });

  it('[AT1.7] is one minus the similarity to the most similar, not to the mean or the newest', () => {
    const twin = about('cart total');
    const attended = [about('invoice'), about('tax'), twin, about('login')];
    expect(one(about('cart total'), { attended })).toMatchObject({ nearestId: twin.id });
    expect(one(about('cart total'), { attended }).terms.novelty).toBeCloseTo(0);
  });

  it('[AT1.8] looks back at the 20 newest attended observations and no further', () => {
    const others = Array.from({ length: 20 }, (_, n) => about(`thing${String.fromCharCode(97 + n)}`));
    const old = about('cart total');
    expect(one(about('cart total'), { attended: [...others.slice(0, 19), old] }).terms.novelty).toBeCloseTo(0);
    expect(one(about('cart total'), { attended: [...others, old] }).terms.novelty).toBeGreaterThan(0.3);
  });

  it('[AT1.9] counts what passed before it in the batch, and not what was ignored', () => {
    const [first, second] = attend([about('cart'), about('cart')], nothing, settings).scored;
    expect(first?.salience.terms.novelty).toBe(1);
    expect(second?.salience).toMatchObject({ nearestId: first?.observation.id });
    expect(second?.salience.terms.novelty).toBeCloseTo(0);
    const blank = observe({ target: 'src/cart.ts', details: { whitespaceOnly: true } });
    const [, after] = attend([blank, observe({ target: 'src/cart.ts' })], nothing, settings).scored;
    expect(after?.salience.terms.novelty).toBe(1);
  });
});

describe('relevance', () => {
  it('[AT1.10] is measured against the focus, and without one against the batch', () => {
    expect(one(about('cart'), { focus: focusOn('cart note info') }).terms.relevance).toBeCloseTo(1);
    expect(one(about('cart'), { focus: focusOn('invoice') }).terms.relevance).toBe(0);
    const batch = [about('cart total'), about('cart total'), about('login')];
    const relevance = attend(batch, nothing, settings).scored.map((each) => each.salience.terms.relevance ?? 0);
    expect(relevance[0]).toBeGreaterThan(relevance[2]!);
  });

  it('[OB7.3] of others does not come from what Reverie caused itself, or from other noise', () => {
    const plain = attend([about('cart')], nothing, settings).scored[0]!.salience;
    const caused = Array.from({ length: 9 }, () => about('login form', { causeId: 'delegation-1' }));
    const beside = attend([...caused, about('cart')], nothing, settings).scored.at(-1)!.salience;
    expect(beside).toEqual(plain);
  });
});

describe('the choice', () => {
  it('[AT1.11] keeps the best ten, oldest first, and says of the others why they were left', () => {
    const batch = Array.from({ length: 15 }, (_, n) =>
      about(`thing${String.fromCharCode(97 + n)}`, { priority: 1 + (n % 8) }),
    ).toReversed();
    const { scored, salient } = attend(batch, nothing, settings);
    expect(scored.map((each) => each.observation.id)).toEqual(batch.map((each) => each.id));
    expect(salient).toHaveLength(10);
    expect(salient.map((each) => each.observation.occurredAt)).toEqual(
      salient.map((each) => each.observation.occurredAt).toSorted((a, b) => a - b),
    );
    const left = scored.filter((each) => each.salience.ignored !== null);
    expect(left).toHaveLength(5);
    for (const each of left) expect(each.salience.ignored).toBe('10 others in the same moment scored higher');
    expect(Math.max(...left.map((each) => each.salience.score))).toBeLessThanOrEqual(
      Math.min(...salient.map((each) => each.salience.score)),
    );
  });

  it('[AT1.12] always keeps the owner’s note, however low it scores and however many score higher', () => {
    const note = observe({ trust: 'owner', type: 'note-written', target: 'milk', details: {} }, { priority: 0 });
    const crowd = Array.from({ length: 20 }, (_, n) =>
      about(`thing${String.fromCharCode(97 + n)}`, { priority: 10, severity: 'critical' }),
    );
    const { salient } = attend([note, ...crowd, note], { ...nothing, attended: [note], focus: focusOn('x') }, settings);
    expect(salient.filter((each) => each.observation.trust === 'owner')).toHaveLength(2);
    expect(salient).toHaveLength(10);
    const notes = Array.from({ length: 12 }, () => observe({ trust: 'owner', target: 'milk', details: {} }));
    expect(attend(notes, nothing, settings).salient).toHaveLength(12);
  });

  it('[AT1.13] chooses nothing from an empty batch and nothing from noise, so that nothing is spent', () => {
    expect(attend([], nothing, settings)).toEqual({ scored: [], salient: [] });
    const noise = [observe({ details: { whitespaceOnly: true } }), observe({}, { causeId: 'a' })];
    expect(attend(noise, nothing, settings).salient).toEqual([]);
  });

  it('[OB7.4] never chooses what Reverie caused itself, not even a critical event', () => {
    const found = one(observe({ severity: 'critical', causeId: 'delegation-1' }));
    expect(found).toMatchObject({ score: 0, ignored: 'Reverie caused it itself' });
  });
});

describe('what an observation is about', () => {
  const edit = (target: string, excerpt: string) =>
    observer()({
      target,
      details: { place: '/shop', root: '/shop', bytes: 400, added: 3, removed: 1, against: 'commit', excerpt },
    });

  it('[AT1.14] is its own words, so that work elsewhere stands out beside a focus and the same work does not', () => {
    const cart = edit('src/cart.ts', '+ const total = items.length');
    const again = edit('src/cart.ts', '+ const total = items.size');
    const elsewhere = edit('README.md', '+ run npm ci first');
    const focus = focusOn('check vat for books');
    const known = { attended: [cart], focus, lessOf: new Map<string, number>() };
    expect(attend([elsewhere], known, settings).salient).toHaveLength(1);
    expect(attend([again], known, settings).salient).toHaveLength(0);
  });
});
