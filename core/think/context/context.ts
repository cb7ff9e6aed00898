import { Bug, type Failure } from '../../errors.ts';
import type { RecallHit } from '../../memory.ts';
import { plainLine } from '../../observe/text.ts';
import type { ChatMessage, ThoughtContext } from '../../ports.ts';
import type { Settings } from '../../settings.ts';
import type { Fired, Identity, Stamp } from '../../types.ts';
import { standingInstructions } from '../prompt.ts';
import type { TokenCounter } from '../tokens.ts';
import { type ShownObservations, shownObservations } from './context-observations.ts';
import { clip, fenced, fitting, halved, span } from './context-text.ts';
import {
  leastPrompt,
  logRoom,
  promptLimit,
  reasoningRoom,
  summaryRoom,
  type WindowSettings,
  windowTooSmall,
} from './context-window.ts';
import { shownLog } from './past-cycles.ts';

export interface PromptParts {
  identity: Identity;
  fence: string;
  /** Past cycles, one line each, oldest first; append-only but for rare compaction. */
  log: readonly string[];
  context: ThoughtContext;
  lastThoughtAt: Stamp | null;
  /** The answer to a question that the thought before this one asked of memory. */
  memoryAnswer: { question: string; hits: readonly string[] } | null;
  /** Whether the model thinks before it answers: then the window must hold that as well. */
  reasons?: boolean;
}

export interface Prompt {
  messages: ChatMessage[];
  tokens: number;
  /** What it would have been with everything in full; the same where nothing was left out, masked or folded. */
  tokensBefore: number;
  /** Observations that did not fit and are only counted. */
  left: number;
  /** Observations that are there by name or in a theme only. */
  masked: number;
  /** What shortened the observations; null when all are there in full. */
  strategy: Settings['model']['contextStrategy'] | null;
  /** What the window leaves for reasoning beside this prompt and the answer. */
  reasoningTokens: number;
  /** Why it must not be sent to a model; null when it fits. Rules, which read no prompt, may answer all the same. */
  tooSmall: Failure | null;
}

/**
 * The prompt in the order that keeps its beginning unchanged from one thought to the next (TH5): rules and identity, the running summary,
 * the log of past cycles, and only then what changes every time: counters, recalled memories, learned patterns, focus, new observations.
 * Everything observed stands between fences. With the answer, and the reasoning of a model that reasons, it takes at most 90 % of the
 * loaded window and never more than `contextTokens`; what does not fit is shortened by the strategy of the settings, the log, then the
 * summary, then memories and patterns only in a window that has no room for them. The result is measured again; a window that cannot hold
 * the instructions with one observation is a failure.
 */
export function buildPrompt(parts: PromptParts, settings: WindowSettings, tokens: TokenCounter): Prompt {
  const system = standingInstructions(parts.identity, parts.fence);
  const instructions = tokens.count(system);
  const limit = promptLimit(settings, parts.reasons === true, instructions);
  const plans = plansFor(parts, limit, instructions, settings, tokens);
  const composed = (plan: Plan) => compose(parts, system, plan, settings, tokens);
  const { shown, plan, ...measured } = firstGood(plans, limit, composed);
  const unbounded = { ...allOf(parts), limit: Number.POSITIVE_INFINITY };
  const whole =
    shown.left + shown.masked === 0 &&
    plan.memories &&
    plan.log.length === parts.log.length &&
    plan.summary === unbounded.summary;
  const needed = Math.max(leastPrompt(instructions), measured.tokens);
  return {
    ...measured,
    tokensBefore: whole ? measured.tokens : composed(unbounded).tokens,
    left: shown.left,
    masked: shown.masked,
    strategy: shown.left + shown.masked > 0 ? settings.contextStrategy : null,
    reasoningTokens: reasoningRoom(settings, measured.tokens),
    tooSmall: measured.tokens > limit ? windowTooSmall(settings, needed) : null,
  };
}

/** Shares of the prompt: for recalled memories and the same for an answer of memory; for patterns; for the words of a question or a focus. */
const recallShare = 0.1;
const patternsShare = 0.05;
const wordsShare = 0.05;
const patternsAtMost = 5;

interface Plan {
  limit: number;
  /** Empty when there is none, or no room for it. */
  summary: string;
  log: readonly string[];
  /** Recalled ones, the answer of memory, and learned patterns. */
  memories: boolean;
}

const allOf = ({ context, log }: PromptParts): Omit<Plan, 'limit'> => ({
  summary: context.summary
    .split('\n')
    .map((line) => plainLine(line, 2_000))
    .filter((line) => line !== '')
    .join('\n'),
  log,
  memories: true,
});

/** What a prompt may consist of, in the order in which it is given up: half of the log, the log, the summary, memories. */
function plansFor(
  parts: PromptParts,
  limit: number,
  instructions: number,
  settings: WindowSettings,
  tokens: TokenCounter,
): Plan[] {
  const summary = halved(allOf(parts).summary, summaryRoom(limit, instructions), tokens);
  const room = logRoom(limit, instructions) - tokens.count(summary);
  const logs = [room, room / 2].map((share) => shownLog(parts.log, share, settings, tokens));
  return [
    ...logs.filter((log) => log.length > 0).map((log) => ({ limit, summary, log, memories: true })),
    ...(summary ? [{ limit, summary, log: [], memories: true }] : []),
    { limit, summary: '', log: [], memories: true },
    { limit, summary: '', log: [], memories: false },
  ];
}

/** The first prompt that fits and does not leave out more observations than it shows for the sake of the log; else the last. */
function firstGood(plans: readonly Plan[], limit: number, composed: (plan: Plan) => Composed): Composed {
  const [plan, ...others] = plans;
  if (!plan) throw new Bug('no plan for a prompt');
  const prompt = composed(plan);
  const crowdedOut = plan.log.length > 0 && prompt.shown.left > prompt.shown.lines.length;
  const good = prompt.tokens <= limit && !crowdedOut;
  return good || others.length === 0 ? prompt : firstGood(others, limit, composed);
}

type Composed = ReturnType<typeof compose>;

function compose(parts: PromptParts, system: string, plan: Plan, settings: WindowSettings, tokens: TokenCounter) {
  const { fence, context } = parts;
  const { contextStrategy: strategy } = settings;
  const past = pastText(plan, fence);
  const head = nowText(parts, plan, tokens);
  const frame = observationsFrame({ lines: [], left: 99, masked: 99 }, strategy, fence);
  const room = plan.limit - tokens.count(system + past + head + frame);
  const shown = shownObservations(context, room, strategy, tokens);
  const user = `${past}${head}\n${observationsFrame(shown, strategy, fence)}`;
  const messages: ChatMessage[] = [
    { role: 'system', content: system },
    { role: 'user', content: user },
  ];
  return { messages, tokens: tokens.count(system + user), shown, plan };
}

/** What stays the same from one thought to the next: the running summary, then the log. */
function pastText({ summary, log }: Plan, fence: string): string {
  const before = summary ? `In short, what was before:\n${fenced(summary, fence)}\n\n` : '';
  return log.length > 0 ? `${before}Your past cycles, oldest first:\n${fenced(log.join('\n'), fence)}\n\n` : before;
}

/** What changes with every thought: counters, memories, patterns, focus. */
function nowText(parts: PromptParts, { limit, log, memories }: Plan, tokens: TokenCounter): string {
  const { context, identity, fence, lastThoughtAt, memoryAnswer } = parts;
  const { focus, now } = context;
  const words = (text: string) => clip(text, limit * wordsShare, tokens);
  const remembered = (lines: readonly string[]) => fitting(lines, limit * recallShare, tokens);
  const recalled = memories ? context.recalled.filter((hit) => !stands(hit, log)) : [];
  const lines = [
    `Now: ${new Date(now).toISOString().slice(0, 19)}Z. Session ${identity.sessions}; ${identity.observations} observations, ${identity.decisions} decisions so far.${lastThoughtAt ? ` Your last thought was ${span(now - lastThoughtAt)} ago.` : ''}`,
  ];
  if (recalled.length > 0) {
    const hits = remembered(recalled.map((hit) => `- (${span(now - hit.at)} ago) ${plainLine(hit.text, 300)}`));
    lines.push('What you remember about this:', fenced(hits.join('\n'), fence));
  }
  if (memories && memoryAnswer) {
    const hits = remembered(memoryAnswer.hits.map((hit) => `- ${plainLine(hit, 600)}`));
    const answer = hits.length > 0 ? hits : ['nothing found'];
    const question = `question: ${words(plainLine(memoryAnswer.question, 300))}`;
    lines.push(
      'You asked your memory a question; this is its answer:',
      fenced([question, ...answer].join('\n'), fence),
    );
  }
  const learned = memories ? context.patterns.slice(0, patternsAtMost).map((each) => patternText(each, context)) : [];
  if (learned.length > 0)
    lines.push(
      'Learned patterns that these observations set off; what they expect is likely, not certain:',
      fenced(fitting(learned, limit * patternsShare, tokens).join('\n'), fence),
    );
  lines.push(
    focus
      ? `Your focus for ${span(now - focus.since)} (${focus.why}):\n${fenced(words(plainLine(focus.topic, 200)), fence)}`
      : 'You have no particular focus.',
  );
  return lines.join('\n');
}

function patternText({ observationId, text, expects, hits, misses, until }: Fired, { salient, now }: ThoughtContext) {
  const ref = salient.find(({ observation }) => observation.id === observationId)?.ref;
  const figures = `held ${hits} of ${hits + misses} times; expects ${plainLine(expects, 200)} within ${span(until - now)}`;
  return `- ${ref ? `${ref}: ` : ''}${plainLine(text, 300)} (${figures})`;
}

const recognisedBy = 120;

/** Whether the log already says what memory says: the same words twice in a prompt are worth nothing. */
function stands(hit: RecallHit, log: readonly string[]): boolean {
  const words = plainLine(hit.text, 1_000).slice(0, recognisedBy);
  return log.some((line) => line.includes(words));
}

function observationsFrame(
  { lines, left, masked }: ShownObservations,
  strategy: Settings['model']['contextStrategy'],
  fence: string,
): string {
  const named =
    masked > 0 ? `\n(${masked} are shown by name only; reflect with their refs as the question to see them)` : '';
  const which = strategy === 'truncate' ? 'older' : 'less important';
  const more = left > 0 ? `\n(${left} ${which} ones are not shown)` : '';
  return `New observations, oldest first:\n${fenced(lines.join('\n'), fence)}${named}${more}\nWhat do you make of it?`;
}
