import type { Evidence, Expectation, Memory, MemoryChange, Settled, Settlement, Wanted } from '../memory.ts';
import { matcherWords, type Seen } from '../observe/matching.ts';
import { plainLine } from '../observe/text.ts';
import type { Decision, Episode, Observation, Stamp, Verdict } from '../types.ts';
import type { Draft } from './draft.ts';
import { graceMs, sawAmong, settle } from './expectations.ts';
import { strengthNow } from './forgetting.ts';
import { snapshotOfText } from './snapshot.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const wordsAtMost = 300;

/** A decision that did something: an insight was told or work was proposed. */
export type ActedOn = Pick<Episode, 'id' | 'insightIds'>;

/**
 * What a decision that was acted on expects to see, to be judged later (ME6); null when nothing was done or nothing has to follow.
 * `observation` is the one that it is mainly about. “No further error on X.” must not be seen; “The merge in X has ended.” must; of all
 * other outcomes there are only the words. Due after `next_check`, but not before an hour and not after a day.
 */
export function expectOutcome(
  { metadata, action_type }: Decision,
  episode: ActedOn,
  { now, nextId, observation = null }: { now: Stamp; nextId: () => string; observation?: Observation | null },
): Expectation | null {
  const words = plainLine(metadata.expected_outcome, wordsAtMost);
  const acted = episode.insightIds.length > 0 || action_type === 'delegate';
  if (!acted || words.length < 3 || /\bnothing has to follow\b/i.test(words)) return null;
  const asked = (metadata.next_check ?? 0) * 1000;
  return {
    id: nextId(),
    of: 'decision',
    ofId: episode.id,
    causeId: observation?.id ?? null,
    since: now,
    dueAt: now + Math.min(dayMs, Math.max(hourMs, asked || 0)),
    wants: wantedOf(words, observation),
    words,
    confidence: metadata.confidence,
  };
}

const noFurther = /^no (?:further|more|new) (critical observation|error|warning)s?(?: on (.+?))?\.?$/i;
const hasEnded = /^the (?:.+) in (?:.+) has ended\.?$/i;

function wantedOf(words: string, about: Observation | null): Wanted {
  const [, kind, name] = noFurther.exec(words) ?? [];
  if (kind) {
    const severity = kind.toLowerCase().startsWith('critical') ? 'critical' : kind.toLowerCase();
    const target = meant(name, about);
    const source = target !== undefined && target === about?.target ? about.source : undefined;
    return {
      severity: severity as 'critical' | 'error' | 'warning',
      ...(source !== undefined && { source }),
      ...(target !== undefined && { target }),
      absent: true,
    };
  }
  return hasEnded.test(words) && about?.type === 'operation-started'
    ? { source: about.source, type: 'operation-ended', target: about.target }
    : {};
}

/** The target behind a name that may have been shortened at its beginning (`…/cart/total.ts`). */
function meant(name: string | undefined, about: Observation | null): string | undefined {
  const end = name?.replace(/^…/, '');
  return end && about?.target.endsWith(end) ? about.target : name;
}

/**
 * What became of an expectation by what was seen later, once its time is over: as `settle`, with these observations as the only witness
 * of whether anybody looked.
 */
export function judgeOutcome(expectation: Expectation, later: readonly Seen[]): Settlement {
  const after = expectation.dueAt + graceMs + 1;
  return settle([expectation], later, after, sawAmong(later))[0]?.settlement ?? 'unknown';
}

/** So often wrong, and more often than right, and a decision of a kind has a lesson. */
const wrongAtLeast = 2;
const evidenceAtMost = 10;

type Case = { settled: Expectation & Settled; episode: Episode };

/**
 * The lessons of decisions that went wrong repeatedly: one draft for each kind of decision (same action, same target, same expectation)
 * that was not met at least twice and more often than it was met. Its evidence is what was seen: what came against the expectation, else
 * what the decision was made on.
 */
export function lessonsOf(settled: readonly (Expectation & Settled)[], episodes: readonly Episode[]): Draft[] {
  const byId = new Map(episodes.map((each) => [each.id, each]));
  const cases = settled
    .filter((each) => each.of === 'decision' && each.settlement !== 'unknown')
    .flatMap((each) => {
      const episode = byId.get(each.ofId);
      return episode ? [{ settled: each, episode }] : [];
    })
    .toSorted((a, b) => a.settled.since - b.settled.since || (a.settled.id < b.settled.id ? -1 : 1));
  return [...Map.groupBy(cases, kindOf)].flatMap(([key, group]) => lessonOf(key, group) ?? []);
}

const targetOf = ({ settled: { wants }, episode }: Case): string | null =>
  wants.target ?? (episode.targets?.length === 1 ? (episode.targets[0] ?? null) : null);

/** The same decision whatever the figures in its words. */
const kindOf = (each: Case): string =>
  JSON.stringify([
    'outcome',
    each.episode.decision.action_type,
    targetOf(each),
    each.settled.words.toLowerCase().replace(/\d+/g, '#'),
  ]);

function lessonOf(key: string, cases: readonly Case[]): Draft | null {
  const wrong = cases.filter(({ settled }) => settled.settlement === 'not-met');
  const [first, last] = [cases[0], cases.at(-1)];
  if (!first || !last || wrong.length < wrongAtLeast || wrong.length * 2 <= cases.length) return null;
  const { words, wants } = last.settled;
  const happened = wants.absent ? 'it came back' : 'it did not come';
  const days = [...new Set([first, last].map(({ settled }) => dayOf(settled.since)))].join(' to ');
  const deed = last.episode.decision.action_type === 'delegate' ? 'proposing work' : 'telling you';
  const about = targetOf(last);
  const after = `${deed}${about ? ` about ${plainLine(about, 120)}` : ''}`;
  return {
    kind: 'lesson',
    text: `Expected “${words}” after ${after}: ${happened} ${wrong.length} of ${cases.length} times (${days}).`,
    key,
    target: about,
    importance: 0.7,
    terms: { outcome: 0 },
    rule: null,
    hits: 0,
    misses: 0,
    evidence: wrong.flatMap(evidenceOf).slice(-evidenceAtMost),
    expiresInDays: null,
  };
}

const dayOf = (at: Stamp): string => new Date(at).toISOString().slice(0, 10);

function evidenceOf({ settled: { observationIds, wants, at, since }, episode }: Case): Evidence[] {
  const against = observationIds.map((id) => ({ id, at, snapshot: matcherWords(wants) }));
  const ground = episode.observationIds.slice(0, 1).map((id) => ({ id, at: since, snapshot: episode.summary }));
  return (against.length > 0 ? against : ground).map((each) => ({
    kind: 'observation',
    ...each,
    snapshot: snapshotOfText(each.snapshot),
  }));
}

/** What part of what is missing is gained, and what is kept after a loss. */
const gained = 0.2;
const kept: Record<'less' | 'not-met', { importance: number; strength: number }> = {
  less: { importance: 0.5, strength: 0.5 },
  'not-met': { importance: 0.85, strength: 0.9 },
};

/**
 * How a memory that an insight or a decision rested on gains or loses importance by what came of it: by a fifth of what it lacks when it
 * was useful or met; to half when the owner wants less of it, to 85 % when it was not met. The owner's verdict weighs as their reaction,
 * the rest as outcome. Null when nothing follows: an unknown outcome, and a loss of what the owner pinned or said.
 */
export function reweigh(memory: Memory, came: Verdict | Settlement, at: Stamp): MemoryChange | null {
  const { id, importance, terms, pinned, trust } = memory;
  if (came === 'unknown') return null;
  if (came === 'useful' || came === 'met') {
    const term = came === 'useful' ? { owner: 1 } : { outcome: 1 };
    const more = importance + (1 - importance) * gained;
    return { kind: 'reinforce', id, at, evidence: [], importance: more, terms: { ...terms, ...term } };
  }
  if (pinned || trust === 'owner') return null;
  const rest = kept[came];
  return {
    kind: 'weaken',
    id,
    at,
    importance: importance * rest.importance,
    strength: strengthNow(memory, at) * rest.strength,
  };
}

/** So many memories of one decision gain or lose by it, and so many by all decisions that are weighed at once. */
const reweighedOfOne = 20;
const reweighedAtMost = 200;

/**
 * What decisions that were settled change in the memories that rest on what they were made on, one decision after the other: each weighs
 * on what those before it left. `resting` are the ids of the memories of each; dreams, unknown ids and unknown outcomes are passed over.
 */
export function reweighedBy(
  decisions: readonly { came: Settlement; resting: readonly string[] }[],
  memories: readonly Memory[],
  at: Stamp,
): MemoryChange[] {
  const now = new Map(memories.filter(({ kind }) => kind !== 'dream').map((each) => [each.id, each]));
  const changes: MemoryChange[] = [];
  for (const { came, resting } of decisions)
    for (const id of [...new Set(resting)].filter((each) => now.has(each)).slice(0, reweighedOfOne)) {
      const memory = now.get(id);
      const change = memory && changes.length < reweighedAtMost ? reweigh(memory, came, at) : null;
      if (!memory || !change) continue;
      changes.push(change);
      now.set(id, afterWeighing(memory, change));
    }
  return changes;
}

function afterWeighing(memory: Memory, change: MemoryChange): Memory {
  if (change.kind === 'weaken')
    return {
      ...memory,
      importance: change.importance ?? memory.importance,
      strength: change.strength,
      strengthAt: change.at,
    };
  if (change.kind !== 'reinforce') return memory;
  return { ...memory, importance: change.importance ?? memory.importance, terms: change.terms ?? memory.terms };
}
