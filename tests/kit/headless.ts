import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { InsightView, Snapshot } from '../../core/protocol.ts';
import { waitFor } from './wait-for.ts';

const bundle = fileURLToPath(new URL('../../dist/host/headless.js', import.meta.url));

/** The real headless host, built, in a process of its own, as an owner would start it. */
export interface HeadlessHost {
  /** The link it printed, token included. */
  link: string;
  base: string;
  token: string;
  pid: number;
  stdout(): string;
  stderr(): string;
  get<T>(path: string): Promise<T>;
  snapshot(): Promise<Snapshot>;
  insights(): Promise<InsightView[]>;
  note(text: string): Promise<{ id: string }>;
  /** Sends the signal and resolves with how the process ended. */
  end(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

interface Running {
  child: ReturnType<typeof spawn>;
  said: { stdout: string; stderr: string };
  ended: Promise<Ended>;
}

function run(args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [bundle, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (bytes: Buffer) => {
    said.stdout += bytes.toString('utf8');
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    said.stderr += bytes.toString('utf8');
  });
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, ...said })),
  );
  return { child, said, ended };
}

/** Runs the host until it ends by itself. */
export const runHeadless = (args: readonly string[], env?: Record<string, string>): Promise<Ended> =>
  run(args, env).ended;

/** Starts the host and waits for its link; a host that ends before is an error with its words. */
export async function startHeadless(args: readonly string[], env?: Record<string, string>): Promise<HeadlessHost> {
  const { child, said, ended } = run(args, env);
  let over: Ended | null = null;
  void ended.then((how) => {
    over = how;
  });
  const found = await waitFor('the link of the host', () => {
    if (over) throw new Error(`the host ended with ${over.code ?? over.signal}: ${over.stderr}`);
    return /^Reverie: (http:\/\/127\.0\.0\.1:\d+)\/#token=([\w-]+)$/m.exec(said.stdout);
  });
  const [link, base, token] = [found[0].slice('Reverie: '.length), found[1] ?? '', found[2] ?? ''];
  const authorized = { Authorization: `Bearer ${token}` };
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${base}${path}`, { headers: authorized });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return (await answer.json()) as T;
  };
  return {
    link,
    base,
    token,
    pid: child.pid ?? 0,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    get,
    snapshot: () => get<Snapshot>('/api/snapshot'),
    insights: () => get<InsightView[]>('/api/insights?limit=200'),
    async note(text) {
      const answer = await fetch(`${base}/api/notes`, {
        method: 'POST',
        headers: { ...authorized, 'Content-Type': 'application/json' },
        body: JSON.stringify({ text }),
      });
      if (answer.status !== 201) throw new Error(`the note was answered with ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as { id: string };
    },
    async end(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

/** Waits until the host watches everything and nothing waits for a thought. */
export const atRest = (host: HeadlessHost): Promise<Snapshot> =>
  waitFor('the host to be at rest', async () => {
    const now = await host.snapshot();
    const watching = now.sources.length > 0 && now.sources.every((source) => source.state === 'watching');
    return watching && now.counts.pending === 0 && now.intake.waiting === 0 && now.stage === 'resting' ? now : null;
  });
