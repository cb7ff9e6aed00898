import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModelRequest } from '../../core/ports.ts';
import type { OpenAiOptions } from '../../core/think/models/openai.ts';

/** A server with the OpenAI surface whose replies are written by hand, for what the scripted server does not say. */
export interface HandServer {
  readonly baseUrl: string;
  /** Every POST, in order. */
  readonly posts: { path: string; body: Record<string, unknown> }[];
  /** How often the list of models was asked for. */
  lists(): number;
  /** Replies that the client gave up. */
  givenUp(): number;
  close(): Promise<void>;
}

export type Hand = (response: ServerResponse, body: Record<string, unknown>) => void | Promise<void>;

export async function startHandServer(hand: Hand, models = ['asked'], port = 0): Promise<HandServer> {
  const posts: HandServer['posts'] = [];
  let lists = 0;
  let givenUp = 0;
  const http = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) givenUp += 1;
    });
    serve(request, response).catch(() => response.destroy());
  });
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request) text += String(part);
    if (request.method !== 'POST') {
      lists += 1;
      return json(response, { object: 'list', data: models.map((id) => ({ id, object: 'model' })) });
    }
    const body = JSON.parse(text) as Record<string, unknown>;
    posts.push({ path: request.url ?? '', body });
    await hand(response, body);
  }
  await new Promise<void>((listening) => http.listen(port, '127.0.0.1', listening));
  return {
    baseUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`,
    posts,
    lists: () => lists,
    givenUp: () => givenUp,
    async close() {
      const closed = new Promise<void>((done) => http.close(() => done()));
      http.closeAllConnections();
      await closed;
    },
  };
}

export const json = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
};

/** Begins a stream: headers only. */
export const begin = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
};

/** Sends one chunk with this delta, from this model. */
export const say = (
  response: ServerResponse,
  delta: Record<string, unknown>,
  more: { model?: string; finish?: string; usage?: unknown } = {},
): void => {
  const choices = [{ index: 0, delta, finish_reason: more.finish ?? null }];
  const chunk = { object: 'chat.completion.chunk', model: more.model ?? 'asked', choices, usage: more.usage };
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
};

/** A good end. */
export const finish = (response: ServerResponse, more: { model?: string; usage?: unknown } = {}): void => {
  say(response, {}, { ...more, finish: 'stop' });
  response.end('data: [DONE]\n\n');
};

export const never = new AbortController().signal;

const silent = () => {};

export const optionsFor = (server: { baseUrl: string }, more: Partial<OpenAiOptions> = {}): OpenAiOptions => ({
  baseUrl: server.baseUrl,
  apiKey: '',
  name: '',
  connectMs: 10_000,
  prefillMsPerToken: 0,
  inactivityMs: 30_000,
  callMs: 60_000,
  log: { debug: silent, info: silent, warn: silent, error: silent },
  ...more,
});

export const thoughtSchema = {
  name: 'thought',
  schema: { type: 'object', properties: { reasoning: { type: 'string' } }, required: ['reasoning'] },
};

export const plainRequest: ModelRequest = {
  messages: [{ role: 'user', content: 'o1: src/shop.ts changed' }],
  schema: null,
  maxTokens: 100,
  reasoningTokens: 2_000,
  temperature: 0.7,
  topP: 0.9,
  topK: 0,
  repeatPenalty: 1,
  context: null,
};

export const schemaRequest: ModelRequest = { ...plainRequest, schema: thoughtSchema };
