import type { Clock, Random } from './ports.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Makes time-ordered ids of 26 characters (the ULID layout: 48 bits of milliseconds, 80 bits of chance). Ids made in the same
 * millisecond, or after the wall clock was set back, still sort after the ones before: the chance part is then counted up.
 */
export function idMaker(clock: Clock, random: Random): () => string {
  const draw = random.stream('ids');
  let lastMs = 0;
  let tail: number[] = [];
  return () => {
    const now = Math.floor(clock.now());
    if (now > lastMs || tail.length === 0) {
      lastMs = Math.max(now, lastMs);
      tail = Array.from({ length: 16 }, () => Math.floor(draw() * 32));
    } else if (!countUp(tail)) lastMs += 1;
    return encodeMs(lastMs) + tail.map((digit) => alphabet[digit]).join('');
  };
}

function encodeMs(ms: number): string {
  let text = '';
  for (let rest = ms, place = 0; place < 10; place++, rest = Math.floor(rest / 32)) text = alphabet[rest % 32] + text;
  return text;
}

/** Adds one; false when all digits were full and are zero again. */
function countUp(digits: number[]): boolean {
  for (let place = digits.length - 1; place >= 0; place--) {
    const next = (digits[place] ?? 0) + 1;
    digits[place] = next % 32;
    if (next < 32) return true;
  }
  return false;
}
