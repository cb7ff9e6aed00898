import type { Found } from './compare.ts';
import type { Change } from './describe.ts';
import type { Known } from './known-tree.ts';

export interface Gone {
  path: string;
  before: Known;
}

/**
 * Finds the deletions and creations that are one renaming: the same file on the disk, or the same size and content. A path that went and
 * came back is a change. `hashNow` reads a created file's hash, null when it cannot. Returns the changes, and the deletions left over.
 */
export function pairChanges<T extends Gone>(
  created: Found[],
  deleted: T[],
  hashNow: (found: Found) => string | null,
): { changes: Change[]; left: T[] } {
  const left = new Map(deleted.map((each) => [each.path, each]));
  const byIno = new Map(deleted.map((each) => [each.before.ino, each]));
  const bySize = Map.groupBy(
    deleted.filter(({ before }) => before.hash !== null && before.size > 0),
    ({ before }) => before.size,
  );
  const sameContent = (found: Found) => {
    const still = (bySize.get(found.known.size) ?? []).filter(({ path }) => left.has(path));
    const hash = still.length > 0 ? hashNow(found) : null;
    return still.find(({ before }) => before.hash === hash);
  };
  const changeOf = (found: Found): Change => {
    const { path } = found;
    const same = left.get(path) ?? sameOnDisk(found, byIno.get(found.known.ino)) ?? sameContent(found);
    if (!same || !left.delete(same.path)) return { type: 'created', path, found };
    if (same.path === path) return { type: 'changed', path, found, before: same.before };
    return { type: 'renamed', path, found, before: same.before, from: same.path };
  };
  // Paths that came back first, so that nothing else takes their deletion.
  const came = created.filter(({ path }) => left.has(path));
  const fresh = created.filter(({ path }) => !left.has(path));
  return { changes: [...came, ...fresh].map(changeOf), left: [...left.values()] };
}

/** An inode number is used again at once by some file systems: the same number is the same file only if nothing else speaks against it. */
function sameOnDisk<T extends Gone>(found: Found, gone: T | undefined): T | undefined {
  if (!gone || found.known.ino === 0) return undefined;
  if (found.known.size === gone.before.size && found.known.mtimeMs === gone.before.mtimeMs) return gone;
  const madeBefore = found.birthtimeMs > 0 && found.birthtimeMs <= gone.before.mtimeMs;
  return madeBefore ? gone : undefined;
}
