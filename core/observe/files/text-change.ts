import { diffArrays } from 'diff';

/** What changed between two versions of a text. */
export interface TextChange {
  added: number;
  removed: number;
  /** Names of at most five functions, classes or headings that the change is in. */
  near: string[];
  /** At most six changed lines, `+` or `-` before each, at most 400 characters; empty when the versions differ too much to align. */
  excerpt: string;
}

const MAX_EDITS = 1_500;
const DIFF_MS = 80;
const NEAR = 5;
/** How many runs of changed lines are asked for a name, and how far up one is looked for: cheap facts stay cheap. */
const NEAR_RUNS = 20;
const NEAR_LINES = 400;
const EXCERPT_LINES = 6;
const EXCERPT_CHARS = 400;
const LINE_CHARS = 160;

/**
 * Compares two texts by lines (Myers, through the library `diff`, after cutting equal beginnings and ends). Line ends may differ. Beyond
 * 1,500 edits or 80 ms the lines are counted without their order, which may understate moves, and `near` and `excerpt` stay empty.
 */
export function compareTexts(before: string, after: string): TextChange {
  const old = linesOf(before);
  const now = linesOf(after);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let tail = 0;
  while (
    tail < old.length - start &&
    tail < now.length - start &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  )
    tail += 1;
  const oldMiddle = old.slice(start, old.length - tail);
  const nowMiddle = now.slice(start, now.length - tail);
  const steps = diffArrays(oldMiddle, nowMiddle, { maxEditLength: MAX_EDITS, timeout: DIFF_MS });
  if (!steps) return { ...countLines(oldMiddle, nowMiddle), near: [], excerpt: '' };
  return readSteps(steps, now, start);
}

function readSteps(steps: { value: string[]; added: boolean; removed: boolean }[], now: string[], start: number) {
  let added = 0;
  let removed = 0;
  let at = start;
  let runs = 0;
  const near = new Set<string>();
  const excerpt: string[] = [];
  for (const { value, added: isAdded, removed: isRemoved } of steps) {
    if (isAdded || isRemoved) {
      excerpt.push(...excerptLines(value, isAdded ? '+' : '-', EXCERPT_LINES - excerpt.length));
      runs += 1;
      const names = near.size < NEAR && runs <= NEAR_RUNS ? namesNear(value, now, at) : [];
      for (const name of names) if (near.size < NEAR) near.add(name);
    }
    if (isAdded) added += value.length;
    if (isRemoved) removed += value.length;
    else at += value.length;
  }
  return { added, removed, near: [...near], excerpt: excerpt.join('\n').slice(0, EXCERPT_CHARS) };
}

function excerptLines(lines: string[], sign: string, room: number): string[] {
  const spoken = lines.filter((line) => line.trim() !== '').slice(0, Math.max(0, room));
  return spoken.map((line) => `${sign}${line.slice(0, LINE_CHARS).trimEnd()}`);
}

/** What a run of changed lines defines itself, else the nearest definition above it in the new text. */
function namesNear(changed: string[], now: string[], at: number): string[] {
  const own = changed
    .slice(0, NEAR_LINES)
    .map(definedName)
    .filter((name) => name !== null);
  const first = changed.find((line) => line.trim() !== '');
  // A line further in than the definition above belongs to it; a definition of its own at the same depth does not.
  if (own.length > 0 && first !== undefined && definedName(first) !== null) return own.slice(0, NEAR);
  for (let line = at - 1; line >= 0 && line >= at - NEAR_LINES; line -= 1) {
    const name = definedName(now[line] ?? '');
    if (name !== null) return [name, ...own];
  }
  return own;
}

function countLines(old: string[], now: string[]): { added: number; removed: number } {
  const counts = new Map<string, number>();
  for (const line of old) counts.set(line, (counts.get(line) ?? 0) + 1);
  let added = 0;
  for (const line of now) {
    const left = counts.get(line) ?? 0;
    if (left === 0) added += 1;
    else counts.set(line, left - 1);
  }
  let removed = 0;
  for (const left of counts.values()) removed += left;
  return { added, removed };
}

/** The lines of a text without their ends; a last line without an end counts, nothing after a last end does. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Whether two different texts differ in white space alone. */
export function differInWhitespaceOnly(before: string, after: string): boolean {
  return before.replace(/\s+/g, '') === after.replace(/\s+/g, '');
}

const NAME = String.raw`([\p{L}_$][\p{L}\p{N}_$:.~-]*)`;
const modifiers = String.raw`(?:(?:export|default|declare|abstract|public|private|protected|internal|static|final|override|async|pub(?:\([^)]*\))?|unsafe|const|inline|open|sealed|data|virtual|extern|partial|local|readonly|suspend|defp?)\s+)*`;

/** In the order they are tried; each gives the name in its first group. Lines, not grammars: cheap, and wrong now and then. */
const definitions = [
  /^#{1,6}\s+(.{1,80}?)\s*#*$/u,
  new RegExp(
    String.raw`^\s*${modifiers}(?:function\*?|fn|func|fun|sub|proc|def|defp|defmacro|defmodule)\s+(?:\([^)]*\)\s*)?${NAME}`,
    'u',
  ),
  new RegExp(
    String.raw`^\s*${modifiers}(?:class|interface|struct|enum|trait|impl(?:<[^>]*>)?|module|mod|namespace|protocol|object|record|type|union|extension|mixin)\s+${NAME}`,
    'u',
  ),
  new RegExp(
    String.raw`^\s*(?:export\s+)?(?:const|let|var)\s+${NAME}\s*(?::[^=]+)?=\s*(?:async\s*)?(?:function\b|\([^)]*\)\s*(?::[^=]+)?=>|[\w$]+\s*=>)`,
    'u',
  ),
  new RegExp(
    String.raw`^\s*create\s+(?:or\s+replace\s+)?(?:table|view|function|procedure|index|trigger)\s+(?:if\s+not\s+exists\s+)?${NAME}`,
    'iu',
  ),
  /^\s*\[{1,2}([^\]\n]{1,60})\]{1,2}\s*$/u,
  /^([\p{L}_][\w-]*)\s*\(\)\s*\{/u,
  // A method or a C function: a name, its parameters, and a body that opens on this line.
  /^\s*(?:[\w<>,:&*[\]?~\s]+[\s*&])?([\p{L}_$~][\w$]*)\s*\([^;]*\)[^;=]*\{\s*$/u,
];

const keywords = new Set(
  'if for while switch catch return else do with try elif unless until foreach lock using match when loop synchronized new await'.split(
    ' ',
  ),
);

/** The name that a line defines, in many languages; null when it looks like no definition. */
export function definedName(line: string): string | null {
  if (line.length > 300) return null;
  for (const definition of definitions) {
    const name = definition.exec(line)?.[1]?.trim();
    if (name && !keywords.has(name)) return name.slice(0, 80);
  }
  return null;
}
