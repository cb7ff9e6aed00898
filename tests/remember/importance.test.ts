import { describe, expect, it } from 'vitest';
import { importanceOf, importanceOfEpisode, noTerms, termsWords } from '../../core/remember/importance.ts';
import { observer, salience } from '../kit/nouns.ts';

const see = observer();
const attended = (over: Parameters<typeof see>[0], novelty: number | null) => ({
  observation: see(over),
  salience: { ...salience(), terms: { relevance: null, novelty, urgency: 0.3 } },
});

describe('importance', () => {
  it('[ME2.1] is the weighted mean of the terms that could be told; the others change nothing', () => {
    expect(importanceOf({ ...noTerms, severity: 0.8 })).toBeCloseTo(0.8);
    expect(importanceOf({ ...noTerms, severity: 0.8, novelty: 0.3 })).toBeCloseTo((0.3 * 0.8 + 0.2 * 0.3) / 0.5);
    expect(importanceOf({ severity: 1, novelty: 1, owner: 1, outcome: 1, thought: 1 })).toBeCloseTo(1);
    const mild = importanceOf({ ...noTerms, severity: 0.3, thought: 0.5 });
    expect(importanceOf({ ...noTerms, severity: 0.3, thought: 0.5, owner: 1 })).toBeGreaterThan(mild + 0.2);
  });

  it('[ME2.2] stays within 0 and 1 whatever the terms are, and is 0 when none could be told', () => {
    expect(importanceOf(noTerms)).toBe(0);
    expect(importanceOf({ ...noTerms, severity: NaN, owner: 0.5 })).toBeCloseTo(0.5);
    expect(importanceOf({ ...noTerms, severity: Infinity, novelty: 40 })).toBeCloseTo(1);
    expect(importanceOf({ ...noTerms, severity: -3 })).toBe(0);
  });

  it('[ME2.3] of an episode follows the worst that was seen, the newest, the word of the owner, and the thought', () => {
    const quiet = attended({ severity: 'info' }, 0.2);
    const bad = attended({ severity: 'critical' }, 0.9);
    const note = attended({ trust: 'owner', type: 'note-written' }, 0.5);
    expect(importanceOfEpisode([], null)).toBe(0);
    expect(importanceOfEpisode([quiet, bad], null)).toBe(importanceOfEpisode([bad, quiet], null));
    expect(importanceOfEpisode([quiet, bad], null)).toBeCloseTo((0.3 * 1 + 0.2 * 0.9) / 0.5);
    expect(importanceOfEpisode([quiet], 0.9)).toBeGreaterThan(importanceOfEpisode([quiet], 0.1));
    expect(importanceOfEpisode([quiet, note], null)).toBeGreaterThan(0.6);
    expect(importanceOfEpisode([attended({ severity: 'warning' }, null)], null)).toBeCloseTo(0.6);
  });

  it('[ME2.4] can be told to the owner term by term, what weighed most first', () => {
    expect(termsWords({ ...noTerms, novelty: 0.25, severity: 0.8 })).toEqual(['severity 0.8', 'novelty 0.25']);
    expect(termsWords({ ...noTerms, owner: 1, thought: 0.333, outcome: NaN })).toEqual([
      'your word 1',
      'the thought that formed it 0.33',
    ]);
  });
});
