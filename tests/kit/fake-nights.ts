import type { DreamsView, SleepView } from '../../core/protocol-memory.ts';
import { dayMs, minuteMs, model, rules } from './fake-days.ts';

/** Invented nights: ten sleeps, what they brought, and how sure and how right the mind was. */

type Phase = SleepView['phases'][number];
type Digest = NonNullable<SleepView['digest']>;

const digestLines: Digest['lines'] = [
  {
    text: 'Confirmed: whoever edits tax.ts edits total.ts within the hour (5 of 6 times). It was a dream of 29 May; now it is a pattern.',
    memoryIds: ['dream-tax'],
  },
  {
    text: 'Learned: a refused card must not be tried again; what the retry was to bring did not come.',
    memoryIds: ['lesson-retry', 'learning-retry-good'],
  },
  {
    text: 'The pattern “total.ts changes, then npm test fails” held twice more: 9 of 11 times.',
    memoryIds: ['pattern-total-tests'],
  },
  {
    text: 'Refuted: README.md is not brought up to date after large commits (1 of 7 times).',
    memoryIds: ['dream-readme'],
  },
  { text: 'Forgotten: 4 things that were not needed for 30 days.', memoryIds: [] },
];

/** The digest of the last night. */
export const freshDigest = (at: number): Digest => ({
  from: at - 0.9 * dayMs,
  until: at - 0.45 * dayMs,
  lines: digestLines,
});

/** Days ago, then the seconds of each phase (0: left out), whether a model thought, why it began, how it ended. */
type Night = [
  days: number,
  light: number,
  deep: number,
  dream: number,
  digest: number,
  SleepView['reason'],
  SleepView['ended'],
  boolean,
];
// biome-ignore format: a table reads best with one night on a line
const nights: Night[] = [
  [0.5, 96, 212, 74, 21, 'idle', 'done', true],
  [1.1, 48, 0, 0, 12, 'cycles', 'done', true],
  [1.5, 88, 0, 0, 19, 'idle', 'done', true],
  [2.5, 71, 188, 66, 22, 'request', 'done', true],
  [3.4, 1.9, 2.6, 0, 0.4, 'idle', 'done', false],
  [4.5, 102, 41, 0, 0, 'idle', 'interrupted', true],
  [5.5, 63, 0, 0, 17, 'idle', 'done', true],
  [6.5, 84, 176, 91, 24, 'idle', 'done', true],
  [7.6, 2.2, 0, 0, 0.5, 'shutdown', 'done', false],
  [8.5, 90, 0, 0, 0, 'cycles', 'owner', true],
  [9.5, 55, 0, 0, 18, 'idle', 'done', true],
  [10.5, 3.1, 4.4, 0.8, 0.6, 'idle', 'done', false],
];

function phaseOf(phase: Phase['phase'], startedAt: number, seconds: number, thought: boolean, index: number): Phase {
  const made: Record<Phase['phase'], Record<string, number>> = {
    light: { episodes: 20 + index * 3, learnings: index % 3, merged: 2, reinforced: 3 },
    deep: { patterns: index % 2, principles: 1, contradicted: index % 2, forgotten: 4 },
    dream: { dreams: 1 },
    digest: { lines: 5 - (index % 3) },
  };
  const calls = { light: 4, deep: 3, dream: 2, digest: 1 }[phase];
  return {
    phase,
    startedAt,
    endedAt: startedAt + seconds * 1_000,
    reasoner: thought ? model : rules,
    modelCalls: thought ? calls : 0,
    tokens: thought ? calls * 1_840 + index * 97 : 0,
    made: made[phase],
    note: thought || phase !== 'light' ? null : 'Thought with rules: no model was loaded.',
  };
}

export const sleepsOf = (at: number): SleepView[] =>
  nights.map(([days, light, deep, dream, digest, reason, ended, thought], index) => {
    const startedAt = Math.round(at - days * dayMs);
    let next = startedAt;
    const phases = Object.entries({ light, deep, dream, digest } as const).flatMap(([phase, seconds]) => {
      if (seconds === 0) return [];
      const made = phaseOf(phase as Phase['phase'], next, seconds, thought, index);
      next += seconds * 1_000;
      return [made];
    });
    const last = phases.at(-1);
    if (last && ended === 'interrupted') last.note = 'Woken by a critical observation; goes on in the next sleep.';
    return {
      id: `sleep-${index}`,
      reason,
      startedAt,
      endedAt: next,
      ended,
      phases,
      digest: index === 0 ? freshDigest(at) : null,
    };
  });

/** Confidence and outcome in tenths: mostly right, a little too sure in the middle. */
const judged = [0, 1, 2, 4, 7, 9, 14, 18, 16, 6];
const met = [0, 0, 1, 1, 3, 4, 8, 13, 14, 6];

export const calibrationOf = (isEmpty: boolean): DreamsView['calibration'] => ({
  judged: isEmpty ? 0 : judged.reduce((sum, each) => sum + each, 0),
  unknown: isEmpty ? 0 : 11,
  bins: judged.map((count, index) => ({
    from: index / 10,
    until: (index + 1) / 10,
    judged: isEmpty ? 0 : count,
    met: isEmpty ? 0 : met[index]!,
    meanConfidence: (index + 0.5) / 10,
  })),
  brier: isEmpty ? null : 0.17,
  useful: isEmpty ? 0 : 14,
  less: isEmpty ? 0 : 3,
});

export const auditOf = (at: number): DreamsView['audit'] => ({
  at: at - 0.45 * dayMs - minuteMs,
  memories: 412,
  byKind: { note: 38, learning: 291, principle: 9, lesson: 21, pattern: 53 },
  duplicates: 2,
  neverRecalled: 143,
  contradicted: 2,
  tainted: 17,
  withoutEvidence: 5,
  bytes: 18_400_000,
  examples: [
    { what: 'contradicted', ids: ['lesson-retry', 'learning-retry-good'] },
    { what: 'duplicates', ids: ['learning-vat', 'note-vat'] },
  ],
});
