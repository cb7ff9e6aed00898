import { type ParseArgsConfig, parseArgs } from 'node:util';
import { connectMachine } from './lms-machine.ts';
import { get, load, ls, ps, unload } from './lms-models.ts';
import * as program from './lms-program.ts';
import { Exit, type Shell, usage } from './lms-shell.ts';
import { oldCli, wordsOf } from './lms-words.ts';

// A double of the `lms` command line: a fake for tests that holds no model and talks to the simulator's control port. Started by the
// wrapper that home.ts writes: `node lms.ts --control PORT --internal DIR <command …>`. What it prints where, and how it ends, follows
// section 4 of the reference; what it shall do wrong, the simulator tells it.

type Flags = NonNullable<ParseArgsConfig['options']>;
interface Command {
  flags: Flags;
  run(shell: Shell): Promise<void>;
}

const json: Flags = { json: { type: 'boolean' } };
const remote: Flags = {
  port: { type: 'string' },
  host: { type: 'string' },
  'log-level': { type: 'string' },
  quiet: { type: 'boolean' },
  verbose: { type: 'boolean' },
};
const switches = (...names: string[]): Flags => Object.fromEntries(names.map((name) => [name, { type: 'boolean' }]));
const yes: Flags = { yes: { type: 'boolean', short: 'y' } };

const commands: Record<string, Command> = {
  version: { flags: json, run: program.version },
  status: { flags: remote, run: program.status },
  'server start': {
    flags: { port: { type: 'string', short: 'p' }, bind: { type: 'string' }, ...switches('cors') },
    run: program.serverStart,
  },
  'server stop': { flags: {}, run: program.serverStop },
  'server status': { flags: json, run: program.serverStatus },
  'daemon status': { flags: json, run: program.daemonStatus },
  'daemon up': { flags: json, run: program.daemonUp },
  'daemon down': { flags: {}, run: program.daemonDown },
  'log stream': {
    flags: {
      ...json,
      ...remote,
      source: { type: 'string', short: 's' },
      ...switches('stats'),
      filter: { type: 'string' },
    },
    run: program.logStream,
  },
  ls: { flags: { ...json, ...remote, ...switches('llm', 'embedding', 'variants', 'detailed') }, run: ls },
  ps: { flags: { ...json, ...remote }, run: ps },
  load: {
    flags: {
      ...remote,
      ...yes,
      ...switches('exact', 'local', 'estimate-only'),
      gpu: { type: 'string' },
      'context-length': { type: 'string', short: 'c' },
      parallel: { type: 'string' },
      ttl: { type: 'string' },
      identifier: { type: 'string' },
    },
    run: load,
  },
  unload: { flags: { ...remote, all: { type: 'boolean', short: 'a' } }, run: unload },
  get: { flags: { ...remote, ...yes, ...switches('mlx', 'gguf', 'select') }, run: get },
};

async function main([, controlPort, , internal, ...args]: string[]): Promise<void> {
  const machine = connectMachine(Number(controlPort));
  const state = await machine.state();
  const cli = state.knobs.old ? oldCli : state.cli;
  const name = args.slice(0, commands[args[0] ?? ''] ? 1 : 2).join(' ');
  const out = (text: string) => void process.stdout.write(text);
  await misbehave(state.knobs, name, out);
  if (args.length === 0) return overview(cli.version);
  if (/^(?:--version|-v)$/.test(name)) {
    if (!cli.versionFlag) throw usage(`unknown option '${name}'`);
    return out(`CLI commit: ${cli.version}\n`);
  }
  const command = name.startsWith('daemon') && !cli.daemon ? undefined : commands[name];
  if (!command) throw usage(`unknown command '${args[0]}'`);
  const { values, positionals } = parsed(args.slice(name.split(' ').length), command.flags);
  await command.run({
    machine,
    state,
    cli,
    words: wordsOf(state.knobs),
    flags: values,
    rest: positionals,
    internal: internal ?? '',
    out,
    err: (line) => void process.stderr.write(`${line}\n`),
  });
}

function parsed(args: string[], options: Flags) {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { values: values as Shell['flags'], positionals };
  } catch (thrown) {
    const option = /'(-[^' ]*)/.exec((thrown as Error).message)?.[1] ?? '';
    throw usage(`unknown option '${option}'`);
  }
}

/** What the simulator wants it to do wrong before it does anything else. */
async function misbehave(knobs: Shell['state']['knobs'], name: string, out: Shell['out']): Promise<void> {
  const strikes = (names: string[]) => names.includes(name) || names.includes('*');
  if (knobs.dies === 'SIGILL') {
    process.kill(process.pid, 'SIGILL');
    await program.forever();
  }
  if (strikes(knobs.hang)) await program.forever();
  if (strikes(knobs.flood))
    for (let megabyte = 0; megabyte < 10; megabyte += 1) out('all work and no play. \n'.repeat(43_500));
}

function overview(commit: string): never {
  process.stdout.write(`lms is LM Studio's CLI utility.\nCLI commit: ${commit}\n`);
  throw new Exit(1, 'Usage: lms <command>');
}

process.once('SIGINT', () => process.exit(process.argv.includes('stream') ? 0 : 1));
process.once('SIGTERM', () => process.exit(process.argv.includes('stream') ? 0 : 1));

try {
  await main(process.argv.slice(2));
} catch (thrown) {
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  if (words !== '') process.stderr.write(`${words}\n`);
  process.exitCode = thrown instanceof Exit ? thrown.code : 1;
}
