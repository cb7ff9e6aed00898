import type { Brief, Matcher } from '../../memory.ts';
import { hashText } from '../../observe/stamp.ts';
import { severities } from '../../types.ts';

/** How bad an event is, as far as counting cares. */
export type Level = 'failure' | 'warning' | 'plain';

/** A kind of event: what counts as the same thing happening again. */
export interface EventKey {
  /** Stable across nights. */
  name: string;
  source: string;
  type: string;
  /** As the newest one spelt it; folded when several are meant. */
  target: string;
  place: string | null;
  level: Level;
  /** Whether `target` stands for several that differ in figures only. */
  folded: boolean;
}

const targetCharacters = 300;
const nameCharacters = 160;

const dates = /\d{4}-\d\d-\d\d(?:[T _]\d\d[:.]?\d\d(?:[:.]?\d\d(?:[.,]\d+)?)?Z?)?|\b\d\d:\d\d(?::\d\d)?\b/g;
const hashes = /[0-9a-f]{8}-[0-9a-f-]{27}|\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64}\b/gi;
const figures = /\d{4,}|(?<![\p{L}\p{N}/.\-_])\d+(?![\p{L}\p{N}/.\-_])/gu;

/** A target without the dates, hashes and running numbers that would make each one unique; figures that name a file stay. */
export function foldTarget(target: string): string {
  const start = target.slice(0, targetCharacters);
  return /\d/.test(start)
    ? start.replace(dates, '#').replace(hashes, '#').replace(figures, '#').replace(/#+/g, '#')
    : start;
}

/** The key of an event. */
export function keyOf(brief: Brief): EventKey {
  const { source, type, place } = brief;
  const byPlace = isByPlace(brief);
  const shown = brief.target.slice(0, targetCharacters);
  const target = byPlace ? shown : foldTarget(shown);
  const level = levelOf(brief);
  const name = bounded(`${source} ${type} ${level} ${byPlace ? place : target}`);
  return { name, source, type, target: shown, place, level, folded: shown !== brief.target };
}

/** What a commit is called makes it no other kind of event: it is known by its place. */
const isByPlace = ({ type, place }: Pick<Brief, 'type' | 'place'>) => type.startsWith('commit-') && place !== null;

const levelOf = ({ severity }: Brief): Level => {
  const rank = severities.indexOf(severity);
  return rank >= severities.indexOf('error') ? 'failure' : severity === 'warning' ? 'warning' : 'plain';
};

const bounded = (name: string) =>
  name.length > nameCharacters ? `${name.slice(0, nameCharacters - 12)}~${hashText(name)}` : name;

/**
 * The observations that have this key, for a rule; null when no matcher says exactly these. `keys` are all that there are: one that stands
 * for several targets is meant by how they begin, when nothing else begins so.
 */
export function matcherOf(key: EventKey, keys: readonly EventKey[]): Matcher | null {
  const { source, type, place, level } = key;
  const least: Partial<Record<Level, Matcher>> = { failure: { severity: 'error' }, warning: { severity: 'warning' } };
  const kind: Matcher = { source, type, ...least[level] };
  if (isByPlace(key)) return { ...kind, place };
  if (!key.folded) return { ...kind, target: key.target };
  const start = /^[^#]*/.exec(foldTarget(key.target))?.[0] ?? '';
  const alike = keys.filter((each) => each.source === source && each.type === type && each.target.startsWith(start));
  if (alike.length > 1) return null;
  return start.length > 2 ? { ...kind, target: `${start}*` } : { ...kind, ...(place === null ? {} : { place }) };
}

/** What the work was about: the folder of a file (at most three steps deep), else the target itself. */
export function themeOf(key: EventKey): string {
  if (!key.source.startsWith('file')) return key.folded ? foldTarget(key.target) : key.target;
  const steps = key.target.split(/[\\/]/);
  const folder = steps.slice(0, Math.min(3, steps.length - 1)).join('/');
  return folder === '' ? (key.place?.split(/[\\/]/).findLast(Boolean) ?? key.target) : `${folder}/`;
}
