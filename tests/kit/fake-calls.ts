import { catalogueOf, type Known } from '../../core/lmstudio/known.ts';
import type { ModelView } from '../../core/protocol.ts';

/** Invented calls and what they used. */
const before: ModelView['calls'] = {
  running: [],
  waiting: { owner: 0, loop: 0, sleep: 0, agents: 0 },
  tokensPerSecond: null,
  firstTokenMs: null,
  answered: 0,
  failed: 0,
  cacheHits: 0,
  stoppedEarly: 0,
  preempted: 0,
};
const after: ModelView['calls'] = {
  running: [],
  waiting: { ...before.waiting, loop: 2, sleep: 1 },
  tokensPerSecond: 41.6,
  firstTokenMs: 840,
  answered: 1_284,
  failed: 3,
  cacheHits: 96,
  stoppedEarly: 412,
  preempted: 7,
};

/** One runs while the model is there for Reverie; none was made where no server was found. */
export function callsOf({ state, sighting }: Known): ModelView['calls'] {
  if (!catalogueOf(sighting)) return before;
  return state === 'ready'
    ? { ...after, running: [{ lane: 'loop', purpose: 'thought', tokens: 118, ms: 3_400 }] }
    : after;
}

export const purposesOf = ({ sighting }: Known): ModelView['purposes'] =>
  catalogueOf(sighting)
    ? [
        { purpose: 'thought', calls: 214, tokens: 241_800, limit: null },
        { purpose: 'repair', calls: 18, tokens: 14_200, limit: 50_000 },
        { purpose: 'digest', calls: 2, tokens: 12_900, limit: null },
      ]
    : [];
