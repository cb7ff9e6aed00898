/** Words in a row that make one gram. */
const gramWords = 5;
const least = 0.8;

/**
 * How many of the texts have an earlier one that is nearly the same: Jaccard's coefficient of their word 5-grams is 0.8 or more (Broder 1997).
 * Texts of fewer than five words are one gram. Exact: candidates come from an index of the rarest grams of each text, of which two so alike
 * must share one (prefix filtering, Chaudhuri, Ganti and Kaushik 2006), and each candidate is compared as a whole.
 */
export function countDuplicates(textsInOrder: readonly string[]): { duplicates: number; examples: [string, string][] } {
  const all = textsInOrder.map(gramsOf);
  const frequency = new Map<string, number>();
  for (const grams of all) for (const gram of grams) frequency.set(gram, (frequency.get(gram) ?? 0) + 1);
  const index = new Map<string, number[]>();
  const examples: [string, string][] = [];
  let duplicates = 0;
  all.forEach((grams, place) => {
    const rarest = [...grams].sort((a, b) => frequency.get(a)! - frequency.get(b)! || (a < b ? -1 : 1));
    const prefix = rarest.slice(0, grams.size - Math.ceil(least * grams.size) + 1);
    const candidates = new Set(prefix.flatMap((gram) => index.get(gram) ?? []));
    const twin = [...candidates].find((other) => jaccard(grams, all[other]!) >= least);
    if (twin !== undefined) {
      duplicates += 1;
      if (examples.length < 200) examples.push([textsInOrder[twin]!, textsInOrder[place]!]);
    }
    for (const gram of prefix) {
      const there = index.get(gram);
      if (there) there.push(place);
      else index.set(gram, [place]);
    }
  });
  return { duplicates, examples };
}

/** The distinct runs of five words, lower case; punctuation is no word. */
export function gramsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];
  if (words.length < gramWords) return new Set([words.join(' ')]);
  return new Set(
    Array.from({ length: words.length - gramWords + 1 }, (_, n) => words.slice(n, n + gramWords).join(' ')),
  );
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const gram of a) if (b.has(gram)) shared += 1;
  return shared / (a.size + b.size - shared);
}
