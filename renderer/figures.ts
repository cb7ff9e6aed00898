const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** A size in the units of shops and of LM Studio: powers of 1000, one decimal from gigabytes on. */
export function sizeWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit >= 3 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** A whole number with separators. */
export const countWords = (value: number): string => Math.round(value).toLocaleString('en');

/** A share of 0..1 as whole percent; never 100 before it is whole. */
export const percentWords = (share: number): string => `${share < 1 ? Math.min(99, Math.floor(share * 100)) : 100} %`;

/** A short wait: milliseconds below a second, then seconds, then minutes. */
export function waitWords(ms: number): string {
  if (ms < 995) return `${Math.round(ms)} ms`;
  if (ms < 59_500) return ms < 9_950 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** A speed, exact only where it is slow. */
export const speedWords = (perSecond: number): string =>
  `${perSecond < 10 ? perSecond.toFixed(1) : countWords(perSecond)} tokens/s`;

/** From which importance an insight is worth knowing, and from which it is important. */
export const importanceFrom = { worth: 0.4, important: 0.75 };

/** How much it matters, in steps: 1 minor, 2 worth knowing, 3 important. */
export const importanceLevel = (importance: number): 1 | 2 | 3 =>
  importance >= importanceFrom.important ? 3 : importance >= importanceFrom.worth ? 2 : 1;

/** How sure it is, in steps: 1 a guess, 2 unsure, 3 fairly sure, 4 very sure. */
export function confidenceLevel(confidence: number): 1 | 2 | 3 | 4 {
  if (confidence >= 0.85) return 4;
  if (confidence >= 0.6) return 3;
  return confidence >= 0.35 ? 2 : 1;
}
