import type { Stamp } from '../../types.ts';
import { type Happenings, minuteMs, pauseMs } from './happenings.ts';

/** Windows in which something may follow. */
export const windowsMs = [2, 10, 30, 120].map((minutes) => minutes * minuteMs);

/** Times of one thing and of another, each in order. */
export interface Pair {
  first: Float64Array;
  second: Float64Array;
}

/** Until when anything could be seen, and whether anything was. */
export type Watched = Pick<Happenings, 'span' | 'sawAnything'>;

export interface Cases {
  hits: number;
  misses: number;
  /** For each hit, the places in `first` and `second`. */
  followed: { first: number; second: number }[];
}

/**
 * Cases of "when the first, then the other within `withinMs`", told apart as expectations are: a case is open until it is met or its time
 * is over, and what happens meanwhile opens no other one. A case whose time is not over yet counts as
 * neither, and so does one after which nothing at all was seen for half an hour: nobody may have been looking.
 */
export function countCases({ first, second }: Pair, withinMs: number, { span, sawAnything }: Watched): Cases {
  const cases: Cases = { hits: 0, misses: 0, followed: [] };
  let closedAt = -Infinity;
  let next = 0;
  for (let place = 0; place < first.length; place++) {
    const at = first[place]!;
    if (at < closedAt) continue;
    while (next < second.length && second[next]! <= at) next += 1;
    const follows = next < second.length && second[next]! - at <= withinMs;
    if (follows) {
      cases.hits += 1;
      cases.followed.push({ first: place, second: next });
    } else if (at + withinMs > span.now) break;
    else if (sawAnything(at, at + Math.max(withinMs, pauseMs))) cases.misses += 1;
    closedAt = follows ? second[next]! : at + withinMs;
  }
  return cases;
}

/** Cases that may be taken as independent of each other lie at least so far apart. */
export const apartMs = (withinMs: number) => Math.max(withinMs, pauseMs);

/** Each time that is at least `gapMs` after the one before it that counted. */
export function countApart(times: Float64Array, gapMs: number): number {
  let count = 0;
  let last = -Infinity;
  for (const at of times)
    if (at - last >= gapMs) {
      count += 1;
      last = at;
    }
  return count;
}

/** Independent cases: how many there were and how many were followed in time. */
export function independentCases(
  { first, second }: Pair,
  withinMs: number,
  now: Stamp,
): { cases: number; hits: number } {
  const gapMs = apartMs(withinMs);
  const counts = { cases: 0, hits: 0 };
  let last = -Infinity;
  let next = 0;
  for (let place = 0; place < first.length; place++) {
    const at = first[place]!;
    if (at - last < gapMs) continue;
    while (next < second.length && second[next]! <= at) next += 1;
    const follows = next < second.length && second[next]! - at <= withinMs;
    if (!follows && at + withinMs > now) continue;
    last = at;
    counts.cases += 1;
    if (follows) counts.hits += 1;
  }
  return counts;
}
