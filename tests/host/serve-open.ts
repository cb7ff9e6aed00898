import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { onTestFinished } from 'vitest';
import type { Serving } from '../../core/host/serve.ts';
import { type ServeOptions, serve } from '../../core/host/serve.ts';
import type { Log } from '../../core/ports.ts';
import type { contract } from '../../core/protocol.ts';
import { type FakeEngine, fakeEngine } from '../kit/fake-engine.ts';

export const token = 'c2VjcmV0LXNlY3JldC1zZWNyZXQ';
export const bearer = { authorization: `Bearer ${token}` };

export type Opened = Serving & { engine: FakeEngine; logged: string[] };

/** Opens a real door to a fake engine on any free port, with a small page; both end with the test. */
export async function open(options: Partial<ServeOptions> & { engine?: FakeEngine } = {}): Promise<Opened> {
  const engine = options.engine ?? fakeEngine();
  const logged: string[] = [];
  const pageDir = options.pageDir ?? (await smallPage());
  const opened = await serve({ door: engine, token, port: 0, log: logInto(logged), ...options, pageDir });
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  return { ...opened.value, engine, logged };
}

export function logInto(lines: string[]): Log {
  const write = (event: string, fields?: object) => void lines.push(JSON.stringify({ event, ...fields }));
  return { debug: write, info: write, warn: write, error: write };
}

/** A built page in miniature, with links that lead out of it. */
export async function smallPage(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'reverie-serve-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await mkdir(join(dir, 'page', 'assets'), { recursive: true });
  await writeFile(join(dir, 'secret.js'), 'outside');
  await writeFile(join(dir, 'page', 'index.html'), '<!doctype html><title>Reverie</title>');
  await writeFile(join(dir, 'page', 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(dir, 'page', 'assets', 'index-B4x_9aQz.js'), 'export {};');
  await symlink(join(dir, 'secret.js'), join(dir, 'page', 'assets', 'link.js'));
  await symlink(dir, join(dir, 'page', 'out'));
  return join(dir, 'page');
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  json(): unknown;
}

/** One request, exactly as given: path and headers are not normalised. */
export function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: () => JSON.parse(text) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends bytes as they are and resolves with everything that came back until the host hung up. */
export async function raw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  onTestFinished(() => void socket.destroy());
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(bytes);
  await hungUp(socket);
  return Buffer.concat(chunks).toString('utf8');
}

/** Resolves when the connection is gone, broken or ended. */
export const hungUp = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.on('error', () => {});
    socket.once('close', () => resolve());
  });

/** Connects as the page does. */
export async function connectPage(port: number, protocols = ['reverie', `token.${token}`]) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, protocols);
  onTestFinished(() => socket.close());
  const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve, { once: true }));
  const opened = once(socket, 'open').then(() => true);
  if (!(await Promise.race([opened, closed.then(() => false)]))) throw new Error('the connection was refused');
  const client: ContractRouterClient<typeof contract> = createORPCClient(new RPCLink({ websocket: socket }));
  return { socket, client, closed };
}
