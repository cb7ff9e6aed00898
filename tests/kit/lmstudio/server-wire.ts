import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal } from './refusals.ts';

/** Sends JSON as Express does; indented where the program does so. */
export function sendJson(response: ServerResponse, status: number, body: unknown, indent = 0): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body, null, indent));
}

export const sendRefusal = (response: ServerResponse, refusal: Refusal): void =>
  sendJson(response, refusal.status, refusal.body);

export const sendHtml = (response: ServerResponse): void =>
  send(response, 200, 'text/html; charset=utf-8', '<!doctype html><title>Hello</title><p>Some other page.</p>');

export function send(response: ServerResponse, status: number, type: string, text: string): void {
  const hash = createHash('sha1').update(text).digest('base64').slice(0, 27);
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    etag: `W/"${Buffer.byteLength(text).toString(16)}-${hash}"`,
  });
  response.end(text);
}

/** Writes and waits until there is room; false when the other side has gone. */
export async function write(response: ServerResponse, text: string): Promise<boolean> {
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

export function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.flushHeaders();
}

export const dataLine = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;

/** Cuts the connection without an end, after what was written has left. */
export const cut = (response: ServerResponse): void => void setImmediate(() => response.destroy());

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** The JSON object in a body; null when it is none. An empty body is an empty object. */
export function objectOf(body: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = body === '' ? {} : JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** Aborts when the client goes away before its answer is complete. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
