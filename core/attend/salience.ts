import { plainLine } from '../observe/text.ts';
import type { Settings } from '../settings.ts';
import type { Fired, Focus, Json, Observation, Salience } from '../types.ts';
import { liftOf } from './learned.ts';
import { type LessOf, lessFactor, noiseOf } from './noise.ts';
import { cosine, createLikenesses, joinTerms, type Likenesses, termsOf, vectorOf } from './similarity.ts';

export interface Attention {
  /** Every observation of the batch with its terms, in the order given. */
  scored: { observation: Observation; salience: Salience }[];
  /** What is worth a thought: the best few above the threshold, oldest first. */
  salient: { observation: Observation; salience: Salience }[];
}

/** Values that say how something was measured or where it lies, not what it is about. */
const frame = new Set(['root', 'place', 'repo', 'against', 'hash', 'author', 'branch']);

/**
 * What an observation is about, in its own words: kind, target and the words in its details. Time, figures and the names of fields are
 * left out: they are alike in all observations of a kind and would make any two of them look the same.
 */
export function aboutText(observation: Observation): string {
  const words = Object.entries(observation.details).flatMap(([key, value]) => (frame.has(key) ? [] : wordsIn(value)));
  return plainLine([observation.type, observation.target, observation.severity, ...words].join(' '), 2_000);
}

function wordsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.slice(0, 10).flatMap(wordsIn);
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(wordsIn) : [];
}

/**
 * Scores a batch (AT1): 0.4 relevance to the focus + 0.4 novelty + 0.2 urgency, weights from the settings, and keeps the best above the
 * threshold. Novelty is one minus the similarity to the most similar of the `attended` ones and of those before it in the batch.
 * A term that cannot be computed is left out and the weights renormalised. A learned pattern raises what sets it off, when it is worth
 * noticing (`attend/learned`).
 */
export function attend(
  batch: readonly Observation[],
  against: { attended: readonly Observation[]; focus: Focus | null; lessOf: LessOf; learned?: readonly Fired[] },
  settings: Settings['attend'],
): Attention {
  const terms = new Map(batch.map((each) => [each, termsOf(aboutText(each))]));
  // What is noise says nothing about what the moment is about; above all not what Reverie caused itself (OB7).
  const heard = batch.filter((each) => noiseOf(each, settings.noisePerSecond) === null);
  const query = vectorOf(
    against.focus ? termsOf(against.focus.query) : joinTerms(heard.map((each) => terms.get(each) ?? new Map())),
  );
  const known = createLikenesses();
  for (const each of against.attended.slice(0, settings.compareWith))
    known.add(each.id, vectorOf(termsOf(aboutText(each))));
  const scored = batch.map((observation) => {
    const own = vectorOf(terms.get(observation) ?? new Map());
    const nearest = known.mostSimilar(own);
    const salience = score(observation, cosine(own, query), nearest, against, settings);
    if (salience.ignored === null) known.add(observation.id, own);
    return { observation, salience };
  });
  const kept = keepBest(scored, settings.keep);
  const salient = kept
    .filter((each) => each.salience.ignored === null)
    .sort((a, b) => a.observation.occurredAt - b.observation.occurredAt);
  return { scored: kept, salient };
}

function score(
  observation: Observation,
  relevance: number | null,
  nearest: ReturnType<Likenesses['mostSimilar']>,
  { lessOf, learned = [] }: { lessOf: LessOf; learned?: readonly Fired[] },
  settings: Settings['attend'],
): Salience {
  const terms = {
    relevance,
    novelty: nearest.similarity === null ? null : 1 - nearest.similarity,
    urgency: observation.priority / 10,
  };
  const noise = noiseOf(observation, settings.noisePerSecond);
  const lifted = noise === null ? liftOf(observation, learned) : null;
  const value = noise === null ? raised(weigh(terms, settings.weights), lifted) * lessFactor(observation, lessOf) : 0;
  // The owner's own word is heard whatever it scores.
  const tooLow =
    value <= settings.threshold && observation.trust !== 'owner'
      ? `it scored ${value.toFixed(2)}, and ${settings.threshold} is needed`
      : null;
  const salience = { score: value, terms, ignored: noise ?? tooLow, nearestId: nearest.id };
  if (!lifted) return salience;
  const { patternId, text, confidence } = lifted;
  return { ...salience, learned: { patternId, text, confidence } };
}

/** A part of what a score lacks to 1, as large as the pattern is sure. */
const raised = (base: number, lifted: Fired | null): number => base + (1 - base) * (lifted?.lift ?? 0);

/** The weighted mean of the terms that could be computed; 0 when none carries weight. */
export function weigh(terms: Salience['terms'], weights: Settings['attend']['weights']): number {
  let sum = 0;
  let total = 0;
  for (const name of ['relevance', 'novelty', 'urgency'] as const) {
    const term = terms[name];
    if (term === null) continue;
    sum += weights[name] * term;
    total += weights[name];
  }
  // Rounded, so that a score of exactly the threshold is not above it by a bit of binary fraction.
  return total === 0 ? 0 : Math.round((sum / total) * 1e9) / 1e9;
}

const byOwner = (each: Attention['scored'][number]) => Number(each.observation.trust === 'owner');

function keepBest(scored: Attention['scored'], keep: number): Attention['scored'] {
  const passing = scored
    .filter((each) => each.salience.ignored === null)
    .sort((a, b) => byOwner(b) - byOwner(a) || b.salience.score - a.salience.score);
  const crowded = new Set(passing.slice(keep).flatMap((each) => (byOwner(each) ? [] : [each.observation.id])));
  return scored.map((each) =>
    crowded.has(each.observation.id)
      ? { ...each, salience: { ...each.salience, ignored: `${keep} others in the same moment scored higher` } }
      : each,
  );
}
