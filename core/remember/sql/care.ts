import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { messageOf } from '../../errors.ts';
import { quickCheck } from './opening.ts';

/** The file as a whole: is it sound, how large, and a copy of it. */
export function createCare(db: Database.Database, file: string) {
  function checkIntegrity(): string | null {
    try {
      return quickCheck(db);
    } catch (thrown) {
      return messageOf(thrown);
    }
  }

  /**
   * Writes a consistent, compact copy beside `to`, flushes it, and only then puts it in its place. Throws, with the old copy untouched, when
   * the database cannot be read whole or the disk is full.
   */
  function backup(to: string): void {
    const half = join(dirname(to), 'half-made.db');
    rmSync(half, { force: true });
    try {
      writeFileSync(half, '', { mode: 0o600 });
      db.prepare('VACUUM INTO ?').run(half);
      flush(half);
      renameSync(half, to);
      flush(dirname(to));
    } catch (thrown) {
      rmSync(half, { force: true });
      throw thrown;
    }
  }

  const bytes = (): number =>
    Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true })) +
    (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0);

  return { checkIntegrity, backup, bytes };
}

function flush(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
