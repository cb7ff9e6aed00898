import type { Failure } from '../errors.ts';
import type { ChatMessage, Clock, Log, Model, ModelRequest, ThoughtContext } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { Reasoner } from '../types.ts';
import { type Answer, answerJsonSchema } from './answer.ts';
import { buildPrompt, type Prompt, type PromptParts } from './context/context.ts';
import { clip } from './context/context-text.ts';
import { loadedWindow, reasoningRoom, roomBeside, type WindowSettings } from './context/context-window.ts';
import { decisionOf, plainDecision } from './decision.ts';
import type { Gateway, GatewayAnswer, Lane } from './gateway/gateway.ts';
import { repairRequest } from './prompt.ts';
import type { Reasoners } from './reasoners.ts';
import { createShownThought } from './shown-thought.ts';
import { decisionComplete } from './stream/decision-complete.ts';
import { repetition } from './stream/repetition.ts';
import { runaway } from './stream/runaway.ts';
import type { TokenCounter } from './tokens.ts';

export interface ReflectParts {
  gateway: Gateway;
  reasoners: Reasoners;
  tokens: TokenCounter;
  clock: Clock;
  log: Log;
  settings: () => Settings['model'];
  /** The readable thought so far, whenever it grew. */
  onThought: (text: string, reasoner: Reasoner) => void;
  /** A server that could not be used for this thought: shown to the owner. */
  onFailure: (failure: Failure) => void;
}

export interface Reflection {
  answer: Answer;
  how: 'json' | 'repaired' | 'plain';
  reasoner: Reasoner;
  /** What the next prompt may expect: the loaded window of who thought, null of rules, and whether it thinks before it answers. */
  window: { loadedTokens: number | null; reasons: boolean };
}

/** After this many models that failed, rules think: one that crashed and was loaded again, and one more. */
const modelsAtMost = 3;

/**
 * One thought (TH4): asks the current reasoner, reads the answer tolerantly, asks once more when it cannot be read, keeps plain words as
 * a last resort. When the server fails it is asked again if it could be mended, else rules form this thought and say so. Throws only the
 * signal's reason.
 */
export async function reflect(
  parts: ReflectParts,
  prompt: Omit<PromptParts, 'context'> & { context: ThoughtContext },
  lane: Lane,
  signal: AbortSignal,
): Promise<Reflection> {
  let model = await parts.reasoners.choose(signal);
  for (let tried = 1; ; tried++) {
    const asked = await ask(parts, model, prompt, lane, signal);
    if (asked.ok) return asked.reflection;
    if (model.reasoner.kind === 'rules') throw new Error(asked.failure.message);
    const again = tried < modelsAtMost ? await parts.reasoners.again(asked.failure, model, signal) : null;
    if (!again) parts.onFailure(asked.failure);
    model = again ?? parts.reasoners.rules();
  }
}

type Asked = { ok: true; reflection: Reflection } | { ok: false; failure: Failure };

async function ask(
  parts: ReflectParts,
  model: Model,
  promptParts: PromptParts,
  lane: Lane,
  signal: AbortSignal,
): Promise<Asked> {
  const settings: WindowSettings = { ...parts.settings(), loadedTokens: loadedWindow(model) };
  const prompt =
    model.reasoner.kind === 'rules'
      ? unread
      : buildPrompt({ ...promptParts, reasons: model.traits.reasons }, settings, parts.tokens);
  if (prompt.tooSmall) return { ok: false, failure: prompt.tooSmall };
  logShortened(parts.log, prompt);
  const call = (purpose: string, { messages, reasoningTokens }: Pick<Prompt, 'messages' | 'reasoningTokens'>) =>
    callOnce(parts, {
      model,
      request: requestOf(settings, messages, reasoningTokens, promptParts.context),
      purpose,
      lane,
      signal,
    });
  const came = (answer: Answer, how: Reflection['how'], { reasoner }: GatewayAnswer & { ok: true }): Asked => {
    const window = { loadedTokens: loadedWindow(model), reasons: model.traits.reasons };
    return { ok: true, reflection: { answer, how, reasoner, window } };
  };

  const first = await call('thought', prompt);
  if (!first.ok) return first;
  const thought = decisionOf(first);
  if (thought.kind === 'decision') return came(thought.answer, thought.how, first);
  if (thought.kind === 'failed') return { ok: false, failure: thought.failure };
  const repair = repairPrompt(prompt, first.answer, thought.why, model.traits.reasons, settings, parts.tokens);
  const second = repair && (await call('repair', repair));
  const repaired = second ? decisionOf(second) : thought;
  if (repaired.kind === 'decision') return came(repaired.answer, repaired.how, first);
  const plain = plainDecision([second, first]);
  if (plain) return came(plain, 'plain', first);
  return { ok: false, failure: repaired.kind === 'failed' ? repaired.failure : unreadable(first.reasoner) };
}

/** Rules read what they think about as data: no prompt is made for them. */
const unread: Prompt = {
  messages: [],
  tokens: 0,
  tokensBefore: 0,
  left: 0,
  masked: 0,
  strategy: null,
  reasoningTokens: 0,
  tooSmall: null,
};

/** One call whose readable words are shown while they come. */
async function callOnce(
  parts: ReflectParts,
  call: { model: Model; request: ModelRequest; purpose: string; lane: Lane; signal: AbortSignal },
): Promise<GatewayAnswer> {
  const { model, request } = call;
  const { maxTokens, reasoningTokens } = request;
  const shown = createShownThought(parts.clock, (text) => parts.onThought(text, model.reasoner));
  try {
    const answer = await parts.gateway.call({
      ...call,
      processors: () => {
        // Who thinks may do so where the answer stands, when its server does not tell the two apart.
        const answerTokens = maxTokens + (model.traits.reasons ? reasoningTokens : 0);
        return [decisionComplete(), repetition(), runaway({ answerTokens, reasoningTokens })];
      },
      onToken: (channel, text) => channel === 'answer' && shown.hear(text),
      onRestart: shown.restart,
    });
    shown.end();
    return answer;
  } finally {
    shown.stop();
  }
}

const requestOf = (
  settings: WindowSettings,
  messages: ChatMessage[],
  reasoningTokens: number,
  context: ThoughtContext,
): ModelRequest => ({
  messages,
  schema: { name: 'thought', schema: answerJsonSchema },
  maxTokens: settings.answerTokens,
  reasoningTokens,
  temperature: settings.temperature,
  topP: settings.topP,
  topK: settings.topK,
  repeatPenalty: settings.repeatPenalty,
  context,
});

const quotedChars = 2_000;
/** What two more messages take beside their words, and less than which is no quote. */
const frameTokens = 16;
const shortestQuote = 40;

/**
 * The same prompt with a bad answer and what was wrong with it, quoting as much as the window has room for beside the answer that is wanted
 * and its reasoning. Null when not even the request fits.
 */
function repairPrompt(
  prompt: Prompt,
  said: string,
  why: string,
  reasons: boolean,
  settings: WindowSettings,
  tokens: TokenCounter,
): Pick<Prompt, 'messages' | 'reasoningTokens'> | null {
  const request = repairRequest(why);
  const bare = prompt.tokens + tokens.count(request) + frameTokens;
  const room = roomBeside(settings, bare);
  if (room < 0) return null;
  const roomForQuote = room - (reasons ? prompt.reasoningTokens : 0);
  const quote = roomForQuote < shortestQuote ? '' : clip(said.slice(0, quotedChars), roomForQuote, tokens);
  const messages: ChatMessage[] = [
    ...prompt.messages,
    // Some templates refuse two messages of the user in a row, and an empty one.
    { role: 'assistant', content: quote.toWellFormed().trim() || '…' },
    { role: 'user', content: request },
  ];
  return { messages, reasoningTokens: reasoningRoom(settings, bare + tokens.count(quote)) };
}

function logShortened(log: Log, { strategy, tokens, tokensBefore, left, masked }: Prompt): void {
  if (tokensBefore > tokens) log.info('prompt-shortened', { strategy, tokens, tokensBefore, left, masked });
}

const unreadable = ({ name }: Reasoner): Failure => ({
  class: 'model-output',
  code: 'unreadable-answer',
  message: `${name} answered twice with nothing that could be read`,
});
