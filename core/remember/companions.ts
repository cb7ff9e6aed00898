import type { Item } from '../memory.ts';

/** Names are looked for in so many of the best hits, and count when so many of those hold them. */
const hitsRead = 6;
const heldByAtLeast = 2;
const companionsAtMost = 3;

/** A file, a path, an identifier; or a capitalised word that does not begin a sentence. */
const named =
  /[\p{L}\p{N}_]+(?:[./\\_-][\p{L}\p{N}_]+)+|\p{Ll}+\p{Lu}[\p{L}\p{N}]*|(?<=[\p{Ll}\p{N},;] )\p{Lu}[\p{L}\p{N}_]+/gu;

/**
 * Names that the best hits have in common and the question does not have: what goes with what is asked (pseudo-relevance feedback, Rocchio
 * 1971, kept to names because other words lead astray). Most frequent first.
 */
export function companionsOf(
  best: readonly Item[],
  asked: { names: ReadonlySet<string>; known: ReadonlyMap<string, string> },
): string[] {
  const heldBy = new Map<string, number>();
  for (const item of best.slice(0, hitsRead)) {
    const names = [...item.text.slice(0, 1_000).matchAll(named)].map(([name]) => name);
    const target = item.target?.split(/[/\\]/).at(-1);
    for (const name of new Set([...names, ...(target ? [target] : [])].map((each) => each.toLowerCase())))
      if (!asked.names.has(name) && !asked.known.has(name)) heldBy.set(name, (heldBy.get(name) ?? 0) + 1);
  }
  return [...heldBy]
    .filter(([, count]) => count >= heldByAtLeast)
    .sort((a, b) => b[1] - a[1])
    .slice(0, companionsAtMost)
    .map(([name]) => name);
}
