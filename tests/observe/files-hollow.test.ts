import { closeSync, openSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createVersions } from '../../core/observe/files/contents.ts';
import { type DescribeContext, describeChange } from '../../core/observe/files/describe.ts';
import { makeTree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';
import { watchTree } from './files-bench.ts';

/** Many programs empty a file and then write it; between the two it looks as if its content had gone. */
const stamp = { mtimeMs: 1, ino: 1, hash: null };
const found = (path: string, size: number) => ({
  path,
  known: { ...stamp, size },
  link: false,
  ctimeMs: 0,
  birthtimeMs: 0,
});

function context(root: string, more: Partial<DescribeContext> = {}): DescribeContext {
  return {
    root,
    label: '',
    versions: createVersions(),
    placeOf: () => root,
    committed: () => Promise.resolve(null),
    brief: false,
    whileAway: false,
    mayWait: () => true,
    now: () => 0,
    ...more,
  };
}

function tree() {
  const made = makeTree();
  onTestFinished(() => made.end());
  return made;
}

describe('a file without content', () => {
  it('[OB10.9] waits for what is about to be written, new or just emptied', async () => {
    const { root } = tree();
    const emptied = {
      type: 'changed' as const,
      path: 'a.txt',
      found: found('a.txt', 0),
      before: { ...stamp, size: 4 },
    };
    const made = { type: 'created' as const, path: 'a.txt', found: found('a.txt', 0) };
    expect(await describeChange(emptied, context(root))).toEqual({ kind: 'again' });
    expect(await describeChange(made, context(root))).toEqual({ kind: 'again' });
  });

  it('[OB10.9] is told as it is when nothing comes, when it was empty before, and when it changed while nobody looked', async () => {
    const work = tree();
    work.write('a.txt', '');
    const now = (before: number) => ({
      type: 'changed' as const,
      path: 'a.txt',
      found: { ...found('a.txt', 0), link: true },
      before: { ...stamp, size: before },
    });
    const told = { kind: 'told', draft: { type: 'file-changed' } };
    expect(await describeChange(now(4), context(work.root, { mayWait: () => false }))).toMatchObject(told);
    expect(await describeChange(now(4), context(work.root, { whileAway: true }))).toMatchObject(told);
    expect(await describeChange(now(0), context(work.root))).not.toEqual({ kind: 'again' });
  });

  it('[OB10.9] does not wait in a burst: thousands of them at once are all told', async () => {
    const work = tree();
    const kept = await watchTree(work);
    const count = 2_500;
    for (let n = 0; n < count; n += 1) closeSync(openSync(join(work.root, `empty-${n}.txt`), 'w'));
    await waitFor('all of them to be told', () => new Set(kept.drafts.map(({ target }) => target)).size === count);
    await kept.quiet();
    expect(kept.drafts).toHaveLength(count);
  });

  it('[OB10.9] stays without content and is told as emptied, once', async () => {
    const work = tree();
    work.write('a.txt', 'one\n');
    const kept = await watchTree(work);
    truncateSync(join(work.root, 'a.txt'));
    expect((await kept.told('file-changed', 'a.txt')).details).toMatchObject({ bytes: 0, bytesDelta: -4 });
    await kept.quiet();
    expect(kept.list()).toEqual(['file-changed a.txt']);
  });
});
