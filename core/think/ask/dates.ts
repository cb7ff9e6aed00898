import type { Stamp } from '../../types.ts';

const dayNames = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const monthNames = 'January February March April May June July August September October November December'.split(' ');

/** A day as its owner would say it, in their time zone: `today`, `yesterday`, `Monday, 1 June`, with the year when it is another one. */
export function dayWords(at: Stamp, now: Stamp): string {
  const days = daysBetween(at, now);
  if (days === 0) return 'today';
  if (days === 1) return 'yesterday';
  const day = new Date(at);
  const year = day.getFullYear() === new Date(now).getFullYear() ? '' : ` ${day.getFullYear()}`;
  return `${dayNames[day.getDay()]}, ${day.getDate()} ${monthNames[day.getMonth()]}${year}`;
}

/** The time of day: `09:05`. */
export function clockWords(at: Stamp): string {
  const time = new Date(at);
  return `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
}

/** For a model: `Monday 2026-06-01 09:05`, in the owner's time zone. */
export function stampWords(at: Stamp): string {
  const day = new Date(at);
  const date = `${day.getFullYear()}-${twoDigits(day.getMonth() + 1)}-${twoDigits(day.getDate())}`;
  return `${dayNames[day.getDay()]} ${date} ${clockWords(at)}`;
}

const twoDigits = (value: number) => String(value).padStart(2, '0');

/** Whole calendar days; a day may have 23 or 25 hours. */
function daysBetween(at: Stamp, now: Stamp): number {
  const midnight = (stamp: Stamp) => new Date(stamp).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(at)) / 86_400_000);
}
