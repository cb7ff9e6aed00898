import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf, codeWords, cosine, createCodes, quantise, unit } from '../../core/remember/vector-codes.ts';
import { clusteredVectors } from '../kit/clustered-vectors.ts';

const direction = (...components: number[]) => unit(Float32Array.from(components)) ?? new Float32Array();
function exactCosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
const hamming = (a: Int32Array, b: Int32Array) =>
  a.reduce((sum, word, at) => sum + ((word ^ (b[at] ?? 0)) >>> 0).toString(2).replaceAll('0', '').length, 0);
const component = fc.float({ min: -1e6, max: 1e6, noNaN: true, noDefaultInfinity: true });
const anyVector = fc.array(component, { minLength: 1, maxLength: 300 }).map((each) => Float32Array.from(each));
const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const code = fc.array(word, { minLength: 8, maxLength: 8 }).map((words) => Int32Array.from(words));

describe('vectors in bytes', () => {
  it('[ME3.50] keep each component within half a step, and a cosine within two hundredths', () => {
    fc.assert(
      fc.property(anyVector, (vector) => {
        const exact = unit(vector);
        if (!exact) return;
        const kept = quantise(exact);
        exact.forEach((each, at) =>
          expect(Math.abs(each - (kept.components[at] ?? 0) * kept.scale)).toBeLessThanOrEqual(kept.scale * 0.5001),
        );
        expect(cosine(exact, kept)).toBeGreaterThan(0.98);
      }),
      { seed: 50, numRuns: 200 },
    );
    const vectors = clusteredVectors(1, { length: 768, clusters: 3 });
    for (let n = 0; n < 50; n++) {
      const [a, b] = [direction(...vectors.near()), direction(...vectors.near())];
      expect(Math.abs(cosine(a, quantise(b)) - exactCosine(a, b))).toBeLessThan(0.005);
    }
  });

  it('[ME3.51] have a direction, whatever their length; nothing else has one', () => {
    expect([...direction(3, -4)]).toEqual([expect.closeTo(0.6), expect.closeTo(-0.8)]);
    expect([...direction(3e30, -4e30)]).toEqual([expect.closeTo(0.6), expect.closeTo(-0.8)]);
    for (const none of [[], [0, 0], [1, Number.NaN], [Number.POSITIVE_INFINITY, 1]])
      expect(unit(Float32Array.from(none))).toBeNull();
  });
});

describe('codes of vectors', () => {
  it('[ME3.52] are the signs of the first 1,024 components', () => {
    expect([codeWords(1), codeWords(128), codeWords(129), codeWords(768), codeWords(4_096)]).toEqual([4, 4, 8, 24, 32]);
    const signs = Int8Array.from({ length: 1_100 }, (_, at) => (at % 3 === 0 ? 5 : -5));
    const bits = codeOf({ components: signs });
    for (let at = 0; at < 1_024; at++)
      expect(((bits[at >> 5] ?? 0) >>> (at & 31)) & 1, `${at}`).toBe(at % 3 === 0 ? 1 : 0);
  });

  it('[ME3.53] are found by the bits that differ, nearest first, as many as asked for and inside a set', () => {
    fc.assert(
      fc.property(
        fc.array(code, { maxLength: 60 }),
        code,
        fc.integer({ min: 0, max: 70 }),
        fc.option(fc.array(fc.integer({ min: 1, max: 60 })).map((ns) => new Set(ns))),
        (all, wanted, many, allowed) => {
          const codes = createCodes(8, 60, { ns: [], codes: new Int32Array() });
          all.forEach((each, at) => expect(codes.put(at + 1, each)).toBe(true));
          const distances = (ns: number[]) => ns.map((n) => hamming(all[n - 1] ?? wanted, wanted));
          const found = codes.near(wanted, many, allowed);
          const best = all
            .map((_, at) => at + 1)
            .filter((n) => allowed?.has(n) !== false)
            .sort((a, b) => (distances([a])[0] ?? 0) - (distances([b])[0] ?? 0));
          expect(distances(found)).toEqual(distances(best.slice(0, many)));
          expect(new Set(found).size).toBe(found.length);
          expect(found.every((n) => allowed?.has(n) !== false)).toBe(true);
        },
      ),
      { seed: 53, numRuns: 300 },
    );
  });

  it('[ME3.54] are replaced and removed by number, and take no more room than they were given', () => {
    const at = (bits: number) => new Int32Array(4).fill(bits);
    const codes = createCodes(4, 3, { ns: [7, 8], codes: Int32Array.from([...at(0), ...at(-1)]) });
    expect(codes.put(9, at(1))).toBe(true);
    expect(codes.put(10, at(1))).toBe(false);
    expect(codes.put(7, at(-1))).toBe(true);
    expect(codes.near(at(0), 9, null)).toEqual([9, 7, 8]);
    codes.remove(7);
    codes.remove(7);
    codes.remove(1);
    expect([codes.size, codes.near(at(-1), 9, null)]).toEqual([2, [8, 9]]);
    expect(codes.put(10, at(0))).toBe(true);
    expect(codes.near(at(0), 1, null)).toEqual([10]);
  });

  it('[ME3.55] and bytes together hold at least 97 % of the true ten nearest', () => {
    const vectors = clusteredVectors(3, { length: 768, clusters: 40, noise: 1.5 });
    const all = Array.from({ length: 5_000 }, () => direction(...vectors.near()));
    const kept = all.map(quantise);
    const codes = createCodes(24, all.length, { ns: [], codes: new Int32Array() });
    kept.forEach((each, n) => codes.put(n, codeOf(each)));
    const best = (ns: number[], score: (n: number) => number) => {
      const scores = new Map(ns.map((n) => [n, score(n)]));
      return ns.sort((a, b) => (scores.get(b) ?? 0) - (scores.get(a) ?? 0)).slice(0, 10);
    };
    let held = 0;
    for (let asked = 0; asked < 40; asked++) {
      const question = direction(...vectors.near());
      const exact = best([...all.keys()], (n) => exactCosine(all[n] ?? question, question));
      const near = codes.near(codeOf(quantise(question)), 400, null);
      const found = best(near, (n) => cosine(question, kept[n] ?? quantise(question)));
      held += exact.filter((n) => found.includes(n)).length / 400;
    }
    expect(held).toBeGreaterThanOrEqual(0.97);
  });
});
