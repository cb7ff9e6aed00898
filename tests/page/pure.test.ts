import { describe, expect, it } from 'vitest';
import type { InsightView } from '../../core/protocol.ts';
import { createActions, hostTime } from '../../renderer/actions.ts';
import { ageWords, dayWords, groupByDay, spanWords } from '../../renderer/age.ts';
import { type Calls, waitMs } from '../../renderer/connect.ts';
import { createStore, mergeInsights } from '../../renderer/store.ts';
import { reasonerWords, stateWords } from '../../renderer/words.ts';
import { fakeEngine } from '../kit/fake-engine.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const nowAt = new Date(2026, 5, 5, 15, 4).getTime();

const insight = (id: string, formedAt: number): InsightView => ({
  id,
  text: id,
  evidenceIds: [],
  confidence: 0.5,
  importance: 0.5,
  formedAt,
  reasoner: { kind: 'rules', name: 'rules' },
  verdict: null,
});

/** Actions over a list of insights that are served as the store serves them: newest first, `before` exclusive. */
function pagedActions(all: InsightView[]) {
  const store = createStore();
  const insights = async ({ limit = 50, before = Number.POSITIVE_INFINITY }: { limit?: number; before?: number }) =>
    all.filter((each) => each.formedAt < before).slice(0, limit);
  const calls = { insights, proposals: async () => [] } as unknown as Calls;
  const actions = createActions(store, { calls: () => calls, retryNow() {}, close() {} });
  return { store, actions };
}

describe('[SH2.12] ages in words', () => {
  it.each([
    [0, 'just now'],
    [59_000, 'just now'],
    [minuteMs, '1 min ago'],
    [59 * minuteMs, '59 min ago'],
    [hourMs, '1 h ago'],
    [24 * hourMs, '1 day ago'],
    [3 * 24 * hourMs, '3 days ago'],
    [-5 * hourMs, 'just now'],
  ])('%i ms ago', (ms, words) => expect(ageWords(nowAt - ms, nowAt)).toBe(words));

  it('old things have a date', () => expect(ageWords(nowAt - 30 * 24 * hourMs, nowAt)).toBe('May 6, 2026'));
  it('spans need no "ago"', () => expect([0, 90_000, 7 * hourMs].map(spanWords)).toEqual(['moments', '1 min', '7 h']));
  it('are carried on from the snapshot by elapsed time', () =>
    expect(hostTime({ ...fakeEngine().snapshot(), at: 1_000 }, 200, 950)).toBe(1_750));
});

describe('[SH2.13] the list of insights', () => {
  it('is grouped by local day, newest first', () => {
    const times = [nowAt, nowAt - hourMs, nowAt - 20 * hourMs, nowAt - 50 * hourMs];
    expect(groupByDay(times, (at) => at, nowAt).map(({ day, items }) => [day, items.length])).toEqual([
      ['Today', 2],
      ['Yesterday', 1],
      [dayWords(times[3]!, nowAt), 1],
    ]);
  });

  it('holds each id once and takes the newer version', () => {
    const merged = mergeInsights([insight('a', 1)], [{ ...insight('a', 1), verdict: 'useful' }, insight('b', 2)]);
    expect(merged.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['b', null],
      ['a', 'useful'],
    ]);
  });

  it('loses none and doubles none when several share a stamp at the edge of a page', async () => {
    const all = Array.from({ length: 95 }, (_, index) =>
      insight(`i${String(index).padStart(3, '0')}`, 1_000 - Math.floor(index / 7)),
    );
    const { store, actions } = pagedActions(all);
    await actions.refresh();
    while (store.get().insights.more) await actions.olderInsights();
    expect(
      store
        .get()
        .insights.items.map(({ id }) => id)
        .sort(),
    ).toEqual(all.map(({ id }) => id));
  });

  it('keeps older pages over a reconnect, and starts over when more formed meanwhile than a page holds', async () => {
    const all = Array.from({ length: 80 }, (_, index) => insight(`i${index}`, 1_000 - index));
    const { store, actions } = pagedActions(all);
    await actions.refresh();
    await actions.olderInsights();
    all.unshift(insight('fresh', 2_000));
    await actions.refresh();
    expect(store.get().insights.items).toHaveLength(61);
    all.unshift(...Array.from({ length: 40 }, (_, index) => insight(`n${index}`, 3_000 - index)));
    await actions.refresh();
    expect(store.get().insights.items).toHaveLength(30);
    expect(store.get().insights.more).toBe(true);
  });
});

describe('[SH2.8] attempts to connect', () => {
  it('come with growing pauses of at most ten seconds', () => {
    expect([1, 2, 3, 6, 7, 500].map(waitMs)).toEqual([250, 500, 1_000, 8_000, 10_000, 10_000]);
  });
});

describe('[SH2.3] words for the state', () => {
  it('rules are never called a model', () =>
    expect(reasonerWords({ kind: 'rules', name: 'gpt' })).toBe('Rules — no model'));
  it('only thinking shows among the stages', () =>
    expect(
      (['resting', 'perceive', 'reflect', 'act'] as const).map((stage) => stateWords({ life: 'running', stage })),
    ).toEqual(['Awake', 'Awake', 'Thinking', 'Awake']));
});
