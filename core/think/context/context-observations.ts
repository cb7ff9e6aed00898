import { observationText, plainLine } from '../../observe/text.ts';
import type { ThoughtContext } from '../../ports.ts';
import type { Settings } from '../../settings.ts';
import type { TokenCounter } from '../tokens.ts';
import { clip, span } from './context-text.ts';

/** New observations as a prompt shows them, oldest first, each line naming the refs that it stands for. */
export interface ShownObservations {
  lines: string[];
  /** How many are there by name or in a theme only. */
  masked: number;
  /** How many are not there at all. */
  left: number;
}

interface Item {
  ref: string;
  /** Place in time: 0 is the oldest. */
  nth: number;
  weight: number;
  full: string;
  /** Ref, id, kind and target: enough to ask for it. */
  name: string;
  /** What those with the same one have in common. */
  theme: string;
}

/** A line of the prompt and the items that it stands for. */
interface Line {
  items: readonly Item[];
  text: string;
  whole: boolean;
}

/** Share of the room for observations in full, when the others are told in themes and by name. */
const fullShare = 0.7;
const nameChars = 120;

/**
 * The new observations within `room` tokens: all of them in full if they fit, each clipped to half of the room at most. Otherwise by
 * strategy: `truncate` keeps the newest in full; `important-first` the most salient; `masking` the most salient in full and the others by
 * name; `hybrid` the most salient in full, of the others the newer half as themes with counts and the older half by name.
 */
export function shownObservations(
  context: ThoughtContext,
  room: number,
  strategy: Settings['model']['contextStrategy'],
  tokens: TokenCounter,
): ShownObservations {
  const items = itemsOf(context, room, tokens);
  const whole = items.map(inFull);
  const lines = costOf(whole, tokens) <= room ? whole : choose[strategy](items, room, tokens);
  const standing = lines.flatMap((line) => (line.whole ? [] : line.items)).length;
  const shown = lines.filter((line) => line.whole).length + standing;
  const ordered = lines.toSorted((a, b) => a.items[0]!.nth - b.items[0]!.nth);
  return { lines: ordered.map((line) => line.text), masked: standing, left: items.length - shown };
}

function itemsOf(context: ThoughtContext, room: number, tokens: TokenCounter): Item[] {
  const refs = new Map(context.salient.map(({ ref, observation }) => [observation.id, ref]));
  return context.salient.map(({ observation, salience, ref }, nth) => {
    const { id, type, target, causeId, occurredAt } = observation;
    const caused = causeId ? ` caused-by ${refs.get(causeId) ?? causeId}` : '';
    const told = `${ref} (${span(context.now - occurredAt)} ago) ${observationText(observation)}${caused}`;
    return {
      ref,
      nth,
      weight: salience.score,
      full: clip(told, Math.floor(room / 2), tokens),
      name: `${ref} ${id} ${type} ${plainLine(target, nameChars)}`,
      theme: `${type} in ${plainLine(target.slice(0, target.lastIndexOf('/') + 1) || target, nameChars)}`,
    };
  });
}

const inFull = (item: Item): Line => ({ items: [item], text: item.full, whole: true });
const byName = (item: Item): Line => ({ items: [item], text: item.name, whole: false });
const byWeight = (items: readonly Item[]) => items.toSorted((a, b) => b.weight - a.weight || b.nth - a.nth);
const costOf = (lines: readonly Line[], tokens: TokenCounter) =>
  lines.reduce((sum, line) => sum + tokens.count(line.text) + 1, 0);

type Choice = (items: readonly Item[], room: number, tokens: TokenCounter) => Line[];

const choose: Record<Settings['model']['contextStrategy'], Choice> = {
  truncate(items, room, tokens) {
    const newest = items.toReversed().map(inFull);
    const fit = newest.findIndex((_, n) => costOf(newest.slice(0, n + 1), tokens) > room);
    return newest.slice(0, Math.max(1, fit));
  },
  'important-first': (items, room, tokens) => thoseThatFit(byWeight(items).map(inFull), room, tokens),
  masking(items, room, tokens) {
    const [first, ...rest] = byWeight(items);
    if (!first) return [];
    const names = thoseThatFit(rest.map(byName), room - costOf([inFull(first)], tokens), tokens, 0);
    return upgraded([inFull(first), ...names], room, tokens);
  },
  hybrid(items, room, tokens) {
    const full = thoseThatFit(byWeight(items).map(inFull), room * fullShare, tokens);
    const told = new Set(full.flatMap((line) => line.items));
    const rest = items.filter((item) => !told.has(item));
    const middle = Math.floor(rest.length / 2);
    const weak = [...themes(rest.slice(middle)), ...rest.slice(0, middle).reverse().map(byName)];
    return [...full, ...thoseThatFit(weak, room - costOf(full, tokens), tokens, 0)];
  },
};

/** One after the other as far as there is room, but at least the first `least`; what does not fit is passed over. */
function thoseThatFit(lines: readonly Line[], room: number, tokens: TokenCounter, least = 1): Line[] {
  let used = 0;
  return lines.filter((line, n) => {
    const cost = tokens.count(line.text) + 1;
    if (n >= least && used + cost > room) return false;
    used += cost;
    return true;
  });
}

/** The same lines with as many of them in full as there is room for, from the first on. */
function upgraded(lines: readonly Line[], room: number, tokens: TokenCounter): Line[] {
  let used = costOf(lines, tokens);
  return lines.map((line) => {
    const full = inFull(line.items[0]!);
    const more = tokens.count(full.text) - tokens.count(line.text);
    if (line.whole || used + more > room) return line;
    used += more;
    return full;
  });
}

/** One line for all that are of one kind in one place, with their refs and how many they are. */
function themes(items: readonly Item[]): Line[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(item.theme, [...(groups.get(item.theme) ?? []), item]);
  return [...groups].map(([theme, group]) => {
    const refs = group.map((item) => item.ref).join(', ');
    return { items: group, text: `${refs}: ${group.length} × ${theme}`, whole: false };
  });
}

const openedAtMost = 5;

/**
 * The observations of this thought that a question to memory names by ref or id, in full and oldest first, at most five: how a reflection
 * opens again what the prompt only named.
 */
export function openedAgain(question: string, context: ThoughtContext): string[] {
  const words = new Set(question.match(/[A-Za-z0-9]+/g));
  return context.salient
    .filter(({ ref, observation }) => words.has(ref) || words.has(observation.id))
    .slice(0, openedAtMost)
    .map(({ ref, observation }) => `${ref} ${observationText(observation)}`);
}
