import type { Evidence, Memory, MemoryChange, Rule } from '../memory.ts';
import { matcherWords } from '../observe/matching.ts';
import { plainLine } from '../observe/text.ts';
import type { Stamp } from '../types.ts';
import { absoluteDates } from './absolute-dates.ts';
import { firstStabilityDays } from './forgetting.ts';
import { unit } from './importance.ts';
import { spanWords } from './matching.ts';
import type { PromoteDream } from './scoring.ts';

/** From either of these on an episode is worth learning from before others (ME2). */
const recalledOften = 3;
const consolidateFrom = 0.6;
/** What has come true is at least as important as what light sleep learned. */
const confirmedImportance = 0.6;
const textLength = 400;

/** Whether an episode's learnings go to long-term memory: recalled three times or more, or of importance 0.6 and above. */
export const consolidates = (episode: { importance: number; recalled: number }): boolean =>
  episode.recalled >= recalledOften || (unit(episode.importance) ?? 0) >= consolidateFrom;

/**
 * A dream that came true becomes a pattern with the same rule and score, in words of its own. It rests on the observations that settled it (`settledBy`:
 * what is older than the dream is passed over) and never on the dream; without a rule, or before it is confirmed, nothing comes of it. The dream itself stays as it is.
 */
export function promoteDream(
  dream: Memory,
  settledBy: readonly Evidence[],
  now: Stamp,
  nextId: () => string,
): MemoryChange[] {
  if (dream.kind !== 'dream' || !dream.rule || dream.validation !== 'confirmed') return [];
  const evidence = settledBy.filter((each) => each.kind === 'observation' && each.at >= dream.formedAt);
  const memory: Memory = {
    ...dream,
    id: nextId(),
    kind: 'pattern',
    text: plainLine(promotedWords(dream, dream.rule), textLength),
    key: `dreamt:${dream.key ?? dream.id}`,
    importance: Math.max(confirmedImportance, unit(dream.importance) ?? 0),
    terms: { ...dream.terms, outcome: 1 },
    strength: 1,
    strengthAt: now,
    stabilityDays: firstStabilityDays,
    recalled: 0,
    recalledAt: null,
    formedAt: now,
    changedAt: now,
    trust: 'derived',
    validation: 'confirmed',
    pinned: false,
    support: evidence.length,
    expiresAt: null,
    contradicts: [],
  };
  return [{ kind: 'remember', memory, evidence }];
}

/** Promotes a dream on everything that bore it out: what settled it now, and `before`, the evidence of each dream by its id. */
export const promotingOn =
  (before: ReadonlyMap<string, readonly Evidence[]>): PromoteDream =>
  (dream, evidence, now, nextId) =>
    promoteDream(dream, [...(before.get(dream.id) ?? []), ...evidence], now, nextId);

/** Figures and the day of the dream instead of the dream's guess. */
const promotedWords = ({ hits, misses, formedAt }: Memory, { when, then, withinMs }: Rule): string =>
  `After ${matcherWords(when)}, ${matcherWords(then)} came within ${spanWords(withinMs)}, ${hits} of ${hits + misses} times; ${absoluteDates('it was dreamt today', formedAt)}.`;
