import type { Evidence } from '../../memory.ts';
import { plainLine } from '../../observe/text.ts';
import { spanWords } from '../../remember/matching.ts';
import { clipBytes } from '../../remember/snapshot.ts';
import type { Stamp } from '../../types.ts';
import { type EventKey, foldTarget } from './event-key.ts';
import type { Happenings } from './happenings.ts';

/** A target as it may be shown. */
export const named = (target: string) => `“${plainLine(target, 80)}”`;

/** The target of a key: with # for what changes from one to the next. */
export const targetOf = (key: EventKey) => (key.folded ? foldTarget(key.target) : key.target);

const about: Record<string, (target: string) => string> = {
  'commit-made': (target) => `a commit was made in ${target}`,
  'commit-amended': (target) => `a commit was amended in ${target}`,
  'branch-switched': (target) => `the branch was switched in ${target}`,
  'branch-advanced': (target) => `the branch moved on in ${target}`,
  'history-rewritten': (target) => `history was rewritten in ${target}`,
  'operation-started': (target) => `a git operation began in ${target}`,
  'operation-ended': (target) => `a git operation ended in ${target}`,
  'work-uncommitted': (target) => `work lay uncommitted in ${target}`,
  burst: (target) => `many files changed at once in ${target}`,
};

/** A happening as a clause in the past: “npm test” failed, a commit was made in “shop”. */
export function said(key: EventKey): string {
  const target = named(targetOf(key));
  const known = Object.hasOwn(about, key.type) ? about[key.type] : undefined;
  if (known) return known(target);
  const words = plainLine(key.type, 40).split('-');
  const verb = words.at(-1) ?? '';
  const plain = words.length <= 2 && /ed$|^(?:broken|hung|lost|sent|built|run|seen|gone)$/.test(verb);
  return plain ? `${target} ${verb}` : `${target} showed “${words.join(' ')}”`;
}

/** A local date, as 2026-06-01. */
export function dateOf(at: Stamp): string {
  const day = new Date(at);
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** A local time of day, as 09:05. */
export const timeOf = (at: Stamp) => `${two(new Date(at).getHours())}:${two(new Date(at).getMinutes())}`;

const two = (n: number) => String(n).padStart(2, '0');

/** A length of time in words. */
export const lasting = spanWords;

/** A number with its noun. */
export const counted = (count: number, noun: string) =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

/** At most ten of these rows as evidence, newest first, each with what it said. */
export function evidenceOf(seen: Happenings, rows: Iterable<number>): Evidence[] {
  return [...new Set(rows)]
    .toSorted((a, b) => b - a)
    .slice(0, 10)
    .map((row) => {
      const at = seen.at[row]!;
      const count = seen.count[row]!;
      const times = count > 1 ? `, ${counted(count, 'time')}` : '';
      const snapshot = clipBytes(`${dateOf(at)} ${timeOf(at)}: ${said(seen.keys[seen.key[row]!]!)}${times}`);
      return { kind: 'observation', id: seen.id(row), at, snapshot };
    });
}
