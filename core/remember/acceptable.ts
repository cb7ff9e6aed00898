import type { Evidence, ImportanceTerms } from '../memory.ts';
import { plainLine } from '../observe/text.ts';
import type { Settings } from '../settings.ts';
import type { Stamp, Trust } from '../types.ts';
import { absoluteDates } from './absolute-dates.ts';
import type { Draft } from './draft.ts';
import { cut, extract, roughTokens, sentencesOf } from './extract.ts';
import { importanceOf, noTerms, unit } from './importance.ts';
import { readingOf } from './likeness.ts';
import { snapshotOfText } from './snapshot.ts';

/** Longer texts are summarised when they are taken in (ME2). */
const textTokens = 100;
/** Sentences that say less than this say too little of a text so long: then its beginning does. */
const leastTokens = 20;
/** Of a text that is not summarised: what costs so few tokens is never this long. */
const textChars = 600;
const keyChars = 300;
const targetChars = 1_000;
/** Pieces of evidence that one draft brings at most, newest first. */
const evidenceAtMost = 50;

/** Who stands behind a piece of evidence; `dream` for a memory that is one, null for what does not exist. */
export type TrustOf = (evidence: Evidence) => Trust | 'dream' | null;

/** A draft that may be remembered, as it would be. */
export interface Accepted extends Draft {
  terms: ImportanceTerms;
  /** The text as it was, when it was too long, in 500 bytes; else null. */
  original: string | null;
}

/**
 * The draft with text, evidence and figures in order; null when it is not to be remembered: too unimportant, without words, without
 * evidence that counts, a dream that cites a dream or that nothing could test.
 */
export function acceptable(
  draft: Draft,
  { settings, trustOf, now }: { settings: Pick<Settings['memory'], 'shortTerm'>; trustOf: TrustOf; now: Stamp },
): Accepted | null {
  const terms = { ...noTerms, ...draft.terms };
  const importance = unit(draft.importance) ?? importanceOf(terms);
  if (importance < settings.shortTerm || (draft.kind === 'dream' && !draft.rule)) return null;
  const evidence = evidenceThatCounts(draft, trustOf);
  const text = shortText(draft.text);
  if (evidence === null || saysNothing(text)) return null;
  const long = text !== plainLine(draft.text.slice(0, 4 * textChars), 4 * textChars);
  return {
    ...draft,
    terms,
    importance,
    evidence,
    text: absoluteDates(text, evidence[0]?.at ?? now),
    original: long ? snapshotOfText(plainLine(draft.text.slice(0, 4 * textChars), textChars)) : null,
    key: draft.key !== null && draft.key.length <= keyChars ? draft.key : null,
    target: draft.target !== null && draft.target.length <= targetChars ? draft.target : null,
    hits: cases(draft.hits),
    misses: cases(draft.misses),
  };
}

/** Signs and figures alone. */
function saysNothing(text: string): boolean {
  const { terms, names } = readingOf(text);
  return terms.size + names.length === 0;
}

const cases = (n: number) => (Number.isFinite(n) ? Math.max(0, Math.floor(n)) : 0);

/** One line of at most 100 tokens: the text itself, the sentences that say most of it, or its beginning when all are too long. */
function shortText(text: string): string {
  const line = plainLine(text.slice(0, 4 * textChars), 4 * textChars);
  if (text.length <= 4 * textChars && roughTokens.count(line) <= textTokens) return line;
  const sentences = sentencesOf(text);
  const whole = sentences.filter((each) => !each.endsWith('…') && roughTokens.count(each) < textTokens);
  const said = extract(whole, textTokens, roughTokens).join(' ');
  return cut(roughTokens.count(said) < leastTokens ? (sentences[0] ?? '') : said, textTokens, roughTokens);
}

/**
 * What of the evidence is none is left out: ids that do not exist, dreams, and observations of Reverie's own doing. null when nothing is
 * left that something could rest on (insights alone are Reverie's own words), or when a dream cites a dream.
 */
function evidenceThatCounts(draft: Draft, trustOf: TrustOf): Evidence[] | null {
  const judged = mergedEvidence(
    [],
    draft.evidence.filter((each) => Number.isFinite(each.at)),
  ).map((each) => ({ each, trust: trustOf(each) }));
  if (draft.kind === 'dream' && judged.some(({ trust }) => trust === 'dream')) return null;
  const counts = judged
    .filter(
      ({ each, trust }) =>
        trust !== null && trust !== 'dream' && trust !== 'app' && (each.kind !== 'observation' || trust !== 'derived'),
    )
    .map(({ each }) => ({ ...each, snapshot: snapshotOfText(plainLine(each.snapshot, 500)) }));
  return counts.some((each) => each.kind !== 'insight') ? counts.slice(0, evidenceAtMost) : null;
}

/** Both, each piece once, newest first: the order they came in does not matter. */
export function mergedEvidence(one: readonly Evidence[], other: readonly Evidence[]): Evidence[] {
  const all = [...one, ...other].toSorted(
    (a, b) => b.at - a.at || compare(a.kind, b.kind) || compare(a.id, b.id) || compare(a.snapshot, b.snapshot),
  );
  const seen = new Set<string>();
  return all.filter(({ kind, id }) => !seen.has(`${kind} ${id}`) && seen.add(`${kind} ${id}`));
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
