import { topicOf } from '../attend/focus.ts';
import { type Attention, aboutText } from '../attend/salience.ts';
import { rule } from '../decide/policy.ts';
import { type Verified, verify } from '../decide/verify.ts';
import type { ThoughtContext } from '../ports.ts';
import { recall } from '../remember/recall.ts';
import { type Reflection, reflect } from '../think/reflect.ts';
import type { Decision, Severity, Thought } from '../types.ts';
import { severities } from '../types.ts';
import type { Mind, Working } from './mind.ts';

export interface Thinking {
  id: string;
  startedAt: number;
  reflection: Reflection;
  verified: Verified;
  /** After policy; what the thought may really do. */
  decision: Decision;
  notes: string[];
}

/** Thinks, verifies and rules; a reflection puts its question to memory and thinks again, at most twice (DE4). */
export async function thinkAbout(
  mind: Mind,
  attention: Attention,
  working: Working,
  signal: AbortSignal,
): Promise<Thinking> {
  const id = mind.nextId();
  const startedAt = mind.clock.now();
  const context = await gatherContext(mind, attention, working);
  const refs = new Map(
    context.salient.flatMap(({ observation, ref }) => [
      [ref, observation.id] as const,
      [observation.id, observation.id] as const,
    ]),
  );
  const worst = worstOf(attention);
  const owner = attention.salient.some((each) => each.observation.trust === 'owner');
  mind.news.thoughtStarted(
    id,
    topicOf(attention.salient.at(-1)!.observation),
    mind.thinking.reasoners.described().reasoner,
  );
  try {
    let memoryAnswer: { question: string; hits: string[] } | null = null;
    for (let reflections = 0; ; reflections++) {
      mind.life.send('reflect');
      const onThought = (text: string, reasoner: Reflection['reasoner']) => mind.news.thoughtGrew(id, text, reasoner);
      const { identity, log, lastThoughtAt } = working;
      const prompt = { identity, fence: mind.fence, log, lastThoughtAt, context, memoryAnswer };
      const reflection = await reflect({ ...mind.thinking, onThought }, prompt, owner ? 'owner' : 'loop', signal);
      mind.life.send('decide');
      const { insight, evidence, ...decision } = reflection.answer;
      const verified = verify(
        { decision: decision as Decision, insight: withImportance(insight), evidence },
        { refs, told: context.told },
      );
      const ruling = rule(decision as Decision, { worst, mayReflect: reflections < 2 });
      if (!verified.ok || ruling.decision.action_type !== 'reflect')
        return {
          id,
          startedAt,
          reflection,
          verified,
          decision: ruling.decision,
          notes: [...ruling.notes, ...(verified.ok ? verified.notes : [])],
        };
      const question = [ruling.decision.command, ruling.decision.metadata.reflection_focus].filter(Boolean).join(' ');
      memoryAnswer = {
        question,
        hits: (await recall(mind.store, question, { now: mind.clock.now(), limit: 5 })).map((hit) => hit.text),
      };
    }
  } finally {
    mind.news.thoughtEnded(id);
  }
}

const withImportance = (insight: { text: string; importance?: number | undefined } | null): Thought['insight'] =>
  insight && insight.text.trim() !== '' ? { text: insight.text.trim(), importance: insight.importance ?? 0.5 } : null;

const worstOf = (attention: Attention): Severity =>
  severities[Math.max(...attention.salient.map((each) => severities.indexOf(each.observation.severity)))] ?? 'info';

const historyMs = 7 * 86_400_000;
const sessionMs = 12 * 3_600_000;

/** Just in time: what memory holds about these targets and this place, and what was already told (TH5, ME8). */
async function gatherContext(mind: Mind, attention: Attention, working: Working): Promise<ThoughtContext> {
  const now = mind.clock.now();
  const { salient } = attention;
  const focus = working.focus.focus;
  const place = salient.map((each) => each.observation.details.place).findLast((each) => typeof each === 'string');
  const ids = attention.scored.map((each) => each.observation.id);
  const about = [focus?.query ?? '', ...salient.slice(-5).map((each) => aboutText(each.observation))]
    .join(' ')
    .slice(0, 2_000);
  const [history, session, told, recalled] = await Promise.all([
    mind.store.history([...new Set(salient.map((each) => each.observation.target))], now - historyMs),
    place ? mind.store.session(place, now - sessionMs, ids) : { startedAt: null, edits: 0, files: [] },
    mind.store.insights({ limit: 20 }),
    recall(mind.store, about, { now, limit: 5, exclude: new Set(ids) }),
  ]);
  return {
    now,
    focus,
    salient: salient.map((each, n) => ({ ...each, ref: `o${n + 1}` })),
    history,
    session,
    told,
    recalled,
  };
}
