import { jsonrepair } from 'jsonrepair';
import { z } from 'zod';
import type { Json } from '../types.ts';

/**
 * Getting a decision out of a model (TH3, TH4). Bounds live here and truncate; the schema that is sent to a server has none, because
 * length bounds break some grammars. Nothing in this file throws.
 */

const cut = (limit: number) =>
  z.string().transform((text) => (text.length > limit ? `${text.slice(0, limit - 1).toWellFormed()}…` : text));
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
  for (const read of objectsOf(body)) {
    const checked = answerSchema.safeParse(renamed(read.value));
    if (checked.success) return { how: read.repaired ? 'repaired' : 'json', answer: checked.data };
    why = checked.error.issues
      .slice(0, 3)
      .map((issue) => `${issue.path.join('.') || 'answer'}: ${issue.message}`)
      .join('; ');
  }
  return { how: 'nothing', why };
}

/**
 * The last resort of TH4: keeps the words of a model that would not speak JSON, as an observation or a question to memory. Data that is no
 * decision is no plain language: of it only readable fields count as words.
 */
export function plainAnswer(text: string): Parsed {
  const plain = withoutThinking(text)
    .slice(0, 20_000)
    .replace(/```\w*/g, ' ')
    .trim();
  const words = (/^[{[]/.test(plain) ? readableThought(plain) : plain).replace(/\s+/g, ' ').trim();
  if (words.length < 10 || !/\p{L}{3}/u.test(words)) return { how: 'nothing', why: 'it holds no readable words' };
  const unsure = /\b(not sure|unsure|unclear|uncertain|need more|don't know|cannot tell)\b|\?\s*$/i.test(words);
  const reasoning = words.slice(0, 500).toWellFormed();
  return {
    how: 'plain',
    answer: {
      action_type: unsure ? 'reflect' : 'observe',
      reasoning,
      target_agent: unsure ? 'memory' : null,
      command: unsure ? reasoning.slice(0, 200).toWellFormed() : null,
      priority: 'low',
      metadata: { confidence: 0.3, alternatives_considered: [], expected_outcome: '' },
      insight: null,
      evidence: [],
    },
  };
}

/**
 * The text without think blocks, without what stands before a closing tag alone, and without a block that is still open. Tags after the
 * answer has begun are words of the answer. Reads every character once: a model that only repeats tags must not hold up the mind.
 */
function withoutThinking(text: string): string {
  const tags = /<(\/?)think>/gi;
  const closing = /<\/think>/gi;
  let kept = '';
  for (let from = 0; ; from = tags.lastIndex) {
    const begun = /\s*(?:\{|```)/y;
    begun.lastIndex = from;
    if (kept.trim() === '' && begun.test(text)) return text.slice(from);
    tags.lastIndex = from;
    const tag = tags.exec(text);
    if (!tag) return kept + text.slice(from);
    if (tag[1] === '/') {
      kept = '';
      continue;
    }
    kept += text.slice(from, tag.index);
    closing.lastIndex = tags.lastIndex;
    if (!closing.exec(text)) return kept;
    tags.lastIndex = closing.lastIndex;
  }
}

/** Whether a text, thinking aside, is data from its first character on: not an object that prose only speaks of. */
export const beginsAsData = (text: string): boolean => /^\s*(?:```\w*\s*)?\{/.test(withoutThinking(text));

const candidatesAtMost = 5;

/**
 * Texts that may be the object: from each opening brace at top level to its partner, or to the end when the tail is cut off; last from the
 * first brace to the last one, for braces that pair up wrongly because of quotes we do not count.
 */
function jsonCandidates(text: string): string[] {
  const found: string[] = [];
  for (let at = text.indexOf('{'); at >= 0 && found.length < candidatesAtMost; ) {
    const end = closingBrace(text, at);
    found.push(text.slice(at, end === -1 ? undefined : end + 1));
    at = text.indexOf('{', (end === -1 ? at : end) + 1);
  }
  const last = text.lastIndexOf('}');
  if (last > 0) found.push(text.slice(text.indexOf('{'), last + 1));
  return found;
}

/** Every object that a text may mean, the likeliest first, each with whether it had to be repaired; for answers to other schemas. */
export const objectsIn = (text: string): Generator<{ value: unknown; repaired: boolean }> =>
  objectsOf(withoutThinking(text));

function* objectsOf(body: string): Generator<{ value: unknown; repaired: boolean }> {
  for (const candidate of jsonCandidates(body)) {
    const read = readJson(candidate);
    if (read) yield read;
  }
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

/**
 * The readable part of an answer that is still arriving: plain words as they are up to the first object, then its reasoning and the insight
 * it forms. It only grows while its answer does: half a tag, escape or character is held back.
 */
export function readableThought(partial: string): string {
  const body = withoutThinking(partial).trimStart();
  const data = body.search(/```|\{\s*(?:"|$)|`{1,2}$/);
  const words = (data < 0 ? body : body.slice(0, data)).slice(0, 2_000).replace(/\s*<\/?\w{0,5}$/, '');
  const fields = data < 0 ? [] : [stringField(body, 'reasoning'), stringField(body, 'text')];
  return [words.trim(), ...fields]
    .filter((part) => part !== '')
    .map(whole)
    .join('\n\n');
}

/** Without half a character at the end; one that lost its other half elsewhere is replaced. */
const whole = (text: string) => text.replace(/[\ud800-\udbff]$/, '').toWellFormed();

function stringField(json: string, name: string): string {
  const start = new RegExp(`"${name}"\\s*:\\s*"`).exec(json);
  if (!start) return '';
  const rest = /(?:[^"\\]|\\[\s\S])*/y;
  rest.lastIndex = start.index + start[0].length;
  return unescaped(rest.exec(json)?.[0] ?? '');
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '', b: '', f: '' };

/** Reads JSON's escapes one by one, so that one bad escape does not show all others. An unfinished one at the end is left out. */
const unescaped = (raw: string): string =>
  raw.replace(
    /\\(?:u([0-9a-f]{4})|(u[0-9a-f]{0,3}$)|([\s\S]))/gi,
    (_, code: string | undefined, unfinished: string | undefined, letter: string) =>
      code ? String.fromCharCode(Number.parseInt(code, 16)) : unfinished ? '' : (escapes[letter] ?? letter),
  );

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
