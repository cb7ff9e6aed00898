import type { AppendBatch } from '../ports.ts';
import type { Mark } from '../types.ts';

/** Marks as a source gave them, with their place in the order of everything offered and remembered. */
interface MarkList {
  seq: number;
  marks: Mark[];
}

/** Lists of marks of one source, after which those that wait behind an open burst are joined. */
const listsAtMost = 10_000;

/** The marks that wait for what they speak of: none becomes durable before anything its source offered earlier. */
export interface MarkOrder {
  /** `openFrom` is where the oldest open burst of the source begins: everything from there on is written together. */
  keep(source: string, seq: number, marks: Mark[], openFrom: () => number): void;
  /** Takes, per source, what lies before the first thing of it that still waits; all of it where nothing waits. */
  take(waitsFrom: ReadonlyMap<string, number>): AppendBatch['marks'];
  isEmpty(): boolean;
}

export function createMarkOrder(): MarkOrder {
  const waiting = new Map<string, MarkList[]>();
  return {
    keep(source, seq, marks, openFrom) {
      const lists = waiting.get(source);
      if (!lists) return void waiting.set(source, [{ seq, marks }]);
      lists.push({ seq, marks });
      if (lists.length % listsAtMost === 0) waiting.set(source, joinFrom(lists, openFrom()));
    },
    take(waitsFrom) {
      const taken: AppendBatch['marks'] = [];
      for (const [source, lists] of waiting) {
        const end = waitsFrom.get(source) ?? Number.POSITIVE_INFINITY;
        const ready = lists.filter((list) => list.seq < end);
        if (ready.length === 0) continue;
        if (ready.length === lists.length) waiting.delete(source);
        else waiting.set(source, lists.slice(ready.length));
        taken.push({ source, marks: ready.flatMap((list) => list.marks) });
      }
      return taken;
    },
    isEmpty: () => waiting.size === 0,
  };
}

/** Joins the lists from `first` on into one that holds each key once, as it was last. */
function joinFrom(lists: readonly MarkList[], first: number): MarkList[] {
  const later = lists.filter((list) => list.seq >= first);
  if (later.length === 0) return [...lists];
  const newest = new Map(later.flatMap((list) => list.marks).map((mark) => [mark.key, mark]));
  return [...lists.filter((list) => list.seq < first), { seq: first, marks: [...newest.values()] }];
}
