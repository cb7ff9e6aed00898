import { oppositions, polarityOf } from '../../remember/opposites.ts';
import { isCopied } from './copied.ts';
import { inventedIn } from './names-in-text.ts';
import { isOrder } from './orders-in-text.ts';
import { matterOf, overlap, shareWord, wordsOf } from './plain-words.ts';
import type { Thing } from './thing.ts';

/** Why something that a model said is not believed. */
export type Refusal =
  | 'empty'
  | 'unfounded'
  | 'order'
  | 'invented'
  | 'copied'
  | 'other-matter'
  | 'contradicted'
  | 'repeated'
  | 'no-rule'
  | 'too-many';

export interface Believed<C> {
  claim: C;
  cited: Thing[];
}

interface Sifted<C> {
  kept: Believed<C>[];
  refused: Refusal[];
}

interface Sieve<C> {
  things: readonly Thing[];
  /** Least number of cited things that are evidence. */
  least: number;
  most: number;
  /** Whatever else must hold of one kind of claim. */
  also?: (believed: Believed<C>) => Refusal | null;
}

/**
 * What of a model's claims may be kept. Nothing is believed that cites nothing that was shown, gives orders, names what its evidence does
 * not, merely repeats it, or speaks of something else; of two that cite the same and say opposite things neither is.
 */
export function sift<C extends { text: string; evidence: string[] }>(claims: readonly C[], sieve: Sieve<C>): Sifted<C> {
  const refused: Refusal[] = [];
  const kept: Believed<C>[] = [];
  for (const claim of claims) {
    const cited = sieve.things.filter(({ ref }) => claim.evidence.includes(ref));
    const why = refusalOf(claim.text, cited, sieve.least) ?? sieve.also?.({ claim, cited }) ?? null;
    if (why) refused.push(why);
    else if (kept.some((other) => saysTheSame(other.claim.text, claim.text))) refused.push('repeated');
    else kept.push({ claim, cited });
  }
  const sound = kept.filter((one) => !kept.some((other) => contradict(one, other)));
  refused.push(...kept.slice(sound.length).map((): Refusal => 'contradicted'));
  refused.push(...sound.slice(sieve.most).map((): Refusal => 'too-many'));
  return { kept: sound.slice(0, sieve.most), refused };
}

function refusalOf(text: string, cited: readonly Thing[], least: number): Refusal | null {
  if (matterOf(text).length === 0 && !/\p{L}{2}/u.test(text)) return 'empty';
  if (cited.filter(({ evidence }) => evidence.length > 0).length < least) return 'unfounded';
  const ground = cited.map((thing) => thing.ground).join('\n');
  if (isOrder(text)) return 'order';
  if (cited.some(({ sources }) => sources.some((source) => isCopied(text, source)))) return 'copied';
  if (inventedIn(text, ground).length > 0) return 'invented';
  // In another language it is the names that are shared.
  return shareWord(wordsOf(text), wordsOf(ground)) ? null : 'other-matter';
}

/** How much two claims must have in common to be about the same. */
const sameMatter = 0.4;
/** From here on they say the same, if they do not say opposite things. */
const sameSaying = 0.9;

function saysTheSame(a: string, b: string): boolean {
  return (
    overlap(matterOf(a), matterOf(b)) >= sameSaying && overlap(wordsOf(a), wordsOf(b)) >= sameSaying && !opposite(a, b)
  );
}

const contradict = <C extends { text: string }>(a: Believed<C>, b: Believed<C>): boolean =>
  a !== b &&
  a.cited.some((thing) => b.cited.includes(thing)) &&
  overlap(matterOf(a.claim.text), matterOf(b.claim.text)) >= sameMatter &&
  opposite(a.claim.text, b.claim.text);

/** Whether an odd number of opposites stands between two texts. */
function opposite(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => polarityOf(text, text.toLowerCase().match(/\p{L}+/gu) ?? []));
  return one !== undefined && other !== undefined && (oppositions(one, other) ?? 0) % 2 === 1;
}

/** What was left out and why, one sentence for each reason. */
export const refusalNotes = (refused: readonly Refusal[], what: string): string[] =>
  (Object.keys(reasons) as Refusal[]).flatMap((why) => {
    const count = refused.filter((each) => each === why).length;
    const many = count === 1 ? `A ${what} of the model was` : `${count} ${what}s of the model were`;
    return count === 0 ? [] : [`${many} left out: ${reasons[why]}.`];
  });

const reasons: Record<Refusal, string> = {
  empty: 'no words',
  unfounded: 'too little of what was cited was there',
  order: 'instructions instead of what was seen',
  invented: 'names or figures that are not in the evidence',
  copied: 'only repeats an observation',
  'other-matter': 'about something else than the evidence',
  contradicted: 'contradicts another one on the same evidence',
  repeated: 'says the same again',
  'no-rule': 'no rule that could be tested',
  'too-many': 'more than were asked for',
};
