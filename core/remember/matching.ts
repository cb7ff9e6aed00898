import type { Rule } from '../memory.ts';
import { matcherWords } from '../observe/matching.ts';

/** A rule in words: `file-changed on package-lock.json, then test-failed on npm test within 30 minutes`. */
export const ruleWords = ({ when, then, withinMs }: Rule): string =>
  `${matcherWords(when)}, then ${matcherWords(then)} within ${spanWords(withinMs)}`;

/** A length of time in words, rounded to its own size: `30 minutes`, `2 hours`, `3 days`. */
export function spanWords(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const;
  // The largest unit of which there are at least one and a half.
  const [unit, unitMs] = units.find(([, each]) => ms >= each * 1.5) ?? ['minute', 60_000];
  const count = Math.max(1, Math.round(ms / unitMs));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
