import type { Model, ModelTraits } from '../../core/ports.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { createBreaker } from '../../core/think/gateway/breaker.ts';
import { createBudget, type NearlySpent } from '../../core/think/gateway/budget.ts';
import { createGateway, type GatewayCall } from '../../core/think/gateway/gateway.ts';
import { createTokenCounter } from '../../core/think/tokens.ts';
import { fakeClock, seededRandom } from '../kit/clock.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { request, silentLog } from './scripted-model.ts';

type Parts = Parameters<typeof createGateway>[0];

/** A gateway in a world that stands until it is told to go on. */
export function gatewayWorld(
  over: {
    limits?: Partial<Settings['budget']>;
    remote?: Partial<Settings['remote']>;
    courtesy?: NonNullable<Parts['courtesy']>;
    store?: ReturnType<typeof memoryStore>;
  } = {},
) {
  const clock = fakeClock();
  const store = over.store ?? memoryStore();
  const tokens = createTokenCounter();
  const nearlySpent: NearlySpent[] = [];
  const budget = createBudget({
    clock,
    store,
    settings: () => ({ ...defaultSettings().budget, ...over.limits }),
    onNearlySpent: (what) => nearlySpent.push(what),
  });
  const breaker = createBreaker({ clock });
  const heard: { failure: string | null; answeredBy: string | null }[] = [];
  const gateway = createGateway({
    budget,
    tokens,
    random: seededRandom(1),
    log: silentLog,
    clock,
    breaker,
    remote: () => ({ ...defaultSettings().remote, ...over.remote }),
    heard: ({ failure, answeredBy }) => heard.push({ failure: failure?.code ?? null, answeredBy }),
    ...(over.courtesy ? { courtesy: over.courtesy } : {}),
  });
  const call = (model: Model, more: Partial<GatewayCall> = {}) =>
    gateway.call({
      model,
      request: request(),
      purpose: 'thought',
      lane: 'loop',
      signal: new AbortController().signal,
      ...more,
    });
  const spent = async () =>
    (await store.spent(0)).map(({ purpose, calls, tokens: each }) => ({ purpose, calls, tokens: each }));
  /** Lets promises settle, without letting time pass. */
  const settled = () => clock.pass(0);
  return { clock, store, tokens, budget, breaker, gateway, call, spent, settled, heard, nearlySpent };
}

/** The same model with other traits. */
export const withTraits = <M extends Model>(model: M, traits: Partial<ModelTraits>): M => ({
  ...model,
  traits: { ...model.traits, ...traits },
});

export const asking = (content: string, over: Parameters<typeof request>[0] = {}) =>
  request({ messages: [{ role: 'user', content }], ...over });

export const promptTokens = createTokenCounter().count(request().messages[0]?.content ?? '');
