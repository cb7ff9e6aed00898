import type { Settings } from '../../settings.ts';
import type { TokenCounter } from '../tokens.ts';

/** What the folded cycles had to do with one target. */
interface Theme {
  target: string;
  times: number;
  told: number;
  proposed: number;
  /** The newest that was told about it, shortened; empty when nothing was. */
  last: string;
}

/** The lines at the head of a log that stand for the cycles which are no longer there. */
export interface Folded {
  cycles: number;
  /** The day and minute of the first of them, as the log writes it; empty when that is not known. */
  since: string;
  themes: Theme[];
  /** Targets of which only the name is left: memory, asked for a name, opens it again. */
  names: string[];
}

const mostThemes = 10;
const nameChars = 80;
const lastChars = 90;
const namesMark = '· also: ';

/** Splits a log into what is folded and the cycles that are still there in full. */
export function readFolded(log: readonly string[]): { head: Folded; cycles: readonly string[] } {
  const head: Folded = { cycles: 0, since: '', themes: [], names: [] };
  const first = /^\((\d+) earlier cycles(?: since (\S+))?/.exec(log[0] ?? '');
  if (!first) return { head, cycles: log };
  head.cycles = Number(first[1]);
  head.since = first[2] ?? '';
  let at = 1;
  for (let line = log[at]; line?.startsWith('· '); line = log[++at]) {
    if (line.startsWith(namesMark)) head.names = line.slice(namesMark.length).split('; ');
    else head.themes.push(...themeOf(line));
  }
  return { head, cycles: log.slice(at) };
}

/** Unambiguous, because neither targets nor what was told hold the sign `×`. */
const themeShape = /^· (.*): (\d+)×(?:, proposed (\d+))?(?:, told (\d+)(?:, last: (.*))?)?$/u;

function themeOf(line: string): Theme[] {
  const found = themeShape.exec(line);
  if (!found) return [];
  const [, target = '', times, proposed = 0, told = 0, last = ''] = found;
  return [{ target, times: Number(times), told: Number(told), proposed: Number(proposed), last }];
}

const themeLine = ({ target, times, told, proposed, last }: Theme) =>
  `· ${target}: ${times}×${proposed ? `, proposed ${proposed}` : ''}${told ? `, told ${told}${last ? `, last: ${last}` : ''}` : ''}`;

/**
 * The lines that stand for `head` and the cycles `old`, within `room` tokens. By strategy: `truncate` counts them; `masking` leaves the
 * names of their targets; `important-first` leaves the newest lines in which something was told or proposed; `hybrid` says of the newest
 * ones which targets, how often and what came of it, and leaves of all older ones the names.
 */
export function foldedLines(
  head: Folded,
  old: readonly string[],
  strategy: Settings['model']['contextStrategy'],
  { room, tokens }: { room: number; tokens: TokenCounter },
): string[] {
  const kept = strategy === 'important-first' ? leading(old.filter(mattered).toReversed(), room, tokens).reverse() : [];
  const next = addCycles(head, old, kept.length);
  const themes = strategy === 'hybrid' ? next.themes.slice(0, mostThemes) : [];
  const others = next.themes.slice(themes.length).map((theme) => theme.target);
  const named = strategy === 'hybrid' || strategy === 'masking' ? [...new Set([...others, ...next.names])] : [];
  const lines = leading(themes.map(themeLine), room * 0.75, tokens);
  const cut = themes.slice(lines.length).map((theme) => theme.target);
  const names = leading([...new Set([...cut, ...named])], room * 0.25, tokens);
  const since = next.since ? ` since ${next.since}` : '';
  return [
    `(${next.cycles} earlier cycles${since} are kept in memory)`,
    ...lines,
    ...(names.length > 0 ? [namesMark + names.join('; ')] : []),
    ...kept,
  ];
}

/** The lines from the first on that fit, whole. */
function leading(lines: readonly string[], room: number, tokens: TokenCounter): string[] {
  let used = 0;
  const end = lines.findIndex((line) => {
    used += tokens.count(line) + 1;
    return used > room;
  });
  return end < 0 ? [...lines] : lines.slice(0, end);
}

const outcomeShape = / → (observe|reflect|delegate|not acted on)\b(?:.*?told: (.*))?/u;
const mattered = (line: string) => /; told: | → delegate\b/u.test(line);

function addCycles(head: Folded, old: readonly string[], kept: number): Folded {
  const fresh = new Map<string, Theme>();
  for (const line of old) {
    const [, action, told] = outcomeShape.exec(line) ?? [];
    for (const target of targetsOf(line)) {
      const theme = fresh.get(target) ?? { target, times: 0, told: 0, proposed: 0, last: '' };
      fresh.delete(target);
      fresh.set(target, {
        target,
        times: theme.times + 1,
        told: theme.told + (told ? 1 : 0),
        proposed: theme.proposed + (action === 'delegate' ? 1 : 0),
        last: told ? short(told, lastChars) : theme.last,
      });
    }
  }
  const before = new Map(head.themes.map((theme) => [theme.target, theme]));
  const joined = [...fresh.values()].map((theme) => sum(before.get(theme.target), theme)).sort(byWeight);
  return {
    cycles: head.cycles + old.length - kept,
    since: head.since || (/^\d{4}-\d\d-\d\dT[\d:]+Z/.exec(old[0] ?? '')?.[0] ?? ''),
    themes: joined,
    names: [...head.themes.map((theme) => theme.target), ...head.names].filter((name) => !fresh.has(name)),
  };
}

const sum = (before: Theme | undefined, theme: Theme): Theme =>
  before
    ? {
        ...theme,
        times: before.times + theme.times,
        told: before.told + theme.told,
        proposed: before.proposed + theme.proposed,
        last: theme.last || before.last,
      }
    : theme;

/** What was told or proposed counts more than what was merely seen. */
const byWeight = (a: Theme, b: Theme) => weight(b) - weight(a);
const weight = ({ times, told, proposed }: Theme) => times + 3 * (told + proposed);

function short(text: string, chars: number): string {
  const plain = text.replaceAll('×', 'x');
  return plain.length > chars ? `${plain.slice(0, chars - 1).toWellFormed()}…` : plain;
}

/** What each part of a cycle's line was about, from the words of core/observe/words.ts; each once. */
function targetsOf(line: string): string[] {
  const summary =
    line.replace(/^\d{4}-\d\d-\d\dT[\d:]+Z /, '').split(/ → (?:observe|reflect|delegate|not acted on)\b/u)[0] ?? '';
  return [
    ...new Set(
      summary
        .replace(/ and \d+ more$/, '')
        .split('; ')
        .map(targetOf),
    ),
  ].filter((target) => target !== '');
}

const targetShapes = [
  /^(?:Committed|Merged|Amended) .*” on (.+?)(?:: [\d,]+ files?.*)?$/u,
  /^[\d,]+ changes? at once in (.+?)(?:, .*)?$/u,
  /^A second look at (.+?)(?:; .*)?$/u,
  /^.+ renamed to (.+?)(?:, .*)?$/u,
  /^(You wrote): /u,
  /^(.+?)(?: (?:created|changed|deleted|seen for the first time)\b.*|: .*)$/u,
] as const;

function targetOf(words: string): string {
  for (const shape of targetShapes) {
    const found = shape.exec(words)?.[1];
    if (found) return short(found, nameChars);
  }
  return short(words, nameChars);
}
