import type { Attention } from '../attend/salience.ts';
import { watchFor } from '../decide/policy.ts';
import { propose } from '../delegate/gate.ts';
import { plainLine } from '../observe/text.ts';
import { observationWords } from '../observe/words.ts';
import type { CycleRecord } from '../ports.ts';
import type { WindowSettings } from '../think/context/context-window.ts';
import { appendToLog } from '../think/context/past-cycles.ts';
import type { Reflection } from '../think/reflect.ts';
import type { Episode, Insight, Thought } from '../types.ts';
import { type Mind, type Working, workingKey, workingToJson } from './mind.ts';
import type { Thinking } from './thinking.ts';

/** Makes the thought durable with its batch, and only then tells of it. */
export async function act(mind: Mind, attention: Attention, before: Working, thinking: Thinking): Promise<void> {
  const now = mind.clock.now();
  const episodeId = mind.nextId();
  const thought = thinking.verified.ok ? { ...thinking.verified.thought, decision: thinking.decision } : null;
  const insight = thought?.insight ? insightOf(mind, thought, thinking.reflection, now) : null;
  const evidence = attention.salient
    .map((each) => each.observation)
    .filter((each) => thought?.evidenceIds.includes(each.id));
  const proposed = thought ? propose(thought, { id: mind.nextId(), episodeId, evidence, now }) : null;
  // What a thought cites is its own choice; what it read is not.
  const proposal = proposed && { ...proposed, tainted: proposed.tainted || thinking.tainted };
  const target = attention.salient.at(-1)!.observation.target;
  const scheduled = attention.salient.every((each) => each.observation.type === 'second-look');
  const watch = thought && !scheduled ? watchFor(thought.decision, { episodeId, target, now }) : null;
  const episode = episodeOf(episodeId, attention, thinking, insight, now);
  const { identity } = before;
  const line = `${new Date(now).toISOString().slice(0, 16)}Z ${episode.summary} → ${episode.outcome}`;
  const working: Working = {
    ...before,
    identity: { ...identity, decisions: identity.decisions + 1, insights: identity.insights + (insight ? 1 : 0) },
    lastThoughtAt: now,
    log: appendToLog(before.log, line, windowOf(mind, thinking.reflection), mind.thinking.tokens),
  };
  await commit(mind, attention, working, {
    episode,
    insights: insight ? [insight] : [],
    proposals: proposal ? [proposal] : [],
    watches: watch ? [watch] : [],
  });
  if (insight) mind.news.insightFormed(insight);
  if (proposal) mind.news.proposalMade(proposal);
}

/** The window of who thought: the next prompt is likely to be for the same. */
function windowOf(mind: Mind, { window }: Reflection): WindowSettings & { reasons: boolean } {
  return { ...mind.settings().model, ...window };
}

function insightOf(mind: Mind, thought: Thought, reflection: Reflection, now: number): Insight {
  return {
    id: mind.nextId(),
    text: thought.insight?.text ?? '',
    evidenceIds: thought.evidenceIds,
    confidence: thought.decision.metadata.confidence,
    importance: thought.insight?.importance ?? 0,
    formedAt: now,
    reasoner: reflection.reasoner,
    verdict: null,
  };
}

function episodeOf(
  id: string,
  attention: Attention,
  thinking: Thinking,
  insight: Insight | null,
  now: number,
): Episode {
  const seen = attention.salient.map(({ observation }) => plainLine(observationWords(observation), 160));
  const refused = thinking.verified.ok ? null : `not acted on: ${thinking.verified.why}`;
  return {
    id,
    startedAt: thinking.startedAt,
    endedAt: now,
    type: attention.salient.some((each) => each.observation.trust === 'owner') ? 'conversation' : 'observation',
    summary: seen.slice(0, 3).join('; ') + (seen.length > 3 ? ` and ${seen.length - 3} more` : ''),
    observationIds: attention.scored.map((each) => each.observation.id),
    insightIds: insight ? [insight.id] : [],
    decision: thinking.decision,
    outcome:
      refused ??
      [thinking.decision.action_type, insight ? `told: ${insight.text}` : null, ...thinking.notes]
        .filter(Boolean)
        .join('; '),
    reasoner: thinking.reflection.reasoner,
  };
}

/** Acknowledges the batch together with what came of it, in one transaction; the mind's own state moves with it or not at all (OB8). */
export async function commit(
  mind: Mind,
  attention: Attention,
  working: Working,
  formed: Partial<CycleRecord>,
): Promise<void> {
  const next = { ...working, focus: heldFocus(mind, working), cycles: countedCycles(mind, working) };
  await mind.store.commitCycle({
    attended: attention.scored.map(({ observation, salience }) => ({ id: observation.id, salience })),
    episode: null,
    insights: [],
    proposals: [],
    watches: [],
    ...formed,
    state: { [workingKey]: workingToJson(next) },
  });
  mind.working.now = next;
}

/** A focus that this cycle only carried on, and that the owner has cleared meanwhile, stays cleared. */
function heldFocus(mind: Mind, working: Working): Working['focus'] {
  const { focus } = working.focus;
  const cleared = focus !== null && focus.since !== working.focusAt && mind.working.now.focus.focus === null;
  return cleared ? mind.working.now.focus : working.focus;
}

const dayMs = 86_400_000;

function countedCycles(mind: Mind, { cycles }: Working): Working['cycles'] {
  const day = Math.floor(mind.clock.now() / dayMs);
  return { day, count: (cycles.day === day ? cycles.count : 0) + 1 };
}
