import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { ok } from '../../core/errors.ts';
import type { Instance, ModelEntry } from '../../core/lmstudio/catalogue.ts';
import type { Lms } from '../../core/lmstudio/driver/lms.ts';
import type { SeenLms } from '../../core/lmstudio/lm-studio.ts';

/** What a scripted route does: answers with JSON (200 unless a status stands there), or whatever a function does by hand. */
export type Route = { status?: number; json: unknown } | ((response: ServerResponse, request: Asked) => void);

export interface Asked {
  method: string;
  path: string;
  token: string | undefined;
  body: unknown;
}

export const greeting: Route = { json: { lmstudio: true } };

/** As LM Studio answers a route that it does not have. */
const unexpected = (method: string, path: string): Route => ({
  json: { error: `Unexpected endpoint or method. (${method} ${path})` },
});

/** A server of this test: answers by `routes`, which may be changed while it runs. Closed when the test ends. */
export async function openServer(routes: Record<string, Route>, at: { host?: string; port?: number } = {}) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const path = request.url ?? '';
      const method = request.method ?? '';
      const seen = { method, path, token: request.headers.authorization, body };
      asked.push(seen);
      answer(routes[path] ?? unexpected(method, path), response, seen);
    });
  });
  server.listen(at.port ?? 0, at.host ?? '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return { port, address: `http://${at.host ?? '127.0.0.1'}:${port}`, asked, routes, close };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const part of request) text += String(part);
  return text === '' ? null : JSON.parse(text);
}

function answer(route: Route, response: ServerResponse, asked: Asked): void {
  if (typeof route === 'function') return route(response, asked);
  response.writeHead(route.status ?? 200, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(route.json, null, 2));
}

export const html: Route = (response) => {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end('<!doctype html><title>Grafana</title>');
};

/** Takes the request and never answers. */
export const never: Route = () => {};

/** Ends the connection instead of answering. */
export const reset = (response: ServerResponse): void => {
  response.socket?.resetAndDestroy();
};

/** A port where nothing listens. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export const entry = (key: string, more: Partial<ModelEntry> = {}): ModelEntry => ({
  key,
  name: key,
  type: 'llm',
  params: null,
  quantization: null,
  sizeBytes: null,
  maxContextTokens: null,
  reasons: null,
  path: `${key}/file.gguf`,
  remote: false,
  ...more,
});

export const instance = (id: string, more: Partial<Instance> = {}): Instance => ({
  id,
  key: id,
  type: 'llm',
  contextTokens: 8_192,
  parallel: 4,
  ttlMs: null,
  lastUsedAt: null,
  work: 'idle',
  queued: 0,
  sizeBytes: null,
  remote: false,
  ...more,
});

export const foundLms: SeenLms = { kind: 'found', path: '/opt/lms', version: 'abc' };

/** An `lms` that answers as told; every call is noted. Missing unless told otherwise. */
export function scriptedLms(answers: Partial<Lms> = {}) {
  const calls: string[] = [];
  const noted =
    <A extends unknown[], R>(name: string, run: (...args: A) => R) =>
    (...args: A): R => {
      const last = args.findIndex((each) => each instanceof AbortSignal || typeof each === 'function');
      calls.push([name, ...args.slice(0, last).map((each) => JSON.stringify(each))].join(' '));
      return run(...args);
    };
  const lms: Lms = {
    found: answers.found ?? (() => Promise.resolve<SeenLms>({ kind: 'missing' })),
    daemon: noted('daemon', answers.daemon ?? (() => Promise.resolve(null))),
    list: noted('list', answers.list ?? (() => Promise.resolve(ok([])))),
    loaded: noted('loaded', answers.loaded ?? (() => Promise.resolve(ok([])))),
    load: noted('load', answers.load ?? (() => Promise.resolve(ok(null)))),
    unload: noted('unload', answers.unload ?? (() => Promise.resolve(ok(null)))),
    get: noted('get', answers.get ?? (() => Promise.resolve(ok(null)))),
    startServer: noted('startServer', answers.startServer ?? (() => Promise.resolve(ok(null)))),
  };
  return { lms, calls };
}

/** Whatever is logged, as text. */
export function keptLog() {
  const lines: string[] = [];
  const keep = (event: string, fields?: object) => void lines.push(`${event} ${JSON.stringify(fields ?? {})}`);
  return { lines, log: { debug: keep, info: keep, warn: keep, error: keep } };
}

export const signal = (): AbortSignal => new AbortController().signal;
