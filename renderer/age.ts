const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const dateFormat = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' });
const dayFormat = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long' });
const hourFormat = new Intl.DateTimeFormat('en', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const exactFormat = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });

/** How long ago, in words: `atMs` against the host's `nowMs`. A stamp from the future (the clock was set back) is just now. */
export function ageWords(atMs: number, nowMs: number): string {
  const ms = nowMs - atMs;
  if (ms < minuteMs) return 'just now';
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min ago`;
  if (ms < dayMs) return `${Math.floor(ms / hourMs)} h ago`;
  const days = Math.floor(ms / dayMs);
  if (days < 8) return days === 1 ? '1 day ago' : `${days} days ago`;
  return dateFormat.format(atMs);
}

/** A span in words, for "since": seconds are told only as "moments". */
export function spanWords(ms: number): string {
  if (ms < minuteMs) return 'moments';
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min`;
  if (ms < dayMs) return `${Math.floor(ms / hourMs)} h`;
  const days = Math.floor(ms / dayMs);
  return days === 1 ? '1 day' : `${days} days`;
}

/** The local calendar day of a stamp, seen from `nowMs`: Today, Yesterday, else the weekday and date. */
export function dayWords(atMs: number, nowMs: number): string {
  const days = Math.round((startOfDay(nowMs) - startOfDay(atMs)) / dayMs);
  if (days <= 0) return 'Today';
  return days === 1 ? 'Yesterday' : dayFormat.format(atMs);
}

/** A date with its time of day, for what has an hour of its own: "Fri 5 Jun, 03:12". */
export const dateTimeWords = (atMs: number): string => hourFormat.format(atMs);

/** A date alone, from the past or the future. */
export const dateWords = (atMs: number): string => dateFormat.format(atMs);

/** How long until, in words; a time that has passed is now. */
export function untilWords(atMs: number, nowMs: number): string {
  const ms = atMs - nowMs;
  if (ms < minuteMs) return 'now';
  if (ms < hourMs) return `in ${Math.floor(ms / minuteMs)} min`;
  if (ms < dayMs) return `in ${Math.floor(ms / hourMs)} h`;
  const days = Math.floor(ms / dayMs);
  return days === 1 ? 'in 1 day' : `in ${days} days`;
}

/** Date and time to the second, for titles. */
export const exactWords = (atMs: number): string => exactFormat.format(atMs);

/** The first moment of the local calendar day of `atMs`, or of the day so many days before it. */
export function startOfDay(atMs: number, daysBefore = 0): number {
  const date = new Date(atMs);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - daysBefore).getTime();
}
