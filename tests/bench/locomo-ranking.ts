import { recall } from '../../core/remember/recall.ts';
import type { Sql } from '../../core/remember/sql/sql.ts';
import { type FilledIndex, recallIndex } from '../remember/recall-kit.ts';
import type { Conversation, Turn } from './locomo-file.ts';

/** Gives ids of turns for a question, best first. */
export type Ranker = (question: string, limit: number) => Promise<string[]>;

/** What a turn says: its speaker is part of it. With `captions` also what the shared picture shows, by a machine's word. */
export const textOf = (turn: Turn, captions: boolean): string =>
  `${turn.speaker}: ${turn.text}${captions && turn.caption ? ` [shares ${turn.caption}]` : ''}`;

/** A day after the last turn: when the questions are asked. */
const asksAfterMs = 86_400_000;

/**
 * One conversation in an index of its own, and the two rankers over it: the product's `recall`, without a model, and plain BM25 (unicode61, any
 * word, as FTS5 ranks). Ends with `close`.
 */
export function rankersOf(
  conversation: Conversation,
  captions: boolean,
): { recalled: Ranker; plain: Ranker; close(): void } {
  const index = recallIndex();
  index.sql.run("CREATE VIRTUAL TABLE plain USING fts5(text, id UNINDEXED, tokenize = 'unicode61')");
  index.together(() => {
    for (const turn of conversation.turns) fill(index, turn, textOf(turn, captions));
  });
  const now = Math.max(...conversation.turns.map((turn) => turn.at)) + asksAfterMs;
  return {
    recalled: async (text, limit) => recall(index.store, { text, now, limit }).map((hit) => hit.id),
    plain: async (text, limit) => plainly(index.sql, text, limit),
    close: index.close,
  };
}

function fill({ put, sql }: FilledIndex, turn: Turn, text: string): void {
  put({
    kind: 'note',
    id: turn.id,
    text,
    at: turn.at,
    trust: 'observed',
    importance: 0.5,
    groupId: turn.session,
  });
  sql.run('INSERT INTO plain (text, id) VALUES (?, ?)', text, turn.id);
}

function plainly(sql: Sql, question: string, limit: number): string[] {
  const match = (question.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => `"${word}"`).join(' OR ');
  if (match === '') return [];
  return sql
    .all('SELECT id FROM plain WHERE plain MATCH ? ORDER BY rank LIMIT ?', match, limit)
    .map((row) => String(row.id));
}
