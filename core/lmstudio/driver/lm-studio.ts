import { networkInterfaces } from 'node:os';
import type { Failure, Result } from '../../errors.ts';
import { fail, ok } from '../../errors.ts';
import type { Clock, Log } from '../../ports.ts';
import type { Settings } from '../../settings.ts';
import type { LmStudio, SeenLms, SeenServer, Sighting } from '../lm-studio.ts';
import { createCapabilities } from './capabilities.ts';
import { createCompletion, isLoading } from './complete.ts';
import {
  type Candidate,
  candidatesOf,
  familyPorts,
  type Kin,
  type Ports,
  portOf,
  runningAndRival,
  runningKin,
} from './discovery.ts';
import { createDoor } from './door.ts';
import { createTraceReader, type Disk, type Family, type Traces } from './home.ts';
import type { Lms } from './lms.ts';
import { createLoading, type OpenServer } from './load.ts';
import { type Seen, seeServer } from './server.ts';

export interface LmStudioOptions {
  settings: () => Settings;
  /** The user's home folder, not LM Studio's. */
  userHome: string;
  platform: string;
  lms: Lms;
  clock: Clock;
  log: Log;
  /** Where the family listens by default. */
  ports?: Ports;
  /** The addresses of this machine. */
  ownAddresses?: () => string[];
  disk?: Disk;
}

const machineAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? []);

/** How long the answer of `lms daemon status` is believed, where nothing else tells whether the program runs: asking costs a process. */
const daemonMs = 60_000;

/**
 * LM Studio, its daemon, Bionic, or another OpenAI server at the base URL of the settings, over HTTP and `lms`. Keeps no connection, no
 * timer and no process between calls. Settings are read at each call.
 */
export function createLmStudio(options: LmStudioOptions): LmStudio {
  const { lms, clock, log } = options;
  const ports = options.ports ?? familyPorts;
  const traces = createTraceReader(options);
  const readList = createCapabilities(clock);
  const complete = createCompletion(lms, clock);
  /** Where `lms` reaches the program that was seen last, without waking it. */
  let lmsPort: number | null = null;
  let daemon: { running: Family | null; untilMs: number } | null = null;
  let told = '';

  const candidates = (found: Traces): Candidate[] =>
    candidatesOf(options.settings().model.baseUrl, found, ports, (options.ownAddresses ?? machineAddresses)());
  const door = createDoor({
    clock,
    readList,
    candidates: async () => candidates(await traces()),
    model: () => options.settings().model,
  });

  const see = async (found: Traces, signal: AbortSignal): Promise<Seen> => {
    const { baseUrl, apiKey } = options.settings().model;
    const eyes = { clock, read: readList, baseUrl, token: apiKey };
    const seen = await seeServer(candidates(found), eyes, signal);
    door.remember(seen);
    return seen;
  };

  const ofDaemon = async (signal: AbortSignal): Promise<Family | null> => {
    if (daemon && clock.elapsed() < daemon.untilMs) return daemon.running;
    const status = await lms.daemon(signal);
    const running = status?.running ? (status.isDaemon ? 'llmster' : 'lm-studio') : null;
    daemon = { running, untilMs: clock.elapsed() + daemonMs };
    return running;
  };

  /** The port for `lms`: the server's where it greets on this machine, else the internal one of the running program. */
  const reach = (seen: Seen, running: Kin | null): number | null => {
    if (!seen.at?.here) return null;
    if (seen.greets) return portOf(seen.at.address);
    return seen.found.kind === 'away' ? (running?.port ?? null) : null;
  };

  const completed = async (
    seen: Seen,
    port: number | null,
    seenLms: SeenLms,
    signal: AbortSignal,
  ): Promise<Seen['found']> => {
    if (seen.found.kind !== 'open' || port === null || seenLms.kind !== 'found') return seen.found;
    const listed = seen.found.catalogue.models.length;
    const catalogue = await complete.models(seen.found.catalogue, port, signal);
    return { kind: 'open', catalogue: await complete.instances(catalogue, listed, port, signal) };
  };

  /** A model that is still loading cannot be asked: for those who look it is not loaded. */
  const loadedOnly = (found: Seen['found']): Seen['found'] => {
    if (found.kind !== 'open') return found;
    const instances = found.catalogue.instances.filter((each) => !isLoading(each));
    return { ...found, catalogue: { ...found.catalogue, instances } };
  };

  async function look(signal: AbortSignal): Promise<Sighting> {
    signal.throwIfAborted();
    const found = await traces();
    const [seen, kin, seenLms] = await Promise.all([
      see(found, signal),
      runningKin([...found.internalPorts, ...ports.internal], clock, signal),
      lms.found(signal),
    ]);
    const servesHere = seen.greets && seen.at?.here === true;
    const { running, rival } = runningAndRival(kin, servesHere && seen.at ? ownerOf(seen.at.address, found) : null);
    lmsPort = reach(seen, running);
    const whole = await completed(seen, lmsPort, seenLms, signal);
    const server = asServer(loadedOnly(whole), productOf(seen, running));
    const byAnswer = running?.product ?? (servesHere ? 'lm-studio' : null);
    const runs = byAnswer ?? (seenLms.kind === 'found' ? await ofDaemon(signal) : null);
    if (byAnswer) daemon = null;
    note(server);
    signal.throwIfAborted();
    return {
      installed: found.installed ?? runs,
      running: runs,
      rival,
      address: seen.at?.address ?? null,
      server,
      lms: seenLms,
    };
  }

  /** One line per change, without addresses or names. */
  const note = (server: SeenServer): void => {
    const api = server.kind === 'open' ? server.catalogue.api : null;
    const code = 'failure' in server ? server.failure.code : null;
    const now = [server.kind, api, code].join(' ');
    if (now !== told) log.info('model-server-seen', { kind: server.kind, api, code });
    told = now;
  };

  /** The list as it is now, for orders. */
  const read = async (signal: AbortSignal): Promise<Result<OpenServer>> => {
    const seen = await see(await traces(), signal);
    if (seen.found.kind === 'auth-required') return fail(tokenWanted);
    if (seen.found.kind !== 'open') return fail(seen.found.failure);
    if (!seen.at) return fail(tokenWanted);
    const port = reach(seen, null);
    const usable = port !== null && (await lms.found(signal)).kind === 'found' ? port : null;
    const { catalogue: listed } = seen.found;
    const catalogue = usable === null ? listed : await complete.instances(listed, listed.models.length, usable, signal);
    return ok({ address: seen.at.address, token: options.settings().model.apiKey, lmsPort: usable, catalogue });
  };

  const loading = createLoading({ clock, lms, read, loadMs: () => options.settings().lmStudio.loadMs });

  return {
    look,
    greets: door.greets,
    load: loading.load,
    unload: loading.unload,
    async atWork(signal) {
      if (lmsPort === null || (await lms.found(signal)).kind !== 'found') return null;
      const loaded = await lms.loaded(lmsPort, signal);
      if (!loaded.ok) log.debug('at-work-unknown', { code: loaded.failure.code });
      return loaded.ok ? loaded.value : null;
    },
    async get(name, onProgress, signal) {
      if (lmsPort === null) await look(signal);
      return lmsPort === null ? fail(notRunning) : lms.get(name, lmsPort, onProgress, signal);
    },
    async startServer(signal) {
      if (await door.greets(signal)) return ok(null);
      const { baseUrl } = options.settings().model;
      const at = candidates(await traces())[0];
      if (baseUrl !== '' && !at?.here) return fail(elsewhere);
      const started = await lms.startServer(baseUrl === '' || !at ? null : portOf(at.address), signal);
      // Only the greeting tells: the command can report failure for a server that runs, and success for one that does not yet.
      if (await door.greetsWithin(started.ok ? 10_000 : 0, signal)) return ok(null);
      return started.ok ? fail(silentAfterStart) : started;
    },
  };
}

/** Whose server listens at this port by the files, null when nobody's or both's. */
function ownerOf(address: string, { servers }: Traces): Family | null {
  const owners = new Set(servers.filter((each) => each.port === portOf(address)).map((each) => each.of));
  return owners.size === 1 ? ([...owners][0] ?? null) : null;
}

function productOf(seen: Seen, running: Kin | null) {
  if (!seen.greets) return 'openai';
  return seen.at?.here ? (running?.product ?? 'lm-studio') : 'lm-studio';
}

const asServer = (found: Seen['found'], product: ReturnType<typeof productOf>): SeenServer =>
  found.kind === 'open' ? { ...found, product } : found;

const tokenWanted: Failure = {
  class: 'permission',
  code: 'auth-required',
  message: 'The model server wants an API token, or another one than the one in the settings.',
};

const notRunning: Failure = {
  class: 'transient',
  code: 'connection-refused',
  message: 'LM Studio does not run, so it cannot download a model. Start it first.',
};

const elsewhere: Failure = {
  class: 'permanent',
  code: 'not-here',
  message: 'The base URL in the settings is on another machine; its server can only be started there.',
};

const silentAfterStart: Failure = {
  class: 'transient',
  code: 'timeout',
  message:
    'LM Studio was told to start its server, but the server does not answer after 10 seconds. Start it in LM Studio.',
};
