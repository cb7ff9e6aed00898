import type { Item } from '../../memory.ts';

/** BM25 (Robertson, Zaragoza 2009). `b` is below the usual 0.75: what says more in one item is rarely padded. */
const k1 = 1.2;
const b = 0.4;

export interface LexicalHit {
  item: Item;
  score: number;
  /** The terms it holds, rarest first, and what each adds to the score. */
  matched: string[];
  weights: number[];
}

/** How much a word tells: BM25's inverse document frequency, never negative. */
export const rarity = (places: number, size: number) => Math.log(1 + Math.max(0, size - places + 0.5) / (places + 0.5));

/** Which terms each thing holds, as bits in the order of the lists. */
export function whichHold(
  lists: readonly (readonly number[])[],
  allowed: ReadonlySet<number> | null,
): Map<number, number> {
  const held = new Map<number, number>();
  lists.forEach((ns, place) => {
    for (const n of ns) if (allowed === null || allowed.has(n)) held.set(n, (held.get(n) ?? 0) | (1 << place));
  });
  return held;
}

/** The best `limit` of many, best first, of those that hold the same the newest. Many things hold few sets of terms, so only sets are weighed. */
export function best(held: ReadonlyMap<number, number>, weights: readonly number[], limit: number): number[] {
  const bySet = new Map<number, number[]>();
  for (const [n, terms] of held) {
    const same = bySet.get(terms);
    if (same) same.push(n);
    else bySet.set(terms, [n]);
  }
  const worth = (terms: number) =>
    weights.reduce((sum, weight, place) => (terms & (1 << place) ? sum + weight : sum), 0);
  const bestFirst = [...bySet].map(([terms, ns]) => ({ worth: worth(terms), ns })).sort((x, y) => y.worth - x.worth);
  const found: number[] = [];
  for (const { ns } of bestFirst) {
    if (found.length >= limit) break;
    for (const n of ns.sort((x, y) => y - x).slice(0, limit - found.length)) found.push(n);
  }
  return found;
}

export function scored(
  items: readonly Item[],
  terms: readonly { term: string; weight: number }[],
  held: ReadonlyMap<number, number>,
): LexicalHit[] {
  const usual = items.reduce((sum, item) => sum + item.text.length, 0) / Math.max(1, items.length);
  return items
    .map((item) => {
      const bits = held.get(item.n) ?? 0;
      const matched = terms.filter((_, place) => bits & (1 << place));
      const brevity = (k1 + 1) / (1 + k1 * (1 - b + (b * item.text.length) / Math.max(1, usual)));
      const weights = matched.map(({ weight }) => weight * brevity);
      const score = weights.reduce((sum, each) => sum + each, 0);
      return { item, score, matched: matched.map(({ term }) => term), weights };
    })
    .sort((x, y) => y.score - x.score || y.item.at - x.item.at || y.item.n - x.item.n);
}
