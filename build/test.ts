import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChecks } from './check.ts';
import { ensureBuilt } from './ensure-built.ts';
import { needNode24 } from './need-node.ts';
import { ensureTools } from './tools.ts';

/**
 * Everything that must hold: types, lint, format, unused code, then all tests. Brings what a bare machine lacks and says so. The last line
 * is `N passed, N failed`; each check counts as one. Arguments go to vitest and leave the checks out (`npm test -- tests/attend`).
 */
const project = fileURLToPath(new URL('..', import.meta.url));
const results = join(project, 'dist', 'test-results.json');

interface Results {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTotalTestSuites: number;
  success: boolean;
  testResults: { status: string; assertionResults: unknown[] }[];
}

needNode24();
const only = process.argv.slice(2);
ensureTools();
const checks = only.length === 0 ? runChecks() : { passed: 0, failed: 0 };
ensureBuilt('host');
ensureBuilt('page');
ensureBuilt('shell');
rmSync(results, { force: true });
const vitest = join(project, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    '--config',
    'build/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
    ...only,
  ],
  { cwd: project, stdio: 'inherit' },
);
const tests = readResults();
if (tests.skipped > 0) process.stdout.write(`${tests.skipped} tests were skipped; each says above what it needs.\n`);
const failed = checks.failed + tests.failed + (status !== 0 && tests.failed === 0 ? 1 : 0);
process.stdout.write(`${checks.passed + tests.passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** A file that could not even be loaded is one failure; a run without a result is one too. */
function readResults(): { passed: number; failed: number; skipped: number } {
  try {
    const read = JSON.parse(readFileSync(results, 'utf8')) as Results;
    const unloaded = read.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    ).length;
    return { passed: read.numPassedTests, failed: read.numFailedTests + unloaded, skipped: read.numPendingTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
