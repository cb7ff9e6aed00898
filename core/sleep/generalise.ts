import type { Evidence, Matcher, Memory, Rule } from '../memory.ts';
import { matcherWords } from '../observe/matching.ts';
import { plainLine } from '../observe/text.ts';
import { contradictory } from '../remember/contradiction.ts';
import type { Draft } from '../remember/draft.ts';
import { alike, type Reading, readingOf } from '../remember/likeness.ts';
import { spanWords } from '../remember/matching.ts';
import { counted, named } from './mine/wording.ts';
import { memoryEvidence, ruleKey } from './recombine.ts';

/** A memory with what it rests on. */
export interface Grounded {
  memory: Memory;
  evidence: Evidence[];
}

/** So many learnings about one thing, or rules of one kind, are a principle or a rule of higher order (SL3). */
const clusterSize = 3;
const principleImportance = 0.7;
const mostOf = { principles: 5, rules: 5 };
const evidenceAtMost = 10;
const quotedLength = 100;
const nameLength = 50;
const principleLength = 280;

/**
 * What many memories have in common, without a model: principles (at least three different things known of one, a pattern or a lesson among them), and rules of higher order (at
 * least three patterns of the same two types of event in one place). Their evidence are the memories and what was seen; never a dream.
 */
export function generalise(memories: readonly Grounded[]): Draft[] {
  const usable = memories.filter(({ memory }) => memory.kind !== 'dream');
  return [...principles(usable), ...widerRules(usable)];
}

function principles(memories: readonly Grounded[]): Draft[] {
  const about = memories.filter(({ memory }) => memory.target !== null && memory.kind !== 'principle');
  return [...Map.groupBy(about, ({ memory }) => memory.target ?? '')]
    .map(([target, all]) => ({ target, cluster: unlike(all) }))
    .filter(
      ({ cluster }) => cluster.length >= clusterSize && cluster.some(({ memory }) => teaches.includes(memory.kind)),
    )
    .sort((a, b) => b.cluster.length - a.cluster.length || (a.target < b.target ? -1 : 1))
    .slice(0, mostOf.principles)
    .map(({ target, cluster }) => ({
      kind: 'principle',
      key: `principle:${target}`.slice(0, 300),
      target,
      text: plainLine(principleWords(target, cluster), principleLength),
      importance: principleImportance,
      rule: null,
      hits: 0,
      misses: 0,
      evidence: evidenceOf(cluster),
      expiresInDays: null,
    }));
}

/** One sentence of its own: what the rules about the thing come to, with their figures; without rules, what the weightiest of them says. */
function principleWords(target: string, cluster: readonly Grounded[]): string {
  const rules = cluster.flatMap(({ memory }) => (memory.rule?.then.type ? [{ memory, rule: memory.rule }] : []));
  const [first] = rules;
  if (!first) {
    const most = plainLine(cluster[0]?.memory.text ?? '', quotedLength);
    return `${cluster.length} memories are about ${named(target)}; what weighs most: ${most}`;
  }
  const { type, severity } = first.rule.then;
  const told = rules
    .filter(({ rule }) => rule.then.type === type)
    .toSorted((a, b) => b.memory.hits - a.memory.hits)
    .slice(0, clusterSize)
    .map(
      ({ memory, rule }) => `in ${memory.hits} of ${counted(memory.hits + memory.misses, 'case')} ${afterWords(rule)}`,
    );
  const trouble = severity === 'error' || severity === 'critical' || /fail|error|broken|crash/.test(type ?? '');
  return `${named(target)} ${trouble ? 'is a recurring trouble' : 'is worth foreseeing'}: it ${didWords(type ?? '')} ${listed(told)}.`;
}

/** "after package-lock.json changed"; of what follows itself, "again within 2 hours". */
const afterWords = ({ when, then, withinMs }: Rule) =>
  when.type === then.type && when.target === then.target
    ? `again within ${spanWords(withinMs)}`
    : `after ${plainLine(matcherWords(when), nameLength)}`;

/** “failed”, “passed”; of what has no verb, “showed “lint warning””. */
function didWords(type: string): string {
  const verb = plainLine(type, 40).split('-').at(-1) ?? '';
  return verb.endsWith('ed') ? verb : `showed “${plainLine(type, 40).replaceAll('-', ' ')}”`;
}

const listed = (parts: readonly string[]) =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** Something to go by has to be among them: that something was worked on teaches nothing. */
const teaches: readonly Memory['kind'][] = ['pattern', 'lesson'];

/** Those that say something of their own, most important first. */
function unlike(cluster: readonly Grounded[]): Grounded[] {
  const kept: { each: Grounded; reading: Reading }[] = [];
  for (const each of cluster.toSorted((a, b) => b.memory.importance - a.memory.importance)) {
    const reading = readingOf(each.memory.text);
    if (!kept.some((other) => alike(other.reading, reading))) kept.push({ each, reading });
  }
  return kept.map(({ each }) => each);
}

function widerRules(memories: readonly Grounded[]): Draft[] {
  const patterns = memories.flatMap(({ memory, evidence }) => {
    const { rule } = memory;
    // One that is without a target is of higher order already.
    if (memory.kind !== 'pattern' || !rule?.when.type || !rule.then.type || !rule.when.target) return [];
    return [{ memory, evidence, rule }];
  });
  const family = ({ rule: { when, then } }: (typeof patterns)[number]) =>
    JSON.stringify([
      when.source ?? null,
      when.type,
      when.place ?? null,
      then.source ?? null,
      then.type,
      then.target ?? null,
    ]);
  return [...Map.groupBy(patterns, family).values()]
    .filter((cluster) => new Set(cluster.map(({ rule }) => rule.when.target)).size >= clusterSize)
    .sort((a, b) => b.length - a.length)
    .slice(0, mostOf.rules)
    .flatMap((cluster) => {
      const first = cluster[0]!.rule;
      const rule = {
        when: { ...first.when, target: null },
        then: first.then,
        withinMs: Math.max(...cluster.map(({ rule: each }) => each.withinMs)),
      };
      const hits = sum(cluster.map(({ memory }) => memory.hits));
      const misses = sum(cluster.map(({ memory }) => memory.misses));
      return {
        kind: 'pattern' as const,
        key: `wider:${ruleKey(rule)}`,
        target: first.then.target ?? null,
        text: `Whatever it is: after ${matcherWords(rule.when)} comes ${matcherWords(rule.then)} within ${spanWords(rule.withinMs)}, ${hits} of ${counted(hits + misses, 'time')} for ${cluster.length} different things.`,
        importance: principleImportance,
        rule,
        hits,
        misses,
        evidence: evidenceOf(cluster),
        expiresInDays: null,
      };
    });
}

const sum = (figures: readonly number[]) => figures.reduce((all, each) => all + each, 0);

/** The memories themselves, and the newest of what was seen behind each. */
const evidenceOf = (cluster: readonly Grounded[]): Evidence[] =>
  [
    ...cluster.map(({ memory }) => memoryEvidence(memory)),
    ...cluster.flatMap(({ evidence }) => evidence.filter((each) => each.kind === 'observation').slice(0, 1)),
  ].slice(0, evidenceAtMost * 2);

/** Pairs of memories that say the opposite and are not linked yet, by words and rules alone. */
export function contradictions(memories: readonly Memory[]): [string, string][] {
  const read = memories.map((memory) => ({ memory, reading: readingOf(memory.text) }));
  return read.flatMap((one, at) =>
    read
      .slice(at + 1)
      .filter(({ memory }) => !one.memory.contradicts.includes(memory.id))
      .filter((other) => contradictory(one.memory, other.memory, { a: one.reading, b: other.reading }))
      .map((other): [string, string] => [one.memory.id, other.memory.id]),
  );
}

/** Patterns with the same rule: the one that is kept (the oldest that is pinned, else the oldest), and the others. */
export function sameRules(patterns: readonly Memory[]): { kept: Memory; others: Memory[] }[] {
  const ruled = patterns.flatMap((each) => (each.rule ? [{ each, rule: each.rule }] : []));
  const groups = Map.groupBy(ruled, ({ rule: { when, then } }) => JSON.stringify([fieldsOf(when), fieldsOf(then)]));
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .flatMap((twins) => {
      const group = twins.map(({ each }) => each).toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const kept = group.find((each) => each.pinned) ?? group[0];
      return kept ? [{ kept, others: group.filter((each) => each !== kept && !each.pinned) }] : [];
    })
    .filter(({ others }) => others.length > 0);
}

const fieldsOf = ({ source, type, target, place, severity }: Matcher) =>
  [source, type, target, place, severity].map((field) => field ?? null);
