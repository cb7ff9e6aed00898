/** Words that say the opposite of each other: the two sides of each axis, all forms spelt out so that no look-alike is caught. */
const axes: readonly (readonly [string, string])[] = [
  [
    'pass passes passed passing succeed succeeds succeeded succeeding success successful',
    'fail fails failed failing failure failures crash crashes crashed crashing',
  ],
  ['add adds added adding create creates created creating', 'remove removes removed removing delete deletes deleted'],
  ['always', 'never'],
  [
    'rise rises rising rose increase increases increased increasing grow grows grew growing',
    'fall falls falling fell decrease decreases decreased decreasing shrink shrinks shrank shrinking',
  ],
  ['fix fixes fixed fixing repaired', 'break breaks broke broken breaking'],
  ['confirm confirms confirmed', 'refute refutes refuted'],
  ['enable enables enabled', 'disable disables disabled'],
  ['start starts started starting', 'stop stops stopped stopping'],
  ['open opens opened', 'close closes closed'],
  ['fast faster quick quicker', 'slow slower'],
  ['online reachable available', 'offline unreachable unavailable'],
  ['allow allows allowed permitted', 'forbid forbids forbidden denied denies'],
];

const sides: ReadonlyMap<string, { axis: number; side: number }> = new Map(
  axes.flatMap((pair, axis) =>
    pair.flatMap((words, side) => words.split(' ').map((word) => [word, { axis, side }] as const)),
  ),
);

/** Negations in the languages that are likely to be met; in scripts without spaces they are looked for anywhere. */
const negations =
  /(?<![\p{L}\p{N}])(?:not|no|without|cannot|none|nicht|kein|keine|keinen|nie|ohne|ne|pas|jamais|nunca|sin|non|mai|не|нет|никогда|niet|geen|não)(?![\p{L}\p{N}])|n[’']t(?![\p{L}])|不|没|沒|未|無|ない|ません/giu;

/** What a text claims, apart from what it is about. */
export interface Polarity {
  /** Axis to the side that the text takes; 2 when it has words of both. */
  sides: ReadonlyMap<number, number>;
  negated: boolean;
}

/** The side of each axis that the (lower-case) words take, and whether the text is negated: an even number of negations cancels. */
export function polarityOf(text: string, words: Iterable<string>): Polarity {
  const taken = new Map<number, number>();
  for (const word of words) {
    const found = sides.get(word);
    if (found) taken.set(found.axis, (taken.get(found.axis) ?? found.side) === found.side ? found.side : 2);
  }
  return { sides: taken, negated: [...text.matchAll(negations)].length % 2 === 1 };
}

/** Whether a lower-case word takes a side. */
export const takesSide = (word: string): boolean => sides.has(word);

/**
 * In how many ways the two take opposite sides. null when that cannot be told: one has words of both sides of an axis ("from failing to
 * passing"), or takes a side where the other takes none.
 */
export function oppositions(a: Polarity, b: Polarity): number | null {
  let count = a.negated === b.negated ? 0 : 1;
  for (const axis of new Set([...a.sides.keys(), ...b.sides.keys()])) {
    const [one, other] = [a.sides.get(axis), b.sides.get(axis)];
    if (one === other) continue;
    if (one === undefined || other === undefined || one === 2 || other === 2) return null;
    count += 1;
  }
  return count;
}
