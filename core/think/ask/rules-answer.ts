import { plainLine } from '../../observe/text.ts';
import type { Stamp } from '../../types.ts';
import { counted, list, quoted, times } from '../rules/wording.ts';
import { refsText } from './citations.ts';
import { clockWords, dayWords } from './dates.ts';
import { type Facts, observedLines } from './facts.ts';
import type { Held } from './held.ts';
import { alike, byDay, lines, occasionsOf, saidAt, whenWords } from './lines.ts';
import { meaningsOf, type Question } from './question.ts';

export interface RulesAsk {
  question: Question;
  /** Best first. */
  held: readonly Held[];
  /** When each of what was counted happened, oldest first. */
  countedAt: readonly Stamp[];
  facts: Facts;
  now: Stamp;
}

const othersAtMost = 4;
const learnedHeading = 'What was learned about it:';
const topicChars = 100;
const learnedKinds: ReadonlySet<Held['kind']> = new Set([
  'note',
  'learning',
  'principle',
  'lesson',
  'pattern',
  'summary',
]);

/**
 * The answer of rules: what memory holds in its own words, chosen and ordered by what kind of question it is. Every line on what memory holds
 * names it; headings end with a colon; what goes on now is said to be so. Says plainly when nothing is held. Never empty.
 */
export function rulesAnswer(ask: RulesAsk): string {
  const { kind } = ask.question;
  const current = kind === 'look' || kind === 'now' ? nowLines(ask) : observedLines(ask.facts.observed, ask.now);
  if (ask.held.length === 0) return [...current, nothing(ask)].join('\n');
  const missing = kind === 'look' || kind === 'now' ? null : missingWords(ask);
  return [...current, ...(missing ? [missing] : []), ...body(ask)].join('\n');
}

function body(ask: RulesAsk): string[] {
  const { question, held, now } = ask;
  switch (question.kind) {
    case 'away':
      return ['From while you were away:', ...byDay(held, now)];
    case 'happened': {
      const { span } = question.asked;
      return [span ? `From that time (${quoted(span.words)}):` : 'Memory holds this about it:', ...byDay(held, now)];
    }
    case 'now':
      return ['From the last hours:', ...byDay(held, now)];
    case 'look':
      return ['Worth a look, most pressing first:', ...lines(held, now)];
    case 'when':
      return whenLines(ask);
    case 'often':
      return oftenLines(ask);
    case 'is':
      return ['Memory knows this, what was learned first:', ...lines(learnedFirst(held), now)];
    case 'other':
      return ['Memory holds this, the best match first:', ...lines(held, now)];
  }
}

/** Without anything held; what to try instead is no claim about memory. */
function nothing({ question }: RulesAsk): string {
  if (question.kind === 'away') return 'Memory holds nothing from a time when you were away.';
  if (question.kind === 'look') return 'Nothing of the last seven days stands out in memory.';
  if (question.kind === 'now') return 'Memory holds nothing from the last hours.';
  const { span } = question.asked;
  const hint = 'Try the name of a file, a word of a commit or note, or a day.';
  return span
    ? `Memory holds nothing about this from ${quoted(span.words)}. ${hint}`
    : `Memory holds nothing about this. ${hint}`;
}

function nowLines({ facts, question, now }: RulesAsk): string[] {
  const { focus, seen, troubles } = facts;
  const wrong = troubles.slice(0, 3).map(({ what, remedy }) => `Now: ${[what, remedy].filter(Boolean).join(' ')}`);
  if (question.kind === 'look') return wrong;
  const attending = focus
    ? `Now: Reverie attends to ${quoted(focus.topic, topicChars)}, since ${clockWords(focus.since)}.`
    : 'Now: Reverie attends to nothing in particular.';
  const targets = [...new Set(seen.map((each) => plainLine(each.target, topicChars)))];
  const observed =
    seen.length > 0
      ? `Now: in the last hour ${counted(seen.length, 'thing')} ${seen.length === 1 ? 'was' : 'were'} observed, the newest at ${clockWords(Math.min(now, seen[0]?.occurredAt ?? now))}, about ${list(targets, 3)}.`
      : 'Now: nothing was observed in the last hour.';
  return [attending, observed, ...wrong];
}

/** Words of the question that nothing found holds: said, so that a near miss is not taken for a hit. */
function missingWords({ question, held }: RulesAsk): string | null {
  const meanings = [...meaningsOf(question.asked)];
  const missing = meanings.filter(
    ([, forms]) => !held.some(({ text, target }) => forms.some((form) => form.test(`${text} ${target ?? ''}`))),
  );
  if (missing.length === 0) return null;
  if (missing.length === meanings.length)
    return 'Nothing in memory holds the words of the question; this is what is nearest.';
  if (missing.length * 2 > meanings.length) return null;
  return `Nothing that was found holds ${list(
    missing.map(([word]) => quoted(word, 40)),
    3,
  )}.`;
}

/** The last time first, or the first one when that is asked for. */
function whenLines({ held, countedAt, question, now }: RulesAsk): string[] {
  if (countedAt.length === 0) return ['The best matches in memory:', ...lines(held, now)];
  const isFirst = /\bfirst\b/i.test(question.text);
  const [told, ...others] = alike(held.filter(({ kind, at }) => !learnedKinds.has(kind) || countedAt.includes(at)));
  if (!told) return lines(held, now);
  const rest = others.slice(0, othersAtMost).flat();
  const learned = held.filter(({ kind, at }) => learnedKinds.has(kind) && !countedAt.includes(at));
  return [
    saidAt(told, `the ${isFirst ? 'first' : 'last'} record is from ${whenWords(told[0].at, now)}`),
    ...(rest.length > 0 ? [isFirst ? 'Then:' : 'Before that:', ...lines(rest, now)] : []),
    ...(learned.length > 0 ? [learnedHeading, ...lines(learned, now)] : []),
  ];
}

function oftenLines({ held, countedAt, facts, now }: RulesAsk): string[] {
  const occasions = occasionsOf(countedAt);
  const learned = held.filter(({ kind }) => learnedKinds.has(kind));
  const seen = held.filter(({ kind }) => !learnedKinds.has(kind));
  if (occasions.length === 0 || seen.length === 0) return ['The best matches in memory:', ...lines(held, now)];
  const days = [...Map.groupBy(occasions, (at) => dayWords(at, now))].map(
    ([day, each]) => `${times(each.length)} ${onDay(day)}`,
  );
  const many = days.length > 4 ? `on ${counted(days.length, 'day')}, most lately ${days.at(-1)}` : list(days, 4);
  const refs = refsText(seen.slice(0, 6).map(({ ref }) => ref));
  return [
    `${facts.observed ? 'Reverie thought about it' : 'At least'} ${times(occasions.length)}, as far as memory reaches: ${many} ${refs}.`,
    ...(learned.length > 0 ? [learnedHeading, ...lines(learned, now)] : []),
    'The newest of them:',
    ...lines(seen.slice(0, 4), now),
  ];
}

const onDay = (day: string) => (/^(?:today|yesterday)$/.test(day) ? day : `on ${day}`);

const learnedFirst = (held: readonly Held[]): Held[] => [
  ...held.filter(({ kind }) => learnedKinds.has(kind)),
  ...held.filter(({ kind }) => !learnedKinds.has(kind)),
];
