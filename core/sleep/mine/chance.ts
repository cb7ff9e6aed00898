import { type Happenings, minuteMs } from './happenings.ts';

/** How likely something follows a moment of activity that was picked by chance. */
export interface Activity {
  /** The share of active moments that one of `times` follows within `withinMs`; 0..1. */
  followedBy(times: Float64Array, withinMs: number): number;
  /** The share of activity that fell into each half hour of the day (local), 48 of them. */
  halfHours: readonly number[];
}

/** A minute weighs by what happened in it, but one flood must not be all that ever happened. */
const weightAtMost = 10;

/** Minutes with any activity, each with its weight. */
export function activityOf(seen: Happenings): Activity {
  const { from, now, dayStarts } = seen.span;
  const minutes = Math.floor((now - from) / minuteMs) + 1;
  const weights = new Uint8Array(minutes);
  for (const at of seen.at) {
    const minute = Math.floor((at - from) / minuteMs);
    if (weights[minute]! < weightAtMost) weights[minute]! += 1;
  }
  const before = new Float64Array(minutes + 1);
  for (let minute = 0; minute < minutes; minute++) before[minute + 1] = before[minute]! + weights[minute]!;
  const all = Math.max(1, before[minutes]!);

  function followedBy(times: Float64Array, withinMs: number): number {
    let sum = 0;
    let done = 0;
    for (const at of times) {
      const start = Math.max(done, Math.floor((at - withinMs - from) / minuteMs), 0);
      done = Math.max(start, Math.ceil((at - from) / minuteMs));
      sum += before[Math.min(minutes, done)]! - before[Math.min(minutes, start)]!;
    }
    return Math.min(1, sum / all);
  }

  const halfHours = Array.from({ length: 48 }, () => 0);
  for (const start of dayStarts)
    for (let half = 0; half < 48; half++) {
      const minute = Math.floor((start - from) / minuteMs) + half * 30;
      const end = Math.min(minutes, minute + 30);
      if (minute < minutes) halfHours[half]! += (before[end]! - before[minute]!) / all;
    }
  return { followedBy, halfHours };
}
