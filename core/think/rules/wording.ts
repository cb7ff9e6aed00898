import { plainLine } from '../../observe/text.ts';

/** How the rules speak: figures, spans of time, lists and lengths. Pure text functions, English only. */

/** Most characters (UTF-16 units) an insight may have. */
export const insightLimit = 280;

/** A whole number with thousands separators: 2014 → `2,014`. */
export const figure = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');

/** A figure with its noun in the right number: `1 file`, `3 files`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${figure(value)} ${Math.round(value) === 1 ? one : many}`;

/** 3 → `3rd`. */
export function ordinal(value: number): string {
  const ends: Record<number, string> = { 1: 'st', 2: 'nd', 3: 'rd' };
  const teen = value % 100 >= 11 && value % 100 <= 13;
  return `${figure(value)}${(teen ? undefined : ends[value % 10]) ?? 'th'}`;
}

/** How often, in words where English has one: `once`, `twice`, `4 times`. */
export const times = (value: number): string =>
  value === 1 ? 'once' : value === 2 ? 'twice' : `${figure(value)} times`;

/** A part of a whole in percent: `58%`; never `0%` or `100%` unless it is exactly that. */
export function share(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return '0%';
  if (part >= whole) return '100%';
  return `${Math.min(99, Math.max(1, Math.round((100 * part) / whole)))}%`;
}

/** A span of milliseconds in words: `12 minutes`, `1 hour and 20 minutes`, `2 days`. Null when it is not a span (zero, negative). */
export function span(ms: number): string | null {
  if (!(ms > 0)) return null;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 60) return counted(minutes, 'minute');
  if (minutes < 180) {
    const rest = minutes % 60;
    return counted(Math.floor(minutes / 60), 'hour') + (rest ? ` and ${counted(rest, 'minute')}` : '');
  }
  const hours = Math.round(minutes / 60);
  return hours < 48 ? counted(hours, 'hour') : counted(hours / 24, 'day');
}

/** How long something took: `over 25 minutes`, `in less than a minute`; null when it is not a span. */
export function over(ms: number): string | null {
  const words = span(ms);
  return words && `${ms < 30_000 ? 'in' : 'over'} ${words}`;
}

/** Names in a row, at most `shown` of them before the rest is counted: `a, b and 3 more`. `more` counts names not given. */
export function list(names: readonly string[], shown = 2, more = 0): string {
  const fits = names.length + more <= shown + 1 && more === 0;
  const kept = fits ? names : names.slice(0, shown);
  const rest = names.length - kept.length + more;
  const parts = rest > 0 ? [...kept, `${figure(rest)} more`] : [...kept];
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** Lines added and removed: `+40 −12`; a side that is zero is left out, both zero give null. */
export function lines(change: { added: number; removed: number }): string | null {
  const sides = [
    change.added > 0 ? `+${figure(change.added)}` : '',
    change.removed > 0 ? `−${figure(change.removed)}` : '',
  ];
  return sides.filter(Boolean).join(' ') || null;
}

/** A change of size with its sign: `+2.1 kB`. */
export function byteChange(bytes: number): string {
  const size = Math.abs(bytes);
  const sign = bytes < 0 ? '−' : '+';
  if (size < 1_000) return `${sign}${counted(size, 'byte')}`;
  const [unit, per] = size < 1_000_000 ? ['kB', 1_000] : ['MB', 1_000_000];
  const value = size / per;
  return `${sign}${value < 10 ? value.toFixed(1).replace('.0', '') : figure(value)} ${unit}`;
}

/** Cuts to at most `max` UTF-16 units with an ellipsis, at a word where one is near, never inside a character pair. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, Math.max(0, max - 1)).replace(/[\uD800-\uDBFF]$/, '');
  const space = cut.lastIndexOf(' ');
  return `${(space > max * 0.7 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

/** Observed text made fit to print: visible characters in one line, well-formed, at most `max` UTF-16 units. */
export const plain = (text: string, max = 200): string =>
  clip(plainLine(text.toWellFormed(), Number.POSITIVE_INFINITY).replace(/\s+/g, ' '), max);

/** Observed text in curly quotes; its own curly quotes become straight, so that the end of the quote stays clear. */
export const quoted = (text: string, max = 80): string => `“${plain(text.replace(/[“”]/g, '"'), max)}”`;

/** A path as it is; a long one keeps its end: `…/cart/total.ts`. */
export function pathName(path: string, max = 60): string {
  const clean = plain(path, 4_000);
  if (clean.length <= max) return clean || 'unnamed';
  const tail = clean.slice(-(max - 1)).replace(/^[\uDC00-\uDFFF]/, '');
  const slash = tail.indexOf('/');
  return `…${slash >= 0 && slash < tail.length - 1 ? tail.slice(slash) : tail}`;
}

/** The folder of a path with a slash at its end; null for what lies at the top. */
export function folderOf(path: string): string | null {
  const slash = path.lastIndexOf('/');
  return slash > 0 ? path.slice(0, slash + 1) : null;
}

/** The last name of an absolute path of any system: `/home/ada/shop` → `shop`. */
export const baseName = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;

/** As many of the sentences, in order, as fit into `max`; the first is always there, cut if it must be. */
export function fit(sentences: readonly (string | null)[], max = insightLimit): string {
  const [first = '', ...rest] = sentences.filter((each) => each !== null && each !== '') as string[];
  return rest.reduce(
    (text, next) => (text.length + 1 + next.length <= max ? `${text} ${next}` : text),
    clip(first, max),
  );
}

/** The same text whatever its figures are, for telling a repetition. What stands in curly quotes or in a path keeps its digits. */
export function foldNumbers(text: string): string {
  return text
    .split(/(“[^”]*”)/)
    .map((part) => (part.startsWith('“') ? part : foldPart(part)))
    .join('');
}

const foldPart = (part: string): string =>
  part
    .replace(/(?<![\w./-])[+−]?\d+(?:[.,]\d+)*(?:st|nd|rd|th|%)?(?![\w/-]|\.\w)/g, '#')
    .replace(/\b(?:once|twice)\b/g, '# time')
    .replace(/# (\p{L}{3,}?)s\b/gu, '# $1')
    .replace(/#(?: #)+/g, '#');
