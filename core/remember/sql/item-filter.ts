import type { ItemFilter } from '../../memory.ts';
import { inList } from './sql.ts';

/** A filter as a condition on the columns of `items`, and the values it binds; `1` when everything passes. */
export function conditions(filter: ItemFilter): { where: string; values: unknown[] } {
  const all: [string, unknown][] = [];
  if (filter.kinds) all.push(['+items.kind IN (SELECT value FROM json_each(?))', inList(filter.kinds)]);
  if (filter.trust) all.push(['items.trust IN (SELECT value FROM json_each(?))', inList(filter.trust)]);
  if (filter.from !== undefined) all.push(['items.at >= ?', filter.from]);
  if (filter.until !== undefined) all.push(['items.at < ?', filter.until]);
  if (filter.target !== undefined) all.push(['items.target = ?', filter.target]);
  return { where: all.map(([text]) => text).join(' AND ') || '1', values: all.map(([, value]) => value) };
}
