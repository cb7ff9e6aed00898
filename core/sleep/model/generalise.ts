import { z } from 'zod';
import type { Memory } from '../../memory.ts';
import type { Draft } from '../../remember/draft.ts';
import type { Asked } from '../phase.ts';
import { ask, type SleepModelParts } from './ask.ts';
import { claimReader, claimsAtMost, refsIn } from './claim.ts';
import { claimsIn, draftOf, leftNotes } from './learn.ts';
import { overlap, wordsOf } from './plain-words.ts';
import { generaliseInstructions, generaliseSchema } from './prompts.ts';
import { refusalNotes, sift } from './sift.ts';
import { memoryThings, type Thing } from './thing.ts';

const importance = 0.7;
/** What is not known is worth less than what is. */
const gapImportance = 0.5;
const contradictionsAtMost = 10;
/** Two memories that share fewer of their words are about different things. */
const leastOverlap = 0.15;

const readClaim = claimReader({ kind: z.string().catch('') });

interface Generalised {
  drafts: Draft[];
  /** Pairs of memory ids. */
  contradictions: [string, string][];
}

/** Deep sleep: what several memories say together, and which of them contradict each other. A principle rests on two at least. */
export async function generalise(
  parts: SleepModelParts,
  memories: readonly Memory[],
  signal: AbortSignal,
): Promise<Asked<Generalised>> {
  // Newest first in the store; in a prompt the oldest come first and are left out first.
  const things = memoryThings(memories.toSorted((a, b) => a.changedAt - b.changedAt));
  if (things.length < 2) return { ok: true, value: { drafts: [], contradictions: [] }, tokens: 0, notes: [] };
  const asked = await ask(
    parts,
    {
      purpose: 'sleep-deep',
      instructions: generaliseInstructions,
      schema: { name: 'principles', schema: generaliseSchema },
      field: 'principles',
      sections: [{ heading: 'memories:', things, share: 1 }],
    },
    (object, cut) => {
      const claims = claimsIn(object, 'principles', readClaim, cut);
      return claims && { claims, pairs: pairsIn(object) };
    },
    signal,
  );
  if (!asked.ok) return asked;
  const { value, shown } = asked.value;
  const { kept, refused } = sift(value.claims, { things: shown, least: 2, most: claimsAtMost });
  const drafts = kept.map((believed) =>
    believed.claim.kind === 'gap'
      ? draftOf(believed, { kind: 'learning', importance: gapImportance })
      : draftOf(believed, { kind: 'principle', importance }),
  );
  const contradictions = contradictionsIn(value.pairs, shown);
  const notes = [...leftNotes(asked.value), ...refusalNotes(refused, 'principle')];
  return { ...asked, value: { drafts, contradictions }, notes };
}

function pairsIn(object: unknown): string[][] {
  const list = (object as { contradictions?: unknown } | null)?.contradictions;
  return Array.isArray(list)
    ? list.slice(0, contradictionsAtMost * 2).map((pair: unknown) => refsIn(pairOf(pair)))
    : [];
}

const pairOf = (pair: unknown): unknown =>
  typeof pair === 'object' && pair !== null && !Array.isArray(pair) ? Object.values(pair) : pair;

/** Pairs of two different memories that were shown and speak of the same, each once. */
function contradictionsIn(pairs: readonly string[][], shown: readonly Thing[]): [string, string][] {
  const found = new Map<string, [string, string]>();
  for (const refs of pairs) {
    const [one, other, third] = refs.map((ref) => shown.find((thing) => thing.ref === ref));
    if (!one || !other || third || one === other || !related(one, other)) continue;
    const [a, b] = [one, other].map(({ evidence }) => evidence[0]?.id ?? '').toSorted();
    if (a && b && a !== b) found.set(`${a} ${b}`, [a, b]);
  }
  return [...found.values()].slice(0, contradictionsAtMost);
}

const related = (a: Thing, b: Thing): boolean =>
  a.targets.some((target) => b.targets.includes(target)) ||
  overlap(wordsOf(a.ground), wordsOf(b.ground)) >= leastOverlap;
