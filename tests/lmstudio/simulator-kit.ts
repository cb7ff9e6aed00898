import { createSimulator, type Simulator, type SimulatorOptions } from '../kit/lmstudio/simulator.ts';

/** A simulator whose server is on. */
export async function serving(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await createSimulator(options);
  await simulator.launch();
  await simulator.startServer();
  return simulator;
}

interface Init {
  method?: string;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/** One request on a connection of its own; a body makes it a POST. */
export async function ask(simulator: Simulator, path: string, body?: unknown, init: Init = {}) {
  const response = await fetch(simulator.baseUrl() + path, {
    ...(body !== undefined && { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...init,
    headers: { connection: 'close', ...init.headers },
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: jsonOf(text) };
}

/** A verb of the control port; the JSON lines that came. */
export async function control(simulator: Simulator, verb: string, input: object = {}): Promise<unknown[]> {
  const url = `http://127.0.0.1:${simulator.controlPort}/control/${verb}`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(input), headers: { connection: 'close' } });
  return (await response.text()).trim().split('\n').map(jsonOf);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What lies at this way into a JSON value; undefined when nothing does. */
export const at = (value: unknown, ...way: (string | number)[]): unknown =>
  way.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | null | undefined)?.[key], value);

export const demo = 'acme/demo-8b';
export const thinker = 'acme/thinker-4b';
export const embedder = 'text-embedding-nomic-embed-text-v1.5';

export const chat = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: 'user', content: 'What happened?' }],
  ...more,
});

/** The data lines of a stream, as they came. */
export const dataOf = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice('data: '.length));

/** What the deltas of one field say together. */
export const saidIn = (text: string, field: string): string =>
  dataOf(text)
    .map((line) => String(at(jsonOf(line), 'choices', 0, 'delta', field) ?? ''))
    .join('');
