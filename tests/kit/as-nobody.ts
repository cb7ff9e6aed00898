import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Snapshot } from '../../core/protocol.ts';
import { waitFor } from './wait-for.ts';

const bundle = fileURLToPath(new URL('../../dist/host/headless.js', import.meta.url));
const nobody = 65_534;
const isRoot = () => process.getuid?.() === 0;

/**
 * Whether a host can be run as a user whom permissions stop: anyone but root is one; root must be able to hand the program to such a user.
 * Returns why not, or null.
 */
export function whyNoNobody(): string | null {
  if (process.platform === 'win32') return 'permissions of files work differently on Windows';
  if (!isRoot()) return null;
  const tried = spawnSync(process.execPath, ['-e', `require('node:fs').readFileSync(${JSON.stringify(bundle)})`], {
    uid: nobody,
    gid: nobody,
  });
  return tried.status === 0 ? null : 'another user cannot read this copy of the program';
}

/** The host as a user without rights; it ends with the test. */
export function startAsNobody(args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [bundle, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(isRoot() && { uid: nobody, gid: nobody }),
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.on('data', (bytes: Buffer) => {
      said[name] += bytes.toString('utf8');
    });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, ...said })),
  );
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    ended,
    /** The Now view; waits for the host to be there. */
    async snapshot(): Promise<Snapshot> {
      const [, base, token] = await waitFor('the link of the host', () =>
        /^Reverie: (http:\/\/127\.0\.0\.1:\d+)\/#token=([\w-]+)$/m.exec(said.stdout),
      );
      const answer = await fetch(`${base}/api/snapshot`, { headers: { Authorization: `Bearer ${token}` } });
      return (await answer.json()) as Snapshot;
    },
  };
}

/** Lets everyone, that user included, write into a folder made by the tests. */
export const forNobody = isRoot() ? { uid: nobody, gid: nobody } : null;
