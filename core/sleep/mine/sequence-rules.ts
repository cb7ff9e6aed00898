import { ruleConfidence } from '../../attend/confidence.ts';
import { countCases } from './cases.ts';
import type { Finding } from './finding.ts';
import type { Happenings } from './happenings.ts';
import { counted, dateOf, evidenceOf, lasting, said, targetOf } from './wording.ts';

export const leastHits = 3;
export const leastLift = 2;
const leastConfidence = 0.3;
const leastSessions = 2;
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

/** A sequence that holds, with what is needed to compare it with others of the same end. */
export interface Sequence {
  finding: Finding;
  second: number;
  /** Happenings of the end that it foretold. */
  foretold: readonly number[];
  /** Lower bound of the lift. */
  lift: number;
  /** Mean time from the first to the second. */
  lagMs: number;
}

/** The candidate with its cases counted; null when they are too few, too unsure, from one session, or no rule can say what is meant. */
export function sequenceOf(candidate: Candidate, seen: Happenings): Sequence | null {
  const { first, second, withinMs } = candidate;
  const [when, then] = [seen.matcher(first), seen.matcher(second)];
  const times = { first: seen.timesOf(first), second: seen.timesOf(second) };
  const { hits, misses, followed } = countCases(times, withinMs, seen);
  const base = Math.max(candidate.base, 1e-6);
  const lift = hits / (hits + misses) / base;
  const confidence = ruleConfidence({ hits, misses });
  const sessions = new Set(followed.map((each) => seen.session[seen.rowsOf(first)[each.first]!])).size;
  const weak = hits < leastHits || sessions < leastSessions || confidence < leastConfidence || lift < leastLift;
  if (!when || !then || weak) return null;
  const lags = followed.map((each) => times.second[each.second]! - times.first[each.first]!);
  return {
    second,
    foretold: followed.map((each) => each.second),
    lift: confidence / base,
    lagMs: lags.reduce((sum, lag) => sum + lag, 0) / hits,
    finding: {
      ...wordsOf(candidate, seen, { hits, misses, followed }),
      kind: 'sequence',
      rule: { when, then, withinMs },
      hits,
      misses,
      support: hits,
      confidence,
      lift,
      importance: { failure: 0.6, warning: 0.5, plain: 0.4 }[seen.keys[second]!.level] + 0.2 * confidence,
    },
  };
}

function wordsOf(
  { first, second, withinMs }: Candidate,
  seen: Happenings,
  { hits, misses, followed }: ReturnType<typeof countCases>,
): Pick<Finding, 'key' | 'text' | 'target' | 'evidence'> {
  const [a, b] = [seen.keys[first]!, seen.keys[second]!];
  const [rowsA, rowsB] = [seen.rowsOf(first), seen.rowsOf(second)];
  const since = dateOf(seen.timesOf(first)[followed[0]!.first]!);
  const rows = followed.slice(-5).flatMap((each) => [rowsA[each.first]!, rowsB[each.second]!]);
  return {
    key: `sequence ${a.name} > ${b.name}`,
    text: `After ${said(a)}, ${said(b)} within ${lasting(withinMs)} in ${hits} of ${counted(hits + misses, 'case')}, first on ${since}.`,
    target: targetOf(b),
    evidence: evidenceOf(seen, rows),
  };
}

/** Per end the few best that foretell something of their own: what comes together with a better one says nothing more. */
export function distinctSequences(found: readonly Sequence[]): Finding[] {
  const best = found.toSorted(
    (a, b) => b.lift - a.lift || a.lagMs - b.lagMs || (a.finding.key < b.finding.key ? -1 : 1),
  );
  const kept: Sequence[] = [];
  for (const each of best) {
    const others = kept.filter((other) => other.second === each.second);
    const known = new Set(others.flatMap((other) => other.foretold));
    const own = each.foretold.filter((row) => !known.has(row)).length;
    if (others.length < perEnd && own >= leastHits && own >= each.foretold.length / 2) kept.push(each);
  }
  return kept.map((each) => each.finding);
}
