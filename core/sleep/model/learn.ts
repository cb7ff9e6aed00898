import { z } from 'zod';
import type { Evidence, LearnedFrom, Memory } from '../../memory.ts';
import type { Draft } from '../../remember/draft.ts';
import type { Asked } from '../phase.ts';
import { ask, type Read, type SleepModelParts } from './ask.ts';
import { claimReader, claimsAtMost, listIn } from './claim.ts';
import { learnInstructions, learnSchema } from './prompts.ts';
import { type Believed, refusalNotes, sift } from './sift.ts';
import { episodeThings, memoryThings, type Thing } from './thing.ts';

/** What light sleep learns is stored at this importance (SL2). */
const importance = 0.6;
const evidenceAtMost = 10;
const knownAtMost = 20;

const readClaim = claimReader({ kind: z.string().catch('') });

/** Light sleep: key learnings from episodes. What is known is shown so that it is not told again; it may be cited beside episodes. */
export async function learn(
  parts: SleepModelParts,
  material: readonly LearnedFrom[],
  known: readonly Memory[],
  signal: AbortSignal,
): Promise<Asked<Draft[]>> {
  const episodes = episodeThings(material);
  if (episodes.length === 0) return { ok: true, value: [], tokens: 0, notes: [] };
  const asked = await ask(
    parts,
    {
      purpose: 'sleep-light',
      instructions: learnInstructions,
      schema: { name: 'learnings', schema: learnSchema },
      field: 'learnings',
      sections: [
        { heading: 'known already:', things: memoryThings(known.slice(0, knownAtMost)), share: 0.2 },
        { heading: 'episodes:', things: episodes, share: 1 },
      ],
    },
    (object, cut) => claimsIn(object, 'learnings', readClaim, cut),
    signal,
  );
  if (!asked.ok) return asked;
  const { value: claims, shown } = asked.value;
  const { kept, refused } = sift(claims, {
    things: shown,
    least: 1,
    most: claimsAtMost,
    // What rests on memories alone is deep sleep's.
    also: ({ cited }) => (cited.some(({ ref }) => ref.startsWith('e')) ? null : 'unfounded'),
  });
  const value = kept.map((believed) => draftOf(believed, { kind: 'learning', importance }));
  return { ...asked, value, notes: [...leftNotes(asked.value), ...refusalNotes(refused, 'learning')] };
}

/** The claims of an answer; the last of a list that was cut off may be half and is left out. Null when there is no list. */
export function claimsIn<C>(
  object: unknown,
  name: string,
  readOne: (value: unknown) => C | null,
  cut: boolean,
): C[] | null {
  const list = listIn(object, name);
  const whole = cut ? list?.slice(0, -1) : list;
  const claims = whole?.slice(0, claimsAtMost * 2).flatMap((each) => readOne(each) ?? []);
  if (!claims || !list) return null;
  return list.length > 0 && claims.length === 0 ? null : claims;
}

/** A draft of what a model said and what it cited, its confidence being the thought's own term of importance. */
export const draftOf = (
  { claim, cited }: Believed<{ text: string; confidence: number }>,
  given: Pick<Draft, 'kind' | 'importance'> & Partial<Draft>,
): Draft => ({
  text: claim.text,
  key: null,
  target: onlyTarget(cited),
  terms: { thought: claim.confidence },
  rule: null,
  hits: 0,
  misses: 0,
  evidence: evidenceOf(cited),
  expiresInDays: null,
  ...given,
});

function onlyTarget(cited: readonly Thing[]): string | null {
  const targets = new Set(cited.flatMap((thing) => thing.targets));
  return targets.size === 1 ? ([...targets][0] ?? null) : null;
}

/** At most ten pieces, the first of each thing before the second of any. */
function evidenceOf(cited: readonly Thing[]): Evidence[] {
  const longest = Math.max(0, ...cited.map(({ evidence }) => evidence.length));
  const inTurn = Array.from({ length: longest }, (_, at) => cited.flatMap(({ evidence }) => evidence[at] ?? [])).flat();
  return [...new Map(inTurn.map((each) => [`${each.kind} ${each.id}`, each])).values()].slice(0, evidenceAtMost);
}

export const leftNotes = ({ left }: Pick<Read<unknown>, 'left'>): string[] =>
  left === 0 ? [] : [`The model's window had no room for ${left} of the things it was to see.`];
