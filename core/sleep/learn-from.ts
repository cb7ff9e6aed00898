import type { Evidence, LearnedFrom } from '../memory.ts';
import { isOfTheWorld } from '../observe/matching.ts';
import { plainLine } from '../observe/text.ts';
import { observationWords } from '../observe/words.ts';
import type { Draft } from '../remember/draft.ts';
import { consolidates } from '../remember/promotion.ts';
import { snapshotOf, snapshotOfText } from '../remember/snapshot.ts';
import { type Observation, severities } from '../types.ts';
import { counted, dateOf, lasting, named, timeOf } from './mine/wording.ts';

/** What is learned from episodes is worth as much (SL2). */
export const learningImportance = 0.6;
/** A theme runs through so many episodes of a batch, through so large a part of them, and through so many times as many as the next. */
const themeEpisodes = 4;
const themeShare = 0.4;
const themeLead = 1.5;
/** What happened once in a batch is no trouble that comes again, unless it was critical; counting (`mine`) sees it over the days. */
const troubleCases = 2;
const linkMs = 30 * 60_000;
const linkCases = 2;
/** A busy day has five batches or more: each leaves what is worth the most, and the rest stays in its episodes for a while. */
const mostOf = { batch: 4, troubles: 2, links: 2, own: 2 };
const evidenceAtMost = 5;
/** About a hundred tokens: what is longer is shortened, and the episode stays as evidence (ME2). */
const ownLength = 400;

/**
 * What a batch of episodes teaches without a model, at most four learnings: troubles (errors that came again, and what came before them),
 * links (what was followed by the same trouble again and again), episodes that proved their worth, and the theme (what they were about,
 * when one thing is clearly above the rest). Only what was seen in the world
 * or written by the owner counts. The same thing has the same key in every batch.
 */
export function learnFrom(material: readonly LearnedFrom[]): Draft[] {
  const batch = material.map((each) => ({ ...each, observations: each.observations.filter(isOfTheWorld) }));
  const seen = batch.flatMap((each) => each.observations).toSorted((a, b) => a.occurredAt - b.occurredAt);
  if (seen.length === 0) return [];
  return [...troubles(seen), ...links(seen), ...ownLearnings(batch), ...theme(batch, seen)].slice(0, mostOf.batch);
}

function theme(batch: readonly LearnedFrom[], seen: readonly Observation[]): Draft[] {
  const [first, last] = [seen[0]!.occurredAt, seen.at(-1)!.occurredAt];
  const episodesOf = (target: string) =>
    batch.filter((each) => each.observations.some((one) => one.target === target)).length;
  const [top, next] = [...Map.groupBy(seen, (each) => each.target)]
    .map(([target, about]) => ({ target, about, episodes: episodesOf(target) }))
    .sort((a, b) => b.episodes - a.episodes || (a.target < b.target ? -1 : 1));
  const bar = Math.max(themeEpisodes, batch.length * themeShare, (next?.episodes ?? 0) * themeLead);
  if (!top || top.episodes < bar) return [];
  const { target, about, episodes } = top;
  return [
    learning({
      key: `theme:${target}`,
      target,
      text: `${named(target)} was what work was about in ${episodes} of ${counted(batch.length, 'episode')} from ${when(first)} to ${when(last)}: ${tally(about)}.`,
      evidence: about,
    }),
  ];
}

/** "changed 12 times, test failed 3 times" */
const tally = (about: readonly Observation[]) =>
  [...Map.groupBy(about, (each) => each.type)]
    .map(([type, each]) => [type, each.reduce((sum, one) => sum + one.count, 0)] as const)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([type, count]) => `${plainLine(type, 60).replaceAll('-', ' ')} ${counted(count, 'time')}`)
    .join(', ');

const isTrouble = ({ severity }: Observation) => severities.indexOf(severity) >= severities.indexOf('error');
const kindOf = ({ type, target }: Observation) => `${type}:${target}`;

function troubles(seen: readonly Observation[]): Draft[] {
  return [...Map.groupBy(seen.filter(isTrouble), kindOf)]
    .filter(([, cases]) => cases.length >= troubleCases || cases[0]?.severity === 'critical')
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, mostOf.troubles)
    .map(([kind, cases]) => {
      const [first, last] = [cases[0]!, cases.at(-1)!];
      const before = causeOf(first, seen);
      const times =
        cases.length === 1
          ? `on ${when(first.occurredAt)}`
          : `${counted(cases.length, 'time')} from ${when(first.occurredAt)} to ${when(last.occurredAt)}`;
      return learning({
        key: `trouble:${kind}`,
        target: first.target,
        text: `Trouble with ${named(first.target)} ${times}: ${observationWords(last)}.${before ? ` Before it, ${observationWords(before)}.` : ''}`,
        evidence: before ? [before, ...cases] : cases,
        severity: first.severity === 'critical' ? 1 : 0.8,
      });
    });
}

/** What was changed last before it, within half an hour, elsewhere. */
const causeOf = (trouble: Observation, seen: readonly Observation[]) =>
  seen.findLast(
    (each) =>
      each.occurredAt < trouble.occurredAt &&
      trouble.occurredAt - each.occurredAt <= linkMs &&
      each.target !== trouble.target &&
      !isTrouble(each),
  );

function links(seen: readonly Observation[]): Draft[] {
  const pairs = seen.filter(isTrouble).flatMap((trouble) => {
    const cause = causeOf(trouble, seen);
    return cause ? [{ cause, trouble }] : [];
  });
  return [...Map.groupBy(pairs, ({ cause, trouble }) => `${kindOf(cause)}>${kindOf(trouble)}`)]
    .map(([key, cases]) => ({ key, cases, causes: new Set(cases.map(({ cause }) => cause.id)).size }))
    .filter(({ causes }) => causes >= linkCases)
    .sort((a, b) => b.causes - a.causes)
    .slice(0, mostOf.links)
    .map(({ key, cases, causes }) => {
      const { cause, trouble } = cases[0]!;
      return learning({
        key: `link:${key}`,
        target: trouble.target,
        text: `${counted(causes, 'time')} from ${when(cause.occurredAt)} to ${when(cases.at(-1)!.trouble.occurredAt)}, ${named(cause.target)} (${cause.type}) was soon followed by ${named(trouble.target)} (${trouble.type}), within ${lasting(linkMs)}.`,
        evidence: cases.flatMap((each) => [each.cause, each.trouble]),
        severity: 0.8,
      });
    });
}

/**
 * What the owner found useful, and what went into thoughts again and again. What was important from the start was remembered at once
 * (`remember/admission`): the same with a time of day would be there twice.
 */
function ownLearnings(batch: readonly LearnedFrom[]): Draft[] {
  return batch
    .filter(({ observations, insights }) => insights.length > 0 || observations.some((each) => each.trust === 'owner'))
    .filter(({ episode, insights }) => isLate(episode) || insights.some((each) => each.verdict === 'useful'))
    .sort((a, b) => b.episode.importance - a.episode.importance)
    .slice(0, mostOf.own)
    .map(({ episode, observations, insights }) => {
      const targets = new Set(observations.map((each) => each.target));
      const told = insights.find((each) => each.verdict === 'useful') ?? insights[0];
      const liked = insights.some((each) => each.verdict === 'useful');
      const draft = learning({
        // Another of the same words is the same learning.
        key: null,
        target: targets.size === 1 ? observations[0]!.target : null,
        text: plainLine(told?.text ?? `${when(episode.startedAt)}: ${episode.summary}`, ownLength),
        evidence: observations,
      });
      const source: Evidence = {
        kind: 'episode',
        id: episode.id,
        at: episode.endedAt,
        snapshot: snapshotOfText(`${episode.summary} → ${episode.outcome}`),
      };
      return {
        ...draft,
        terms: { ...draft.terms, owner: liked ? 1 : null },
        evidence: [source, ...draft.evidence],
      };
    });
}

/** Nothing was made of it in its time, and it proved worth it since. */
const isLate = (episode: LearnedFrom['episode']) =>
  consolidates(episode) && !consolidates({ importance: episode.importance, recalled: 0 });

function learning(of: {
  key: string | null;
  target: string | null;
  text: string;
  evidence: readonly Observation[];
  severity?: number;
}): Draft {
  return {
    kind: 'learning',
    key: of.key?.slice(0, 300) ?? null,
    target: of.target,
    text: of.text,
    importance: learningImportance,
    terms: { severity: of.severity ?? null },
    rule: null,
    hits: 0,
    misses: 0,
    evidence: evidenceFrom(of.evidence),
    expiresInDays: null,
  };
}

/** The newest few, each with what it said. */
const evidenceFrom = (seen: readonly Observation[]): Evidence[] =>
  [...new Map(seen.map((each) => [each.id, each])).values()]
    .sort((a, b) => b.occurredAt - a.occurredAt)
    .slice(0, evidenceAtMost)
    .map((each) => ({ kind: 'observation', id: each.id, at: each.occurredAt, snapshot: snapshotOf(each) }));

const when = (at: number) => `${dateOf(at)} ${timeOf(at)}`;
