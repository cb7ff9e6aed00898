import { idMaker } from '../ids.ts';
import type { LmStudio } from '../lmstudio/lm-studio.ts';
import { serverEmbedder } from '../lmstudio/server-embedder.ts';
import type { Target } from '../lmstudio/target.ts';
import { identityShown } from '../loop/identity.ts';
import { createKeeping } from '../loop/keeping.ts';
import { createLife } from '../loop/life.ts';
import { bornNow, type Mind } from '../loop/mind.ts';
import { createRunner } from '../loop/runner.ts';
import { cyclesTrouble, settingsTrouble, sleepTrouble, writeTrouble } from '../loop/troubles.ts';
import { createIntake } from '../observe/intake.ts';
import { noteDraft } from '../observe/sources/notes.ts';
import type {
  Clock,
  Embedder,
  Log,
  Model,
  Random,
  SettingsPort,
  Shell,
  Stop,
  Store,
  StoreCare,
  WatchPlan,
} from '../ports.ts';
import type { Door, Snapshot } from '../protocol.ts';
import type { IgnorePreview } from '../protocol-owner.ts';
import type { Settings } from '../settings.ts';
import { createSleepModel } from '../sleep/model/create-sleep-model.ts';
import type { SleepModel } from '../sleep/phase.ts';
import { createSleeper } from '../sleep/sleeper.ts';
import { createAlertDesk } from './alert-desk.ts';
import { createAskDesk } from './ask-desk.ts';
import { createChores } from './chores.ts';
import { createCommands, lifeKey } from './commands.ts';
import { createEmbeddingDesk } from './embedding-desk.ts';
import { createMemoryDesk } from './memory-desk.ts';
import { createModelAccess } from './model-access.ts';
import { createNowView } from './now-view.ts';
import { createPowerDesk } from './power-desk.ts';
import { createQueries } from './queries.ts';
import { createSettingsDesk } from './settings-desk.ts';
import { createSleepDesk } from './sleep-desk.ts';
import { createSourceDesk } from './source-desk.ts';

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
  /** What is to be watched under these settings. */
  watching: (watch: Settings['watch']) => WatchPlan;
  /** What ignore rules would leave out of the watched folders, as far as was seen before the signal aborted. */
  previewIgnore: (rules: readonly string[], signal: AbortSignal) => Promise<IgnorePreview>;
  shell: Shell;
  /** Where the data lives, shown to the owner; and the memory of the machine, for advice. */
  facts: { dataDir: string; settingsFile: string; memoryBytes: number };
}

export interface Engine extends Door {
  /** Recovers what was kept, then observes and thinks until stopped. Resolves when it runs; sources report for themselves. */
  start(): Promise<void>;
  /** Resolves when every source has looked, everything seen is written, and nothing waits for a thought. */
  settle(): Promise<void>;
  /** Ends sources, thoughts and timers, writes what waits, closes the store. Idempotent. */
  stop(): Promise<void>;
}

/** Puts the mind together: intake pump, thinking loop, reasoners, and the door through which hosts see it. */
export function createEngine(ports: EnginePorts): Engine {
  const { store, clock, log } = ports;
  const settings = () => ports.settings.current();
  const nextId = idMaker(clock, ports.random);
  const life = createLife();
  const pending = () => view.parts().counts.pending;
  const view = createNowView({ clock, snapshot });
  const powerDesk = createPowerDesk({ power: ports.shell.power, settings: () => settings().power });
  const { tokens, budget, keeper, servers, gateway, reasoners, ...access } = createModelAccess(ports, view, powerDesk);
  const modelSettings = () => settings().model;
  const mind: Mind = {
    store,
    clock,
    log,
    nextId,
    life,
    settings,
    fence: nextId().slice(-8).toLowerCase(),
    working: { now: bornNow(clock.now()) },
    run: { startedAt: clock.elapsed(), beforeMs: 0 },
    vectorFor: (text) => embeddings.vectorFor(text),
    thinking: { gateway, reasoners, tokens, clock, log, settings: modelSettings, onFailure: view.failed },
    news: {
      ...view.news,
      insightFormed(insight) {
        view.news.insightFormed(insight);
        alertDesk.formed(insight);
      },
    },
  };
  const keeping = createKeeping(mind);
  const runner = createRunner({
    mind,
    random: ports.random,
    held: powerDesk.isSuspended,
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
      alertDesk.heard(observations);
      embeddings.wake();
      runner.wake();
      void countAgain();
      view.changed();
    },
    onTrouble: (failure) => view.setTrouble('store', failure ? writeTrouble(failure, clock.now()) : null),
  });
  const sources = createSourceDesk({
    plan: ports.watching,
    settings: () => settings().watch,
    intake,
    store,
    log,
    onChange: view.changed,
  });
  const settingsDesk = createSettingsDesk({
    settings: ports.settings,
    shell: ports.shell,
    facts: ports.facts,
    watching: sources.folders,
    preview: ports.previewIgnore,
    emit: view.emit,
    onChange: view.changed,
  });
  const embeddings = createEmbeddingDesk({
    store,
    embedder: serverEmbedder(keeper, ports.models.embedder),
    gateway,
    stillThere: (key, signal) => keeper.stillThere(key, signal),
    clock,
    log,
    idle: () => life.stage() === 'resting' && pending() === 0 && !powerDesk.spares() && !powerDesk.isSuspended(),
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
    running: {
      now: () => mind.working.now.summary,
      replace: (of, by) => (mind.working.now.summary === of ? keeping.keep({ summary: by }) : Promise.resolve()),
    },
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
      set: (rhythm) => keeping.keep({ rhythm }),
    },
    pending,
    power: powerDesk,
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
  const alertDesk = createAlertDesk({
    store,
    clock,
    log,
    life,
    nextId,
    settings: () => settings().alerts,
    isAway: powerDesk.isAway,
    raise: (alert) => view.emit({ kind: 'alert-raised', alert }),
    changed: (insight) => view.emit({ kind: 'insight-changed', insight }),
  });
  const askDesk = createAskDesk({
    store,
    clock,
    log,
    gateway,
    tokens,
    settings: modelSettings,
    model: access.stillReady,
    standing: () => keeper.view().what,
    rules: () => reasoners.rules().reasoner,
    // It is found out why, and mended as after a thought, but no question waits for that.
    onFailure: (failure, model) =>
      void servers.failed(failure, model, asking.signal).catch(() => log.info('model-not-mended')),
    vectorFor: embeddings.vectorFor,
    focus: () => mind.working.now.focus.focus,
    troubles: () => view.parts().troubles,
    fence: mind.fence,
    nextId,
    emit: view.emit,
  });
  const send = createCommands({
    mind,
    runner,
    view,
    settings: ports.settings,
    modelDesk: access.desk,
    sleepDesk,
    memoryDesk,
    settingsDesk,
    askDesk,
  });
  const chores = createChores({
    store,
    clock,
    log,
    life,
    settings,
    intake,
    considerSleep: sleepDesk.consider,
    lookAtSettings: ports.settings.look,
  });
  const ends = new Set<Stop>();
  const startedAt = clock.now();
  const asking = new AbortController();
  let counting = false;
  let looking: Promise<unknown> = Promise.resolve();

  /** Who thinks in sleep: the model that is ready now. None is loaded for it. */
  function sleepModel(budgetLeft: () => number): SleepModel | null {
    const model = settings().sleep.model ? access.ready() : null;
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
    const forgotten = keeping.forget();
    runner.interrupt('erasing');
    askDesk.letGo();
    await Promise.all([sleepDesk.rouse(), forgotten]);
  }

  /** After everything was deleted: a new mind in the same folder. */
  async function beginAnew(): Promise<void> {
    await keeping.beginAnew();
    await alertDesk.load();
    await refreshMemory();
    runner.wake();
  }

  function snapshot(): Snapshot {
    const { model, page, lmStudio, sleep: sleeping } = settings();
    const { focus } = mind.working.now.focus;
    const { reasoner, why } = reasoners.described();
    const seen = view.parts();
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
      sources: sources.shown(),
      intake: intake.figures(),
      budget: {
        ...budget.figures(),
        cycles: { used: runner.cyclesToday(), limit: settings().budget.cyclesPerDay },
      },
      identity: identityShown(mind.working.now.identity, {
        startedAt,
        uptimeBeforeMs: mind.run.beforeMs,
        threshold: settings().attend.threshold,
      }),
      host: settingsDesk.host(),
      power: powerDesk.shown(),
      settings: {
        sleep: { enabled: sleeping.enabled, model: sleeping.model },
        reasoner: model.reasoner,
        baseUrl: model.baseUrl,
        model: model.name,
        folders: [...sources.folders()],
        dataDir: ports.facts.dataDir,
        welcomed: page.welcomed,
        theme: page.theme,
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

  async function recover(): Promise<'paused' | 'running'> {
    life.send('recover');
    const [before] = await Promise.all([
      store.state(lifeKey),
      keeping.recover(),
      budget.load(),
      sleepDesk.load(),
      alertDesk.load(),
      refreshMemory(),
    ]);
    return before === 'paused' ? 'paused' : 'running';
  }

  async function start(): Promise<void> {
    ends.add(life.onChange(view.changed));
    const before = await recover();
    await sources.follow();
    chores.start();
    ends.add(ports.settings.onChange(keeper.settingsChanged));
    ends.add(ports.settings.onChange(() => void sources.follow()));
    // A larger budget may let a loop go on that had stopped for the day.
    ends.add(ports.settings.onChange(runner.wake));
    ends.add(ports.settings.onChange(view.changed));
    settingsDesk.start();
    powerDesk.start({
      suspended() {
        runner.interrupt('suspended');
        sleepDesk.putOff();
      },
      resumed: comeBack,
      spared: sleepDesk.putOff,
      ownerIsBack: alertDesk.ownerIsBack,
      changed: view.changed,
    });
    life.send(before === 'paused' ? 'pause' : 'wake');
    for (const notice of ports.care.notices) view.setTrouble(notice.key, notice);
    void ports.care.checkLater().then((found) => found && view.setTrouble(found.key, found));
    // The first thought waits for the first answer of the server, so that it is not given to rules by chance.
    looking = keeper.start().then(runner.start);
  }

  /** The machine may have been elsewhere meanwhile, and the files with it: everything is looked at again. */
  function comeBack(): void {
    void sources.rescan().catch(() => log.warn('rescan-failed'));
    void access.desk.send({ kind: 'try-again' }).catch(() => log.info('server-not-looked-for'));
    runner.wake();
    sleepDesk.consider();
  }

  async function settle(): Promise<void> {
    await Promise.all([looking, sources.looked()]);
    await sources.rescan();
    await intake.flush();
    await runner.rested();
  }

  async function stop(): Promise<void> {
    if (!life.can('stop')) return;
    life.send('stop');
    chores.stop();
    for (const end of ends) end();
    asking.abort(new Error('the program ends'));
    await askDesk.stop();
    await sleepDesk.stop().then(embeddings.stop);
    settingsDesk.stop();
    powerDesk.stop();
    await Promise.all([runner.stop().then(keeping.keepUptime).then(keeper.stop), sources.stop()]);
    await alertDesk.stop();
    await intake.stop().catch(() => log.error('intake-stop-failed'));
    life.send('stopped');
    view.emit({ kind: 'snapshot-changed', snapshot: snapshot() });
    view.stop();
    await store.close();
  }

  return {
    start,
    settle,
    stop,
    send,
    snapshot,
    note: async (text) => ({ id: await intake.write('notes', noteDraft(text)) }),
    query: createQueries({ store, memoryDesk, modelDesk: access.desk, sleepDesk, askDesk, settingsDesk }),
    ask: askDesk.ask,
    pickFolder: settingsDesk.pickFolder,
    subscribe: view.subscribe,
  };
}
