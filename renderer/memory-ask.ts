import type { MemoryItem, MemorySearch } from '../core/protocol-memory.ts';
import { startOfDay } from './age.ts';

type Kind = MemoryItem['kind'];

/** What the owner looks for in memory, as the page holds it. */
export interface MemoryAsk {
  text: string;
  /** `any`: memories, and everything where the question goes through everything; `all`: everything. */
  kind: Kind | 'any' | 'all';
  trust: MemoryItem['trust'] | 'any';
  span: 'any' | 'today' | 'week' | 'month';
  pinned: boolean;
  target: string;
}

export const anyMemory: MemoryAsk = { text: '', kind: 'any', trust: 'any', span: 'any', pinned: false, target: '' };

/** What is remembered. The others are what happened: they come by themselves, many a day. */
export const memoryKinds: readonly Kind[] = ['note', 'learning', 'principle', 'lesson', 'pattern'];
/** Whom memories come from; of the others they never do. */
const memoryTrusts: readonly MemoryAsk['trust'][] = ['any', 'owner', 'derived'];

/** Whether anything narrows the list. */
export const isNarrowed = (ask: MemoryAsk): boolean =>
  ask.text.trim() !== '' ||
  ask.kind !== 'any' ||
  ask.trust !== 'any' ||
  ask.span !== 'any' ||
  ask.pinned ||
  ask.target !== '';

/** Whether the answer is one ranked list and no timeline: such a list grows by asking for more of it, not for older ones. */
export const asksForBest = (ask: MemoryAsk): boolean => ask.text.trim() !== '' || ask.pinned;

/** Whether it goes through everything when no kind is chosen: who asks for words or for one thing means whatever there is of it. */
export const goesThroughAll = ({ text, target, trust }: Pick<MemoryAsk, 'text' | 'target' | 'trust'>): boolean =>
  text.trim() !== '' || target !== '' || !memoryTrusts.includes(trust);

/** Whether only memories are looked at, though nobody chose a kind. */
export const leavesOut = (ask: MemoryAsk): boolean => ask.kind === 'any' && !goesThroughAll(ask);

function kindsOf(ask: MemoryAsk): Kind[] | null {
  if (ask.kind !== 'any' && ask.kind !== 'all') return [ask.kind];
  return leavesOut(ask) ? [...memoryKinds] : null;
}

const spanDays = { today: 0, week: 6, month: 29 };

/** The query of an ask; spans are whole local days up to `nowAt`. */
export function queryFor(ask: MemoryAsk, nowAt: number): Omit<MemorySearch, 'limit'> {
  const text = ask.text.trim().slice(0, 500);
  const kinds = kindsOf(ask);
  return {
    ...(text && { text }),
    ...(kinds && { kinds }),
    ...(ask.trust !== 'any' && { trust: [ask.trust] }),
    ...(ask.span !== 'any' && { from: startOfDay(nowAt, spanDays[ask.span]) }),
    ...(ask.pinned && { pinned: true }),
    ...(ask.target && { target: ask.target.slice(0, 1_000) }),
  };
}

const pageSize = 30;
const largestPage = 200;
/** Items that the page holds at once. */
export const mostHeld = 240;

/** How many to ask for, to see at least `count` again: whole pages of 30, at most 200. */
export const memoryPage = (count: number): number =>
  Math.min(largestPage, Math.max(1, Math.ceil(count / pageSize)) * pageSize);

/** Older items behind those held, each once. Past `mostHeld` the newest go, so that the page stays small however far back it goes. */
export function joinOlder(
  held: { items: readonly MemoryItem[]; headless: boolean },
  older: readonly MemoryItem[],
): { items: MemoryItem[]; headless: boolean } {
  const ids = new Set(held.items.map(({ id }) => id));
  const all = [...held.items, ...older.filter(({ id }) => !ids.has(id))];
  const over = all.length - mostHeld;
  return over > 0 ? { items: all.slice(over), headless: true } : { items: all, headless: held.headless };
}
