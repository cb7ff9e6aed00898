import { idMaker } from '../../core/ids.ts';
import { stampObservation } from '../../core/observe/stamp.ts';
import type { CycleRecord } from '../../core/ports.ts';
import type { Decision, Episode, Insight, Observation, ObservationDraft, Salience } from '../../core/types.ts';
import { fakeClock, seededRandom } from './clock.ts';

export const noon = Date.UTC(2026, 5, 1, 12, 0, 0);

export const draft = (over: Partial<ObservationDraft> = {}): ObservationDraft => ({
  type: 'file-changed',
  target: 'src/a.ts',
  severity: 'info',
  trust: 'observed',
  details: { added: 3, removed: 1, place: '/shop' },
  ...over,
});

/** Makes observations with ids in order, one millisecond apart. */
export function observer(startAt = noon) {
  const clock = fakeClock(startAt);
  const nextId = idMaker(clock, seededRandom(1));
  return (over: Partial<ObservationDraft> = {}, fields: Partial<Observation> = {}): Observation => {
    clock.jump(1);
    return {
      ...stampObservation(draft(over), over.trust === 'owner' ? 'notes' : 'files', nextId(), clock.now()),
      ...fields,
    };
  };
}

export const decision = (over: Partial<Decision> = {}): Decision => ({
  action_type: 'observe',
  reasoning: 'one file changed by a few lines',
  target_agent: null,
  command: null,
  priority: 'low',
  metadata: { confidence: 0.9, alternatives_considered: [], expected_outcome: 'nothing more' },
  ...over,
});

export const salience = (score = 0.8, ignored: string | null = null): Salience => ({
  score,
  terms: { relevance: 1, novelty: 1, urgency: 0.3 },
  ignored,
  nearestId: null,
});

export const insight = (id: string, over: Partial<Insight> = {}): Insight => ({
  id,
  text: `src/a.ts was changed (${id})`,
  evidenceIds: [],
  confidence: 0.9,
  importance: 0.5,
  formedAt: noon,
  reasoner: { kind: 'rules', name: 'rules' },
  verdict: null,
  ...over,
});

export const episode = (id: string, over: Partial<Episode> = {}): Episode => ({
  id,
  startedAt: noon,
  endedAt: noon + 10,
  type: 'observation',
  summary: `file-changed src/a.ts (${id})`,
  observationIds: [],
  insightIds: [],
  decision: decision(),
  outcome: 'observe',
  reasoner: { kind: 'rules', name: 'rules' },
  ...over,
});

export const cycleRecord = (over: Partial<CycleRecord> = {}): CycleRecord => ({
  attended: [],
  episode: null,
  insights: [],
  proposals: [],
  watches: [],
  state: {},
  ...over,
});
