import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './data-dir.ts';

/** A disk of a few megabytes, in memory: it can be full. It is gone with the test. */
export interface SmallDisk {
  readonly path: string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  free(): void;
}

/** Mounts one; null where that is not allowed. Start what uses it after it, so that it ends before it. */
export function smallDisk(megabytes: number): SmallDisk | null {
  const folder = temporaryFolder('disk');
  const mounted = run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder.path);
  onTestFinished(() => {
    if (mounted) run('umount', '-l', folder.path);
    folder.remove();
  });
  if (!mounted) return null;
  const ballast = join(folder.path, 'ballast');
  return {
    path: folder.path,
    fill() {
      const file = openSync(ballast, 'a');
      try {
        for (let bytes = 65_536; bytes >= 1; ) if (!wrote(file, bytes)) bytes /= 16;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast, { force: true }),
  };
}

const run = (program: string, ...args: string[]): boolean => spawnSync(program, args, { stdio: 'ignore' }).status === 0;

function wrote(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) === bytes;
  } catch {
    return false;
  }
}
