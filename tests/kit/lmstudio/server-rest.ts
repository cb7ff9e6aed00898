import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { refusals } from './refusals.ts';
import { chatRoute } from './route-chat.ts';
import { embeddingsRoute } from './route-embeddings.ts';
import { listRoute, modelRoute } from './route-lists.ts';
import { downloadRoute, downloadStatusRoute, loadRoute, unloadRoute } from './route-load.ts';
import type { Machine } from './server-machine.ts';
import type { Handler } from './server-port.ts';
import { bodyOf, objectOf, sendHtml, sendJson, sendRefusal } from './server-wire.ts';
import type { SeenRequest } from './simulator.ts';

type Route = (
  machine: Machine,
  body: Record<string, unknown>,
  response: ServerResponse,
  rest: string,
) => void | Promise<void>;

/** Routes by method and path; a path that ends in `/` takes what follows as an argument. */
const routes: Record<string, Route> = {
  'GET /lmstudio-greeting': greet,
  'GET /v1/models': (machine, _, response) => listRoute(machine, 'openAi', response),
  'POST /v1/chat/completions': (machine, body, response) => chatRoute(machine, 'chat', body, response),
  'POST /v1/completions': (machine, body, response) => chatRoute(machine, 'text', body, response),
  'POST /v1/embeddings': embeddingsRoute,
  'GET /api/v0/models': (machine, _, response) => listRoute(machine, 'v0', response),
  'GET /api/v0/models/': (machine, _, response, id) => modelRoute(machine, decodeURIComponent(id), response),
  'POST /api/v0/chat/completions': (machine, body, response) => chatRoute(machine, 'v0', body, response),
  'POST /api/v0/completions': (machine, body, response) => chatRoute(machine, 'text', body, response),
  'POST /api/v0/embeddings': embeddingsRoute,
  'GET /api/v1/models': (machine, _, response) => listRoute(machine, 'v1', response),
  'POST /api/v1/models/load': loadRoute,
  'POST /api/v1/models/unload': unloadRoute,
  'POST /api/v1/models/download': downloadRoute,
  'GET /api/v1/models/download/status/': (machine, _, response, id) => downloadStatusRoute(machine, id, response),
};

export function greet(_machine: unknown, _body: unknown, response: ServerResponse): void {
  sendJson(response, 200, { lmstudio: true });
}

/**
 * The REST server's handler: sections 1.6, 2 and 3 of the reference, but `/v1/responses`, `/v1/messages` and `/api/v1/chat`, which it
 * does not know in any version.
 */
export function restHandler(machine: Machine, seen: (request: SeenRequest) => void): Handler {
  const used = new WeakSet<Socket>();
  return async (request, response) => {
    const isReused = used.has(request.socket);
    used.add(request.socket);
    const body = await bodyOf(request);
    const { method = 'GET', url: path = '/', headers } = request;
    seen({ method, path, headers, body, at: machine.clock.now() });
    response.setHeader('X-Powered-By', 'Express');
    if (machine.settings.cors) response.setHeader('access-control-allow-origin', '*');
    if (faultOfRoute(machine, response, isReused) === 'struck') return;
    await answer(machine, request, response, body);
  };
}

function faultOfRoute({ faults }: Machine, response: ServerResponse, isReused: boolean): 'struck' | 'fine' {
  if (faults.strikes('no-answer')) return 'struck';
  if (faults.strikes('connection-reset') || (isReused && faults.strikes('keep-alive-reset'))) response.destroy();
  else if (faults.strikes('html-everywhere')) sendHtml(response);
  else if (faults.strikes('server-error')) sendJson(response, 500, { error: 'Internal server error' });
  else return 'fine';
  return 'struck';
}

async function answer(
  machine: Machine,
  request: IncomingMessage,
  response: ServerResponse,
  text: string,
): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const path = url.replace(/\?.*$/s, '');
  const exact = routes[`${method} ${path}`];
  const prefix = Object.keys(routes).find((each) => each.endsWith('/') && `${method} ${path}`.startsWith(each));
  const route = exact ?? (prefix === undefined ? undefined : routes[prefix]);
  if (!isGreeting(path) && isRefused(machine, request)) return sendRefusal(response, refusals.unauthorized());
  if (method === 'OPTIONS' && machine.settings.cors) return allowAll(response);
  if (!route || (path.startsWith('/api/v1/') && !machine.profile.v1)) {
    if (machine.faults.strikes('html-on-bad-path')) return sendHtml(response);
    return sendRefusal(response, refusals.unexpected(method, url));
  }
  const body = objectOf(text);
  if (!body) return sendRefusal(response, refusals.notJson());
  await route(machine, body, response, prefix === undefined ? '' : `${method} ${path}`.slice(prefix.length));
}

const isGreeting = (path: string) => path === '/lmstudio-greeting';

function isRefused({ faults, settings, profile }: Machine, { headers }: IncomingMessage): boolean {
  if (faults.strikes('unauthorized')) return true;
  return profile.v1 && settings.token !== null && headers.authorization !== `Bearer ${settings.token}`;
}

function allowAll(response: ServerResponse): void {
  response.writeHead(204, {
    'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
    'access-control-allow-headers': '*',
  });
  response.end();
}
