import type { Matcher } from '../../memory.ts';
import type { Stamp } from '../../types.ts';
import { type EventKey, matcherOf } from './event-key.ts';
import type { EventLog } from './event-log.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
/** Without anything for so long, a session is over. */
export const pauseMs = 30 * minuteMs;

/** The time that is looked at. */
export interface Span {
  /** So many times 24 hours before `now`. */
  days: number;
  since: Stamp;
  now: Stamp;
  /** Local midnights, oldest first: of the day that holds `since`, up to today's. */
  dayStarts: readonly Stamp[];
  /** The first of them: what hours and minutes are counted from. */
  from: Stamp;
}

/** What happened, in time order: columns of rows, rows of each key, and the sessions they fell into. */
export interface Happenings {
  span: Span;
  rows: number;
  at: Float64Array;
  key: Int32Array;
  count: Float64Array;
  id(row: number): string;
  /** Stretches of activity; another begins after half an hour without anything, or after four hours. */
  session: Int32Array;
  keys: readonly EventKey[];
  attended: readonly number[];
  /** The rows of one key in time order. */
  rowsOf(key: number): Int32Array;
  /** When each of them was. */
  timesOf(key: number): Float64Array;
  /** Which observations the key means; null when no matcher can say so. */
  matcher(key: number): Matcher | null;
  /** Whether anything was seen after `after` and until `until`. */
  sawAnything(after: Stamp, until: Stamp): boolean;
}

/** The last days before `now`, at most 90; local days are where the owner's clock is. */
export function spanOf(now: Stamp, days: number): Span {
  const wanted = Math.min(90, Math.max(1, Math.floor(days) || 1));
  const today = new Date(now);
  const dayStarts = Array.from({ length: wanted + 1 }, (_, n) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() - wanted + n).getTime(),
  );
  const from = dayStarts[0]!;
  return { days: wanted, since: Math.max(from, now - wanted * dayMs), now, dayStarts, from };
}

/** The number of the day that holds it, 0 for the oldest. */
export function dayOf(span: Span, at: Stamp): number {
  let day = Math.min(span.days, Math.max(0, Math.floor((at - span.from) / dayMs)));
  while (day > 0 && at < span.dayStarts[day]!) day -= 1;
  while (day < span.days && at >= span.dayStarts[day + 1]!) day += 1;
  return day;
}

/** On how many of the last days there is one of these rows; the first and the last are parts of days and may count together. */
export function daysOf(seen: Happenings, rows: Iterable<number>): number {
  const days = new Set<number>();
  for (const row of rows) days.add(dayOf(seen.span, seen.at[row]!));
  return Math.min(days.size, seen.span.days);
}

/** Orders the log by time and by key; yields between its parts, each a few milliseconds at most for 300,000 rows. */
export function* orderHappenings(log: EventLog, span: Span): Generator<undefined, Happenings> {
  const { rows, keys, attended, ids } = log;
  const order = timeOrder(log, span);
  yield;
  const at = new Float64Array(rows);
  const key = new Int32Array(rows);
  const count = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const from = order[row]!;
    at[row] = log.at[from]!;
    key[row] = log.key[from]!;
    count[row] = log.count[from]!;
  }
  yield;
  const { starts, byKey, times } = groupByKey(at, key, keys.length);
  yield;
  const session = sessionsOf(at);
  yield;
  return {
    span,
    rows,
    at,
    key,
    count,
    id: (row) => ids[order[row]!]!,
    session,
    keys,
    attended,
    rowsOf: (n) => byKey.subarray(starts[n], starts[n + 1]),
    timesOf: (n) => times.subarray(starts[n], starts[n + 1]),
    matcher: (n) => matcherOf(keys[n]!, keys),
    sawAnything: (after, until) => {
      const next = at[firstAfter(at, after)];
      return next !== undefined && next <= until;
    },
  };
}

/** Rows of the log from the earliest on; those of one moment as they came. Time and row share one number, so that no comparison is called. */
function timeOrder(log: EventLog, span: Span): Float64Array {
  const room = 2 ** 19;
  const order = new Float64Array(log.rows);
  let sorted = true;
  for (let row = 0; row < log.rows; row++) {
    order[row] = (log.at[row]! - span.from) * room + row;
    if (row > 0 && order[row]! < order[row - 1]!) sorted = false;
  }
  if (!sorted) order.sort();
  for (let row = 0; row < log.rows; row++) order[row]! %= room;
  return order;
}

function groupByKey(at: Float64Array, key: Int32Array, keys: number) {
  const starts = new Int32Array(keys + 1);
  for (let row = 0; row < key.length; row++) starts[key[row]! + 1]! += 1;
  for (let n = 0; n < keys; n++) starts[n + 1]! += starts[n]!;
  const next = starts.slice();
  const byKey = new Int32Array(key.length);
  const times = new Float64Array(key.length);
  for (let row = 0; row < key.length; row++) {
    const place = next[key[row]!]!++;
    byKey[place] = row;
    times[place] = at[row]!;
  }
  return { starts, byKey, times };
}

function sessionsOf(at: Float64Array): Int32Array {
  const session = new Int32Array(at.length);
  let began = at[0] ?? 0;
  for (let row = 1; row < at.length; row++) {
    const another = at[row]! - at[row - 1]! > pauseMs || at[row]! - began > 4 * hourMs;
    session[row] = session[row - 1]! + (another ? 1 : 0);
    if (another) began = at[row]!;
  }
  return session;
}

/** The first row after that moment, by halving. */
function firstAfter(at: Float64Array, after: Stamp): number {
  let low = 0;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle]! <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
