import { topicKey } from '../attend/noise.ts';
import { messageOf, ok } from '../errors.ts';
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
import { cyclesTrouble, nearlySpentTrouble, settingsTrouble, writeTrouble } from '../loop/troubles.ts';
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
import type { Command, Door, ObservationView, Outcome, Snapshot } from '../protocol.ts';
import type { Settings } from '../settings.ts';
import { createSleepModel } from '../sleep/model/create-sleep-model.ts';
import type { SleepModel } from '../sleep/phase.ts';
import { createSleeper } from '../sleep/sleeper.ts';
import { createBreaker } from '../think/gateway/breaker.ts';
import { createBudget } from '../think/gateway/budget.ts';
import { createGateway } from '../think/gateway/gateway.ts';
import { createReasoners } from '../think/reasoners.ts';
import { createTokenCounter } from '../think/tokens.ts';
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

const lifeKey = 'life';
const serverKey = 'model-server';
const secondLookEveryMs = 15_000;
const tidyEveryMs = 3_600_000;
const considerEveryMs = 30_000;
const dayMs = 86_400_000;

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
    courtesy: async ({ lane, model }, signal) =>
      lane === 'owner' || model.traits.remote ? ok(null) : keeper.quiet(() => gateway.figures().running.length, signal),
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
    onAwake() {
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
    onChange: (what) => void (what === 'all' ? beginAnew() : refreshMemory()),
  });
  const ends = new Set<Stop>();
  let counting = false;
  let looking: Promise<unknown> = Promise.resolve();

  /** Who thinks in sleep: the model that is ready now. None is loaded for it. */
  function sleepModel(): SleepModel | null {
    const model = settings().sleep.model && modelSettings().reasoner === 'auto' ? servers.now() : null;
    return model && createSleepModel({ model, gateway, tokens, fence: mind.fence, settings });
  }

  /** What is remembered has changed: figures, vectors and pages follow. */
  async function refreshMemory(): Promise<void> {
    await refreshCounts().catch(() => log.warn('counts-failed'));
    embeddings.wake();
    view.emit({ kind: 'memory-changed' });
  }

  /** After everything was deleted: a new mind in the same folder. */
  async function beginAnew(): Promise<void> {
    mind.working.now = bornNow(clock.now());
    await store.setState(workingKey, workingToJson(mind.working.now));
    await refreshMemory();
  }

  /** Keeps every bound of the store, in small pieces, so that nobody waits long behind one. */
  async function tidy(): Promise<void> {
    const { observationDays, episodeDays, insightDays, insightsAtMost } = settings().store;
    const before = (days: number) => clock.now() - days * dayMs;
    const bounds = {
      observationsBefore: before(observationDays),
      episodesBefore: before(episodeDays),
      insightsBefore: before(insightDays),
      insightsAtMost,
      historyBefore: before(insightDays),
    };
    while (life.can('stop') && (await store.tidy(bounds)).more);
    await store.bury(before(settings().memory.tombstoneDays));
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

  function every(ms: number, task: () => Promise<unknown>): void {
    let cancel: Stop;
    const again = () => {
      cancel = clock.after(
        ms,
        () =>
          void task()
            .catch(() => log.warn('task-failed'))
            .finally(() => life.can('stop') && again()),
      );
    };
    again();
    ends.add(() => cancel());
  }

  /** Second looks that fell due become observations of our own, which never raise more of the same (DE4). */
  async function lookAgain(): Promise<void> {
    if (life.life() !== 'running') return;
    for (const { target, expected, episodeId } of await store.dueWatches(clock.now()))
      await intake.write('reverie', {
        type: 'second-look',
        target,
        severity: 'info',
        trust: 'app',
        details: { expected, episode: episodeId },
      });
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
    every(secondLookEveryMs, lookAgain);
    every(tidyEveryMs, tidy);
    every(considerEveryMs, async () => sleepDesk.consider());
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

  async function send(command: Command): Promise<Outcome> {
    switch (command.kind) {
      case 'pause':
      case 'resume':
        return move(command.kind);
      case 'judge-insight':
        return judge(command.id, command.verdict);
      case 'replay-dead-letter':
        return replay(command.id);
      case 'change-settings': {
        const saved = ports.settings.update(command.patch);
        view.changed();
        return saved.ok ? { ok: true } : { ok: false, message: saved.failure.message };
      }
      case 'clear-focus':
        mind.working.now = { ...mind.working.now, focus: { focus: null, rival: null } };
        view.changed();
        await store.setState(workingKey, workingToJson(mind.working.now));
        return { ok: true };
      case 'load-model':
        return loadFor(command);
      case 'start-server':
      case 'get-model':
      case 'unload-model':
      case 'test-model':
      case 'try-again':
        return modelDesk.send(command);
      case 'sleep-now':
      case 'dream-now':
      case 'wake':
        return sleepDesk.send(command);
      case 'pin-memory':
      case 'correct-memory':
      case 'forget-memory':
      case 'bring-back':
      case 'delete-memory':
      case 'export-memory':
      case 'delete-everything':
        return memoryDesk.send(command);
      case 'dismiss-trouble':
        view.setTrouble(command.key, null);
        return { ok: true };
    }
  }

  /** What the owner loads for a role is the role's from then on; a click that was refused changes nothing. */
  async function loadFor(command: Extract<Command, { kind: 'load-model' }>): Promise<Outcome> {
    const { role, key } = command;
    const begun = await modelDesk.send(command);
    if (!begun.ok) return begun;
    const patch = role === 'thinker' ? { name: key } : { roles: { [role]: key } };
    const saved = ports.settings.update({ model: patch });
    return saved.ok ? begun : { ok: false, message: saved.failure.message };
  }

  /** At once (LO7): a running thought ends, its batch waits. It stays paused over a restart. */
  async function move(to: 'pause' | 'resume'): Promise<Outcome> {
    if (!life.can(to))
      return {
        ok: false,
        message: to === 'pause' ? 'Reverie is not running, so it cannot be paused.' : 'Reverie is not paused.',
      };
    life.send(to);
    if (to === 'pause') runner.interrupt('paused');
    await store.setState(lifeKey, life.life());
    runner.wake();
    return { ok: true };
  }

  async function judge(id: string, verdict: 'useful' | 'less' | null): Promise<Outcome> {
    const before = await store.insight(id);
    if (!before) return { ok: false, message: 'That insight is not there any more.' };
    await store.setVerdict(id, verdict);
    const by = (verdict === 'less' ? 1 : 0) - (before.verdict === 'less' ? 1 : 0);
    if (by !== 0)
      await store.addLessOf((await store.observations(before.evidenceIds)).map(topicKey), by === 1 ? 1 : -1);
    view.emit({ kind: 'insight-judged', insight: { ...before, verdict } });
    return { ok: true };
  }

  async function replay(id: string): Promise<Outcome> {
    if (!(await store.replay(id))) return { ok: false, message: 'That observation is not set aside any more.' };
    view.setTrouble('set-aside', null);
    runner.wake();
    return { ok: true };
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
