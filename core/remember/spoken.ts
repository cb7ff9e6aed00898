import type { Seen } from '../observe/matching.ts';
import { severities } from '../types.ts';

const good = /\b(?:pass(?:es|ed)?|succe\w+|green|work(?:s|ed)|fixed|resolved|clean|healthy)\b/i;
const bad = /\b(?:fail(?:s|ed|ure|ures|ing)?|error(?:s)?|crash(?:es|ed)?|break(?:s)?|broken|red)\b/i;
const negated = /\b(?:no|not|never|without|stops?|instead of)\b/i;

/**
 * What one observation says of an outcome that is expected in words only: met or not, or null when it does not clearly speak of it. It does
 * when the words name its target (or the file name of it) and both say plainly how it went: “npm test passes” and `test-failed` on it.
 */
export function spokenOf(words: string, seen: Seen): 'met' | 'not-met' | null {
  const wanted = toneOf(words);
  const came = toneOfSeen(seen);
  if (wanted === null || came === null || !names(words, seen.target)) return null;
  return wanted === came ? 'met' : 'not-met';
}

type Tone = 'good' | 'bad';

/** Null when the words say both, or neither, or good things with a negation. */
function toneOf(words: string): Tone | null {
  const [isGood, isBad, isNegated] = [good.test(words), bad.test(words), negated.test(words)];
  if (isGood === isBad) return null;
  if (isBad) return isNegated ? 'good' : 'bad';
  return isNegated ? null : 'good';
}

function toneOfSeen({ type, severity }: Seen): Tone | null {
  const spaced = type.replace(/[-_]+/g, ' ');
  if (bad.test(spaced) || severities.indexOf(severity) >= severities.indexOf('error')) return 'bad';
  return good.test(spaced) ? 'good' : null;
}

/** Whether a target, or its last name when that is long enough to be meant, stands in the words by itself. */
function names(words: string, target: string): boolean {
  const last = target.split('/').at(-1) ?? target;
  const said = ` ${words.toLowerCase()} `;
  return [target, last].some((name) => {
    const at = name.length < 3 ? -1 : said.indexOf(name.toLowerCase());
    return at > 0 && !isWord(said[at - 1]) && !isWord(said[at + name.length]);
  });
}

const isWord = (sign: string | undefined): boolean => sign !== undefined && /[\p{L}\p{N}_/-]/u.test(sign);
