/** Lexical similarity: how much two texts speak of the same things, without a model. */
export type Terms = ReadonlyMap<string, number>;

const wordPattern = /[\p{L}\p{N}]+/gu;
const humps = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u;

/** The words of a text with how often each occurs: lower case, camelCase and paths taken apart, numbers and single letters left out. */
export function termsOf(text: string): Terms {
  const terms = new Map<string, number>();
  const count = (term: string) => {
    if (term.length >= 2 && !/^\d+$/.test(term)) terms.set(term, (terms.get(term) ?? 0) + 1);
  };
  for (const word of text.match(wordPattern) ?? []) {
    const lower = word.toLowerCase();
    // Most words are written small and have no humps to be looked for.
    if (lower === word) count(word);
    else for (const part of word.split(humps)) count(part.toLowerCase());
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

/** Which of many vectors is most like one, in one look: by the terms they share, not one after the other. */
export interface Likenesses {
  add(id: string, vector: Vector): void;
  /** The first added of the most similar ones; `id` is null when none shares a term, `similarity` too when the vector has no terms. */
  mostSimilar(own: Vector): { id: string | null; similarity: number | null };
}

export function createLikenesses(): Likenesses {
  const ids: string[] = [];
  const norms: number[] = [];
  const holders = new Map<string, { at: number; weight: number }[]>();
  return {
    add(id, { terms, norm }) {
      const at = ids.push(id) - 1;
      norms.push(norm);
      for (const [term, count] of terms) {
        const holding = { at, weight: dampen(count) };
        const known = holders.get(term);
        if (known) known.push(holding);
        else holders.set(term, [holding]);
      }
    },
    mostSimilar({ terms, norm }) {
      if (terms.size === 0) return { id: null, similarity: null };
      const dots = new Float64Array(ids.length);
      for (const [term, count] of terms) {
        const own = dampen(count);
        for (const { at, weight } of holders.get(term) ?? []) dots[at]! += own * weight;
      }
      let best = { id: null as string | null, similarity: 0 };
      for (let at = 0; at < dots.length; at++) {
        const found = Math.min(1, dots[at]! / (norm * norms[at]!));
        if (found > best.similarity) best = { id: ids[at]!, similarity: found };
      }
      return best;
    },
  };
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
