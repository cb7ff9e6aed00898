import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../kit/data-dir.ts';
import { makeTree, type Tree } from '../kit/tree.ts';
import { sourceText, wordMaker } from './samples.ts';

/** A committed repository of source files and an empty data folder; `end` removes both. */
export interface WatchedFolder {
  tree: Tree;
  dataDir: string;
  end(): void;
}

/** Makes `files` files of some 700 bytes, spread evenly over `folders` folders. Room on disk: 4 KB a file, twice with git's own. */
export function makeWatchedFolder(files: number, folders: number): WatchedFolder {
  const tree = makeTree({ repository: true });
  const data = temporaryFolder('bench');
  const word = wordMaker(7);
  for (let folder = 0; folder < folders; folder++) {
    const path = tree.at(`area-${folder % 10}/part-${folder}`);
    mkdirSync(path, { recursive: true });
    for (let n = folder; n < files; n += folders) writeFileSync(join(path, `file-${n}.ts`), sourceText(word, 20));
  }
  if (files > 0) tree.commit('Everything so far');
  return {
    tree,
    dataDir: data.path,
    end() {
      tree.end();
      data.remove();
    },
  };
}
