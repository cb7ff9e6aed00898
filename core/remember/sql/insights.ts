import type { Insight, Stamp, Verdict } from '../../types.ts';
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
    insights: ({ limit, before }: { limit: number; before?: Stamp }): Insight[] =>
      sql
        .all(
          'SELECT * FROM insights WHERE formed_at < ? ORDER BY formed_at DESC, id DESC LIMIT ?',
          before ?? Number.MAX_SAFE_INTEGER,
          limit,
        )
        .map(rows.toInsight),
    insight: (id: string): Insight | null => {
      const row = sql.get('SELECT * FROM insights WHERE id = ?', id);
      return row ? rows.toInsight(row) : null;
    },
    setVerdict: (id: string, verdict: Verdict | null): boolean =>
      sql.run('UPDATE insights SET verdict = ? WHERE id = ?', verdict, id) === 1,
    verdicts: () => ({
      useful: sql.count("SELECT count(*) AS n FROM insights WHERE verdict = 'useful'"),
      less: sql.count("SELECT count(*) AS n FROM insights WHERE verdict = 'less'"),
    }),
  };
}
