import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { Bug, messageOf } from '../errors.ts';
import { examine } from './doctor.ts';
import { createLive, type Live, type LiveOptions } from './live.ts';
import { lookOnce } from './once.ts';
import { serve } from './serve.ts';
import { defaultDataDir, keepPort, lastPort, ownToken } from './system.ts';

const usage = `usage: npm run mind -- [options]
       npm run mind -- doctor [--json] [--data-dir DIR] [--model M]
  --watch DIR        watch this folder (may be given several times; default: the current folder)
  --data-dir DIR     where Reverie keeps what it knows (default: ${defaultDataDir()})
  --port N           listen on this port of 127.0.0.1 (default: the port used last time if free, else any)
  --model M          rules | auto | the base URL of an OpenAI-compatible server (default: auto)
  --once --json      look once at what changed since the last run, print one JSON object, and end
  doctor             say how the model server stands and how to mend it, and end (0: a model is ready, 1: it is not)
`;

/** How long an orderly end may take before the process ends anyway. */
const stopWithinMs = 2_800;
/** How soon a host whose launcher died is gone. Each look wakes the process, and being woken is most of what idling costs. */
const launcherCheckMs = 10_000;
const dayMs = 86_400_000;

const say = (line: string) => process.stderr.write(`${line}\n`);
const print = (line: string) => new Promise((written) => process.stdout.write(`${line}\n`, written));

interface Options {
  live: LiveOptions;
  port: number | null;
  task: 'host' | 'once' | 'doctor';
  json: boolean;
}

/** Reads the command line; a mistake in it is a sentence. */
function readOptions(args: readonly string[]): Options | { mistake: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        watch: { type: 'string', multiple: true },
        'data-dir': { type: 'string' },
        port: { type: 'string' },
        model: { type: 'string' },
        once: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) return { mistake: '' };
    const [word, ...others] = positionals;
    if (others.length > 0 || (word !== undefined && word !== 'doctor'))
      return { mistake: `“${others[0] ?? word}” is not understood` };
    const port = values.port === undefined ? null : Number(values.port);
    if (port !== null && (!Number.isInteger(port) || port < 0 || port > 65_535))
      return { mistake: `--port ${values.port} is no port: give a number from 0 to 65535` };
    const model = readModel(values.model);
    if (model && 'mistake' in model) return model;
    if (values.once && !values.json) return { mistake: '--once prints JSON: give --json too' };
    const task = word === 'doctor' ? 'doctor' : values.once ? 'once' : 'host';
    // npm runs scripts in the project's folder; the owner means the one they stand in.
    const here = process.env.REVERIE_START_DIR ?? process.cwd();
    return {
      port,
      task,
      json: values.json === true,
      live: {
        dataDir: values['data-dir'] === undefined ? defaultDataDir() : resolve(here, values['data-dir']),
        watch: (values.watch ?? []).map((folder) => resolve(here, folder)),
        fallbackFolder: here,
        model,
        firstLookMs: task === 'once' ? dayMs : null,
        onProblem: say,
        shell: { kind: 'headless', pickFolder: null, login: null, power: null },
      },
    };
  } catch (thrown) {
    return { mistake: messageOf(thrown) };
  }
}

function readModel(given: string | undefined): LiveOptions['model'] | { mistake: string } {
  if (given === undefined) return null;
  if (given === 'rules' || given === 'auto') return { reasoner: given };
  if (/^https?:\/\/[^\s]+$/.test(given) && URL.canParse(given)) return { reasoner: 'auto', baseUrl: given };
  return { mistake: `--model ${given} is neither rules nor auto nor the URL of a server` };
}

async function main(): Promise<number> {
  // The young heap of a program that mostly waits need not grow: eight megabytes less for ever, the same speed (see the bench).
  setFlagsFromString('--semi-space-growth-factor=1');
  // The whole heap gives memory back sooner: some twenty megabytes less.
  setFlagsFromString('--optimize-for-size');
  // Whatever is written from here on is the owner's alone.
  process.umask(0o077);
  const options = readOptions(process.argv.slice(2));
  if ('mistake' in options) {
    say(options.mistake ? `${options.mistake}\n${usage}` : usage);
    return options.mistake ? 2 : 0;
  }
  if (options.task === 'doctor') {
    const { healthy, text } = await examine(options.live, options.json ? 'json' : 'words');
    await print(text);
    return healthy ? 0 : 1;
  }
  const live = await createLive(options.live);
  if (!live.ok) {
    say(live.failure.message);
    return 1;
  }
  return options.task === 'once' ? once(live.value) : host(live.value, options.port);
}

async function once(live: Live): Promise<number> {
  const stopping = untilSignal();
  const looked = await Promise.race([lookOnce(live.engine), stopping]);
  await live.stop();
  if (looked) await print(JSON.stringify(looked));
  return 0;
}

/** Serves the page first and starts to observe at once; ends cleanly on SIGINT and SIGTERM. */
async function host(live: Live, port: number | null): Promise<number> {
  const signalled = untilSignal();
  const token = ownToken(live.dataDir);
  const pageDir = pageFolder();
  if (!existsSync(pageDir)) say('The page is not built; the API works. Run “npm run mind” to build it.');
  const served = await serve({
    door: live.engine,
    pageDir,
    token,
    port: port ?? { preferred: lastPort(live.dataDir) ?? 0 },
    log: live.log,
  });
  if (!served.ok) {
    say(served.failure.message);
    await live.stop();
    return 1;
  }
  keepPort(live.dataDir, served.value.port);
  await live.engine.start();
  await print(`Reverie: ${served.value.url}/#token=${token}`);
  await signalled;
  const emergency = setTimeout(() => process.exit(1), stopWithinMs);
  await served.value.close();
  await live.stop();
  clearTimeout(emergency);
  return 0;
}

/** dist/page beside the bundle, or of the project when this runs from source. */
const pageFolder = () =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../dist/page' : '../page', import.meta.url));

/**
 * Resolves on SIGINT and SIGTERM, and when npm, which started this and passes no SIGTERM on, is gone: a host that nobody can end any more
 * must not stay behind.
 */
function untilSignal(): Promise<null> {
  const launcher = process.env.npm_lifecycle_event && process.ppid > 1 ? process.ppid : null;
  return new Promise((resolve) => {
    // The handle that keeps the process up: the mind's own timers do not.
    const watch = setInterval(() => {
      if (launcher !== null && process.ppid !== launcher) end();
    }, launcherCheckMs);
    function end(): void {
      clearInterval(watch);
      resolve(null);
    }
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, end);
  });
}

process.exitCode = await main().catch((thrown: unknown) => {
  say(`Reverie cannot go on: ${thrown instanceof Bug ? thrown.stack : messageOf(thrown)}`);
  return 1;
});
process.exit();
