import type { Answer, AskedChat } from './lmstudio/simulator.ts';
import { decisionReply } from './scripted-server.ts';

/** What sleep asks a model for; anything else is a thought. */
export type NightQuestion = 'learnings' | 'principles' | 'hypotheses' | 'summary';
const questions: readonly string[] = ['learnings', 'principles', 'hypotheses', 'summary'] satisfies NightQuestion[];

/** One thing of a prompt: `e1` and what its line says. */
export interface Shown {
  ref: string;
  line: string;
}

/** What a request asks of a sleeping model, by the name of its schema; null for a thought. */
export function questionOf(request: AskedChat): NightQuestion | null {
  const format = request.response_format as { json_schema?: { name?: string } } | undefined;
  const name = format?.json_schema?.name ?? '';
  return questions.includes(name) ? (name as NightQuestion) : null;
}

/** The things that a prompt shows: episodes (`e`), memories (`m`), kinds of event (`k`), lines (`l`). */
export function shownIn(request: AskedChat, letter: 'e' | 'm' | 'k' | 'l'): Shown[] {
  const prompt = request.messages?.find(({ role }) => role === 'user')?.content ?? '';
  return [...prompt.matchAll(new RegExp(`^(${letter}\\d+) (.*)$`, 'gm'))].map(([, ref, line]) => ({
    ref: ref ?? '',
    line: line ?? '',
  }));
}

/** The file that a line names first; without one, its ref. */
const fileIn = ({ ref, line }: Shown): string => /[\w./-]*\w\.[a-z]\w{0,8}\b/i.exec(line)?.[0] ?? ref;

/** What a model of good will answers to sleep: each learning is about its evidence alone. */
export const good: Record<NightQuestion, (request: AskedChat) => unknown> = {
  learnings: (request) => ({
    learnings: shownIn(request, 'e')
      .slice(0, 3)
      .map((each) => learning(`Work on ${fileIn(each)} keeps coming back`, [each.ref])),
  }),
  principles: (request) => {
    const [one, other] = shownIn(request, 'm');
    const text = one && other ? `Work on ${fileIn(one)} and work on ${fileIn(other)} come back together` : '';
    return { principles: one && other ? [learning(text, [one.ref, other.ref], 'principle')] : [], contradictions: [] };
  },
  hypotheses: (request) => {
    const [first, second] = shownIn(request, 'k');
    const [seen] = [...shownIn(request, 'e'), ...shownIn(request, 'm')];
    if (!first || !second || !seen) return { hypotheses: [] };
    const text = `When ${fileIn(first)} changes, work on ${fileIn(second)} follows`;
    const rule = { when_ref: first.ref, then_ref: second.ref, within_hours: 4 };
    return { hypotheses: [{ text, ...rule, evidence: [seen.ref], confidence: 0.4 }] };
  },
  summary: (request) => {
    const [first] = shownIn(request, 'l');
    return { summary: first ? `Work was done on ${fileIn(first)}.` : 'Nothing was done.' };
  },
};

const learning = (text: string, evidence: readonly string[], kind = 'theme') => ({
  kind,
  text: `${text}.`,
  evidence,
  confidence: 0.7,
});

/** What a model of good will thinks of the last thing it is shown: what a learned pattern expects after it, else what happened. */
export function heedful(request: AskedChat): unknown {
  const prompt = request.messages?.findLast(({ role }) => role === 'user')?.content ?? '';
  const [, ref = 'o1', at = '', type = '', target = ''] =
    [...prompt.matchAll(/^(o\d+) \([^)]*\) (\S+)Z \S+ (\S+) (.*?) (?:info|warning|error|critical)\b/gm)].at(-1) ?? [];
  const expects = new RegExp(`^- ${ref}: .*expects (.*) within (.*)\\)$`, 'm').exec(prompt);
  const text = expects
    ? `After ${target} comes ${expects[1]} within ${expects[2]}, as it did before ${at}.`
    : `At ${at} there was ${type} of ${target}.`;
  return {
    action_type: 'observe',
    reasoning: `${text} Nothing needs to be done.`,
    target_agent: null,
    command: null,
    priority: 'low',
    metadata: { confidence: 0.8, alternatives_considered: [], expected_outcome: 'More of the same.' },
    insight: { text, importance: 0.6 },
    evidence: [ref],
  };
}

/** What is said instead to one kind of question: an object, text as it stands, or a whole answer of the server. */
export type Said = Partial<Record<NightQuestion | 'thought', (request: AskedChat) => unknown>>;

/** Plays a model through a day and its night: thoughts get a valid decision, sleep's questions what is good, or what is given instead. */
export const nightAnswers =
  (instead: Said = {}, more: Partial<Extract<Answer, { text: string }>> = {}) =>
  (request: AskedChat): Answer => {
    const question = questionOf(request);
    const say = instead[question ?? 'thought'] ?? (question && good[question]);
    if (!say) return decisionReply(request);
    const said = say(request);
    return { text: typeof said === 'string' ? said : JSON.stringify(said), ...more };
  };
