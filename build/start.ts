import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { trayHere } from '../electron/availability.ts';
import { ensureBuilt } from './ensure-built.ts';
import { needNode24 } from './need-node.ts';

// The tray where it can run, else the same mind and page without it.
needNode24();
const tray = trayHere();
if ('binary' in tray) startTray(tray.binary);
else {
  process.stderr.write(`${tray.obstacle} Starting the headless host instead; open the link below.\n`);
  await import('./mind.ts');
}

/** Electron in a process of its own, which ends when this one is told to. It watches the folder that it was started in. */
function startTray(binary: string): void {
  ensureBuilt('page');
  ensureBuilt('shell');
  const main = fileURLToPath(new URL('../dist/shell/main.js', import.meta.url));
  const env = { ...process.env, REVERIE_START_DIR: process.env.INIT_CWD ?? process.cwd() };
  const child = spawn(binary, [main, ...process.argv.slice(2)], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill('SIGTERM'));
  child.once('error', (thrown) => {
    process.stderr.write(
      `The tray could not be started: ${thrown.message}. “npm run mind” starts Reverie without it.\n`,
    );
    process.exitCode = 1;
  });
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
