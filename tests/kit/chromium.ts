import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright';

/**
 * The path of a Chromium to test with: REVERIE_CHROMIUM, else the system's, else one in PATH, else the one Playwright downloaded. Throws
 * with words on what to do when there is none.
 */
export function findChromium(): string {
  const named = process.env['REVERIE_CHROMIUM'];
  if (named) return named;
  const inPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((dir) => ['chromium', 'google-chrome'].map((name) => join(dir, name)));
  const found = ['/usr/bin/chromium', ...inPath, chromium.executablePath()].find((path) => existsSync(path));
  if (!found) throw new Error('No Chromium found. Install it, or name one in REVERIE_CHROMIUM.');
  return found;
}

/** Starts a Chromium that asks nothing of the network by itself. The caller closes it. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-gpu',
      '--disable-quic',
    ],
  });
