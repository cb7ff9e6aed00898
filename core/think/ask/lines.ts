import type { Stamp } from '../../types.ts';
import { clip, foldNumbers, plain, quoted, times } from '../rules/wording.ts';
import { refsText, withoutRefs } from './citations.ts';
import { clockWords, dayWords } from './dates.ts';
import type { Held } from './held.ts';

/** Lines of an answer by rules: what memory holds in its own words, each with its refs. */

/** What says the same, oldest or best first, as it came. */
export type Group = [Held, ...Held[]];

const linesAtMost = 8;
const groupedRefs = 6;
const lineChars = 240;
/** An insight, its episode and the note that it is about are of one occasion. */
const occasionMs = 120_000;
/** So much of an insight's text tells it from others. */
const tellingChars = 60;

/** One line for each that says something else, with its day and time. */
export const lines = (held: readonly Held[], now: Stamp): string[] =>
  alike(held)
    .slice(0, linesAtMost)
    .map((group) =>
      line(group, group[0].kind === 'summary' ? dayWords(group[0].at, now) : whenWords(group[0].at, now)),
    );

/** The best of them, oldest first, under their days. */
export function byDay(held: readonly Held[], now: Stamp): string[] {
  const chosen = held.slice(0, linesAtMost + 2).toSorted((a, b) => a.at - b.at);
  const days = Map.groupBy(chosen, ({ at }) => dayWords(at, now));
  return [...days].flatMap(([day, each]) => [
    `${capital(day)}:`,
    ...alike(each).map((group) => line(group, group[0].kind === 'summary' ? 'in short' : clockWords(group[0].at))),
  ]);
}

/** What says the same but for its figures is one, and so is an episode with what was told in it. In the order of their first. */
export function alike(held: readonly Held[]): Group[] {
  const groups: Group[] = [];
  for (const each of held) {
    const same = groups.find(([first]) => saysSame(first, each) || tellsOf(first, each) || tellsOf(each, first));
    if (!same) groups.push([each]);
    else if (tellsOf(same[0], each)) same.unshift(each);
    else same.push(each);
  }
  return groups;
}

/** `• Yesterday, 09:10: package-lock.json changed [m1][m4].` */
export const line = (group: Group, when: string): string => `• ${saidAt(group, when)}`;

/** The same as a sentence. */
export function saidAt(group: Group, when: string): string {
  const occasions = occasionsOf(group.map(({ at }) => at)).length;
  const often = occasions > 1 ? ` (${times(occasions)})` : '';
  const refs = refsOf(group.slice(0, groupedRefs));
  return `${capital(when)}: ${said(group[0])}${often} ${refs}.`;
}

/** Their refs, in the order of the evidence. */
const refsOf = (group: readonly Held[]): string =>
  refsText(group.map(({ ref }) => ref).toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1))));

/** Of stamps in any order the first of each occasion, oldest first. */
export function occasionsOf(stamps: readonly Stamp[]): Stamp[] {
  const sorted = stamps.toSorted((a, b) => a - b);
  return sorted.filter((at, n) => n === 0 || at - (sorted[n - 1] ?? at) > occasionMs);
}

export const whenWords = (at: Stamp, now: Stamp): string => `${dayWords(at, now)}, ${clockWords(at)}`;

const saysSame = (a: Held, b: Held): boolean => foldNumbers(extract(a)) === foldNumbers(extract(b));

/** Whether an episode's own record holds what another thing says. */
const tellsOf = (episode: Held, other: Held): boolean =>
  episode.kind === 'episode' &&
  other.kind !== 'episode' &&
  Math.abs(episode.at - other.at) <= occasionMs &&
  episode.text.includes(other.text.slice(0, tellingChars));

/** Its words without their last full stop, which comes after the refs. */
const said = (held: Held): string =>
  held.kind === 'note' && held.trust === 'owner' ? `You wrote ${quoted(extract(held), lineChars)}` : extract(held);

/** The first two sentences, in one line; what looks like a ref in them is none. Of an episode what happened, not what was made of it. */
function extract({ kind, text }: Held): string {
  const own = kind === 'episode' ? (text.split('\n')[0] ?? '') : text;
  const two = withoutRefs(plain(own, 2_000))
    .split(/(?<=[.!?])\s+(?=[\p{Lu}\p{N}“])/u)
    .slice(0, 2)
    .join(' ');
  return clip(two, lineChars).replace(/[.\s]+$/, '') || 'something without words';
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
