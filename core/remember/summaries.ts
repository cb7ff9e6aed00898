import { extract, linesOf, type TokenCount } from './extract.ts';

/** Everything before in a few sentences, and the lines that are not folded into it yet. */
export interface RunningSummary {
  text: string;
  /** Oldest first. */
  waiting: string[];
}

/** When lines are folded in, and what the summary shall cost then, in tokens (TH6). */
export const foldFrom = 2_000;
export const foldAim = 500;
/** Of the summaries of longer spans. */
const spanAim = { day: 300, week: 400, month: 500 } as const;

/** Of the running summary's room, what it was before may keep so much: else each fold would forget the one before. */
const shareOfBefore = 0.4;

/**
 * The running summary with the lines folded in, once they cost more than 2,000 tokens together; before that it stays and `folded` is 0.
 * Extractive: the lines of the summary compete for 200 of 500 tokens, the new ones for the rest; what stays keeps its words, its figures
 * and its order.
 */
export function foldIn(
  summary: string,
  lines: readonly string[],
  tokens: TokenCount,
): { text: string; folded: number } {
  const waiting = lines.reduce((sum, line) => sum + tokens.count(line) + 1, 0);
  if (waiting <= foldFrom) return { text: summary, folded: 0 };
  const before = extract(linesOf(summary), foldAim * shareOfBefore, tokens);
  const room = foldAim - tokens.count(before.join('\n')) - before.length - 1;
  return { text: [...before, ...extract(lines.flatMap(linesOf), room, tokens)].join('\n'), folded: lines.length };
}

/** A day of lines, oldest first, in at most 300 tokens; empty when they say nothing. */
export const daySummary = (lines: readonly string[], tokens: TokenCount): string =>
  extract(lines.flatMap(linesOf), spanAim.day, tokens).join('\n');

/** A week of summaries of days, and a month of those of weeks, in at most 400 and 500 tokens; each part has its share of the room. */
export const weekSummary = (days: readonly string[], tokens: TokenCount): string => shared(days, spanAim.week, tokens);
export const monthSummary = (weeks: readonly string[], tokens: TokenCount): string =>
  shared(weeks, spanAim.month, tokens);

function shared(parts: readonly string[], aim: number, tokens: TokenCount): string {
  const all = parts.map(linesOf).filter((lines) => lines.length > 0);
  const kept: string[] = [];
  let room = aim;
  for (const [n, lines] of all.entries()) {
    const some = extract(lines, Math.floor(room / (all.length - n)), tokens);
    room -= some.reduce((sum, line) => sum + tokens.count(line) + 1, 0);
    kept.push(...some);
  }
  return kept.join('\n');
}
