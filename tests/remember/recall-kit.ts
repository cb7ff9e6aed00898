import type { Item } from '../../core/memory.ts';
import type { RecallIndex } from '../../core/remember/recall.ts';
import { putItem } from '../../core/remember/sql/index-items.ts';
import { createLexical } from '../../core/remember/sql/lexical.ts';
import { openDatabase } from '../../core/remember/sql/opening.ts';
import { createSql, type Sql } from '../../core/remember/sql/sql.ts';
import { noon } from '../kit/nouns.ts';

export interface FilledIndex {
  /** What `recall` asks; `nearest` gives what was set with `means`. */
  store: RecallIndex;
  sql: Sql;
  /** The names of the methods that were asked, in order. */
  calls: string[];
  put(item: Partial<Omit<Item, 'n'>> & { id: string; text: string }): void;
  /** Sets what is nearest to any vector, best first. */
  means(ids: readonly string[]): void;
  /** Runs in one transaction. */
  together(work: () => void): void;
  close(): void;
}

/** The real index over a database in memory. */
export function recallIndex(): FilledIndex {
  const db = openDatabase(':memory:');
  const sql = createSql(db);
  const { lexical, recentItems, neighbours, lastAway } = createLexical(sql);
  const calls: string[] = [];
  let nearest: readonly string[] = [];
  const asked =
    <Given extends unknown[], Answer>(name: string, answer: (...given: Given) => Answer) =>
    (...given: Given) => {
      calls.push(name);
      return answer(...given);
    };
  return {
    store: {
      lexical: asked('lexical', lexical),
      recentItems: asked('recentItems', recentItems),
      neighbours: asked('neighbours', neighbours),
      lastAway: asked('lastAway', lastAway),
      nearest: asked('nearest', (_model, _vector, filter, limit) => {
        const items = new Map(recentItems(filter, limit).map((item) => [item.id, item]));
        return nearest.flatMap((id, place) => {
          const item = items.get(id);
          return item ? [{ item, score: 0.9 - place / 10 }] : [];
        });
      }),
    },
    sql,
    calls,
    put: ({ id, text, ...over }) =>
      putItem(sql, {
        kind: 'insight',
        id,
        text,
        at: noon,
        target: null,
        trust: 'derived',
        importance: 0.5,
        groupId: null,
        ...over,
      }),
    means: (ids) => {
      nearest = ids;
    },
    together: (work) => db.transaction(work)(),
    close: () => {
      db.close();
    },
  };
}
