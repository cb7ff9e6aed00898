/** The figures that decide what is more than chance. Counts in, probabilities 0..1 out; a count that makes no sense is a bug upstream. */

const lanczos = [
  76.1800917294715, -86.5053203294168, 24.01409824083091, -1.231739572450155, 1.208650973866179e-3, -5.395239384953e-6,
];

/** Natural logarithm of the gamma function for x > 0 (Lanczos 1964). */
export function logGamma(x: number): number {
  const base = x + 5.5;
  let sum = 1.000000000190015;
  for (let n = 0; n < lanczos.length; n++) sum += lanczos[n]! / (x + n + 1);
  return (x + 0.5) * Math.log(base) - base + Math.log((2.506628274631 * sum) / x);
}

/** P(X ≥ hits) of a binomial with that many cases and that chance. */
export function binomialTail(hits: number, cases: number, chance: number): number {
  if (hits <= 0) return 1;
  if (chance <= 0 || hits > cases) return 0;
  return chance >= 1 ? 1 : betaShare(chance, hits, cases - hits + 1);
}

/** P(X ≥ count) of a Poisson variable with that mean. */
export function poissonTail(count: number, mean: number): number {
  if (count <= 0) return 1;
  if (mean <= 0) return 0;
  if (count < mean) return 1;
  let term = Math.exp(count * Math.log(mean) - mean - logGamma(count + 1));
  let sum = 0;
  for (let n = count; term > sum * 1e-12 && term > 0; n++, term *= mean / n) sum += term;
  return Math.min(1, sum);
}

/**
 * P(X ≥ both) when `a` and `b` of `all` are marked independently of each other (the one-sided exact test, Fisher 1935); `both` is more than
 * expected.
 */
export function togetherTail(both: number, a: number, b: number, all: number): number {
  const chosen = (n: number, k: number) => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
  let term = Math.exp(chosen(a, both) + chosen(all - a, b - both) - chosen(all, b));
  let sum = 0;
  for (let n = both; n <= Math.min(a, b) && term > sum * 1e-12; n++) {
    sum += term;
    term *= ((a - n) * (b - n)) / ((n + 1) * (all - a - b + n + 1));
  }
  return Math.min(1, sum);
}

/** Two-sided P(|T| ≥ t) of Student's distribution (Student 1908). */
export const studentTail = (t: number, freedom: number): number =>
  betaShare(freedom / (freedom + t * t), freedom / 2, 0.5);

/** The regularised incomplete beta function by its continued fraction (Lentz 1976). */
function betaShare(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  const safe = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1;
  let d = 1 / safe(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let n = 1; n <= 300; n++) {
    const even = (n * (b - n) * x) / ((a + 2 * n - 1) * (a + 2 * n));
    d = 1 / safe(1 + even * d);
    c = safe(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + n) * (a + b + n) * x) / ((a + 2 * n) * (a + 2 * n + 1));
    d = 1 / safe(1 + odd * d);
    c = safe(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-12) break;
  }
  return (front * fraction) / a;
}

/** Share of false discoveries that is accepted among all (Benjamini and Hochberg 1995). */
export const falseShare = 0.05;

/** Tests by the smallest probability that each could reach at all. */
export type Tests = { least: number; times: number }[];

/**
 * How many tests count in the correction. One whose figures are so small that no outcome could make it significant cannot give a false
 * discovery either and is left out (Tarone 1990).
 */
export function countedTests(tests: Tests): number {
  const able = (divisor: number) =>
    tests.reduce((sum, test) => sum + (test.least <= falseShare / divisor ? test.times : 0), 0);
  let low = 1;
  let high = Math.max(1, able(1));
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (able(middle) <= middle) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Those that are more than chance among `tests` counted ones (Benjamini and Hochberg 1995; with `countedTests`: Gilbert 2005). */
export function discoveries<T extends { chance: number }>(found: readonly T[], tests: number): T[] {
  const ordered = found.toSorted((a, b) => a.chance - b.chance);
  const last = ordered.findLastIndex((each, at) => each.chance <= (falseShare * (at + 1)) / Math.max(1, tests));
  return ordered.slice(0, last + 1);
}
