import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pageDir } from '../kit/page-host.ts';
import { figure, type Measurement } from './measurement.ts';

/** The scripts that the first picture waits for, as a server with compression would send them. */
export const pageSize: Measurement = {
  rows: { 'page-js-kb-gzip': { unit: 'kB', target: 200, want: 'at-most' } },
  async take() {
    const all = readdirSync(join(pageDir, 'assets')).filter((name) => name.endsWith('.js'));
    const first = loadedFirst();
    return {
      'page-js-kb-gzip': {
        value: packedKb([...first]),
        note: `${first.size} scripts that the first picture waits for; all ${all.length}, those of views that are opened later too, are ${figure(packedKb(all))} kB`,
      },
    };
  },
};

/** What index.html names and what that imports, but for what it imports when it is needed. */
function loadedFirst(): ReadonlySet<string> {
  const named = readFileSync(join(pageDir, 'index.html'), 'utf8').matchAll(/assets\/([\w-]+\.js)/g);
  const found = new Set([...named].map(([, name = '']) => name));
  for (const name of found)
    for (const [, other = ''] of scriptOf(name)
      .toString('utf8')
      .matchAll(/(?:from|import)\s*["']\.\/([\w-]+\.js)["']/g))
      found.add(other);
  return found;
}

const scriptOf = (name: string): Buffer => readFileSync(join(pageDir, 'assets', name));
const packedKb = (names: readonly string[]): number =>
  names.reduce((sum, name) => sum + gzipSync(scriptOf(name), { level: 9 }).length, 0) / 1_000;
