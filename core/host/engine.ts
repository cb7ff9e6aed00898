import { type Failure, fail, messageOf, ok } from '../errors.ts';
import { idMaker } from '../ids.ts';
import { createKeeper } from '../lmstudio/keeper.ts';
import type { LmStudio } from '../lmstudio/lm-studio.ts';
import { serverEmbedder } from '../lmstudio/server-embedder.ts';
import { serverModels } from '../lmstudio/server-models.ts';
import type { Target } from '../lmstudio/target.ts';
import { serverTrouble } from '../lmstudio/trouble.ts';
import { createLife } from '../loop/life.ts';
import { bornNow, type Mind, workingFromJson, workingKey, workingToJson } from '../loop/mind.ts';
import { createRunner } from '../loop/runner.ts';
import { cyclesTrouble, nearlySpentTrouble, settingsTrouble, sleepTrouble, writeTrouble } from '../loop/troubles.ts';
import { createIntake } from '../observe/intake.ts';
import { noteDraft } from '../observe/sources/notes.ts';
import { observationWords } from '../observe/words.ts';
import type {
  Clock,
  Embedder,
  Log,
  Model,
  Random,
  SettingsPort,
  Source,
  Stop,
  Store,
  StoreCare,
  StoredObservation,
} from '../ports.ts';
import type { Door, ObservationView, Snapshot } from '../protocol.ts';
import type { Settings } from '../settings.ts';
import { createSleepModel } from '../sleep/model/create-sleep-model.ts';
import type { SleepModel } from '../sleep/phase.ts';
import { createSleeper } from '../sleep/sleeper.ts';
import { createBreaker } from '../think/gateway/breaker.ts';
import { createBudget } from '../think/gateway/budget.ts';
import { createGateway } from '../think/gateway/gateway.ts';
import { createReasoners } from '../think/reasoners.ts';
import { createTokenCounter } from '../think/tokens.ts';
import { createChores } from './chores.ts';
import { createCommands, lifeKey } from './commands.ts';
import { createEmbeddingDesk } from './embedding-desk.ts';
import { createMemoryDesk } from './memory-desk.ts';
import { createModelDesk } from './model-desk.ts';
import { createNowView } from './now-view.ts';
import { createSleepDesk } from './sleep-desk.ts';

/** What the engine needs from the world. Everything here has a double in the tests. */
export interface EnginePorts {
  store: Store;
  care: StoreCare;
  clock: Clock;
  random: Random;
  log: Log;
  settings: SettingsPort;
  models: {
    rules: Model;
    server: (target: Target, settings: Settings['model']) => Model;
    embedder: (target: Target, settings: Settings['model']) => Embedder;
  };
  lmStudio: LmStudio;
  sources: readonly Source[];
  /** Where the data lives and what is watched, shown to the owner; and the memory of the machine, for advice. */
  facts: { dataDir: string; folders: readonly string[]; memoryBytes: number };
}

export interface Engine extends Door {
  /** Recovers what was kept, then observes and thinks until stopped. Resolves when it runs; sources report for themselves. */
  start(): Promise<void>;
  /** Resolves when every source has looked, everything seen is written, and nothing waits for a thought. */
  settle(): Promise<void>;
  /** Ends sources, thoughts and timers, writes what waits, closes the store. Idempotent. */
  stop(): Promise<void>;
}

const serverKey = 'model-server';

/** Nobody loads anything for the sake of a sleep. */
const notLoaded: Failure = {
  class: 'resource',
  code: 'model-unloaded',
  message: 'The model is not loaded any more, and none is loaded for a sleep.',
};

/** Puts the mind together: intake pump, thinking loop, reasoners, and the door through which hosts see it. */
export function createEngine(ports: EnginePorts): Engine {
  const { store, clock, log } = ports;
  const settings = () => ports.settings.current();
  const nextId = idMaker(clock, ports.random);
  const life = createLife();
  const pending = () => view.parts().counts.pending;
  const view = createNowView({ clock, snapshot });
  const tokens = createTokenCounter();
  const budget = createBudget({
    clock,
    store,
    settings: () => settings().budget,
    onNearlySpent: (what) => view.setTrouble('nearly-spent', nearlySpentTrouble(what, clock.now())),
  });
  const modelSettings = () => settings().model;
  const breaker = createBreaker({ clock, log });
  const keeper = createKeeper({
    lmStudio: ports.lmStudio,
    settings,
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
  const modelDesk = createModelDesk({ keeper, servers, gateway, breaker, budget, clock });
  const reasoners = createReasoners(ports.models.rules, servers);
  const mind: Mind = {
    store,
    clock,
    log,
    nextId,
    life,
    settings,
    fence: nextId().slice(-8).toLowerCase(),
    working: { now: bornNow(clock.now()) },
    vectorFor: (text) => embeddings.vectorFor(text),
    thinking: { gateway, reasoners, tokens, clock, log, settings: modelSettings, onFailure: view.failed },
    news: view.news,
  };
  const runner = createRunner({
    mind,
    random: ports.random,
    async onTurn() {
      await refreshCounts();
      sleepDesk.consider();
    },
    onSpent: (spent) =>
      view.setTrouble('cycles', spent ? cyclesTrouble(settings().budget.cyclesPerDay, clock.now()) : null),
  });
  const intake = createIntake({
    store,
    clock,
    nextId,
    settings: () => settings().intake,
    log,
    onWritten(observations) {
      sleepDesk.heard(observations);
      embeddings.wake();
      runner.wake();
      void countAgain();
      view.changed();
    },
    onHealth: view.setHealth,
    onTrouble: (failure) => view.setTrouble('store', failure ? writeTrouble(failure, clock.now()) : null),
  });
  const embeddings = createEmbeddingDesk({
    store,
    embedder: serverEmbedder(keeper, ports.models.embedder),
    gateway,
    stillThere: (key, signal) => keeper.stillThere(key, signal),
    clock,
    log,
    idle: () => life.stage() === 'resting' && pending() === 0,
  });
  const sleeper = createSleeper({
    store,
    clock,
    random: ports.random,
    log,
    nextId,
    settings,
    model: sleepModel,
    tokens,
  });
  const sleepDesk = createSleepDesk({
    store,
    clock,
    log,
    settings,
    life,
    sleeper,
    rhythm: {
      now: () => mind.working.now.rhythm,
      async set(rhythm) {
        mind.working.now = { ...mind.working.now, rhythm };
        await store.setState(workingKey, workingToJson(mind.working.now));
      },
    },
    pending,
    onAwake(slept) {
      view.setTrouble('sleep', slept ? null : sleepTrouble(clock.now()));
      void refreshMemory();
      runner.wake();
      void ports.care.backupIfDue(settings().store.backupHours);
    },
    onChange: view.changed,
  });
  const memoryDesk = createMemoryDesk({
    store,
    clock,
    settings,
    vectorFor: (text) => embeddings.vectorFor(text),
    care: ports.care,
    forgetWorking,
    onChange: (what) => void (what === 'all' ? beginAnew() : refreshMemory()),
  });
  const send = createCommands({ mind, runner, view, settings: ports.settings, modelDesk, sleepDesk, memoryDesk });
  const chores = createChores({
    store,
    clock,
    log,
    life,
    settings,
    intake,
    considerSleep: sleepDesk.consider,
  });
  const ends = new Set<Stop>();
  let counting = false;
  let looking: Promise<unknown> = Promise.resolve();

  /** Who thinks in sleep: the model that is ready now. None is loaded for it. */
  function sleepModel(budgetLeft: () => number): SleepModel | null {
    const model = settings().sleep.model && modelSettings().reasoner === 'auto' ? servers.now() : null;
    return model && createSleepModel({ model, gateway, tokens, fence: mind.fence, settings, budgetLeft });
  }

  /** What is remembered has changed: figures, vectors and pages follow. */
  async function refreshMemory(): Promise<void> {
    await refreshCounts().catch(() => log.warn('counts-failed'));
    await sleepDesk.load();
    embeddings.wake();
    view.emit({ kind: 'memory-changed' });
  }

  /** What is in mind may quote what the owner wants deleted. */
  async function forgetWorking(): Promise<void> {
    const { log, summary, held, focus } = bornNow(clock.now());
    const epoch = mind.working.now.epoch + 1;
    mind.working.now = { ...mind.working.now, log, summary, held, focus, epoch };
    runner.interrupt('erasing');
    await sleepDesk.rouse();
    await store.setState(workingKey, workingToJson(mind.working.now));
  }

  /** After everything was deleted: a new mind in the same folder. */
  async function beginAnew(): Promise<void> {
    mind.working.now = { ...bornNow(clock.now()), epoch: mind.working.now.epoch + 1 };
    await store.setState(workingKey, workingToJson(mind.working.now));
    await refreshMemory();
    runner.wake();
  }

  function snapshot(): Snapshot {
    const { model, page, lmStudio, sleep: sleeping } = settings();
    const { focus } = mind.working.now.focus;
    const { reasoner, why } = reasoners.described();
    const { health, ...seen } = view.parts();
    const problem = ports.settings.problem();
    const { phase, sleep, digest } = sleepDesk.shown();
    return {
      ...seen,
      troubles: problem ? [settingsTrouble(problem, clock.now()), ...seen.troubles] : seen.troubles,
      at: clock.now(),
      life: life.life(),
      stage: phase ?? life.stage(),
      sleep,
      digest,
      focus: focus && { topic: focus.topic, since: focus.since, why: focus.why, strength: focus.strength },
      reasoner: { ...reasoner, why },
      server: keeper.view(),
      sources: ports.sources.map(({ id }) => ({ id, ...health(id) })),
      intake: intake.figures(),
      budget: budget.figures(),
      identity: mind.working.now.identity,
      settings: {
        sleep: { enabled: sleeping.enabled, model: sleeping.model },
        reasoner: model.reasoner,
        baseUrl: model.baseUrl,
        model: model.name,
        folders: [...ports.facts.folders],
        dataDir: ports.facts.dataDir,
        welcomed: page.welcomed,
        hasToken: model.apiKey !== '',
        lmStudio: { start: lmStudio.start, load: lmStudio.load, yield: lmStudio.yield },
      },
    };
  }

  async function refreshCounts(): Promise<void> {
    view.setCounts(await store.counts());
  }

  /** After each write, so that what waits is shown before it is thought about; one count at a time, however fast the writes come. */
  async function countAgain(): Promise<void> {
    if (counting) return;
    counting = true;
    await refreshCounts().catch(() => log.warn('counts-failed'));
    counting = false;
  }

  async function startSource(source: Source): Promise<void> {
    const sink = intake.sink(source);
    const marks = {
      page: (afterKey: string, limit: number) => store.markPage(source.id, afterKey, limit),
      get: (key: string) => store.mark(source.id, key),
    };
    try {
      await source.start(sink, marks);
    } catch (thrown) {
      log.error('source-failed', { source: source.kind });
      sink.health({
        state: 'failed',
        message: messageOf(thrown),
        remedy: 'Restart Reverie; if it stays, please report it.',
      });
    }
  }

  async function recover(): Promise<'paused' | 'running'> {
    life.send('recover');
    const [kept, before] = await Promise.all([
      store.state(workingKey),
      store.state(lifeKey),
      budget.load(),
      sleepDesk.load(),
      refreshMemory(),
    ]);
    const working = workingFromJson(kept, clock.now());
    mind.working.now = { ...working, identity: { ...working.identity, sessions: working.identity.sessions + 1 } };
    await store.setState(workingKey, workingToJson(mind.working.now));
    return before === 'paused' ? 'paused' : 'running';
  }

  async function start(): Promise<void> {
    ends.add(life.onChange(view.changed));
    const before = await recover();
    looking = Promise.all(ports.sources.map(startSource));
    chores.start();
    ends.add(ports.settings.onChange(keeper.settingsChanged));
    life.send(before === 'paused' ? 'pause' : 'wake');
    for (const notice of ports.care.notices) view.setTrouble(notice.key, notice);
    void ports.care.checkLater().then((found) => found && view.setTrouble(found.key, found));
    // The first thought waits for the first answer of the server, so that it is not given to rules by chance.
    looking = Promise.all([looking, keeper.start().then(runner.start)]);
  }

  async function settle(): Promise<void> {
    await looking;
    await Promise.all(ports.sources.map((each) => each.rescan()));
    await intake.flush();
    await runner.rested();
  }

  async function stop(): Promise<void> {
    if (!life.can('stop')) return;
    life.send('stop');
    chores.stop();
    for (const end of ends) end();
    await sleepDesk.stop().then(embeddings.stop);
    await Promise.all([
      runner.stop().then(keeper.stop),
      ...ports.sources.map((each) => each.stop().catch(() => log.warn('source-stop-failed', { source: each.kind }))),
    ]);
    await intake.stop().catch(() => log.error('intake-stop-failed'));
    life.send('stopped');
    view.emit({ kind: 'snapshot-changed', snapshot: snapshot() });
    view.stop();
    await store.close();
  }

  const shown = (observation: StoredObservation): ObservationView => ({
    ...observation,
    text: observationWords(observation),
  });

  return {
    start,
    settle,
    stop,
    send,
    snapshot,
    note: async (text) => ({ id: await intake.write('notes', noteDraft(text)) }),
    query: {
      insights: ({ limit, before }) => store.insights(before === undefined ? { limit } : { limit, before }),
      evidence: async (ids) => (await store.observations(ids)).map(shown),
      recent: async (limit) => (await store.recentObservations(limit)).map(shown),
      proposals: (limit) => store.proposals(limit),
      deadLetters: async (limit) =>
        (await store.deadLetters(limit)).map((each) => ({
          ...each,
          observation: shown({ ...each.observation, salience: null, status: 'dead' }),
        })),
      search: memoryDesk.search,
      model: modelDesk.view,
      memories: memoryDesk.find,
      memory: memoryDesk.detail,
      tombstones: memoryDesk.tombstones,
      dreams: sleepDesk.view,
    },
    subscribe: view.subscribe,
  };
}
