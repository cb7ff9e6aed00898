import type { Evidence, LearnedFrom, Matcher, Memory } from '../../memory.ts';
import { isOfTheWorld } from '../../observe/matching.ts';
import { observationText, plainLine } from '../../observe/text.ts';
import { clipBytes, snapshotOf, snapshotOfText } from '../../remember/snapshot.ts';
import { severities } from '../../types.ts';

/** One thing that a model may cite, as it is shown and as its answer is held against it. */
export interface Thing {
  /** `e1` an episode, `m1` a memory, `k1` a kind of event. */
  ref: string;
  /** One line, as the prompt shows it behind its ref. */
  line: string;
  /** What a learning that cites it may name. */
  ground: string;
  /** Texts that a learning must not merely repeat. */
  sources: readonly string[];
  /** What it is about, as far as that is told. */
  targets: readonly string[];
  /** What citing it rests on; empty when citing it alone is no evidence. */
  evidence: readonly Evidence[];
}

const observationsShown = 8;
const observationsCited = 4;
const lineAtMost = 3_000;

/**
 * Episodes as things, oldest first. Of each only what came from the world is shown and may be cited, and the owner's verdicts are told;
 * Reverie's own words are neither. An episode of nothing but those is left out.
 */
export const episodeThings = (material: readonly LearnedFrom[]): Thing[] =>
  material.flatMap((each) => episodeThing(each) ?? []).map((thing, at) => ({ ...thing, ref: `e${at + 1}` }));

function episodeThing({ episode, observations, insights }: LearnedFrom): Omit<Thing, 'ref'> | null {
  const seen = observations.filter(isOfTheWorld);
  if (seen.length === 0 && observations.length > 0) return null;
  const worst = seen.toSorted((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity));
  const shown = seen.filter((each) => worst.slice(0, observationsShown).includes(each));
  const sources = shown.map(observationText);
  const more = seen.length > shown.length ? [`and ${seen.length - shown.length} more`] : [];
  const judged = insights.flatMap(({ text, verdict }) =>
    verdict ? [`the owner found this ${verdict === 'useful' ? 'useful' : 'unwanted'}: ${plainLine(text, 200)}`] : [],
  );
  const summary = `${new Date(episode.startedAt).toISOString().slice(0, 19)}Z ${plainLine(episode.summary, 600)}`;
  const line = [...(shown.length > 0 ? sources : [summary]), ...more, ...judged].join(' | ');
  const ofEpisode: Evidence = {
    kind: 'episode',
    id: episode.id,
    at: episode.startedAt,
    snapshot: snapshotOfText(plainLine(episode.summary, 500)),
  };
  const ofObservations = worst.slice(0, observationsCited).map((each): Evidence => {
    return { kind: 'observation', id: each.id, at: each.occurredAt, snapshot: snapshotOf(each) };
  });
  return {
    line: plainLine(line, lineAtMost),
    ground: [...sources, ...seen.map(({ target }) => target), summary].join('\n'),
    sources: shown.length > 0 ? sources : [summary],
    targets: [...new Set(seen.map(({ target }) => target))],
    evidence: [...ofObservations.slice(0, 1), ofEpisode, ...ofObservations.slice(1)],
  };
}

/** Memories as things, in the order given. Dreams are left out: nothing ever rests on one. */
export const memoryThings = (memories: readonly Memory[]): Thing[] =>
  memories
    .filter(({ kind }) => kind !== 'dream')
    .map(({ id, kind, text, target, changedAt }, at) => ({
      ref: `m${at + 1}`,
      line: plainLine(`${new Date(changedAt).toISOString().slice(0, 10)} ${kind}: ${text}`, lineAtMost),
      ground: `${new Date(changedAt).toISOString().slice(0, 10)} ${text}\n${target ?? ''}`,
      sources: [text],
      targets: target === null ? [] : [target],
      evidence: [{ kind: 'memory', id, at: changedAt, snapshot: clipBytes(text) }],
    }));

/** Kinds of event as things, under their own refs in lower case. To cite one is no evidence. */
export const kindThings = (kinds: readonly { ref: string; matcher: Matcher; words: string }[]): Thing[] =>
  kinds.map(({ ref, matcher, words }) => ({
    ref: ref.toLowerCase(),
    line: plainLine(words, 300),
    ground: [words, ...Object.values(matcher)].join('\n'),
    sources: [],
    targets: [],
    evidence: [],
  }));
