import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Log } from '../ports.ts';
import type { Door } from '../protocol.ts';
import { type Channel, type ClientLimits, createRouter } from './serve-router.ts';

export interface SocketLimits extends ClientLimits {
  pingMs: number;
}

export interface Sockets {
  /** Takes over a checked connection. Returns words when there is no place for it; the socket is then still the caller's. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): string | null;
  /** Says goodbye to every client and cuts it off at once. */
  close(): void;
}

/** The contract over WebSocket. Whoever arrives here has already shown the token and a permitted Host and Origin. */
export function openSockets(options: { door: Door; limits: SocketLimits; log: Log }): Sockets {
  const { limits, log } = options;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytes,
    perMessageDeflate: false,
    // Never echoes the subprotocol that carries the token.
    handleProtocols: () => 'reverie',
  });
  const answer = createRouter(options);
  const silent = new WeakSet<WebSocket>();
  const pings = setInterval(() => {
    for (const socket of server.clients) {
      if (silent.has(socket)) socket.terminate();
      silent.add(socket);
      socket.ping();
    }
  }, limits.pingMs);
  pings.unref();

  const welcome = (socket: WebSocket) => {
    socket.on('pong', () => silent.delete(socket));
    // Broken and oversized frames arrive here; ws then closes the connection by itself.
    socket.on('error', () => log.info('client-broke-off'));
    answer(channelOf(socket, limits, log));
  };
  return {
    upgrade(request, socket, head) {
      if (server.clients.size >= limits.clients) return `${limits.clients} windows are connected already. Close one.`;
      server.handleUpgrade(request, socket, head, welcome);
      return null;
    },
    close() {
      clearInterval(pings);
      for (const socket of server.clients) {
        socket.close(1001, 'Reverie ended');
        socket.terminate();
      }
      server.close();
    },
  };
}

function channelOf(socket: WebSocket, limits: SocketLimits, log: Log): Channel {
  const drop = (why: string) => {
    log.warn('client-dropped', { why });
    socket.terminate();
  };
  return {
    drop,
    send(text) {
      if (socket.bufferedAmount > limits.backlogBytes) drop('backlog');
      return new Promise((resolve) => socket.send(text, () => resolve()));
    },
    onText: (listener) => socket.on('message', (data: RawData, isBinary: boolean) => listener(textOf(data, isBinary))),
    onEnd: (listener) => socket.on('close', listener),
    refuse: () => socket.close(1008, 'This is not the protocol of Reverie'),
  };
}

const textOf = (data: RawData, isBinary: boolean): string | null =>
  !isBinary && Buffer.isBuffer(data) ? data.toString('utf8') : null;
