import { topicOf } from '../attend/focus.ts';
import type { Attention } from '../attend/salience.ts';
import { type Ruling, rule } from '../decide/policy.ts';
import { type Verified, verify } from '../decide/verify.ts';
import type { RecallHit } from '../memory.ts';
import type { ThoughtContext } from '../ports.ts';
import { openedAgain } from '../think/context/context-observations.ts';
import { type Reflection, reflect } from '../think/reflect.ts';
import type { Decision, Fired, Severity, Thought } from '../types.ts';
import { severities } from '../types.ts';
import { gatherContext } from './gathering.ts';
import type { Mind, Working } from './mind.ts';

/** After this many questions to memory in a row a thought must choose. */
const reflectionsAtMost = 2;

export interface Thinking {
  id: string;
  startedAt: number;
  reflection: Reflection;
  verified: Verified;
  /** After policy; what the thought may really do. */
  decision: Decision;
  notes: string[];
  /** What memory gave it. */
  recalled: RecallHit[];
  /** True when any text it read was observed or derived, cited or not (DL4). */
  tainted: boolean;
}

/** Thinks, verifies and rules; a reflection puts its question to memory and thinks again, at most twice (DE4). */
export async function thinkAbout(
  mind: Mind,
  attention: Attention,
  fired: readonly Fired[],
  working: Working,
  signal: AbortSignal,
): Promise<Thinking> {
  const id = mind.nextId();
  const startedAt = mind.clock.now();
  const context = await gatherContext(mind, attention, fired, working);
  const about = topicOf(attention.salient.at(-1)!.observation);
  mind.news.thoughtStarted(id, about, mind.thinking.reasoners.described().reasoner);
  try {
    let asked: Asked | null = null;
    for (let reflections = 0; ; reflections++) {
      mind.life.send('reflect');
      const reflection = await thinkOnce(mind, id, { context, working, asked }, signal);
      mind.life.send('decide');
      const { verified, ruling } = judge(reflection, context, attention, reflections);
      if (!verified.ok || ruling.decision.action_type !== 'reflect') {
        const notes = [...ruling.notes, ...(verified.ok ? verified.notes : [])];
        const tainted = readsObserved(context, working, asked);
        const { recalled } = context;
        return { id, startedAt, reflection, verified, decision: ruling.decision, notes, recalled, tainted };
      }
      asked = await askMemory(mind, ruling.decision, context, asked);
    }
  } finally {
    mind.news.thoughtEnded(id);
  }
}

/** What memory was asked so far, its last answer, and whether any answer held words that are not the owner's. */
interface Asked {
  question: string;
  hits: string[];
  observed: boolean;
}

function thinkOnce(
  mind: Mind,
  id: string,
  { context, working, asked }: { context: ThoughtContext; working: Working; asked: Asked | null },
  signal: AbortSignal,
): Promise<Reflection> {
  const { identity, log, lastThoughtAt } = working;
  const prompt = { identity, fence: mind.fence, log, lastThoughtAt, context, memoryAnswer: asked };
  const onThought = (text: string, reasoner: Reflection['reasoner']) => mind.news.thoughtGrew(id, text, reasoner);
  const owner = context.salient.some((each) => each.observation.trust === 'owner');
  return reflect({ ...mind.thinking, onThought }, prompt, owner ? 'owner' : 'loop', signal);
}

function judge(
  { answer }: Reflection,
  context: ThoughtContext,
  attention: Attention,
  reflections: number,
): { verified: Verified; ruling: Ruling } {
  const { insight, evidence, ...fields } = answer;
  const decision = fields as Decision;
  const refs = new Map<string, string>();
  for (const { ref, observation } of context.salient) refs.set(ref, observation.id).set(observation.id, observation.id);
  return {
    verified: verify({ decision, insight: withImportance(insight), evidence }, { refs, told: context.told }),
    ruling: rule(decision, { worst: worstOf(attention), mayReflect: reflections < reflectionsAtMost }),
  };
}

async function askMemory(
  mind: Mind,
  { command, metadata }: Decision,
  context: ThoughtContext,
  before: Asked | null,
): Promise<Asked> {
  const question = [command, metadata.reflection_focus].filter(Boolean).join(' ');
  const opened = openedAgain(question, context);
  const vector = await mind.vectorFor(question);
  const hits = await mind.store.recall({ text: question, now: mind.clock.now(), limit: 5, vector });
  const observed = before?.observed === true || opened.length > 0 || hits.some((hit) => hit.trust !== 'owner');
  return { question, hits: [...opened, ...hits.map((hit) => hit.text)], observed };
}

/** Whether anything but the owner's own words went into the thought: then it is tainted, whatever it chose to cite (DL4). */
function readsObserved(context: ThoughtContext, working: Working, asked: Asked | null): boolean {
  return (
    working.log.length > 0 ||
    asked?.observed === true ||
    context.salient.some((each) => each.observation.trust !== 'owner') ||
    context.recalled.some((hit) => hit.trust !== 'owner') ||
    context.patterns.length > 0 ||
    context.summary !== ''
  );
}

const withImportance = (insight: { text: string; importance?: number | undefined } | null): Thought['insight'] =>
  insight && insight.text.trim() !== '' ? { text: insight.text.trim(), importance: insight.importance ?? 0.5 } : null;

const worstOf = (attention: Attention): Severity =>
  severities[Math.max(...attention.salient.map((each) => severities.indexOf(each.observation.severity)))] ?? 'info';
