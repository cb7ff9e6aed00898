import type { Brief, Rule } from '../memory.ts';
import { isOfTheWorld, matches, seenAt } from '../observe/matching.ts';
import type { Draft } from '../remember/draft.ts';
import type { Stamp } from '../types.ts';

/** What follows oftener than this whatever was before it cannot bear out a dream. */
const chanceAtMost = 0.5;
/** Moments of activity are so far apart; with fewer of them nobody can say what is usual. */
const momentMs = 10 * 60_000;
const leastMoments = 4;
/** Looking at all that might be dreamt would take long. */
const lookedAtAtMost = 30;

/**
 * How often what the rule foretells came within its time whatever was before it, 0..1: the share of moments of activity in the place of
 * `when` that were followed by it among what was `seen`. null when there were too few of them.
 */
export function baseRate({ when, then, withinMs }: Rule, seen: readonly Brief[], now: Stamp): number | null {
  const ends = seen.filter((each) => isOfTheWorld(each) && matches(then, each)).map(seenAt);
  const moments = new Map<number, Stamp>();
  for (const each of seen) {
    const moment = Math.floor(each.at / momentMs);
    if (moments.has(moment) || each.at + withinMs > now || !isOfTheWorld(each) || matches(then, each)) continue;
    if (!when.place || matches({ place: when.place }, each)) moments.set(moment, each.at);
  }
  if (moments.size < leastMoments) return null;
  ends.sort((a, b) => a - b);
  let next = 0;
  let followed = 0;
  for (const at of [...moments.values()].sort((a, b) => a - b)) {
    while (next < ends.length && ends[next]! <= at) next += 1;
    if (next < ends.length && ends[next]! - at <= withinMs) followed += 1;
  }
  return followed / moments.size;
}

/** The first `atMost` that do not foretell what comes anyway; their novelty says how seldom it does, so that they are judged by it. */
export function beyondChance(
  drafts: readonly Draft[],
  { seen, now, atMost }: { seen: readonly Brief[]; now: Stamp; atMost: number },
): Draft[] {
  const kept: Draft[] = [];
  for (const draft of drafts.slice(0, lookedAtAtMost)) {
    const chance = draft.rule && baseRate(draft.rule, seen, now);
    if (chance !== null && chance > chanceAtMost) continue;
    kept.push({ ...draft, terms: { ...draft.terms, novelty: chance === null ? null : 1 - chance } });
    if (kept.length === atMost) break;
  }
  return kept;
}
