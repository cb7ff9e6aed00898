import type { Log, Stop } from '../ports.ts';
import type { Door } from '../protocol.ts';
import type { Ended, Taken } from '../protocol-shell.ts';
import { type Channel, type ClientLimits, createRouter } from './serve-router.ts';

/** One end of a message channel, as Electron's main process has it (`MessagePortMain`). */
export interface Port {
  on(event: 'message', listener: (message: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: string): void;
  start(): void;
  close(): void;
}

export interface Ports {
  /** Answers a page over this port until either side ends. False when there is no place for it: the port is then closed. */
  add(port: Port): boolean;
  close(): void;
}

const taken: Taken = 'taken';
const ended: Ended = 'ended';

const defaultLimits: ClientLimits = {
  frameBytes: 256 * 1024,
  backlogBytes: 16 * 1024 * 1024,
  queuedEvents: 1_000,
  clients: 16,
  streams: 4,
};

/** The contract over message ports. Whoever hands a port in has checked whose it is. The frames are those of the socket. */
export function servePorts(options: { door: Door; log: Log; limits?: Partial<ClientLimits> }): Ports {
  const { door, log } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const answer = createRouter({ door, limits, log });
  const ends = new Set<Stop>();
  return {
    add(port) {
      if (ends.size >= limits.clients) {
        port.close();
        return false;
      }
      const { channel, end } = channelOf(port, limits, log);
      ends.add(end);
      channel.onEnd(() => ends.delete(end));
      answer(channel);
      port.start();
      return true;
    },
    close() {
      for (const end of ends) end();
    },
  };
}

function channelOf(port: Port, limits: ClientLimits, log: Log): { channel: Channel; end: Stop } {
  const listeners = new Set<() => void>();
  /** Sent and not yet taken, oldest first. */
  let waiting: { bytes: number; left: () => void }[] = [];
  let backlog = 0;
  let open = true;
  const end = () => {
    if (!open) return;
    open = false;
    port.postMessage(ended);
    port.close();
    for (const { left } of waiting) left();
    waiting = [];
    for (const listener of listeners) listener();
  };
  const drop = (why: string) => {
    if (open) log.warn('client-dropped', { why });
    end();
  };
  const settle = () => {
    const first = waiting.shift();
    backlog -= first?.bytes ?? 0;
    first?.left();
  };
  port.on('close', end);
  const channel: Channel = {
    drop,
    async send(text) {
      if (!open) return;
      backlog += text.length;
      if (backlog > limits.backlogBytes) return drop('backlog');
      await new Promise<void>((left) => {
        waiting.push({ bytes: text.length, left });
        port.postMessage(text);
      });
    },
    onText(listener) {
      port.on('message', ({ data }) => {
        if (!open) return;
        if (data === taken) settle();
        else listener(typeof data === 'string' && data.length <= limits.frameBytes ? data : null);
      });
    },
    onEnd: (listener) => void listeners.add(listener),
    refuse() {
      log.info('client-broke-off');
      end();
    },
  };
  return { channel, end };
}
