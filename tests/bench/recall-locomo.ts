import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Conversation, conversationsOf } from './locomo-file.ts';
import { type Ranker, rankersOf } from './locomo-ranking.ts';
import type { BenchOptions, Measurement, Reading } from './measurement.ts';

const ownFile = fileURLToPath(new URL('locomo-own.json', import.meta.url));
const turnsAsked = 10;
const sessionsAsked = 5;
/** Turns that a ranking of sessions rests on. */
const turnsForSessions = 60;

/** Questions, and how many of them found what they need. */
export interface Tally {
  questions: number;
  any: number;
  all: number;
  session: number;
}

const none = (): Tally => ({ questions: 0, any: 0, all: 0, session: 0 });

/** Asks every question of a conversation. */
export async function tallied(
  conversation: Conversation,
  rank: Ranker,
): Promise<{ whole: Tally; byCategory: Map<number, Tally> }> {
  const sessionOf = new Map(conversation.turns.map((turn) => [turn.id, turn.session]));
  const whole = none();
  const byCategory = new Map<number, Tally>();
  for (const { text, evidence, category } of conversation.questions) {
    const ranked = await rank(text, turnsForSessions);
    const turns = new Set((await rank(text, turnsAsked)).slice(0, turnsAsked));
    const sessions = new Set(sessionsBy(ranked, sessionOf).slice(0, sessionsAsked));
    const tally = byCategory.get(category) ?? none();
    byCategory.set(category, tally);
    for (const each of [whole, tally]) {
      each.questions += 1;
      each.any += Number(evidence.some((id) => turns.has(id)));
      each.all += Number(evidence.every((id) => turns.has(id)));
      each.session += Number(evidence.some((id) => sessions.has(sessionOf.get(id) ?? '')));
    }
  }
  return { whole, byCategory };
}

/** Sessions by the sum of reciprocal ranks of their turns: the best turn counts most, more good ones count too. */
function sessionsBy(ranked: readonly string[], sessionOf: ReadonlyMap<string, string>): string[] {
  const sums = new Map<string, number>();
  ranked.forEach((id, place) => {
    const session = sessionOf.get(id) ?? '';
    sums.set(session, (sums.get(session) ?? 0) + 1 / (place + 2));
  });
  return [...sums].sort((a, b) => b[1] - a[1]).map(([session]) => session);
}

function add(to: Tally, from: Tally): void {
  to.questions += from.questions;
  to.any += from.any;
  to.all += from.all;
  to.session += from.session;
}

/** Sums over all conversations for both rankers. */
export async function compared(conversations: readonly Conversation[], captions: boolean) {
  const [recalled, plain] = [none(), none()];
  const categories = new Map<number, Tally>();
  for (const conversation of conversations) {
    const rankers = rankersOf(conversation, captions);
    try {
      const ours = await tallied(conversation, rankers.recalled);
      add(recalled, ours.whole);
      for (const [category, tally] of ours.byCategory) {
        if (!categories.has(category)) categories.set(category, none());
        add(categories.get(category) ?? none(), tally);
      }
      add(plain, (await tallied(conversation, rankers.plain)).whole);
    } finally {
      rankers.close();
    }
  }
  return { recalled, plain, categories };
}

const percent = (part: number, tally: Tally) => (100 * part) / tally.questions;
const rounded = (value: number) => value.toFixed(1);

async function take({ locomo }: BenchOptions): Promise<Record<string, Reading>> {
  const file = locomo ?? ownFile;
  const conversations = conversationsOf(JSON.parse(readFileSync(file, 'utf8')));
  const words = await compared(conversations, false);
  const pictures = await compared(conversations, true);
  const left = conversations.reduce((sum, each) => sum + each.withoutEvidence, 0);
  const turns = conversations.reduce((sum, each) => sum + each.turns.length, 0);
  const source =
    locomo === undefined
      ? 'NO FILE WAS GIVEN: this is our own small example, on which the weights were set, and says nothing of LoCoMo; '
      : '';
  const about = `${source}${words.recalled.questions} questions on ${turns} turns of ${conversations.length} conversations, ${left} without usable evidence left out; no model; a turn is “Speaker: text”, pictures left out`;
  const reading = (key: 'any' | 'all' | 'session', rest = ''): Reading => ({
    value: percent(words.recalled[key], words.recalled),
    note: `${about}; plain BM25 ${rounded(percent(words.plain[key], words.plain))}; with the captions of pictures ${rounded(percent(pictures.recalled[key], pictures.recalled))} (plain ${rounded(percent(pictures.plain[key], pictures.plain))})${rest}`,
  });
  const each = [...words.categories].sort(([a], [b]) => a - b);
  return {
    'locomo-turn-any10': reading(
      'any',
      `; by category ${each.map(([category, tally]) => `${category}: ${rounded(percent(tally.any, tally))}`).join(', ')}`,
    ),
    'locomo-turn-all10': reading('all'),
    'locomo-session-any5': reading('session', '; sessions by the reciprocal ranks of their turns, for both'),
  };
}

export const locomo: Measurement = {
  rows: {
    'locomo-turn-any10': { unit: '%', target: 75, want: 'at-least' },
    'locomo-turn-all10': { unit: '%', target: 65, want: 'at-least' },
    'locomo-session-any5': { unit: '%', target: 92, want: 'at-least' },
  },
  take,
};
