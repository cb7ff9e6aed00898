import { plainLine } from '../../observe/text.ts';
import type { Asked } from '../phase.ts';
import { ask, type SleepModelParts } from './ask.ts';
import { claimText } from './claim.ts';
import { inventedIn } from './names-in-text.ts';
import { isOrder } from './orders-in-text.ts';
import { summariseInstructions, summarySchema } from './prompts.ts';
import { type Refusal, refusalNotes } from './sift.ts';
import type { Thing } from './thing.ts';

/** About 500 tokens (TH6). */
const summaryChars = 2_000;

/** A few sentences instead of many lines. A sentence that gives orders or names what no line does is left out of it. */
export async function summarise(
  parts: SleepModelParts,
  lines: readonly string[],
  signal: AbortSignal,
): Promise<Asked<string>> {
  const things = lines.filter((line) => line.trim() !== '').map(lineThing);
  if (things.length === 0) return { ok: true, value: '', tokens: 0, notes: [] };
  const asked = await ask(
    parts,
    {
      purpose: 'summary',
      instructions: summariseInstructions,
      schema: { name: 'summary', schema: summarySchema },
      field: 'summary',
      sections: [{ heading: 'lines:', things, share: 1 }],
    },
    summaryIn,
    signal,
  );
  if (!asked.ok) return asked;
  const { value: text, shown } = asked.value;
  const ground = shown.map((thing) => thing.ground).join('\n');
  const judged = sentencesOf(text).map((sentence) => ({ sentence, why: refusalOf(sentence, ground) }));
  const value = judged.flatMap(({ sentence, why }) => (why ? [] : [sentence])).join(' ');
  const refused = judged.flatMap(({ why }) => why ?? []);
  const noRoom = asked.value.left > 0 ? ['The oldest lines had no room in the summary.'] : [];
  if (value === '')
    return {
      ok: false,
      tokens: asked.tokens,
      failure: {
        class: 'model-output',
        code: 'unusable-summary',
        message: `Nothing of the summary by ${parts.model.reasoner.name} could be kept.`,
      },
    };
  return { ...asked, value, notes: [...noRoom, ...refusalNotes(refused, 'sentence')] };
}

const lineThing = (line: string, at: number): Thing => {
  const text = plainLine(line, 2_000);
  return { ref: `l${at + 1}`, line: text, ground: text, sources: [], targets: [], evidence: [] };
};

function summaryIn(object: unknown): string | null {
  const { summary } = (object ?? {}) as { summary?: unknown };
  const words = Array.isArray(summary) ? summary.filter((each) => typeof each === 'string').join(' ') : summary;
  return typeof words === 'string' && /\p{L}{2}/u.test(words) ? claimText(words, summaryChars) : null;
}

/** Ends of sentences are followed by a space and no small letter: `cart.ts` and `e.g. this` go on. */
const sentencesOf = (text: string): string[] =>
  text.split(/(?<=[.!?。！？…])\s+(?=[^\p{Ll}])/u).filter((each) => each !== '');

const refusalOf = (sentence: string, ground: string): Refusal | null =>
  isOrder(sentence) ? 'order' : inventedIn(sentence, ground).length > 0 ? 'invented' : null;
