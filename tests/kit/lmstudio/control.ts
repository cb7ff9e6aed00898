import type { ServerResponse } from 'node:http';
import { loadWords } from './refusals.ts';
import { type Machine, modelOf } from './server-machine.ts';
import { instanceInfo, modelInfo } from './server-models.ts';
import type { Handler } from './server-port.ts';
import { bodyOf, goneSignal, objectOf, sendJson } from './server-wire.ts';

/** What stands behind the control port: the machine, and its program's switches. */
export interface Controlled extends Machine {
  /** What the verb `state` answers. */
  state(): Record<string, unknown> & { running: boolean };
  launch(): Promise<void>;
  quit(): Promise<void>;
  isDaemon(): boolean;
  startServer(options: { port?: number; cors?: boolean; networkInterface?: string }): Promise<number>;
  stopServer(): Promise<number | null>;
}

type Input = Record<string, unknown>;
type Verb = (machine: Controlled, input: Input, response: ServerResponse) => void | Promise<void>;

/**
 * The control port stands for the machine itself: the `lms` double asks here for what the real one has from the program's sockets and
 * files. `POST /control/<verb>`, JSON in and out; `load` and `get` answer line by line. No part of the product may know it.
 */
export function controlHandler(machine: Controlled): Handler {
  return async (request, response) => {
    const name = /^\/control\/([a-z-]+)$/.exec(request.url ?? '')?.[1] ?? '';
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    const input = objectOf(await bodyOf(request));
    if (!verb || !input || request.method !== 'POST') return sendJson(response, 404, { error: 'no such verb' });
    if (!withoutProgram.has(name) && !machine.state().running)
      return sendJson(response, 409, { error: 'The program does not run.' });
    await verb(machine, input, response);
  };
}

const withoutProgram: ReadonlySet<string> = new Set(['state', 'wake']);

const verbs: Record<string, Verb> = {
  state: (machine, _, response) => sendJson(response, 200, machine.state()),
  async wake(machine, _, response) {
    await machine.launch();
    sendJson(response, 200, machine.state());
  },
  ls: (machine, _, response) => sendJson(response, 200, { models: machine.catalog().map(modelInfo) }),
  ps: listInstances,
  load,
  unload,
  async 'server-start'(machine, input, response) {
    const { port, cors, bind } = input;
    const options = {
      ...(typeof port === 'number' && { port }),
      cors: cors === true,
      networkInterface: typeof bind === 'string' ? bind : '127.0.0.1',
    };
    const started = await machine.startServer(options).then(
      (port) => ({ port }),
      (thrown: Error) => ({ error: thrown.message }),
    );
    sendJson(response, 200, started);
  },
  async 'server-stop'(machine, _, response) {
    const port = await machine.stopServer();
    sendJson(response, 200, port === null ? { error: 'The server is not running.' } : { port });
  },
  get: download,
  async 'daemon-down'(machine, _, response) {
    if (!machine.isDaemon())
      return sendJson(response, 200, { error: 'LM Studio runs with its window, not as a daemon.' });
    await machine.quit();
    sendJson(response, 200, { done: true });
  },
};

function listInstances(machine: Controlled, _: Input, response: ServerResponse): void {
  if (machine.faults.strikes('ps-race')) return sendJson(response, 500, { error: 'Model is unloaded.' });
  const loaded = machine.memory.loaded();
  const sorted = [
    ...loaded.filter((each) => each.model.type !== 'embedding'),
    ...loaded.filter((each) => each.model.type === 'embedding'),
  ];
  sendJson(response, 200, { instances: sorted.map(instanceInfo) });
}

const lines = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
  return (line: object) => void response.write(`${JSON.stringify(line)}\n`);
};

/** Ends the load when whoever asked goes away, as an interrupt of the command does. */
async function load(machine: Controlled, input: Input, response: ServerResponse): Promise<void> {
  const signal = goneSignal(response);
  const say = lines(response);
  const key = String(input['key']);
  const model = modelOf(machine.catalog(), key);
  if (!model) {
    say({ error: loadWords.notFound(key) });
    return void response.end();
  }
  const { identifier, contextLength, parallel, ttlSeconds } = input;
  const loaded = await machine.memory.load({
    model,
    by: 'lms',
    signal,
    onProgress: (progress) => say({ progress }),
    ...(typeof identifier === 'string' && { identifier }),
    ...(typeof contextLength === 'number' && { contextLength }),
    ...(typeof parallel === 'number' && { parallel }),
    ...(typeof ttlSeconds === 'number' && { ttlSeconds }),
  });
  say(loaded.ok ? { loaded: { identifier: loaded.instance.id, sizeBytes: model.sizeBytes } } : { error: loaded.words });
  response.end();
}

function unload({ memory }: Controlled, input: Input, response: ServerResponse): void {
  const ids = input['all'] === true ? memory.loaded().map((each) => each.id) : [String(input['identifier'])];
  const unloaded = ids.filter((id) => memory.unload(id));
  sendJson(response, 200, { unloaded, unknown: input['all'] !== true && unloaded.length === 0 });
}

async function download(machine: Controlled, input: Input, response: ServerResponse): Promise<void> {
  const say = lines(response);
  const begun = machine.downloads.begin(String(input['name']), (progress) => say({ progress }));
  if (!begun) say({ error: `Model "${String(input['name'])}" not found.` });
  else if (begun.already) say({ done: true });
  else {
    await begun.over;
    say(begun.job.words === null ? { done: true } : { error: begun.job.words });
  }
  response.end();
}
