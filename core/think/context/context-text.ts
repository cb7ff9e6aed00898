import type { TokenCounter } from '../tokens.ts';

/** However little room there is, the beginning of a line stays: its ref, age and kind. */
const shortestLine = 60;

/** Puts text between the marks of observed data. Between them nothing can look like a mark, whatever it imitates. */
export const fenced = (text: string, fence: string): string =>
  `⟦${fence}⟧\n${text.replaceAll(fence, '…').replaceAll('⟦', '[').replaceAll('⟧', ']')}\n⟦/${fence}⟧`;

/** The line, cut when it costs more than `room` tokens, so that one huge thing does not push out all others. */
export function clip(line: string, room: number, tokens: TokenCounter): string {
  let part = line;
  for (let cost = tokens.count(part) + 1; cost > room && part.length > shortestLine; cost = tokens.count(part) + 1)
    part = part.slice(0, Math.max(shortestLine, Math.floor(part.length * Math.min(0.9, room / cost))));
  return part === line ? line : `${part.toWellFormed()}…`;
}

/**
 * The text if it costs at most `room` tokens, else its first half, quarter and so on, ending with a line where one is near: a corrected
 * token count rarely cuts it anew, and what a server has in its cache stays good.
 */
export function halved(text: string, room: number, tokens: TokenCounter): string {
  if (text === '' || tokens.count(text) <= room) return text;
  const half = text.slice(0, Math.floor(text.length / 2)).toWellFormed();
  const line = half.lastIndexOf('\n');
  return halved((line > half.length / 2 ? half.slice(0, line) : half).trimEnd(), room, tokens);
}

/** The first lines that fit into `room` tokens; the first of them is cut rather than left out. */
export function fitting(lines: readonly string[], room: number, tokens: TokenCounter): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const line of lines) {
    const part = clip(line, room - used, tokens);
    if (kept.length > 0 && used + tokens.count(part) > room) break;
    kept.push(part);
    used += tokens.count(part) + 1;
  }
  return kept;
}

/** A span of milliseconds in words that cost few tokens. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return seconds < 129_600 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}
