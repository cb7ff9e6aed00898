import { apartMs, countApart, independentCases, windowsMs } from './cases.ts';
import type { Activity } from './chance.ts';
import type { Finding } from './finding.ts';
import type { Happenings } from './happenings.ts';
import {
  type Candidate,
  distinctSequences,
  leastHits,
  leastLift,
  type Sequence,
  sequenceFinding,
  sequenceOf,
} from './sequence-rules.ts';
import { binomialTail, countedTests, discoveries, falseShare, type Tests } from './statistics.ts';

/** What may be looked for as the end of a sequence; the worst come first. */
const endsAtMost = 100;
/** Of one end, the newest happenings that are looked behind for what came before, and how many happenings behind each. */
const lookedBehind = 50;
const farthestBack = 4_000;
/** Steps of work after which the loop may turn. */
const partSize = 50_000;
/** Of one end, the surest that are compared with each other. */
const perEndAtMost = 50;
/** More than a night may bring: only these are put into words. */
const tellAtMost = 20;

/**
 * A, then B within a window: serial episode rules of two events (Mannila, Toivonen and Verkamo 1997). A rule stays when B follows A more often
 * than it follows moments of activity picked by chance (binomial test over cases that lie apart, corrected over all keys, ends and windows
 * by Benjamini-Hochberg after Tarone), in at least three cases of two sessions, and at least twice as often. Of several A that come before
 * the same happenings of B the one with the best lift stays. Yields between parts.
 */
export function* sequences(seen: Happenings, activity: Activity): Generator<undefined, Finding[]> {
  const apart = new Map(
    [...new Set(windowsMs.map(apartMs))].map((gapMs) => [
      gapMs,
      seen.keys.map((_, key) => countApart(seen.timesOf(key), gapMs)),
    ]),
  );
  yield;
  const histograms = new Map([...apart].map(([gapMs, counts]) => [gapMs, histogramOf(counts)]));
  const tests: Tests = [];
  const candidates: Candidate[] = [];
  for (const second of endsOf(seen)) {
    const bases = windowsMs.map((withinMs) => activity.followedBy(seen.timesOf(second), withinMs));
    for (const [n, withinMs] of windowsMs.entries()) addTests(tests, bases[n]!, histograms.get(apartMs(withinMs))!);
    yield;
    if (bases[0]! * leastLift > 1) continue;
    let work = 0;
    for (const first of comingBefore(seen, second)) {
      const best = bestWindow(first, second, bases, seen);
      if (best) candidates.push(best);
      work += seen.timesOf(first).length + seen.timesOf(second).length;
      if (work > partSize) {
        work = 0;
        yield;
      }
    }
    yield;
  }
  const sure = discoveries(candidates, countedTests(tests));
  yield;
  const held: Sequence[] = [];
  const looked = new Map<number, number>();
  for (const [n, each] of sure.entries()) {
    const before = looked.get(each.second) ?? 0;
    looked.set(each.second, before + 1);
    const sequence = before < perEndAtMost ? sequenceOf(each, seen) : null;
    if (sequence) held.push(sequence);
    if (n % 50 === 49) yield;
  }
  yield;
  return distinctSequences(held)
    .toSorted((a, b) => b.importance - a.importance || (a.key < b.key ? -1 : 1))
    .slice(0, tellAtMost)
    .map((each) => sequenceFinding(each, seen));
}

/** Keys that are worth foreseeing: failures, warnings, and what was attended to; edits of files are the business of co-change. */
function endsOf(seen: Happenings): number[] {
  const rank = (key: number) => ({ failure: 2, warning: 1, plain: 0 })[seen.keys[key]!.level];
  return [...seen.keys.keys()]
    .filter((key) => seen.rowsOf(key).length >= leastHits && (rank(key) > 0 || isAttended(seen, key)))
    .toSorted((a, b) => rank(b) - rank(a) || seen.rowsOf(b).length - seen.rowsOf(a).length)
    .slice(0, endsAtMost);
}

const isAttended = (seen: Happenings, key: number) =>
  seen.attended[key]! >= leastHits && !seen.keys[key]!.type.startsWith('file-');

/** How many keys have so many cases that lie apart; from 64 on they count as 64, which only makes the correction stricter. */
function histogramOf(counts: readonly number[]): Int32Array {
  const histogram = new Int32Array(65);
  for (const count of counts) histogram[Math.min(64, count)]! += 1;
  return histogram;
}

/** Every key could come before this end; what it could show at best is that all its cases were followed. */
function addTests(tests: Tests, base: number, histogram: Int32Array): void {
  if (base * leastLift > 1) return;
  for (const [cases, times] of histogram.entries())
    if (cases >= 2 && times > 0) tests.push({ least: base ** cases, times });
}

/** Keys that came before at least three of the newest happenings of the end, inside the widest window. */
function comingBefore(seen: Happenings, second: number): number[] {
  const marked = new Int32Array(seen.keys.length).fill(-1);
  const times = new Int32Array(seen.keys.length);
  const widest = windowsMs.at(-1)!;
  const farthest = (end: number) => Math.max(0, end - farthestBack);
  for (const end of seen.rowsOf(second).slice(-lookedBehind))
    for (let row = end - 1; row >= farthest(end) && seen.at[end]! - seen.at[row]! <= widest; row--) {
      const key = seen.key[row]!;
      if (marked[key] === end) continue;
      marked[key] = end;
      times[key]! += 1;
    }
  return [...seen.keys.keys()].filter((key) => key !== second && times[key]! >= leastHits);
}

/** The window in which what was seen is least likely by chance; null when none shows anything. */
function bestWindow(first: number, second: number, bases: readonly number[], seen: Happenings): Candidate | null {
  const pair = { first: seen.timesOf(first), second: seen.timesOf(second) };
  let best: Candidate | null = null;
  for (const [n, base] of bases.entries()) {
    if (base * leastLift > 1) break;
    const { cases, hits } = independentCases(pair, windowsMs[n]!, seen.span.now);
    if (hits < 2 || hits < leastLift * base * cases) continue;
    const chance = binomialTail(hits, cases, base);
    if (chance <= falseShare && (!best || chance < best.chance))
      best = { first, second, withinMs: windowsMs[n]!, base, chance };
  }
  return best;
}
