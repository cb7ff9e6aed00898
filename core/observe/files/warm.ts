import { join } from 'node:path';
import type { Mark } from '../../types.ts';
import { MAX_TEXT_BYTES, readWhole, type Versions } from './contents.ts';
import { eachFile, fileMark, type KnownTree } from './known-tree.ts';

const MOST_FILES = 5_000;
const MOST_BYTES = 256_000;
const SLICE_MS = 8;

/**
 * Reads the most recently changed small files once, so that a first touch or a change of white space in them is known for what it is.
 * Each call of the returned function works for a few milliseconds and returns the marks that came of it; null when all is done.
 */
export function createWarmUp(root: string, tree: KnownTree, versions: Versions): () => Mark[] | null {
  const paths = recentFiles(tree);
  let next = 0;
  return () => {
    if (next >= paths.length) return null;
    const marks: Mark[] = [];
    const end = performance.now() + SLICE_MS;
    while (next < paths.length && performance.now() < end) {
      const path = paths[next++];
      const mark = path === undefined ? null : read(root, path, tree, versions);
      if (mark) marks.push(mark);
    }
    return marks;
  };
}

function read(root: string, path: string, tree: KnownTree, versions: Versions): Mark | null {
  const known = tree.file(path);
  const room = known !== null && versions.hasRoom(known.size) && versions.get(path) === null;
  if (!known || known.size > Math.min(MOST_BYTES, MAX_TEXT_BYTES) || (known.hash !== null && !room)) return null;
  const reading = readWhole(join(root, path), known);
  if (reading.kind !== 'read') return null;
  if (room && reading.text) versions.keep(path, reading.text);
  if (known.hash !== null || reading.hash === null) return null;
  known.hash = reading.hash;
  return fileMark(path, known);
}

/** Newest first. Times are ranked before any path is made, so that a large tree costs eight bytes a file. */
function recentFiles(tree: KnownTree): string[] {
  const times = new Float64Array(tree.fileCount());
  let at = 0;
  eachFile(tree.root, (_path, { mtimeMs }) => {
    times[at++] = mtimeMs;
  });
  times.sort();
  const oldest = times[Math.max(0, times.length - MOST_FILES)] ?? 0;
  const found: { path: string; mtimeMs: number }[] = [];
  eachFile(tree.root, (path, { mtimeMs, size }) => {
    if (mtimeMs >= oldest && size > 0 && size <= MOST_BYTES && found.length < MOST_FILES) found.push({ path, mtimeMs });
  });
  return found.sort((a, b) => b.mtimeMs - a.mtimeMs).map(({ path }) => path);
}
