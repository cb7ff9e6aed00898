import { plainWordsOf } from './plain-words.ts';

const copiedShare = 0.6;
/** Shorter stretches of words agree by chance. */
const leastChars = 16;

/**
 * Whether one stretch of `source` makes up more than 60 % of a text: what repeats an observation is no learning, and may be an attack that
 * it carried. Names and figures do not count, because a learning must use those of its evidence.
 */
export function isCopied(text: string, source: string): boolean {
  const [own, other] = [wordsOf(text), wordsOf(source)];
  const shared = longestShared(own, other);
  return shared >= leastChars && shared > own.length * copiedShare;
}

const wordsOf = (text: string): string => plainWordsOf(text).join(' ');

/** Length of the longest common substring, by the table of lengths of common ends, one row at a time. */
function longestShared(a: string, b: string): number {
  let longest = 0;
  let ends = new Uint16Array(b.length + 1);
  for (let at = 1; at <= a.length; at++) {
    const next = new Uint16Array(b.length + 1);
    for (let other = 1; other <= b.length; other++) {
      if (a.charCodeAt(at - 1) !== b.charCodeAt(other - 1)) continue;
      const length = (ends[other - 1] ?? 0) + 1;
      next[other] = length;
      if (length > longest) longest = length;
    }
    ends = next;
  }
  return longest;
}
