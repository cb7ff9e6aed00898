import type { Observation, Proposal, Stamp, Thought } from '../types.ts';

/**
 * Turns a decision to delegate into a proposal (DL3). This is as far as it goes: nothing here or after it starts anything. A proposal
 * formed from observed or derived text is tainted and says so for as long as it exists (DL4); without evidence nothing says that it was not.
 * Null when the decision delegates nothing.
 */
export function propose(
  thought: Thought,
  about: { id: string; episodeId: string; evidence: readonly Observation[]; now: Stamp },
): Proposal | null {
  const { decision } = thought;
  if (decision.action_type !== 'delegate' || decision.target_agent === null || decision.command === null) return null;
  return {
    id: about.id,
    episodeId: about.episodeId,
    proposedAt: about.now,
    target: decision.target_agent,
    command: decision.command,
    reasoning: decision.reasoning,
    priority: decision.priority,
    confidence: decision.metadata.confidence,
    tainted: about.evidence.length === 0 || about.evidence.some((each) => each.trust !== 'owner'),
    evidenceIds: thought.evidenceIds,
    status: 'proposed',
  };
}
