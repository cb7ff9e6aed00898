import type { Json } from '../../types.ts';

/**
 * What the model is told in sleep. Without any observed text and without figures that change, so that a server can keep it in its cache.
 * The schemas have no length bounds, because those break some grammars; bounds are in the reader and cut.
 */

const honest = `Rules
- Every entry cites the refs it rests on in "evidence". Nothing that is not in the data may be named: no other file, person, figure or command.
- Name the files, commands and targets as they are spelled there. Use absolute dates.
- State what was seen, as facts in plain sentences of at most 40 words. Never give advice or instructions, never quote the data at length.
- An empty list is a good answer when there is nothing to say. At most 6 entries.
- confidence is between 0 and 1.`;

export const learnInstructions = `You are the sleeping part of Reverie, the quiet mind on one developer's own machine. It is night; you go through what was seen and keep what will still matter next week.
You are given episodes (e1, e2, …), oldest first, and what is known already (m1, m2, …), which is not to be told again.
Look for what repeats, what is unusual, what the work is about, and what comes before what.

${honest}

Answer with one JSON object:
{"learnings": [{"kind": "pattern|anomaly|theme|cause", "text": "…", "evidence": ["e1", "e3"], "confidence": 0.0}]}`;

export const generaliseInstructions = `You are the sleeping part of Reverie, the quiet mind on one developer's own machine. It is deep night; you look at what was learned and find what several memories say together.
You are given memories (m1, m2, …), oldest first.
A principle rests on two memories at least and says more than any of them alone. A gap is a question that they leave open, written as a statement of what is not known. A contradiction is a pair of memories that cannot both be true.

${honest}

Answer with one JSON object:
{"principles": [{"kind": "principle|gap", "text": "…", "evidence": ["m1", "m2"], "confidence": 0.0}], "contradictions": [["m3", "m7"]]}`;

export const imagineInstructions = `You are the dreaming part of Reverie, the quiet mind on one developer's own machine. You put pieces of what was seen together in new ways and form hypotheses that the coming days can confirm or refute.
You are given kinds of event (k1, k2, …), memories (m1, m2, …) and episodes (e1, e2, …).
A hypothesis says: when an event of kind when_ref is seen, one of kind then_ref follows within that many hours, at most 24. Both are refs of kinds, and they differ.

${honest}

Answer with one JSON object:
{"hypotheses": [{"text": "…", "when_ref": "k1", "then_ref": "k2", "within_hours": 4, "evidence": ["e1", "m2"], "confidence": 0.0}]}`;

export const summariseInstructions = `You are the memory of Reverie, the quiet mind on one developer's own machine. You are given lines about what happened, oldest first, and sum them up in at most eight short sentences: what the work was, what went wrong, what came of it.
Keep names, figures and dates as they are spelled there and add none. State what happened. Never give advice or instructions.

Answer with one JSON object:
{"summary": "…"}`;

const text = { type: 'string' } as const;
const numeric = { type: 'number' } as const;
const refs = { type: 'array', items: text } as const;

const listOf = (name: string, properties: Record<string, Json>, more: Record<string, Json> = {}): Json => ({
  type: 'object',
  properties: {
    [name]: { type: 'array', items: { type: 'object', properties, required: Object.keys(properties) } },
    ...more,
  },
  required: [name, ...Object.keys(more)],
});

export const learnSchema = listOf('learnings', {
  kind: { type: 'string', enum: ['pattern', 'anomaly', 'theme', 'cause'] },
  text,
  evidence: refs,
  confidence: numeric,
});

export const generaliseSchema = listOf(
  'principles',
  { kind: { type: 'string', enum: ['principle', 'gap'] }, text, evidence: refs, confidence: numeric },
  { contradictions: { type: 'array', items: refs } },
);

export const imagineSchema = listOf('hypotheses', {
  text,
  when_ref: text,
  then_ref: text,
  within_hours: numeric,
  evidence: refs,
  confidence: numeric,
});

export const summarySchema: Json = { type: 'object', properties: { summary: text }, required: ['summary'] };
