import type { IncomingHttpHeaders } from 'node:http';
import { systemClock } from '../../../core/host/system.ts';
import type { Clock } from '../../../core/ports.ts';
import { decisionReply } from '../scripted-server.ts';
import { type CatalogModel, defaultCatalog, downloadable, strangeModel } from './catalog.ts';
import { type Controlled, controlHandler } from './control.ts';
import { createFaults, type Faults } from './faults.ts';
import { createMemory } from './instances.ts';
import type { Hold, Step } from './pace.ts';
import { type ProfileName, profiles } from './profiles.ts';
import { createDownloads } from './server-downloads.ts';
import { loadByHand, occupy } from './server-hands.ts';
import type { Machine } from './server-machine.ts';
import { createPort } from './server-port.ts';
import { createProgram } from './server-program.ts';
import { restHandler } from './server-rest.ts';

/**
 * A simulated machine with LM Studio on it, for stories and tests: the program, its REST server, models in memory, and a control port for
 * the `lms` double. It is a fake: it holds no model and thinks nothing, and what it says is scripted. Shapes and habits follow
 * section 9 of the reference; each version's differences stand in profiles.ts, what can go wrong in faults.ts.
 */
export interface SimulatorOptions {
  /** `0.4.21` when absent. */
  profile?: ProfileName;
  /** `daemon` is llmster, the program without a window; the profile's own product when absent. */
  product?: 'lmstudio' | 'daemon' | 'bionic';
  /** Times everything but the idle end of connections; the machine's own clock when absent. */
  clock?: Clock;
  /** Whether a first call loads its model by itself; true when absent. */
  jit?: boolean;
  /** Whether a model loaded that way pushes out the one before; true when absent. */
  autoEvict?: boolean;
  /** Idle time after which a model loaded that way goes; an hour when absent. */
  jitTtlMs?: number;
  /** Wanted as bearer token on every route but the greeting, where the profile knows tokens; null: none. */
  token?: string | null;
  cors?: boolean;
  /** Window of a model that is loaded without one; 4096 when absent. */
  defaultContext?: number;
  /** Requests that one instance works on at a time; the profile's when absent. */
  slots?: number;
  /** Before each token. 0 when absent, as the next two. */
  tokenDelay?: Step;
  /** Before the first token. */
  prefill?: Step;
  /** A load as a whole; a hold stands at each quarter of it. */
  load?: Step;
  /** A download as a whole; a hold stands at each quarter of it. */
  download?: Step;
  /** `defaultCatalog` of catalog.ts when absent. */
  catalog?: readonly CatalogModel[];
  /** What can be downloaded; `downloadable` of catalog.ts when absent. */
  shop?: readonly CatalogModel[];
  /** Loads beyond this are refused with the guardrail's words; no limit when absent. */
  memoryBytes?: number;
  /** The program's own home (`~/.lmstudio`): its `.internal` files are kept there (Bionic: under `apps/bionic`); none when absent. */
  home?: string;
  /** Port of the REST server, kept over restarts; 0 (any that is free) when absent. */
  port?: number;
  /** Port of the internal server, kept too; 0 when absent. */
  internalPort?: number;
  /** After which the REST server closes an idle connection; 5000 when absent. Real time. */
  keepAliveMs?: number;
  answers?: Simulator['answers'];
}

export interface LoadOptions {
  /** Id of the instance; the key, or `key:2` and so on, when absent. Taken ids are refused. */
  identifier?: string;
  contextLength?: number;
  parallel?: number;
  ttlSeconds?: number;
}

/** An instance as a person at the machine would see it. */
export interface InstanceView {
  id: string;
  key: string;
  type: CatalogModel['type'];
  state: 'loading' | 'loaded';
  contextTokens: number;
  parallel: number;
  ttlMs: number | null;
  /** Who had it loaded. */
  loadedBy: 'owner' | 'jit' | 'rest' | 'lms';
  status: 'idle' | 'processingPrompt' | 'generating' | 'computingEmbedding';
  /** Requests at it, the running ones included. */
  queued: number;
  lastUsedAt: number | null;
}

/** One request to the REST server. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** As text; empty when there was none. */
  body: string;
  /** The clock's wall time when it had arrived. */
  at: number;
}

export interface AskedChat {
  model?: string;
  messages?: { role: string; content: string }[];
  stream?: boolean;
  response_format?: unknown;
  [field: string]: unknown;
}

/** What the model is to say; or a whole answer of the server, whatever it may be. */
export type Answer =
  | {
      text: string;
      /** Where it thinks is the model's and the version's matter, unless `place` says so. */
      reasoning?: { text: string; place?: 'reasoning_content' | 'reasoning' | 'think' | 'open-think' };
      /** Characters per token; 8 when absent. */
      chunkChars?: number;
      finish?: 'stop' | 'length';
      /** Before each token, instead of the simulator's own pace. */
      tokenDelay?: Step;
    }
  | { status: number; body: unknown; headers?: Record<string, string> };

/** What the `lms` double is told to do wrong; it reads them with the control verb `state`. */
export interface LmsKnobs {
  /** Commands (`ps`, `version`, `server status`, …; `*`: all) that never answer. */
  hang: string[];
  /** Commands that print 10 MB. */
  flood: string[];
  /** It speaks Chinese. */
  chinese: boolean;
  /** How it dies as soon as it is started. */
  dies: 'SIGILL' | 'ENOENT' | null;
  /** How long the double takes over waking the program; control's `wake` itself answers at once. Real time. */
  wakeDelayMs: number;
  /** It behaves like a much older one. */
  old: boolean;
}

export interface Simulator {
  /** Starts the program. Its server comes up with it when it was on at the last `quit`. */
  launch(): Promise<void>;
  /** Ends the program: server, models and their work are gone. */
  quit(): Promise<void>;
  /** The program as a crash leaves it: gone, its files still there. */
  die(): Promise<void>;
  running(): boolean;
  /** Turns the REST server on; resolves with its port. Rejects when the program does not run or the port is taken. */
  startServer(options?: { port?: number; cors?: boolean; networkInterface?: string }): Promise<number>;
  stopServer(): Promise<void>;
  /** `http://127.0.0.1:<port>` of the REST server, where it is or was or will be; a port that nobody has before its first start. */
  baseUrl(): string;
  /** The REST server's port while it is on. */
  restPort(): number | null;
  /** The internal server's port while the program runs. */
  internalPort(): number | null;
  /** For the `lms` double; open from the start until `close`. */
  readonly controlPort: number;
  /** The owner loads a model by hand; resolves with the instance's id, rejects with the words the program would show. */
  load(key: string, options?: LoadOptions): Promise<string>;
  /** The owner unloads; false when there is no such instance. What it worked on ends with an error. */
  unload(id: string): boolean;
  /** The instance's process dies; false when there is no such instance. */
  crash(id: string): boolean;
  /** Somebody else's request keeps one slot generating until `hold` opens; resolves when it is over. */
  busyWith(id: string, hold: Hold): Promise<void>;
  readonly faults: Faults;
  readonly lms: LmsKnobs;
  /** What can be changed while it runs. */
  readonly settings: {
    jit: boolean;
    autoEvict: boolean;
    jitTtlMs: number;
    token: string | null;
    cors: boolean;
    defaultContext: number;
    memoryBytes: number;
    tokenDelay: Step;
    prefill: Step;
    load: Step;
    download: Step;
  };
  /** Answers to come, first first; or a function of the request. When the queue is empty: a valid decision about the prompt. */
  answers: Answer[] | ((request: AskedChat) => Answer);
  /** Every request to the REST server, in order of arrival. */
  readonly requests: SeenRequest[];
  /** Requests for an answer, in order of arrival. */
  chats(): SeenRequest[];
  /** Chats, completions and embeddings that came to an instance over REST. */
  inferences(): number;
  /** Loads begun, by whomever. */
  loads(): number;
  /** Instances in memory, loading ones included. */
  instancesNow(): InstanceView[];
  /** Ends everything, the control port included. Idempotent. */
  close(): Promise<void>;
}

/** Builds the machine with its program closed; only the control port is open. `close` ends it. */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { clock = systemClock, catalog: onDisk, shop = downloadable } = options;
  const profileName = options.profile ?? '0.4.21';
  const profile = profiles[profileName];
  const faults = createFaults();
  const settings = settingsOf(options);
  const catalog = [...(onDisk ?? [...defaultCatalog, ...(profile.product === 'bionic' ? [strangeModel] : [])])];
  const memory = createMemory({ clock, profile, faults, settings, slots: options.slots ?? profile.slots });
  const downloads = createDownloads({ clock, faults, settings, shop, catalog });
  const requests: SeenRequest[] = [];
  let inferences = 0;
  const machine: Machine = {
    profile,
    clock,
    settings,
    faults,
    memory,
    downloads,
    catalog: () => catalog,
    nextAnswer(chat) {
      const { answers } = simulator;
      return typeof answers === 'function' ? answers(chat) : (answers.shift() ?? sayDecision(chat));
    },
    countInference: () => (inferences += 1),
  };
  const program = await createProgram(
    machine,
    restHandler(machine, (request) => requests.push(request)),
    options,
  );
  const lms: LmsKnobs = { hang: [], flood: [], chinese: false, dies: null, wakeDelayMs: 0, old: false };
  const controlled: Controlled = {
    ...machine,
    ...program,
    state: () => ({ ...program.facts(), cli: profile.cli, knobs: lms }),
  };
  const control = await createPort(controlHandler(controlled), 0);
  await control.open();

  const simulator: Simulator = {
    launch: program.launch,
    quit: program.quit,
    die: program.die,
    running: program.running,
    startServer: program.startServer,
    stopServer: async () => void (await program.stopServer()),
    baseUrl: program.baseUrl,
    restPort: program.restPort,
    internalPort: program.internalPort,
    controlPort: control.number,
    load: (key, load) => loadByHand(machine, program, key, load),
    unload: memory.unload,
    crash: memory.crash,
    busyWith: (id, hold) => occupy(machine, id, hold),
    faults,
    lms,
    settings,
    answers: options.answers ?? [],
    requests,
    chats: () => requests.filter((each) => each.path.endsWith('/chat/completions')),
    inferences: () => inferences,
    loads: memory.loads,
    instancesNow: () => memory.all().map((each) => each.view()),
    async close() {
      await program.quit();
      await control.close();
    },
  };
  return simulator;
}

const settingsOf = (options: SimulatorOptions): Simulator['settings'] => ({
  jit: options.jit ?? true,
  autoEvict: options.autoEvict ?? true,
  jitTtlMs: options.jitTtlMs ?? 3_600_000,
  token: options.token ?? null,
  cors: options.cors ?? false,
  defaultContext: options.defaultContext ?? 4096,
  memoryBytes: options.memoryBytes ?? Number.POSITIVE_INFINITY,
  tokenDelay: options.tokenDelay ?? 0,
  prefill: options.prefill ?? 0,
  load: options.load ?? 0,
  download: options.download ?? 0,
});

/** What the fake says when no script says it. */
const sayDecision = (chat: AskedChat): Answer => decisionReply(chat);
