import { ruleConfidence } from '../../attend/confidence.ts';
import type { Activity } from './chance.ts';
import type { Finding } from './finding.ts';
import { dayOf, type Happenings, minuteMs } from './happenings.ts';
import { binomialTail, discoveries } from './statistics.ts';
import { dateOf, evidenceOf, said, targetOf, timeOf } from './wording.ts';

const leastDays = 4;
const leastShare = 0.6;
const leastLift = 2;
/** Starts of the hours that are tried: every half hour. */
const starts = 47;

interface Rhythm {
  key: number;
  weekdays: boolean;
  days: number;
  of: number;
  lift: number;
  chance: number;
  rows: number[];
}

/** Per local day with the event: how often it happened, and its rows by half hour. */
type Days = Map<number, { count: number; rows: Map<number, number> }>;

/**
 * What happens at about the same hour on most active days, or most active weekdays: on more of its days than it would if it fell on the hours
 * of the day as all other activity does (binomial test, corrected over keys, hours and kinds of day by Benjamini-Hochberg). Yields between keys.
 */
export function* rhythms(seen: Happenings, activity: Activity): Generator<undefined, Finding[]> {
  const active = new Set<number>();
  for (const at of seen.at) active.add(dayOf(seen.span, at));
  const calendars = [false, true].map((weekdays) => ({
    weekdays,
    days: [...active].filter((day) => !weekdays || isWeekday(seen, day)),
  }));
  yield;
  const found: Rhythm[] = [];
  let tests = 0;
  for (const key of seen.keys.keys()) {
    if (seen.rowsOf(key).length < leastDays) continue;
    const days = daysWith(seen, key);
    if (days.size < leastDays) continue;
    const tried = calendars.flatMap((calendar) => bestHour(days, calendar, activity.halfHours) ?? []);
    tests += starts * calendars.length;
    const best = tried.toSorted((a, b) => a.chance - b.chance || a.of - b.of)[0];
    if (best) found.push({ ...best, key });
    yield;
  }
  return discoveries(found, tests).map((rhythm) => findingOf(rhythm, seen));
}

const isWeekday = (seen: Happenings, day: number) => ![0, 6].includes(new Date(seen.span.dayStarts[day]!).getDay());

function daysWith(seen: Happenings, key: number): Days {
  const days: Days = new Map();
  for (const row of seen.rowsOf(key)) {
    const at = seen.at[row]!;
    const day = dayOf(seen.span, at);
    const half = Math.min(starts, Math.floor((at - seen.span.dayStarts[day]!) / (30 * minuteMs)));
    const entry = days.get(day) ?? { count: 0, rows: new Map<number, number>() };
    entry.count += 1;
    entry.rows.set(half, row);
    days.set(day, entry);
  }
  return days;
}

function bestHour(
  days: Days,
  calendar: { weekdays: boolean; days: readonly number[] },
  halfHours: readonly number[],
): Omit<Rhythm, 'key'> | null {
  let best: Omit<Rhythm, 'key'> | null = null;
  const those = calendar.days.flatMap((day) => days.get(day) ?? []);
  for (let start = 0; start < starts; start++) {
    const rows = those.flatMap((day) => day.rows.get(start) ?? day.rows.get(start + 1) ?? []);
    if (rows.length < leastDays || rows.length < leastShare * calendar.days.length) continue;
    const share = halfHours[start]! + halfHours[start + 1]!;
    const base = those.reduce((sum, day) => sum + 1 - (1 - share) ** day.count, 0) / those.length;
    const lift = rows.length / those.length / Math.max(base, 1e-6);
    if (lift < leastLift) continue;
    const chance = binomialTail(rows.length, those.length, base);
    if (!best || chance < best.chance)
      best = { weekdays: calendar.weekdays, days: rows.length, of: calendar.days.length, lift, chance, rows };
  }
  return best;
}

function findingOf({ key, weekdays, days, of, lift, rows }: Rhythm, seen: Happenings): Finding {
  const event = seen.keys[key]!;
  const confidence = ruleConfidence({ hits: days, misses: of - days });
  const hour = rows.map((row) => seen.at[row]!).toSorted((a, b) => timeOf(a).localeCompare(timeOf(b)));
  const middle = hour[Math.floor(hour.length / 2)]!;
  const span = `${days} of ${of} active ${weekdays ? 'weekdays' : 'days'} since ${dateOf(seen.at[0]!)}`;
  return {
    kind: 'rhythm',
    key: `rhythm ${event.name}`,
    text: `${said(event)} at about ${timeOf(middle)} on ${span}.`,
    target: targetOf(event),
    rule: null,
    hits: 0,
    misses: 0,
    support: days,
    confidence,
    lift,
    importance: 0.34 + 0.12 * confidence,
    evidence: evidenceOf(seen, rows.toSorted((a, b) => a - b).slice(-10)),
  };
}
