import type { Item } from '../memory.ts';
import type { Asked } from './recall-query.ts';

/** What speaks for a thing beside words and meaning. */
export interface Signs {
  /** 1 for now, 0 for long ago. */
  recency: number;
  /** From the time that is meant. */
  inTime: boolean;
  /** About a target that is meant. */
  target: boolean;
  /** Begins with a name that is meant, as in "Ada: …". */
  author: boolean;
  /** Holds a time or a number where the question wants one. */
  answers: boolean;
}

/** What a thing was found by. */
export interface Grounds {
  item: Item;
  signs: Signs;
  asked: Asked;
  /** Words of the question that it holds, and those that only what stands next to it holds. */
  matched: readonly string[];
  borrowed: readonly string[];
  /** Its vector is among the nearest. */
  means: boolean;
  /** Names that go with what was asked. */
  with: readonly string[];
}

const listedAtMost = 4;
/** About three days at a half-life of a week. */
const newFrom = 0.75;
const importantFrom = 0.8;

/** Why a thing was found, in words, most telling first; never empty. */
export function reasonsFor({ item, signs, asked, matched, borrowed, means, with: companions }: Grounds): string[] {
  const reasons = [
    matched.length > 0 && `holds ${quoted(matched)}`,
    means && 'means the same',
    signs.target && item.target !== null && `about ${item.target}`,
    signs.inTime && (asked.away ? 'from while you were away' : `from that time (“${asked.span?.words ?? ''}”)`),
    signs.author && 'said by the one who is meant',
    borrowed.length > 0 && `next to what holds ${quoted(borrowed)}`,
    companions.length > 0 && `seen with ${companions.slice(0, listedAtMost).join(', ')}`,
    signs.recency >= newFrom && 'new',
    item.importance >= importantFrom && 'important',
  ].filter((reason) => reason !== false);
  return reasons.length > 0 ? reasons : ['near in meaning'];
}

const quoted = (words: readonly string[]) =>
  words
    .slice(0, listedAtMost)
    .map((word) => `“${word}”`)
    .join(', ');
