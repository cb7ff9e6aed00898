import { plainLine } from '../../observe/text.ts';
import { standingInstructions } from '../prompt.ts';
import type { TokenCounter } from '../tokens.ts';
import { clip } from './context-text.ts';
import { foldedLines, readFolded } from './context-themes.ts';
import { logRoom, promptLimit, summaryRoom, type WindowSettings } from './context-window.ts';

/** Share of the log's room that it may fill before it is compacted: below the whole, so that a prompt need not fold it once more. */
const highShare = 0.96;
/** What of the log's room is left after folding: the newest cycles in full, and the lines that stand for the others. */
const cyclesShare = 0.45;
const headShare = 0.15;
/** One line takes at most this part of the log, so that several fit between two compactions whatever they say. */
const lineShare = 1 / 8;

/**
 * Appends one line to the log of past cycles, as it is kept for a model of that window that reasons or not. When the log has outgrown its share, its older cycles are folded into a few lines at its
 * head, as the strategy says: rarely, because each compaction costs the server's prompt cache. What stays is far below the share, so that
 * neither the next lines nor a corrected token count bring the next compaction soon.
 */
export function appendToLog(
  log: readonly string[],
  line: string,
  settings: WindowSettings & { reasons?: boolean },
  tokens: TokenCounter,
): string[] {
  const instructions = tokens.count(standingInstructions({ bornAt: 0 }, 'reverie1'));
  const limit = promptLimit(settings, settings.reasons === true, instructions);
  // The room of the summary is left free even while there is none: else the first one would fold the log in every prompt.
  const share = (logRoom(limit, instructions) - summaryRoom(limit, instructions)) * highShare;
  const next = clip(plainLine(line, 600).replace(/^[·(\s]+/, ''), share * lineShare, tokens);
  const grown = [...log, next];
  if (tokens.count(grown.join('\n')) <= share) return grown;
  const { cycles } = readFolded(grown);
  if (cycles.length <= 1) return grown;
  const stay = Math.max(1, newestFitting(cycles, share * cyclesShare, tokens));
  return folded(grown, cycles.length - stay, settings, share, tokens);
}

/**
 * The log as a prompt with `room` tokens for it shows it: as it is, or with older cycles folded when it is too long, which happens when
 * the loaded window is smaller than the one it was kept for. What is folded grows by half of the room at a time, so that consecutive
 * prompts still share their beginnings. Empty when there is no sensible room.
 */
export function shownLog(
  log: readonly string[],
  room: number,
  settings: WindowSettings,
  tokens: TokenCounter,
): readonly string[] {
  if (log.length === 0 || tokens.count(log.join('\n')) <= room) return log;
  const { cycles } = readFolded(log);
  const cyclesRoom = room * (1 - headShare);
  if (newestFitting(cycles, cyclesRoom, tokens) === 0) return [];
  return folded(log, foldsInSteps(cycles, cyclesRoom, tokens), settings, room, tokens);
}

/** How many of the oldest lines go so that the others fit; as lines are appended it changes once per half of the room. */
function foldsInSteps(lines: readonly string[], room: number, tokens: TokenCounter): number {
  const costs = lines.map((line) => tokens.count(line) + 1);
  const excess = costs.reduce((sum, cost) => sum + cost, 0) - room;
  const step = room / 2;
  const leave = Math.ceil(excess / step) * step;
  let left = 0;
  return excess <= 0 ? 0 : costs.findIndex((cost) => (left += cost) >= leave) + 1;
}

function folded(
  log: readonly string[],
  folds: number,
  settings: WindowSettings,
  room: number,
  tokens: TokenCounter,
): string[] {
  const { head, cycles } = readFolded(log);
  const old = cycles.slice(0, folds);
  return [
    ...foldedLines(head, old, settings.contextStrategy, { room: room * headShare, tokens }),
    ...cycles.slice(folds),
  ];
}

/** How many of the newest lines fit into the room. */
function newestFitting(lines: readonly string[], room: number, tokens: TokenCounter): number {
  let used = 0;
  const first = lines.findLastIndex((line) => {
    used += tokens.count(line) + 1;
    return used > room;
  });
  return lines.length - 1 - first;
}
