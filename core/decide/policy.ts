import type { Decision, DecisionPriority, Severity, Watch } from '../types.ts';

/** Confidence below which a `delegate` is only watched, and below which it becomes a question (DE1). */
export const delegateNeeds = 0.7;
export const observeNeeds = 0.5;
const nextCheckS = 300;

const bySeverity: Record<Severity, DecisionPriority> = {
  debug: 'low',
  info: 'low',
  warning: 'medium',
  error: 'high',
  critical: 'critical',
};
const ladder: readonly DecisionPriority[] = ['low', 'medium', 'high', 'critical'];

export interface Ruling {
  decision: Decision;
  /** Each demotion and correction, in words. */
  notes: string[];
}

/**
 * What may be done with a decision (DE1, DE4): a pure function of the decision, how severe its evidence is, and whether memory may still
 * be asked. Confidence only ever demotes, and one that is no number counts as 0; nothing is promoted, and priority is never below what the severity demands.
 */
export function rule(decision: Decision, state: { worst: Severity; mayReflect: boolean }): Ruling {
  const notes: string[] = [];
  const given: unknown = decision.metadata.confidence;
  const confidence = typeof given === 'number' && Number.isFinite(given) ? given : 0;
  const sure = { ...decision, metadata: { ...decision.metadata, confidence } };
  let ruled = withPriority(sure, bySeverity[state.worst]);
  if (
    ruled.action_type === 'delegate' &&
    (ruled.target_agent === null || ruled.target_agent === 'memory' || !ruled.command?.trim())
  ) {
    notes.push('a delegation without an agent and a command is only watched');
    ruled = watched(ruled);
  } else if (ruled.action_type === 'delegate' && confidence < observeNeeds) {
    notes.push(`confidence ${confidence} is below ${observeNeeds}: asks memory instead of delegating`);
    ruled = {
      ...ruled,
      action_type: 'reflect',
      target_agent: 'memory',
      command: ruled.metadata.reflection_focus ?? ruled.reasoning.slice(0, 200),
    };
  } else if (ruled.action_type === 'delegate' && confidence < delegateNeeds) {
    notes.push(`confidence ${confidence} is below ${delegateNeeds}: watched instead of delegated`);
    ruled = watched(ruled);
  }
  if (ruled.action_type === 'reflect' && (!state.mayReflect || !ruled.command?.trim())) {
    notes.push(
      state.mayReflect
        ? 'a reflection without a question only observes'
        : 'it reflected twice already: now it observes',
    );
    ruled = observed(ruled);
  }
  if (ruled.action_type === 'reflect') ruled = { ...ruled, target_agent: 'memory' };
  if (ruled.action_type === 'observe') ruled = observed(ruled);
  return { decision: ruled, notes };
}

const withPriority = (decision: Decision, floor: DecisionPriority): Decision => ({
  ...decision,
  priority: ladder[Math.max(ladder.indexOf(decision.priority), ladder.indexOf(floor))] ?? floor,
});

const observed = (decision: Decision): Decision => ({
  ...decision,
  action_type: 'observe',
  target_agent: null,
  command: null,
});

const watched = (decision: Decision): Decision => {
  const seen = observed(decision);
  return { ...seen, metadata: { ...seen.metadata, should_monitor: true } };
};

/** The second look an observing decision asked for; null when it asked for none (DE4). Never sooner than 30 s, never later than a day. */
export function watchFor(decision: Decision, about: { episodeId: string; target: string; now: number }): Watch | null {
  if (decision.action_type !== 'observe' || decision.metadata.should_monitor !== true) return null;
  const asked = decision.metadata.next_check ?? nextCheckS;
  const seconds = Math.min(86_400, Math.max(30, Number.isNaN(asked) ? nextCheckS : asked));
  return {
    dueAt: about.now + seconds * 1000,
    episodeId: about.episodeId,
    target: about.target,
    expected: decision.metadata.expected_outcome,
  };
}
