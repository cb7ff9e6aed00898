import { verify } from '../../core/decide/verify.ts';
import { idMaker } from '../../core/ids.ts';
import { act, commit } from '../../core/loop/acting.ts';
import { attendTo } from '../../core/loop/attending.ts';
import { gatherContext } from '../../core/loop/gathering.ts';
import { createLife } from '../../core/loop/life.ts';
import { bornNow, type Mind } from '../../core/loop/mind.ts';
import { stampObservation } from '../../core/observe/stamp.ts';
import type { Log, Store, Usage } from '../../core/ports.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { buildPrompt, type Prompt } from '../../core/think/context/context.ts';
import type { Reflection } from '../../core/think/reflect.ts';
import { answerByRules } from '../../core/think/rules/answer.ts';
import { createTokenCounter, type TokenCounter } from '../../core/think/tokens.ts';
import { fakeClock, seededRandom } from '../kit/clock.ts';
import { temporaryStore } from '../kit/data-dir.ts';
import { figure, type Measurement, percentile } from './measurement.ts';
import { type Moment, story } from './story-generator.ts';

type Strategy = Settings['model']['contextStrategy'];

const prompts = 240;
const seeds = [1, 2] as const;
const strategies: readonly Strategy[] = ['hybrid', 'important-first', 'truncate', 'masking'];

/**
 * How much of each prompt a server that keeps the prompt before it need not read again, in tokens of the whole prompt, over consecutive
 * thoughts of a made-up story: the real attention, memory, context and log, with rules for the answers. The worst seed counts.
 */
export const prefixReuse: Measurement = {
  rows: { 'prefix-reuse-percent': { unit: '%', target: 80, want: 'at-least' } },
  async take() {
    const hybrid = await bothSeeds({});
    const others = [];
    for (const strategy of strategies.slice(1)) others.push(await liveThrough(seeds[0], { strategy }));
    const by = [...hybrid.slice(0, 1), ...others].map((life) => `${life.strategy} ${figure(life.reuse)} %`);
    const elsewhere = [];
    for (const [name, circumstances] of Object.entries(hardships))
      elsewhere.push(
        `${name} ${(await bothSeeds(circumstances)).map((life) => `${figure(life.reuse)} %`).join(' and ')}`,
      );
    return {
      'prefix-reuse-percent': {
        value: Math.min(...hybrid.map((life) => life.reuse)),
        note: `the worse of seeds ${seeds.join(' and ')} over ${prompts} prompts each: ${hybrid.map(told).join('; ')}; by strategy, seed ${seeds[0]}: ${by.join(', ')}; not held to the target, both seeds: ${elsewhere.join('; ')}`,
      },
    };
  },
};

/** Where less of a prompt is the log: the figures are told, not judged. */
const hardships: Readonly<Record<string, Circumstances>> = {
  'a model that counts 1.2 tokens for each estimated': { ratio: 1.2 },
  'a window of 4,096': { loadedTokens: 4_096 },
  'both of them': { ratio: 1.2, loadedTokens: 4_096 },
};

async function bothSeeds(circumstances: Circumstances): Promise<Life[]> {
  const lives = [];
  for (const seed of seeds) lives.push(await liveThrough(seed, circumstances));
  return lives;
}

interface Life {
  strategy: Strategy;
  reuse: number;
  tokens: number[];
  compactions: number;
  shortened: number;
}

const told = ({ reuse, tokens, compactions, shortened }: Life) =>
  `${figure(reuse)} %, tokens per prompt mean ${figure(tokens.reduce((sum, each) => sum + each, 0) / tokens.length)}, p95 ${figure(percentile(tokens, 0.95))}, log compacted ${compactions} times, ${shortened} prompts shortened`;

/** What a life is lived with, where that is not the default. */
interface Circumstances {
  strategy?: Strategy;
  /** Tokens that the server counts for each that is estimated. */
  ratio?: number;
  /** The window of the loaded model. */
  loadedTokens?: number;
}

async function liveThrough(seed: number, circumstances: Circumstances = {}): Promise<Life> {
  const { strategy = 'hybrid', ratio = 1, loadedTokens = null } = circumstances;
  const window = { loadedTokens, reasons: false };
  const { store, close } = await temporaryStore();
  try {
    const { mind, clock } = storyMind(store, strategy);
    const texts: string[] = [];
    const life: Life = { strategy, reuse: 0, tokens: [], compactions: 0, shortened: 0 };
    for (const moment of story(seed)) {
      if (texts.length === prompts) break;
      const log = mind.working.now.log;
      const prompt = await live(mind, clock, moment, window);
      if (!log.every((line, n) => mind.working.now.log[n] === line)) life.compactions += 1;
      if (!prompt) continue;
      const text = prompt.messages.map((message) => message.content).join('\n');
      texts.push(text);
      if (ratio !== 1) mind.thinking.tokens.calibrate(text, counted(text, ratio));
      life.tokens.push(prompt.tokens);
      if (prompt.strategy !== null) life.shortened += 1;
    }
    return { ...life, reuse: reuseOf(texts, mind.thinking.tokens) };
  } finally {
    await close();
  }
}

/** The figures of a server whose model has its own way to count. */
const counted = (text: string, ratio: number): Usage => ({
  promptTokens: Math.round(createTokenCounter().count(text) * ratio),
  completionTokens: 1,
  exact: true,
});

/** Tokens of the beginnings shared with the prompt before, per hundred tokens of all prompts but the first. */
function reuseOf(texts: readonly string[], tokens: TokenCounter): number {
  let shared = 0;
  let all = 0;
  for (const [n, text] of texts.entries()) {
    const before = texts[n - 1];
    if (before === undefined) continue;
    let same = 0;
    while (same < text.length && text[same] === before[same]) same++;
    shared += tokens.count(text.slice(0, same));
    all += tokens.count(text);
  }
  return (100 * shared) / all;
}

/** One turn of the loop as core/loop/cycle.ts makes it; the prompt that a model would have been sent, if the moment was worth one. */
async function live(
  mind: Mind,
  clock: ReturnType<typeof fakeClock>,
  { at, told }: Moment,
  window: Reflection['window'],
): Promise<Prompt | null> {
  clock.jump(at - clock.now());
  const entries = told.map(({ source, draft }) => ({
    observation: stampObservation(draft, source, mind.nextId(), at),
    mergeInto: null,
  }));
  await mind.store.append({ entries, marks: [] });
  const { attention, working } = await attendTo(mind, await mind.store.take(50), []);
  if (attention.salient.length === 0) {
    await commit(mind, attention, working, {});
    return null;
  }
  const context = await gatherContext(mind, attention, [], working);
  const { identity, log, lastThoughtAt } = working;
  const parts = { identity, fence: mind.fence, log, lastThoughtAt, context, memoryAnswer: null };
  const prompt = buildPrompt(parts, { ...mind.settings().model, ...window }, mind.thinking.tokens);
  clock.jump(4_000);
  const { insight, evidence, ...decision } = answerByRules(context);
  const refs = new Map(context.salient.map(({ ref, observation }) => [ref, observation.id]));
  const verified = verify({ decision, insight, evidence }, { refs, told: context.told });
  const reasoner = { kind: 'rules', name: 'rules' } as const;
  const answer = { ...decision, insight, evidence };
  const thinking = {
    id: mind.nextId(),
    startedAt: at,
    reflection: { answer, how: 'json' as const, reasoner, window },
    verified,
    decision,
    notes: [],
    recalled: context.recalled,
    tainted: true,
  };
  await act(mind, attention, working, thinking, { settled: [], expectations: [], changes: [] });
  return prompt;
}

const nothing = () => undefined;
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** As much of a mind as a cycle needs whose prompts go nowhere: no gateway, nobody who looks on. */
function storyMind(store: Store, strategy: Strategy) {
  const clock = fakeClock();
  const settings = defaultSettings();
  settings.model.contextStrategy = strategy;
  const thinking = { tokens: createTokenCounter() } as Mind['thinking'];
  const mind: Mind = {
    store,
    clock,
    log,
    nextId: idMaker(clock, seededRandom(7)),
    life: createLife(),
    settings: () => settings,
    fence: 'k3nz8w1q',
    working: { now: bornNow(clock.now()) },
    run: { startedAt: 0, beforeMs: 0 },
    vectorFor: async () => null,
    thinking,
    news: {
      thoughtStarted: nothing,
      thoughtGrew: nothing,
      thoughtEnded: nothing,
      insightFormed: nothing,
      proposalMade: nothing,
      setAside: nothing,
      memoryChanged: nothing,
    },
  };
  return { mind, clock };
}
