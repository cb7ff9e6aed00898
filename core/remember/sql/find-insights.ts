import Database from 'better-sqlite3';
import type { InsightFilter } from '../../ports.ts';
import type { Insight } from '../../types.ts';
import { textAtMost } from '../snapshot.ts';
import * as rows from './rows.ts';
import { inList, type Row, type Sql } from './sql.ts';

/** Of a long query the rest is passed over. */
const queryAtMost = 200;
/** A page is longer than asked by so many at most, for those of its last moment. */
const momentAtMost = 500;
/** Up to so many that hold the words are fetched one by one; where more do, the newest are near in the order of time. */
const fewAtMost = 1_000;
/** What the index does not hold whole; such a text is rare, and none that a thought formed is as long. */
const straysAtMost = 500;
const tokenize = "porter unicode61 remove_diacritics 2 tokenchars '_'";

/** The insights a query asks for, as the port says: newest first, of equal moments the later id first. */
export function findInsights(sql: Sql, filter: InsightFilter): Insight[] {
  const said = filter.text?.slice(0, queryAtMost).trim() ?? '';
  const ids = said === '' ? null : idsSaying(sql, said);
  const found: Row[] = [];
  for (const row of ids && ids.size <= fewAtMost ? among(sql, ids, filter) : newestFirst(sql, filter)) {
    if (ids && !ids.has(row.id)) continue;
    const over = found.length - filter.limit;
    if (over >= momentAtMost || (over >= 0 && row.formed_at !== found.at(-1)?.formed_at)) break;
    found.push(row);
  }
  return found.map(rows.toInsight);
}

function newestFirst(sql: Sql, filter: InsightFilter): Iterable<Row> {
  const { where, values } = conditions(filter);
  // Named, because without a limit the planner would rather read all and sort.
  const index = filter.pinned === true ? 'insights_pinned' : 'insights_formed';
  return sql.each(
    `SELECT * FROM insights INDEXED BY ${index} WHERE ${where} ORDER BY formed_at DESC, id DESC`,
    ...values,
  );
}

function among(sql: Sql, ids: ReadonlySet<unknown>, filter: InsightFilter): Iterable<Row> {
  const { where, values } = conditions(filter);
  return sql.all(
    `SELECT insights.* FROM json_each(?) AS wanted CROSS JOIN insights ON insights.id = wanted.value
     WHERE ${where} ORDER BY formed_at DESC, insights.id DESC`,
    inList([...ids]),
    ...values,
  );
}

/** Few texts of SQL, whatever is asked: each is prepared once. */
function conditions({ before, leastImportance, verdict, pinned }: InsightFilter): { where: string; values: unknown[] } {
  const asked: [condition: string, ...values: unknown[]][] = [
    ['formed_at < ?', before ?? Number.MAX_SAFE_INTEGER],
    ['importance >= ?', leastImportance ?? 0],
  ];
  if (verdict !== undefined) asked.push(verdict === 'none' ? ['verdict IS NULL'] : ['verdict = ?', verdict]);
  if (pinned !== undefined) asked.push([`pinned = ${pinned ? 1 : 0}`]);
  return {
    where: asked.map(([condition]) => condition).join(' AND '),
    values: asked.flatMap(([, ...values]) => values),
  };
}

/** Those in which all the words stand. What is no word for the index, an emoji for one, is looked for as it is written. */
function idsSaying(sql: Sql, said: string): Set<unknown> {
  const match = matchOf(said);
  if (match === null)
    return new Set(sql.all('SELECT id FROM insights WHERE instr(text, ?) > 0', said).map((row) => row.id));
  const held = sql.get(
    `SELECT json_group_array(items.id) AS ids FROM search CROSS JOIN items ON items.n = search.rowid
     WHERE search MATCH ? AND items.kind = 'insight'`,
    match,
  );
  return new Set([...rows.json<string[]>(held?.ids, []), ...straysSaying(sql, match)]);
}

/** An FTS5 query in which no character of the text is an operator; null when it has no word. The last word may be only begun. */
function matchOf(said: string): string | null {
  const phrases = said
    .split(/\s+/)
    .map((word) => word.match(/[\p{L}\p{M}\p{N}_]+/gu)?.join(' ') ?? '')
    .filter((phrase) => /[\p{L}\p{N}_]/u.test(phrase));
  return phrases.length === 0 ? null : `${phrases.map((phrase) => `"${phrase}"`).join(' AND ')} *`;
}

/** Insights that the index over all tiers does not hold, or not whole: they are read as it would read them. */
function straysSaying(sql: Sql, match: string): unknown[] {
  const strays = straysOf(sql);
  if (strays.length === 0) return [];
  const reading = new Database(':memory:');
  try {
    reading.exec(`CREATE VIRTUAL TABLE strays USING fts5(text, id UNINDEXED, tokenize = "${tokenize}")`);
    const put = reading.prepare('INSERT INTO strays (text, id) VALUES (?, ?)');
    for (const { id, text } of strays) put.run(text, id);
    return reading.prepare('SELECT id FROM strays WHERE strays MATCH ?').pluck().all(match);
  } finally {
    reading.close();
  }
}

function straysOf(sql: Sql): Row[] {
  const long = `SELECT id, text FROM insights WHERE length(text) > ${textAtMost}`;
  const missing = sql.count(
    "SELECT (SELECT count(*) FROM insights) - (SELECT count(*) FROM items WHERE kind = 'insight') AS n",
  );
  if (missing === 0) return sql.all(`${long} ORDER BY formed_at DESC LIMIT ${straysAtMost}`);
  return sql.all(
    `${long} UNION SELECT id, text FROM insights WHERE id NOT IN (SELECT id FROM items WHERE kind = 'insight')
     LIMIT ${straysAtMost}`,
  );
}
