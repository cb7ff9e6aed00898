import type { Item } from '../memory.ts';

/** What a thing holds of what is asked: per meaning, how much it counts. */
export type Holdings = ReadonlyMap<string, number>;

/** What of a thing's holdings counts for one that stands one or two places after or before it in its group, or elsewhere in it. */
const shareAfter = [0, 0.3, 0.15];
const shareBefore = [0, 0.15, 0.08];
const shareOfGroup = 0.05;
const steps = [-2, -1, 1, 2];
/** Asking is not telling: what stands in a question counts less for it, and most of it for the answer, which rarely repeats it. */
const shareOfQuestion = 0.6;
const shareOfAnswer = 0.9;
/** How near in time things without a group must be to belong together, and how much less they do. */
const aloneShare = 0.5;
const aloneMs = 10 * 60_000;

/** What a thing holds itself, less what it only asks. */
export function told(item: Item, holdings: Holdings): Holdings {
  const question = questionIn(item.text);
  if (question === '') return holdings;
  return new Map(
    [...holdings].map(([meaning, weight]) => [meaning, asks(question, meaning) ? weight * shareOfQuestion : weight]),
  );
}

/**
 * What each thing may borrow of what those near it hold and it does not, when there is anything: of each meaning the largest share. What stands together in a group
 * was said or done about one thing, and not every part of it names that thing. After a question comes its answer (adjacency pairs;
 * Schegloff, Sacks 1973).
 */
export function borrowed(items: readonly Item[], holdings: ReadonlyMap<number, Holdings>): Map<number, Holdings> {
  const byN = new Map(items.map((item) => [item.n, item]));
  const groups = heldByGroups(items, holdings);
  const loans = new Map<number, Holdings>();
  for (const item of items) {
    const own = holdings.get(item.n);
    const best = new Map<string, number>();
    const lend = (from: Holdings, share: (meaning: string) => number) => {
      for (const [meaning, weight] of from)
        if (!own?.has(meaning)) best.set(meaning, Math.max(best.get(meaning) ?? 0, weight * share(meaning)));
    };
    for (const step of steps) {
      const from = holdings.get(item.n - step);
      const other = from && byN.get(item.n - step);
      if (!other || !together(item, other)) continue;
      const question = step === 1 ? questionIn(other.text) : '';
      const grouped = item.groupId === null ? aloneShare : 1;
      const near = grouped * ((step > 0 ? shareAfter[step] : shareBefore[-step]) ?? 0);
      lend(from, (meaning) => (asks(question, meaning) ? shareOfAnswer : near));
    }
    const group = item.groupId === null ? undefined : groups.get(item.groupId);
    if (group) lend(group, () => shareOfGroup);
    if (best.size > 0) loans.set(item.n, best);
  }
  return loans;
}

function heldByGroups(
  items: readonly Item[],
  holdings: ReadonlyMap<number, Holdings>,
): Map<string, Map<string, number>> {
  const groups = new Map<string, Map<string, number>>();
  for (const { n, groupId } of items) {
    const held = holdings.get(n);
    if (groupId === null || !held) continue;
    const group = groups.get(groupId) ?? new Map<string, number>();
    groups.set(groupId, group);
    for (const [meaning, weight] of held) group.set(meaning, Math.max(group.get(meaning) ?? 0, weight));
  }
  return groups;
}

/** The sentences a text ends with that are questions, lower case; empty when it ends with none. */
function questionIn(text: string): string {
  const end = text.trimEnd().replace(/["'”’)]+$/u, '');
  if (!/[?？]$/u.test(end)) return '';
  const sentences = end
    .slice(-questionAtMost)
    .toLowerCase()
    .split(/(?<=[.!?？…:;])\s+/u);
  const lastTold = sentences.findLastIndex((sentence) => !/[?？]$/u.test(sentence));
  return sentences.slice(lastTold + 1).join(' ');
}
/** Questions are short; of a long text only the end is looked at. */
const questionAtMost = 500;

/** Whether a question asks about that: by the beginning that forms of a word have in common, about. */
const asks = (question: string, meaning: string) =>
  question !== '' && question.includes(meaning.slice(0, Math.max(3, Math.ceil(meaning.length * 0.7))));

/** Whether two things that stand near each other belong together. */
export const together = (a: Item, b: Item): boolean =>
  a.groupId === null
    ? b.groupId === null && Math.abs(a.n - b.n) === 1 && Math.abs(a.at - b.at) <= aloneMs
    : a.groupId === b.groupId;
