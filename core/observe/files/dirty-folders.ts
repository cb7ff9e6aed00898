import { parentOf } from './ignore.ts';
import type { KnownTree } from './known-tree.ts';

/** What one look looks at: folders, whole or only some entries of them. */
export type Wanted = { path: string; names: ReadonlySet<string> | null }[];

/** These folders, whole. */
export const whole = (folders: string[]): Wanted => [...new Set(folders)].map((path) => ({ path, names: null }));

/** Folders in which something may have changed, gathered until they are looked at. */
export interface DirtyFolders {
  add(folder: string, name: string | null): void;
  /** All of them, without those that are left out; one that is not known yet is found from the nearest known one above it. */
  take(): Wanted;
  size(): number;
}

/** In a folder with more files than this, single entries are looked at while there are few; smaller ones are read whole, which misses nothing. */
const LARGE = 500;
const FEW = 64;

export function createDirtyFolders(tree: KnownTree, hides: (folder: string) => boolean): DirtyFolders {
  const dirty = new Map<string, Set<string> | null>();
  return {
    size: () => dirty.size,
    add(folder, name) {
      const names = dirty.get(folder);
      if (names === null) return;
      const isLarge = (tree.folder(folder)?.files.size ?? 0) > LARGE;
      if (name === null || !isLarge || (names?.size ?? 0) >= FEW) dirty.set(folder, null);
      else if (names) names.add(name);
      else dirty.set(folder, new Set([name]));
    },
    take() {
      const wanted = new Map<string, ReadonlySet<string> | null>();
      for (const [folder, names] of dirty) {
        if (folder !== '' && hides(folder)) continue;
        let at = folder;
        while (at !== '' && !tree.folder(at)) at = parentOf(at);
        wanted.set(at, at === folder && wanted.get(at) !== null ? names : null);
      }
      dirty.clear();
      return [...wanted].map(([path, names]) => ({ path, names }));
    },
  };
}
