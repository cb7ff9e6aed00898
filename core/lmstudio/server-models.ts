import type { Model } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { ServerModels } from '../think/reasoners.ts';
import type { Keeper } from './keeper.ts';
import type { Target } from './target.ts';

/** Makes a model of what the keeper holds ready; the same target is the same model, so that what was learned of it is kept. */
export function serverModels(
  keeper: Pick<Keeper, 'now' | 'wanted' | 'failed' | 'view'>,
  settings: () => Settings['model'],
  make: (target: Target, settings: Settings['model']) => Model,
): ServerModels {
  const targets = new WeakMap<Model, Target>();
  let last: { key: string; model: Model } | null = null;

  function modelOf(target: Target | null): Model | null {
    if (!target) return null;
    const now = settings();
    const { id, contextTokens } = target.instance;
    const limits = [now.apiKey, now.connectMs, now.prefillMsPerToken, now.inactivityMs, now.callMs];
    const key = JSON.stringify([target.baseUrl, id, contextTokens, target.reasons, ...limits]);
    if (last?.key !== key) last = { key, model: make(target, now) };
    targets.set(last.model, target);
    return last.model;
  }

  return {
    now: () => modelOf(keeper.now()),
    wanted: async (signal) => modelOf(await keeper.wanted(signal)),
    async failed(failure, model, signal) {
      const target = targets.get(model);
      return target ? modelOf(await keeper.failed(failure, target, signal)) : null;
    },
    why() {
      const { what, does } = keeper.view();
      return `${what} ${does}`;
    },
  };
}
