import { systemClock, systemRandom } from '../../core/host/system.ts';
import type { Log, Model, ModelRequest } from '../../core/ports.ts';
import { defaultSettings } from '../../core/settings.ts';
import { createBreaker } from '../../core/think/gateway/breaker.ts';
import { createBudget } from '../../core/think/gateway/budget.ts';
import { createGateway, type Gateway } from '../../core/think/gateway/gateway.ts';
import { createTokenCounter } from '../../core/think/tokens.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { figure, type Measurement, median, percentile } from './measurement.ts';

const warmUps = 200;
const counted = 1_000;
const promptChars = 16_000;
const answerTokens = 40;

/** The whole gateway around a model that answers at once: what a call costs beside its model, from asking to the answer booked. */
export const gatewayOverhead: Measurement = {
  rows: { 'gateway-overhead-ms': { unit: 'ms', target: 1, want: 'at-most' } },
  async take() {
    const gateway = openGateway();
    const took: number[] = [];
    for (let n = 0; n < warmUps + counted; n++) {
      const ms = await oneCall(gateway, n);
      if (n >= warmUps) took.push(ms);
    }
    const spread = `median ${figure(median(took))}, p99 ${figure(percentile(took, 0.99))}, worst ${figure(Math.max(...took))} ms`;
    return {
      'gateway-overhead-ms': {
        value: percentile(took, 0.95),
        note: `p95 of ${counted} calls, each ${promptChars} characters of prompt and ${answerTokens} tokens of an answer that is there at once (${spread}), after ${warmUps} to warm up; processors off, spending in memory`,
      },
    };
  },
};

const nothing = () => undefined;
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function openGateway(): Gateway {
  const settings = defaultSettings();
  return createGateway({
    budget: createBudget({
      clock: systemClock,
      store: memoryStore(),
      settings: () => ({ ...settings.budget, tokensPerHour: 1_000_000_000, tokensPerDay: 1_000_000_000 }),
    }),
    tokens: createTokenCounter(),
    random: systemRandom,
    log,
    clock: systemClock,
    breaker: createBreaker({ clock: systemClock }),
    remote: () => settings.remote,
  });
}

const instant: Model = {
  reasoner: { kind: 'server', name: 'instant' },
  traits: { place: 'instant', remote: false, concurrency: 1, contextTokens: null, reasons: false },
  async *answer() {
    for (let n = 0; n < answerTokens; n++) yield { kind: 'token', channel: 'answer', text: ' word' };
    yield { kind: 'done', finish: 'stop', usage: { promptTokens: 4_000, completionTokens: answerTokens, exact: true } };
  },
  probe: async () => ({ ok: true, value: { kind: 'server', name: 'instant' } }),
};

async function oneCall(gateway: Gateway, n: number): Promise<number> {
  const words = `${n} edited src/shop/basket.ts, 12 lines; `;
  const request: ModelRequest = {
    messages: [{ role: 'user', content: words.repeat(Math.ceil(promptChars / words.length)) }],
    schema: null,
    maxTokens: 512,
    reasoningTokens: 2_048,
    temperature: 0.7,
    topP: 0.9,
    topK: 40,
    repeatPenalty: 1.1,
    context: null,
  };
  const { signal } = new AbortController();
  const startedAt = performance.now();
  const answer = await gateway.call({ model: instant, request, purpose: 'thought', lane: 'loop', signal });
  const ms = performance.now() - startedAt;
  if (!answer.ok) throw new Error(`call ${n} failed: ${answer.failure.message}`);
  return ms;
}
