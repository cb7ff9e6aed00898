import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { needNode24 } from './need-node.ts';

/** Types of every layer, lint with types, format, and what nobody uses. Prints what is wrong; exits 1 when anything is. */
const project = fileURLToPath(new URL('..', import.meta.url));

const checks: readonly [name: string, command: string, ...args: string[]][] = [
  ['types: the mind without the world', 'tsc', '-p', 'core/tsconfig.pure.json'],
  ['types: core', 'tsc', '-p', 'core/tsconfig.json'],
  ['types: electron', 'tsc', '-p', 'electron/tsconfig.json'],
  ['types: renderer', 'tsc', '-p', 'renderer/tsconfig.json'],
  ['types: build', 'tsc', '-p', 'build/tsconfig.json'],
  ['types: tests', 'tsc', '-p', 'tests/tsconfig.json'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings'],
  ['format', 'biome', 'check'],
  ['unused', 'knip', '--no-progress'],
];

/** Runs every check and prints its outcome; how many held and how many did not. */
export function runChecks(): { passed: number; failed: number } {
  let failed = 0;
  for (const [name, command, ...args] of checks) {
    const started = performance.now();
    const { status } = spawnSync(`${project}/node_modules/.bin/${command}`, args, {
      cwd: project,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`);
    if (status !== 0) failed += 1;
  }
  return { passed: checks.length - failed, failed };
}

if (import.meta.main) {
  needNode24();
  process.exitCode = runChecks().failed === 0 ? 0 : 1;
}
