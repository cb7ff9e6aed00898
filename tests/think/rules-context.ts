import type { ModelRequest, ThoughtContext } from '../../core/ports.ts';
import { createRuleReasoner } from '../../core/think/models/rules.ts';
import type { RuleAnswer } from '../../core/think/rules/answer.ts';
import type { Details, Insight, Observation, Severity, TargetHistory } from '../../core/types.ts';

/** Contexts for the rule reasoner: observations as the sources shape them. */

export const noonAt = Date.UTC(2026, 5, 3, 12, 0, 0);
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

export interface Seed {
  source: string;
  type: string;
  target: string;
  details?: Details;
  severity?: Severity;
  count?: number;
  at?: number;
  id?: string;
}

const shop = { root: '/home/ada/shop', place: '/home/ada/shop' };

/** One edit of a text file, by default counted against the commit. */
export const edit = (target: string, added: number, removed: number, more: Details = {}, kind = 'changed'): Seed => ({
  source: 'files',
  type: `file-${kind}`,
  target,
  details: { ...shop, path: target, added, removed, against: 'commit', near: [], ...more },
});

export const commit = (subject: string, files: number, added: number, removed: number, top: Details[] = []): Seed => ({
  source: 'git',
  type: 'commit-made',
  target: 'shop',
  details: {
    place: shop.place,
    repo: 'shop',
    subject,
    branch: 'main',
    hash: 'abcdef1234',
    author: 'Ada',
    files,
    added,
    removed,
    top,
    merge: false,
  },
});

export const git = (type: string, details: Details, severity: Severity = 'info'): Seed => ({
  source: 'git',
  type,
  target: 'shop',
  severity,
  details: { place: shop.place, repo: 'shop', ...details },
});

export const note = (text: string, id?: string): Seed => ({
  source: 'notes',
  type: 'note-written',
  target: 'note',
  details: { text },
  ...(id === undefined ? {} : { id }),
});

export function contextOf(seeds: Seed[], more: Partial<ThoughtContext> = {}): ThoughtContext {
  return {
    now: noonAt,
    focus: null,
    salient: seeds.map((seed, index) => ({ ref: `o${index + 1}`, observation: observe(seed, index), salience: kept })),
    history: [],
    session: { startedAt: null, edits: 0, files: [] },
    told: [],
    recalled: [],
    patterns: [],
    summary: '',
    ...more,
  };
}

const kept = { score: 0.6, terms: { relevance: 0.5, novelty: 0.7, urgency: 0.3 }, ignored: null, nearestId: null };

function observe(seed: Seed, index: number): Observation {
  const at = seed.at ?? noonAt - 1_000 + index;
  return {
    id: seed.id ?? `id-${index}`,
    occurredAt: at,
    source: seed.source,
    type: seed.type,
    target: seed.target,
    severity: seed.severity ?? 'info',
    priority: 3,
    details: seed.details ?? {},
    fingerprint: `print-${index}`,
    trust: seed.source === 'notes' ? 'owner' : 'observed',
    causeId: null,
    count: seed.count ?? 1,
    firstAt: at,
    lastAt: at,
  };
}

/** An insight that the rules told a while ago. */
export const toldInsight = (text: string, agoMs = 10 * minuteMs, evidenceIds: string[] = []): Insight => ({
  id: `told-${text.length}`,
  text,
  evidenceIds,
  confidence: 0.9,
  importance: 0.5,
  formedAt: noonAt - agoMs,
  toldAt: null,
  reasoner: { kind: 'rules', name: 'rules' },
  verdict: null,
  pinned: false,
});

export const requestOf = (context: ThoughtContext | null): ModelRequest => ({
  messages: [{ role: 'user', content: 'What is worth a word?' }],
  schema: context ? { name: 'thought', schema: {} } : null,
  maxTokens: 500,
  temperature: 0.7,
  topP: 0.9,
  reasoningTokens: 0,
  topK: 0,
  repeatPenalty: 1,
  context,
});

/** The whole streamed text and its pieces. */
export async function streamed(context: ThoughtContext | null): Promise<string[]> {
  const pieces: string[] = [];
  for await (const event of createRuleReasoner().answer(requestOf(context), new AbortController().signal)) {
    if (event.kind === 'token') pieces.push(event.text);
  }
  return pieces;
}

export const answerOf = async (context: ThoughtContext): Promise<RuleAnswer> =>
  JSON.parse((await streamed(context)).join('')) as RuleAnswer;

/** The insight's words; empty when there is none. */
export const said = async (seeds: Seed[], more: Partial<ThoughtContext> = {}): Promise<string> =>
  (await answerOf(contextOf(seeds, more))).insight?.text ?? '';

/** A session of `edits` edits, all but one in src/a.ts, begun 25 minutes ago. */
export const session = (edits: number): Partial<ThoughtContext> => ({
  session: {
    startedAt: noonAt - 25 * minuteMs,
    edits,
    files: [
      { target: 'src/a.ts', edits: edits - 1, added: 20, removed: 2 },
      { target: 'src/b.ts', edits: 1, added: 1, removed: 0 },
    ],
  },
});

export const history = (target: string, more: Partial<TargetHistory> = {}): TargetHistory => ({
  target,
  source: 'files',
  type: 'file-changed',
  count: 4,
  days: 1,
  lastAt: noonAt,
  sizes: [],
  ...more,
});
