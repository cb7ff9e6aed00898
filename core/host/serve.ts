import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Result } from '../errors.ts';
import { Bug, fail, messageOf, ok } from '../errors.ts';
import type { Log } from '../ports.ts';
import type { Door } from '../protocol.ts';
import { createAnswerer, loadPage, replyError } from './serve-http.ts';
import type { Sockets } from './serve-socket.ts';

/** The loopback door: page files, a small JSON API and the contract over WebSocket, for whoever knows the token. */
export interface Serving {
  /** Where it answers, without slash at the end; `url/#token=…` opens the page (fragments are never sent). */
  url: string;
  port: number;
  /** Ends every connection at once and resolves when the port is free. Idempotent. */
  close(): Promise<void>;
}

export interface ServeLimits {
  headersMs: number;
  requestMs: number;
  /** Between two looks for requests that take too long. */
  checkMs: number;
  bodyBytes: number;
  frameBytes: number;
  /** Bytes that may wait for one slow client. */
  backlogBytes: number;
  /** Events that may wait for one slow client. */
  queuedEvents: number;
  clients: number;
  /** Event streams of one client. */
  streams: number;
  pingMs: number;
}

const defaultLimits: ServeLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  checkMs: 5_000,
  bodyBytes: 64 * 1024,
  frameBytes: 256 * 1024,
  backlogBytes: 16 * 1024 * 1024,
  queuedEvents: 1_000,
  clients: 16,
  streams: 4,
  pingMs: 30_000,
};

export interface ServeOptions {
  door: Door;
  /** A built page: index.html and assets/. Read once, at the start. */
  pageDir: string;
  token: string;
  /** Exactly this port (0: any), or this one if it is free and any other if not. */
  port: number | { preferred: number };
  log: Log;
  limits?: Partial<ServeLimits>;
}

/**
 * Opens the door on 127.0.0.1. Fails with `port-taken` (an exact port is in use), `port-refused` (the system does not give it) or
 * `port-invalid`. Host and Origin are checked on everything (a page elsewhere may point its own name at 127.0.0.1), the token on
 * everything but page files and /healthz.
 */
export async function serve(options: ServeOptions): Promise<Result<Serving>> {
  const { token, log } = options;
  if (token === '') throw new Bug('an empty token guards nothing');
  const limits = { ...defaultLimits, ...options.limits };
  const page = await loadPage(options.pageDir);
  if (!page.has('/index.html')) log.warn('page-missing');
  const isToken = tokenCheck(token);
  const answer = createAnswerer({ door: options.door, page, isToken, bodyBytes: limits.bodyBytes, log });
  const http = createHttp(limits, (request, response) => {
    const port = request.socket.localPort ?? 0;
    response.setHeaders(new Map(Object.entries({ ...commonHeaders, 'Content-Security-Policy': contentPolicy(port) })));
    const foreign = foreignRefusal(request.headers, port);
    if (foreign !== null) return replyError(response, 403, foreign);
    void answer(request, response);
  });
  const upgrades = acceptUpgrades(http, {
    refusal: (request) => upgradeRefusal(request, isToken),
    load: async () => (await import('./serve-socket.ts')).openSockets({ door: options.door, limits, log }),
  });

  const listening = await listen(http, options.port);
  if (!listening.ok) return listening;
  const port = listening.value;
  // A connection that could not be accepted (too many open files) is reported here and must not end the host.
  http.on('error', () => log.warn('connection-not-accepted'));
  let closing: Promise<void> | null = null;
  const close = async () => {
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    http.closeAllConnections();
    await upgrades.close();
    await closed;
  };
  return ok({
    url: `http://127.0.0.1:${port}`,
    port,
    close: () => {
      closing ??= close();
      return closing;
    },
  });
}

const commonHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

function createHttp(limits: ServeLimits, handle: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const http = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkMs,
      // Without it every `Upgrade: h2c` of a command-line client would land at the WebSocket door.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
    },
    handle,
  );
  http.maxConnections = 256;
  http.setTimeout(2 * limits.requestMs);
  return http;
}

/** Compares digests, so that neither content nor length of the token shows in the time it takes. */
function tokenCheck(token: string): (candidate: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const wanted = digest(token);
  return (candidate) => timingSafeEqual(digest(candidate), wanted);
}

/** What the page may load and reach: itself and this host. */
const contentPolicy = (port: number): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Why a request must not pass, by its Host and Origin; null when it may. */
function foreignRefusal({ host, origin }: IncomingHttpHeaders, port: number): string | null {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  // Browsers leave out the port that is usual for http.
  const hosts = names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  if (!hosts.includes(host?.toLowerCase() ?? '')) {
    return `Reverie answers only as 127.0.0.1:${port} or localhost:${port}. Use one of these.`;
  }
  if (origin === undefined || hosts.some((each) => origin === `http://${each}`)) return null;
  return 'Pages of other origins may not ask Reverie. Use its own page.';
}

interface UpgradeRefusal {
  status: number;
  error: string;
}

function upgradeRefusal(request: IncomingMessage, isToken: (candidate: string) => boolean): UpgradeRefusal | null {
  const foreign = foreignRefusal(request.headers, request.socket.localPort ?? 0);
  if (foreign !== null) return { status: 403, error: foreign };
  if (request.url !== '/ws')
    return { status: 404, error: 'There is nothing to connect to here. The socket is at /ws.' };
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim());
  const candidate = offered.find((each) => each.startsWith('token.'))?.slice('token.'.length);
  if (candidate === undefined || !isToken(candidate)) {
    return { status: 401, error: 'The token is missing or wrong. Open the link that Reverie printed when it started.' };
  }
  if (!offered.includes('reverie')) return { status: 400, error: 'Offer the subprotocol "reverie" next to the token.' };
  return null;
}

/** Owns every socket that left HTTP. The WebSocket half is loaded with the first one: most of a start needs none. */
function acceptUpgrades(
  http: Server,
  parts: { refusal(request: IncomingMessage): UpgradeRefusal | null; load(): Promise<Sockets> },
): { close(): Promise<void> } {
  const open = new Set<Duplex>();
  let sockets: Promise<Sockets> | null = null;
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    // A client may break off at any moment; the close event says all we need.
    socket.on('error', () => socket.destroy());
    const refusal = parts.refusal(request);
    if (refusal) return refuseUpgrade(socket, refusal);
    sockets ??= parts.load();
    sockets.then(
      (ready) => {
        const full = ready.upgrade(request, socket, head);
        if (full !== null) refuseUpgrade(socket, { status: 503, error: full });
      },
      (thrown) => refuseUpgrade(socket, { status: 500, error: messageOf(thrown) }),
    );
  });
  return {
    async close() {
      (await sockets?.catch(() => null))?.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function refuseUpgrade(socket: Duplex, { status, error }: UpgradeRefusal): void {
  const body = JSON.stringify({ error });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(commonHeaders).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

async function listen(http: Server, wanted: ServeOptions['port']): Promise<Result<number>> {
  const exact = typeof wanted === 'number';
  const first = await listenOn(http, exact ? wanted : wanted.preferred);
  if (first.ok || exact) return first;
  return listenOn(http, 0);
}

async function listenOn(http: Server, port: number): Promise<Result<number>> {
  try {
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
        http.off('error', reject);
        resolve();
      });
    });
  } catch (thrown) {
    return portFailure(port, thrown);
  }
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Bug('a listening server has a port');
  return ok(address.port);
}

function portFailure(port: number, thrown: unknown): Result<never> {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
  if (code === 'EADDRINUSE') {
    const message = `Port ${port} on 127.0.0.1 is in use by another program. End that program, or start Reverie with another port.`;
    return fail({ class: 'resource', code: 'port-taken', message });
  }
  if (code === 'ERR_SOCKET_BAD_PORT') {
    return fail({
      class: 'permanent',
      code: 'port-invalid',
      message: `${port} is no port. Choose one from 1 to 65535.`,
    });
  }
  const message = `The system does not give port ${port}: ${messageOf(thrown)}. Choose one from 1024 to 65535.`;
  return fail({ class: 'permission', code: 'port-refused', message });
}
