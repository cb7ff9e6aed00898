import type { InsightFilter } from '../../ports.ts';
import type { Insight, Judged, Stamp, Verdict } from '../../types.ts';
import { findInsights } from './find-insights.ts';
import { putItem } from './index-items.ts';
import * as rows from './rows.ts';
import type { Sql } from './sql.ts';

/** Insights with their evidence, and what the owner thinks of them. */
export function createInsights(sql: Sql) {
  /** `about` is the episode it was formed in: what happened together is found together. */
  function insert(insight: Insight, about: { groupId: string | null; target: string | null }): void {
    sql.run(rows.insertInsight, ...rows.fromInsight(insight));
    for (const id of insight.evidenceIds)
      sql.run('INSERT OR IGNORE INTO evidence (observation_id, insight_id) VALUES (?, ?)', id, insight.id);
    const { id, text, formedAt, importance } = insight;
    putItem(sql, { kind: 'insight', id, text, at: formedAt, trust: 'derived', importance, ...about });
  }

  return {
    insert,
    insights: (filter: InsightFilter): Insight[] => findInsights(sql, filter),
    insight: (id: string): Insight | null => {
      const row = sql.get('SELECT * FROM insights WHERE id = ?', id);
      return row ? rows.toInsight(row) : null;
    },
    pinInsight: (id: string, pinned: boolean): boolean =>
      sql.run('UPDATE insights SET pinned = ? WHERE id = ?', Number(pinned), id) === 1,
    setVerdict: (id: string, verdict: Verdict | null): boolean =>
      sql.run('UPDATE insights SET verdict = ? WHERE id = ?', verdict, id) === 1,
    judged: (limit: number): Judged[] =>
      sql
        .all(
          // A bare column beside max() is of the row that holds it.
          `SELECT judged.verdict, source || ' ' || observations.type || ' ' || target AS topic, max(salience ->> '$.score') AS score
           FROM (SELECT id, verdict, evidence_ids, formed_at FROM insights INDEXED BY insights_judged
                 WHERE verdict IS NOT NULL ORDER BY formed_at DESC LIMIT ?) AS judged, json_each(judged.evidence_ids) AS rests
           CROSS JOIN observations ON observations.id = rests.value
           WHERE salience IS NOT NULL GROUP BY judged.id ORDER BY judged.formed_at DESC, judged.id DESC`,
          limit,
        )
        .map(({ verdict, topic, score }) => ({
          useful: verdict === 'useful',
          topic: String(topic),
          score: Number(score),
        })),
    toldInsight: (id: string, at: Stamp): boolean =>
      sql.run('UPDATE insights SET told_at = ? WHERE id = ?', at, id) === 1,
    verdicts: () => ({
      useful: sql.count("SELECT count(*) AS n FROM insights WHERE verdict = 'useful'"),
      less: sql.count("SELECT count(*) AS n FROM insights WHERE verdict = 'less'"),
    }),
  };
}
