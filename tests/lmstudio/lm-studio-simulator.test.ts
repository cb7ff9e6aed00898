import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ok } from '../../core/errors.ts';
import { systemClock } from '../../core/host/system.ts';
import type { Catalogue, ModelEntry } from '../../core/lmstudio/catalogue.ts';
import { lmStudioHomes } from '../../core/lmstudio/driver/home.ts';
import { createLmStudio } from '../../core/lmstudio/driver/lm-studio.ts';
import { createLms } from '../../core/lmstudio/driver/lms.ts';
import type { LoadWish, Sighting } from '../../core/lmstudio/lm-studio.ts';
import { defaultSettings } from '../../core/settings.ts';
import { temporaryFolder } from '../kit/data-dir.ts';
import { writeHome } from '../kit/lmstudio/home.ts';
import { type ProfileName, profileNames, profiles } from '../kit/lmstudio/profiles.ts';
import { createSimulator, type SimulatorOptions } from '../kit/lmstudio/simulator.ts';
import { deadPort, keptLog, scriptedLms, signal } from './rest-world.ts';

type Cli = 'with lms' | 'HTTP only';

/** The driver on a simulated machine, with the real driver of `lms` over its double, or without any. */
async function machine(options: SimulatorOptions, cli: Cli = 'HTTP only') {
  const folder = temporaryFolder('studio');
  onTestFinished(folder.remove);
  const userHome = folder.path;
  const [port, internalPort] = [await deadPort(), await deadPort()];
  const simulator = await createSimulator({ home: join(userHome, '.lmstudio'), port, internalPort, ...options });
  onTestFinished(() => simulator.close());
  const installed = profiles[options.profile ?? '0.4.21'].product === 'bionic' ? 'bionic' : 'lm-studio';
  writeHome({ home: userHome, controlPort: simulator.controlPort, installed, restPort: null, internalPort: null });
  const settings = defaultSettings();
  const { log } = keptLog();
  const homes = () => lmStudioHomes(userHome);
  const real = createLms({ settings: () => settings.lmStudio, homes, userHome, log });
  const lms = cli === 'with lms' ? real : scriptedLms().lms;
  const studio = createLmStudio({
    settings: () => settings,
    userHome,
    platform: process.platform,
    lms,
    clock: systemClock,
    log,
    ports: { rest: [], internal: [internalPort] },
  });
  return { studio, simulator, settings };
}

const wish: LoadWish = {
  key: 'acme/demo-8b',
  path: null,
  contextTokens: 8_192,
  ttlSeconds: 3_600,
  parallel: 1,
  gpu: 'max',
};

const catalogueIn = ({ server }: Sighting): Catalogue => {
  if (server.kind !== 'open') throw new Error(`the server is ${server.kind}`);
  return server.catalogue;
};
const modelIn = (sighting: Sighting, key: string): ModelEntry | undefined =>
  catalogueIn(sighting).models.find((each) => each.key === key);

const apiOf = (profile: ProfileName) => (profiles[profile].v1 ? 'v1' : 'v0');
const productOf = (profile: ProfileName) => (profiles[profile].product === 'bionic' ? 'bionic' : 'lm-studio');

describe.each(profileNames)('the simulator, %s', (profile) => {
  it('[LM1.30] climbs the ladder rung by rung and falls down it again', async () => {
    const { studio, simulator } = await machine({ profile });
    const product = productOf(profile);
    expect(await studio.look(signal())).toMatchObject({ installed: product, running: null, server: { kind: 'away' } });
    await simulator.launch();
    expect(await studio.look(signal())).toMatchObject({ running: product, rival: null, server: { kind: 'away' } });
    await simulator.startServer();
    expect(await studio.greets(signal())).toBe(true);
    const seen = await studio.look(signal());
    expect(seen).toMatchObject({ address: simulator.baseUrl(), server: { kind: 'open', product } });
    expect(catalogueIn(seen)).toMatchObject({ api: apiOf(profile), tellsLoaded: true, instances: [] });
    expect(modelIn(seen, wish.key)).toMatchObject({ type: 'llm', maxContextTokens: 131_072, remote: false });
    await simulator.load(wish.key, { contextLength: 4_096 });
    expect(catalogueIn(await studio.look(signal())).instances).toMatchObject([{ id: wish.key, contextTokens: 4_096 }]);
    await simulator.quit();
    expect(await studio.greets(signal())).toBe(false);
    expect(await studio.look(signal())).toMatchObject({ running: null, server: { kind: 'away' } });
    expect(simulator.inferences()).toBe(0);
  });

  it('[LM4.27] loads over HTTP where the server can, and says so where it cannot', async () => {
    const { studio, simulator } = await machine({ profile });
    await simulator.launch();
    await simulator.startServer();
    const loaded = await studio.load(wish, () => {}, signal());
    if (apiOf(profile) === 'v0') {
      expect(loaded).toMatchObject({ ok: false, failure: { code: 'cannot-load' } });
      expect(simulator.loads()).toBe(0);
      return;
    }
    expect(loaded).toMatchObject({ ok: true, value: { id: wish.key, contextTokens: 8_192 } });
    expect(await studio.load(wish, () => {}, signal())).toEqual(loaded);
    expect(simulator.loads()).toBe(1);
    expect(await studio.unload(wish.key, signal())).toEqual(ok(null));
    expect(simulator.instancesNow()).toEqual([]);
  });

  it.runIf(profiles[profile].v1)('[LM3.30] tells a missing or wrong token, and uses the right one', async () => {
    const token = 'sk-lm-abcdefgh:abcdefghijklmnopqrst';
    const { studio, simulator, settings } = await machine({ profile, token });
    await simulator.launch();
    await simulator.startServer();
    for (const apiKey of ['', 'sk-lm-wrong']) {
      settings.model.apiKey = apiKey;
      expect(await studio.look(signal())).toMatchObject({ server: { kind: 'auth-required' } });
    }
    settings.model.apiKey = token;
    expect(await studio.look(signal())).toMatchObject({ server: { kind: 'open' } });
  });
});

/** The double of `lms` is a script, which Windows does not start without a shell. */
describe.skipIf(process.platform === 'win32')('the simulator and its `lms`', () => {
  it.each(['0.3.16', '0.4.21', 'bionic-1.1'] as const)(
    '[LM4.26] loads, reads back and unloads (%s)',
    async (profile) => {
      const { studio, simulator } = await machine({ profile }, 'with lms');
      await simulator.launch();
      await simulator.startServer();
      const model = modelIn(await studio.look(signal()), wish.key);
      expect(model?.path).toBe('acme/demo-8b');
      const loaded = await studio.load({ ...wish, path: model?.path ?? null }, () => {}, signal());
      expect(loaded).toMatchObject({ ok: true, value: { key: wish.key, contextTokens: 8_192 } });
      const [view] = simulator.instancesNow();
      expect(view).toMatchObject({ loadedBy: 'lms', ttlMs: 3_600_000 });
      expect(loaded.ok && loaded.value.id).toBe(view?.id);
      expect(await studio.atWork(signal())).toMatchObject([{ id: view?.id, contextTokens: 8_192 }]);
      expect(await studio.unload(view?.id ?? '', signal())).toEqual(ok(null));
      expect([simulator.instancesNow(), simulator.loads()]).toEqual([[], 1]);
    },
  );
});

describe('the simulator, at fault', () => {
  async function open(options: SimulatorOptions = {}) {
    const found = await machine(options);
    await found.simulator.launch();
    await found.simulator.startServer();
    return found;
  }

  it('[LM3.31] reads a list of 5,000 models, an empty one, and refuses one without an end', async () => {
    const { studio, simulator } = await open();
    simulator.faults.inject('list-of-5000');
    expect(catalogueIn(await studio.look(signal())).models.length).toBeGreaterThanOrEqual(5_000);
    simulator.faults.inject('empty-list');
    expect(catalogueIn(await studio.look(signal())).models).toEqual([]);
    simulator.faults.inject('list-without-end');
    expect(await studio.look(signal())).toMatchObject({
      server: { kind: 'unwell', failure: { code: 'list-too-large' } },
    });
  });

  it('[LM3.32] takes web pages, a broken connection and an error for what they are, and is well again after', async () => {
    const { studio, simulator } = await open();
    simulator.faults.inject('html-everywhere', 10);
    expect(await studio.look(signal())).toMatchObject({ server: { kind: 'foreign' } });
    simulator.faults.clear();
    simulator.faults.inject('connection-reset', 1);
    expect(await studio.look(signal())).toMatchObject({ server: { kind: 'open' } });
    simulator.faults.inject('server-error', 5);
    expect((await studio.look(signal())).server.kind).not.toBe('open');
    simulator.faults.clear();
    expect(await studio.look(signal())).toMatchObject({ server: { kind: 'open' } });
  });

  it.each([
    ['load-refused', 'insufficient-resources'],
    ['crash-on-load', 'model-load-failed'],
  ] as const)('[LM4.28] names a load that goes wrong (%s) and loads once', async (fault, code) => {
    const { studio, simulator } = await open();
    simulator.faults.inject(fault);
    expect(await studio.load(wish, () => {}, signal())).toMatchObject({ ok: false, failure: { code } });
    expect(simulator.requests.filter((each) => each.path === '/api/v1/models/load')).toHaveLength(1);
    expect(simulator.instancesNow()).toEqual([]);
  });

  it('[LM4.29] gives back what was loaded: a smaller window, an answer of the old form', async () => {
    const { studio, simulator } = await open();
    simulator.faults.inject('smaller-context');
    const smaller = await studio.load(wish, () => {}, signal());
    expect(smaller.ok && smaller.value.contextTokens).toBe(simulator.instancesNow()[0]?.contextTokens);
    expect(smaller.ok && smaller.value.contextTokens).toBeLessThan(8_192);
    simulator.unload(wish.key);
    simulator.faults.inject('old-load-answer');
    expect(await studio.load(wish, () => {}, signal())).toMatchObject({ ok: true, value: { id: wish.key } });
  });

  it('[LM4.29] gives back the model that the owner had loaded in between', async () => {
    const { studio, simulator } = await open();
    await studio.look(signal());
    await simulator.load(wish.key, { contextLength: 16_384, identifier: 'mine' });
    expect(await studio.load(wish, () => {}, signal())).toMatchObject({ value: { id: 'mine', contextTokens: 16_384 } });
    expect(simulator.loads()).toBe(1);
  });
});
