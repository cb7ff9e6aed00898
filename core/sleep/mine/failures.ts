import { ruleConfidence } from '../../attend/confidence.ts';
import { countCases } from './cases.ts';
import type { Finding } from './finding.ts';
import { dayMs, daysOf, type Happenings, hourMs, minuteMs } from './happenings.ts';
import { counted, dateOf, evidenceOf, lasting, said, targetOf } from './wording.ts';

/** Times within which a failure may be expected again. */
const againMs = [10 * minuteMs, 30 * minuteMs, 2 * hourMs, 8 * hourMs, dayMs, 3 * dayMs, 7 * dayMs];
const least = { failure: { times: 3, days: 1 }, warning: { times: 5, days: 2 } };

/** What failed again and again: on how many days, since when, and how soon it is likely to fail again. Yields after each key. */
export function* repeatedFailures(seen: Happenings): Generator<undefined, Finding[]> {
  const found: Finding[] = [];
  for (const [key, { level }] of seen.keys.entries()) {
    if (level === 'plain') continue;
    const rows = seen.rowsOf(key);
    const days = daysOf(seen, rows);
    if (rows.length >= least[level].times && days >= least[level].days) found.push(repeatedFailure(seen, key, days));
    yield;
  }
  return found;
}

function repeatedFailure(seen: Happenings, key: number, days: number): Finding {
  const event = seen.keys[key]!;
  const rows = seen.rowsOf(key);
  const times = seen.timesOf(key);
  const gaps = times.slice(1).map((at, n) => at - times[n]!);
  const withinMs = usualMs(gaps);
  const matcher = seen.matcher(key);
  const { hits, misses } = matcher
    ? countCases({ first: times, second: times }, withinMs, seen)
    : { hits: 0, misses: 0 };
  const total = rows.reduce((sum, row) => sum + seen.count[row]!, 0);
  const usual = gaps.toSorted()[Math.floor(gaps.length / 2)]!;
  const worst = event.level === 'failure' ? 0.66 : 0.5;
  return {
    kind: 'repeated-failure',
    key: `repeated-failure ${event.name}`,
    text: `${said(event)} ${counted(total, 'time')} on ${days} of the last ${counted(seen.span.days, 'day')}, first on ${dateOf(times[0]!)}, usually again after about ${lasting(usual)}.`,
    target: targetOf(event),
    rule: matcher && { when: matcher, then: matcher, withinMs },
    hits,
    misses,
    support: rows.length,
    confidence: matcher
      ? ruleConfidence({ hits, misses })
      : ruleConfidence({ hits: days, misses: seen.span.days - days }),
    lift: null,
    importance: worst + (0.1 * days) / seen.span.days + 0.002 * Math.min(20, rows.length),
    evidence: evidenceOf(seen, rows.slice(-10)),
  };
}

/** The shortest of the usual times that holds three in four of the gaps. */
function usualMs(gaps: Float64Array): number {
  const within = (limitMs: number) => gaps.reduce((sum, gap) => sum + (gap <= limitMs ? 1 : 0), 0);
  return againMs.find((limitMs) => within(limitMs) >= 0.75 * gaps.length) ?? againMs.at(-1)!;
}
