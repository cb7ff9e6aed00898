import type { Attention } from '../attend/salience.ts';
import { plainLine } from '../observe/text.ts';
import { observationWords } from '../observe/words.ts';
import { importanceOfEpisode } from '../remember/importance.ts';
import type { Reflection } from '../think/reflect.ts';
import type { Episode, Insight, Stamp, Thought } from '../types.ts';
import { severities } from '../types.ts';
import type { Thinking } from './thinking.ts';

const surprising = 0.8;
const relatedAtMost = 3;
const targetsAtMost = 20;

/** The insight that a thought formed. `id` and `now` are the caller's. */
export function insightOf(thought: Thought, reflection: Reflection, id: string, now: Stamp): Insight {
  return {
    id,
    text: thought.insight?.text ?? '',
    evidenceIds: thought.evidenceIds,
    confidence: thought.decision.metadata.confidence,
    importance: thought.insight?.importance ?? 0,
    formedAt: now,
    toldAt: null,
    reasoner: reflection.reasoner,
    verdict: null,
    pinned: false,
  };
}

/** What a cycle with a thought leaves in short-term memory (ME7). */
export function episodeOf(
  id: string,
  attention: Attention,
  thinking: Thinking,
  insight: Insight | null,
  now: Stamp,
): Episode {
  const { salient, scored } = attention;
  const seen = salient.map(({ observation }) => plainLine(observationWords(observation), 160));
  const byOwner = salient.some((each) => each.observation.trust === 'owner');
  return {
    id,
    startedAt: thinking.startedAt,
    endedAt: now,
    type: byOwner ? 'conversation' : 'observation',
    summary: seen.slice(0, 3).join('; ') + (seen.length > 3 ? ` and ${seen.length - 3} more` : ''),
    observationIds: scored.map((each) => each.observation.id),
    insightIds: insight ? [insight.id] : [],
    decision: thinking.decision,
    outcome: outcomeOf(thinking, insight),
    reasoner: thinking.reflection.reasoner,
    importance: importanceOfEpisode(salient, insight?.importance ?? null),
    tags: tagsOf(salient),
    relatedIds: thinking.recalled
      .filter((hit) => hit.kind === 'episode' && hit.id !== id)
      .slice(0, relatedAtMost)
      .map((hit) => hit.id),
    targets: [...new Set(salient.map((each) => each.observation.target))].slice(0, targetsAtMost),
  };
}

function outcomeOf({ verified, decision, notes }: Thinking, insight: Insight | null): string {
  if (!verified.ok) return `not acted on: ${verified.why}`;
  return [decision.action_type, insight ? `told: ${insight.text}` : null, ...notes].filter(Boolean).join('; ');
}

/** What it felt like, as far as figures can tell. */
function tagsOf(salient: Attention['salient']): string[] {
  const worst = Math.max(...salient.map((each) => severities.indexOf(each.observation.severity)));
  const tags = [
    salient.some((each) => each.observation.trust === 'owner') ? 'owner' : null,
    worst >= severities.indexOf('error') ? 'trouble' : null,
    salient.some((each) => (each.salience.terms.novelty ?? 0) >= surprising) ? 'surprise' : null,
    salient.some((each) => each.salience.learned) ? 'foreseen' : null,
  ].filter((tag) => tag !== null);
  return tags.length > 0 ? tags : ['routine'];
}
