import type { Matcher, Memory } from '../memory.ts';
import { cosineOf, type Reading } from './likeness.ts';
import { oppositions, polarityOf, takesSide } from './opposites.ts';
import { tokensOf } from './reading.ts';

/** What is needed of a memory to hold it against another. */
export type Claim = Pick<Memory, 'text' | 'target' | 'rule'>;

/** Two texts speak of the same when the words beside the opposing ones are this similar; less is needed when they have one target. */
const sameSubject = 0.75;
const sameSubjectAtTarget = 0.5;

/**
 * Whether two memories say the opposite of each other, by words alone. It would rather miss one than find one that is none; it knows
 * three kinds:
 * - rules with the same `when`, whose `then` differ in nothing but a type that says the opposite (test-passed, test-failed);
 * - the same stated fact with another value ("the port is 8080", "the port is 3000");
 * - texts with the same names and nearly the same words that take opposite sides in exactly one way ("passes", "fails"; "fails", "does
 *   not fail"). Two that name different days tell of two days and contradict nothing.
 */
export function contradictory(a: Claim, b: Claim, readings: { a: Reading; b: Reading }): boolean {
  if (a.target !== null && b.target !== null && a.target !== b.target) return false;
  if (a.rule && b.rule) return sameMatcher(a.rule.when, b.rule.when) && oppositeThen(a.rule.then, b.rule.then);
  if (a.rule || b.rule || datesOf(a.text) !== datesOf(b.text)) return false;
  return (
    otherValue(a.text, b.text) || oppositeSides(readings.a, readings.b, a.target !== null && a.target === b.target)
  );
}

/** Whether two matchers mean the same observations. */
export const sameMatcher = (a: Matcher, b: Matcher): boolean => fields.every((field) => same(a, b, field));

const fields = ['source', 'type', 'target', 'place', 'severity'] as const;
const same = (a: Matcher, b: Matcher, field: (typeof fields)[number]) => (a[field] ?? null) === (b[field] ?? null);

function oppositeThen(a: Matcher, b: Matcher): boolean {
  const rest = fields.filter((field) => field !== 'type' && field !== 'severity');
  if (!a.type || !b.type || !rest.every((field) => same(a, b, field))) return false;
  const [one, other] = [a.type.split('-'), b.type.split('-')];
  const stem = (words: string[]) => words.filter((word) => !takesSide(word)).join('-');
  return stem(one) === stem(other) && oppositions(polarityOf('', one), polarityOf('', other)) === 1;
}

function oppositeSides(a: Reading, b: Reading, oneTarget: boolean): boolean {
  if (a.namesKey !== b.namesKey || (a.names.length === 0 && a.terms.size < 2)) return false;
  if (oppositions(a.polarity(), b.polarity()) !== 1) return false;
  const similar = cosineOf(a, b, (reading) => reading.subject());
  return similar >= (oneTarget ? sameSubjectAtTarget : sameSubject);
}

/** A statement of the form "subject is value". */
const statement =
  /^(.{3,120}?)\s*(?:\b(?:is|are|was set to|is set to|is now|equals|ist|est|es)\b|=|:(?=\s))\s*(.{1,80})$/iu;
/** Things of which there is one at a time: whatever their value, another value denies it. */
const settings = new Set(
  'port version limit default timeout branch host address deadline threshold owner name path url key budget language'.split(
    ' ',
  ),
);

function otherValue(a: string, b: string): boolean {
  const [one, other] = [factOf(a), factOf(b)];
  return one !== null && other !== null && one.subject === other.subject && one.value !== other.value;
}

/** The subject and value of a text that states one plain fact; null for all other texts. */
function factOf(text: string): { subject: string; value: string } | null {
  const [, subject = '', value = ''] = statement.exec(text.trim().replace(/[.!]+$/, '')) ?? [];
  const about = tokensOf(subject).map((token) => token.text);
  const values = tokensOf(value);
  const [first] = values;
  if (!first || values.length !== 1 || about.length === 0) return null;
  const single = first.kind === 'name' || about.some((word) => settings.has(word));
  const words = about.filter((word) => word !== 'the' && word !== 'a');
  return single ? { subject: words.join(' '), value: first.text } : null;
}

const datesOf = (text: string) => [...new Set(text.match(/\b\d{4}-\d\d-\d\d\b/g))].toSorted().join(' ');
