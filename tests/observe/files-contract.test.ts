import { renameSync, rmSync } from 'node:fs';
import { sourceContract } from '../contracts/source.ts';
import { makeTree } from '../kit/tree.ts';
import { filesOf } from './files-bench.ts';

sourceContract('the file source', async () => {
  const tree = makeTree();
  tree.write('src/app.ts', 'const a = 1;\n');
  tree.write('notes.md', '# Notes\n');
  let changes = 0;
  return {
    open: () => filesOf(tree.root),
    async change() {
      changes += 1;
      const path = `src/new-${changes}.ts`;
      tree.write(path, `export const n = ${changes};\n`);
      return (draft) => draft.target === path;
    },
    takeAway: async () => renameSync(tree.root, `${tree.root}-away`),
    async end() {
      tree.end();
      rmSync(`${tree.root}-away`, { recursive: true, force: true });
    },
  };
});
