import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface HomeOptions {
  /** The user's home folder. */
  home: string;
  /** Of the simulator, for the `lms` double. */
  controlPort: number;
  /** Whose traces are there; null: none of the family was ever installed. */
  installed: 'lm-studio' | 'llmster' | 'bionic' | null;
  /** Where the REST server listens, or listened last; null: it never did. */
  restPort: number | null;
  /** Where the internal server listens; null: it does not publish that. */
  internalPort: number | null;
}

/**
 * Writes into a user's home folder what the programs leave there (reference 1.2, 1.3): pointer, settings, what `.internal` tells, and the
 * `lms` double, a fake that talks to the simulator. Returns where `lms` is, or would be.
 */
export function writeHome(options: HomeOptions): { lms: string } {
  const own = join(options.home, '.lmstudio');
  const lms = join(own, 'bin', process.platform === 'win32' ? 'lms.cmd' : 'lms');
  if (options.installed === null) {
    mkdirSync(options.home, { recursive: true });
    return { lms };
  }
  write(join(options.home, '.lmstudio-home-pointer'), own);
  writeJson(join(own, 'settings.json'), { downloadsFolder: join(own, 'models'), defaultContextLength: 4_096 });
  mkdirSync(join(own, 'models'), { recursive: true });
  const internal = join(own, ...(options.installed === 'bionic' ? ['apps', 'bionic'] : []), '.internal');
  writeInternal(internal, options);
  writeDouble(lms, internal, options.controlPort);
  return { lms };
}

function writeInternal(folder: string, { home, installed, restPort, internalPort }: HomeOptions): void {
  const program = join(home, 'programs', installed ?? '');
  write(program, 'This stands for a program and is none.\n');
  const sign = installed === 'llmster' ? 'llmster' : 'app';
  writeJson(join(folder, `${sign}-install-location.json`), { path: program, argv: [], cwd: dirname(program) });
  if (restPort !== null)
    writeJson(join(folder, 'http-server-config.json'), { port: restPort, networkInterface: '127.0.0.1' });
  if (internalPort !== null)
    writeJson(join(folder, 'http-server.json'), { host: '127.0.0.1', pid: process.pid, port: internalPort });
}

/** A wrapper that needs nothing of its environment. */
function writeDouble(lms: string, internal: string, controlPort: number): void {
  const script = fileURLToPath(new URL('lms.ts', import.meta.url));
  const words = [process.execPath, script, '--control', String(controlPort), '--internal', internal];
  const line = (quote: string) => words.map((word) => `${quote}${word}${quote}`).join(' ');
  // Node keeps what it compiled there, which halves the time that a command takes.
  const cache = fileURLToPath(new URL('../../../node_modules/.cache/lms-double', import.meta.url));
  if (process.platform === 'win32') write(lms, `@set NODE_COMPILE_CACHE=${cache}\r\n@${line('"')} %*\r\n`);
  else write(lms, `#!/bin/sh\nNODE_COMPILE_CACHE='${cache}' exec ${line("'")} "$@"\n`);
  chmodSync(lms, 0o755);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const writeJson = (file: string, value: unknown): void => write(file, JSON.stringify(value));
