import type { Finding } from './finding.ts';
import { type Happenings, hourMs } from './happenings.ts';
import { discoveries, poissonTail } from './statistics.ts';
import type { Theme } from './themes.ts';
import { counted, dateOf, evidenceOf, named, timeOf } from './wording.ts';

const least = 20;
/** Without hours to compare with, only a flood is unusual. */
const leastAlone = 200;
const leastHours = 3;
const timesUsual = 4;
const timesNext = 2;

interface Peak {
  theme: Theme;
  hour: number;
  count: number;
  usual: number;
  chance: number;
}

/**
 * Hours in which far more happened to one theme than in the others in which anything did: Poisson surprise (the tail of the count at the usual
 * rate), corrected over all themes and hours by Benjamini-Hochberg. Counts of work swing more than a Poisson process, so the hour must also
 * be four times the usual one and twice the next highest. Yields between themes.
 */
export function* bursts(seen: Happenings, themes: readonly Theme[]): Generator<undefined, Finding[]> {
  const counts = new Float64Array((seen.span.days + 1) * 25);
  const peaks: Peak[] = [];
  let tests = 0;
  for (const theme of themes) {
    counts.fill(0);
    for (const row of theme.rows) counts[hourOf(seen, row)]! += seen.count[row]!;
    const { peak, hours } = peakOf(theme, counts);
    tests += hours;
    if (peak) peaks.push(peak);
    yield;
  }
  return discoveries(peaks, tests).map((peak) => findingOf(peak, seen));
}

const hourOf = (seen: Happenings, row: number) => Math.floor((seen.at[row]! - seen.span.from) / hourMs);

function peakOf(theme: Theme, counts: Float64Array): { peak: Peak | null; hours: number } {
  let [hour, next, total, hours] = [0, 0, 0, 0];
  for (const [n, count] of counts.entries()) {
    total += count;
    if (count > 0) hours += 1;
    if (count > counts[hour]!) hour = n;
  }
  const count = counts[hour]!;
  for (const [n, other] of counts.entries()) if (Math.abs(n - hour) > 1) next = Math.max(next, other);
  const usual = Math.max(1, (total - count) / Math.max(1, hours - 1));
  const enough = count >= (hours - 1 < leastHours ? leastAlone : least);
  const unusual = enough && count >= timesUsual * usual && count >= timesNext * next;
  return { peak: unusual ? { theme, hour, count, usual, chance: poissonTail(count, usual) } : null, hours };
}

function findingOf({ theme, hour, count, usual }: Peak, seen: Happenings): Finding {
  const start = seen.span.from + hour * hourMs;
  const rows = theme.rows.filter((row) => hourOf(seen, row) === hour);
  const largest = rows.toSorted((a, b) => seen.count[b]! - seen.count[a]!).slice(0, 10);
  const nouns = theme.source.startsWith('file') ? 'change' : 'event';
  const worst = rows.some((row) => seen.keys[seen.key[row]!]!.level !== 'plain');
  return {
    kind: 'burst',
    key: `burst ${theme.name} ${dateOf(start)} ${timeOf(start)}`,
    text: `${counted(count, nouns)} in ${named(theme.target)} between ${timeOf(start)} and ${timeOf(start + hourMs)} on ${dateOf(start)}, where about ${Math.round(usual).toLocaleString('en')} in an hour ${Math.round(usual) === 1 ? 'is' : 'are'} usual.`,
    target: theme.target,
    rule: null,
    hits: 0,
    misses: 0,
    support: rows.length,
    confidence: 1 - usual / count,
    lift: count / usual,
    importance: (worst ? 0.5 : 0.35) + 0.01 * Math.min(10, Math.log2(count / usual)),
    evidence: evidenceOf(seen, largest),
  };
}
