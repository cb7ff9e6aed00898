import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));

/** What each built entry is made from; anything else may change without a build. */
const entries = {
  host: { config: 'build/host.config.ts', sources: ['core', 'build/host.config.ts', 'package-lock.json'] },
  page: {
    config: 'build/page.config.ts',
    sources: ['renderer', 'core/protocol.ts', 'core/settings.ts', 'build/page.config.ts', 'package-lock.json'],
  },
  /** The tray's program, with the mind in it. */
  shell: {
    config: 'build/shell.config.ts',
    sources: ['electron', 'core', 'build/shell.config.ts', 'package-lock.json'],
  },
} as const;
export type Entry = keyof typeof entries;

/** Whether `dist/<entry>` was made from the sources as they are now. */
function isBuilt(entry: Entry): boolean {
  const stamp = stampOf(entry);
  if (!existsSync(stamp) || !existsSync(join(project, 'dist', entry))) return false;
  return readFileSync(stamp, 'utf8') === fingerprint(project, entries[entry].sources);
}

/** Builds `dist/<entry>` when any of its sources is another than at the last build; says so on stderr. Throws when the build fails. */
export function ensureBuilt(entry: Entry): void {
  if (isBuilt(entry)) return;
  const { config, sources } = entries[entry];
  const print = fingerprint(project, sources);
  process.stderr.write(`Building the ${entry} …\n`);
  // In a process of its own: the builder's memory would stay with the host for as long as it runs.
  const vite = join(project, 'node_modules', 'vite', 'bin', 'vite.js');
  const built = spawnSync(process.execPath, [vite, 'build', '--config', config, '--logLevel', 'error'], {
    cwd: project,
    // A test that builds is no reason for a development build.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (built.status !== 0) throw new Error(`Building the ${entry} failed; what was wrong stands above.`);
  mkdirSync(join(project, 'dist'), { recursive: true });
  writeFileSync(stampOf(entry), print);
}

const stampOf = (entry: Entry) => join(project, 'dist', `${entry}.built`);

/** Names, sizes and times of all source files: a checkout of an older version is another fingerprint too. */
export function fingerprint(folder: string, sources: readonly string[]): string {
  const hash = createHash('sha256');
  for (const source of sources)
    visit(join(folder, source), (path, size, at) => hash.update(`${path}\0${size}\0${at}\n`));
  return hash.digest('hex');
}

function visit(path: string, found: (path: string, size: number, at: number) => void): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return;
  if (!stats.isDirectory()) return found(path, stats.size, stats.mtimeMs);
  for (const name of readdirSync(path).sort()) visit(join(path, name), found);
}
