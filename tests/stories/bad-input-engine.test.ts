import type * as WorkerThreads from 'node:worker_threads';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createEngine, type Engine } from '../../core/host/engine.ts';
import { createLive } from '../../core/host/live.ts';
import { lookOnce } from '../../core/host/once.ts';
import { systemClock, systemRandom } from '../../core/host/system.ts';
import type { Clock, Log, Model, Sink, Source, Store } from '../../core/ports.ts';
import { snapshotSchema } from '../../core/protocol.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { createRuleReasoner } from '../../core/think/models/rules.ts';
import { temporaryFolder, temporaryStore } from '../kit/data-dir.ts';
import { bareShell, hostParts } from '../kit/host-parts.ts';
import { instance, lmStudioDouble } from '../kit/lm-studio-double.ts';
import { noCare, noEmbedder } from '../kit/no-care.ts';
import { draft } from '../kit/nouns.ts';
import { decisionReply } from '../kit/scripted-server.ts';
import { makeTree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';

/** The engine in this process, where its clock can be moved and its threads can be ended. */
const threads = vi.hoisted(() => ({ started: [] as { name: string; worker: WorkerThreads.Worker }[] }));
vi.mock('node:worker_threads', async (original) => {
  const real = await original<typeof WorkerThreads>();
  class WatchedWorker extends real.Worker {
    constructor(...args: ConstructorParameters<typeof WorkerThreads.Worker>) {
      super(...args);
      threads.started.push({ name: args[1]?.name ?? '', worker: this });
    }
  }
  return { ...real, Worker: WatchedWorker };
});

const yearMs = 365 * 86_400_000;
const log: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** A wall clock that can be moved; durations go on as they do. */
function movableClock() {
  let movedMs = 0;
  const clock: Clock = { ...systemClock, now: () => Date.now() + movedMs };
  return { clock, move: (ms: number) => void (movedMs += ms) };
}

const scriptedModel = (asked: () => void): Model => ({
  reasoner: { kind: 'server', name: 'scripted' },
  traits: { place: 'scripted', remote: false, concurrency: 1, contextTokens: null, reasons: false },
  async *answer({ messages }) {
    asked();
    yield { kind: 'token', channel: 'answer', text: decisionReply({ messages }).text };
    yield { kind: 'done', finish: 'stop', usage: { promptTokens: 900, completionTokens: 100, exact: true } };
  },
  probe: async () => ({ ok: true, value: { kind: 'server', name: 'scripted' } }),
});

/** An engine with a real store, a source that says what it is told to, and a model that answers at once. */
function engineOn(store: Store, clock: Clock, change: (settings: Settings) => void = () => undefined) {
  const settings = defaultSettings();
  change(settings);
  let sink: Sink | null = null;
  let asked = 0;
  const source: Source = {
    id: 'files:/shop',
    kind: 'files',
    async start(given) {
      sink = given;
      given.health({ state: 'watching', message: 'scripted' });
    },
    rescan: async () => undefined,
    stop: async () => undefined,
  };
  const engine: Engine = createEngine({
    store,
    care: noCare,
    clock,
    random: systemRandom,
    log,
    settings: {
      problem: () => null,
      current: () => settings,
      look: () => undefined,
      update: () => ({ ok: true, value: settings }),
      onChange: () => () => undefined,
    },
    models: { rules: createRuleReasoner(), server: () => scriptedModel(() => void asked++), embedder: noEmbedder },
    lmStudio: lmStudioDouble({ product: 'openai', instances: [instance('scripted')] }),
    ...hostParts(source),
  });
  onTestFinished(() => engine.stop());
  return {
    engine,
    asked: () => asked,
    /** Offers a change and waits until it was thought about. */
    async see(target: string) {
      const before = engine.snapshot().counts.episodes;
      sink?.offer(draft({ target, details: { added: 3, removed: 1, place: '/shop', path: target } }));
      await waitFor(`a thought about ${target}`, () => engine.snapshot().counts.episodes > before);
    },
    sink: () => sink!,
  };
}

describe('a clock that jumps', () => {
  it('[LO4.20] a year back and two forward: seeing, thinking, order and figures go on', async () => {
    const { store, close } = await temporaryStore();
    onTestFinished(close);
    const { clock, move } = movableClock();
    const { engine, see, asked } = engineOn(store, clock);
    await engine.start();
    for (const [n, ms] of [0, -yearMs, 2 * yearMs, -yearMs, -3_000, 3_000].entries()) {
      move(ms);
      await see(`src/part-${n}/file-${n}.ts`);
      const now = snapshotSchema.parse(engine.snapshot());
      expect(now.troubles, `after move ${n}`).toEqual([]);
      expect(now.focus?.strength, `after move ${n}`).toBeGreaterThan(0);
      expect(now.counts).toMatchObject({ observations: n + 1, pending: 0, dead: 0, episodes: n + 1 });
      expect(Math.abs(now.at - clock.now())).toBeLessThan(60_000);
    }
    expect(asked()).toBe(6);
    const ids = (await engine.query.recent(10)).map((each) => each.id);
    expect(ids, 'ids keep the order in which things were written').toEqual([...ids].sort().reverse());
    expect(engine.snapshot().budget.hourUsed, 'what this hour spent is counted').toBeGreaterThan(0);
  });

  it('[LO4.21] set back by less than an hour it does not give the hour’s tokens anew', async () => {
    const { store, close } = await temporaryStore();
    onTestFinished(close);
    const { clock, move } = movableClock();
    const { engine, see, asked } = engineOn(store, clock, (settings) => {
      settings.budget.tokensPerHour = 5_500;
    });
    await engine.start();
    await see('src/first/one.ts');
    const spent = asked();
    move(-50 * 60_000);
    const trouble = () => engine.snapshot().troubles.find(({ key }) => key === 'model');
    for (let n = 0; n < 8 && !trouble(); n++) await see(`src/more-${n}/two-${n}.ts`);
    expect(trouble()).toMatchObject({
      what: expect.stringContaining('budget') as string,
    });
    expect(asked() * 1_000).toBeLessThanOrEqual(5_500);
    expect(asked()).toBeGreaterThanOrEqual(spent);
  });

  it('[LO4.22] set back between two looks, the second still tells only what is new, and all of it', async () => {
    const { store, close, open } = await temporaryStore();
    onTestFinished(close);
    const { clock, move } = movableClock();
    const first = engineOn(store, clock);
    await first.engine.start();
    await first.see('src/before.ts');
    await first.engine.stop();
    move(-yearMs);
    const second = engineOn(await open(), clock);
    const start = second.engine.start;
    second.engine.start = async () => {
      await start();
      second.sink().offer(draft({ target: 'src/after.ts' }));
    };
    const look = await lookOnce(second.engine);
    expect(look.observations.map((each) => each.target)).toEqual(['src/after.ts']);
    expect(look.insights.map((each) => each.evidenceIds)).toEqual([look.observations.map((each) => each.id)]);
  });
});

describe('a database thread that dies', () => {
  it('[OB5.36] is started again; what was seen meanwhile is written, once, and the mind goes on', async () => {
    const [tree, data] = [makeTree(), temporaryFolder('thread')];
    const live = await createLive({
      dataDir: data.path,
      watch: [tree.root],
      fallbackFolder: tree.root,
      model: { reasoner: 'rules' },
      firstLookMs: null,
      onProblem: (line) => expect.fail(line),
      shell: bareShell,
    });
    if (!live.ok) throw new Error(live.failure.message);
    const { engine, stop } = live.value;
    onTestFinished(async () => {
      await stop();
      tree.end();
      data.remove();
    });
    await engine.start();
    const watching = () => engine.snapshot().sources.every((each) => each.state === 'watching');
    await waitFor('the folder to be watched', watching);
    for (let death = 0; death < 3; death++) {
      tree.write(`during-${death}.ts`, `export const death = ${death};\n`);
      await threads.started.findLast(({ name }) => name === 'store')?.worker.terminate();
      tree.write(`after-${death}.ts`, `export const after = ${death};\n`);
      await waitFor(`both files of death ${death}`, async () => {
        const targets = (await engine.query.recent(100).catch(() => [])).map((each) => each.target);
        return targets.includes(`during-${death}.ts`) && targets.includes(`after-${death}.ts`);
      });
    }
    await engine.note('still there?');
    await engine.settle();
    const seen = (await engine.query.recent(100)).map((each) => `${each.count} ${each.target}`);
    expect(seen.length, 'each once').toBe(new Set(seen).size);
    expect(engine.snapshot().counts).toMatchObject({ observations: 7, pending: 0, dead: 0 });
    expect(engine.snapshot().troubles).toEqual([]);
    expect(threads.started.filter(({ name }) => name === 'store').length).toBeGreaterThanOrEqual(4);
  });
});
