import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Random } from '../ports.ts';

/** The machine's own time: wall clock for stamps, monotonic for durations. Timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Unseeded chance; every stream is the same source. */
export const systemRandom: Random = { stream: () => Math.random };

/** Where applications keep their data on this system; `REVERIE_DATA_DIR` wins. */
export function defaultDataDir(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home = homedir(),
): string {
  if (env.REVERIE_DATA_DIR) return env.REVERIE_DATA_DIR;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Reverie');
  if (platform === 'win32') return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Reverie');
  return join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'Reverie');
}

/** Makes the data folder, readable by its owner alone, and returns its real path. Throws what the file system says. */
export function makeDataDir(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return realpathSync(path);
}

/** The folder's own token for its pages and clients: 256 bits, base64url, in a file only its owner may read. */
export function ownToken(dataDir: string): string {
  const file = join(dataDir, 'token');
  try {
    const kept = readFileSync(file, 'utf8').trim();
    if (/^[A-Za-z0-9_-]{43}$/.test(kept)) {
      chmodSync(file, 0o600);
      return kept;
    }
  } catch {
    // None yet.
  }
  const token = randomBytes(32).toString('base64url');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return token;
}

/** The port used last time, so that a bookmarked page finds its host again. */
export function lastPort(dataDir: string): number | null {
  try {
    const port: unknown = JSON.parse(readFileSync(join(dataDir, 'host.json'), 'utf8')).port;
    return Number.isInteger(port) ? (port as number) : null;
  } catch {
    return null;
  }
}

export function keepPort(dataDir: string, port: number): void {
  try {
    writeFileSync(join(dataDir, 'host.json'), `${JSON.stringify({ port })}\n`, { mode: 0o600 });
  } catch {
    // Only a convenience: on a full disk the next start takes another port.
  }
}
