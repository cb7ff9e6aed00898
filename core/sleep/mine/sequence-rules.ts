import { ruleConfidence } from '../../attend/confidence.ts';
import type { Rule } from '../../memory.ts';
import { type Cases, countCases } from './cases.ts';
import type { Finding } from './finding.ts';
import type { Happenings } from './happenings.ts';
import { counted, dateOf, evidenceOf, lasting, said, targetOf } from './wording.ts';

export const leastHits = 3;
export const leastLift = 2;
const leastConfidence = 0.3;
const perEnd = 2;

/** A pair that may be a sequence: the key that came first, the one that followed, and how likely that is by chance alone. */
export interface Candidate {
  first: number;
  second: number;
  withinMs: number;
  /** That it would follow a moment of activity picked by chance. */
  base: number;
  chance: number;
}

/** A sequence that holds, before it is put into words: with what is needed to compare it with others of the same end. */
export interface Sequence extends Candidate {
  key: string;
  rule: Rule;
  hits: number;
  misses: number;
  followed: Cases['followed'];
  confidence: number;
  /** How much more often than by chance, and the lower bound of that. */
  lift: number;
  leastLift: number;
  /** Mean time from the first to the second. */
  lagMs: number;
  importance: number;
}

/** The candidate with its cases counted; null when they are too few, too unsure, from one session, or no rule can say what is meant. */
export function sequenceOf(candidate: Candidate, seen: Happenings): Sequence | null {
  const { first, second, withinMs } = candidate;
  const times = { first: seen.timesOf(first), second: seen.timesOf(second) };
  const { hits, misses, followed } = countCases(times, withinMs, seen);
  const base = Math.max(candidate.base, 1e-6);
  const lift = hits / (hits + misses) / base;
  const confidence = ruleConfidence({ hits, misses });
  if (hits < leastHits || confidence < leastConfidence || lift < leastLift) return null;
  const rows = seen.rowsOf(first);
  const sessionOf = (each: { first: number }) => seen.session[rows[each.first]!]!;
  // Cases are in time order: when the first and the last are of one session, all are.
  if (sessionOf(followed[0]!) === sessionOf(followed.at(-1)!)) return null;
  const [when, then] = [seen.matcher(first), seen.matcher(second)];
  if (!when || !then) return null;
  let lags = 0;
  for (const each of followed) lags += times.second[each.second]! - times.first[each.first]!;
  return {
    ...candidate,
    key: `sequence ${seen.keys[first]!.name} > ${seen.keys[second]!.name}`,
    rule: { when, then, withinMs },
    hits,
    misses,
    followed,
    confidence,
    lift,
    leastLift: confidence / base,
    lagMs: lags / hits,
    importance: { failure: 0.6, warning: 0.5, plain: 0.4 }[seen.keys[second]!.level] + 0.2 * confidence,
  };
}

/** The sequence in words, with what it rests on. */
export function sequenceFinding(sequence: Sequence, seen: Happenings): Finding {
  const { key, first, second, rule, hits, misses, followed, confidence, lift, importance } = sequence;
  const [a, b] = [seen.keys[first]!, seen.keys[second]!];
  const [rowsA, rowsB] = [seen.rowsOf(first), seen.rowsOf(second)];
  const since = dateOf(seen.timesOf(first)[followed[0]!.first]!);
  const rows = followed.slice(-5).flatMap((each) => [rowsA[each.first]!, rowsB[each.second]!]);
  return {
    kind: 'sequence',
    key,
    text: `After ${said(a)}, ${said(b)} within ${lasting(rule.withinMs)} in ${hits} of ${counted(hits + misses, 'case')}, first on ${since}.`,
    target: targetOf(b),
    rule,
    hits,
    misses,
    support: hits,
    confidence,
    lift,
    importance,
    evidence: evidenceOf(seen, rows),
  };
}

/** Per end the few best that foretell something of their own: what comes together with a better one says nothing more. */
export function distinctSequences(found: readonly Sequence[]): Sequence[] {
  return [...Map.groupBy(found, ({ second }) => second).values()].flatMap(distinctOfOneEnd);
}

function distinctOfOneEnd(found: readonly Sequence[]): Sequence[] {
  const best = found.toSorted((a, b) => b.leastLift - a.leastLift || a.lagMs - b.lagMs || (a.key < b.key ? -1 : 1));
  const known = new Set<number>();
  const kept: Sequence[] = [];
  for (const each of best) {
    const own = each.followed.filter(({ second }) => !known.has(second)).length;
    if (own < leastHits || own < each.hits / 2) continue;
    for (const { second } of each.followed) known.add(second);
    if (kept.push(each) === perEnd) break;
  }
  return kept;
}
