import type { Embedder } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { Catalogue } from './catalogue.ts';
import { chooseModel } from './choice.ts';
import type { Keeper } from './keeper.ts';
import { type Target, targetOf } from './target.ts';

/**
 * Makes an embedder of the embedding model that the keeper sees loaded: the one that the settings name for the role, else whichever is
 * loaded. Null while none is, and nothing is loaded for it. A server that does not tell what it has loaded is asked only for a model that
 * the settings name. The embedder bears the model's key, so that another copy of the same model needs no new vectors; the same target is
 * the same embedder.
 */
export function serverEmbedder(
  keeper: Pick<Keeper, 'known'>,
  make: (target: Target, settings: Settings['model']) => Embedder,
): () => Embedder | null {
  let last: { key: string; embedder: Embedder } | null = null;

  return () => {
    const { sighting, settings } = keeper.known();
    const { model } = settings;
    if (model.reasoner === 'rules' || sighting?.server.kind !== 'open') return null;
    const { catalogue } = sighting.server;
    const name = model.roles.embedder;
    if (!catalogue.tellsLoaded && name === '') return null;
    const choice = chooseModel(ofAnyWindow(catalogue), { name, type: 'embedding', contextTokens: 0 });
    if (choice.kind !== 'use') return null;
    const instance = catalogue.instances.find(({ id }) => id === choice.instance.id) ?? choice.instance;
    const target = targetOf({ ...choice, instance }, sighting, model);
    if (!target) return null;
    const { id, contextTokens } = target.instance;
    const limits = [model.apiKey, model.connectMs, model.inactivityMs, model.callMs];
    const key = JSON.stringify([target.baseUrl, id, contextTokens, ...limits]);
    if (last?.key !== key) last = { key, embedder: { ...make(target, model), name: target.instance.key } };
    return last.embedder;
  };
}

/** Half a thousand tokens are a usual window for an embedder, and enough; for a thinker they are none. */
const ofAnyWindow = (catalogue: Catalogue): Catalogue => ({
  ...catalogue,
  instances: catalogue.instances.map((each) => (each.type === 'embedding' ? { ...each, contextTokens: null } : each)),
});
