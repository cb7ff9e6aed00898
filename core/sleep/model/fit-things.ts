import { clip } from '../../think/context/context-text.ts';
import type { TokenCounter } from '../../think/tokens.ts';
import type { Thing } from './thing.ts';

/** Things of one kind in a prompt. */
export interface Section {
  heading: string;
  /** Oldest first where they have an age. */
  things: readonly Thing[];
  /** Most of the room that it may take, 0..1; what it leaves is for the sections after it. */
  share: number;
}

/** Below this a thing says nothing. */
const leastTokens = 24;

/**
 * What of the sections fits into `room` tokens. Things share a section's room evenly and each is cut to its share, so that one long thing
 * does not push out others; where even that is too much, the oldest are left out. Returns the lines and which things they show.
 */
export function fitThings(
  sections: readonly Section[],
  room: number,
  tokens: TokenCounter,
): { lines: string[]; shown: Thing[]; left: number } {
  const lines: string[] = [];
  const shown: Thing[] = [];
  let used = 0;
  for (const { heading, things, share } of sections) {
    const sectionRoom = Math.min(room - used, room * share) - tokens.count(heading) - 1;
    const most = Math.max(leastTokens, Math.floor(sectionRoom / Math.max(1, things.length)));
    const fitting = newestFitting(
      things,
      sectionRoom,
      (thing) => clip(`${thing.ref} ${thing.line}`, most, tokens),
      tokens,
    );
    if (fitting.length === 0) continue;
    const section = [heading, ...fitting.map(({ line }) => line)];
    used += tokens.count(section.join('\n')) + 1;
    lines.push(...section);
    shown.push(...fitting.map(({ thing }) => thing));
  }
  return { lines, shown, left: sections.reduce((sum, { things }) => sum + things.length, 0) - shown.length };
}

function newestFitting(
  things: readonly Thing[],
  room: number,
  lineOf: (thing: Thing) => string,
  tokens: TokenCounter,
): { thing: Thing; line: string }[] {
  const kept: { thing: Thing; line: string }[] = [];
  let used = 0;
  for (const thing of things.toReversed()) {
    const line = lineOf(thing);
    used += tokens.count(line) + 1;
    if (used > room) break;
    kept.unshift({ thing, line });
  }
  return kept;
}
