import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A fake model server with the OpenAI surface: it says what a script tells it to, faults included. It is no model and thinks nothing.
 * By hand: `node tests/kit/scripted-server.ts [--port N]`.
 */
export interface ScriptedServer {
  /** With `/v1` at its end; the same after `restart`. */
  readonly baseUrl: string;
  readonly port: number;
  /** Replies to come, first first; or a function of the request. When the queue is empty: `decisionReply`. */
  answers: Reply[] | ((request: ChatBody) => Reply);
  /** Ids that `GET /v1/models` lists. */
  models: string[];
  /** When set, every route wants it as bearer token. */
  key: string | null;
  /** Replaces the reply to `GET /v1/models`. */
  list: Reply | null;
  /** Every request with its whole body, in order of arrival. */
  readonly requests: RecordedRequest[];
  /** Requests for an answer. */
  chats(): RecordedRequest[];
  /** Requests that the client gave up before the reply was complete. */
  aborted(): number;
  /** Goes away: closes every connection and the port. Idempotent. */
  close(): Promise<void>;
  /** Comes back on the same port. */
  restart(): Promise<void>;
}

export interface RecordedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** `performance.now()` when the whole body had arrived. */
  arrivedAt: number;
}

export interface ChatBody {
  messages?: { role: string; content: string }[];
  stream?: boolean;
  response_format?: unknown;
  [field: string]: unknown;
}

/** One reply. Tokens are counted in chunks of the stream, reasoning first. */
export type Reply = TextReply | BodyReply | FloodReply | SilentReply;

export interface TextReply {
  text: string;
  reasoning?: { text: string; place: 'reasoning_content' | 'reasoning' | 'think' | 'open-think' };
  /** Characters per chunk; 8 when absent. */
  chunkChars?: number;
  /** `own`: in a chunk without choices; `last`: beside the finish reason. `asked` (default) is `own` if the request wants usage. */
  usage?: 'own' | 'last' | 'none' | 'asked';
  finish?: 'stop' | 'length';
  /** Waited for before each chunk. */
  gate?: Gate;
  /** Instead of a good end, after this many chunks (all of them when there are fewer): */
  fault?: { after: number } & (
    | { kind: 'hang' }
    | { kind: 'drop' }
    | { kind: 'end' }
    | { kind: 'error'; error: unknown; named?: boolean }
    | { kind: 'raw'; text: string }
  );
  /** The fault comes after the finish reason. */
  faultAfterFinish?: boolean;
}

/** Any status and body: errors in both shapes, HTML, nonsense. An object is sent as JSON. */
export interface BodyReply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** More than anyone asked for: one line, or tokens without end. `megabytes: Infinity` never stops by itself. */
export interface FloodReply {
  flood: 'line' | 'tokens' | 'thoughts';
  megabytes: number;
}

/** No bytes at all, not even headers. */
export interface SilentReply {
  silent: true;
}

/** Lets a stream go on step by step instead of by time. */
export interface Gate {
  /** Lets this many more chunks pass; all of them without a figure. */
  open(chunks?: number): void;
  pass(): Promise<void>;
}

export function createGate(): Gate {
  let permits = 0;
  let waiting: (() => void)[] = [];
  return {
    open(chunks = Number.POSITIVE_INFINITY) {
      permits += chunks;
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    async pass() {
      while (permits < 1) await new Promise<void>((wake) => waiting.push(wake));
      permits -= 1;
    },
  };
}

/** What a server says to a path it does not know, with HTTP 200. */
const unknownRoute = (method: string, path: string): BodyReply => ({
  status: 200,
  body: { error: `Unexpected endpoint or method. (${method} ${path})` },
});

/** A valid decision that cites the first observation of the prompt (`o1`), and names a file or other name from its line. */
export function decisionReply(request: ChatBody): TextReply {
  const prompt = request.messages?.findLast((message) => message.role === 'user')?.content ?? '';
  const ref = /\bo\d+\b/.exec(prompt)?.[0] ?? null;
  const line = ref ? (prompt.split('\n').find((each) => new RegExp(`\\b${ref}\\b`).test(each)) ?? '') : '';
  const name = /[\w./-]*\w\.[a-z]\w{0,8}\b/i.exec(line)?.[0] ?? ref;
  const event = /Z \S+ (\S+) /.exec(line)?.[1] ?? 'change';
  const decision = {
    action_type: 'observe',
    reasoning: ref
      ? `A scripted answer: ${name} changed, nothing needs to be done.`
      : 'A scripted answer: nothing to see.',
    target_agent: null,
    command: null,
    priority: 'low',
    metadata: { confidence: 0.8, alternatives_considered: [], expected_outcome: 'More of the same.' },
    insight: ref ? { text: `Scripted insight: ${event} of ${name}.`, importance: 0.6 } : null,
    evidence: ref ? [ref] : [],
  };
  return { text: JSON.stringify(decision) };
}

/** Starts on 127.0.0.1, on any free port unless one is given. */
export async function startScriptedServer(
  script: { port?: number; answers?: ScriptedServer['answers']; models?: string[]; key?: string } = {},
): Promise<ScriptedServer> {
  const requests: RecordedRequest[] = [];
  let aborted = 0;
  let closing = false;

  const http = createServer({ keepAliveTimeout: 5_000 }, (request, response) => {
    response.on('close', () => {
      if (!response.writableFinished && !closing && !response.errored) aborted += 1;
    });
    serve(request, response).catch(() => drop(response));
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const method = request.method ?? 'GET';
    const path = request.url ?? '/';
    requests.push({ method, path, headers: request.headers, body, arrivedAt: performance.now() });
    if (server.key !== null && request.headers.authorization !== `Bearer ${server.key}`)
      return send(response, refusedKey);
    if (method === 'GET' && path === '/v1/models') return play(response, server.list ?? modelList(server.models), {});
    if (method !== 'POST' || path !== '/v1/chat/completions') return send(response, unknownRoute(method, path));
    const chat = parseChat(body);
    if (!chat) return send(response, { status: 400, body: { error: 'The body is no JSON object.' } });
    await play(response, nextReply(chat), chat);
  }

  const nextReply = (chat: ChatBody): Reply =>
    typeof server.answers === 'function' ? server.answers(chat) : (server.answers.shift() ?? decisionReply(chat));

  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      http.once('error', reject);
      http.listen(port, '127.0.0.1', () => {
        http.off('error', reject);
        resolve((http.address() as AddressInfo).port);
      });
    });

  const port = await listen(script.port ?? 0);
  const server: ScriptedServer = {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    port,
    answers: script.answers ?? [],
    models: script.models ?? ['text-embedding-scripted', 'scripted-model'],
    key: script.key ?? null,
    list: null,
    requests,
    chats: () => requests.filter((each) => each.path === '/v1/chat/completions'),
    aborted: () => aborted,
    async close() {
      if (!http.listening) return;
      closing = true;
      const closed = new Promise<void>((done) => http.close(() => done()));
      http.closeAllConnections();
      await closed;
    },
    async restart() {
      await server.close();
      closing = false;
      await listen(port);
    },
  };
  return server;
}

const refusedKey: BodyReply = {
  status: 401,
  body: { error: { type: 'invalid_request', code: 'invalid_api_key', message: 'A valid API key is needed.' } },
};

const modelList = (ids: string[]): BodyReply => ({
  status: 200,
  body: { data: ids.map((id) => ({ id, object: 'model', owned_by: 'organization_owner' })), object: 'list' },
});

/** Cuts the connection as a crash does: no end of the body. */
const drop = (response: ServerResponse) => void response.destroy(new Error('cut by the script'));

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function parseChat(body: string): ChatBody | null {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as ChatBody) : null;
  } catch {
    return null;
  }
}

async function play(response: ServerResponse, reply: Reply, chat: ChatBody): Promise<void> {
  if ('silent' in reply) return;
  if ('status' in reply) return send(response, reply);
  if ('flood' in reply) return flood(response, reply);
  if (chat.stream !== true) return send(response, { status: 200, body: completion(reply, chat) });
  await stream(response, reply, chat);
}

function send(response: ServerResponse, reply: BodyReply): void {
  const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body, null, 2);
  const type = typeof reply.body === 'string' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(reply.status, { 'content-type': type, ...reply.headers });
  response.end(text);
}

const eventStream = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };

/** Writes and waits until there is room; false when the other side has gone. */
async function write(response: ServerResponse, text: string): Promise<boolean> {
  if (response.destroyed) return false;
  if (!response.write(text))
    await new Promise<void>((next) => {
      const go = () => {
        response.off('drain', go).off('close', go);
        next();
      };
      response.on('drain', go).on('close', go);
    });
  return !response.destroyed;
}

const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;

const head = (chat: ChatBody) => ({
  id: 'chatcmpl-scripted',
  created: 1_780_000_000,
  model: chat['model'] ?? 'scripted-model',
});

const chunk = (chat: ChatBody, delta: Record<string, string>, finish: string | null = null) => ({
  ...head(chat),
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
});

async function stream(response: ServerResponse, reply: TextReply, chat: ChatBody): Promise<void> {
  response.writeHead(200, eventStream);
  response.flushHeaders();
  const fault = reply.fault && !reply.faultAfterFinish ? reply.fault : null;
  const deltas = deltasOf(reply).slice(0, fault?.after ?? Number.POSITIVE_INFINITY);
  for (const delta of deltas) {
    await reply.gate?.pass();
    if (!(await write(response, event(chunk(chat, delta))))) return;
  }
  if (fault) return fail(response, fault);
  for (const last of endOf(reply, chat)) await write(response, event(last));
  if (reply.fault) return fail(response, reply.fault);
  response.end('data: [DONE]\n\n');
}

function fail(response: ServerResponse, fault: NonNullable<TextReply['fault']>): void {
  if (fault.kind === 'hang') return;
  if (fault.kind === 'end') response.end();
  // A full turn of the event loop lets what was written leave before the cut.
  if (fault.kind === 'drop') setImmediate(() => drop(response));
  if (fault.kind === 'raw') response.end(fault.text);
  if (fault.kind === 'error') response.end(`${fault.named ? 'event: error\n' : ''}${event({ error: fault.error })}`);
}

/** The chunks of a reply: thinking first, where the reply wants it, then the answer. */
function deltasOf(reply: TextReply): Record<string, string>[] {
  const size = reply.chunkChars ?? 8;
  const { reasoning } = reply;
  if (!reasoning) return inPieces(reply.text, size).map((content) => ({ role: 'assistant', content }));
  if (reasoning.place === 'think' || reasoning.place === 'open-think') {
    const tag = reasoning.place === 'think' ? '</think>' : '';
    return inPieces(`<think>${reasoning.text}${tag}${reply.text}`, size).map((content) => ({ content }));
  }
  const thoughts = inPieces(reasoning.text, size).map((text) => ({ [reasoning.place]: text }));
  return [...thoughts, ...inPieces(reply.text, size).map((content) => ({ content }))];
}

function inPieces(text: string, size: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size));
  return pieces;
}

function endOf(reply: TextReply, chat: ChatBody): unknown[] {
  const asked = (chat['stream_options'] as { include_usage?: boolean } | undefined)?.include_usage === true;
  const place = reply.usage === undefined || reply.usage === 'asked' ? (asked ? 'own' : 'none') : reply.usage;
  const last = chunk(chat, {}, reply.finish ?? 'stop');
  const usage = usageOf(reply, chat);
  if (place === 'last') return [{ ...last, usage }];
  return place === 'own' ? [last, { ...last, choices: [], usage }] : [last];
}

/** Figures that follow from the lengths alone, so that a test can expect them. */
function usageOf(reply: TextReply, chat: ChatBody) {
  const prompt = Math.ceil((chat.messages ?? []).reduce((sum, each) => sum + each.content.length, 0) / 4);
  const answered = deltasOf(reply).length;
  return { prompt_tokens: prompt, completion_tokens: answered, total_tokens: prompt + answered };
}

const completion = (reply: TextReply, chat: ChatBody) => ({
  ...head(chat),
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: reply.text,
        ...(reply.reasoning && { reasoning_content: reply.reasoning.text }),
      },
      logprobs: null,
      finish_reason: reply.finish ?? 'stop',
    },
  ],
  usage: usageOf(reply, chat),
});

async function flood(response: ServerResponse, reply: FloodReply): Promise<void> {
  response.writeHead(200, eventStream);
  const field = reply.flood === 'thoughts' ? 'reasoning_content' : 'content';
  const piece = reply.flood === 'line' ? 'x'.repeat(65_536) : event(chunk({}, { [field]: 'and so on '.repeat(100) }));
  if (reply.flood === 'line') await write(response, 'data: {"choices":[{"delta":{"content":"');
  for (let sent = 0; sent < reply.megabytes * 1_000_000; sent += piece.length)
    if (!(await write(response, piece))) return;
  response.end(reply.flood === 'line' ? '"}}]}\n\ndata: [DONE]\n\n' : 'data: [DONE]\n\n');
}

if (import.meta.main) {
  const flag = process.argv.indexOf('--port');
  const port = flag > 0 ? Number(process.argv[flag + 1]) : 0;
  const server = await startScriptedServer({ port });
  console.log(`A scripted fake, not a model, answers at ${server.baseUrl}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
}
