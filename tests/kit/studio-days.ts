import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { serverModel } from '../../core/host/live.ts';
import { systemClock } from '../../core/host/system.ts';
import { createLmStudio } from '../../core/lmstudio/driver/lm-studio.ts';
import { createLms } from '../../core/lmstudio/driver/lms.ts';
import type { LmStudio } from '../../core/lmstudio/lm-studio.ts';
import type { Clock, Log, Model } from '../../core/ports.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { temporaryFolder } from './data-dir.ts';
import { writeHome } from './lmstudio/home.ts';
import { createSimulator, type Simulator } from './lmstudio/simulator.ts';
import { type SimulatedDays, simulatedDays } from './simulated-days.ts';

/** The model that is loaded on the simulated machine. */
export const demo = 'acme/demo-8b';

/** Simulated days with a model: the real driver and the real client before a simulated LM Studio, over HTTP on 127.0.0.1. */
export interface StudioDays extends SimulatedDays {
  simulator: Simulator;
}

/** LM Studio runs, its server is on and its owner has loaded a model, which answers as `answers` says; then the engine is started. */
export async function studioDays(options: {
  answers: Simulator['answers'];
  settings?: (settings: Settings) => void;
}): Promise<StudioDays> {
  const user = temporaryFolder('studio-days');
  const home = join(user.path, '.lmstudio');
  mkdirSync(user.path, { recursive: true });
  const simulator = await createSimulator({ home, answers: options.answers });
  const { controlPort } = simulator;
  writeHome({ home: user.path, controlPort, installed: 'lm-studio', restPort: null, internalPort: null });
  await simulator.launch();
  await simulator.startServer();
  await simulator.load(demo, { contextLength: 8_192 });
  const wire = createWire();
  const makeModel = serverModel(silent);
  const world = await simulatedDays({
    lmStudio: wire.lmStudio(driver(user.path)),
    servers: (target, settings) => wire.model(makeModel(target, settings)),
    still: wire.still,
    settings(settings) {
      patient(settings);
      options.settings?.(settings);
    },
  });
  return {
    ...world,
    simulator,
    async end() {
      await world.end();
      await simulator.close();
      user.remove();
    },
  };
}

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Whatever takes real time at the server may take as long as it does, and a quiet night is not spent on looking. */
function patient(settings: Settings): void {
  Object.assign(settings.model, { connectMs: 600_000, inactivityMs: 600_000, callMs: 3_600_000 });
  settings.lmStudio.pollMs = 600_000;
}

/** No look ends by time: simulated time stands while one is under way. */
const unhurried: Clock = { ...systemClock, after: () => () => undefined };

function driver(userHome: string): LmStudio {
  const settings = defaultSettings();
  const lms = createLms({
    settings: () => settings.lmStudio,
    homes: async () => [],
    userHome: '/nonexistent',
    log: silent,
  });
  // No default ports: another program of this machine must not take part.
  const ports = { rest: [], internal: [] };
  const { platform } = process;
  return createLmStudio({ settings: () => settings, userHome, platform, lms, clock: unhurried, log: silent, ports });
}

/** So many turns of the event loop without anything under way: what comes next of what just ended has begun by then. */
const calmTurns = 3;

/** Knows what is under way over HTTP, so that simulated time can wait for it. */
function createWire() {
  let underway = 0;
  async function during<T>(work: Promise<T>): Promise<T> {
    underway += 1;
    try {
      return await work;
    } finally {
      underway -= 1;
    }
  }
  async function* answer(model: Model, ...asked: Parameters<Model['answer']>): ReturnType<Model['answer']> {
    const events = model.answer(...asked)[Symbol.asyncIterator]();
    try {
      for (let next = await during(events.next()); !next.done; next = await during(events.next())) yield next.value;
    } finally {
      await events.return?.();
    }
  }
  return {
    async still(): Promise<void> {
      for (let calm = 0; calm < calmTurns; calm = underway > 0 ? 0 : calm + 1)
        await new Promise((next) => setImmediate(next));
    },
    lmStudio: (real: LmStudio): LmStudio => ({
      ...real,
      look: (signal) => during(real.look(signal)),
      greets: (signal) => during(real.greets(signal)),
      atWork: (signal) => during(real.atWork(signal)),
    }),
    model: (real: Model): Model => ({
      get reasoner() {
        return real.reasoner;
      },
      get traits() {
        return real.traits;
      },
      answer: (request, signal) => answer(real, request, signal),
      probe: (signal) => during(real.probe(signal)),
    }),
  };
}
