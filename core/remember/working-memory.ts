import { plainLine } from '../observe/text.ts';
import type { Settings } from '../settings.ts';
import type { Stamp } from '../types.ts';
import { extract, sentencesOf, type TokenCount } from './extract.ts';
import { unit } from './importance.ts';

/** What is in mind right now; plain data, so that it survives a restart with the rest of the state. */
export interface WorkingMemory {
  /** Oldest first. */
  items: WorkingItem[];
  /** What was dropped, in one line. */
  folded: string;
}

export interface WorkingItem {
  id: string;
  text: string;
  /** 0..1 */
  importance: number;
  at: Stamp;
}

export const nothingHeld: WorkingMemory = { items: [], folded: '' };

/** Whatever the settings say (ME1). */
const itemsAtMost = 50;
/** Of one dropped item, and of all of them together. */
const foldedItemChars = 160;
const foldedTokens = 120;

/**
 * Holds one more item; an id that is held already is replaced and counts as new. While there are too many or they cost too many tokens,
 * the least important (of equal ones the oldest) is summed up in `folded` and dropped: it may be the new one itself.
 */
export function hold(
  memory: WorkingMemory,
  item: WorkingItem,
  bounds: Pick<Settings['memory'], 'workingItems' | 'workingTokens'>,
  tokens: TokenCount,
): WorkingMemory {
  const items = [...memory.items.filter((each) => each.id !== item.id), item];
  const dropped: WorkingItem[] = [];
  const costs = new Map(items.map((each) => [each.id, tokens.count(each.text)]));
  let cost = [...costs.values()].reduce((sum, each) => sum + each, 0);
  while (items.length > Math.min(itemsAtMost, bounds.workingItems) || cost > bounds.workingTokens) {
    const least = items.reduce((one, other) => (worth(other) < worth(one) ? other : one));
    items.splice(items.indexOf(least), 1);
    dropped.push(least);
    cost -= costs.get(least.id) ?? 0;
  }
  return { items, folded: dropped.length > 0 ? fold(memory.folded, dropped, tokens) : memory.folded };
}

const worth = (item: WorkingItem) => unit(item.importance) ?? 0;

const fold = (folded: string, dropped: readonly WorkingItem[], tokens: TokenCount): string =>
  extract(
    [
      ...folded.split(' · ').flatMap(sentencesOf),
      ...dropped.map((each) => plainLine(each.text, foldedItemChars)),
    ].filter((each) => each !== ''),
    foldedTokens,
    tokens,
  ).join(' · ');
