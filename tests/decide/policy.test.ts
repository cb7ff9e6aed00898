import { describe, expect, it } from 'vitest';
import { rule, watchFor } from '../../core/decide/policy.ts';
import { type Decision, severities } from '../../core/types.ts';
import { decision, noon } from '../kit/nouns.ts';

const calm = { worst: 'info' as const, mayReflect: true };
const metadata = { confidence: 0.9, alternatives_considered: [], expected_outcome: 'it is done' };
const delegate = (over: Partial<Decision['metadata']> = {}, more: Partial<Decision> = {}): Decision =>
  decision({
    action_type: 'delegate',
    target_agent: 'claude-code',
    command: 'write the missing test',
    reasoning: 'the test is missing since Tuesday',
    metadata: { ...metadata, ...over },
    ...more,
  });
const without = (): Decision => {
  const { confidence: _, ...rest } = metadata;
  return delegate({}, { metadata: rest as unknown as Decision['metadata'] });
};

describe('confidence only demotes', () => {
  it.each([
    [1, 'delegate'],
    [0.7, 'delegate'],
    [0.69, 'observe'],
    [0.5, 'observe'],
    [0.49, 'reflect'],
    [0, 'reflect'],
    [-1, 'reflect'],
    [Number.NaN, 'reflect'],
    [Number.POSITIVE_INFINITY, 'reflect'],
    [null, 'reflect'],
    ['0.99', 'reflect'],
  ])('[DE1.1] a delegation with confidence %s becomes: %s', (confidence, action) => {
    expect(rule(delegate({ confidence: confidence as number }), calm).decision.action_type).toBe(action);
  });

  it('[DE1.2] a confidence that is missing or no number counts as 0, in what is kept too', () => {
    expect(rule(without(), calm).decision).toMatchObject({ action_type: 'reflect', metadata: { confidence: 0 } });
    expect(rule(delegate({ confidence: Number.NaN }), calm).decision.metadata.confidence).toBe(0);
  });

  it('[DE1.3] between 0.5 and 0.7 it is watched, without target and command; below 0.5 it asks memory', () => {
    const watched = rule(delegate({ confidence: 0.6 }), calm);
    expect(watched.decision).toMatchObject({
      action_type: 'observe',
      target_agent: null,
      command: null,
      metadata: { should_monitor: true, confidence: 0.6 },
    });
    expect(watched.notes).toEqual(['confidence 0.6 is below 0.7: watched instead of delegated']);
    const asks = rule(delegate({ confidence: 0.3, reflection_focus: 'is the test missing?' }), calm).decision;
    expect(asks).toMatchObject({ action_type: 'reflect', target_agent: 'memory', command: 'is the test missing?' });
    expect(rule(delegate({ confidence: 0.3 }), calm).decision.command).toBe('the test is missing since Tuesday');
  });

  it('[DE1.4] nothing is promoted, however sure it is', () => {
    for (const action_type of ['observe', 'reflect'] as const) {
      const sure = delegate({ confidence: 1 }, { action_type });
      expect(rule(sure, { worst: 'critical', mayReflect: true }).decision.action_type).toBe(action_type);
    }
    expect(rule(decision({ metadata: { ...metadata, confidence: 0.1 } }), calm).decision.action_type).toBe('observe');
  });

  it('[DE1.5] the decision given is not changed', () => {
    const given = delegate({ confidence: 0.6 });
    const copy = structuredClone(given);
    rule(given, { worst: 'critical', mayReflect: false });
    expect(given).toEqual(copy);
  });
});

describe('priority', () => {
  it('[DE1.6] follows the worst severity of the evidence, and is never below it', () => {
    const priorities = severities.map((worst) => rule(decision(), { worst, mayReflect: true }).decision.priority);
    expect(priorities).toEqual(['low', 'low', 'medium', 'high', 'critical']);
    const asked = decision({ priority: 'high' });
    expect(rule(asked, { worst: 'warning', mayReflect: true }).decision.priority).toBe('high');
    expect(rule(asked, { worst: 'critical', mayReflect: true }).decision.priority).toBe('critical');
    const nonsense = decision({ priority: 'urgent' as 'high' });
    expect(rule(nonsense, { worst: 'warning', mayReflect: true }).decision.priority).toBe('medium');
  });
});

describe('what each action may do', () => {
  it('[DE4.2] observing has no target and no command', () => {
    const odd = decision({ action_type: 'observe', target_agent: 'claude-code', command: 'rm -rf /' });
    expect(rule(odd, calm).decision).toMatchObject({ action_type: 'observe', target_agent: null, command: null });
  });

  it('[DE4.3] reflecting asks memory, whatever target was named', () => {
    const asks = decision({ action_type: 'reflect', target_agent: 'claude-code', command: 'what do I know?' });
    expect(rule(asks, calm).decision).toMatchObject({ target_agent: 'memory', command: 'what do I know?' });
  });

  it('[DE4.4] a reflection without a question, and a third one in a row, only observes and says so', () => {
    for (const command of [null, '', '  ']) {
      const ruled = rule(decision({ action_type: 'reflect', command }), calm);
      expect(ruled).toMatchObject({
        decision: { action_type: 'observe', target_agent: null, command: null },
        notes: ['a reflection without a question only observes'],
      });
    }
    const third = rule(delegate({ confidence: 0.2 }), { worst: 'info', mayReflect: false });
    expect(third.decision).toMatchObject({ action_type: 'observe', command: null, target_agent: null });
    expect(third.notes.at(-1)).toContain('reflected twice');
  });

  it.each([
    [null, 'do it'],
    ['memory', 'do it'],
    ['claude-code', null],
    ['claude-code', ''],
    ['claude-code', ' \n'],
  ] as const)('[DE4.5] a delegation to %s of %j is only watched', (target_agent, command) => {
    expect(rule(delegate({}, { target_agent, command }), calm).decision).toMatchObject({
      action_type: 'observe',
      target_agent: null,
      command: null,
      metadata: { should_monitor: true },
    });
  });
});

describe('the second look', () => {
  const about = { episodeId: 'e1', target: 'src/a.ts', now: noon };
  const watching = (next_check?: number, should_monitor = true) =>
    decision({ metadata: { ...metadata, should_monitor, ...(next_check === undefined ? {} : { next_check }) } });

  it('[DE4.6] is due after 300 s, or when it asked to, but no sooner than 30 s and no later than a day', () => {
    expect(watchFor(watching(), about)).toEqual({
      dueAt: noon + 300_000,
      episodeId: 'e1',
      target: 'src/a.ts',
      expected: 'it is done',
    });
    const dueS = [60, 1, 1e9, -5, Number.NaN, Number.POSITIVE_INFINITY].map(
      (asked) => (watchFor(watching(asked), about)!.dueAt - noon) / 1000,
    );
    expect(dueS).toEqual([60, 30, 86_400, 30, 300, 86_400]);
  });

  it('[DE4.7] is only for what observes and asked for it', () => {
    expect(watchFor(watching(60, false), about)).toBeNull();
    expect(watchFor(decision(), about)).toBeNull();
    expect(watchFor(delegate({ should_monitor: true }), about)).toBeNull();
  });
});
