import { Bug, type Failure } from '../../errors.ts';
import { plainLine } from '../../observe/text.ts';
import type { ChatMessage, RecallHit, ThoughtContext } from '../../ports.ts';
import type { Settings } from '../../settings.ts';
import type { Identity, Stamp } from '../../types.ts';
import { standingInstructions } from '../prompt.ts';
import type { TokenCounter } from '../tokens.ts';
import { type ShownObservations, shownObservations } from './context-observations.ts';
import { clip, fenced, fitting, span } from './context-text.ts';
import {
  leastPrompt,
  logRoom,
  promptLimit,
  reasoningRoom,
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
 * The prompt in the order that keeps its beginning unchanged from one thought to the next (TH5): rules and identity, the log of past
 * cycles, and only then what changes every time: counters, recalled memories, focus, new observations. Everything observed stands
 * between fences. With the answer, and the reasoning of a model that reasons, it takes at most 90 % of the loaded window and never more
 * than `contextTokens`; what does not fit is shortened by the strategy of the settings, the log and then memories only in a window that
 * has no room for them. The result is measured again; a window that cannot hold the instructions with one observation is a failure.
 */
export function buildPrompt(parts: PromptParts, settings: WindowSettings, tokens: TokenCounter): Prompt {
  const system = standingInstructions(parts.identity, parts.fence);
  const instructions = tokens.count(system);
  const limit = promptLimit(settings, parts.reasons === true, instructions);
  const plans = plansFor(parts, limit, instructions, settings, tokens);
  const composed = (plan: Plan) => compose(parts, system, plan, settings, tokens);
  const { shown, plan, ...measured } = firstGood(plans, limit, composed);
  const whole = shown.left + shown.masked === 0 && plan.memories && plan.log.length === parts.log.length;
  const unbounded = { limit: Number.POSITIVE_INFINITY, log: parts.log, memories: true };
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

/** Shares of the prompt for recalled memories, the same for an answer of memory, and for the words of a question or a focus. */
const recallShare = 0.1;
const wordsShare = 0.05;

interface Plan {
  limit: number;
  log: readonly string[];
  memories: boolean;
}

/** What a prompt may consist of, in the order in which it is given up: half of the log, the log, memories. */
function plansFor(
  parts: PromptParts,
  limit: number,
  instructions: number,
  settings: WindowSettings,
  tokens: TokenCounter,
): Plan[] {
  const room = logRoom(limit, instructions);
  const logs = [room, room / 2].map((share) => shownLog(parts.log, share, settings, tokens));
  return [
    ...logs.filter((log) => log.length > 0).map((log) => ({ limit, log, memories: true })),
    { limit, log: [], memories: true },
    { limit, log: [], memories: false },
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
  const past = plan.log.length > 0 ? `Your past cycles, oldest first:\n${fenced(plan.log.join('\n'), fence)}\n\n` : '';
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

/** What changes with every thought: counters, memories, focus. */
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
  lines.push(
    focus
      ? `Your focus for ${span(now - focus.since)} (${focus.why}):\n${fenced(words(plainLine(focus.topic, 200)), fence)}`
      : 'You have no particular focus.',
  );
  return lines.join('\n');
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
