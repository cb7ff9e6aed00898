import { renameSync } from 'node:fs';
import { createFilesSource } from '../../core/observe/sources/files.ts';
import type { Log } from '../../core/ports.ts';
import { sourceContract } from '../contracts/source.ts';
import { makeTree } from '../kit/tree.ts';

const silent = () => undefined;
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };
const workerUrl = new URL('../../core/host/workers/files.ts', import.meta.url);

sourceContract('the file source', async () => {
  const tree = makeTree();
  tree.write('src/app.ts', 'const a = 1;\n');
  tree.write('notes.md', '# Notes\n');
  let changes = 0;
  return {
    open: () =>
      createFilesSource({
        root: tree.root,
        label: '',
        ignore: [],
        maxFiles: 10_000,
        exclude: [],
        announce: false,
        workerUrl,
        log,
      }),
    async change() {
      changes += 1;
      const path = `src/new-${changes}.ts`;
      tree.write(path, `export const n = ${changes};\n`);
      return (draft) => draft.target === path;
    },
    takeAway: async () => renameSync(tree.root, `${tree.root}-away`),
    async end() {
      tree.end();
    },
  };
});
