import { ruleConfidence } from '../../attend/confidence.ts';
import { countCases } from './cases.ts';
import type { Finding } from './finding.ts';
import { type Happenings, minuteMs } from './happenings.ts';
import { discoveries, falseShare, togetherTail } from './statistics.ts';
import { dateOf, evidenceOf, named, targetOf } from './wording.ts';

const pauseMs = 10 * minuteMs;
const longestMs = 30 * minuteMs;
const mostTogether = 40;
/** So many different files in so short a time are one sweep of a tool, not work on things that belong together. */
const sweep = { files: 20, withinMs: 10_000, pauseMs: minuteMs };
const mostFiles = 1_000;
const leastTogether = 3;
const leastShare = 0.5;
const leastLift = 2;
const leastConfidence = 0.3;
const perFile = 2;
/** More than a night may bring. */
const tellAtMost = 20;
/** The surest, of which those are chosen. */
const pairsAtMost = 2_000;

/** Keys that changed in one stretch of work in one place. */
interface Stretch {
  /** The first row of each. */
  rows: Map<number, number>;
  /** When each of them came in. */
  times: number[];
  lastAt: number;
  isSweep: boolean;
}

interface Couple {
  a: number;
  b: number;
  together: number;
  chance: number;
}

/**
 * Files that change together: association rules (Agrawal, Imieliński and Swami 1993) over stretches of work, each up to a commit, a pause of ten
 * minutes or half an hour. Sweeps over many files are left out (as in Zimmermann et al. 2004). Exact test (Fisher 1935), corrected over all
 * couples of files by Benjamini-Hochberg. Yields between parts.
 */
export function* coChanges(seen: Happenings): Generator<undefined, Finding[]> {
  const stretches = stretchesOf(seen);
  yield;
  const { files, counts } = frequentFiles(stretches, seen.keys.length);
  yield;
  const together = new Uint16Array(files.length ** 2);
  const number = new Map(files.map((key, n) => [key, n]));
  let work = 0;
  for (const { rows } of stretches) {
    const inside = [...rows.keys()].flatMap((key) => number.get(key) ?? []).toSorted((a, b) => a - b);
    for (const [n, a] of inside.entries())
      for (const b of inside.slice(n + 1))
        if (together[a * files.length + b]! < 65_535) together[a * files.length + b]! += 1;
    work += inside.length ** 2;
    if (work > 200_000) {
      work = 0;
      yield;
    }
  }
  const couples: Couple[] = [];
  for (const [n, a] of files.entries()) {
    for (let m = n + 1; m < files.length; m++) {
      const both = together[n * files.length + m]!;
      const b = files[m]!;
      const [inA, inB] = [counts[a]!, counts[b]!];
      if (both < leastTogether || (both * stretches.length) / (inA * inB) < leastLift) continue;
      const chance = togetherTail(both, inA, inB, stretches.length);
      if (chance <= falseShare) couples.push({ a, b, together: both, chance });
    }
    if (n % 10 === 0) yield;
  }
  const sure = discoveries(couples, (files.length * (files.length - 1)) / 2);
  yield;
  const inStretches = stretchesOfFiles(stretches);
  const pairs: Pair[] = [];
  for (const [n, couple] of sure.entries()) {
    const pair = pairOf(couple, inStretches, counts, seen);
    if (pair && pairs.push(pair) === pairsAtMost) break;
    if (n % 200 === 199) yield;
  }
  yield;
  return distinct(pairs, seen)
    .slice(0, tellAtMost)
    .map((pair) => findingOf(pair, stretches.length, counts, seen));
}

/** The stretches in which each file changed, in time order. */
function stretchesOfFiles(stretches: readonly Stretch[]): Map<number, Stretch[]> {
  const found = new Map<number, Stretch[]>();
  for (const stretch of stretches)
    for (const key of stretch.rows.keys()) {
      const there = found.get(key);
      if (there) there.push(stretch);
      else found.set(key, [stretch]);
    }
  return found;
}

function stretchesOf(seen: Happenings): Stretch[] {
  const all: Stretch[] = [];
  const open = new Map<string | null, Stretch>();
  for (let row = 0; row < seen.rows; row++) {
    const key = seen.key[row]!;
    const { type, place } = seen.keys[key]!;
    const at = seen.at[row]!;
    if (type.startsWith('commit-')) open.delete(place);
    if (type !== 'file-changed') continue;
    let stretch = open.get(place);
    if (!stretch || isOver(stretch, at)) {
      stretch = { rows: new Map(), times: [], lastAt: at, isSweep: false };
      open.set(place, stretch);
      all.push(stretch);
    }
    addTo(stretch, key, row, at);
  }
  return all.filter((each) => !each.isSweep);
}

function isOver({ rows, times, lastAt, isSweep }: Stretch, at: number): boolean {
  if (isSweep) return at - lastAt > sweep.pauseMs;
  return at - lastAt > pauseMs || at - times[0]! > longestMs || rows.size >= mostTogether;
}

function addTo(stretch: Stretch, key: number, row: number, at: number): void {
  stretch.lastAt = at;
  if (stretch.isSweep || stretch.rows.has(key)) return;
  stretch.rows.set(key, row);
  stretch.times.push(at);
  const before = stretch.times.at(-sweep.files);
  if (before !== undefined && at - before <= sweep.withinMs) stretch.isSweep = true;
}

/** The files that changed in at least three stretches, the most frequent first (a couple is no more frequent than each of it). */
function frequentFiles(stretches: readonly Stretch[], keys: number) {
  const counts = new Int32Array(keys);
  for (const { rows } of stretches) for (const key of rows.keys()) counts[key]! += 1;
  const files = [...counts.keys()].filter((key) => counts[key]! >= leastTogether);
  return { counts, files: files.toSorted((a, b) => counts[b]! - counts[a]! || a - b).slice(0, mostFiles) };
}

/** A couple that is worth telling, before it is put into words: of thousands only the surest are. */
interface Pair {
  a: number;
  b: number;
  together: number;
  shared: readonly Stretch[];
  rule: ReturnType<typeof testable>;
  confidence: number;
}

function pairOf(
  couple: Couple,
  inStretches: ReadonlyMap<number, readonly Stretch[]>,
  counts: Int32Array,
  seen: Happenings,
): Pair | null {
  // The rarer of the two says more about the other.
  const [a, b] = counts[couple.a]! <= counts[couple.b]! ? [couple.a, couple.b] : [couple.b, couple.a];
  const share = couple.together / counts[a]!;
  const sureness = ruleConfidence({ hits: couple.together, misses: counts[a]! - couple.together });
  if (share < leastShare || sureness < leastConfidence) return null;
  const shared = (inStretches.get(a) ?? []).filter(({ rows }) => rows.has(b));
  const sessions = new Set(shared.map(({ rows }) => seen.session[rows.get(a)!]!)).size;
  if (sessions < 2) return null;
  const rule = testable(a, b, seen) ?? testable(b, a, seen);
  return { a, b, together: couple.together, shared, rule, confidence: rule ? ruleConfidence(rule) : sureness };
}

function findingOf(
  { a, b, together, shared, rule, confidence }: Pair,
  stretches: number,
  counts: Int32Array,
  seen: Happenings,
): Finding {
  const [first, second] = [seen.keys[a]!, seen.keys[b]!];
  return {
    kind: 'co-change',
    key: keyOf(first, second),
    text: `${named(targetOf(first))} changed together with ${named(targetOf(second))} in ${together} of ${counts[a]} stretches of work, first on ${dateOf(seen.at[shared[0]!.rows.get(a)!]!)}.`,
    target: null,
    rule: rule && rule.rule,
    hits: rule?.hits ?? 0,
    misses: rule?.misses ?? 0,
    support: together,
    confidence,
    lift: (together * stretches) / (counts[a]! * counts[b]!),
    importance: 0.36 + 0.14 * confidence,
    evidence: evidenceOf(
      seen,
      shared.slice(-5).flatMap(({ rows }) => [rows.get(a)!, rows.get(b)!]),
    ),
  };
}

const keyOf = (first: { name: string }, second: { name: string }) =>
  `co-change ${[first.name, second.name].toSorted().join(' + ')}`;

/** The couple as a rule that the coming days can test; null when the second usually does not come after the first. */
function testable(a: number, b: number, seen: Happenings) {
  const [when, then] = [seen.matcher(a), seen.matcher(b)];
  const { hits, misses } = countCases({ first: seen.timesOf(a), second: seen.timesOf(b) }, longestMs, seen);
  const holds = hits >= leastTogether && ruleConfidence({ hits, misses }) >= leastConfidence;
  return when && then && holds ? { rule: { when, then, withinMs: longestMs }, hits, misses } : null;
}

/** The surest first; a file that stands in two already says nothing new in a third. */
function distinct(found: readonly Pair[], seen: Happenings): Pair[] {
  const used = new Map<number, number>();
  const key = ({ a, b }: Pair) => keyOf(seen.keys[a]!, seen.keys[b]!);
  return found
    .toSorted((x, y) => y.confidence - x.confidence || y.together - x.together || (key(x) < key(y) ? -1 : 1))
    .filter(({ a, b }) => {
      const fresh = [a, b].every((file) => (used.get(file) ?? 0) < perFile);
      if (fresh) for (const file of [a, b]) used.set(file, (used.get(file) ?? 0) + 1);
      return fresh;
    });
}
