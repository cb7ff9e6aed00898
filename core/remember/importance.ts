import type { ImportanceTerms } from '../memory.ts';
import type { Observation, Salience, Severity } from '../types.ts';

/**
 * What each term weighs beside the others (ME2). The owner's own reaction weighs most; how bad it was and what the thought said weigh
 * more than that it was new or came as expected.
 */
const weights: ImportanceWeights = { severity: 0.3, novelty: 0.2, owner: 0.4, outcome: 0.2, thought: 0.3 };
type ImportanceWeights = Record<keyof ImportanceTerms, number>;

const severityTerm: Record<Severity, number> = { debug: 0.1, info: 0.3, warning: 0.6, error: 0.8, critical: 1 };

export const noTerms: ImportanceTerms = { severity: null, novelty: null, owner: null, outcome: null, thought: null };

/** A number inside 0..1; null for what is no number. */
export const unit = (value: number | null | undefined): number | null =>
  value === null || value === undefined || Number.isNaN(value) ? null : Math.min(1, Math.max(0, value));

/** Importance 0..1: the weighted mean of the terms that could be told, their weights renormalised; 0 when none could. */
export function importanceOf(terms: ImportanceTerms): number {
  const told = toldTerms(terms);
  const weight = told.reduce((sum, [name]) => sum + weights[name], 0);
  return told.reduce((sum, [name, value]) => sum + weights[name] * value, 0) / (weight || 1);
}

/** The terms in words for the owner, heaviest first: "severity 0.8". */
export function termsWords(terms: ImportanceTerms): string[] {
  return toldTerms(terms)
    .sort(([a, x], [b, y]) => weights[b] * y - weights[a] * x)
    .map(([name, value]) => `${termNames[name]} ${Math.round(value * 100) / 100}`);
}

const termNames: Record<keyof ImportanceTerms, string> = {
  severity: 'severity',
  novelty: 'novelty',
  owner: 'your word',
  outcome: 'outcome',
  thought: 'the thought that formed it',
};

function toldTerms(terms: ImportanceTerms): [keyof ImportanceTerms, number][] {
  return (Object.keys(weights) as (keyof ImportanceTerms)[]).flatMap((name) => {
    const value = unit(terms[name]);
    return value === null ? [] : [[name, value]];
  });
}

/** An observation that was attended to, with how it was judged. */
export interface Attended {
  observation: Pick<Observation, 'id' | 'severity' | 'trust' | 'target' | 'occurredAt'>;
  salience: Pick<Salience, 'terms'>;
}

/**
 * The terms of what was attended to in one cycle: the worst severity, the greatest novelty, whether the owner wrote of it, and how
 * important the thought said it was (null when there was no thought).
 */
export function attendedTerms(salient: readonly Attended[], thought: number | null): ImportanceTerms {
  const worst = salient.map(({ observation }) => severityTerm[observation.severity]);
  const novelty = salient.flatMap(({ salience }) => unit(salience.terms.novelty) ?? []);
  return {
    ...noTerms,
    severity: worst.length > 0 ? Math.max(...worst) : null,
    novelty: novelty.length > 0 ? Math.max(...novelty) : null,
    owner: salient.some(({ observation }) => observation.trust === 'owner') ? 1 : null,
    thought: unit(thought),
  };
}

/** How important an episode is, 0..1, by what was attended to in it and by the importance of its insight (null when it had none). */
export const importanceOfEpisode = (salient: readonly Attended[], thought: number | null): number =>
  importanceOf(attendedTerms(salient, thought));
