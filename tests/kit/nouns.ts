import { idMaker } from '../../core/ids.ts';
import type { Evidence, Expectation, Memory, Sleep, SleepStep, TidyBounds } from '../../core/memory.ts';
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
  toldAt: null,
  reasoner: { kind: 'rules', name: 'rules' },
  verdict: null,
  pinned: false,
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
  changes: [],
  recalled: [],
  expectations: [],
  settled: [],
  state: {},
  ...over,
});

/** A learning that a night formed. */
export const memory = (id: string, over: Partial<Memory> = {}): Memory => ({
  id,
  kind: 'learning',
  text: `src/a.ts is changed every morning (${id})`,
  key: null,
  target: null,
  importance: 0.6,
  terms: { severity: null, novelty: null, owner: null, outcome: null, thought: null },
  strength: 1,
  strengthAt: noon,
  stabilityDays: 10,
  recalled: 0,
  recalledAt: null,
  formedAt: noon,
  changedAt: noon,
  reasoner: { kind: 'rules', name: 'rules' },
  sleepId: null,
  trust: 'derived',
  validation: 'seen',
  pinned: false,
  support: 1,
  rule: null,
  hits: 0,
  misses: 0,
  expiresAt: null,
  contradicts: [],
  ...over,
});

/** A hypothesis that waits for validation. */
export const dream = (id: string, over: Partial<Memory> = {}): Memory =>
  memory(id, {
    kind: 'dream',
    text: `perhaps the tests fail after src/a.ts was changed (${id})`,
    importance: 0.3,
    validation: 'needs-validation',
    rule: { when: { target: 'src/a.ts' }, then: { type: 'test-failed' }, withinMs: 3_600_000 },
    expiresAt: noon + 14 * 86_400_000,
    ...over,
  });

export const evidence = (id: string, over: Partial<Evidence> = {}): Evidence => ({
  kind: 'observation',
  id,
  at: noon,
  snapshot: `src/a.ts changed, +3 −1 (${id})`,
  ...over,
});

export const expectation = (id: string, over: Partial<Expectation> = {}): Expectation => ({
  id,
  of: 'pattern',
  ofId: 'm1',
  causeId: null,
  since: noon,
  dueAt: noon + 3_600_000,
  wants: { type: 'test-failed' },
  words: '',
  confidence: 0.7,
  ...over,
});

export const sleepRecord = (id: string, over: Partial<Sleep> = {}): Sleep => ({
  id,
  reason: 'cycles',
  startedAt: noon,
  endedAt: null,
  ended: null,
  phases: [],
  digest: null,
  ...over,
});

export const sleepStep = (over: Partial<SleepStep> = {}): SleepStep => ({
  sleep: sleepRecord('s1'),
  changes: [],
  consolidated: [],
  faded: [],
  expectations: [],
  settled: [],
  summaries: [],
  state: {},
  ...over,
});

/** Bounds of care that take nothing away, but for what is given. */
export const bounds = (over: Partial<TidyBounds> = {}): TidyBounds => ({
  observationsBefore: 0,
  episodesBefore: 0,
  insightsBefore: 0,
  episodesAtMost: 1_000_000,
  insightsAtMost: 1_000_000,
  historyBefore: 0,
  ...over,
});
