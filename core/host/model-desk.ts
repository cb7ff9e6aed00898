import type { Keeper } from '../lmstudio/keeper.ts';
import { modelViewOf } from '../lmstudio/model-view.ts';
import { pause } from '../lmstudio/waiting.ts';
import type { Clock, Model } from '../ports.ts';
import type { Command, ModelView, Outcome } from '../protocol.ts';
import type { Breaker } from '../think/gateway/breaker.ts';
import type { Budget } from '../think/gateway/budget.ts';
import type { Gateway } from '../think/gateway/gateway.ts';
import type { ServerModels } from '../think/reasoners.ts';

type ModelCommand = Extract<
  Command,
  { kind: 'start-server' | 'load-model' | 'get-model' | 'unload-model' | 'test-model' | 'try-again' }
>;

/** The Model view and its buttons: keeper, gateway, breaker and budget put side by side. */
export interface ModelDesk {
  view(): Promise<ModelView>;
  send(command: ModelCommand): Promise<Outcome>;
}

/** How long a test may take: a cold model reads its prompt first. */
const testWithinMs = 30_000;

export function createModelDesk(parts: {
  keeper: Keeper;
  servers: ServerModels;
  gateway: Gateway;
  breaker: Breaker;
  budget: Budget;
  clock: Clock;
}): ModelDesk {
  const { keeper, gateway, breaker, clock } = parts;

  /** One token, on demand only: it resets the model's time limit and queues behind other work (section 8 of the reference). */
  async function test(): Promise<Outcome> {
    const model = parts.servers.now();
    if (!model) return { ok: false, message: `${keeper.view().what} There is nothing to test yet.` };
    const startedMs = clock.elapsed();
    const late = new AbortController();
    const limit = pause(clock, testWithinMs, late.signal).then(
      () => late.abort(),
      () => undefined,
    );
    try {
      const answer = await gateway.call({ ...canary(model), signal: late.signal });
      const seconds = ((clock.elapsed() - startedMs) / 1000).toFixed(1);
      return answer.ok
        ? { ok: true, said: `${model.reasoner.name} answered after ${seconds} s.` }
        : { ok: false, message: answer.failure.message };
    } catch {
      return { ok: false, message: `${model.reasoner.name} did not answer within half a minute.` };
    } finally {
      late.abort();
      await limit;
    }
  }

  return {
    async view() {
      const atWork = await keeper.courtesy.atWork();
      const known = keeper.known();
      return {
        ...modelViewOf(known, { at: clock.now(), ours: keeper.ours(), atWork }),
        server: keeper.view(),
        calls: gateway.figures(),
        breaker: { state: breaker.state(), why: breaker.why(), since: breaker.since() },
        purposes: parts.budget.purposes(),
      };
    },
    async send(command) {
      switch (command.kind) {
        case 'start-server':
          return keeper.clicks.startServer();
        case 'load-model':
          return keeper.clicks.load(command.key);
        case 'get-model':
          return keeper.clicks.get(command.name);
        case 'unload-model':
          return keeper.clicks.unload(command.id);
        case 'try-again':
          return keeper.clicks.tryAgain();
        case 'test-model':
          return test();
      }
    },
  };
}

const canary = (model: Model) => ({
  model,
  purpose: 'test',
  lane: 'owner' as const,
  request: {
    messages: [{ role: 'user' as const, content: 'Say hello.' }],
    schema: null,
    maxTokens: 1,
    reasoningTokens: 0,
    temperature: 0.7,
    topP: 0.9,
    topK: 0,
    repeatPenalty: 1,
    context: null,
  },
});
