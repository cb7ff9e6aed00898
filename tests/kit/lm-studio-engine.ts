import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../core/host/engine.ts';
import { serverEmbedderOf, serverModel } from '../../core/host/live.ts';
import { systemClock, systemRandom } from '../../core/host/system.ts';
import { createTraceReader } from '../../core/lmstudio/driver/home.ts';
import { createLmStudio } from '../../core/lmstudio/driver/lm-studio.ts';
import { createLms } from '../../core/lmstudio/driver/lms.ts';
import type { LmStudio } from '../../core/lmstudio/lm-studio.ts';
import type { Clock, Log, Sink, Source, Store } from '../../core/ports.ts';
import type { EngineEvent, Snapshot } from '../../core/protocol.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { createRuleReasoner } from '../../core/think/models/rules.ts';
import type { ObservationDraft } from '../../core/types.ts';
import { temporaryFolder } from './data-dir.ts';
import { hostParts } from './host-parts.ts';
import { writeHome } from './lmstudio/home.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from './lmstudio/simulator.ts';
import { memoryStore } from './memory-store.ts';
import { noCare } from './no-care.ts';
import { draft } from './nouns.ts';
import { settingsPort } from './settings-port.ts';
import { waitFor } from './wait-for.ts';

/**
 * A whole engine with the real LM Studio driver, before a simulated machine with LM Studio on it: real HTTP, real `lms` processes (the
 * double's), a store in memory, and one source that says what the test wants seen.
 */
export interface StudioWorld {
  /** The home folder of the person at the simulated machine. */
  userHome: string;
  simulator: Simulator;
  engine: Engine;
  settings: Settings;
  store: Store;
  /** Every event that the engine told, in order. */
  events: EngineEvent[];
  /** Every warning and error that was logged. */
  logged: string[];
  /** Offers a change, or what else happened to the target, and resolves with the snapshot after it was thought about. */
  see(target: string, more?: Partial<ObservationDraft>): Promise<Snapshot>;
  /** The same, and waits for nothing. */
  offer(target: string, more?: Partial<ObservationDraft>): void;
  /** LM Studio is installed, as a person would. */
  install(): void;
  /** Waits for a state of the server. */
  stands(state: Snapshot['server']['state']): Promise<Snapshot['server']>;
  /** Whether a look at the server is under way. */
  looking(): boolean;
  end(): Promise<void>;
}

export interface StudioOptions {
  simulator?: SimulatorOptions;
  /** Changes the default settings. Polls are quick unless changed. */
  settings?: (settings: Settings) => void;
  /** `missing`: HTTP only. */
  lms?: 'double' | 'missing';
  /** Nothing of the family is installed. */
  installed?: 'lm-studio' | null;
  clock?: Clock;
  store?: Store;
}

export async function studioWorld(options: StudioOptions = {}): Promise<StudioWorld> {
  const clock = options.clock ?? systemClock;
  const user = temporaryFolder('studio');
  const home = join(user.path, '.lmstudio');
  mkdirSync(user.path, { recursive: true });
  const simulator = await createSimulator({ clock, home, ...options.simulator });
  const { controlPort } = simulator;
  const install = (what: 'lm-studio' | null) =>
    writeHome({ home: user.path, controlPort, installed: what, restPort: null, internalPort: null });
  install(options.installed === undefined ? 'lm-studio' : options.installed);
  const settings = defaultSettings();
  settings.lmStudio.pollMs = 100;
  options.settings?.(settings);
  const logged: string[] = [];
  const keepLog = (event: string, fields?: object) => void logged.push(`${event} ${JSON.stringify(fields ?? {})}`);
  const log: Log = { debug() {}, info() {}, warn: keepLog, error: keepLog };
  const store = options.store ?? memoryStore();
  const told: Sink[] = [];
  const source: Source = {
    id: 'files:/shop',
    kind: 'files',
    async start(sink) {
      told.push(sink);
      sink.health({ state: 'watching', message: 'says what the test wants seen' });
    },
    rescan: async () => undefined,
    stop: async () => undefined,
  };
  const { platform } = process;
  const traces = createTraceReader({ userHome: user.path, platform, clock });
  const lms = createLms({
    settings: () => settings.lmStudio,
    homes: async () => (options.lms === 'missing' ? [] : (await traces()).homes),
    userHome: options.lms === 'missing' ? '/nonexistent' : user.path,
    log,
  });
  // No default ports: another program of this machine must not take part.
  const ports = { rest: [], internal: [] };
  const real = createLmStudio({ settings: () => settings, userHome: user.path, platform, lms, clock, log, ports });
  let looking = 0;
  const lmStudio: LmStudio = {
    ...real,
    look: (signal) => {
      looking += 1;
      return real.look(signal).finally(() => {
        looking -= 1;
      });
    },
  };
  const engine = createEngine({
    store,
    care: noCare,
    clock,
    random: systemRandom,
    log,
    settings: settingsPort(settings),
    models: { rules: createRuleReasoner(), server: serverModel(log), embedder: serverEmbedderOf(log) },
    lmStudio,
    ...hostParts(source),
  });
  const events: EngineEvent[] = [];
  engine.subscribe((event) => events.push(event));

  let seen = 0;
  function offer(target: string, more: Partial<ObservationDraft> = {}): void {
    seen += 1;
    const details = { added: 3 + seen, removed: 1, place: '/shop', path: target };
    told[0]?.offer(draft({ target, severity: 'warning', details, ...more }));
  }

  return {
    userHome: user.path,
    simulator,
    engine,
    settings,
    store,
    events,
    logged,
    offer,
    looking: () => looking > 0,
    async see(target, more) {
      const before = engine.snapshot().counts.episodes;
      offer(target, more);
      await waitFor(`a thought about ${target}`, () => engine.snapshot().counts.episodes > before);
      return engine.snapshot();
    },
    install: () => void install('lm-studio'),
    stands: (state) =>
      waitFor(`the server to be ${state}`, () => {
        const { server } = engine.snapshot();
        return server.state === state ? server : null;
      }),
    async end() {
      await engine.stop();
      await simulator.close();
      user.remove();
    },
  };
}
