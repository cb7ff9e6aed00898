import type { Brief, Matcher } from '../memory.ts';
import { type Observation, severities } from '../types.ts';
import { plainLine } from './text.ts';

/** An observation, whole or without its details. */
export type Seen = Observation | Brief;

/** When it happened. */
export const seenAt = (seen: Seen): number => ('occurredAt' in seen ? seen.occurredAt : seen.at);

/**
 * Whether an observation is one of those meant. What is absent or null fits all; severity is the least. A target or place is compared
 * exactly, but `src/cart/` also stands for all that lies below it, and `src/cart*` for all that begins so (a lone `*` is only itself).
 */
export function matches(matcher: Matcher, seen: Seen): boolean {
  const place = 'place' in seen ? seen.place : placeOf(seen);
  return (
    same(matcher.source, seen.source) &&
    same(matcher.type, seen.type) &&
    (isAny(matcher.severity) || severities.indexOf(seen.severity) >= severities.indexOf(matcher.severity)) &&
    within(matcher.target, seen.target) &&
    within(matcher.place, place)
  );
}

/** Whether a matcher means anything in particular: one without any field would fit all that ever happens. */
export const isSpecific = (matcher: Matcher): boolean =>
  [matcher.source, matcher.type, matcher.target, matcher.place, matcher.severity].some((field) => !isAny(field));

/** Whether it was seen in the world or written by the owner: nothing that Reverie caused or concluded itself. */
export const isOfTheWorld = ({ trust, causeId }: Seen): boolean =>
  causeId === null && (trust === 'observed' || trust === 'owner');

const placeOf = ({ details }: Observation): string | null => (typeof details.place === 'string' ? details.place : null);

const isAny = (wanted: string | null | undefined): wanted is null | undefined =>
  wanted === null || wanted === undefined;

const same = (wanted: string | null | undefined, is: string): boolean => isAny(wanted) || wanted === is;

function within(wanted: string | null | undefined, is: string | null): boolean {
  if (isAny(wanted) || wanted === is) return true;
  if (is === null || wanted.length < 2) return false;
  if (wanted.endsWith('*')) return is.startsWith(wanted.slice(0, -1));
  return wanted.endsWith('/') && is.startsWith(wanted);
}

/**
 * A matcher in words that fit into a sentence: `src/cart.ts changed`, `“test failed” on npm test`, `a commit in shop`, `anything from git`,
 * `error or worse on src/cart/`.
 */
export function matcherWords(matcher: Matcher): string {
  const { type, target, place } = matcher;
  const folder = place?.split(/[\\/]/).filter(Boolean).at(-1);
  const where = target ? ` on ${target}` : folder ? ` in ${folder}` : '';
  return plainLine(eventWords(type, target) ?? `${kindWords(matcher)}${where}`, 200);
}

/** What is told of a file, and what has a name of its own. */
function eventWords(type: string | null | undefined, target: string | null | undefined): string | null {
  const file = type ? /^file-(created|changed|deleted|renamed)$/.exec(type)?.[1] : null;
  return file ? `${target ?? 'a file'} ${file}` : null;
}

function kindWords({ source, type, severity }: Matcher): string {
  const worse = severity ? (severity === 'critical' ? 'critical' : `${severity} or worse`) : null;
  if (type) return names[type] ?? `“${type.replaceAll('-', ' ')}”`;
  return worse ?? (source ? `anything from ${source}` : 'anything');
}

const names: Readonly<Record<string, string>> = {
  'commit-made': 'a commit',
  'commit-amended': 'an amended commit',
  'branch-switched': 'a switch of branches',
  'note-written': 'a note of yours',
  burst: 'many changes at once',
};
