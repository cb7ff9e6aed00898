import type Database from 'better-sqlite3';
import type { TidyBounds } from '../../memory.ts';
import type { Stamp } from '../../types.ts';
import { snapshotOf } from '../snapshot.ts';
import { removeItem } from './index-items.ts';
import * as rows from './rows.ts';
import { inList, type Row, type Sql } from './sql.ts';

/** Rows of one kind that one call takes away: a few thousand at most, so that the transaction stays short. */
const observationsAtOnce = 2_000;
const snapshotsAtOnce = 1_000;
const indexedAtOnce = 300;
const othersAtOnce = 1_000;
/** However young: a machine that makes more in its days than this keeps fewer days. */
const observationsAtMost = 500_000;
const sleepsKept = 100;
const proposalsKept = 1_000;
const dayMs = 86_400_000;
/** Free pages are given back when they are this part of the file, so many at once. */
const freeShare = 0.25;
const pagesAtOnce = 2_000;
/** The full-text index is made one again when it has come apart into more segments: each of them is asked for every word. */
const segmentsAtMost = 8;
/** Of the index, written at once: a few milliseconds. Of fewer pages in all a merge gains nothing, of more (some 40 MB) it costs too much. */
const mergedAtOnce = 250;
const worthMerging = { from: 50, to: 10_000 };

/** Keeps every bound, call by call; calls until one says that there is no more are a round. */
export function createTidy(db: Database.Database, sql: Sql) {
  /** Where the round that is under way cuts, by the question for the oldest. */
  const cuts = new Map<string, Stamp>();

  /**
   * No more than two days in one round, counted from the oldest that is there: when the clock is set forward by a year, a month of memory does
   * not look a year old and go in one night, and the owner has the time to set it right.
   */
  function cutOff(before: Stamp, oldest: string): Stamp {
    const at = sql.get(oldest)?.at;
    const cut = cuts.get(oldest) ?? (typeof at === 'number' ? Math.min(before, at + 2 * dayMs) : before);
    cuts.set(oldest, cut);
    return cut;
  }

  function tidyObservations(bounds: TidyBounds): number {
    const over = observationsOver();
    const cut = cutOff(
      bounds.observationsBefore,
      'SELECT occurred_at AS at FROM observations WHERE status <> 0 ORDER BY occurred_at LIMIT 1',
    );
    const old = sql.all(
      'SELECT seq, id FROM observations WHERE status <> 0 AND occurred_at < ? ORDER BY occurred_at LIMIT ?',
      over > 0 ? Number.MAX_SAFE_INTEGER : cut,
      over > 0 ? Math.min(over, observationsAtOnce) : observationsAtOnce,
    );
    keepCited(old);
    sql.run(
      'DELETE FROM observations WHERE seq IN (SELECT value FROM json_each(?))',
      inList(old.map((row) => row.seq)),
    );
    return old.length;
  }

  /** How many there are too many. They are counted only when their numbers leave a doubt: counting reads a whole index. */
  function observationsOver(): number {
    // Apart: the two of them in one question would read every row.
    const span = sql.count('SELECT (SELECT max(seq) FROM observations) - (SELECT min(seq) FROM observations) + 1 AS n');
    return span <= observationsAtMost ? 0 : sql.count('SELECT count(*) AS n FROM observations') - observationsAtMost;
  }

  /** Of those that an insight or a memory rests on, what they said stays. */
  function keepCited(old: readonly Row[]): void {
    const ids = inList(old.map((row) => row.id));
    const cited = sql.all(
      `SELECT observations.* FROM json_each(?) AS old CROSS JOIN observations ON observations.id = old.value
       WHERE EXISTS (SELECT 1 FROM evidence WHERE observation_id = old.value)
          OR EXISTS (SELECT 1 FROM memory_evidence WHERE id = old.value AND kind = 'observation')`,
      ids,
    );
    for (const row of cited) {
      const it = rows.toObservation(row);
      sql.run(
        `INSERT OR IGNORE INTO snapshots (id, occurred_at, source, type, target, severity, priority, trust, cause_id, count, said)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        it.id,
        it.occurredAt,
        it.source,
        it.type,
        it.target,
        it.severity,
        it.priority,
        it.trust,
        it.causeId,
        it.count,
        snapshotOf(it),
      );
    }
  }

  /** Those that sleep has learned from, and those that never entered short-term memory; of too many the oldest, whatever they are. */
  function tidyEpisodes(before: Stamp, atMost: number): number {
    const over = sql.count('SELECT count(*) AS n FROM episodes') - atMost;
    const gone = '(consolidated_by IS NOT NULL OR held = 0)';
    const cut = cutOff(before, `SELECT ended_at AS at FROM episodes WHERE ${gone} ORDER BY ended_at LIMIT 1`);
    const old =
      over > 0
        ? sql.all('SELECT id FROM episodes ORDER BY id LIMIT ?', Math.min(over, indexedAtOnce))
        : sql.all(
            `SELECT id FROM episodes WHERE ended_at < ? AND ${gone} ORDER BY ended_at LIMIT ${indexedAtOnce}`,
            cut,
          );
    for (const row of old) {
      removeItem(sql, 'episode', rows.text(row.id));
      sql.run('DELETE FROM episodes WHERE id = ?', row.id);
    }
    return old.length;
  }

  /** Never those that the owner called useful or pinned. What rests on one keeps what it said. */
  function tidyInsights(before: Stamp, atMost: number): number {
    const over = sql.count('SELECT count(*) AS n FROM insights') - atMost;
    const cut = cutOff(
      before,
      "SELECT formed_at AS at FROM insights WHERE verdict IS NOT 'useful' AND pinned = 0 ORDER BY formed_at LIMIT 1",
    );
    const old = sql.all(
      "SELECT id FROM insights WHERE formed_at < ? AND verdict IS NOT 'useful' AND pinned = 0 ORDER BY formed_at LIMIT ?",
      over > 0 ? Number.MAX_SAFE_INTEGER : cut,
      over > 0 ? Math.min(over, indexedAtOnce) : indexedAtOnce,
    );
    for (const row of old) {
      removeItem(sql, 'insight', rows.text(row.id));
      sql.run('DELETE FROM evidence WHERE insight_id = ?', row.id);
      sql.run('DELETE FROM insights WHERE id = ?', row.id);
    }
    return old.length;
  }

  function tidyHistory(before: Stamp): number {
    return (
      sql.run(
        `DELETE FROM expectations WHERE id IN
           (SELECT id FROM expectations WHERE settlement IS NOT NULL AND settled_at < ? LIMIT ${othersAtOnce})`,
        before,
      ) +
      sql.run(
        `DELETE FROM sleeps WHERE started_at < ? AND id NOT IN (SELECT id FROM sleeps ORDER BY started_at DESC LIMIT ${sleepsKept})`,
        before,
      ) +
      sql.run(
        `DELETE FROM proposals WHERE proposed_at < ? AND id NOT IN (SELECT id FROM proposals ORDER BY id DESC LIMIT ${proposalsKept})`,
        before,
      ) +
      sql.run('DELETE FROM spend WHERE hour < ?', before)
    );
  }

  /** Snapshots that nothing rests on any more: so many are looked at in each round, and the next ones in the next. */
  let looked = '';
  function tidySnapshots(): void {
    const some = sql.get(
      'SELECT max(id) AS last, count(*) AS n FROM (SELECT id FROM snapshots WHERE id > ? ORDER BY id LIMIT ?)',
      looked,
      snapshotsAtOnce,
    );
    const last = rows.text(some?.last);
    sql.run(
      `DELETE FROM snapshots WHERE id > ? AND id <= ?
         AND NOT EXISTS (SELECT 1 FROM evidence WHERE observation_id = snapshots.id)
         AND NOT EXISTS (SELECT 1 FROM memory_evidence WHERE id = snapshots.id AND kind = 'observation')`,
      looked,
      last,
    );
    looked = rows.number(some?.n) < snapshotsAtOnce ? '' : last;
  }

  const keepBounds = db.transaction((bounds: TidyBounds) => {
    const observations = tidyObservations(bounds);
    const episodes = tidyEpisodes(bounds.episodesBefore, bounds.episodesAtMost);
    const insights = tidyInsights(bounds.insightsBefore, bounds.insightsAtMost);
    const history = tidyHistory(bounds.historyBefore);
    const more =
      observations >= observationsAtOnce ||
      episodes >= indexedAtOnce ||
      insights >= indexedAtOnce ||
      history >= othersAtOnce;
    if (!more) tidySnapshots();
    return { observations, episodes, insights, more };
  });

  function giveBackPages(): void {
    const free = Number(db.pragma('freelist_count', { simple: true }));
    const pages = Number(db.pragma('page_count', { simple: true }));
    if (free > pages * freeShare) db.pragma(`incremental_vacuum(${pagesAtOnce})`);
  }

  let merging = false;

  /** One step of FTS5's incremental merge (its manual, 6.8); false when nothing is left to do. The negative figure begins a whole one. */
  function mergeIndex(): boolean {
    if (!merging && !isWorthMerging()) return false;
    const before = changes();
    sql.run("INSERT INTO search (search, rank) VALUES ('merge', ?)", merging ? mergedAtOnce : -mergedAtOnce);
    merging = changes() - before >= 2;
    return merging;
  }

  function isWorthMerging(): boolean {
    const pages = sql.count('SELECT count(*) AS n FROM search_data');
    if (pages < worthMerging.from || pages > worthMerging.to) return false;
    return sql.count('SELECT count(DISTINCT segid) AS n FROM search_idx') > segmentsAtMost;
  }

  const changes = () => sql.count('SELECT total_changes() AS n');

  return (bounds: TidyBounds) => {
    const kept = keepBounds(bounds);
    giveBackPages();
    if (kept.more) return kept;
    cuts.clear();
    return { ...kept, more: mergeIndex() };
  };
}
