import type { RecallHit } from '../../memory.ts';
import type { Stamp, TargetHistory } from '../../types.ts';
import type { Candidate } from './candidate.ts';
import { type Item, type Seen, words } from './reading.ts';
import { figure, fit, list, pathName, quoted, span, times } from './wording.ts';

/** The owner's note: quoted, and tied to what was seen of the files it names or to the nearest memory; else it says that nothing relates. */
export function note(seen: Seen): Candidate | null {
  const notes = seen.of('notes/note-written');
  const newest = notes.at(-1);
  if (!newest) return null;
  const text = words(newest.observation.details.text) ?? newest.observation.target;
  const named = namedTargets(text, seen);
  const memory = nearestMemory(seen, newest);
  const start = notes.length === 1 ? 'You noted' : `You wrote ${figure(notes.length)} notes, the newest`;
  const ties = [...named.map(({ fact }) => fact), memory ? memoryWords(memory, seen.context.now) : null].filter(
    (tie) => tie !== null,
  );
  return {
    text: fit([
      `${start}: ${quoted(text, 160)}${/[.!?…]$/.test(text.trim()) || text.length > 160 ? '' : '.'}`,
      ...(ties.length ? ties : [nothing]),
    ]),
    clause: `You also noted: ${quoted(text, 60)}.`,
    importance: 0.7,
    confidence: memory && !named.length ? 0.6 : 0.8,
    refs: [...new Set([...notes.map(({ ref }) => ref), ...named.flatMap(({ refs }) => refs)])],
    because: `you wrote it yourself, and ${ties.length ? `it meets ${list(tieNames(named, memory), 3)}` : 'nothing seen so far relates to it'}`,
    must: true,
    isOther: ({ evidenceIds }) => !notes.some(({ observation }) => evidenceIds.includes(observation.id)),
  };
}

const nothing = 'Nothing seen so far relates to it.';

const tieNames = (named: { name: string }[], memory: RecallHit | null): string[] => [
  ...named.map(({ name }) => name),
  ...(memory ? [`a remembered ${memory.kind}`] : []),
];

/** What is known of the targets that the note names, at most two of them. */
function namedTargets(text: string, seen: Seen): { name: string; fact: string; refs: string[] }[] {
  const { history, session, now } = seen.context;
  const facts = new Map<string, string>();
  for (const { target, count, days, lastAt, source } of byTarget(history)) {
    if (source === 'notes' || !names(text, target)) continue;
    const verb = source === 'files' ? 'changed' : 'was observed';
    facts.set(target, `${pathName(target)} ${verb} ${times(count)} ${when(days, lastAt, now)}.`);
  }
  for (const { target, edits } of session.files) {
    if (!facts.has(target) && names(text, target))
      facts.set(target, `${pathName(target)} changed ${times(edits)} since the last commit.`);
  }
  return [...facts].slice(0, 2).map(([target, fact]) => ({
    name: pathName(target),
    fact,
    refs: seen.all.filter(({ observation }) => observation.target === target).map(({ ref }) => ref),
  }));
}

/** One entry per target, whatever happened to it. */
function byTarget(history: readonly TargetHistory[]): TargetHistory[] {
  const targets = new Map<string, TargetHistory>();
  for (const entry of history) {
    const known = targets.get(entry.target);
    const both = known && {
      count: known.count + entry.count,
      days: Math.max(known.days, entry.days),
      lastAt: Math.max(known.lastAt, entry.lastAt),
    };
    targets.set(entry.target, { ...(known ?? entry), ...both });
  }
  return [...targets.values()];
}

const when = (days: number, lastAt: Stamp, now: Stamp): string =>
  days > 1
    ? `on ${figure(days)} of the last 7 days`
    : new Date(lastAt).toDateString() === new Date(now).toDateString()
      ? 'today'
      : 'on one of the last 7 days';

/** Whether the note speaks of the target: its path, its file name, or that name without its ending when it is long enough to be meant. */
function names(text: string, target: string): boolean {
  const file = target.split('/').at(-1) ?? target;
  const stem = file.replace(/\.[^.]*$/, '');
  return [target, file, stem.length >= 4 ? stem : ''].some(
    (name) => name.length >= 2 && holdsWord(text.toLowerCase(), name.toLowerCase()),
  );
}

function holdsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/[\p{L}\p{N}_]$/u.test(text.slice(0, at)) && !/^[\p{L}\p{N}_]/u.test(text.slice(at + word.length)))
      return true;
  }
  return false;
}

/** The best memory that is not this note itself, nor the same words. */
function nearestMemory({ context }: Seen, { observation }: Item): RecallHit | null {
  const own = (words(observation.details.text) ?? '').trim();
  return (
    context.recalled.find((hit) => hit.id !== observation.id && hit.text.trim() !== own && hit.text.trim() !== '') ??
    null
  );
}

function memoryWords(hit: RecallHit, now: Stamp): string {
  const age = span(now - hit.at);
  return `Nearest in memory${age ? `, ${age} ago` : ''}: ${quoted(hit.text, 80)}.`;
}
