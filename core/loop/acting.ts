import { withOwnersWord } from '../attend/asked-focus.ts';
import type { Attention } from '../attend/salience.ts';
import { watchFor } from '../decide/policy.ts';
import { propose } from '../delegate/gate.ts';
import type { MemoryChange } from '../memory.ts';
import { plainLine } from '../observe/text.ts';
import type { CycleRecord } from '../ports.ts';
import { admit, insightDraft } from '../remember/admission.ts';
import { expectOutcome } from '../remember/outcomes.ts';
import { foldIn, type RunningSummary } from '../remember/summaries.ts';
import { hold } from '../remember/working-memory.ts';
import { knownFor } from '../sleep/admitting.ts';
import { afterCycle } from '../sleep/rhythm.ts';
import type { WindowSettings } from '../think/context/context-window.ts';
import { appendToLog } from '../think/context/past-cycles.ts';
import type { Reflection } from '../think/reflect.ts';
import { type Episode, type Insight, type Observation, type Stamp, severities } from '../types.ts';
import type { Heeded } from './heeding.ts';
import { type Mind, type Working, workingKey, workingToJson } from './mind.ts';
import { episodeOf, insightOf } from './records.ts';
import type { Thinking } from './thinking.ts';

/** Makes the thought durable with its batch, and only then tells of it. */
export async function act(
  mind: Mind,
  attention: Attention,
  before: Working,
  thinking: Thinking,
  heeded: Omit<Heeded, 'fired'>,
): Promise<void> {
  const now = mind.clock.now();
  const episodeId = mind.nextId();
  const thought = thinking.verified.ok ? { ...thinking.verified.thought, decision: thinking.decision } : null;
  const insight = thought?.insight ? insightOf(thought, thinking.reflection, mind.nextId(), now) : null;
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
    summary: summed(before.summary, line, mind),
    held: hold(before.held, heldItem(episode, insight), mind.settings().memory, mind.thinking.tokens),
  };
  const lasting = insight ? await lastingMemory(mind, insight, attention, now) : [];
  const observation = worstOf(attention);
  const expected = expectOutcome(thinking.decision, episode, { now, nextId: mind.nextId, observation });
  await commit(mind, attention, working, {
    episode,
    insights: insight ? [insight] : [],
    proposals: proposal ? [proposal] : [],
    watches: watch ? [watch] : [],
    // What is in mind anyway, and what is there for being new, was not looked for.
    recalled: thinking.recalled.filter((hit) => hit.score > 0 && !isHeld(before, hit.id)).map((hit) => hit.id),
    settled: heeded.settled,
    expectations: [...heeded.expectations, ...(expected ? [expected] : [])],
    changes: [...heeded.changes, ...lasting],
  });
  if (insight) mind.news.insightFormed(insight);
  if (proposal) mind.news.proposalMade(proposal);
}

/** Appends a line to what waits for the running summary, and folds it in when that is enough (TH6). */
function summed({ text, waiting }: RunningSummary, line: string, { thinking }: Mind): RunningSummary {
  const lines = [...waiting, plainLine(line, 600)];
  const { text: next, folded } = foldIn(text, lines, thinking.tokens);
  return { text: next, waiting: lines.slice(folded) };
}

const isHeld = ({ held }: Working, id: string) => held.items.some((each) => each.id === id);

const heldItem = (episode: Episode, insight: Insight | null) => ({
  id: episode.id,
  text: insight?.text ?? episode.summary,
  importance: episode.importance ?? 0,
  at: episode.endedAt,
});

/** What is important enough goes to long-term memory at once; what is known there already gains evidence, what it contradicts is linked (ME2). */
async function lastingMemory(
  { store, nextId, settings }: Mind,
  insight: Insight,
  { salient }: Attention,
  now: Stamp,
): Promise<MemoryChange[]> {
  const draft = insightDraft(insight, salient, settings().memory);
  if (!draft) return [];
  const trust = new Map(salient.map(({ observation }) => [observation.id, observation.trust]));
  return admit([draft], {
    known: await knownFor(store, [draft]),
    now,
    nextId,
    reasoner: insight.reasoner,
    sleepId: null,
    settings: settings().memory,
    trustOf: ({ id }) => trust.get(id) ?? null,
  });
}

/** What a decision was mainly made about: the most severe, of equals the newest. */
function worstOf({ salient }: Attention): Observation {
  const rank = ({ observation }: Attention['salient'][number]) => severities.indexOf(observation.severity);
  return salient.reduce((worst, each) => (rank(each) >= rank(worst) ? each : worst), salient[0]!).observation;
}

/** The window of who thought: the next prompt is likely to be for the same. */
function windowOf(mind: Mind, { window }: Reflection): WindowSettings & { reasons: boolean } {
  return { ...mind.settings().model, ...window };
}

/**
 * Acknowledges the batch together with what came of it, in one transaction; the mind's own state moves with it or not at all (OB8). Throws
 * when the owner erased something since the batch was taken: the engine has interrupted the cycle then.
 */
export async function commit(
  mind: Mind,
  attention: Attention,
  working: Working,
  formed: Partial<CycleRecord>,
): Promise<void> {
  if (working.epoch !== mind.working.now.epoch) throw new Error('what it was thought of has been erased meanwhile');
  const next = {
    ...working,
    focus: withOwnersWord(working.focus, mind.working.now.focus, working.focusAt),
    cycles: countedCycles(mind, working),
    rhythm: afterCycle(mind.working.now.rhythm, mind.clock.now()),
  };
  await mind.store.commitCycle({
    attended: attention.scored.map(({ observation, salience }) => ({ id: observation.id, salience })),
    episode: null,
    insights: [],
    proposals: [],
    watches: [],
    changes: [],
    recalled: [],
    expectations: [],
    settled: [],
    ...formed,
    state: { [workingKey]: workingToJson(next) },
  });
  if (working.epoch === mind.working.now.epoch) await settleOn(mind, next, working.focusAt);
  // The owner's note is a memory since it was written.
  const noted = attention.scored.some(({ observation }) => observation.trust === 'owner');
  if (noted || (formed.changes ?? []).length > 0) mind.news.memoryChanged();
}

/** What the owner said of the focus while the cycle was being written stands, and is written once more: with this cycle, not without it. */
async function settleOn(mind: Mind, next: Working, cycleAt: Stamp): Promise<void> {
  const focus = withOwnersWord(next.focus, mind.working.now.focus, cycleAt);
  mind.working.now = { ...next, focus };
  if (focus !== next.focus) await mind.store.setState(workingKey, workingToJson(mind.working.now));
}

const dayMs = 86_400_000;

function countedCycles(mind: Mind, { cycles }: Working): Working['cycles'] {
  const day = Math.floor(mind.clock.now() / dayMs);
  return { day, count: (cycles.day === day ? cycles.count : 0) + 1 };
}
