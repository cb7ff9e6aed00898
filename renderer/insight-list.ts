import type { InsightQuery, InsightView } from '../core/protocol.ts';
import { importanceFrom } from './figures.ts';

/** What the owner looks for among the insights, as the page holds it. */
export interface InsightAsk {
  text: string;
  importance: 'any' | 'worth' | 'important';
  verdict: 'any' | 'useful' | 'less' | 'none';
  pinned: boolean;
}

export const anyInsight: InsightAsk = { text: '', importance: 'any', verdict: 'any', pinned: false };

/** Whether anything narrows the list. */
export const narrowsInsights = (ask: InsightAsk): boolean =>
  ask.text.trim() !== '' || ask.importance !== 'any' || ask.verdict !== 'any' || ask.pinned;

/** The query of an ask: only what narrows it. */
export function insightQueryFor(ask: InsightAsk): InsightQuery {
  const text = ask.text.trim().slice(0, 200);
  return {
    ...(text && { text }),
    ...(ask.importance !== 'any' && { leastImportance: importanceFrom[ask.importance] }),
    ...(ask.verdict !== 'any' && { verdict: ask.verdict }),
    ...(ask.pinned && { pinned: true }),
  };
}

/** One place in the list. Its insight is null while it was let go to keep the page small; it is asked for again when it comes near. */
export interface InsightRow {
  id: string;
  at: number;
  insight: InsightView | null;
}

/** The list as far back as it was read, newest first. */
export interface InsightList {
  ask: InsightAsk;
  rows: readonly InsightRow[];
  /** Formed since and not among the rows yet, so that nothing moves under the reader. */
  fresh: readonly InsightView[];
  /** More formed than one answer holds: taking them in begins the list anew. */
  gap: boolean;
  loaded: boolean;
  more: boolean;
  /** The ask is newer than the rows: its first answer is on its way, or failed. */
  stale: boolean;
  problem: string;
}

export const noInsights: InsightList = {
  ask: anyInsight,
  rows: [],
  fresh: [],
  gap: false,
  loaded: false,
  more: false,
  stale: false,
  problem: '',
};

/** An answer of the host: newest first, at most `limit`. */
export interface InsightPage {
  items: readonly InsightView[];
  limit: number;
}

/** Which insights to ask the host for. */
interface Wanted {
  before: number;
  limit: number;
}

/** Whole insights on both sides of what is seen, and how many may be held before the far ones are let go. */
const nearRows = 300;
const mostWhole = 900;
/** One look fills at least so many. */
const fillAtLeast = 100;

const rowOf = (insight: InsightView): InsightRow => ({ id: insight.id, at: insight.formedAt, insight });
const newestFirst = (a: InsightRow, b: InsightRow) => b.at - a.at || (a.id < b.id ? 1 : -1);

/** The list of an ask from its first answer. */
export const beginList = (ask: InsightAsk, page: InsightPage): InsightList => ({
  ...noInsights,
  ask,
  rows: page.items.map(rowOf),
  loaded: true,
  more: page.items.length >= page.limit,
});

/**
 * What to ask for to read on: several insights may share one stamp and `before` is exclusive, so it begins one millisecond later, past
 * those that are held. Null while there is nothing to go on from.
 */
export function olderPage({ rows }: InsightList, size: number): Wanted | null {
  const oldest = rows.at(-1)?.at;
  if (oldest === undefined) return null;
  const sharing = rows.length - rows.findIndex(({ at }) => at === oldest);
  return { before: oldest + 1, limit: Math.min(500, size + sharing) };
}

/** Older ones behind those held, each once. */
export function joinOlder(list: InsightList, page: InsightPage): InsightList {
  return { ...list, rows: joined(list.rows, page.items), more: page.items.length >= page.limit, problem: '' };
}

/** The newest answer against the list: what is not held yet waits as fresh, the rest is renewed in place. */
export function joinNewest(list: InsightList, page: InsightPage): InsightList {
  if (list.rows.length === 0) return beginList(list.ask, page);
  const held = new Set(list.rows.map(({ id }) => id));
  const fresh = page.items.filter(({ id }) => !held.has(id));
  const gap = fresh.length === page.items.length && page.items.length >= page.limit;
  return { ...list, rows: renewed(list.rows, page.items), fresh, gap, problem: '' };
}

/** The fresh ones become rows. */
export function takeIn(list: InsightList): InsightList {
  if (list.gap) return { ...list, rows: list.fresh.map(rowOf), fresh: [], gap: false, more: true };
  return { ...list, rows: joined(list.rows, list.fresh), fresh: [] };
}

/** One insight is another: its verdict or its pin. */
export function renewInsight(list: InsightList, insight: InsightView): InsightList {
  const fresh = list.fresh.map((each) => (each.id === insight.id ? insight : each));
  return { ...list, rows: renewed(list.rows, [insight]), fresh };
}

/** What to ask for so that the rows from `first` to `last` are whole; null when they are. */
export function missingPage({ rows }: InsightList, first: number, last: number): Wanted | null {
  const index = rows.findIndex((row, at) => at >= first && at <= last && row.insight === null);
  const row = rows[index];
  if (!row) return null;
  // All that share the stamp come with it.
  const from = rows.findIndex(({ at }) => at === row.at);
  return { before: row.at + 1, limit: Math.min(500, Math.max(last - from + 1, fillAtLeast)) };
}

/** The answer to `missingPage`: rows of its time are whole again, and those that are not there any more go. */
export function fillRows(list: InsightList, page: InsightPage & { before: number }): InsightList {
  const told = new Set(page.items.map(({ id }) => id));
  // At the edge of a full answer others of the same stamp may be missing only because it was full.
  const until = page.items.length >= page.limit ? (page.items.at(-1)?.formedAt ?? 0) : Number.NEGATIVE_INFINITY;
  const gone = ({ id, at }: InsightRow) => at < page.before && at > until && !told.has(id);
  const rows = list.rows.filter((row) => !gone(row));
  return { ...list, rows: renewed(rows, page.items) };
}

/** Lets the insights far from the rows that are seen go, once too many are held; the places stay. */
export function letFarGo(list: InsightList, first: number, last: number): InsightList {
  const whole = list.rows.reduce((sum, row) => sum + (row.insight ? 1 : 0), 0);
  if (whole <= mostWhole) return list;
  const near = (index: number) => index >= first - nearRows && index <= last + nearRows;
  return { ...list, rows: list.rows.map((row, index) => (near(index) ? row : { ...row, insight: null })) };
}

function renewed(rows: readonly InsightRow[], insights: readonly InsightView[]): InsightRow[] {
  const byId = new Map(insights.map((each) => [each.id, each]));
  return rows.map((row) => {
    const insight = byId.get(row.id);
    return insight ? { ...row, insight } : row;
  });
}

function joined(rows: readonly InsightRow[], insights: readonly InsightView[]): InsightRow[] {
  const held = new Set(rows.map(({ id }) => id));
  return [...renewed(rows, insights), ...insights.filter(({ id }) => !held.has(id)).map(rowOf)].sort(newestFirst);
}
