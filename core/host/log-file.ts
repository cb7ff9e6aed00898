import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import type { Log } from '../ports.ts';

const largestBytes = 5_000_000;

/** Structured log in the data folder (`reverie.log`, one older file kept), without content: fields are ids, counts and codes. */
export function openLog(dataDir: string): Log & { close(): void } {
  const path = join(dataDir, 'reverie.log');
  if (existsSync(path) && statSync(path).size > largestBytes) renameSync(path, `${path}.1`);
  const destination = pino.destination({ dest: path, sync: true, mode: 0o600 });
  // A full disk must not end the mind for the sake of its log.
  destination.on('error', () => undefined);
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, fields: Record<string, string | number | boolean | null> = {}) => {
      try {
        logger[level](fields, event);
      } catch {
        // As above.
      }
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), close: () => destination.end() };
}
