import { type Failure, fail, ok } from '../errors.ts';
import { createKeeper } from '../lmstudio/keeper.ts';
import { serverModels } from '../lmstudio/server-models.ts';
import { serverTrouble } from '../lmstudio/trouble.ts';
import { nearlySpentTrouble } from '../loop/troubles.ts';
import type { Model } from '../ports.ts';
import type { Settings } from '../settings.ts';
import { createBreaker } from '../think/gateway/breaker.ts';
import { createBudget } from '../think/gateway/budget.ts';
import { createGateway } from '../think/gateway/gateway.ts';
import { createReasoners } from '../think/reasoners.ts';
import { createTokenCounter } from '../think/tokens.ts';
import type { EnginePorts } from './engine.ts';
import { createModelDesk } from './model-desk.ts';
import type { NowView } from './now-view.ts';
import type { PowerDesk } from './power-desk.ts';

const serverKey = 'model-server';

/** Nobody loads anything for the sake of a sleep. */
const notLoaded: Failure = {
  class: 'resource',
  code: 'model-unloaded',
  message: 'The model is not loaded any more, and none is loaded for a sleep.',
};

/** All that stands between the mind and a model: the server and its care, the one gateway, budgets, and who thinks. */
export function createModelAccess(
  ports: EnginePorts,
  view: Pick<NowView, 'setTrouble' | 'changed'>,
  power: Pick<PowerDesk, 'spares'>,
) {
  const { store, clock, log } = ports;
  const settings = () => ports.settings.current();
  const modelSettings = () => settings().model;
  const tokens = createTokenCounter();
  const budget = createBudget({
    clock,
    store,
    settings: () => settings().budget,
    onNearlySpent: (what) => view.setTrouble('nearly-spent', nearlySpentTrouble(what, clock.now())),
  });
  const breaker = createBreaker({ clock, log });
  const keeper = createKeeper({
    lmStudio: ports.lmStudio,
    settings: () => (power.spares() ? loadingNothing(settings()) : settings()),
    breaker,
    clock,
    log,
    kept: { read: () => store.state(serverKey), write: (value) => store.setState(serverKey, value) },
    callsRunning: () => gateway.figures().running.length,
    memoryBytes: ports.facts.memoryBytes,
    onChange() {
      view.setTrouble('server', serverTrouble(keeper.known(), keeper.view()));
      view.changed();
    },
  });
  const servers = serverModels(keeper, modelSettings, ports.models.server);
  const gateway = createGateway({
    budget,
    tokens,
    random: ports.random,
    log,
    clock,
    breaker,
    remote: () => settings().remote,
    async courtesy({ lane, model }, signal) {
      if (lane === 'owner' || model.traits.remote) return ok(null);
      if (lane === 'sleep' && !(await keeper.stillThere(model.reasoner.name, signal))) return fail(notLoaded);
      return keeper.quiet(() => gateway.figures().running.length, signal);
    },
    heard: ({ answeredBy }) => answeredBy !== null && keeper.mistaken(answeredBy),
  });

  /** The model that is loaded now, when one may be asked; none is loaded for it. */
  const ready = (): Model | null => (modelSettings().reasoner === 'auto' ? servers.now() : null);

  return {
    tokens,
    budget,
    keeper,
    servers,
    gateway,
    reasoners: createReasoners(ports.models.rules, servers),
    desk: createModelDesk({ keeper, servers, gateway, breaker, budget, clock }),
    ready,
    /** The same, after a look whether it still is. */
    async stillReady(signal: AbortSignal): Promise<Model | null> {
      const model = ready();
      return model && (await keeper.stillThere(model.reasoner.name, signal)) ? model : null;
    },
  };
}

/** On a battery that is spared nothing is started or loaded without a click. */
const loadingNothing = (settings: Settings): Settings => ({
  ...settings,
  lmStudio: { ...settings.lmStudio, start: 'ask', load: 'ask' },
});
