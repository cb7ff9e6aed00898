import { describe, expect, it } from 'vitest';
import type { InsightView } from '../../core/protocol.ts';
import { createActions } from '../../renderer/actions.ts';
import type { Calls } from '../../renderer/connect.ts';
import { confidenceLevel, importanceLevel } from '../../renderer/figures.ts';
import { anyInsight, insightQueryFor } from '../../renderer/insight-list.ts';
import { excerptOf, folderName, insightWords, watchedFolders } from '../../renderer/insight-words.ts';
import { createStore } from '../../renderer/store.ts';
import { waysFor } from '../../renderer/trouble-ways.ts';
import { fakeEngine } from '../kit/fake-engine.ts';

const insight = (id: string, formedAt: number, over: Partial<InsightView> = {}): InsightView => ({
  id,
  text: id,
  evidenceIds: [],
  confidence: 0.5,
  importance: 0.5,
  formedAt,
  toldAt: null,
  reasoner: { kind: 'rules', name: 'rules' },
  verdict: null,
  pinned: false,
  ...over,
});

/** So many, newest first, `share` of them with each stamp. */
const many = (count: number, share = 1) =>
  Array.from({ length: count }, (_, index) =>
    insight(`i${String(index).padStart(5, '0')}`, 100_000 - Math.floor(index / share)),
  ).sort((a, b) => b.formedAt - a.formedAt || (a.id < b.id ? 1 : -1));

/** The page's list over insights that are served as the store serves them: newest first, `before` exclusive. */
function listOf(all: InsightView[]) {
  const store = createStore();
  const asked: { before?: number; limit?: number; text?: string }[] = [];
  let held: Promise<void> | undefined;
  /** Keeps back the next answer until the returned function is called. */
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    return resolve;
  };
  const insights = async (query: { limit?: number; before?: number; text?: string }) => {
    asked.push(query);
    const answered = held;
    held = undefined;
    await answered;
    const { limit = 50, before = Number.POSITIVE_INFINITY, text = '' } = query;
    return all.filter((each) => each.formedAt < before && each.text.includes(text)).slice(0, limit);
  };
  const calls = { insights, proposals: async () => [] } as unknown as Calls;
  const actions = createActions(store, { calls: () => calls, retryNow() {}, close() {} });
  const list = () => store.get().insightList;
  const ids = () => list().rows.map(({ id }) => id);
  const readAll = async () => {
    await actions.findInsights();
    while (list().more) await actions.olderInsights();
  };
  return { store, actions, asked, list, ids, readAll, hold };
}

describe('[SH2.13] [SH2.260] the list of insights', () => {
  it('loses none and doubles none when several share a stamp at the edge of an answer', async () => {
    const all = many(900, 7);
    const { ids, readAll } = listOf(all);
    await readAll();
    expect(ids()).toEqual(all.map(({ id }) => id));
  });

  it('is empty, whole and asks no further where there is none', async () => {
    const { list, readAll, asked } = listOf([]);
    await readAll();
    expect(list()).toMatchObject({ rows: [], loaded: true, more: false });
    expect(asked).toHaveLength(1);
  });

  it('asks once while an older answer is on its way', async () => {
    const { actions, asked } = listOf(many(900));
    await actions.findInsights();
    await Promise.all([actions.olderInsights(), actions.olderInsights()]);
    expect(asked).toHaveLength(2);
  });

  it('takes the answer to the newest question only, though an older one comes later', async () => {
    const { actions, ids, hold } = listOf(many(100));
    const release = hold();
    const older = actions.findInsights({ ...anyInsight, text: 'i00001' });
    await actions.findInsights({ ...anyInsight, text: 'i00002' });
    release();
    await older;
    expect(ids()).toEqual(['i00002']);
  });
});

describe('[SH2.261] of a long list', () => {
  it('only the insights around what is seen are held, and the far ones are asked for again when they come near', async () => {
    const all = many(5_000);
    const { actions, list, ids, readAll } = listOf(all);
    await readAll();
    const whole = () => list().rows.flatMap(({ insight: held }, index) => (held ? [index] : []));
    await actions.seeInsights(4_000, 4_010);
    expect(whole().length).toBeLessThanOrEqual(900);
    expect(whole()).toContain(4_005);
    expect(whole()).not.toContain(3);
    await actions.seeInsights(0, 10);
    expect(whole().slice(0, 11)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(ids()).toEqual(all.map(({ id }) => id));
  });

  it('what is not there any more leaves its place', async () => {
    const all = many(5_000);
    const { actions, ids, readAll } = listOf(all);
    await readAll();
    await actions.seeInsights(4_000, 4_010);
    const [gone] = all.splice(5, 1);
    await actions.seeInsights(0, 10);
    expect(ids()).not.toContain(gone?.id);
    expect(ids()).toEqual(all.map(({ id }) => id));
  });
});

describe('[SH2.262] newer insights', () => {
  it('wait beside the list until they are wanted', async () => {
    const all = many(100);
    const { actions, list, ids } = listOf(all);
    await actions.findInsights();
    const before = ids();
    all.unshift(insight('fresh', 200_000));
    await actions.newerInsights();
    expect(ids()).toEqual(before);
    expect(list().fresh.map(({ id }) => id)).toEqual(['fresh']);
  });

  it('of a narrowed list are those that fit', async () => {
    const all = many(100);
    const { actions, list } = listOf(all);
    await actions.findInsights({ ...anyInsight, text: 'i0000' });
    all.unshift(insight('fresh', 200_000), insight('x i0000', 200_001));
    await actions.newerInsights();
    expect(list().fresh.map(({ id }) => id)).toEqual(['x i0000']);
  });

  it('that are more than one answer holds leave no hole: the list says so and begins anew', async () => {
    const all = many(100);
    const { actions, list } = listOf(all);
    await actions.findInsights();
    all.unshift(...Array.from({ length: 70 }, (_, index) => insight(`n${index}`, 300_000 - index)));
    await actions.newerInsights();
    expect(list().gap).toBe(true);
  });

  it('are looked for once more, not once each, when many form during one look', async () => {
    const { actions, asked } = listOf(many(10));
    await actions.findInsights();
    await Promise.all(Array.from({ length: 20 }, () => actions.newerInsights()));
    expect(asked).toHaveLength(3);
  });
});

describe('[SH2.263] a question to the insights', () => {
  it('names only what narrows it', () => {
    expect(insightQueryFor(anyInsight)).toEqual({});
    expect(insightQueryFor({ text: '  two words ', importance: 'important', verdict: 'none', pinned: true })).toEqual({
      text: 'two words',
      leastImportance: 0.75,
      verdict: 'none',
      pinned: true,
    });
  });
});

describe('[SH2.264] steps in words', () => {
  it('every importance and confidence has its word', () => {
    const importances = [0, 0.39, 0.4, 0.74, 0.75, 1].map(
      (value) => insightWords.importanceSays[importanceLevel(value)],
    );
    expect(importances).toEqual(['Minor', 'Minor', 'Worth knowing', 'Worth knowing', 'Important', 'Important']);
    const confidences = [0, 0.35, 0.6, 0.85, 1].map((value) => insightWords.confidenceSays[confidenceLevel(value)]);
    expect(confidences).toEqual(['A guess', 'Unsure', 'Fairly sure', 'Very sure', 'Very sure']);
  });
});

describe('[SH2.265] a long text', () => {
  it('is cut between two words, a short one not at all', () => {
    expect(excerptOf('short')).toBeNull();
    expect(excerptOf('word '.repeat(90))).toBeNull();
    const excerpt = excerptOf('word '.repeat(2_000))!;
    expect(excerpt).toMatch(/word…$/);
    expect(excerpt.length).toBeLessThanOrEqual(361);
  });

  it('without spaces is cut between two characters as people see them', () => {
    const family = '👩‍👩‍👧‍👦';
    const excerpt = excerptOf(family.repeat(900))!;
    expect(excerpt.replaceAll(family, '')).toBe('…');
    expect(excerpt.length).toBeGreaterThan(300);
  });
});

describe('[SH2.280] the watched folders', () => {
  it('are those that sources name, else those of the settings', () => {
    const { settings } = fakeEngine({ scenario: 'empty' }).snapshot();
    const source = (id: string) => ({ id, state: 'watching' as const, message: '' });
    const told = watchedFolders({
      sources: [source('files:/a/shop'), source('git:/a/shop'), source('notes')],
      settings,
    });
    expect(told).toEqual(['/a/shop']);
    expect(watchedFolders({ sources: [], settings: { ...settings, folders: ['/b'] } })).toEqual(['/b']);
    expect(['/a/shop', 'C:\\work\\shop\\', '/'].map(folderName)).toEqual(['shop', 'shop', '/']);
    expect(insightWords.firstDay.watching(['a', 'b', 'c'])).toBe('Watching a, b and c');
    expect(insightWords.firstDay.watching(['a', 'b', 'c', 'd'])).toBe('Watching 4 folders');
  });
});

describe('[SH2.281] what can be pressed about a trouble', () => {
  const offer = { label: 'Start the server', why: '', model: null };
  it('is the offer of the server that is one command, and the way to where it is mended', () => {
    expect(
      waysFor('server', [
        { ...offer, action: 'install' },
        { ...offer, action: 'start-server' },
      ]),
    ).toEqual([
      { label: 'Start the server', command: { kind: 'start-server' } },
      { label: 'To the model', view: 'model' },
    ]);
    expect(waysFor('set-aside', [])).toEqual([{ label: 'To Health', view: 'health' }]);
  });
  it('is nothing where only the owner’s own hands help', () => expect(waysFor('store', [])).toEqual([]));
});
