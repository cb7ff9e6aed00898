/** Polls at the shortest wait before it grows; from then on each wait is longer by `growth`, up to `longestMs`. */
const patience = 5;
const growth = 1.5;
const shortestMs = 1_000;
const longestMs = 60_000;

/**
 * Milliseconds until the next poll after so many polls in a row that found nothing (OB3): 1 s for the first five, then half as long again
 * each time, at most 60 s. A poll that finds something starts over with 0.
 */
export function nextPollMs(emptyPolls: number): number {
  const steps = Math.max(0, emptyPolls - patience + 1);
  return Math.min(longestMs, Math.round(shortestMs * growth ** steps));
}
