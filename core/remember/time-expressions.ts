import type { Stamp } from '../types.ts';

/** A stretch of time that a text speaks of. */
export interface TimeSpan {
  /** Inclusive. */
  from: Stamp;
  /** Exclusive. */
  until: Stamp;
  /** The words that say so, as they stand in the text. */
  words: string;
}

/** From midnight to midnight, in the owner's time zone; `days` after `day` may be negative. */
const midnight = (day: Date, days = 0) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).getTime();
const hourOf = (day: Date, days: number, hour: number) =>
  new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, hour).getTime();

type Stretch = { from: Stamp; until: Stamp };
type Reader = (found: RegExpMatchArray, now: Date) => Stretch | null;

const monthNames = 'january february march april may june july august september october november december'.split(' ');
const dayNames = 'sunday monday tuesday wednesday thursday friday saturday sunday'.split(' ');
const numberNames = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
const months =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const weekdays = 'mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?';
const amount = `\\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:a )?few|(?:a )?couple(?: of)?|several`;
const units = 'minutes?|hours?|days?|weeks?|months?|years?';
const parts = 'morning|afternoon|evening|night';
const ordinal = '(?:st|nd|rd|th)?';

const monthOf = (name: string) => monthNames.findIndex((each) => each.startsWith(name.slice(0, 3).toLowerCase()));
const weekdayOf = (name: string) => dayNames.findIndex((each) => each.startsWith(name.slice(0, 3).toLowerCase()));

function amountOf(words: string): number {
  if (/few|several/.test(words)) return 3;
  if (/couple/.test(words)) return 2;
  if (/^an?$/.test(words)) return 1;
  const named = numberNames.indexOf(words);
  return named >= 0 ? named : Number(words);
}

const day = (at: Date, days = 0): Stretch => ({ from: midnight(at, days), until: midnight(at, days + 1) });

function partOfDay(at: Date, days: number, part: string): Stretch {
  const hours: Record<string, [number, number]> = {
    morning: [4, 12],
    afternoon: [12, 18],
    evening: [17, 24],
    night: [20, 30],
  };
  const [from, until] = hours[part] ?? [0, 24];
  return { from: hourOf(at, days, from), until: hourOf(at, days, until) };
}

/** Weeks begin on Monday. */
const mondayBefore = (at: Date) => -((at.getDay() + 6) % 7);
const weekAt = (at: Date, weeks: number): Stretch => {
  const monday = mondayBefore(at) + 7 * weeks;
  return { from: midnight(at, monday), until: midnight(at, monday + 7) };
};
const weekendAt = (at: Date, weeks: number): Stretch => {
  const saturday = mondayBefore(at) + 7 * weeks + 5;
  return { from: midnight(at, saturday), until: midnight(at, saturday + 2) };
};
const monthAt = (year: number, month: number): Stretch => ({
  from: new Date(year, month, 1).getTime(),
  until: new Date(year, month + 1, 1).getTime(),
});
const yearAt = (year: number): Stretch => ({
  from: new Date(year, 0, 1).getTime(),
  until: new Date(year + 1, 0, 1).getTime(),
});

/** A day of a month; without a year the last one that has begun. Null for a day that month does not have. */
function dateAt(now: Date, date: number, month: number, year: number | null): Stretch | null {
  const guess = new Date(year ?? now.getFullYear(), month, date);
  if (guess.getMonth() !== month || guess.getDate() !== date) return null;
  if (year === null && guess.getTime() > now.getTime()) guess.setFullYear(guess.getFullYear() - 1);
  return day(guess);
}

/** `count` units before now, as coarse as the unit: "two weeks ago" is that week, "three hours ago" that hour. */
function unitsAgo(now: Date, count: number, unit: string): Stretch {
  if (unit.startsWith('minute'))
    return { from: now.getTime() - (count + 5) * 60_000, until: now.getTime() - (count - 5) * 60_000 };
  if (unit.startsWith('hour'))
    return { from: now.getTime() - (count + 0.5) * 3_600_000, until: now.getTime() - (count - 0.5) * 3_600_000 };
  if (unit.startsWith('day')) return day(now, -count);
  if (unit.startsWith('week')) return weekAt(now, -count);
  if (unit.startsWith('month')) return monthAt(now.getFullYear(), now.getMonth() - count);
  return yearAt(now.getFullYear() - count);
}

/** The last `count` units up to now. */
function lastUnits(now: Date, count: number, unit: string): Stretch {
  const until = now.getTime() + 1;
  if (unit.startsWith('minute')) return { from: now.getTime() - count * 60_000, until };
  if (unit.startsWith('hour')) return { from: now.getTime() - count * 3_600_000, until };
  if (unit.startsWith('day')) return { from: midnight(now, -count), until };
  if (unit.startsWith('week')) return { from: midnight(now, -7 * count), until };
  if (unit.startsWith('month'))
    return { from: new Date(now.getFullYear(), now.getMonth() - count, now.getDate()).getTime(), until };
  return { from: new Date(now.getFullYear() - count, now.getMonth(), now.getDate()).getTime(), until };
}

/** The last such day before today; today itself counts as a week ago. */
const lastWeekday = (now: Date, name: string): Stretch => day(now, -((now.getDay() - weekdayOf(name) + 6) % 7) - 1);

const relative = (word: string) => (word === 'this' ? 0 : -1);

/** The forms, most telling first: what one has read the next does not see. */
const forms: readonly [RegExp, Reader][] = [
  [/\b(\d{4})-(\d{2})-(\d{2})(?:\b|T)/i, ([, y, m, d], now) => dateAt(now, Number(d), Number(m) - 1, Number(y))],
  [
    new RegExp(`\\b(\\d{1,2})${ordinal}(?: of)? (${months})\\b\\.?(?:,? (\\d{4})\\b)?`, 'i'),
    ([, d, m, y], now) => dateAt(now, Number(d), monthOf(m ?? ''), y ? Number(y) : null),
  ],
  [
    new RegExp(`\\b(${months})\\b\\.? (\\d{1,2})${ordinal}\\b(?:,? (\\d{4})\\b)?`, 'i'),
    ([, m, d, y], now) => dateAt(now, Number(d), monthOf(m ?? ''), y ? Number(y) : null),
  ],
  [new RegExp(`\\b(${months})\\b,? (?:of )?(\\d{4})\\b`, 'i'), ([, m, y]) => monthAt(Number(y), monthOf(m ?? ''))],
  [
    // "may" and "march" are words of their own: a month only after a preposition of time.
    new RegExp(`\\b(?:in|during|of|since|until|before|after|last|this) (?:early |late |mid-?)?(${months})\\b`, 'i'),
    ([, m], now) => {
      const month = monthOf(m ?? '');
      return monthAt(now.getFullYear() - (month > now.getMonth() ? 1 : 0), month);
    },
  ],
  [/\b(?:in|during|of|since|until|before|after) (?:the year )?((?:19|20)\d{2})\b/i, ([, y]) => yearAt(Number(y))],
  [/\bday before yesterday\b/i, (_, now) => day(now, -2)],
  [new RegExp(`\\byesterday (${parts})\\b`, 'i'), ([, part], now) => partOfDay(now, -1, part?.toLowerCase() ?? '')],
  [/\blast night\b/i, (_, now) => partOfDay(now, -1, 'night')],
  [/\byesterday\b/i, (_, now) => day(now, -1)],
  [new RegExp(`\\bthis (${parts})\\b`, 'i'), ([, part], now) => partOfDay(now, 0, part?.toLowerCase() ?? '')],
  [/\btonight\b/i, (_, now) => partOfDay(now, 0, 'night')],
  [/\btoday\b/i, (_, now) => day(now)],
  [
    new RegExp(`\\b(${amount}) (${units}) ago\\b`, 'i'),
    ([, n, unit], now) => unitsAgo(now, amountOf(n?.toLowerCase() ?? ''), unit?.toLowerCase() ?? ''),
  ],
  [
    new RegExp(`\\b(?:last|past|previous) (${amount}) (${units})\\b`, 'i'),
    ([, n, unit], now) => lastUnits(now, amountOf(n?.toLowerCase() ?? ''), unit?.toLowerCase() ?? ''),
  ],
  [/\b(last|past|previous|this) weekend\b/i, ([, word], now) => weekendAt(now, relative(word?.toLowerCase() ?? ''))],
  [/\b(last|past|previous|this) week\b/i, ([, word], now) => weekAt(now, relative(word?.toLowerCase() ?? ''))],
  [
    /\b(last|past|previous|this) month\b/i,
    ([, word], now) => monthAt(now.getFullYear(), now.getMonth() + relative(word?.toLowerCase() ?? '')),
  ],
  [
    /\b(last|past|previous|this) year\b/i,
    ([, word], now) => yearAt(now.getFullYear() + relative(word?.toLowerCase() ?? '')),
  ],
  [/\b(?:last|past|previous) (minute|hour|day)\b/i, ([, unit], now) => lastUnits(now, 1, unit?.toLowerCase() ?? '')],
  [
    new RegExp(`\\b(?:on|last|since|until|before|after|this|past|between|from) (${weekdays})\\b`, 'i'),
    ([, name], now) => lastWeekday(now, name ?? ''),
  ],
];

/** What stands before an expression and opens it to one side. */
const opened = /\b(since|after|until|till|before|by)(?: the)?\s*$/i;
/** Time expressions stand in sentences; of a longer text the beginning is read. */
const readAtMost = 2_000;

/**
 * The stretch of time a question speaks of, seen from `now` in the owner's time zone: "yesterday", "last week", "in May", "on 7 May 2023",
 * "two days ago", "since Friday", "between Monday and Wednesday". The first expression counts, and with "between" or "from" the second one
 * closes it. Null when there is none.
 */
export function timeSpanOf(text: string, now: Stamp): TimeSpan | null {
  const read = text.slice(0, readAtMost);
  const at = new Date(now);
  const first = firstIn(read, at);
  if (!first) return null;
  const before = read.slice(0, first.at);
  return closing(first, before, read, at) ?? opening(first, before, now);
}

/** "between A and B", "from A to B": the second expression closes the first. It may lean on the preposition of the first. */
function closing(first: TimeSpan & { at: number }, before: string, read: string, now: Date): TimeSpan | null {
  if (!/\b(?:between|from)(?: the)?\s*$/i.test(before) && !/^(?:from|between)\b/i.test(first.words)) return null;
  const end = first.at + first.words.length;
  const joint = read.slice(end).match(/^\s*(?:and|to|until|till|through|-)\s+/i)?.[0];
  const second = joint && firstIn(`on ${read.slice(end + joint.length)}`, now);
  if (!joint || !second || second.at > leaning) return null;
  const words = read.slice(first.at, end + joint.length + second.at + second.words.length - leaning);
  // "between Monday and Wednesday", asked on a Wednesday, ends today and not a week ago.
  const until = second.until > first.from ? second.until : second.until + weekMs;
  return until > first.from ? { from: first.from, until, words } : null;
}
const leaning = 'on '.length;
const weekMs = 7 * 86_400_000;

function firstIn(text: string, now: Date): (TimeSpan & { at: number }) | null {
  let first: (TimeSpan & { at: number }) | null = null;
  for (const [pattern, reader] of forms) {
    const found = text.match(pattern);
    // What an earlier form has read whole, a later one reads in part: “May 2023” and “in May”.
    if (!found || found.index === undefined || (first && found.index + found[0].length > first.at)) continue;
    const stretch = reader(found, now);
    if (stretch) first = { ...stretch, words: found[0], at: found.index };
  }
  return first;
}

/** "since" and "after" leave the end open, "until" and "before" the beginning. */
function opening(span: TimeSpan, before: string, now: Stamp): TimeSpan {
  const word = (span.words.match(/^(since|after|until|till|before|by)\b/i) ?? before.match(opened))?.[1]?.toLowerCase();
  const { from, until, words } = span;
  if (word === 'since') return { from, until: Math.max(now + 1, until), words };
  if (word === 'after') return { from: until, until: Math.max(now + 1, until + 1), words };
  if (word === 'until' || word === 'till' || word === 'by') return { from: 0, until, words };
  if (word === 'before') return { from: 0, until: from, words };
  return { from, until, words };
}
