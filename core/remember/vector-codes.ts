/**
 * How vectors are kept small: one byte per component for the exact order, and one bit per component (its sign) to find what is worth
 * ordering. Vectors of one direction mean the same, so lengths are left out.
 */

/** A vector of length 1 in bytes: component times `scale` is its value. */
export interface Quantised {
  scale: number;
  components: Int8Array;
}

/** Of longer vectors the first so many components make the code: signs are a sketch, more of them are not worth their room. */
const codedAtMost = 1_024;
/** Codes are compared four words of 32 bits at a time. */
const wordsAtOnce = 4;

/** Words of the code of a vector with so many components. */
export const codeWords = (length: number): number =>
  Math.ceil(Math.min(length, codedAtMost) / (32 * wordsAtOnce)) * wordsAtOnce;

/** The vector with length 1; null when it has no direction: empty, all zeros, or holding what is no number. */
export function unit(vector: Float32Array): Float32Array | null {
  let squares = 0;
  for (const each of vector) squares += each * each;
  const length = Math.sqrt(squares);
  if (!(length > 0 && Number.isFinite(length))) return null;
  const direction = new Float32Array(vector.length);
  for (let at = 0; at < vector.length; at++) direction[at] = (vector[at] as number) / length;
  return direction;
}

/** Scalar quantisation, symmetric around zero: the largest component becomes ±127, so none is off by more than half a `scale`. */
export function quantise(direction: Float32Array): Quantised {
  let largest = 0;
  for (const each of direction) largest = Math.max(largest, Math.abs(each));
  const scale = largest / 127 || 1;
  const components = new Int8Array(direction.length);
  for (let at = 0; at < direction.length; at++) components[at] = Math.round((direction[at] as number) / scale);
  return { scale, components };
}

/** The cosine of two directions, −1..1, the second one quantised. Both have the same number of components. */
export function cosine(direction: Float32Array, { scale, components }: Quantised): number {
  // Four sums side by side do not wait for each other.
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = direction.length & ~3;
  for (let at = 0; at < whole; at += 4) {
    a += (direction[at] as number) * (components[at] as number);
    b += (direction[at + 1] as number) * (components[at + 1] as number);
    c += (direction[at + 2] as number) * (components[at + 2] as number);
    d += (direction[at + 3] as number) * (components[at + 3] as number);
  }
  for (let at = whole; at < direction.length; at++) a += (direction[at] as number) * (components[at] as number);
  return Math.max(-1, Math.min(1, (a + b + c + d) * scale));
}

/** The signs of the first 1,024 components, one bit each, in words of 32 bits; what is left of the last words stays zero. */
export function codeOf({ components }: Pick<Quantised, 'components'>): Int32Array {
  const code = new Int32Array(codeWords(components.length));
  for (let at = 0; at < Math.min(components.length, codedAtMost); at++)
    if ((components[at] as number) > 0) code[at >> 5] = (code[at >> 5] as number) | (1 << (at & 31));
  return code;
}

/** Codes of many vectors in one block of memory, each under a number. */
export interface Codes {
  readonly size: number;
  /** Adds or replaces; false when there is no room for another. */
  put(n: number, code: Int32Array): boolean;
  /** Does nothing when it is not there. */
  remove(n: number): void;
  /** The numbers of the `many` codes that differ in the fewest bits, best first; only those in `allowed`, when there is such a set. */
  near(code: Int32Array, many: number, allowed: ReadonlySet<number> | null): number[];
}

/**
 * Room for `room` codes of `words` words (a multiple of four), the first of them taken over from `ns` and `codes`. Finding by the Hamming
 * distance of sign bits is Charikar's (2002): the share of bits that differ is the angle between the directions, over π.
 */
export function createCodes(words: number, room: number, start: { ns: readonly number[]; codes: Int32Array }): Codes {
  const numbers = new Uint32Array(room);
  const block = new Int32Array(room * words);
  numbers.set(start.ns);
  block.set(start.codes);
  let size = start.ns.length;

  const placeOf = (n: number) => numbers.subarray(0, size).indexOf(n);

  return {
    get size() {
      return size;
    },
    put(n, code) {
      const known = placeOf(n);
      if (known === -1 && size === room) return false;
      const place = known === -1 ? size++ : known;
      numbers[place] = n;
      block.set(code, place * words);
      return true;
    },
    remove(n) {
      const place = placeOf(n);
      if (place === -1) return;
      size -= 1;
      numbers[place] = numbers[size] as number;
      block.copyWithin(place * words, size * words, (size + 1) * words);
    },
    near(code, many, allowed) {
      if (many <= 0) return [];
      // By distance; the farthest group goes as soon as the nearer ones are enough without it.
      const groups: number[][] = Array.from({ length: words * 32 + 1 }, () => []);
      let farthest = words * 32;
      let kept = 0;
      for (let place = 0; place < size; place++) {
        const distance = differing(block, place * words, code, farthest);
        if (distance > farthest) continue;
        const n = numbers[place] as number;
        if (allowed?.has(n) === false) continue;
        groups[distance]?.push(n);
        kept += 1;
        for (let outer = groups[farthest]; outer && kept - outer.length >= many; outer = groups[farthest]) {
          kept -= outer.length;
          groups[farthest] = [];
          farthest -= 1;
        }
      }
      return groups.flat().slice(0, many);
    },
  };
}

const pairs = 0x55555555;
const fours = 0x33333333;
const eights = 0x0f0f0f0f;

/** How many bits differ; stops counting once there are more than `atMost`. The counting of bits side by side is in Warren (2002). */
function differing(block: Int32Array, start: number, code: Int32Array, atMost: number): number {
  let distance = 0;
  for (let at = 0; at < code.length && distance <= atMost; at += wordsAtOnce) {
    let a = (block[start + at] as number) ^ (code[at] as number);
    let b = (block[start + at + 1] as number) ^ (code[at + 1] as number);
    let c = (block[start + at + 2] as number) ^ (code[at + 2] as number);
    let d = (block[start + at + 3] as number) ^ (code[at + 3] as number);
    a -= (a >>> 1) & pairs;
    b -= (b >>> 1) & pairs;
    c -= (c >>> 1) & pairs;
    d -= (d >>> 1) & pairs;
    const ab = (a & fours) + ((a >>> 2) & fours) + (b & fours) + ((b >>> 2) & fours);
    const cd = (c & fours) + ((c >>> 2) & fours) + (d & fours) + ((d >>> 2) & fours);
    const bytes = (ab & eights) + ((ab >>> 4) & eights) + (cd & eights) + ((cd >>> 4) & eights);
    distance += Math.imul(bytes, 0x01010101) >>> 24;
  }
  return distance;
}
