import { expect, it } from 'vitest';
import { fingerprint } from '../../build/ensure-built.ts';
import { makeTree } from '../kit/tree.ts';

it('[SH7.66] the print of an entry changes with every touched, new and missing source, and with nothing else', () => {
  const tree = makeTree();
  try {
    tree.write('core/a.ts', 'one');
    tree.write('core/deep/b.ts', 'two');
    tree.write('elsewhere.ts', 'three');
    const print = () => fingerprint(tree.root, ['core', 'lock.json']);
    const first = print();
    tree.write('elsewhere.ts', 'other');
    expect(print()).toBe(first);
    tree.touch('core/deep/b.ts', 1_000);
    const touched = print();
    tree.write('lock.json', '{}');
    const added = print();
    tree.remove('core/a.ts');
    expect(new Set([first, touched, added, print()]).size).toBe(4);
  } finally {
    tree.end();
  }
});
