import { describe, expect, it } from 'vitest';
import { propose } from '../../core/delegate/gate.ts';
import type { Decision, Observation, Thought, Trust } from '../../core/types.ts';
import { decision, noon, observer } from '../kit/nouns.ts';

const observe = observer();
const thought = (over: Partial<Decision> = {}): Thought => ({
  decision: decision({
    action_type: 'delegate',
    target_agent: 'claude-code',
    command: 'write the missing test',
    priority: 'high',
    ...over,
  }),
  insight: null,
  evidenceIds: ['o1'],
});
const about = (evidence: readonly Observation[]) => ({ id: 'p1', episodeId: 'e1', evidence, now: noon });
const seenWith = (...trusts: Trust[]) => trusts.map((trust) => observe({ trust }));

describe('the gate', () => {
  it('[DL3.1] makes a delegation a proposal that says what, where, why and on what evidence, and starts nothing', () => {
    expect(propose(thought(), about(seenWith('owner')))).toEqual({
      id: 'p1',
      episodeId: 'e1',
      proposedAt: noon,
      target: 'claude-code',
      command: 'write the missing test',
      reasoning: 'one file changed by a few lines',
      priority: 'high',
      confidence: 0.9,
      tainted: false,
      evidenceIds: ['o1'],
      status: 'proposed',
    });
  });

  it('[DL3.2] proposes nothing for a decision that delegates nothing', () => {
    const evidence = about(seenWith('owner'));
    expect(propose(thought({ action_type: 'observe' }), evidence)).toBeNull();
    expect(propose(thought({ action_type: 'reflect' }), evidence)).toBeNull();
    expect(propose(thought({ target_agent: null }), evidence)).toBeNull();
    expect(propose(thought({ command: null }), evidence)).toBeNull();
  });
});

describe('taint', () => {
  it.each<[Trust[], boolean]>([
    [['owner'], false],
    [['owner', 'owner'], false],
    [['observed'], true],
    [['derived'], true],
    [['app'], true],
    [['owner', 'observed'], true],
    [[], true],
  ])('[DL4.1] of evidence %j: %s', (trusts, tainted) => {
    expect(propose(thought(), about(seenWith(...trusts)))?.tainted).toBe(tainted);
  });
});
