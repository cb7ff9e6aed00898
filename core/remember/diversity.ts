import { cosine, termsOf, type Vector, vectorOf } from '../attend/similarity.ts';

/** How much being good counts against being new. */
const goodness = 0.8;
/** Longer texts are compared by their beginning. */
const comparedAtMost = 1_000;

/**
 * Maximal marginal relevance (Carbonell, Goldstein 1998): picks up to `limit` things, each the best of what is left when likeness to what
 * was picked already counts against it. Scores are 0..1, sorted best first; the same words are picked once. Returns them in order of pick.
 */
export function diverse<Thing extends { text: string; score: number }>(
  sorted: readonly Thing[],
  limit: number,
): Thing[] {
  const seen = new Set<string>();
  const left = sorted
    .filter(({ text }) => !seen.has(text) && seen.add(text))
    // The last of three times as many would have to be half as good and still win.
    .slice(0, limit * 3)
    .map((thing) => ({ thing, vector: vectorOf(termsOf(thing.text.slice(0, comparedAtMost))), likeness: 0 }));
  const picked: Thing[] = [];
  while (picked.length < limit && left.length > 0) {
    const [next] = left.splice(bestOf(left), 1);
    if (!next) break;
    picked.push(next.thing);
    for (const each of left) each.likeness = Math.max(each.likeness, cosine(each.vector, next.vector) ?? 0);
  }
  return picked;
}

function bestOf(left: readonly { thing: { score: number }; vector: Vector; likeness: number }[]): number {
  let [best, at] = [Number.NEGATIVE_INFINITY, 0];
  left.forEach(({ thing, likeness }, place) => {
    const worth = goodness * thing.score - (1 - goodness) * likeness;
    if (worth > best) [best, at] = [worth, place];
  });
  return at;
}
