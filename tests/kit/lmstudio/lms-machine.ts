import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { CliProfile } from './profiles.ts';
import type { LmsKnobs } from './simulator.ts';

/** The simulated machine as the control port tells of it. */
export interface MachineState {
  running: boolean;
  product: 'lmstudio' | 'daemon' | 'bionic';
  version: string;
  pid: number;
  isDaemon: boolean;
  restPort: number | null;
  internalPort: number | null;
  cli: CliProfile;
  knobs: LmsKnobs;
}

/** A model or an instance with every key that the newest `lms` prints. */
export type Item = Record<string, unknown>;

/** Verbs of the control port. What it refuses comes back as `error`, in the words that `lms` would print. */
export function connectMachine(controlPort: number) {
  const ask = async <Answer>(verb: string, body: object = {}): Promise<Answer & { error?: string }> => {
    const response = await post(controlPort, verb, body);
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return JSON.parse(text || '{}') as Answer & { error?: string };
  };
  return {
    state: () => ask<MachineState>('state'),
    wake: () => ask<object>('wake'),
    models: () => ask<{ models: Item[] }>('ls'),
    instances: () => ask<{ instances: Item[] }>('ps'),
    unload: (what: { identifier: string } | { all: true }) =>
      ask<{ unloaded: string[]; unknown: boolean }>('unload', what),
    startServer: (what: { port?: number; cors?: boolean; bind?: string }) =>
      ask<{ port: number }>('server-start', what),
    stopServer: () => ask<{ port: number }>('server-stop'),
    daemonDown: () => ask<object>('daemon-down'),
    /** Lines as they come: steps of a load or a download, then how it ended. */
    async *steps(verb: 'load' | 'get', body: object): AsyncGenerator<Step> {
      let rest = '';
      for await (const chunk of await post(controlPort, verb, body)) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line) yield JSON.parse(line) as Step;
      }
      if (rest) yield JSON.parse(rest) as Step;
    },
  };
}

export type Step =
  | { progress: number }
  | { loaded: { identifier: string; sizeBytes: number } }
  | { done: true }
  | { error: string };

const post = (port: number, verb: string, body: object): Promise<IncomingMessage> =>
  answerOf(
    (got) => request({ host: '127.0.0.1', port, path: `/control/${verb}`, method: 'POST', agent: false }, got),
    JSON.stringify(body),
  );

function answerOf(
  send: (got: (response: IncomingMessage) => void) => ClientRequest,
  body = '',
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = send(resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Whether LM Studio greets at this port within half a second, as `lms` asks before it connects. */
export async function greets(port: number): Promise<boolean> {
  try {
    const response = await answerOf((got) =>
      request(
        { host: '127.0.0.1', port, path: '/lmstudio-greeting', agent: false, signal: AbortSignal.timeout(500) },
        got,
      ),
    );
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return (JSON.parse(text) as { lmstudio?: unknown }).lmstudio === true;
  } catch {
    return false;
  }
}
