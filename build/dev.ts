import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { watch } from 'chokidar';
import { ensureBuilt } from './ensure-built.ts';
import { needNode24 } from './need-node.ts';

/**
 * The host while its sources are edited: every change under core or renderer builds what it touched and starts the host again on the same
 * port, so that the open page connects by itself. Arguments are those of `npm run mind`; data stays in dist/dev-data unless told.
 */
needNode24();
const project = fileURLToPath(new URL('..', import.meta.url));
const args = ['--data-dir', `${project}/dist/dev-data`, ...process.argv.slice(2)];
let host: ChildProcess | null = null;
let building = Promise.resolve();

async function again(): Promise<void> {
  try {
    ensureBuilt('host');
    ensureBuilt('page');
  } catch (thrown) {
    process.stderr.write(
      `${thrown instanceof Error ? thrown.message : String(thrown)}\nThe host before this change goes on.\n`,
    );
    return;
  }
  await ended();
  host = spawn(process.execPath, [`${project}/dist/host/headless.js`, ...args], { stdio: 'inherit' });
}

function ended(): Promise<void> {
  const former = host;
  host = null;
  if (!former || former.exitCode !== null) return Promise.resolve();
  former.kill('SIGTERM');
  return new Promise((resolve) => former.once('exit', () => resolve()));
}

const queue = () => {
  building = building.then(again);
};

const watcher = watch(['core', 'renderer'], { cwd: project, ignoreInitial: true }).on('all', queue);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void Promise.all([watcher.close(), ended()]).then(() => process.exit(0)));
queue();
