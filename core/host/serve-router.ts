import { implement, ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { Log } from '../ports.ts';
import type { Door, EngineEvent } from '../protocol.ts';
import { contract } from '../protocol.ts';

/** What one client may use up, whatever it is connected by. */
export interface ClientLimits {
  /** Bytes of one message. */
  frameBytes: number;
  /** Bytes that may wait for one slow client. */
  backlogBytes: number;
  /** Events that may wait for one slow client. */
  queuedEvents: number;
  clients: number;
  /** Event streams of one client. */
  streams: number;
}

/** A way to one client and back, texts in order: a socket, or a message port. */
export interface Channel {
  /** Resolves when the text has left, so that a stream waits for a slow client instead of filling the memory. */
  send(text: string): Promise<void>;
  /** Calls for everything that arrives, as it arrives: checked by whoever listens. */
  onText(listener: (text: string | null) => void): void;
  onEnd(listener: () => void): void;
  /** Ends the channel of a client that does not speak the protocol. */
  refuse(): void;
  /** Ends the channel of a client that does not keep up. */
  drop(why: string): void;
}

/** One client, as the handlers of its calls see it. */
interface Client {
  streams: number;
  drop(why: string): void;
}

/**
 * The contract, answered to whoever holds a channel: who that may be is decided before. The returned function takes one channel over until
 * it ends.
 */
export function createRouter(options: {
  door: Door;
  limits: Pick<ClientLimits, 'queuedEvents' | 'streams'>;
  log: Log;
}): (channel: Channel) => void {
  const handler = new RPCHandler<{ client: Client }>(routes(options));
  return (channel) => {
    const client = { streams: 0, drop: channel.drop };
    void handler.upgrade(guarded(channel), { context: { client } });
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

/** The channel as the contract's handler wants it: a socket that hears well-formed frames only. */
function guarded(channel: Channel): Parameters<RPCHandler<{ client: Client }>['upgrade']>[0] {
  const addEventListener = (type: string, listener: (event: { data: string }) => void): void => {
    if (type !== 'message') return channel.onEnd(() => listener({ data: '' }));
    channel.onText((text) => {
      const frame = frameOf(text);
      if (frame !== null) listener({ data: frame });
      else channel.refuse();
    });
  };
  const socket: unknown = { send: channel.send, addEventListener };
  return socket as Parameters<RPCHandler<{ client: Client }>['upgrade']>[0];
}

function frameOf(text: string | null): string | null {
  try {
    const frame = frameSchema.safeParse(JSON.parse(text ?? ''));
    return frame.success ? JSON.stringify(frame.data) : null;
  } catch {
    return null;
  }
}

function routes({ door, limits, log }: Parameters<typeof createRouter>[0]) {
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
  const { query } = door;
  return os.router({
    snapshot: os.snapshot.handler(() => door.snapshot()),
    send: os.send.handler(({ input }) => door.send(input)),
    note: os.note.handler(({ input }) => door.note(input.text)),
    ask: os.ask.handler(({ input }) => door.ask(input.text)),
    answers: os.answers.handler(() => query.answers()),
    insights: os.insights.handler(({ input }) => query.insights(input)),
    evidence: os.evidence.handler(({ input }) => query.evidence(input.ids)),
    recent: os.recent.handler(({ input }) => query.recent(input.limit)),
    proposals: os.proposals.handler(({ input }) => query.proposals(input.limit)),
    deadLetters: os.deadLetters.handler(({ input }) => query.deadLetters(input.limit)),
    search: os.search.handler(({ input }) => query.search(input.query, input.limit)),
    model: os.model.handler(() => query.model()),
    memories: os.memories.handler(({ input }) => query.memories(input)),
    memory: os.memory.handler(({ input }) => query.memory(input.id)),
    tombstones: os.tombstones.handler(({ input }) => query.tombstones(input.limit)),
    dreams: os.dreams.handler(() => query.dreams()),
    settings: os.settings.handler(() => query.settings()),
    previewIgnore: os.previewIgnore.handler(({ input }) => query.previewIgnore(input.rules)),
    pickFolder: os.pickFolder.handler(() => door.pickFolder()),
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

/**
 * Snapshots, growing thoughts and growing answers are whole each time: of those only the last is needed, of answers the last of each. What
 * only says that something is another needs to be said once. Everything else stays, in its order.
 */
export function latestOnly(events: EngineEvent[]): EngineEvent[] {
  const last = new Map(events.map((event, index) => [wholeKey(event), index]));
  return events.filter((event, index) => {
    const key = wholeKey(event);
    return key === null || last.get(key) === index;
  });
}

/** What of an event is said anew by the next one of the same key; null when it stands for itself. */
function wholeKey(event: EngineEvent): string | null {
  switch (event.kind) {
    case 'answer-grew':
      return `${event.kind} ${event.answer.id}`;
    case 'snapshot-changed':
    case 'thought-grew':
    case 'memory-changed':
    case 'settings-changed':
      return event.kind;
    case 'insight-formed':
    case 'insight-changed':
    case 'proposal-made':
    case 'alert-raised':
      return null;
  }
}
