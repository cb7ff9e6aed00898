import { jsonrepair } from 'jsonrepair';
import { z } from 'zod';
import type { Json } from '../types.ts';

/**
 * Getting a decision out of a model (TH3, TH4). Bounds live here and truncate; the schema that is sent to a server has none, because
 * length bounds break some grammars. Nothing in this file throws.
 */

const cut = (limit: number) =>
  z.string().transform((text) => (text.length > limit ? `${text.slice(0, limit - 1)}…` : text));
const unit = z.preprocess((value) => {
  const figure = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof figure === 'number' && Number.isFinite(figure) ? Math.min(1, Math.max(0, figure)) : 0;
}, z.number());
const optionalNumber = z.number().positive().max(1e7).optional().catch(undefined);
const optionalText = cut(500).optional().catch(undefined);
const noneAsNull = (value: unknown) =>
  typeof value === 'string' && /^(null|none|)$/i.test(value.trim()) ? null : value;

const metadataSchema = z
  .object({
    confidence: unit,
    alternatives_considered: z.array(cut(300)).catch([]),
    expected_outcome: cut(500).catch(''),
    timeout: optionalNumber,
    should_monitor: z.boolean().optional().catch(undefined),
    next_check: optionalNumber,
    uncertainty_source: optionalText,
    reflection_focus: optionalText,
  })
  .catch({ confidence: 0, alternatives_considered: [], expected_outcome: '' });

export const answerSchema = z.object({
  action_type: z.enum(['delegate', 'observe', 'reflect']),
  reasoning: cut(2_000),
  target_agent: z.preprocess(noneAsNull, z.enum(['claude-code', 'claude-flow', 'memory']).nullable()).catch(null),
  command: z.preprocess(noneAsNull, cut(4_000).nullable()).catch(null),
  priority: z.enum(['low', 'medium', 'high', 'critical']).catch('low'),
  metadata: metadataSchema.default({ confidence: 0, alternatives_considered: [], expected_outcome: '' }),
  insight: z
    .preprocess(
      (value) => (typeof value === 'string' ? (value.trim() === '' ? null : { text: value }) : value),
      z.object({ text: cut(2_000), importance: unit.optional() }).nullable(),
    )
    .catch(null),
  evidence: z.array(z.coerce.string()).catch([]),
});
export type Answer = z.infer<typeof answerSchema>;

export type Parsed =
  | { how: 'json' | 'repaired'; answer: Answer }
  /** Plain language: may observe or reflect, never delegate. */
  | { how: 'plain'; answer: Answer }
  | { how: 'nothing'; why: string };

/** Reads a decision out of whatever a model wrote: clean JSON, JSON in fences or prose or after a think-block, with trailing commas, cut off. */
export function parseAnswer(text: string): Parsed {
  const body = withoutThinking(text);
  let why = 'it holds no JSON object';
  for (const candidate of jsonCandidates(body)) {
    const read = readJson(candidate);
    if (!read) continue;
    const checked = answerSchema.safeParse(renamed(read.value));
    if (checked.success) return { how: read.repaired ? 'repaired' : 'json', answer: checked.data };
    why = checked.error.issues
      .slice(0, 3)
      .map((issue) => `${issue.path.join('.') || 'answer'}: ${issue.message}`)
      .join('; ');
  }
  return { how: 'nothing', why };
}

/** The last resort of TH4: keeps the words of a model that would not speak JSON, as an observation or a question to memory. */
export function plainAnswer(text: string): Parsed {
  const words = withoutThinking(text).replace(/\s+/g, ' ').trim();
  if (words.length < 10 || !/\p{L}{3}/u.test(words)) return { how: 'nothing', why: 'it holds no readable words' };
  const unsure = /\b(not sure|unsure|unclear|uncertain|need more|don't know|cannot tell)\b|\?\s*$/i.test(words);
  const reasoning = words.slice(0, 500);
  return {
    how: 'plain',
    answer: {
      action_type: unsure ? 'reflect' : 'observe',
      reasoning,
      target_agent: unsure ? 'memory' : null,
      command: unsure ? reasoning.slice(0, 200) : null,
      priority: 'low',
      metadata: { confidence: 0.3, alternatives_considered: [], expected_outcome: '' },
      insight: null,
      evidence: [],
    },
  };
}

function withoutThinking(text: string): string {
  const closed = text.replace(/<think>[\s\S]*?<\/think>/gi, '');
  const afterTail = closed.includes('</think>') ? closed.slice(closed.lastIndexOf('</think>') + 8) : closed;
  const open = afterTail.search(/<think>/i);
  return open >= 0 ? afterTail.slice(0, open) : afterTail;
}

const candidatesAtMost = 5;

/** Texts that may be the object: from each opening brace at top level to its partner, or to the end when the tail is cut off. */
function jsonCandidates(text: string): string[] {
  const found: string[] = [];
  for (let at = text.indexOf('{'); at >= 0 && found.length < candidatesAtMost; ) {
    const end = closingBrace(text, at);
    found.push(text.slice(at, end === -1 ? undefined : end + 1));
    at = end === -1 ? -1 : text.indexOf('{', end + 1);
  }
  return found;
}

function closingBrace(text: string, from: number): number {
  let depth = 0;
  let inString = false;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{') depth += 1;
    else if (char === '}' && --depth === 0) return at;
  }
  return -1;
}

function readJson(text: string): { value: unknown; repaired: boolean } | null {
  try {
    return { value: JSON.parse(text), repaired: false };
  } catch {
    try {
      return { value: JSON.parse(jsonrepair(text.slice(0, 50_000))), repaired: true };
    } catch {
      return null;
    }
  }
}

/** Small models spell fields their own way; only spelling is forgiven, never meaning. */
function renamed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const given = value as Record<string, unknown>;
  return {
    ...given,
    action_type: given.action_type ?? given.actionType ?? given.action,
    target_agent: given.target_agent ?? given.targetAgent ?? null,
    evidence: given.evidence ?? given.evidence_ids ?? given.evidenceIds ?? [],
  };
}

/** The readable part of an answer that is still arriving: its reasoning and the insight it forms; plain words as they are. */
export function readableThought(partial: string): string {
  const body = withoutThinking(partial).trimStart();
  if (body === '') return '';
  if (!/^(```|\{)/.test(body) && !body.includes('"reasoning"')) return body.slice(0, 2_000);
  return [stringField(body, 'reasoning'), stringField(body, 'text')].filter((part) => part !== '').join('\n\n');
}

function stringField(json: string, name: string): string {
  const start = new RegExp(`"${name}"\\s*:\\s*"`).exec(json);
  if (!start) return '';
  const from = start.index + start[0].length;
  let end = from;
  while (end < json.length && json[end] !== '"') end += json[end] === '\\' ? 2 : 1;
  const raw = json.slice(from, Math.min(end, json.length)).replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, '');
  try {
    return String(JSON.parse(`"${raw.replace(/[\u0000-\u001f]/g, ' ')}"`));
  } catch {
    return raw;
  }
}

const text = { type: 'string' } as const;
const numeric = { type: 'number' } as const;

/** What a server is asked to enforce. Reasoning comes first, so that it streams first and is thought before the choice. */
export const answerJsonSchema: Json = {
  type: 'object',
  properties: {
    reasoning: text,
    action_type: { type: 'string', enum: ['delegate', 'observe', 'reflect'] },
    target_agent: { type: ['string', 'null'], enum: ['claude-code', 'claude-flow', 'memory', null] },
    command: { type: ['string', 'null'] },
    priority: { type: 'string', enum: ['low', 'medium', 'high', 'critical'] },
    metadata: {
      type: 'object',
      properties: {
        confidence: numeric,
        alternatives_considered: { type: 'array', items: text },
        expected_outcome: text,
        should_monitor: { type: 'boolean' },
        next_check: numeric,
        uncertainty_source: text,
        reflection_focus: text,
      },
      required: ['confidence', 'alternatives_considered', 'expected_outcome'],
    },
    insight: {
      type: ['object', 'null'],
      properties: { text, importance: numeric },
      required: ['text', 'importance'],
    },
    evidence: { type: 'array', items: text },
  },
  required: ['reasoning', 'action_type', 'target_agent', 'command', 'priority', 'metadata', 'insight', 'evidence'],
};
