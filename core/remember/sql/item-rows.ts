import type { Item } from '../../memory.ts';
import { number, text, textOrNull } from './rows.ts';
import type { Row } from './sql.ts';

export const toItem = (row: Row): Item => ({
  n: number(row.n),
  kind: text(row.kind) as Item['kind'],
  id: text(row.id),
  text: text(row.text),
  at: number(row.at),
  target: textOrNull(row.target),
  trust: text(row.trust) as Item['trust'],
  importance: number(row.importance),
  groupId: textOrNull(row.group_id),
});
