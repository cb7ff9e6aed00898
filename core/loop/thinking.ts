import { topicOf } from '../attend/focus.ts';
import type { Attention } from '../attend/salience.ts';
import { rule } from '../decide/policy.ts';
import { type Verified, verify } from '../decide/verify.ts';
import { recall } from '../remember/recall.ts';
import { type Reflection, reflect } from '../think/reflect.ts';
import type { Decision, Severity, Thought } from '../types.ts';
import { severities } from '../types.ts';
import { gatherContext } from './gathering.ts';
import type { Mind, Working } from './mind.ts';

export interface Thinking {
  id: string;
  startedAt: number;
  reflection: Reflection;
  verified: Verified;
  /** After policy; what the thought may really do. */
  decision: Decision;
  notes: string[];
  /** True when any text it read was observed or derived, cited or not (DL4). */
  tainted: boolean;
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
    let tainted =
      working.log.length > 0 ||
      context.salient.some((each) => each.observation.trust !== 'owner') ||
      context.recalled.some((hit) => hit.kind !== 'note');
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
          tainted,
        };
      const question = [ruling.decision.command, ruling.decision.metadata.reflection_focus].filter(Boolean).join(' ');
      const hits = await recall(mind.store, question, { now: mind.clock.now(), limit: 5 });
      tainted ||= hits.some((hit) => hit.kind !== 'note');
      memoryAnswer = { question, hits: hits.map((hit) => hit.text) };
    }
  } finally {
    mind.news.thoughtEnded(id);
  }
}

const withImportance = (insight: { text: string; importance?: number | undefined } | null): Thought['insight'] =>
  insight && insight.text.trim() !== '' ? { text: insight.text.trim(), importance: insight.importance ?? 0.5 } : null;

const worstOf = (attention: Attention): Severity =>
  severities[Math.max(...attention.salient.map((each) => severities.indexOf(each.observation.severity)))] ?? 'info';
