import type { Brief } from '../../memory.ts';
import type { Stamp } from '../../types.ts';
import { type EventKey, keyOf } from './event-key.ts';

/** What is kept of the briefs while pages come in: one row per happening, in the order they came. */
export interface EventLog {
  keys: EventKey[];
  /** How often each key was attended to. */
  attended: number[];
  rows: number;
  at: Float64Array<ArrayBuffer>;
  key: Int32Array<ArrayBuffer>;
  /** Observations in it, merged ones included. */
  count: Float64Array<ArrayBuffer>;
  ids: string[];
}

/** Equal events closer than this are one happening. */
const happeningMs = 60_000;
const bounded = { rows: 300_000, keys: 30_000 };
const speltAtMost = 20_000;
const countAtMost = 1_000_000;

/**
 * Collects happenings in bounded space. Left out: what Reverie caused or concluded itself, and what lies outside of `from`..`until`. When
 * there are too many keys, those seen once go (lossy counting, Manku and Motwani 2002); when too many rows, the older half.
 */
export function createEventLog(
  span: { from: Stamp; until: Stamp },
  atMost: { rows: number; keys: number } = bounded,
): {
  log: EventLog;
  take(page: readonly Brief[]): void;
} {
  const log = emptyLog(4_096);
  let index = new Map<string, number>();
  let newest: number[] = [];
  /** Key numbers of the events as they came, so that most need no folding. */
  const spelt = new Map<string, number>();

  function keyNumber(brief: Brief): number {
    const spelling = `${brief.source} ${brief.type} ${brief.severity} ${brief.place} ${brief.target.slice(0, 400)}`;
    const known = spelt.get(spelling) ?? foldedNumber(brief);
    if (spelt.size < speltAtMost) spelt.set(spelling, known);
    return known;
  }

  function foldedNumber(brief: Brief): number {
    const key = keyOf(brief);
    const known = index.get(key.name);
    if (known === undefined) {
      index.set(key.name, log.keys.length);
      log.attended.push(0);
      newest.push(-1);
      return log.keys.push(key) - 1;
    }
    const old = log.keys[known]!;
    old.folded ||= old.target !== key.target;
    old.target = key.target;
    return known;
  }

  function add(brief: Brief): void {
    const key = keyNumber(brief);
    const count = Math.min(countAtMost, Math.max(1, Math.floor(brief.count) || 1));
    if (brief.attended) log.attended[key]! += 1;
    const row = newest[key]!;
    if (row >= 0 && Math.abs(brief.at - log.at[row]!) < happeningMs) {
      log.count[row]! += count;
      return;
    }
    newest[key] = push(log, { at: Math.floor(brief.at), key, count, id: brief.id });
  }

  function keepBounds(): void {
    if (log.keys.length <= atMost.keys && log.rows <= atMost.rows) return;
    const times = new Int32Array(log.keys.length);
    for (let row = 0; row < log.rows; row++) times[log.key[row]!]! += 1;
    const tooMany = log.keys.length > atMost.keys;
    const first = log.rows > atMost.rows ? Math.floor(log.rows / 2) : 0;
    compact(log, (row) => row >= first && !(tooMany && times[log.key[row]!] === 1));
    spelt.clear();
    index = new Map(log.keys.map((key, n) => [key.name, n]));
    newest = log.keys.map(() => -1);
    for (let row = 0; row < log.rows; row++) newest[log.key[row]!] = row;
  }

  return {
    log,
    take(page) {
      for (const brief of page) if (counts(brief, span)) add(brief);
      keepBounds();
    },
  };
}

const counts = ({ causeId, trust, at }: Brief, { from, until }: { from: Stamp; until: Stamp }) =>
  causeId === null && trust !== 'app' && trust !== 'derived' && at >= from && at <= until;

const emptyLog = (room: number): EventLog => ({
  keys: [],
  attended: [],
  rows: 0,
  at: new Float64Array(room),
  key: new Int32Array(room),
  count: new Float64Array(room),
  ids: [],
});

function push(log: EventLog, { at, key, count, id }: { at: Stamp; key: number; count: number; id: string }): number {
  if (log.rows === log.at.length) widen(log);
  log.at[log.rows] = at;
  log.key[log.rows] = key;
  log.count[log.rows] = count;
  log.ids.push(id);
  return log.rows++;
}

function widen(log: EventLog): void {
  const wider = emptyLog(log.at.length * 2);
  wider.at.set(log.at);
  wider.key.set(log.key);
  wider.count.set(log.count);
  Object.assign(log, { at: wider.at, key: wider.key, count: wider.count });
}

/** Drops rows, and keys that no row has any more. */
function compact(log: EventLog, stays: (row: number) => boolean): void {
  const renamed = new Int32Array(log.keys.length).fill(-1);
  const keys: EventKey[] = [];
  const attended: number[] = [];
  let rows = 0;
  for (let row = 0; row < log.rows; row++) {
    if (!stays(row)) continue;
    const key = log.key[row]!;
    if (renamed[key] === -1) {
      renamed[key] = keys.push(log.keys[key]!) - 1;
      attended.push(log.attended[key]!);
    }
    log.at[rows] = log.at[row]!;
    log.key[rows] = renamed[key]!;
    log.count[rows] = log.count[row]!;
    log.ids[rows++] = log.ids[row]!;
  }
  log.ids.length = rows;
  Object.assign(log, { keys, attended, rows });
}
