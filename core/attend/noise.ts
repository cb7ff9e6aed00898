import type { Observation } from '../types.ts';

/** What the owner said "less of this" to: how often per topic key. */
export type LessOf = ReadonlyMap<string, number>;

/** The topic of an observation, as "less of this" remembers it. */
export const topicKey = (observation: Observation) => `${observation.source} ${observation.type} ${observation.target}`;

/**
 * Why an observation is noise, in words; null when it is not (AT3). `perSecond` is the rate above which one key is noise; a burst names
 * many things and is judged as one.
 */
export function noiseOf(observation: Observation, perSecond: number): string | null {
  if (observation.causeId !== null) return 'Reverie caused it itself';
  if (observation.details.whitespaceOnly === true) return 'only whitespace changed';
  if (observation.trust === 'derived') return 'it is a conclusion, not something seen';
  const seconds = (observation.lastAt - observation.firstAt) / 1000;
  if (
    observation.type !== 'burst' &&
    observation.count > perSecond &&
    observation.count / Math.max(1, seconds) > perSecond
  )
    return `the same ${observation.count} times at more than ${perSecond} per second`;
  return null;
}

/** What is left of a score after the owner's "less of this": halved each time they said so, for the topic itself. */
export function lessFactor(observation: Observation, lessOf: LessOf): number {
  return 0.5 ** (lessOf.get(topicKey(observation)) ?? 0);
}
