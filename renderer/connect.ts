import { createORPCClient } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import type { contract, EngineEvent } from '../core/protocol.ts';
import type { Ended, PortMessage, ShellBridge, Taken } from '../core/protocol-shell.ts';

export type Calls = Omit<ContractRouterClient<typeof contract>, 'events'>;
type Client = ContractRouterClient<typeof contract>;

/** How the page stands with its host. `refused` is final: a link with another token is needed. */
export type Link =
  | { kind: 'connecting' }
  | { kind: 'open' }
  | { kind: 'lost'; attempts: number }
  | { kind: 'refused'; because: 'no-token' | 'wrong-token' };

/** One attempt to reach the host. `ended` resolves, never rejects, when the channel is gone. */
export type Opened =
  | { kind: 'open'; client: Client; ended: Promise<void>; close(): void }
  | { kind: 'refused'; because: 'no-token' | 'wrong-token' }
  | { kind: 'failed' };

/** A way to reach the host: the loopback socket here, a message port in the tray. */
export type Transport = (signal: AbortSignal) => Promise<Opened>;

export interface Connection {
  /** The calls of the contract. Rejects with words for people while there is no connection. */
  calls(): Calls;
  /** Tries at once instead of waiting for the next attempt. */
  retryNow(): void;
  /** Ends the connection and its attempts. */
  close(): void;
}

const longestWaitMs = 10_000;

/** Milliseconds before the attempt after `attempts` failures: 250, 500, 1000, … up to ten seconds. */
export const waitMs = (attempts: number): number => Math.min(longestWaitMs, 250 * 2 ** Math.min(attempts - 1, 10));

/**
 * Keeps one connection to the host: opens it, follows its events, and after a break tries again with growing pauses for as long as the
 * page lives. Every new connection starts with a whole snapshot, so nothing has to be replayed.
 */
export function connect(options: {
  transport: Transport;
  onLink(link: Link): void;
  onEvent(event: EngineEvent): void;
}): Connection {
  const ending = new AbortController();
  let client: Client | null = null;
  let wake = () => {};

  async function follow(opened: Extract<Opened, { kind: 'open' }>): Promise<boolean> {
    let heard = false;
    try {
      for await (const event of await opened.client.events(undefined, { signal: ending.signal })) {
        client = opened.client;
        if (!heard) options.onLink({ kind: 'open' });
        heard = true;
        options.onEvent(event);
      }
    } catch {
      // A broken stream and a closed one lead to the same next step.
    }
    client = null;
    opened.close();
    return heard;
  }

  async function pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wake = () => {};
  }

  async function run(): Promise<void> {
    let attempts = 0;
    options.onLink({ kind: 'connecting' });
    while (!ending.signal.aborted) {
      const opened = await options.transport(ending.signal);
      if (ending.signal.aborted) return;
      if (opened.kind === 'refused') return options.onLink(opened);
      if (opened.kind === 'open' && (await follow(opened))) attempts = 0;
      if (ending.signal.aborted) return;
      attempts += 1;
      options.onLink({ kind: 'lost', attempts });
      await pause(waitMs(attempts));
    }
  }

  void run();
  return {
    calls() {
      if (!client) throw new Error('There is no connection to Reverie right now.');
      return client;
    },
    retryNow: () => wake(),
    close() {
      ending.abort();
      wake();
    },
  };
}

/** Reaches the headless host over its WebSocket, the token as a subprotocol so that it is in no address. `origin`: `http://host:port`. */
export function socketTransport(origin: string, token: string | null): Transport {
  return async (signal) => {
    if (!token) return { kind: 'refused', because: 'no-token' };
    const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/ws`, ['reverie', `token.${token}`]);
    signal.addEventListener('abort', () => socket.close(), { once: true });
    const ended = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve(), { once: true }));
    const opened = new Promise<true>((resolve) => socket.addEventListener('open', () => resolve(true), { once: true }));
    if (await Promise.race([opened, ended])) {
      const client: Client = createORPCClient(new RPCLink({ websocket: socket }));
      return { kind: 'open', client, ended, close: () => socket.close() };
    }
    return (await tokenIsWrong(origin, token, signal))
      ? { kind: 'refused', because: 'wrong-token' }
      : { kind: 'failed' };
  };
}

/** A browser hides why a socket was turned away; the same question by HTTP tells a wrong token from a host that is gone. */
async function tokenIsWrong(origin: string, token: string, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await fetch(`${origin}/api/snapshot`, {
      headers: { authorization: `Bearer ${token}` },
      cache: 'no-store',
      signal,
    });
    return answer.status === 401;
  } catch {
    return false;
  }
}

const taken: Taken = 'taken';
const ended: Ended = 'ended';
const portWithinMs = 5_000;

/** Reaches the mind in the tray over a message port, a new one for each attempt. `ask` resolves with null when none is to be had. */
export function portTransport(ask: (signal: AbortSignal) => Promise<MessagePort | null>): Transport {
  return async (signal) => {
    const port = await ask(signal);
    if (!port) return { kind: 'failed' };
    // The port as the client of the contract sees it: its messages, and its end, whoever ended it and however that is known.
    const seen = new EventTarget();
    const over = new Promise<void>((resolve) => seen.addEventListener('close', () => resolve(), { once: true }));
    const close = () => {
      port.close();
      seen.dispatchEvent(new Event('close'));
    };
    signal.addEventListener('abort', close, { once: true });
    port.addEventListener('close', close, { once: true });
    port.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data === ended) return close();
      seen.dispatchEvent(new MessageEvent('message', { data }));
      port.postMessage(taken);
    });
    const client: Client = createORPCClient(
      new PortLink({
        port: {
          addEventListener: seen.addEventListener.bind(seen) as MessagePort['addEventListener'],
          postMessage: port.postMessage.bind(port),
        },
      }),
    );
    port.start();
    return { kind: 'open', client, ended: over, close };
  };
}

/** Asks the shell for a port and waits for it, five seconds at most; only the window's own message counts. */
export function askPort(
  page: Pick<Window, 'addEventListener' | 'removeEventListener'>,
  bridge: Pick<ShellBridge, 'askPort'>,
  signal: AbortSignal,
): Promise<MessagePort | null> {
  return new Promise((resolve) => {
    const end = (port: MessagePort | null) => {
      clearTimeout(timer);
      page.removeEventListener('message', hear);
      signal.removeEventListener('abort', giveUp);
      resolve(port);
    };
    const giveUp = () => end(null);
    const hear = (event: MessageEvent<Partial<PortMessage> | null>) => {
      const [port] = event.ports;
      if (event.source === page && event.data?.reverie === 'port' && port) end(port);
    };
    const timer = setTimeout(giveUp, portWithinMs);
    page.addEventListener('message', hear);
    signal.addEventListener('abort', giveUp);
    bridge.askPort();
  });
}
