import type { Evidence, LearnedFrom, Matcher, Memory, Rule } from '../memory.ts';
import { isOfTheWorld, isSpecific, matcherWords, matches, seenAt } from '../observe/matching.ts';
import { plainLine } from '../observe/text.ts';
import type { Draft } from '../remember/draft.ts';
import { spanWords } from '../remember/matching.ts';
import { snapshotOfText } from '../remember/snapshot.ts';
import type { Observation } from '../types.ts';

/** A kind of event that was really seen: hypotheses are made of nothing else. */
export interface SeenKind {
  ref: string;
  matcher: Matcher;
  words: string;
}

/** What one dream is made of; never a dream. */
export interface DreamMaterial {
  episodes: LearnedFrom[];
  /** Each with the observations it rests on, as far as they are still there. */
  memories: { memory: Memory; observations: Observation[] }[];
  patterns: Memory[];
}

export const dreamImportance = 0.3;
const hourMs = 3_600_000;
export const longestMs = 24 * hourMs;
const kindsAtMost = 40;
const textLength = 400;

/** Equal for rules that come to the same: of the same types about the same things. */
export const ruleKey = ({ when, then }: Pick<Rule, 'when' | 'then'>): string =>
  `rule:${thingKey(when)}>${thingKey(then)}`;

const thingKey = ({ source, type, target, place }: Matcher): string =>
  (target ? [type, target] : [source, type, '', place]).map((field) => encodeURIComponent(field ?? '')).join('|');

const matcherKey = ({ source, type, target, place, severity }: Matcher): string =>
  [source, type, target, place, severity].map((field) => encodeURIComponent(field ?? '')).join('|');

/** The kinds of event in the material, those of its patterns included, at most 40. */
export function kindsOf({ episodes, memories, patterns }: DreamMaterial): SeenKind[] {
  const seen = [...episodes, ...memories].flatMap((each) => each.observations.filter(isOfTheWorld));
  const matchers = [...seen.map(matcherOf), ...patterns.flatMap(({ rule }) => (rule ? [rule.when, rule.then] : []))];
  const distinct = new Map(matchers.filter((each) => each.type).map((each) => [matcherKey(each), each]));
  return [...distinct.values()]
    .slice(0, kindsAtMost)
    .map((matcher, at) => ({ ref: `K${at + 1}`, matcher, words: matcherWords(matcher) }));
}

const matcherOf = (seen: Observation): Matcher => {
  const { place } = seen.details;
  return { source: seen.source, type: seen.type, target: seen.target, ...(typeof place === 'string' && { place }) };
};

/** Whether later observations can tell: it says something in particular, of kinds that were really seen, and not of one kind twice. */
export function isTestable({ when, then, withinMs }: Rule, kinds: readonly SeenKind[]): boolean {
  const real = (matcher: Matcher) => kinds.some((each) => matcherKey(each.matcher) === matcherKey(matcher));
  return (
    withinMs > 0 &&
    withinMs <= longestMs &&
    isSpecific(when) &&
    isSpecific(then) &&
    real(when) &&
    real(then) &&
    thingKey(when) !== thingKey(then)
  );
}

interface Idea {
  rule: Rule;
  /** Why one might think so, in words. */
  why: string;
  from: Evidence[];
}

/**
 * What might follow from the material, as testable hypotheses in a random order: chains of two patterns, a pattern carried over to other
 * places and things of the same types, a pattern turned round, one thing's events after another's. None whose rule is `known` already.
 */
export function recombine(
  material: DreamMaterial,
  known: ReadonlySet<string>,
  draw: () => number,
  expiresInDays: number,
): Draft[] {
  const kinds = kindsOf(material);
  const ideas = [
    ...chains(material.patterns),
    ...analogies(material, kinds),
    ...inversions(material.patterns),
    ...associations(material),
    ...cooccurrences(material.episodes),
  ].filter(({ rule }) => isTestable(rule, kinds) && !known.has(ruleKey(rule)));
  const distinct = [...new Map(ideas.map((each) => [ruleKey(each.rule), each])).values()];
  return shuffled(distinct, draw).map((idea) => dreamDraft(idea, expiresInDays));
}

/** A→B and B→C: perhaps A→C. */
function chains(patterns: readonly Memory[]): Idea[] {
  return pairs(patterns).flatMap(([one, other]) => {
    if (!one.rule || !other.rule || !sameKind(one.rule.then, other.rule.when)) return [];
    const withinMs = Math.min(longestMs, one.rule.withinMs + other.rule.withinMs);
    const rule = { when: one.rule.when, then: other.rule.then, withinMs };
    return [{ rule, why: 'one pattern ends where another begins', from: [one, other].map(memoryEvidence) }];
  });
}

/** A→B here: perhaps the same types of event do the same in a place where both were seen. */
function analogies({ patterns, episodes }: DreamMaterial, kinds: readonly SeenKind[]): Idea[] {
  return patterns.flatMap((pattern) => {
    const { rule } = pattern;
    if (!rule) return [];
    return pairs(kinds)
      .filter(([a, b]) => a.matcher.type === rule.when.type && b.matcher.type === rule.then.type)
      .filter(([a, b]) => a.matcher.place === b.matcher.place && !sameKind(a.matcher, rule.when))
      .slice(0, 5)
      .map(([a, b]) => ({
        rule: { when: a.matcher, then: b.matcher, withinMs: rule.withinMs },
        why: 'a pattern that holds elsewhere may hold here',
        from: [memoryEvidence(pattern), ...episodesWith(episodes, [a.matcher, b.matcher])],
      }));
  });
}

/** A→B: perhaps also B→A. */
const inversions = (patterns: readonly Memory[]): Idea[] =>
  patterns.flatMap((pattern) => {
    const { rule } = pattern;
    if (!rule) return [];
    const turned = { when: rule.then, then: rule.when, withinMs: rule.withinMs };
    return [{ rule: turned, why: 'the known pattern may hold the other way round', from: [memoryEvidence(pattern)] }];
  });

/** Something is known of a thing, and a pattern ends somewhere: perhaps the one leads to the other. */
const associations = ({ memories, patterns }: DreamMaterial): Idea[] =>
  memories.flatMap(({ memory, observations }) => {
    const last = newestOfTheWorld(observations);
    if (!last) return [];
    return patterns.flatMap((pattern) =>
      pattern.rule
        ? [
            {
              rule: {
                when: matcherOf(last),
                then: pattern.rule.then,
                withinMs: Math.min(longestMs, pattern.rule.withinMs),
              },
              why: 'what is known of one may lead to the other',
              from: [memory, pattern].map(memoryEvidence),
            },
          ]
        : [],
    );
  });

/** Two episodes about different things: perhaps the one comes after the other again. */
function cooccurrences(episodes: readonly LearnedFrom[]): Idea[] {
  const inOrder = episodes.toSorted((a, b) => a.episode.startedAt - b.episode.startedAt);
  return inOrder.flatMap((one, at) =>
    inOrder.slice(at + 1).flatMap((other) => {
      const [when, then] = [newestOfTheWorld(one.observations), newestOfTheWorld(other.observations)];
      if (!when || !then || when.target === then.target) return [];
      const rule = { when: matcherOf(when), then: matcherOf(then), withinMs: hourMs };
      return [{ rule, why: 'the one came some time after the other', from: [one, other].map(episodeEvidence) }];
    }),
  );
}

const newestOfTheWorld = (observations: readonly Observation[]): Observation | null =>
  observations
    .filter(isOfTheWorld)
    .reduce<Observation | null>((last, each) => (last && seenAt(last) > seenAt(each) ? last : each), null);

const sameKind = (a: Matcher, b: Matcher): boolean => thingKey(a) === thingKey(b);

const pairs = <T>(of: readonly T[]): [T, T][] =>
  of.flatMap((a) => of.filter((b) => b !== a).map((b): [T, T] => [a, b]));

const episodesWith = (episodes: readonly LearnedFrom[], matchers: readonly Matcher[]): Evidence[] =>
  episodes
    .filter((each) => each.observations.some((one) => matchers.some((matcher) => matches(matcher, one))))
    .map(episodeEvidence);

export const memoryEvidence = ({ id, text, changedAt }: Memory): Evidence => ({
  kind: 'memory',
  id,
  at: changedAt,
  snapshot: snapshotOfText(text),
});

export const episodeEvidence = ({ episode }: LearnedFrom): Evidence => ({
  kind: 'episode',
  id: episode.id,
  at: episode.endedAt,
  snapshot: snapshotOfText(`${episode.summary} → ${episode.outcome}`),
});

function dreamDraft({ rule, why, from }: Idea, expiresInDays: number): Draft {
  const words = `Perhaps: after ${matcherWords(rule.when)} comes ${matcherWords(rule.then)}, within ${spanWords(rule.withinMs)}; ${why}.`;
  return {
    kind: 'dream',
    text: plainLine(words, textLength),
    key: ruleKey(rule),
    target: rule.then.target ?? null,
    importance: dreamImportance,
    rule,
    hits: 0,
    misses: 0,
    evidence: from,
    expiresInDays,
  };
}

/** In a random order (Fisher and Yates 1938). */
export function shuffled<T>(things: readonly T[], draw: () => number): T[] {
  const mixed = [...things];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = Math.floor(draw() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
}
