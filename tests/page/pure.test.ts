import { describe, expect, it } from 'vitest';
import type { InsightView } from '../../core/protocol.ts';
import { hostTime } from '../../renderer/actions.ts';
import { ageWords, dayWords, spanWords } from '../../renderer/age.ts';
import { waitMs } from '../../renderer/connect.ts';
import { mergeInsights } from '../../renderer/store.ts';
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
  toldAt: null,
  reasoner: { kind: 'rules', name: 'rules' },
  verdict: null,
  pinned: false,
});

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
  it('names the local day of each', () => {
    const times = [nowAt, nowAt - hourMs, nowAt - 20 * hourMs, nowAt - 50 * hourMs];
    expect(times.map((at) => dayWords(at, nowAt))).toEqual(['Today', 'Today', 'Yesterday', 'Wednesday, June 3']);
  });

  it('holds each id once and takes the newer version', () => {
    const merged = mergeInsights([insight('a', 1)], [{ ...insight('a', 1), verdict: 'useful' }, insight('b', 2)]);
    expect(merged.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['b', null],
      ['a', 'useful'],
    ]);
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
