import { refusals } from './refusals.ts';
import { createOwnFiles } from './server-files.ts';
import type { Machine } from './server-machine.ts';
import { createPort, type Handler } from './server-port.ts';
import { greet } from './server-rest.ts';
import { sendJson, sendRefusal } from './server-wire.ts';
import type { Simulator, SimulatorOptions } from './simulator.ts';

/** The program as such: whether it runs, its internal server, its REST server, and the files it keeps about them. */
export interface Program
  extends Pick<
    Simulator,
    'launch' | 'quit' | 'die' | 'running' | 'startServer' | 'baseUrl' | 'restPort' | 'internalPort'
  > {
  /** Resolves with the port it had; null when it was off. */
  stopServer(): Promise<number | null>;
  isDaemon(): boolean;
  facts(): {
    running: boolean;
    product: 'lmstudio' | 'daemon' | 'bionic';
    version: string;
    pid: number;
    isDaemon: boolean;
    restPort: number | null;
    internalPort: number | null;
  };
}

/** Version of llmster, which counts for itself. */
const daemonVersion = '0.0.21-2';

export async function createProgram(machine: Machine, rest: Handler, options: SimulatorOptions): Promise<Program> {
  const { profile, memory, settings, downloads } = machine;
  const product = options.product ?? profile.product;
  const version = product === 'daemon' ? daemonVersion : profile.version;
  const files = createOwnFiles(options.home, product);
  const restPort = await createPort(rest, options.port ?? 0, options.keepAliveMs);
  const internal = await createPort(internalHandler(product, version, profile.lmsStatus), options.internalPort ?? 0);
  let serverWasOn = false;

  /** One change at a time, in the order asked for; a failed one stops none after it. */
  let lastChange: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(change: () => Promise<T>): Promise<T> => {
    const changed = lastChange.then(change, change);
    lastChange = changed.catch(() => undefined);
    return changed;
  };

  const launch = async () => {
    if (internal.isOpen()) return;
    const port = await internal.open();
    if (profile.publishesInternalPort) files.internalServer(port);
    if (serverWasOn) await startServer({});
  };
  const end = async () => {
    if (!internal.isOpen()) return;
    serverWasOn = restPort.isOpen();
    memory.clear();
    downloads.clear();
    await Promise.all([restPort.close(), internal.close()]);
  };
  const startServer: Program['startServer'] = async ({ port, cors, networkInterface = '127.0.0.1' } = {}) => {
    if (!internal.isOpen()) throw new Error('The program does not run.');
    if (restPort.isOpen() && (port ?? restPort.number) === restPort.number) return restPort.number;
    await restPort.close();
    const opened = await restPort.open(port);
    if (cors !== undefined) settings.cors = cors;
    files.restServer({ port: opened, networkInterface });
    return opened;
  };
  const stopServer = async () => {
    if (!restPort.isOpen()) return null;
    await restPort.close();
    return restPort.number;
  };

  const program: Program = {
    running: internal.isOpen,
    launch: () => inOrder(launch),
    quit: () => inOrder(() => end().then(files.internalServerGone)),
    die: () => inOrder(end),
    startServer: (options) => inOrder(() => startServer(options)),
    stopServer: () => inOrder(stopServer),
    baseUrl: () => `http://127.0.0.1:${restPort.number}`,
    restPort: () => (restPort.isOpen() ? restPort.number : null),
    internalPort: () => (internal.isOpen() ? internal.number : null),
    isDaemon: () => product === 'daemon',
    facts: () => ({
      running: internal.isOpen(),
      product,
      version,
      pid: process.pid,
      isDaemon: product === 'daemon',
      restPort: program.restPort(),
      internalPort: program.internalPort(),
    }),
  };
  return program;
}

/** Newer versions say on the internal port who they are; older ones only greet. */
function internalHandler(product: string, version: string, saysWho: boolean): Handler {
  return async (request, response) => {
    const path = request.url ?? '/';
    if (path === '/lmstudio-greeting') return greet(null, null, response);
    if (path === '/lms-status' && saysWho) return sendJson(response, 200, { package: product, version });
    sendRefusal(response, refusals.unexpected(request.method ?? 'GET', path));
  };
}
