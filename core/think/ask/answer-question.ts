import { type Failure, messageOf } from '../../errors.ts';
import type { Clock, Log, Model, Store } from '../../ports.ts';
import type { AnswerView } from '../../protocol-owner.ts';
import type { Settings } from '../../settings.ts';
import type { Reasoner, Stamp } from '../../types.ts';
import type { Gateway, GatewayAnswer } from '../gateway/gateway.ts';
import { createChunker } from '../stream/chunker.ts';
import { repetition } from '../stream/repetition.ts';
import { runaway } from '../stream/runaway.ts';
import type { TokenCounter } from '../tokens.ts';
import {
  brokeOff,
  emptyAnswer,
  endedEarly,
  memoryUnreadable,
  modelFailed,
  namesNothing,
  noModel,
  otherModel,
  wasCut,
} from './answer-words.ts';
import { type AskPrompt, buildAskPrompt } from './ask-prompt.ts';
import type { Facts } from './facts.ts';
import { type Gathered, type GatherStore, gather } from './gather.ts';
import { type Held, heldFrom } from './held.ts';
import { type Question, readQuestion } from './question.ts';
import { readAnswer } from './read-answer.ts';
import { rulesAnswer } from './rules-answer.ts';

export interface AnswerParts {
  store: GatherStore & Pick<Store, 'recentObservations' | 'recalledNow'>;
  clock: Clock;
  log: Log;
  gateway: Pick<Gateway, 'call'>;
  tokens: TokenCounter;
  settings: () => Settings['model'];
  /** The model that is loaded at this very moment; null when none is: nothing is loaded for the sake of a question. */
  model: (signal: AbortSignal) => Promise<Model | null>;
  /** How the model server stands, in one sentence. */
  standing: () => string;
  /** Who answers without a model. */
  rules: () => Reasoner;
  /** This model could not be used. */
  onFailure: (failure: Failure, model: Model) => void;
  vectorFor: (text: string, signal?: AbortSignal) => Promise<{ model: string; vector: Float32Array } | null>;
  focus: () => Facts['focus'];
  troubles: () => Facts['troubles'];
  /** Marks observed text as data; drawn once per start. */
  fence: string;
}

/** What has changed of an answer. */
export type Grown = Partial<Pick<AnswerView, 'state' | 'text' | 'reasoner' | 'why' | 'evidence' | 'problem'>>;

/** All that an answer is made from. */
interface Known extends Gathered {
  question: Question;
  held: Held[];
  facts: Facts;
  now: Stamp;
}

const observationsAtMost = 200;
const hourMs = 3_600_000;
const tellEveryMs = 50;
/** Closer to the evidence than a thought. */
const temperature = 0.5;

/**
 * Answers one question (SH8): recalls, asks the model that is ready in the owner's lane, lets rules answer where there is none or none says a
 * word. Tells every growth to `grow`; the last one says `done` or `failed`. What was recalled counts as recalled. Throws only the signal's
 * reason.
 */
export async function answerQuestion(
  parts: AnswerParts,
  text: string,
  grow: (grown: Grown) => void,
  signal: AbortSignal,
): Promise<void> {
  const known = await recalled(parts, text, signal);
  if (!known.ok) return grow({ state: 'failed', problem: memoryUnreadable(known.why) });
  const model = await parts.model(signal);
  signal.throwIfAborted();
  const why = model ? await byModel(parts, model, known.value, grow, signal) : noModel(parts.standing());
  if (why !== null) byRules(parts, known.value, why, grow);
}

async function recalled(
  parts: AnswerParts,
  text: string,
  signal: AbortSignal,
): Promise<{ ok: true; value: Known } | { ok: false; why: string }> {
  const { store, clock } = parts;
  const now = clock.now();
  const question = readQuestion(text, now);
  const vector = await parts.vectorFor(text, signal);
  signal.throwIfAborted();
  try {
    const gathered = await gather(store, question, now, vector);
    const seen = (await store.recentObservations(observationsAtMost)).filter((each) => each.occurredAt >= now - hourMs);
    signal.throwIfAborted();
    await countAsRecalled(parts, gathered, now);
    const facts: Facts = { focus: parts.focus(), troubles: parts.troubles(), seen, observed: gathered.observed };
    return { ok: true, value: { ...gathered, question, held: heldFrom(gathered.hits), facts, now } };
  } catch (thrown) {
    signal.throwIfAborted();
    parts.log.warn('question-not-recalled', { error: messageOf(thrown) });
    return { ok: false, why: messageOf(thrown) };
  }
}

/** As with a thought, all that is put before whoever answers (ME4). A store that cannot write can still be asked. */
async function countAsRecalled({ store, log }: AnswerParts, { hits }: Gathered, now: Stamp): Promise<void> {
  const ids = hits.map(({ id }) => id);
  await store.recalledNow(ids, now).catch((thrown) => log.warn('recall-not-counted', { error: messageOf(thrown) }));
}

function byRules(parts: AnswerParts, known: Known, why: string, grow: (grown: Grown) => void): void {
  const countedAt = known.counted.map(({ at }) => at);
  const text = rulesAnswer({ ...known, countedAt });
  const { cited } = readAnswer(text, refsOf(known.held), { whole: true });
  grow({ state: 'done', text, reasoner: parts.rules(), why, evidence: marked(known.held, cited) });
}

/** Null when the model answered, be it in part; else why rules must. */
async function byModel(
  parts: AnswerParts,
  model: Model,
  known: Known,
  grow: (grown: Grown) => void,
  signal: AbortSignal,
): Promise<string | null> {
  const prompt = buildAskPrompt(
    { question: known.question.text, held: known.held, facts: known.facts, now: known.now, fence: parts.fence },
    model,
    parts.settings(),
    parts.tokens,
  );
  if (!prompt.ok) return modelFailed(prompt.failure);
  const held = known.held.slice(0, prompt.shown);
  const refs = refsOf(held);
  grow({ state: 'answering', text: '', reasoner: model.reasoner, why: '', evidence: marked(held, none) });
  const words = wordsOf(parts.clock, (said) => {
    const { text, cited } = readAnswer(said, refs, { whole: false });
    grow({ text, evidence: marked(held, cited) });
  });
  try {
    const answer = await call(parts, model, prompt, words, signal);
    const said = readAnswer(answer.ok ? answer.answer : words.all(), refs, { whole: true });
    return concluded(parts, model, answer, said, held, grow);
  } finally {
    words.stop();
  }
}

/** The words of an answer as they come, told a few at a time. Nobody goes before the owner: they are never void. */
function wordsOf(clock: Clock, tell: (said: string) => void) {
  let said = '';
  const chunker = createChunker({
    clock,
    ms: tellEveryMs,
    onChunk({ text }) {
      said += text;
      tell(said);
    },
  });
  return {
    hear: (text: string) => chunker.push({ channel: 'answer', text }),
    all() {
      chunker.end();
      return said;
    },
    stop: chunker.stop,
  };
}

/** What an answer that has come to its end is shown as; what failed without a word is for rules. */
function concluded(
  parts: AnswerParts,
  model: Model,
  answer: GatewayAnswer,
  { text, cited }: ReturnType<typeof readAnswer>,
  held: readonly Held[],
  grow: (grown: Grown) => void,
): string | null {
  const failure = answer.ok ? (answer.broke ?? (answer.finish === 'broken' ? endedEarly : null)) : answer.failure;
  if (failure) parts.onFailure(failure, model);
  if (text === '') return modelFailed(failure ?? emptyAnswer(model.reasoner));
  const evidence = marked(held, cited);
  const spoke = answer.ok && answer.model !== null ? answer.model : null;
  const reasoner = spoke === null ? model.reasoner : { ...model.reasoner, name: spoke };
  const why = [
    spoke === null ? '' : otherModel(model.reasoner.name, spoke),
    answer.ok && answer.finish === 'length' ? wasCut : '',
    cited.size === 0 ? namesNothing : '',
  ];
  const shown = { text, evidence, reasoner, why: why.filter(Boolean).join(' ') };
  grow(failure ? { ...shown, state: 'failed', problem: brokeOff(failure) } : { ...shown, state: 'done' });
  return null;
}

function call(
  { gateway, settings }: AnswerParts,
  model: Model,
  { messages, answerTokens, reasoningTokens }: AskPrompt & { ok: true },
  words: { hear: (text: string) => void },
  signal: AbortSignal,
): Promise<GatewayAnswer> {
  const { topP, topK, repeatPenalty } = settings();
  // Who thinks may do so where the answer stands, when its server does not tell the two apart.
  const allowed = { answerTokens: answerTokens + (model.traits.reasons ? reasoningTokens : 0), reasoningTokens };
  return gateway.call({
    model,
    request: {
      messages,
      schema: null,
      maxTokens: answerTokens,
      reasoningTokens,
      temperature,
      topP,
      topK,
      repeatPenalty,
      context: null,
    },
    purpose: 'ask',
    lane: 'owner',
    signal,
    processors: () => [repetition(), runaway(allowed)],
    onToken: (channel, text) => channel === 'answer' && words.hear(text),
  });
}

const none: ReadonlySet<string> = new Set();
const refsOf = (held: readonly Held[]): ReadonlySet<string> => new Set(held.map(({ ref }) => ref));
const marked = (held: readonly Held[], cited: ReadonlySet<string>): AnswerView['evidence'] =>
  held.map((each) => ({ ...each, cited: cited.has(each.ref) }));
