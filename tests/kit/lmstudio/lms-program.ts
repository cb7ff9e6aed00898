import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { greets } from './lms-machine.ts';
import { connect, Exit, must, numberOf, type Shell, textOf, usage } from './lms-shell.ts';

/** The commands of the double that have to do with the program and its server. */

export async function version({ flags, cli, out }: Shell): Promise<void> {
  out(flags['json'] ? `${JSON.stringify({ version: cli.version })}\n` : `lms - LM Studio CLI - ${cli.version}\n`);
}

export async function status(shell: Shell): Promise<void> {
  const { restPort } = shell.state;
  if (restPort === null) return shell.out('Server:  OFF\n\n(i) To start the server, run: lms server start\n');
  await connect(shell);
  const { instances } = await must(shell.machine.instances());
  const ids = instances.map((each) => `  ${String(each['identifier'])}\n`).join('');
  shell.out(`Server: ON (port: ${restPort})\n\n${ids === '' ? 'No Models Loaded\n' : `Loaded Models\n${ids}`}`);
}

export async function serverStart(shell: Shell): Promise<void> {
  const port = numberOf(shell, 'port');
  const bind = textOf(shell, 'bind');
  // Here the port is the one to bind, so that nothing keeps it from waking the program.
  await connect({ ...shell, flags: {} });
  const started = await must(
    shell.machine.startServer({
      cors: shell.flags['cors'] === true,
      ...(port !== undefined && { port }),
      ...(bind !== undefined && { bind }),
    }),
  );
  if (shell.flags['cors']) shell.err('CORS is enabled: any page can use the server.');
  shell.err(shell.words.serverStarted(started.port));
}

export async function serverStop(shell: Shell): Promise<void> {
  const { port } = lastConfig(shell);
  if (port === undefined || !(await greets(port))) throw new Exit(1, shell.words.serverOff);
  const stopped = await must(shell.machine.stopServer());
  shell.err(shell.words.serverStopped(stopped.port));
}

export async function serverStatus(shell: Shell): Promise<void> {
  const { port } = lastConfig(shell);
  const running = port !== undefined && (await greets(port));
  const sentence = running ? shell.words.serverOn(port) : shell.words.serverOff;
  if (!shell.flags['json'] || shell.cli.statusSentence) shell.err(sentence);
  if (shell.flags['json']) shell.out(`${JSON.stringify({ running, port })}\n`);
}

/** What the program wrote down about its server last; it may never have. */
function lastConfig({ internal }: Shell): { port?: number } {
  try {
    return JSON.parse(readFileSync(join(internal, 'http-server-config.json'), 'utf8')) as { port?: number };
  } catch {
    return {};
  }
}

export async function daemonStatus(shell: Shell): Promise<void> {
  const { running, pid, isDaemon } = shell.state;
  if (!shell.flags['json']) return shell.out(`${running ? shell.words.daemonRuns(pid) : shell.words.daemonOff}\n`);
  shell.out(`${JSON.stringify(running ? { status: 'running', pid, isDaemon } : { status: 'not-running' })}\n`);
}

export async function daemonUp(shell: Shell): Promise<void> {
  await connect(shell);
  const { pid, isDaemon, version: program } = await shell.machine.state();
  const said = JSON.stringify({ status: 'running', pid, isDaemon, version: program });
  shell.out(`${shell.flags['json'] ? said : shell.words.daemonRuns(pid)}\n`);
}

export async function daemonDown(shell: Shell): Promise<void> {
  if (!shell.state.running) throw new Exit(1, shell.words.daemonOff);
  if (!shell.state.isDaemon) throw usage('LM Studio itself runs, not the service; close its window.');
  await must(shell.machine.daemonDown());
}

/** One record, then silence until a signal: enough for a reader that must not choke. */
export async function logStream(shell: Shell): Promise<void> {
  await connect(shell);
  shell.err(shell.words.streaming);
  const data = { type: 'server.log', content: '[2026-06-01 09:00:00][INFO] Streaming response...', level: 'info' };
  shell.out(`${shell.flags['json'] ? JSON.stringify({ timestamp: Date.now(), data }) : data.content}\n`);
  await forever();
}

/** Until a signal comes. */
export const forever = (): Promise<never> => new Promise(() => setInterval(() => undefined, 1_000_000));
