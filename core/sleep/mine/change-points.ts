import type { Finding } from './finding.ts';
import { dayOf, type Happenings } from './happenings.ts';
import { discoveries, studentTail } from './statistics.ts';
import { dateOf, evidenceOf, said, targetOf } from './wording.ts';

const leastRows = 10;
/** Active days on each side of a change. */
const leastDays = 3;
const leastRatio = 2;

interface Change {
  key: number;
  /** The first day of the new level. */
  day: number;
  before: number;
  after: number;
  chance: number;
}

/**
 * Where the daily rate of an event moved to another level and stayed there: the split of the whole active days with the largest ratio of two
 * Poisson rates against its error, which is widened by the overdispersion inside both parts (quasi-likelihood, Wedderburn 1974); Student's
 * distribution, corrected over all keys and splits by Benjamini-Hochberg. Plain edits of files are left out: work moves on every day.
 * Yields between keys.
 */
export function* changePoints(seen: Happenings): Generator<undefined, Finding[]> {
  const days = activeDays(seen);
  if (days.length < 2 * leastDays) return [];
  const found: Change[] = [];
  let tests = 0;
  const counts = new Float64Array(seen.span.days + 1);
  for (const [key, event] of seen.keys.entries()) {
    const rows = seen.rowsOf(key);
    const matters = event.level !== 'plain' || !event.type.startsWith('file-');
    if (!matters || rows.length < leastRows) continue;
    counts.fill(0);
    for (const row of rows) counts[dayOf(seen.span, seen.at[row]!)]! += 1;
    const series = days.map((day) => counts[day]!);
    tests += series.length - 2 * leastDays + 1;
    const change = largestChange(series);
    if (change) found.push({ ...change, key, day: days[change.split]! });
    yield;
  }
  return discoveries(found, tests).map((change) => findingOf(change, seen));
}

/** Days on which anything happened, without the first and the last, which are not looked at whole. */
function activeDays(seen: Happenings): number[] {
  const active = new Set<number>();
  for (const at of seen.at) active.add(dayOf(seen.span, at));
  active.delete(0);
  active.delete(seen.span.days);
  return [...active].toSorted((a, b) => a - b);
}

function largestChange(series: readonly number[]): (Omit<Change, 'key' | 'day'> & { split: number }) | null {
  let best: { split: number; t: number; before: number; after: number } | null = null;
  for (let split = leastDays; split <= series.length - leastDays; split++) {
    const [first, second] = [series.slice(0, split), series.slice(split)];
    const [before, after] = [mean(first), mean(second)];
    const wide = Math.max(1, (scatter(first, before) + scatter(second, after)) / (series.length - 2));
    const [sumFirst, sumSecond] = [before * first.length + 0.5, after * second.length + 0.5];
    const ratio = Math.log(sumSecond / second.length / (sumFirst / first.length));
    const t = Math.abs(ratio) / Math.sqrt(wide * (1 / sumFirst + 1 / sumSecond));
    if (!best || t > best.t) best = { split, t, before, after };
  }
  if (!best) return null;
  const [low, high] = [Math.min(best.before, best.after), Math.max(best.before, best.after)];
  if (high < leastRatio * low || high - low < 1) return null;
  return { ...best, chance: studentTail(best.t, series.length - 2) };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Pearson's sum: near the number of values for a Poisson process, more where counts swing more. */
const scatter = (values: readonly number[], rate: number) =>
  rate === 0 ? 0 : values.reduce((sum, value) => sum + (value - rate) ** 2, 0) / rate;

function findingOf({ key, day, before, after, chance }: Change, seen: Happenings): Finding {
  const event = seen.keys[key]!;
  const rows = seen.rowsOf(key);
  const rising = after > before;
  const weight = event.level === 'plain' ? 0.38 : rising ? 0.56 : 0.46;
  return {
    kind: 'change-point',
    key: `change-point ${event.name} ${rising ? 'up' : 'down'}`,
    text: `${said(event)} about ${before.toFixed(1)} times a day before ${dateOf(seen.span.dayStarts[day]!)} and about ${after.toFixed(1)} times a day since then.`,
    target: targetOf(event),
    rule: null,
    hits: 0,
    misses: 0,
    support: rows.length,
    confidence: 1 - chance,
    lift: before > 0 && after > 0 ? Math.max(after / before, before / after) : null,
    importance: weight,
    evidence: evidenceOf(seen, rows.slice(-10)),
  };
}
