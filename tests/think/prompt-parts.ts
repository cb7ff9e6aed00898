import type { RecallHit } from '../../core/memory.ts';
import type { ThoughtContext } from '../../core/ports.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import type { PromptParts } from '../../core/think/context/context.ts';
import type { Fired, Observation } from '../../core/types.ts';
import { noon, observer, salience } from '../kit/nouns.ts';

/** What a prompt is made from: the given observations, each kept by attention with the same score unless `scores` says otherwise. */
export function promptParts(
  observations: Observation[],
  over: Partial<PromptParts> = {},
  context: Partial<ThoughtContext> = {},
  scores: number[] = [],
): PromptParts {
  return {
    identity: {
      bornAt: noon - 40 * 86_400_000,
      sessions: 3,
      uptimeMs: 86_400_000,
      observations: 1_234,
      decisions: 56,
      insights: 7,
      thresholdShift: 0,
    },
    fence: 'k3nz8w1q',
    log: [],
    lastThoughtAt: null,
    memoryAnswer: null,
    context: {
      now: noon + 60_000,
      focus: null,
      salient: observations.map((observation, n) => ({
        observation,
        salience: salience(scores[n] ?? 0.8),
        ref: `o${n + 1}`,
      })),
      history: [],
      session: { startedAt: null, edits: 0, files: [] },
      told: [],
      recalled: [],
      patterns: [],
      summary: '',
      ...context,
    },
    ...over,
  };
}

/** What recall found: an insight unless said otherwise. */
export const remembered = (over: Partial<RecallHit> = {}): RecallHit => ({
  kind: 'insight',
  id: 'm',
  text: 'the cart was slow',
  at: noon,
  score: 1,
  trust: 'derived',
  target: null,
  importance: 0.5,
  why: [],
  ...over,
});

/** A learned pattern that this observation sets off. */
export const firedBy = (observation: Observation, text: string, over: Partial<Fired> = {}): Fired => ({
  patternId: `p-${observation.id}`,
  observationId: observation.id,
  text,
  confidence: 0.6,
  hits: 3,
  misses: 1,
  expects: text,
  until: observation.occurredAt + 1_800_000,
  lift: 0.3,
  learnedAt: noon - 86_400_000,
  ...over,
});

export const modelSettings = (over: Partial<Settings['model']> = {}): Settings['model'] => ({
  ...defaultSettings().model,
  ...over,
});

/** A few ordinary edits. */
export const edits = (count: number): Observation[] => {
  const see = observer();
  return Array.from({ length: count }, (_, n) =>
    see({ target: `src/file-${n}.ts`, details: { added: n, removed: 1 } }),
  );
};
