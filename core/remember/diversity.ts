import { cosine, termsOf, type Vector, vectorOf } from '../attend/similarity.ts';

/** How much being good counts against being new. */
const goodness = 0.8;
/** Longer texts are compared by their beginning. */
const comparedAtMost = 1_000;

/**
 * Maximal marginal relevance (Carbonell, Goldstein 1998): picks up to `limit` things, each the best of what is left when likeness to what
 * was picked already counts against it. Scores are 0..1, sorted best first; the same words are picked once. Returns them in order of pick.
 * Likeness only grows, so only what would be picked next is compared (lazy greedy, Minoux 1978).
 */
export function diverse<Thing extends { text: string; score: number }>(
  sorted: readonly Thing[],
  limit: number,
): Thing[] {
  const seen = new Set<string>();
  const left: Candidate<Thing>[] = sorted
    .filter(({ text }) => !seen.has(text) && seen.add(text))
    // The last of three times as many would have to be half as good and still win.
    .slice(0, limit * 3)
    .map((thing) => ({ thing, vector: null, likeness: 0, compared: 0 }));
  const picked: Candidate<Thing>[] = [];
  while (picked.length < limit && left.length > 0) {
    const at = bestOf(left);
    const next = left[at];
    if (!next) break;
    if (next.compared < picked.length) compare(next, picked);
    else picked.push(...left.splice(at, 1));
  }
  return picked.map(({ thing }) => thing);
}

interface Candidate<Thing> {
  thing: Thing;
  vector: Vector | null;
  /** To the likest of the first `compared` that were picked. */
  likeness: number;
  compared: number;
}

function compare<Thing extends { text: string }>(next: Candidate<Thing>, picked: readonly Candidate<Thing>[]): void {
  for (const other of picked.slice(next.compared))
    next.likeness = Math.max(next.likeness, cosine(vectorIn(next), vectorIn(other)) ?? 0);
  next.compared = picked.length;
}

const vectorIn = <Thing extends { text: string }>(of: Candidate<Thing>): Vector =>
  (of.vector ??= vectorOf(termsOf(of.thing.text.slice(0, comparedAtMost))));

function bestOf(left: readonly Candidate<{ score: number }>[]): number {
  let [best, at] = [Number.NEGATIVE_INFINITY, 0];
  left.forEach(({ thing, likeness }, place) => {
    const worth = goodness * thing.score - (1 - goodness) * likeness;
    if (worth > best) [best, at] = [worth, place];
  });
  return at;
}
