import type { Json, Mark } from '../../types.ts';

/** What is known of one file: enough to see that it changed, and to find it again under another name. */
export interface Known {
  size: number;
  mtimeMs: number;
  ino: number;
  /** Of its content; null until it was read. */
  hash: string | null;
}

export interface KnownFolder {
  readonly path: string;
  readonly files: Map<string, Known>;
  readonly folders: Map<string, KnownFolder>;
}

/** All that is known of a watched folder, by relative path with `/`. */
export interface KnownTree {
  readonly root: KnownFolder;
  fileCount(): number;
  folderCount(): number;
  folder(path: string): KnownFolder | null;
  file(path: string): Known | null;
  /** Sets what is known of a file, making the folders above it. */
  set(path: string, known: Known): void;
  put(folder: KnownFolder, name: string, known: Known): void;
  remove(path: string): void;
  /** The folder named so, made if need be. */
  enter(parent: KnownFolder, name: string): KnownFolder;
  /** Forgets a folder; calls for every file that was known below it. */
  drop(parent: KnownFolder, name: string, each: (path: string, known: Known) => void): void;
}

export const childPath = (folder: string, name: string) => (folder === '' ? name : `${folder}/${name}`);

const newFolder = (path: string): KnownFolder => ({ path, files: new Map(), folders: new Map() });

/** An empty tree. */
export function createKnownTree(): KnownTree {
  const root = newFolder('');
  let files = 0;
  let folders = 1;

  function enter(parent: KnownFolder, name: string): KnownFolder {
    let child = parent.folders.get(name);
    if (!child) {
      child = newFolder(childPath(parent.path, name));
      parent.folders.set(name, child);
      folders += 1;
    }
    return child;
  }
  function folder(path: string): KnownFolder | null {
    let at: KnownFolder | undefined = root;
    if (path !== '') for (const name of path.split('/')) at = at?.folders.get(name);
    return at ?? null;
  }
  function put(at: KnownFolder, name: string, known: Known): void {
    if (!at.files.has(name)) files += 1;
    at.files.set(name, known);
  }
  function split(path: string): [string, string] {
    const cut = path.lastIndexOf('/');
    return cut === -1 ? ['', path] : [path.slice(0, cut), path.slice(cut + 1)];
  }
  function empty(from: KnownFolder, each: (path: string, known: Known) => void): void {
    for (const [name, known] of from.files) each(childPath(from.path, name), known);
    for (const below of from.folders.values()) empty(below, each);
    files -= from.files.size;
    folders -= 1;
  }

  return {
    root,
    fileCount: () => files,
    folderCount: () => folders,
    folder,
    enter,
    file(path) {
      const [above, name] = split(path);
      return folder(above)?.files.get(name) ?? null;
    },
    set(path, known) {
      const [above, name] = split(path);
      let at = folder(above);
      if (!at) {
        at = root;
        for (const step of above.split('/')) at = enter(at, step);
      }
      put(at, name, known);
    },
    put,
    remove(path) {
      const [above, name] = split(path);
      if (folder(above)?.files.delete(name)) files -= 1;
    },
    drop(parent, name, each) {
      const gone = parent.folders.get(name);
      if (!gone) return;
      parent.folders.delete(name);
      empty(gone, each);
    },
  };
}

/** Calls for every file that is known. */
export function eachFile(from: KnownFolder, call: (path: string, known: Known) => void): void {
  for (const [name, known] of from.files) call(childPath(from.path, name), known);
  for (const below of from.folders.values()) eachFile(below, call);
}

/** The marks of all files that are known, a few at a time. */
export function* allMarks(from: KnownFolder, size: number): Generator<Mark[], void> {
  let marks: Mark[] = [];
  const waiting = [from];
  for (let folder = waiting.pop(); folder; folder = waiting.pop()) {
    for (const [name, known] of folder.files) {
      marks.push(fileMark(childPath(folder.path, name), known));
      if (marks.length === size) {
        yield marks;
        marks = [];
      }
    }
    for (const below of folder.folders.values()) waiting.push(below);
  }
  if (marks.length > 0) yield marks;
}

/** The mark that says what is known of a file; null when it is gone. */
export function fileMark(path: string, known: Known | null): Mark {
  return { key: path, value: known && [known.size, known.mtimeMs, known.ino, known.hash] };
}

/** Reads a mark back; null for what is no file's mark. */
export function knownOf(value: Json): Known | null {
  if (!Array.isArray(value)) return null;
  const [size, mtimeMs, ino, hash] = value;
  if (typeof size !== 'number' || typeof mtimeMs !== 'number' || typeof ino !== 'number') return null;
  return { size, mtimeMs, ino, hash: typeof hash === 'string' ? hash : null };
}
