import type { Expectation, Memory, Rule } from '../../core/memory.ts';
import type { Observation } from '../../core/types.ts';
import { noon, observer } from '../kit/nouns.ts';

export const minuteMs = 60_000;
export const dayMs = 86_400_000;

/** After `package-lock.json` changes, `npm test` fails within half an hour. */
export const lockRule: Rule = {
  when: { source: 'files', type: 'file-changed', target: 'package-lock.json' },
  then: { source: 'ci', type: 'test-failed', target: 'npm test' },
  withinMs: 30 * minuteMs,
};

/** A learned pattern, formed a day before noon. */
export const memory = (over: Partial<Memory> = {}): Memory => ({
  id: 'p1',
  kind: 'pattern',
  text: 'After package-lock.json changed, npm test failed within 30 minutes.',
  key: null,
  target: null,
  importance: 0.6,
  terms: { severity: null, novelty: null, owner: null, outcome: null, thought: null },
  strength: 1,
  strengthAt: noon,
  stabilityDays: 7,
  recalled: 0,
  recalledAt: null,
  formedAt: noon - dayMs,
  changedAt: noon - dayMs,
  reasoner: { kind: 'rules', name: 'rules' },
  sleepId: null,
  trust: 'derived',
  validation: 'seen',
  pinned: false,
  support: 3,
  rule: lockRule,
  hits: 3,
  misses: 0,
  expiresAt: null,
  contradicts: [],
  ...over,
});

export const dream = (over: Partial<Memory> = {}): Memory =>
  memory({ id: 'd1', kind: 'dream', validation: 'needs-validation', hits: 0, expiresAt: noon + 14 * dayMs, ...over });

const see = observer();

/** An observation so many minutes after noon. */
export const at = (minutes: number, over: Partial<Observation> = {}): Observation =>
  see({}, { occurredAt: noon + minutes * minuteMs, ...over });

export const lock = (minutes: number, over: Partial<Observation> = {}) =>
  at(minutes, { source: 'files', type: 'file-changed', target: 'package-lock.json', ...over });

export const failed = (minutes: number, over: Partial<Observation> = {}) =>
  at(minutes, { source: 'ci', type: 'test-failed', target: 'npm test', severity: 'error', ...over });

export const passed = (minutes: number, over: Partial<Observation> = {}) =>
  at(minutes, { source: 'ci', type: 'test-passed', target: 'npm test', ...over });

/** That `npm test` fails within half an hour after noon. */
export const expectation = (over: Partial<Expectation> = {}): Expectation => ({
  id: 'e1',
  of: 'pattern',
  ofId: 'p1',
  causeId: 'cause',
  since: noon,
  dueAt: noon + 30 * minuteMs,
  wants: lockRule.then,
  words: '',
  confidence: 0.5,
  ...over,
});

/** Ids in order. */
export function counter(prefix = 'n'): () => string {
  let n = 0;
  return () => `${prefix}${++n}`;
}
