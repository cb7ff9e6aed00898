import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { operationFiles } from './operation.ts';
import type { Place } from './place.ts';

/** What the files of a repository look like from outside: a few stats instead of a process. */
export interface Signature {
  /** Changes whenever HEAD may have moved. */
  head: string;
  index: string;
  operation: ReadonlySet<string>;
}

/** Reads it; `branch` is the current one. Null when the git folder is gone. */
export async function readSignature(place: Place, branch: string | null): Promise<Signature | null> {
  const { gitDir, commonDir } = place;
  const head = [join(gitDir, 'HEAD'), join(gitDir, 'logs', 'HEAD'), join(commonDir, 'packed-refs')];
  head.push(join(commonDir, 'reftable', 'tables.list'));
  if (branch !== null) head.push(join(commonDir, 'refs', 'heads', branch));
  const [dir, link, index, operations, ...heads] = await Promise.all([
    look(gitDir),
    look(join(place.top, '.git')),
    look(join(gitDir, 'index')),
    Promise.all(operationFiles.map((name) => look(join(gitDir, name)))),
    ...head.map(look),
  ]);
  if (dir === null || link === null) return null;
  const operation = new Set(operationFiles.filter((_, at) => operations[at] !== null));
  return { head: heads.join(' '), index: index ?? '', operation };
}

/** Whether nothing differs that we look at. */
export const sameSignature = (a: Signature, b: Signature): boolean =>
  a.head === b.head && a.index === b.index && [...a.operation].join() === [...b.operation].join();

async function look(path: string): Promise<string | null> {
  const stat = await lstat(path).catch(() => null);
  return stat && `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
}
