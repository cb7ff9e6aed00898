import type { Item, ItemKind } from '../../memory.ts';
import { clipText } from '../snapshot.ts';
import type { Sql } from './sql.ts';

/** The index over all tiers: `items` with its full-text rows and vectors. Dreams have no kind here, so none can ever be found. */

/** Puts a thing into the index, or replaces it. A changed text gets a new number, so that no vector of the old one can land on it. */
export function putItem(sql: Sql, item: Omit<Item, 'n'>): void {
  const text = clipText(item.text);
  const before = sql.get('SELECT n, text FROM items WHERE kind = ? AND id = ?', item.kind, item.id);
  if (before?.text === text) {
    sql.run(
      'UPDATE items SET at = ?, target = ?, trust = ?, importance = ?, group_id = ? WHERE n = ?',
      item.at,
      item.target,
      item.trust,
      item.importance,
      item.groupId,
      before.n,
    );
    return;
  }
  if (before) removeNumber(sql, before.n, before.text);
  const inserted = sql.get(
    'INSERT INTO items (kind, id, text, at, target, trust, importance, group_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING n, text',
    item.kind,
    item.id,
    text,
    item.at,
    item.target,
    item.trust,
    item.importance,
    item.groupId,
  );
  sql.run('INSERT INTO search (rowid, text) VALUES (?, ?)', inserted?.n, inserted?.text);
}

/** Takes a thing out of the index, with everything that hangs on it. */
export function removeItem(sql: Sql, kind: ItemKind, id: string): void {
  const row = sql.get('SELECT n, text FROM items WHERE kind = ? AND id = ?', kind, id);
  if (row) removeNumber(sql, row.n, row.text);
}

function removeNumber(sql: Sql, n: unknown, text: unknown): void {
  // An external-content index is told what it held; it can not look it up once the row is gone.
  sql.run("INSERT INTO search (search, rowid, text) VALUES ('delete', ?, ?)", n, text);
  sql.run('DELETE FROM vectors WHERE n = ?', n);
  sql.run('DELETE FROM items WHERE n = ?', n);
}
