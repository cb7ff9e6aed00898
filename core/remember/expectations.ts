import { ruleConfidence } from '../attend/confidence.ts';
import type { Expectation, Memory, Rule, Settled, Wanted } from '../memory.ts';
import { isOfTheWorld, isSpecific, matches, type Seen, seenAt } from '../observe/matching.ts';
import type { Observation, Stamp } from '../types.ts';
import { spokenOf } from './spoken.ts';

/** What happened before `dueAt` may be told so much later and still count. */
export const graceMs = 60_000;
const openAtMost = 200;

/** Whether somebody looked at that source (null: at any) after `from` and until `until`. */
export type SawSource = (source: string | null, from: Stamp, until: Stamp) => boolean;

/** What opening needs beside the rules. */
export interface OpeningContext {
  now: Stamp;
  nextId: () => string;
}

/**
 * Holds a batch against what is expected, in the order in which it happened: what is met by one observation may be expected anew by the
 * next, and what a batch both sets off and fulfils counts. Returns what was opened (all of it, settled or not) and what was settled, each
 * expectation at most once. `rules` are patterns and dreams, `open` the unsettled expectations of the store.
 */
export function follow(
  rules: readonly Memory[],
  batch: readonly Observation[],
  open: readonly Expectation[],
  context: OpeningContext & { sawSource: SawSource },
): { expectations: Expectation[]; settled: Settled[] } {
  const expectations: Expectation[] = [];
  const settled: Settled[] = [];
  const likely = mayFire(rules, batch);
  let waiting: readonly Expectation[] = open;
  for (const observation of inOrder(batch)) {
    const came = heard(waiting, observation, context.now);
    settled.push(...came);
    waiting = without(waiting, came);
    const fresh = likely.length === 0 ? [] : opened(likely, [observation], waiting, context);
    expectations.push(...fresh);
    if (fresh.length > 0) waiting = [...waiting, ...fresh];
  }
  return { expectations, settled: [...settled, ...lapsed(waiting, context.now, context.sawSource)] };
}

/** The rules whose `when` speaks of a type that is in the batch, or of none: looked through once, and not for each observation. */
function mayFire(rules: readonly Memory[], batch: readonly Observation[]): Memory[] {
  const types = new Set(batch.map((each) => each.type));
  const targets = new Set(batch.map((each) => each.target));
  return rules.filter(({ rule }) => {
    if (!rule) return false;
    const { type, target } = rule.when;
    const whole = typeof target === 'string' && !/[*/]$/.test(target);
    return (!type || types.has(type)) && (!whole || targets.has(target));
  });
}

/**
 * The expectations that a batch gives rise to: one for each rule (a pattern that holds, a dream that waits) whose `when` it fulfils, by
 * the first observation after the rule was formed that does. Nothing that Reverie caused or concluded counts. While one of a rule is open
 * there is no second, so a long burst is one case and not fifty. At most 200 are open at a time. Open ones that are overdue, or that lie
 * in the future because the clock was set back, stand in nobody's way.
 */
export function opened(
  rules: readonly Memory[],
  batch: readonly Observation[],
  open: readonly Expectation[],
  { now, nextId }: OpeningContext,
): Expectation[] {
  const standing = open.filter((each) => each.since <= now + graceMs && now <= each.dueAt + graceMs);
  const taken = new Set(standing.map((each) => each.ofId));
  const seen = inOrder(batch).filter(isOfTheWorld);
  const found = rules.flatMap((memory) => {
    if (!isWatched(memory) || taken.has(memory.id)) return [];
    const { rule, id, kind } = memory;
    const cause = seen.find((each) => each.occurredAt > memory.formedAt && matches(rule.when, each));
    if (!cause) return [];
    const since = cause.occurredAt;
    const dueAt = since + rule.withinMs;
    return [{ of: kind, ofId: id, causeId: cause.id, since, dueAt, wants: rule.then, memory }];
  });
  return found
    .slice(0, Math.max(0, openAtMost - standing.filter((each) => each.of !== 'decision').length))
    .map(({ memory, ...each }) => ({
      id: nextId(),
      ...each,
      words: '',
      confidence: ruleConfidence(memory),
    }));
}

type Watched = Memory & { kind: 'pattern' | 'dream'; rule: Rule };

/** Patterns that hold and dreams that wait for validation, when their rule says something in particular. */
function isWatched(memory: Memory): memory is Watched {
  const { kind, validation, rule } = memory;
  if (!rule || !isSpecific(rule.when) || !isSpecific(rule.then) || !(rule.withinMs > 0)) return false;
  return kind === 'dream'
    ? validation === 'needs-validation'
    : kind === 'pattern' && (validation === 'seen' || validation === 'confirmed');
}

/**
 * What a batch and the time settle. Met: by an observation of the world that happened after `since` and until `dueAt`, is not the cause
 * and fits; one that arrives late counts while the expectation is open. For what must not be seen the same observation settles it as
 * not-met. When `dueAt` and a minute of grace have passed: not-met (met for what must not be seen) if its source was looked at in the
 * meantime, else unknown, because nobody was looking. `sawSource` knows of the batch alone when it is not given. With the clock set back
 * nothing is due until it has caught up.
 */
export function settle(
  open: readonly Expectation[],
  batch: readonly Seen[],
  now: Stamp,
  sawSource: SawSource = sawAmong(batch),
): Settled[] {
  const settled: Settled[] = [];
  let waiting = open;
  for (const seen of inOrder(batch)) {
    const came = heard(waiting, seen, now);
    settled.push(...came);
    waiting = without(waiting, came);
  }
  return [...settled, ...lapsed(waiting, now, sawSource)];
}

/** Those whose time is over: for them alone `sawSource` is asked. */
export const overdue = (open: readonly Expectation[], now: Stamp): Expectation[] =>
  open.filter((each) => now > each.dueAt + graceMs);

/** These look whenever Reverie is awake: what one of them saw shows that the others looked as well. Other sources speak for themselves. */
const watchers: ReadonlySet<string | null> = new Set(['files', 'git']);

/** A `SawSource` that knows of these observations. */
export function sawAmong(seen: readonly Seen[]): SawSource {
  return (source, from, until) =>
    seen.some((each) => {
      const at = seenAt(each);
      const speaks = source === null || each.source === source || (watchers.has(source) && watchers.has(each.source));
      return speaks && at > from && at <= until;
    });
}

/** What one observation settles of what is expected. */
function heard(waiting: readonly Expectation[], seen: Seen, now: Stamp): Settled[] {
  return waiting.flatMap((each) => {
    const settlement = saysOf(each, seen);
    return settlement ? [settledAs(each, settlement, now, [seen.id])] : [];
  });
}

function saysOf({ causeId, since, dueAt, wants, words }: Expectation, seen: Seen): 'met' | 'not-met' | null {
  const at = seenAt(seen);
  if (seen.id === causeId || !(at > since && at <= dueAt) || !isOfTheWorld(seen)) return null;
  if (!isSpecific(wants)) return spokenOf(words, seen);
  if (!matches(wants, seen)) return null;
  return wants.absent ? 'not-met' : 'met';
}

function lapsed(waiting: readonly Expectation[], now: Stamp, sawSource: SawSource): Settled[] {
  return overdue(waiting, now).map((each) => {
    const { wants, since, dueAt } = each;
    const looked = isSpecific(wants) && sawSource(wants.source ?? null, since, dueAt + graceMs);
    return settledAs(each, looked ? silence(wants) : 'unknown', now, []);
  });
}

/** What it means that nothing came although somebody looked. */
const silence = ({ absent }: Wanted): 'met' | 'not-met' => (absent ? 'met' : 'not-met');

const settledAs = (
  { id, of, ofId }: Expectation,
  settlement: Settled['settlement'],
  at: Stamp,
  observationIds: string[],
): Settled => ({ id, of, ofId, settlement, at, observationIds });

const without = (waiting: readonly Expectation[], settled: readonly Settled[]): readonly Expectation[] =>
  settled.length === 0 ? waiting : waiting.filter((each) => !settled.some((one) => one.id === each.id));

const inOrder = <T extends Seen>(batch: readonly T[]): T[] =>
  batch.toSorted((a, b) => seenAt(a) - seenAt(b) || (a.id < b.id ? -1 : 1));
