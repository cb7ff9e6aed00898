import type { Memory, Rule } from '../memory.ts';
import { isOfTheWorld, isSpecific, matcherWords, matches, seenAt } from '../observe/matching.ts';
import { type Fired, type Observation, type Stamp, severities } from '../types.ts';
import { ruleConfidence } from './confidence.ts';

/** How far a pattern that always held would raise a score towards 1. */
const fullLift = 0.5;
/** From here on a pattern is worth noticing whatever it foretells: the importance that long-term memory asks for. */
const importantFrom = 0.7;
const firedAtMost = 20;

/**
 * The learned patterns that a batch sets off, surest first, at most 20: each once, by the first observation that fits, and none whose
 * prediction came true within the batch already or whose time had passed by `now`. Only patterns that were seen or confirmed and only
 * what happened in the world count: no dream acts on anything, nor does what Reverie did itself.
 */
export function firedPatterns(batch: readonly Observation[], patterns: readonly Memory[], now: Stamp): Fired[] {
  const inOrder = batch.filter(isOfTheWorld).toSorted((a, b) => a.occurredAt - b.occurredAt);
  return patterns
    .flatMap((pattern) => firedBy(inOrder, pattern, now) ?? [])
    .sort((a, b) => b.confidence - a.confidence || (a.patternId < b.patternId ? -1 : 1))
    .slice(0, firedAtMost);
}

function firedBy(batch: readonly Observation[], pattern: Memory, now: Stamp): Fired | null {
  const { rule, hits, misses } = pattern;
  if (!rule || !holds(pattern) || !isSpecific(rule.when) || !isSpecific(rule.then)) return null;
  const cause = batch.find((each) => matches(rule.when, each) && each.occurredAt + rule.withinMs > now);
  if (!cause || batch.some((each) => each !== cause && seenAt(each) >= cause.occurredAt && matches(rule.then, each)))
    return null;
  const confidence = ruleConfidence(pattern);
  return {
    patternId: pattern.id,
    observationId: cause.id,
    text: pattern.text,
    confidence,
    hits,
    misses,
    expects: matcherWords(rule.then),
    until: cause.occurredAt + rule.withinMs,
    lift: worthNoticing(pattern, rule) ? fullLift * confidence : 0,
    learnedAt: pattern.formedAt,
  };
}

/** A pattern that may act: seen, or dreamt and confirmed since. */
const holds = ({ kind, validation }: Memory): boolean =>
  kind === 'pattern' && (validation === 'seen' || validation === 'confirmed');

const troubleWords = /fail|error|warn|conflict|crash|broke|timeout|lost|rewritten|critical/i;

/** That two files change together is known of many and worth no attention: trouble ahead is, and what is held for important. */
const worthNoticing = ({ importance }: Memory, { then }: Rule): boolean =>
  importance >= importantFrom ||
  troubleWords.test(then.type ?? '') ||
  severities.indexOf(then.severity ?? 'debug') >= severities.indexOf('warning');

/** The fired pattern that raises this observation most; null when none does. */
export function liftOf(observation: Observation, learned: readonly Fired[]): Fired | null {
  const lifting = learned.filter((each) => each.observationId === observation.id && (each.lift ?? 0) > 0);
  return lifting.reduce<Fired | null>(
    (best, each) => (best && (best.lift ?? 0) >= (each.lift ?? 0) ? best : each),
    null,
  );
}
