/** A ranking of things by one sign, best first. */
export interface Ranking<Key> {
  weight: number;
  ranked: readonly { key: Key; score: number }[];
}

/** How slowly the worth of a rank falls. 60 in the paper, for lists of a thousand; these are a tenth as long. */
const slowness = 10;

/**
 * Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009): brings together rankings whose scores can not be compared. Here a rank counts as
 * far as its score is near the best of its own list, so that a poor second does not pass for a good one; equal scores share a rank.
 * Gives each thing its share of what it would have as the best of every list, 0..1.
 */
export function fuse<Key>(rankings: readonly Ranking<Key>[]): Map<Key, number> {
  const used = rankings.filter(({ ranked }) => ranked.length > 0);
  const whole = used.reduce((sum, { weight }) => sum + weight, 0);
  const fused = new Map<Key, number>();
  for (const { weight, ranked } of used) {
    const best = ranked[0]?.score ?? 0;
    let rank = 1;
    ranked.forEach(({ key, score }, place) => {
      if (place > 0 && score !== ranked[place - 1]?.score) rank = place + 1;
      const near = best > 0 ? Math.max(0, score) / best : 1;
      fused.set(key, (fused.get(key) ?? 0) + ((weight / whole) * near * (slowness + 1)) / (slowness + rank));
    });
  }
  return fused;
}
