import type { Stamp } from '../types.ts';

/** A text may grow by this many characters; with more relative dates than that, one remark dates them all. */
const growAtMost = 200;

const weekdays = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const numbers = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
const count = String.raw`\d{1,3}|an?|${numbers.slice(1).join('|')}`;
const calendar = 'days?|weeks?|months?|years?';

/** Code, links, tags and quoted words stay as they are. */
const kept = /```[^]{0,3000}?```|`[^`\n]{0,300}`|“[^”\n]{0,300}”|"[^"\n]{0,300}"|‘[^’\n]{0,300}’|https?:\/\/\S{1,2000}/
  .source;
const boundary = String.raw`(?<![\p{L}\p{N}_./\\@#$-])`;
const end = String.raw`(?![\p{L}\p{N}_/\\@-]|\.[\p{L}\p{N}]|[’']\p{L}(?!\p{L})(?<!s))`;
const before = String.raw`(?:(?<link>since|until|till|by|from|before|after|of|than|on)\s{1,4})?`;
const phrases = [
  String.raw`(?<beforeLast>the\s{1,4}day\s{1,4}before\s{1,4}yesterday)`,
  String.raw`(?<afterNext>the\s{1,4}day\s{1,4}after\s{1,4}tomorrow)`,
  String.raw`(?<day>yesterday|today|tomorrow)(?:\s{1,4}(?<dayPart>morning|afternoon|evening|night))?`,
  String.raw`(?<night>tonight|last\s{1,4}night)`,
  String.raw`this\s{1,4}(?<part>morning|afternoon|evening)`,
  String.raw`(?<side>last|next)\s{1,4}(?<weekday>${weekdays.join('|')})`,
  String.raw`(?<which>last|this|next)\s{1,4}(?<span>week|month|year)`,
  String.raw`(?<ago>${count})\s{1,4}(?<agoUnit>minutes?|hours?|${calendar})\s{1,4}ago`,
  String.raw`(?:(?:in|over|during|for|within)\s{1,4})?the\s{1,4}(?:last|past)\s{1,4}(?<past>${count})\s{1,4}(?<pastUnit>${calendar})`,
  String.raw`in\s{1,4}(?<ahead>${count})\s{1,4}(?<aheadUnit>${calendar})(?:['’]\s{1,4}time)?`,
];
const relative = new RegExp(`${kept}|${boundary}${before}(?:${phrases.join('|')})${end}`, 'giu');

const remark = /\(as of \d{4}-\d\d-\d\d\)$/;

/**
 * The text with its (English) relative dates made absolute, as seen at `at` in the owner's time zone: "yesterday" becomes "on 2026-11-20",
 * "3 days ago" likewise, "last week" "in the week of 2026-11-16". What is absolute, quoted, code, a path or part of a name stays. Doing it
 * twice changes nothing, and the text grows by 200 characters at most. An impossible stamp leaves the text alone.
 */
export function absoluteDates(text: string, at: Stamp): string {
  if (Number.isNaN(new Date(at).getTime()) || remark.test(text)) return text;
  const dated = text.replace(relative, (...found: unknown[]) => {
    const groups = found.at(-1) as Groups;
    const [whole, offset] = [found[0] as string, found.at(-3) as number];
    if (!isRelative(groups) || isName(whole, text, offset) || isDuration(groups, text, offset)) return whole;
    return written(whole, phraseOf(groups, new Date(at)), groups.link);
  });
  return dated.length <= text.length + growAtMost ? dated : `${text} (as of ${isoDay(new Date(at))})`;
}

type Groups = Partial<Record<string, string>>;

const isRelative = (groups: Groups) => Object.entries(groups).some(([name, value]) => name !== 'link' && value);

/** "the Today page": a capital inside a sentence is a name. */
function isName(whole: string, text: string, offset: number): boolean {
  const word = whole.split(/\s+/).findLast((each) => /^(?:yesterday|today|tomorrow|tonight)$/i.test(each)) ?? '';
  const begins = /(?:^|[.!?:;(\n]\s*|[-*•]\s+)$/.test(text.slice(Math.max(0, offset - 10), offset));
  return /^\p{Lu}/u.test(word) && !begins;
}

/** "failed 5 times in 3 days", "done within a sentence of figures": how long it took, not when it will be. */
function isDuration(groups: Groups, text: string, offset: number): boolean {
  if (!groups.ahead) return false;
  const clause =
    text
      .slice(Math.max(0, offset - 80), offset)
      .split(/[.!?;\n]/)
      .at(-1) ?? '';
  return /\d|\b(?:times|once|twice|thrice|took|first|only)\b/i.test(clause);
}

/** The date put in place of a phrase: with the word that stood before it, else with the one that belongs to it. */
function written(whole: string, { word, date }: Phrase, link: string | undefined): string {
  const own = link === undefined || (link.toLowerCase() === 'on' && word !== 'on') ? word : link;
  const text = own ? `${own} ${date}` : date;
  return /^\p{Lu}/u.test(whole) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

interface Phrase {
  /** The preposition that belongs to it. */
  word: string;
  date: string;
}

function phraseOf(groups: Groups, at: Date): Phrase {
  const lower = (name: string) => groups[name]?.toLowerCase().replace(/\s+/g, ' ') ?? '';
  if (groups.beforeLast) return on(dayOff(at, -2));
  if (groups.afterNext) return on(dayOff(at, 2));
  if (groups.day) return on(dayOff(at, ['yesterday', 'today', 'tomorrow'].indexOf(lower('day')) - 1), lower('dayPart'));
  if (groups.night) return on(dayOff(at, lower('night') === 'tonight' ? 0 : -1), 'night');
  if (groups.part) return on(at, lower('part'));
  if (groups.weekday) return on(weekdayOf(at, weekdays.indexOf(lower('weekday')), lower('side')));
  if (groups.span) return spanOf(at, lower('span'), ['last', 'this', 'next'].indexOf(lower('which')) - 1);
  // “3 of the last 7 days”: a part of the span, not since its beginning.
  if (groups.past && lower('link') === 'of')
    return { word: 'of', date: `the ${lower('past')} ${lower('pastUnit')} up to ${isoDay(at)}` };
  if (groups.past) return { word: 'since', date: isoDay(moved(at, -numberOf(lower('past')), lower('pastUnit'))) };
  if (groups.ahead) return on(moved(at, numberOf(lower('ahead')), lower('aheadUnit')));
  return agoOf(at, numberOf(lower('ago')), lower('agoUnit'));
}

const on = (day: Date, part = ''): Phrase => ({ word: 'on', date: isoDay(day) + (part ? ` in the ${part}` : '') });

function agoOf(at: Date, n: number, unit: string): Phrase {
  if (!/^(?:minute|hour)/.test(unit)) return on(moved(at, -n, unit));
  const then = new Date(at.getTime() - n * (unit.startsWith('hour') ? 3_600_000 : 60_000));
  return { word: 'at', date: `${isoDay(then)} ${two(then.getHours())}:${two(then.getMinutes())}` };
}

function spanOf(at: Date, span: string, n: number): Phrase {
  if (span === 'year') return { word: 'in', date: String(at.getFullYear() + n) };
  if (span === 'month')
    return { word: 'in', date: isoDay(new Date(at.getFullYear(), at.getMonth() + n, 1)).slice(0, 7) };
  const monday = dayOff(at, -((at.getDay() + 6) % 7) + 7 * n);
  return { word: 'in', date: `the week of ${isoDay(monday)}` };
}

/** The nearest such weekday before or after the day itself. */
function weekdayOf(at: Date, weekday: number, side: string): Date {
  const ahead = (weekday - at.getDay() + 7) % 7;
  return dayOff(at, side === 'next' ? ahead || 7 : ahead - 7);
}

const numberOf = (word: string) => (/^an?$/.test(word) ? 1 : Math.max(Number(word) || 0, numbers.indexOf(word)));

function moved(at: Date, n: number, unit: string): Date {
  if (unit.startsWith('day')) return dayOff(at, n);
  if (unit.startsWith('week')) return dayOff(at, 7 * n);
  const months = unit.startsWith('year') ? 12 * n : n;
  const lastDay = new Date(at.getFullYear(), at.getMonth() + months + 1, 0).getDate();
  return new Date(at.getFullYear(), at.getMonth() + months, Math.min(at.getDate(), lastDay));
}

/** By the calendar, not by hours: some days have 23 or 25. */
const dayOff = (at: Date, days: number) => new Date(at.getFullYear(), at.getMonth(), at.getDate() + days);
const two = (n: number) => String(n).padStart(2, '0');
const isoDay = (day: Date) =>
  `${String(day.getFullYear()).padStart(4, '0')}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
