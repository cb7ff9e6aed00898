import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventLog } from '../../core/sleep/mine/event-log.ts';
import { createMiner } from '../../core/sleep/mine/mine.ts';
import {
  briefs,
  days,
  edit,
  failed,
  type Happening,
  inOrder,
  june,
  mined,
  minuteMs,
  night,
  ofKind,
  work,
} from './mine-world.ts';

const wellFormed = (text: string) => text.isWellFormed() && !/[\u0000-\u001f\u202a-\u202e\u200b]/.test(text);

describe('whatever comes', () => {
  it('[SL2.58] finds nothing in nothing', () => {
    expect(mined([])).toEqual([]);
    expect(mined([edit(june(3), 'a.ts')])).toEqual([]);
  });

  it('[SL2.58] takes a hundred thousand equal events, also all in one millisecond', () => {
    const spread = Array.from({ length: 100_000 }, (_, n) => failed(june(1) + n * 6_000));
    const [found] = mined(spread);
    expect(found).toMatchObject({ kind: 'repeated-failure', support: 10_000 });
    expect(found!.text).toContain('100,000 times');
    expect(mined(spread.map((each) => ({ ...each, at: june(2) }))).filter((each) => each.rule)).toEqual([]);
  });

  it('[SL2.58] finds no order in different events of one millisecond', () => {
    const crowd = Array.from({ length: 20_000 }, (_, n) => failed(june(2), `t${'abcdefghij'[n % 10]}${n % 400}`));
    expect(mined(crowd).filter((each) => each.rule)).toEqual([]);
  });

  it('[SL2.58] takes one burst of fifty thousand for one happening', () => {
    const flood = edit(june(5, 12), 'node_modules/', { type: 'burst', count: 50_000 });
    const found = mined(inOrder([...work(), flood]));
    expect(ofKind(found, 'burst').map((each) => each.text)).toEqual([
      '50,000 changes in “node_modules/” between 12:00 and 13:00 on 2026-06-05, where about 1 in an hour is usual.',
    ]);
    expect(ofKind(found, 'sequence')).toEqual([]);
  });

  it('[SL2.58] finds the same when the clock was set back and the store holds them in another order', () => {
    const days = [1, 2, 3, 4].flatMap((day) => [edit(june(day, 11, 1), 'package-lock.json'), failed(june(day, 11, 8))]);
    const all = inOrder([...work(), ...days]);
    const turned = [...all.slice(700), ...all.slice(0, 700)];
    const figures = (happenings: Happening[]) =>
      mined(happenings).map(({ evidence, ...rest }) => ({ ...rest, at: evidence.map((each) => each.at) }));
    expect(figures(turned)).toEqual(figures(all));
  });

  it('[SL2.55] [SL2.56] shows hostile names as one short plain line', () => {
    const nasty = `\u202e\n${'漢\u0000'.repeat(5_000)}\ud800`;
    const happenings = [1, 2, 3, 4, 5].flatMap((day) => [
      edit(june(day, 11, 1), `a${nasty}`),
      failed(june(day, 11, 6), nasty, { type: `ig\u0007nored ${nasty}-failed`, source: nasty }),
    ]);
    const found = mined(inOrder([...work(), ...happenings]));
    expect(ofKind(found, 'repeated-failure')).toHaveLength(1);
    for (const { text, evidence, key } of found) {
      expect(text.length).toBeLessThanOrEqual(400);
      expect(key.length).toBeLessThanOrEqual(400);
      expect(wellFormed(text)).toBe(true);
      for (const { snapshot } of evidence) {
        expect(Buffer.byteLength(snapshot)).toBeLessThanOrEqual(500);
        expect(wellFormed(snapshot)).toBe(true);
      }
    }
  });

  it('[SL2.57] hands over at most forty, the most important first', () => {
    const many = Array.from({ length: 200 }, (_, n) =>
      [1, 2, 3, 4, 5, 6].map((day) =>
        failed(june(day, 9, (n * 7) % 480), `case-${String.fromCharCode(97 + (n % 26))}${'x'.repeat(n / 26)}`),
      ),
    ).flat();
    const found = mined(inOrder([...work(), ...many]));
    expect(found.length).toBeGreaterThanOrEqual(10);
    expect(found.length).toBeLessThanOrEqual(40);
    const importances = found.map((each) => each.importance);
    expect(importances).toEqual(importances.toSorted((a, b) => b - a));
  });

  it('[SL2.64] holds bounded room and still counts what repeats', () => {
    const { log, take } = createEventLog({ from: june(1), until: night }, { rows: 3_000, keys: 500 });
    const at = (n: number) => june(1) + n * 2 * minuteMs;
    const letters = (n: number) =>
      Array.from(n.toString(26), (digit) => 'abcdefghijklmnopqrstuvwxyz'[Number.parseInt(digit, 26)]).join('');
    const seen = Array.from({ length: 5_000 }, (_, n) =>
      n % 50 === 0 ? failed(at(n)) : edit(at(n), `once/${letters(n)}`),
    );
    for (let page = 0; page < 50; page++) {
      take(briefs(seen.slice(page * 100, page * 100 + 100)));
      expect(log.keys.length).toBeLessThanOrEqual(500);
      expect(log.ids).toHaveLength(log.rows);
    }
    const test = log.keys.findIndex((each) => each.target === 'npm test');
    const times = [...log.key.subarray(0, log.rows)].flatMap((key, row) => (key === test ? [log.at[row]] : []));
    expect(times).toEqual(Array.from({ length: 100 }, (_, n) => at(n * 50)));
    for (let page = 0; page < 50; page++)
      take(briefs(Array.from({ length: 100 }, (_, n) => edit(at(page), `dir/${letters(n)}`))));
    expect(log.rows).toBeLessThanOrEqual(3_000);
    expect(log.at[log.rows - 1]).toBe(at(49));
  });

  it('[SL2.57] [SL2.58] holds its promises for any briefs', () => {
    const brief = fc.record({
      at: fc.oneof(
        fc.integer({ min: june(1), max: night }),
        fc.constantFrom(Number.NaN, -1, Infinity, june(3), june(4) + 0.5),
      ),
      target: fc.oneof(
        fc.constantFrom('a', 'b', 'src/c.ts', '', '/', '#', '*'),
        fc.string({ unit: 'binary', maxLength: 20 }),
      ),
      type: fc.constantFrom('file-changed', 'test-failed', 'commit-made', 'burst', '__proto__', ''),
      severity: fc.constantFrom('debug', 'info', 'warning', 'error', 'critical'),
      place: fc.constantFrom(null, '/shop', ''),
      count: fc.constantFrom(1, 3, 50_000, 0, Number.NaN, -4),
      attended: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(brief, { maxLength: 150 }), (list) => {
        const found = mined(list);
        expect(found.length).toBeLessThanOrEqual(40);
        expect(new Set(found.map((each) => each.key)).size).toBe(found.length);
        for (const each of found) {
          for (const share of [each.confidence, each.importance]) expect(share >= 0 && share <= 1).toBe(true);
          expect(each.lift === null || Number.isFinite(each.lift)).toBe(true);
          expect(each.support).toBeGreaterThan(0);
          if (!each.rule) expect([each.hits, each.misses]).toEqual([0, 0]);
        }
      }),
      { seed: 77, numRuns: 60 },
    );
  });

  it('[SL2.58] takes any number of days', () => {
    for (const wanted of [0, -3, 1e9, Number.NaN]) {
      const miner = createMiner({ now: night, days: wanted });
      miner.take(briefs(work()));
      expect(miner.findings().length).toBeLessThan(10);
    }
    expect(days).toBe(14);
  });
});
