import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '../errors.ts';

interface Holder {
  pid: number;
  /** What tells this process from a later one with the same pid; null where the system does not say. */
  startedAt: string | null;
}

/**
 * One lock per data folder for every host: tray and headless. Fails with `already-running`, naming the first one's pid. A lock whose
 * holder is gone (killed, or its pid taken over by another process) is taken over. The returned function gives it back.
 */
export function takeLock(dataDir: string): Result<() => void> {
  const file = join(dataDir, 'lock');
  const own: Holder = { pid: process.pid, startedAt: startOf(process.pid) };
  const draft = join(dataDir, `lock.${process.pid}`);
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    for (let tries = 0; tries < 5; tries++) {
      if (linked(draft, file)) return ok(() => release(file, own));
      const holder = readHolder(file);
      if (holder && isAlive(holder)) return fail(taken(holder.pid, dataDir));
      setAside(file, own.pid);
    }
    return fail({
      class: 'transient',
      code: 'lock-contended',
      message: 'several hosts are starting on this data folder at once; try again',
    });
  } finally {
    rmSync(draft, { force: true });
  }
}

const taken = (pid: number, dataDir: string) => ({
  class: 'permanent' as const,
  code: 'already-running',
  message: `Reverie is already running on this data folder (pid ${pid}). Use its page, stop it first, or choose another data folder than ${dataDir} (with --data-dir, or REVERIE_DATA_DIR for the tray).`,
});

/** A hard link either appears whole or not at all: no one ever reads half a lock. */
function linked(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') return false;
    // File systems without hard links: exclusive creation is the next best.
    return createdExclusively(draft, file);
  }
}

function createdExclusively(draft: string, file: string): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600);
    writeFileSync(handle, readFileSync(draft));
    closeSync(handle);
    return true;
  } catch {
    return false;
  }
}

function readHolder(file: string): Holder | null {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const { pid, startedAt } = read as Partial<Holder>;
    return typeof pid === 'number' ? { pid, startedAt: typeof startedAt === 'string' ? startedAt : null } : null;
  } catch {
    return null;
  }
}

function isAlive({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return startedAt === null || now === null || startedAt === now;
}

/** A process's start time in clock ticks since boot, as Linux tells it. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/** Renaming before removing lets only one of two finders take a dead lock away. */
function setAside(file: string, pid: number): void {
  const aside = `${file}.dead.${pid}`;
  try {
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch {
    // Another finder was quicker.
  }
}

function release(file: string, own: Holder): void {
  if (readHolder(file)?.pid === own.pid) rmSync(file, { force: true });
}
