/** Lexical similarity: how much two texts speak of the same things, without a model. */
export type Terms = ReadonlyMap<string, number>;

const wordPattern = /[\p{L}\p{N}]+/gu;
const humps = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u;

/** The words of a text with how often each occurs: lower case, camelCase and paths taken apart, numbers and single letters left out. */
export function termsOf(text: string): Terms {
  const terms = new Map<string, number>();
  for (const [word] of text.matchAll(wordPattern))
    for (const part of word.split(humps)) {
      const term = part.toLowerCase();
      if (term.length < 2 || /^\d+$/.test(term)) continue;
      terms.set(term, (terms.get(term) ?? 0) + 1);
    }
  return terms;
}

/** A term vector with its length, which is worked out once for many comparisons. */
export interface Vector {
  terms: Terms;
  norm: number;
}

export function vectorOf(terms: Terms): Vector {
  let sum = 0;
  for (const count of terms.values()) sum += dampen(count) ** 2;
  return { terms, norm: Math.sqrt(sum) };
}

/** Cosine of two vectors with dampened counts (1 + ln n), 0..1; null when either has no terms. */
export function cosine(a: Vector, b: Vector): number | null {
  if (a.terms.size === 0 || b.terms.size === 0) return null;
  let dot = 0;
  const [small, large] = a.terms.size <= b.terms.size ? [a.terms, b.terms] : [b.terms, a.terms];
  for (const [term, count] of small) {
    const other = large.get(term);
    if (other !== undefined) dot += dampen(count) * dampen(other);
  }
  return Math.min(1, dot / (a.norm * b.norm));
}

// Most words stand once.
const dampen = (count: number) => (count === 1 ? 1 : 1 + Math.log(count));

/** The same of two that are compared once. */
export const similarity = (a: Terms, b: Terms): number | null => cosine(vectorOf(a), vectorOf(b));

/** Adds up the terms of several texts: the query of general awareness when there is no focus (AT1). */
export function joinTerms(all: readonly Terms[]): Terms {
  const joined = new Map<string, number>();
  for (const terms of all) for (const [term, count] of terms) joined.set(term, (joined.get(term) ?? 0) + count);
  return joined;
}
