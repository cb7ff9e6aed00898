/** LoCoMo (Maharana and others 2024) as it is published: conversations of sessions of turns, and questions with the turns that answer them. */

export interface Turn {
  /** "D3:7": the seventh turn of the third session. */
  id: string;
  session: string;
  speaker: string;
  /** What is said. */
  text: string;
  /** What a machine sees in the picture that is shared; empty when there is none. */
  caption: string;
  at: number;
}

export interface Question {
  text: string;
  category: number;
  /** Ids of turns of this conversation. */
  evidence: string[];
}

export interface Conversation {
  id: string;
  turns: Turn[];
  questions: Question[];
  /** Questions left out because none of their evidence is a turn of the conversation. */
  withoutEvidence: number;
}

type Raw = Record<string, unknown>;
const record = (value: unknown): Raw => (typeof value === 'object' && value !== null ? (value as Raw) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

/** Reads the parsed JSON of such a file; throws with words when it is none. */
export function conversationsOf(json: unknown): Conversation[] {
  const samples = list(json);
  if (samples.length === 0) throw new Error('this is no LoCoMo file: it holds no list of conversations');
  return samples.map((sample, place) => conversationOf(record(sample), place));
}

function conversationOf(sample: Raw, place: number): Conversation {
  const conversation = record(sample.conversation);
  const sessions = Object.keys(conversation)
    .map((key) => Number(key.match(/^session_(\d+)$/)?.[1]))
    .filter((n) => n > 0)
    .sort((a, b) => a - b);
  const turns = sessions.flatMap((n) => turnsOf(conversation, n));
  const known = new Set(turns.map((turn) => turn.id));
  const asked = list(sample.qa).map((each) => questionOf(record(each), known));
  const questions = asked.filter((question) => question.evidence.length > 0);
  const id = text(sample.sample_id) || `conversation ${place + 1}`;
  return { id, turns, questions, withoutEvidence: asked.length - questions.length };
}

function turnsOf(conversation: Raw, n: number): Turn[] {
  const startedAt = stampOf(text(conversation[`session_${n}_date_time`]));
  return list(conversation[`session_${n}`])
    .map(record)
    .map((turn, place) => ({
      id: text(turn.dia_id),
      session: `session_${n}`,
      speaker: text(turn.speaker),
      text: text(turn.text),
      caption: text(turn.blip_caption),
      at: startedAt + place * 30_000,
    }));
}

/** One string may hold several ids, some a stray "D", some turns that do not exist. */
function questionOf(raw: Raw, known: ReadonlySet<string>): Question {
  const ids = list(raw.evidence).flatMap((each) => text(each).match(/D\d+:\d+/gi) ?? []);
  const normal = ids.map((id) => id.toUpperCase().replace(/(?<=[D:])0+(?=\d)/g, ''));
  return {
    text: text(raw.question),
    category: Number(raw.category),
    evidence: [...new Set(normal)].filter((id) => known.has(id)),
  };
}

/** "1:56 pm on 8 May, 2023", in local time; 0 when it is written otherwise. */
export function stampOf(words: string): number {
  const found = words.match(/(\d{1,2}):(\d{2})\s*(am|pm)\s+on\s+(\d{1,2})\s+(\w+),?\s+(\d{4})/i);
  if (!found) return 0;
  const [, hour, minute, half, day, month, year] = found;
  const hours = (Number(hour) % 12) + (half?.toLowerCase() === 'pm' ? 12 : 0);
  const stamp = new Date(`${month} ${day}, ${year} ${hours}:${minute}`).getTime();
  return Number.isNaN(stamp) ? 0 : stamp;
}
