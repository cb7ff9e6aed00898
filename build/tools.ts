import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { findChromium } from '../tests/kit/chromium.ts';

/** What the tests need of the machine, and Debian's packages for it. */
const debian = {
  chromium: ['chromium', 'fonts-dejavu-core', 'fonts-inter', 'fonts-noto-color-emoji'],
  git: ['git'],
};

/** Finds or installs what the tests need, and says so: Debian's packages as root, Playwright's own download elsewhere. Throws when it cannot. */
export function ensureTools(): void {
  const missing = [...(hasGit() ? [] : debian.git), ...(hasChromium() ? [] : debian.chromium)];
  if (missing.length === 0) return;
  if (isDebianRoot()) install(missing);
  else if (!hasChromium())
    run(process.execPath, [createRequire(import.meta.url).resolve('playwright/cli.js'), 'install', 'chromium']);
  if (!hasGit()) throw new Error('The tests need git: install it with your system’s package manager.');
  if (!hasChromium()) throw new Error('The page’s tests need Chromium: install it, or name one in REVERIE_CHROMIUM.');
}

const hasGit = () => spawnSync('git', ['--version'], { stdio: 'ignore' }).status === 0;

function hasChromium(): boolean {
  try {
    return findChromium() !== '';
  } catch {
    return false;
  }
}

const isDebianRoot = () =>
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;

function install(packages: readonly string[]): void {
  process.stdout.write(`Installing what the tests need: ${packages.join(', ')}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], env);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], env);
}

function run(command: string, args: readonly string[], env = process.env): void {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}
