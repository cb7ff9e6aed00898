import { expect, it } from 'vitest';
import { probes, runProbe } from '../../core/host/spawn.ts';
import { parseStat } from '../../core/observe/git/commits.ts';
import { makeTree } from '../kit/tree.ts';

it('[OB1.41] a renamed file counts once in a commit, with the lines that really changed', async () => {
  const tree = makeTree({ repository: true });
  try {
    const lines = Array.from({ length: 20 }, (_, n) => `line ${n}`);
    tree.write('old/a.txt', lines.join('\n'));
    tree.write('old/b.txt', lines.toReversed().join('\n'));
    tree.commit('Begin');
    tree.move('old', 'new');
    tree.write('new/b.txt', [...lines.toReversed(), 'more'].join('\n'));
    tree.write('plain.txt', 'one\n');
    tree.commit('Move');
    const [from, to] = ['HEAD~1', 'HEAD'].map((name) => tree.git('rev-parse', name).trim()) as [string, string];
    const said = await runProbe(probes.gitStat(from, to), { cwd: tree.root });
    expect(said.ok && parseStat(said.value)).toEqual({
      files: 3,
      added: 3,
      removed: 1,
      top: [
        { path: 'new/b.txt', added: 2, removed: 1 },
        { path: 'plain.txt', added: 1, removed: 0 },
        { path: 'new/a.txt', added: 0, removed: 0 },
      ],
    });
  } finally {
    tree.end();
  }
});
