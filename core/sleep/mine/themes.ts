import { ruleConfidence } from '../../attend/confidence.ts';
import { themeOf } from './event-key.ts';
import type { Finding } from './finding.ts';
import { daysOf, type Happenings } from './happenings.ts';
import { counted, evidenceOf, named } from './wording.ts';

/** What events have in common beyond their kind: a folder, or one thing. */
export interface Theme {
  /** Stable across nights. */
  name: string;
  source: string;
  target: string;
  /** In time order. */
  rows: Int32Array;
}

const leastRows = 20;
const leastDays = 3;
const leastShare = 0.05;
const themesAtMost = 5;

/** All themes; the rows of each are in time order. */
export function themesOf(seen: Happenings): Theme[] {
  const keys = new Map<string, { source: string; target: string; keys: number[] }>();
  for (const [n, key] of seen.keys.entries()) {
    const target = themeOf(key);
    const name = `${key.source} ${target}`;
    const theme = keys.get(name) ?? { source: key.source, target, keys: [] };
    theme.keys.push(n);
    keys.set(name, theme);
  }
  return [...keys].map(([name, theme]) => ({
    name,
    source: theme.source,
    target: theme.target,
    rows: joined(seen, theme.keys),
  }));
}

function joined(seen: Happenings, keys: readonly number[]): Int32Array {
  const parts = keys.map((key) => seen.rowsOf(key));
  const rows = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    rows.set(part, at);
    at += part.length;
  }
  return keys.length > 1 ? rows.sort() : rows;
}

/** What most of the work went into: themes with a fair share of all that happened, on at least three days. */
export function frequentThemes(seen: Happenings, themes: readonly Theme[]): Finding[] {
  const most = themes
    .filter(({ rows }) => rows.length >= Math.max(leastRows, leastShare * seen.rows))
    .toSorted((a, b) => b.rows.length - a.rows.length || (a.name < b.name ? -1 : 1));
  return most
    .map((theme) => ({ theme, days: daysOf(seen, theme.rows) }))
    .filter(({ days }) => days >= leastDays)
    .slice(0, themesAtMost)
    .map(({ theme, days }, n) => frequent(seen, theme, days, n === 0));
}

function frequent(seen: Happenings, theme: Theme, days: number, first: boolean): Finding {
  const total = theme.rows.reduce((sum, row) => sum + seen.count[row]!, 0);
  const span = `on ${days} of the last ${counted(seen.span.days, 'day')}`;
  const words = theme.source.startsWith('file')
    ? `${first ? 'Most' : 'Much'} work went into ${named(theme.target)}: ${counted(total, 'change')} ${span}.`
    : `${named(theme.target)} came up ${counted(total, 'time')} ${span}.`;
  return {
    kind: 'frequent',
    key: `frequent ${theme.name}`,
    text: words,
    target: theme.target,
    rule: null,
    hits: 0,
    misses: 0,
    support: theme.rows.length,
    confidence: ruleConfidence({ hits: days, misses: seen.span.days - days }),
    lift: null,
    importance: 0.3 + 0.1 * Math.sqrt(theme.rows.length / seen.rows),
    evidence: evidenceOf(seen, theme.rows.slice(-10)),
  };
}
