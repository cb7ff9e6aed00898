import type { Failure } from '../../../core/errors.ts';
import type { Model } from '../../../core/ports.ts';
import { defaultSettings } from '../../../core/settings.ts';
import { type AnswerParts, answerQuestion, type Grown } from '../../../core/think/ask/answer-question.ts';
import { createBudget } from '../../../core/think/gateway/budget.ts';
import { createTokenCounter } from '../../../core/think/tokens.ts';
import type { Reasoner } from '../../../core/types.ts';
import { fakeClock, seededRandom } from '../../kit/clock.ts';
import { plainGateway } from '../../kit/gateway.ts';
import { memoryStore } from '../../kit/memory-store.ts';
import { cycleRecord, episode, evidence, insight, memory, noon } from '../../kit/nouns.ts';
import { silentLog } from '../scripted-model.ts';

export const rules: Reasoner = { kind: 'rules', name: 'rules' };
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
export const fence = 'feedbeef';

/** Everything a question needs, over a real store in memory; `model` answers, or nobody does. */
export function askWorld(options: { model?: Model | null; over?: Partial<AnswerParts> } = {}) {
  const clock = fakeClock(noon + hourMs);
  const store = memoryStore();
  const settings = defaultSettings();
  const tokens = createTokenCounter();
  const budget = createBudget({ clock, store, settings: () => settings.budget });
  const failures: Failure[] = [];
  const parts: AnswerParts = {
    store,
    clock,
    log: silentLog,
    gateway: plainGateway({ budget, tokens, clock, random: seededRandom(1) }),
    tokens,
    settings: () => settings.model,
    model: async () => options.model ?? null,
    standing: () => 'No model is loaded.',
    rules: () => rules,
    onFailure: (failure) => void failures.push(failure),
    vectorFor: async () => null,
    focus: () => null,
    troubles: () => [],
    fence,
    ...options.over,
  };

  /** The whole answer after each growth. */
  async function ask(text: string, signal: AbortSignal = new AbortController().signal) {
    const grown: Grown[] = [];
    await answerQuestion(parts, text, (each) => grown.push({ ...grown.at(-1), ...each }), signal);
    return { last: grown.at(-1)!, grown };
  }

  return { parts, store, clock, settings, budget, failures, ask, remember: () => rememberShop(store) };
}

/** A small memory of a shop: learned, noted, told, lived. */
export async function rememberShop(store: ReturnType<typeof memoryStore>): Promise<void> {
  await store.changeMemories([
    {
      kind: 'remember',
      memory: memory('refund', { text: 'Refunds are paid out on Fridays.', target: 'src/refund.ts', importance: 0.9 }),
      evidence: [evidence('o1', { at: noon - 3 * dayMs })],
    },
    {
      kind: 'remember',
      memory: memory('own', { kind: 'note', text: 'Refunds need a second pair of eyes.', trust: 'owner' }),
      evidence: [evidence('o2', { at: noon - dayMs })],
    },
  ]);
  for (const [n, at] of [noon - 2 * dayMs, noon - dayMs, noon - dayMs + hourMs, noon - 2 * hourMs].entries())
    await store.commitCycle(
      cycleRecord({
        episode: episode(`e${n}`, {
          startedAt: at,
          endedAt: at + 10,
          summary: `npm test: refund test failed (${n})`,
          targets: ['npm test'],
        }),
        insights: [
          insight(`i${n}`, { text: `The refund test failed in run ${n} of npm test.`, formedAt: at, importance: 0.8 }),
        ],
      }),
    );
}
