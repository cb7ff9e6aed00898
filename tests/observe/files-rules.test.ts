import { rmSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Json } from '../../core/types.ts';
import { makeTree, type Tree } from '../kit/tree.ts';
import { type FilesOptions, watchTree } from './files-bench.ts';

function shop(): Tree {
  const tree = makeTree();
  onTestFinished(() => tree.end());
  for (const path of ['a.ts', 'b.log', 'gen/c.ts', 'inner/d.ts']) tree.write(path, `${path}\n`);
  return tree;
}

/** One run of the source after another over the same marks; returns what the last one told at its start. */
async function runs(tree: Tree, ...all: [options: FilesOptions, between: () => void][]) {
  const marks = new Map<string, Json>();
  let told: string[] = [];
  for (const [options, between] of all) {
    const kept = await watchTree(tree, options, marks);
    told = kept.list();
    await kept.source.stop();
    between();
  }
  return { told, marks };
}

const nothing = () => undefined;

describe('the owner’s ignore rules, changed between two runs of the source', () => {
  it('[SH2.230] what they hid and now show is known, not told as made; what is really new or changed is told', async () => {
    const tree = shop();
    const { told, marks } = await runs(
      tree,
      [
        { ignore: ['*.log', 'gen/'] },
        () => {
          tree.write('a.ts', 'changed\n');
          tree.write('e.ts', 'new\n');
        },
      ],
      [{ ignore: [] }, nothing],
    );
    expect(told).toEqual(['file-changed a.ts', 'file-created e.ts']);
    expect(['b.log', 'gen/c.ts'].every((path) => marks.has(path))).toBe(true);
  });

  it('[SH2.230] what they hide from now on is forgotten, not told as removed, and not told when it is shown again', async () => {
    const tree = shop();
    const hidden = await runs(tree, [{}, nothing], [{ ignore: ['gen/'] }, nothing]);
    expect([hidden.told, hidden.marks.get('gen/c.ts') ?? null]).toEqual([[], null]);
    const shown = await runs(tree, [{}, nothing], [{ ignore: ['gen/'] }, nothing], [{}, nothing], [{}, nothing]);
    expect(shown.told).toEqual([]);
  });

  it('[SH2.231] a folder that had sources of its own and has none any more is known, too', async () => {
    const tree = shop();
    const { told, marks } = await runs(tree, [{ exclude: [tree.at('inner')] }, nothing], [{}, nothing]);
    expect([told, marks.has('inner/d.ts')]).toEqual([[], true]);
  });

  it('[SH2.232] a file that appears under unchanged rules is told, also when nobody knows the rules of before', async () => {
    const tree = shop();
    const make = () => tree.write('late.log', 'x\n');
    const unchanged = await runs(tree, [{ ignore: ['gen/'] }, make], [{ ignore: ['gen/'] }, nothing]);
    expect(unchanged.told).toEqual(['file-created late.log']);
    rmSync(tree.at('late.log'));
    const longAgo = await runs(tree, [{ ignore: ['*.log'] }, nothing], [{}, make], [{}, nothing]);
    expect(longAgo.told, 'the rules of the last run count, not those before').toEqual(['file-created late.log']);
    for (const odd of [true, { ignore: [1], exclude: [] }]) {
      rmSync(tree.at('late.log'), { force: true });
      const { marks } = await runs(tree, [{ ignore: ['*.log'] }, make]);
      marks.set('\u0000baseline', odd);
      const kept = await watchTree(tree, {}, marks);
      expect(kept.list()).toEqual(['file-created b.log', 'file-created late.log']);
    }
  });
});
