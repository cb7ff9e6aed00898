import type { RecallHit, Store } from '../ports.ts';
import type { Stamp } from '../types.ts';

/** How much newness counts against likeness, and after how long a memory is half as new (ME3). */
const recencyWeight = 0.3;
const halfLifeMs = 7 * 86_400_000;

/**
 * What memory holds about a text: full-text hits re-ranked with recency, best first, at most `limit`, without those in `exclude`.
 * Rank scores are 0..1 inside one answer.
 */
export async function recall(
  store: Pick<Store, 'search'>,
  query: string,
  options: { now: Stamp; limit: number; exclude?: ReadonlySet<string> },
): Promise<RecallHit[]> {
  const found = (await store.search(query, options.limit * 4)).filter((hit) => !options.exclude?.has(hit.id));
  const best = Math.max(...found.map((hit) => hit.score), Number.MIN_VALUE);
  const ranked = found
    .map((hit) => ({
      ...hit,
      score: (1 - recencyWeight) * Math.max(0, hit.score / best) + recencyWeight * recency(hit.at, options.now),
    }))
    .sort((a, b) => b.score - a.score);
  const seen = new Set<string>();
  return ranked.filter((hit) => !seen.has(hit.text) && seen.add(hit.text)).slice(0, options.limit);
}

const recency = (at: Stamp, now: Stamp) => 0.5 ** (Math.max(0, now - at) / halfLifeMs);
