import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { implement, ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { Log } from '../ports.ts';
import type { Door, EngineEvent } from '../protocol.ts';
import { contract } from '../protocol.ts';

export interface SocketLimits {
  frameBytes: number;
  backlogBytes: number;
  queuedEvents: number;
  clients: number;
  streams: number;
  pingMs: number;
}

export interface Sockets {
  /** Takes over a checked connection. Returns words when there is no place for it; the socket is then still the caller's. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): string | null;
  /** Says goodbye to every client and cuts it off at once. */
  close(): void;
}

/** One client, as the handlers of its calls see it. */
interface Client {
  streams: number;
  drop(why: string): void;
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
  const handler = new RPCHandler<{ client: Client }>(createRouter(options));
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
    const drop = (why: string) => {
      log.warn('client-dropped', { why });
      socket.terminate();
    };
    socket.on('pong', () => silent.delete(socket));
    // Broken and oversized frames arrive here; ws then closes the connection by itself.
    socket.on('error', () => log.info('client-broke-off'));
    void handler.upgrade(guarded(socket, limits, drop), { context: { client: { streams: 0, drop } } });
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

/**
 * The only two messages that a client of this contract sends: a call, and that it no longer wants the answer. What else the transport
 * knows (types beyond JSON, files, streams upwards, headers) is left out before it is looked at.
 */
const frameSchema = z.union([
  z.object({ i: z.string().max(64), t: z.literal(4) }),
  z.object({
    i: z.string().max(64),
    t: z.never().optional(),
    p: z.object({ u: z.string().regex(/^\/\w{1,40}$/), b: z.object({ json: z.json().optional() }).optional() }),
  }),
]);

/**
 * The socket as the contract's handler sees it: it hears well-formed frames only, and its `send` resolves when the bytes have left, so
 * that a stream waits for a slow client instead of filling the memory.
 */
function guarded(
  socket: WebSocket,
  limits: SocketLimits,
  drop: (why: string) => void,
): Pick<WebSocket, 'addEventListener' | 'send'> {
  const send = (data: string | Uint8Array): Promise<void> => {
    if (socket.bufferedAmount > limits.backlogBytes) drop('backlog');
    return new Promise((resolve) => socket.send(data, () => resolve()));
  };
  const addEventListener = (type: string, listener: (event: { data: string }) => void): void => {
    if (type !== 'message') {
      socket.on(type, () => listener({ data: '' }));
      return;
    }
    socket.on('message', (data: RawData, isBinary: boolean) => {
      const frame = isBinary ? null : frameOf(data);
      if (frame !== null) listener({ data: frame });
      else socket.close(1008, 'This is not the protocol of Reverie');
    });
  };
  const paced: unknown = { send, addEventListener };
  return paced as Pick<WebSocket, 'addEventListener' | 'send'>;
}

function frameOf(data: RawData): string | null {
  try {
    const frame = frameSchema.safeParse(JSON.parse(Buffer.isBuffer(data) ? data.toString('utf8') : ''));
    return frame.success ? JSON.stringify(frame.data) : null;
  } catch {
    return null;
  }
}

function createRouter({ door, limits, log }: { door: Door; limits: SocketLimits; log: Log }) {
  const os = implement(contract)
    .$context<{ client: Client }>()
    .use(async ({ next, path }) => {
      try {
        return await next();
      } catch (thrown) {
        if (thrown instanceof ORPCError && thrown.status < 500) throw thrown;
        log.error('call-failed', { call: path.join('.'), name: thrown instanceof Error ? thrown.name : 'unknown' });
        throw inWords(path.join('.'), thrown);
      }
    });
  return os.router({
    snapshot: os.snapshot.handler(() => door.snapshot()),
    send: os.send.handler(({ input }) => door.send(input)),
    note: os.note.handler(({ input }) => door.note(input.text)),
    insights: os.insights.handler(({ input }) => door.query.insights(input)),
    evidence: os.evidence.handler(({ input }) => door.query.evidence(input.ids)),
    recent: os.recent.handler(({ input }) => door.query.recent(input.limit)),
    proposals: os.proposals.handler(({ input }) => door.query.proposals(input.limit)),
    deadLetters: os.deadLetters.handler(({ input }) => door.query.deadLetters(input.limit)),
    search: os.search.handler(({ input }) => door.query.search(input.query, input.limit)),
    model: os.model.handler(() => door.query.model()),
    memories: os.memories.handler(({ input }) => door.query.memories(input)),
    memory: os.memory.handler(({ input }) => door.query.memory(input.id)),
    tombstones: os.tombstones.handler(({ input }) => door.query.tombstones(input.limit)),
    dreams: os.dreams.handler(() => door.query.dreams()),
    events: os.events.handler(({ context, signal }) => {
      const { client } = context;
      if (client.streams >= limits.streams)
        throw new ORPCError('TOO_MANY_REQUESTS', { message: 'This window already listens. Reload it.' });
      return follow(door, client, { queuedEvents: limits.queuedEvents, signal });
    }),
  });
}

function inWords(call: string, thrown: unknown): ORPCError<string, unknown> {
  const kept = call === 'note' ? 'The note was not kept' : 'Reverie could not answer this';
  return new ORPCError('SERVICE_UNAVAILABLE', {
    message: `${kept}: ${messageOf(thrown)}. Set this right and try again.`,
  });
}

/**
 * Everything that happens from now on, in order, after one whole snapshot. Subscribes before it takes the snapshot, so that nothing
 * falls between the two; ends with the signal. A client that does not keep up is dropped: it connects again and is whole at once.
 */
async function* follow(
  door: Door,
  client: Client,
  options: { queuedEvents: number; signal: AbortSignal | undefined },
): AsyncGenerator<EngineEvent, void> {
  const { signal } = options;
  let waiting: EngineEvent[] = [];
  let wake = () => {};
  client.streams += 1;
  const unsubscribe = door.subscribe((event) => {
    waiting.push(event);
    if (waiting.length > options.queuedEvents) waiting = latestOnly(waiting);
    if (waiting.length > options.queuedEvents) {
      unsubscribe();
      waiting = [];
      client.drop('slow');
    }
    wake();
  });
  const onAbort = () => wake();
  signal?.addEventListener('abort', onAbort);
  try {
    yield { kind: 'snapshot-changed', snapshot: door.snapshot() };
    while (!signal?.aborted) {
      const event = waiting.shift();
      if (event) yield event;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    unsubscribe();
    signal?.removeEventListener('abort', onAbort);
    client.streams -= 1;
  }
}

/** Snapshots and growing thoughts are whole each time: of those only the last is needed. Everything else stays, in its order. */
export function latestOnly(events: EngineEvent[]): EngineEvent[] {
  const last = new Map(events.map((event, index) => [event.kind, index]));
  const whole = new Set<EngineEvent['kind']>(['snapshot-changed', 'thought-grew']);
  return events.filter((event, index) => !whole.has(event.kind) || last.get(event.kind) === index);
}
