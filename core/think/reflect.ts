import type { Failure } from '../errors.ts';
import type { Model, ThoughtContext } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { Reasoner } from '../types.ts';
import { type Answer, answerJsonSchema, type Parsed, parseAnswer, plainAnswer, readableThought } from './answer.ts';
import { buildPrompt, type PromptParts } from './context/context.ts';
import type { Gateway, GatewayAnswer, Lane } from './gateway/gateway.ts';
import { repairRequest } from './prompt.ts';
import type { Reasoners } from './reasoners.ts';
import { decisionComplete } from './stream/decision-complete.ts';
import { repetition } from './stream/repetition.ts';
import { runaway } from './stream/runaway.ts';
import type { TokenCounter } from './tokens.ts';

export interface ReflectParts {
  gateway: Gateway;
  reasoners: Reasoners;
  tokens: TokenCounter;
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
  const settings = parts.settings();
  const { contextTokens: loadedTokens, reasons } = model.traits;
  const prompt = buildPrompt({ ...promptParts, reasons }, { ...settings, loadedTokens }, parts.tokens);
  if (prompt.tooSmall && model.reasoner.kind === 'server') return { ok: false, failure: prompt.tooSmall };
  const { messages, reasoningTokens } = prompt;
  const request = {
    messages,
    schema: { name: 'thought', schema: answerJsonSchema },
    maxTokens: settings.answerTokens,
    reasoningTokens,
    temperature: settings.temperature,
    topP: settings.topP,
    topK: settings.topK,
    repeatPenalty: settings.repeatPenalty,
    context: promptParts.context,
  };
  const call = (purpose: string, extra: typeof messages) => {
    let said = '';
    let shown = '';
    const show = (text: string) => {
      const thought = readableThought(text);
      if (thought !== shown) parts.onThought(thought, model.reasoner);
      shown = thought;
    };
    return parts.gateway.call({
      model,
      request: { ...request, messages: [...messages, ...extra] },
      purpose,
      lane,
      signal,
      processors: () => [
        decisionComplete(),
        repetition(),
        runaway({ answerTokens: request.maxTokens, reasoningTokens }),
      ],
      onToken(channel, text) {
        if (channel !== 'answer') return;
        said += text;
        show(said);
      },
      // An owner's question went first: what was said before is void.
      onRestart() {
        said = '';
        show('');
      },
    });
  };
  const first = await call('thought', []);
  if (!first.ok) return first;
  const read = readAnswer(first);
  // Half of a decision is none, and who broke it off may be mended and asked again.
  if (first.broke && read.how !== 'json') return { ok: false, failure: first.broke };
  if (read.how !== 'nothing')
    return { ok: true, reflection: { answer: read.answer, how: read.how, reasoner: first.reasoner } };
  const second = await call('repair', [
    { role: 'assistant', content: textOf(first).slice(0, 2_000) },
    { role: 'user', content: repairRequest(read.why) },
  ]);
  const repaired = second.ok ? readAnswer(second) : read;
  if (repaired.how !== 'nothing')
    return { ok: true, reflection: { answer: repaired.answer, how: repaired.how, reasoner: first.reasoner } };
  return plainly(second.ok ? [second, first] : [first], first.reasoner);
}

/** An answer that was cut off may have been cut in the middle of a figure: its insight counts only when it was finished. */
function readAnswer(said: GatewayAnswer & { ok: true }): Parsed {
  const read = parseAnswer(textOf(said));
  if (said.finish === 'stop' || read.how !== 'repaired') return read;
  const { insight, evidence } = read.answer;
  const finished = evidence.length > 0 || /[.!?…]["”»)]?$/.test(insight?.text.trim() ?? '');
  return finished ? read : { ...read, answer: { ...read.answer, insight: null } };
}

/** Prose counts only from a model that came to an end: what was stopped in the middle, or ran away, is no answer in words either. */
function plainly(said: readonly (GatewayAnswer & { ok: true })[], reasoner: Reasoner): Asked {
  for (const each of said.filter(({ finish }) => finish !== 'broken')) {
    const plain = plainAnswer(textOf(each));
    if (plain.how === 'plain') return { ok: true, reflection: { answer: plain.answer, how: 'plain', reasoner } };
  }
  return {
    ok: false,
    failure: {
      class: 'model-output',
      code: 'unreadable-answer',
      message: `${reasoner.name} answered twice with nothing that could be read`,
    },
  };
}

/** Some servers put the whole answer into the reasoning field when a schema is asked for. */
const textOf = (said: GatewayAnswer & { ok: true }) => (said.answer.trim() === '' ? said.reasoning : said.answer);
