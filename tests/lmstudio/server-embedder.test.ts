import { describe, expect, it } from 'vitest';
import { createEmbeddingDesk } from '../../core/host/embedding-desk.ts';
import { serverEmbedder } from '../../core/lmstudio/server-embedder.ts';
import type { Target } from '../../core/lmstudio/target.ts';
import type { Embedder } from '../../core/ports.ts';
import { createOpenAiEmbedder } from '../../core/think/openai/embeddings.ts';
import { entry, instance } from '../kit/lm-studio-double.ts';
import { waitFor } from '../kit/wait-for.ts';
import { gatewayWorld } from '../think/gateway-world.ts';
import { silentLog } from '../think/scripted-model.ts';
import { keeperWorld } from './keeper-world.ts';
import { embedder as nomic, serving } from './simulator-kit.ts';

type World = Parameters<typeof keeperWorld>;

async function world(over: World[0], change: World[1] = () => undefined) {
  const here = keeperWorld(over, change);
  const made: Target[] = [];
  const make = (target: Target): Embedder => {
    made.push(target);
    return {
      name: target.instance.id,
      traits: { place: target.baseUrl, remote: false, concurrency: 1, contextTokens: null, reasons: false },
      embed: async () => ({ ok: true, value: { vectors: [], usage: null } }),
    };
  };
  await here.keeper.start();
  return { ...here, made, embedder: serverEmbedder(here.keeper, make) };
}

const vectors = instance('mine', { key: 'vectors', type: 'embedding', contextTokens: 512 });
const others = instance('others', { key: 'others', type: 'embedding', lastUsedAt: 99 });
const thinker = instance('thinker');

describe('which model makes vectors', () => {
  it('[ME3.83] takes the embedding model that is loaded, whatever its window, under its key', async () => {
    const { embedder, made, keeper } = await world({ instances: [thinker, vectors] });
    expect(embedder()?.name).toBe('vectors');
    expect(made).toMatchObject([
      { baseUrl: expect.stringMatching(/\/v1$/), instance: { id: 'mine', contextTokens: 512 } },
    ]);
    await keeper.stop();
  });

  it('[ME3.83] takes the one that the settings name for the role, and no other', async () => {
    const { embedder, settings, keeper } = await world({ instances: [vectors, others] }, ({ model }) => {
      model.roles.embedder = 'vectors';
    });
    expect(embedder()?.name).toBe('vectors');
    settings.model.roles.embedder = 'others';
    expect(embedder()?.name).toBe('others');
    settings.model.roles.embedder = 'elsewhere';
    expect(embedder()).toBeNull();
    await keeper.stop();
  });

  it('[ME3.84] gives none, and loads none, when none is loaded, when the server is away, and when rules think', async () => {
    const models = [entry('vectors', { type: 'embedding' })];
    const name: World[1] = ({ model }) => {
      model.roles.embedder = 'vectors';
    };
    const off = await world({ models, instances: [thinker] }, name);
    expect(off.embedder()).toBeNull();
    const away = await world({ server: 'off', instances: [vectors] });
    expect(away.embedder()).toBeNull();
    const rules = await world({ instances: [vectors] });
    rules.settings.model.reasoner = 'rules';
    expect(rules.embedder()).toBeNull();
    for (const each of [off, away, rules]) {
      expect(each.studio.loads).toEqual([]);
      await each.keeper.stop();
    }
  });

  it('[ME3.84] asks a server that does not tell what it has loaded only for a model that the settings name', async () => {
    const list = { product: 'openai' as const, tellsLoaded: false, models: [entry('vectors', { type: 'embedding' })] };
    const unnamed = await world(list);
    expect(unnamed.embedder()).toBeNull();
    const named = await world(list, ({ model }) => {
      model.roles.embedder = 'vectors';
    });
    expect(named.embedder()?.name).toBe('vectors');
    for (const each of [unnamed, named]) await each.keeper.stop();
  });

  it('[ME3.85] is the same embedder while nothing changes, and another for another key', async () => {
    const { embedder, settings, made, keeper } = await world({ instances: [vectors] });
    expect(embedder()).toBe(embedder());
    settings.model.apiKey = 'other';
    expect(embedder()).not.toBeNull();
    expect(made).toHaveLength(2);
    await keeper.stop();
  });

  it('[ME3.86] makes vectors with a simulated LM Studio, without loading anything', async () => {
    const simulator = await serving();
    try {
      await simulator.load(nomic);
      const { gateway, clock } = gatewayWorld();
      const made = createOpenAiEmbedder({
        baseUrl: `${simulator.baseUrl()}/v1`,
        apiKey: '',
        name: nomic,
        connectMs: 10_000,
        inactivityMs: 10_000,
        callMs: 10_000,
        log: silentLog,
      });
      const none = async () => ({ items: 0, embedded: 0 });
      const store = { withoutVector: async () => [], setVectors: async () => undefined, vectorFigures: none };
      const desk = createEmbeddingDesk({
        store,
        stillThere: async () => true,
        embedder: () => made,
        gateway,
        clock,
        log: silentLog,
        idle: () => true,
      });
      const asking = ['the refund of the cart', 'refund in the cart', 'a walk by the sea'].map((text) =>
        desk.vectorFor(text),
      );
      let over = false;
      void Promise.all(asking).then(() => (over = true));
      await waitFor('three vectors', async () => {
        await clock.pass(0);
        return over;
      });
      const [one, same, other] = await Promise.all(asking);
      expect(one).toMatchObject({ model: `${nomic}/768` });
      const cosine = (b: Float32Array) => one!.vector.reduce((sum, each, at) => sum + each * (b[at] ?? 0), 0);
      expect(cosine(same!.vector)).toBeGreaterThan(cosine(other!.vector));
      expect(simulator.instancesNow().map(({ id }) => id)).toEqual([nomic]);
      await desk.stop();
    } finally {
      await simulator.close();
    }
  });
});
