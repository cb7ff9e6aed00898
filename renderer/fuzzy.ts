/** How well a name fits what was typed; higher is better, null: not at all. Each typed letter must stand in it, in order. */
export function fuzzyScore(typed: string, name: string): number | null {
  const wanted = fold(typed).replaceAll(' ', '');
  const text = fold(name);
  if (wanted === '') return 0;
  let best: number | null = null;
  // The first letter may stand in several places: the best run counts.
  for (let start = text.indexOf(wanted[0]!); start >= 0; start = text.indexOf(wanted[0]!, start + 1)) {
    const score = scoreFrom(wanted, text, start);
    if (score !== null && (best === null || score > best)) best = score;
  }
  // Letters strewn over a long name are no fit.
  return best === null || best < wanted.length * 2 ? null : best - text.length / 100;
}

/** One letter is worth 1, after its neighbour 4 more, at the start of a word 3 more, at the start of the name 2 more. */
function scoreFrom(wanted: string, text: string, start: number): number | null {
  let score = 0;
  let at = start;
  let before = -2;
  for (const letter of wanted) {
    at = text.indexOf(letter, at);
    if (at < 0) return null;
    const word = at === 0 || !isLetter(text[at - 1]!);
    score += 1 + (at === before + 1 ? 4 : 0) + (word ? 3 : 0) + (at === 0 ? 2 : 0);
    before = at;
    at += 1;
  }
  return score;
}

/** Those that fit, best first; equal ones, and all of them where nothing is typed, stay in their order. Pure. */
export function rankByFit<T>(typed: string, items: readonly T[], names: (item: T) => readonly string[]): T[] {
  const scored = items.map((item) => ({ item, score: bestOf(names(item).map((name) => fuzzyScore(typed, name))) }));
  return scored
    .filter(({ score }) => score !== null)
    .toSorted((a, b) => b.score! - a.score!)
    .map(({ item }) => item);
}

/** The first name counts whole, the others a little less: a name is better than another word for it. */
function bestOf(scores: readonly (number | null)[]): number | null {
  const found = scores.flatMap((score, index) => (score === null ? [] : [score - (index === 0 ? 0 : 1)]));
  return found.length === 0 ? null : Math.max(...found);
}

const fold = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

const isLetter = (letter: string): boolean => /[\p{L}\p{N}]/u.test(letter);
