import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What marks the fuses in Electron's binary, for whoever sets them (@electron/fuses). */
const fuseMark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

export interface StandIn {
  folder: string;
  end: () => void;
}

/**
 * A folder laid out like an unpacked Electron for Linux: a program that does nothing, the fuses where Electron has them and set as
 * Electron ships them, two languages, and Electron's own welcome program. `fuses: null` leaves them out.
 */
export function standInElectron(version: string, fuses: string | null = '101100010'): StandIn {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-electron-'));
  const wire = fuses === null ? [] : [Buffer.from(fuseMark), Buffer.from([1, fuses.length]), Buffer.from(fuses)];
  const files: Record<string, Uint8Array | string> = {
    electron: Buffer.concat([Buffer.from('#!/bin/sh\nexit 0\n'), ...wire]),
    version,
    LICENSE: 'of Electron',
    'locales/en-US.pak': '',
    'locales/de.pak': '',
    'resources/default_app.asar': 'welcome',
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode: 0o755 });
  }
  return { folder, end: () => rmSync(folder, { recursive: true, force: true }) };
}
