import { z } from 'zod';
import type { LearnedFrom, Matcher, Memory, Rule } from '../../memory.ts';
import { isSpecific } from '../../observe/matching.ts';
import { sameMatcher } from '../../remember/contradiction.ts';
import type { Draft } from '../../remember/draft.ts';
import type { Asked } from '../phase.ts';
import { longestMs, ruleKey } from '../recombine.ts';
import { ask, type SleepModelParts } from './ask.ts';
import { claimReader, claimsAtMost, refsIn } from './claim.ts';
import { claimsIn, draftOf, leftNotes } from './learn.ts';
import { imagineInstructions, imagineSchema } from './prompts.ts';
import { type Refusal, refusalNotes, sift } from './sift.ts';
import { episodeThings, kindThings, memoryThings } from './thing.ts';

/** SL4 */
const importance = 0.3;
const hourMs = 3_600_000;
const leastHours = 1 / 6;
const mostHours = longestMs / hourMs;
const usualHours = 24;
const kindsAtMost = 40;

interface DreamMaterial {
  episodes: LearnedFrom[];
  memories: Memory[];
  patterns: Memory[];
  kinds: { ref: string; matcher: Matcher; words: string }[];
}

const ref = z
  .unknown()
  .optional()
  .transform((value) => refsIn(value)[0] ?? null);
const hours = z
  .unknown()
  .optional()
  .transform((value) => {
    const figure = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    const asked = typeof figure === 'number' && !Number.isNaN(figure) ? figure : usualHours;
    return Math.min(mostHours, Math.max(leastHours, asked));
  });
const readClaim = claimReader({ when_ref: ref, then_ref: ref, within_hours: hours });
type Hypothesis = NonNullable<ReturnType<typeof readClaim>>;

/**
 * Dream: hypotheses that later observations can confirm or refute. A rule is put together from kinds of event that were really seen, never
 * from a model's own words; what it rests on are the episodes and memories that were recombined, none of them a dream.
 */
export async function imagine(
  parts: SleepModelParts,
  material: DreamMaterial,
  signal: AbortSignal,
): Promise<Asked<Draft[]>> {
  const kinds = material.kinds
    .filter(({ matcher }) => isSpecific(matcher))
    .slice(0, kindsAtMost)
    .map((kind) => ({ ...kind, ref: kind.ref.toLowerCase() }));
  const memories = memoryThings([...material.memories, ...material.patterns]);
  const episodes = episodeThings(material.episodes);
  if (kinds.length === 0 || memories.length + episodes.length === 0)
    return { ok: true, value: [], tokens: 0, notes: [] };
  const asked = await ask(
    parts,
    {
      purpose: 'dream',
      instructions: imagineInstructions,
      schema: { name: 'hypotheses', schema: imagineSchema },
      field: 'hypotheses',
      sections: [
        // The last are left out first: those before them happen more often.
        { heading: 'kinds of event:', things: kindThings(kinds).toReversed(), share: 0.4 },
        { heading: 'memories:', things: memories, share: 0.5 },
        { heading: 'episodes:', things: episodes, share: 1 },
      ],
    },
    (object, cut) => claimsIn(object, 'hypotheses', readClaim, cut),
    signal,
  );
  if (!asked.ok) return asked;
  const { value: claims, shown } = asked.value;
  const there = kinds.filter(({ ref: own }) => shown.some((thing) => thing.ref === own));
  const withKinds = claims.map((claim) => ({ ...claim, evidence: [...claim.evidence, ...kindsOf(claim)] }));
  const { kept, refused } = sift(withKinds, {
    things: shown,
    least: 1,
    most: claimsAtMost,
    also: ({ claim }): Refusal | null => (ruleOf(claim, there) ? null : 'no-rule'),
  });
  const { dreamDays } = parts.settings().sleep;
  const value = kept.flatMap((believed) => {
    const rule = ruleOf(believed.claim, there);
    if (!rule) return [];
    return [draftOf(believed, { kind: 'dream', importance, rule, key: ruleKey(rule), expiresInDays: dreamDays })];
  });
  return { ...asked, value, notes: [...leftNotes(asked.value), ...refusalNotes(refused, 'hypothesis')] };
}

const kindsOf = ({ when_ref, then_ref }: Hypothesis): string[] => [when_ref, then_ref].flatMap((each) => each ?? []);

/** Null when one of the two is no kind that was shown, or both are the same. */
function ruleOf({ when_ref, then_ref, within_hours }: Hypothesis, kinds: DreamMaterial['kinds']): Rule | null {
  const [when, then] = [when_ref, then_ref].map((each) => kinds.find((kind) => kind.ref === each)?.matcher);
  if (!when || !then) return null;
  if (sameMatcher(when, then)) return null;
  return { when, then, withinMs: Math.round(within_hours * hourMs) };
}
