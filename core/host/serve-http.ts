import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { messageOf } from '../errors.ts';
import type { Log } from '../ports.ts';
import type { Door } from '../protocol.ts';

/** A file of the page, in memory: a request names a key of a map and never a path of the disk, so nothing outside can be named. */
export interface PageFile {
  body: Buffer;
  type: string;
  etag: string;
  cache: string;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Reads every regular file below the folder, by its URL path. Links and what cannot be read are left out. */
export async function loadPage(pageDir: string): Promise<Map<string, PageFile>> {
  const page = new Map<string, PageFile>();
  const entries = await readdir(pageDir, { recursive: true, withFileTypes: true }).catch(() => []);
  const load = async (path: string) => {
    const body = await readFile(path).catch(() => null);
    const urlPath = `/${relative(pageDir, path).split(sep).join('/')}`;
    if (body !== null) page.set(urlPath, pageFile(urlPath, body));
  };
  const files = entries.filter((entry) => entry.isFile());
  await Promise.all(files.map((entry) => load(join(entry.parentPath, entry.name))));
  return page;
}

function pageFile(urlPath: string, body: Buffer): PageFile {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const hashed = /^\/assets\/.+-[\w-]{8,}\.\w+$/.test(urlPath);
  const cache = urlPath.endsWith('.html') ? 'no-store' : hashed ? 'public, max-age=31536000, immutable' : 'no-cache';
  return { body, type: types[extname(urlPath)] ?? 'application/octet-stream', etag, cache };
}

export interface AnswererParts {
  door: Door;
  page: ReadonlyMap<string, PageFile>;
  isToken(candidate: string): boolean;
  bodyBytes: number;
  log: Log;
}

type Route = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => Promise<void> | void;

/**
 * Answers everything that is not a WebSocket: page files and /healthz for anyone, /api for whoever brings the token. Never rejects: what
 * the engine throws becomes an answer in words.
 */
export function createAnswerer(
  parts: AnswererParts,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { door, page, log } = parts;
  const open: Record<string, Record<string, Route>> = { '/healthz': onlyRead((_, response) => health(door, response)) };
  for (const [path, file] of page) open[path] = onlyRead((request, response) => sendFile(request, response, file));
  const index = open['/index.html'];
  open['/'] =
    index ??
    onlyRead((_, response) => replyError(response, 404, 'The page is not built. Run npm start, which builds it.'));
  const guarded = apiRoutes(parts);

  const route = async (request: IncomingMessage, response: ServerResponse) => {
    const [path, query] = splitTarget(request.url ?? '');
    if (!path.startsWith('/')) return replyError(response, 400, 'Ask for a path that starts with a slash.');
    const free = Object.hasOwn(open, path) ? open[path] : undefined;
    if (free) return dispatch(free, request, response, query);
    if (!isBearer(request, parts.isToken)) {
      if (isFileName(path)) return replyError(response, 404, 'The page has no such file.');
      response.setHeader('WWW-Authenticate', 'Bearer');
      return replyError(
        response,
        401,
        'The token is missing or wrong. Send "Authorization: Bearer" with the token of the link.',
      );
    }
    const known = Object.hasOwn(guarded, path) ? guarded[path] : undefined;
    if (!known)
      return replyError(response, 404, 'There is nothing here. See /api/snapshot, /api/insights and /api/notes.');
    return dispatch(known, request, response, query);
  };
  return async (request, response) => {
    try {
      await route(request, response);
    } catch (thrown) {
      log.error('request-failed', { name: thrown instanceof Error ? thrown.name : 'unknown' });
      replyError(
        response,
        500,
        `Reverie could not answer this: ${messageOf(thrown)}. Try again; if it stays, restart Reverie.`,
      );
    }
  };
}

function apiRoutes({ door, bodyBytes, log }: AnswererParts): Record<string, Record<string, Route>> {
  return {
    '/api/snapshot': { GET: (_, response) => replyJson(response, 200, door.snapshot()) },
    '/api/insights': { GET: (_, response, query) => listInsights(door, response, query) },
    '/api/notes': { POST: (request, response) => takeNote(door, request, response, { bodyBytes, log }) },
  };
}

const onlyRead = (route: Route): Record<string, Route> => ({ GET: route, HEAD: route });

function dispatch(
  methods: Record<string, Route>,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
) {
  const method = request.method ?? '';
  const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (route) return route(request, response, query);
  const allowed = Object.keys(methods).join(', ');
  response.setHeader('Allow', allowed);
  return replyError(response, 405, `This cannot be asked with ${method}. Use ${allowed}.`);
}

function splitTarget(target: string): [path: string, query: URLSearchParams] {
  const mark = target.indexOf('?');
  return mark < 0
    ? [target, new URLSearchParams()]
    : [target.slice(0, mark), new URLSearchParams(target.slice(mark + 1))];
}

/** What can only be meant as a file of the page: it has an extension, an escape or the assets folder in it, and is not under /api. */
const isFileName = (path: string): boolean => /[.%\\\0]|^\/assets\//.test(path) && !/^\/(api|ws)(\/|$)/.test(path);

function isBearer(request: IncomingMessage, isToken: (candidate: string) => boolean): boolean {
  const [, candidate] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  return candidate !== undefined && isToken(candidate);
}

function health(door: Door, response: ServerResponse): void {
  replyJson(response, 200, { ok: true, life: door.snapshot().life });
}

function sendFile(request: IncomingMessage, response: ServerResponse, file: PageFile): void {
  response.setHeader('Cache-Control', file.cache);
  response.setHeader('ETag', file.etag);
  if (file.cache !== 'no-store' && request.headers['if-none-match'] === file.etag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': file.body.length }).end(file.body);
}

async function listInsights(door: Door, response: ServerResponse, query: URLSearchParams): Promise<void> {
  // Loaded with the first call: a start is answered before the schemas are needed.
  const { insightQuerySchema } = await import('../protocol.ts');
  const limit = query.get('limit');
  const asked = insightQuerySchema.safeParse(
    limit === null ? {} : { limit: /^\d{1,9}$/.test(limit) ? Number(limit) : null },
  );
  if (!asked.success)
    return replyError(response, 400, 'limit must be a whole number from 1 to 500. Leave it out for 50.');
  replyJson(response, 200, await door.query.insights(asked.data));
}

async function takeNote(
  door: Door,
  request: IncomingMessage,
  response: ServerResponse,
  { bodyBytes, log }: { bodyBytes: number; log: Log },
): Promise<void> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json' || request.headers['content-encoding'] !== undefined) {
    return replyError(response, 415, 'Send the note as plain JSON, with "Content-Type: application/json".');
  }
  const body = await bodyOf(request, bodyBytes);
  if (body === null) return;
  if (body === 'too-large')
    return replyError(response, 413, `A request may have at most ${bodyBytes} bytes. Shorten the note.`);
  const { noteSchema } = await import('../protocol.ts');
  const note = noteSchema.safeParse(jsonOf(body));
  if (!note.success)
    return replyError(response, 400, 'A note is JSON like {"text":"…"} with 1 to 10,000 characters of text.');
  try {
    replyJson(response, 201, await door.note(note.data.text));
  } catch (thrown) {
    log.warn('note-refused');
    replyError(
      response,
      503,
      `The note was not kept: ${messageOf(thrown)}. Copy it, set this right and send it again.`,
    );
  }
}

/** The whole body; `too-large` as soon as that is known; null when the client left. The rest of a large body is read and forgotten. */
function bodyOf(request: IncomingMessage, limit: number): Promise<Buffer | 'too-large' | null> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    const refuse = () => {
      chunks = [];
      resolve('too-large');
    };
    if (Number(request.headers['content-length'] ?? 0) > limit) refuse();
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limit) refuse();
      else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('close', () => resolve(null));
    request.once('error', () => resolve(null));
  });
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function replyJson(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(JSON.stringify(value));
  response
    .writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length })
    .end(body);
}

/** Answers with `{"error": words}`: what happened and what to do. */
export function replyError(response: ServerResponse, status: number, error: string): void {
  replyJson(response, status, { error });
}
