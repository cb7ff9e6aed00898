import type { HeldEpisode, LearnedFrom } from '../../memory.ts';
import type { StoredObservation } from '../../ports.ts';
import type { Episode } from '../../types.ts';
import { putItem, removeItem } from './index-items.ts';
import * as rows from './rows.ts';
import { inList, type Row, type Sql } from './sql.ts';

/** Importance from which an episode enters short-term memory (ME2); one that says none does. */
const shortTerm = 0.3;
/** Settled decisions that are looked through for a similar past. */
const pastAtMost = 100;

/** What an episode is about when it is one thing. */
export const singleTarget = (episode: Episode | null): string | null =>
  episode?.targets?.length === 1 ? (episode.targets[0] ?? null) : null;

const toHeld = (row: Row): HeldEpisode => {
  const episode = rows.toEpisode(row);
  return {
    ...episode,
    importance: episode.importance ?? 0.5,
    strength: rows.number(row.strength),
    recalled: rows.number(row.recalled),
  };
};

/** Episodes: short-term memory (`held`), and those that sleep has learned from (`consolidated_by`). */
export function createEpisodes(sql: Sql, observations: (ids: readonly string[]) => StoredObservation[]) {
  function insert(episode: Episode): void {
    const held = (episode.importance ?? 1) >= shortTerm;
    sql.run(rows.insertEpisode, ...rows.fromEpisode(episode), held ? 1 : 0);
    if (!held) return;
    putItem(sql, {
      kind: 'episode',
      id: episode.id,
      text: `${episode.summary}\n${episode.outcome}`,
      at: episode.startedAt,
      target: singleTarget(episode),
      trust: 'derived',
      importance: episode.importance ?? 0.5,
      groupId: episode.id,
    });
  }

  const waiting = () => sql.count('SELECT count(*) AS n FROM episodes WHERE held = 1 AND consolidated_by IS NULL');

  function unconsolidated(keep: number, limit: number): LearnedFrom[] {
    const take = Math.max(0, Math.min(limit, waiting() - keep));
    return sql
      .all('SELECT * FROM episodes WHERE held = 1 AND consolidated_by IS NULL ORDER BY id LIMIT ?', take)
      .map((row) => withSources(toHeld(row)));
  }

  const withSources = (episode: HeldEpisode): LearnedFrom => ({
    episode,
    observations: observations(episode.observationIds),
    insights: sql
      .all(
        'SELECT * FROM insights WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id',
        inList(episode.insightIds),
      )
      .map(rows.toInsight)
      .map(({ id, text, importance, verdict }) => ({ id, text, importance, verdict })),
  });

  /** Marks them as learned from by that sleep. Throws, so that the whole step fails, when one already is or is unknown. */
  function consolidate(ids: readonly string[], sleepId: string): void {
    for (const id of ids)
      if (
        sql.run('UPDATE episodes SET consolidated_by = ? WHERE id = ? AND consolidated_by IS NULL', sleepId, id) !== 1
      )
        throw new Error(`episode ${id} is consolidated already, or unknown`);
  }

  /** They leave short-term memory and the index; one that sleep has not learned from yet stays. */
  function fade(ids: readonly string[]): void {
    for (const id of ids)
      if (sql.run('UPDATE episodes SET held = 0 WHERE id = ? AND consolidated_by IS NOT NULL', id) === 1)
        removeItem(sql, 'episode', id);
  }

  const pastWithOutcome = (targets: string[], limit: number): Episode[] =>
    sql
      .all(
        `SELECT episodes.*, judged.settlement FROM
           (SELECT of_id, settlement FROM expectations
            WHERE of = 'decision' AND settlement IN ('met', 'not-met') ORDER BY settled_at DESC LIMIT ${pastAtMost}) AS judged
         JOIN episodes ON episodes.id = judged.of_id
         WHERE EXISTS (SELECT 1 FROM json_each(episodes.targets) WHERE value IN (SELECT value FROM json_each(?)))
         ORDER BY episodes.id DESC LIMIT ?`,
        inList(targets),
        limit,
      )
      .map((row) => ({ ...rows.toEpisode(row), outcome: outcomeOf(row) }));

  return {
    insert,
    consolidate,
    fade,
    unconsolidated,
    unconsolidatedCount: waiting,
    pastWithOutcome,
    episodes: (limit: number): Episode[] =>
      sql.all('SELECT * FROM episodes ORDER BY id DESC LIMIT ?', limit).map(rows.toEpisode),
    heldEpisodes: (limit: number): HeldEpisode[] =>
      sql.all('SELECT * FROM episodes WHERE held = 1 ORDER BY id DESC LIMIT ?', limit).map(toHeld),
    episodesById: (ids: string[]): Episode[] =>
      sql
        .all('SELECT * FROM episodes WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id', inList(ids))
        .map(rows.toEpisode),
    weaken: (id: string, strength: number): void => {
      sql.run('UPDATE episodes SET strength = ? WHERE id = ?', strength, id);
    },
  };
}

/** What was done, and whether what was expected of it came. */
const outcomeOf = (row: Row) =>
  `${rows.text(row.outcome)}; ${row.settlement === 'met' ? 'what was expected came' : 'what was expected did not come'}`;
