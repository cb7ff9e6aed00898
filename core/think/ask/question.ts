import { stopWords } from '../../remember/english.ts';
import { type Asked, understand } from '../../remember/recall-query.ts';
import type { Stamp } from '../../types.ts';

/** What kind of answer a question wants; `other`: whatever memory holds. */
export type QuestionKind = 'away' | 'look' | 'now' | 'when' | 'often' | 'is' | 'happened' | 'other';

export interface Question {
  text: string;
  kind: QuestionKind;
  asked: Asked;
}

const kinds: readonly [QuestionKind, RegExp][] = [
  ['often', /\bhow (?:often|many times|frequently)\b/i],
  ['when', /\bwhen\b|\bhow long ago\b|\bwhat (?:day|time|date)\b/i],
  [
    'look',
    /\b(?:should|must|need(?:s)? to|have to|ought) (?:i|we|be)\b|\b(?:i|we) (?:should|must|need to|have to)\b|\bneeds? (?:my|our) attention\b|\b(?:important|urgent|worth a look|look at next)\b/i,
  ],
  [
    'now',
    /\bright now\b|\bgoing on\b|\bat the moment\b|\b(?:am i|are you|is reverie) (?:doing|working on|watching|attending|thinking)\b/i,
  ],
  ['happened', /\bhappen(?:ed|s|ing)?\b|\bchange[ds]?\b|\bdid\b|\bnews?\b|\bmiss\b|\bgoing wrong\b/i],
  ['is', /^\W*(?:what(?:'s|’s| is| are| was| were)|who(?:'s|’s| is)|explain|describe|why)\b/i],
];

/** Reads a question without a model. Only English words tell its kind; any other text is looked up by its words. */
export function readQuestion(text: string, now: Stamp): Question {
  const asked = understand(text, now);
  if (asked.away) return { text, kind: 'away', asked };
  const kind = kinds.find(([, pattern]) => pattern.test(text))?.[0] ?? (asked.span ? 'happened' : 'other');
  return { text, kind, asked };
}

/** Words that say what is asked and not what it is asked about. */
const askingWords = new Set('often times time frequently ago first last latest day date ever'.split(' '));

/** The meanings of a question that can be looked for in a text: forms of one word together, whole names by their parts. */
export function meaningsOf({ terms, meaningOf }: Asked): Map<string, RegExp[]> {
  const meanings = new Map<string, RegExp[]>();
  for (const { text } of terms) {
    const meaning = meaningOf.get(text) ?? text;
    if (text.includes(' ') || stopWords.has(meaning) || askingWords.has(meaning)) continue;
    meanings.set(meaning, [...(meanings.get(meaning) ?? []), beginning(text)]);
  }
  return meanings;
}

/** Finds words that begin as this one does: `failed` for `fail`, `tests` for `test`. Terms hold letters, digits and underscores only. */
function beginning(word: string): RegExp {
  const stem = word.length > 4 ? word.replace(/(?:ing|ed|es|s|e)$/, '') : word;
  return new RegExp(`(?<![\\p{L}\\p{N}])${stem}`, 'iu');
}
