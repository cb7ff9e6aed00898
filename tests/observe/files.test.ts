import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ObservationDraft } from '../../core/types.ts';
import { makeTree, type Tree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';
import { warmed, watchTree } from './files-bench.ts';

function tree(options: { repository?: boolean } = {}): Tree {
  const made = makeTree(options);
  onTestFinished(() => made.end());
  return made;
}

describe('the file source', () => {
  it('[OB1.12] tells what was made, changed, removed and renamed, by label and relative path', async () => {
    const work = tree();
    work.write('a/changed.txt', 'one\n');
    work.write('a/removed.txt', 'gone soon\n');
    work.write('a/moved.txt', 'the same all the time\n');
    work.write('a/renamed.txt', 'the same under another name\n');
    const kept = await watchTree(work, { label: 'shop/' });
    await warmed(kept, 'a/changed.txt', 'a/removed.txt');
    work.write('b/made.txt', 'new\n');
    appendFileSync(work.at('a/changed.txt'), 'two\n');
    work.remove('a/removed.txt');
    work.folder('c/d');
    work.move('a/moved.txt', 'c/d/moved.txt');
    work.move('a/renamed.txt', 'a/new-name.txt');
    await waitFor('five drafts', () => kept.drafts.length >= 5);
    await kept.quiet();
    expect(kept.list()).toEqual([
      'file-changed shop/a/changed.txt',
      'file-created shop/b/made.txt',
      'file-deleted shop/a/removed.txt',
      'file-renamed shop/a/new-name.txt',
      'file-renamed shop/c/d/moved.txt',
    ]);
    const moved = await kept.told('file-renamed', 'shop/c/d/moved.txt');
    expect(moved.details).toMatchObject({ from: 'shop/a/moved.txt', path: 'c/d/moved.txt', added: 0, removed: 0 });
    expect(moved.burst).toEqual({ key: `files:${work.root}`, name: 'files' });
    expect([...kept.marks.keys()].filter((key) => !key.startsWith('\0')).sort()).toEqual(
      ['a/changed.txt', 'a/new-name.txt', 'b/made.txt', 'c/d/moved.txt'].sort(),
    );
  });

  it('[OB1.13] takes a file that is replaced at once for a change, as editors save', async () => {
    const work = tree();
    work.write('page.md', '# One\n');
    work.write('other.md', '# Other\n');
    const kept = await watchTree(work);
    work.write('page.md.new', '# Two\n');
    work.move('page.md.new', 'page.md');
    await kept.told('file-changed', 'page.md');
    rmSync(work.at('other.md'));
    writeFileSync(work.at('other.md'), '# Another\n');
    await kept.told('file-changed', 'other.md');
    await kept.quiet();
    expect(kept.list()).toEqual(['file-changed other.md', 'file-changed page.md']);
  });

  it('[OB1.14] does not take a new file for a removed one because the disk used its number again', async () => {
    const work = tree();
    work.write('old.txt', 'what was here before, and much longer\n');
    const kept = await watchTree(work);
    rmSync(work.at('old.txt'));
    writeFileSync(work.at('fresh.txt'), 'x\n');
    await waitFor('two drafts', () => kept.drafts.length >= 2);
    expect(kept.list()).toEqual(['file-created fresh.txt', 'file-deleted old.txt']);
  });

  it('[AT3.1] does not tell a touch', async () => {
    const work = tree();
    work.write('a.txt', 'content\n');
    work.write('b.txt', 'content b\n');
    const kept = await watchTree(work);
    await warmed(kept, 'a.txt', 'b.txt');
    work.touch('a.txt');
    work.write('b.txt', 'content b\n');
    work.write('end.txt', 'x');
    await kept.told('file-created', 'end.txt');
    await kept.quiet();
    expect(kept.list()).toEqual(['file-created end.txt']);
    await kept.source.stop();
    const later = await watchTree(work, {}, kept.marks);
    expect(later.drafts).toEqual([]);
  });

  it('[AT3.2] does not tell a touch of a committed file that was never read', async () => {
    const work = tree({ repository: true });
    for (let n = 0; n < 40; n += 1) work.write(`f${n}.txt`, `number ${n}\n`);
    work.commit('All');
    const kept = await watchTree(work);
    await kept.source.stop();
    const marks = new Map(
      [...kept.marks].map(([key, value]) => [key, Array.isArray(value) ? [...value.slice(0, 3), null] : value]),
    );
    for (let n = 0; n < 20; n += 1) work.touch(`f${n}.txt`);
    const later = await watchTree(work, {}, marks);
    expect(later.drafts).toEqual([]);
  });

  it('[AT3.3] marks a change of white space alone, also in a file that git does not know', async () => {
    const work = tree();
    work.write('run.py', 'if a:\n  b()\n');
    work.write('crlf.txt', 'one\ntwo\n');
    const kept = await watchTree(work);
    await warmed(kept, 'run.py', 'crlf.txt');
    work.write('run.py', 'if a:\n        b()\n\n');
    work.write('crlf.txt', 'one\r\ntwo\r\n');
    expect((await kept.told('file-changed', 'run.py')).details['whitespaceOnly']).toBe(true);
    expect((await kept.told('file-changed', 'crlf.txt')).details).toMatchObject({ whitespaceOnly: true, added: 0 });
    work.write('run.py', 'if a:\n        c()\n\n');
    await waitFor('the real change', () => kept.drafts.length === 3);
    expect(kept.drafts.at(-1)?.details['whitespaceOnly']).toBeUndefined();
  });

  it('[OB10.1] counts lines against the commit for a tracked file, and says which repository it is in', async () => {
    const work = tree({ repository: true });
    work.write('src/cart.ts', 'export function total() {\n  return 0;\n}\n');
    work.commit('Start');
    const kept = await watchTree(work);
    work.write('src/cart.ts', 'export function total() {\n  const sum = 1;\n  return sum;\n}\n');
    const first = await kept.told('file-changed', 'src/cart.ts');
    expect(first.details).toMatchObject({
      place: work.root,
      against: 'commit',
      added: 2,
      removed: 1,
      near: ['total'],
      bytes: 59,
      bytesDelta: 19,
    });
    expect(first.details['excerpt']).toBe('-  return 0;\n+  const sum = 1;\n+  return sum;');
  });

  it('[OB10.2] counts lines against the last version seen for a file that git does not know, else says sizes only', async () => {
    const work = tree();
    work.write('list.txt', 'one\ntwo\n');
    work.write('data.bin', new Uint8Array([1, 0, 2]));
    const kept = await watchTree(work);
    await warmed(kept, 'list.txt');
    work.write('list.txt', 'one\nthree\nfour\n');
    work.write('data.bin', new Uint8Array([1, 0, 2, 3]));
    const list = await kept.told('file-changed', 'list.txt');
    expect(list.details).toMatchObject({ against: 'last-seen', added: 2, removed: 1, place: work.root });
    const data = await kept.told('file-changed', 'data.bin');
    expect(data.details).toMatchObject({ against: 'size', bytes: 4, bytesDelta: 1, binary: true });
    expect(data.details['added']).toBeUndefined();
  });

  it('[OB10.3] finds the repository above the watched folder, and one below it', async () => {
    const work = tree({ repository: true });
    work.write('deep/inside/a.txt', 'a\n');
    work.write('deep/inner/b.txt', 'b\n');
    work.commit('All');
    work.git('init', '-q', 'deep/inner');
    const kept = await watchTree({ root: work.at('deep') });
    appendFileSync(work.at('deep/inside/a.txt'), 'more\n');
    appendFileSync(work.at('deep/inner/b.txt'), 'more\n');
    expect((await kept.told('file-changed', 'inside/a.txt')).details).toMatchObject({
      place: work.root,
      against: 'commit',
    });
    expect((await kept.told('file-changed', 'inner/b.txt')).details['place']).toBe(work.at('deep/inner'));
  });

  it('[OB10.4] shows nothing of the content of a file whose name suggests secrets', async () => {
    const work = tree();
    const kept = await watchTree(work);
    for (const name of ['.env.local', 'server.pem', 'id_ed25519', '.npmrc', 'credentials.json', '.ssh/config']) {
      work.write(name, 'KEY=hunter2\n');
      expect(JSON.stringify(await kept.told('file-created', name))).not.toContain('hunter2');
    }
  });

  it('[OB10.5] says sizes only in a burst', async () => {
    const work = tree();
    const kept = await watchTree(work);
    for (let n = 0; n < 60; n += 1) work.write(`f${n}.txt`, `number ${n}\n`);
    await waitFor('all of them', () => kept.drafts.length === 60);
    expect(
      kept.drafts.some(({ details }) => details['added'] === undefined && typeof details['bytes'] === 'number'),
    ).toBe(true);
  });
});

/** What was told as made. One that was found while still empty is told as changed later. */
const created = (kept: { drafts: ObservationDraft[] }) =>
  kept.drafts.filter(({ type }) => type === 'file-created').map(({ target }) => target);

describe('the file source over time', () => {
  it('[OB1.15] tells what changed while it was off as such, with its time', async () => {
    const work = tree();
    work.write('changed.txt', 'one\n');
    work.write('removed.txt', 'gone\n');
    work.write('renamed.txt', 'under another name\n');
    work.write('same.txt', 'same\n');
    const first = await watchTree(work);
    await warmed(first, 'changed.txt', 'removed.txt');
    await first.source.stop();
    const before = Date.now();
    work.write('changed.txt', 'one\ntwo\n');
    work.remove('removed.txt');
    work.move('renamed.txt', 'new-name.txt');
    work.write('made.txt', 'new\n');
    work.touch('same.txt');
    const second = await watchTree(work, {}, first.marks);
    expect(second.list()).toEqual([
      'file-changed changed.txt',
      'file-created made.txt',
      'file-deleted removed.txt',
      'file-renamed new-name.txt',
    ]);
    expect(second.drafts.every(({ details }) => details['whileAway'] === true)).toBe(true);
    const at = (await second.told('file-created', 'made.txt')).occurredAt ?? 0;
    expect(at).toBeGreaterThan(before - 2_000);
    expect(at).toBeLessThanOrEqual(Date.now());
  });

  it('[OB1.16] starts an unfinished baseline over instead of telling the rest of it', async () => {
    const work = tree();
    for (let n = 0; n < 20; n += 1) work.write(`f${n}.txt`, `number ${n}\n`);
    const first = await watchTree(work);
    await first.source.stop();
    const half = new Map([...first.marks].filter(([key]) => !key.startsWith('\0') && key < 'f15.txt'));
    half.set('was-there-then.txt', [1, 2, 3, null]);
    const second = await watchTree(work, {}, half);
    expect(second.drafts).toEqual([]);
    expect([...second.marks.keys()].sort()).toEqual([...first.marks.keys()].sort());
  });

  it('[OB1.6] tells exactly what was not durable, whenever the program dies', async () => {
    const work = tree();
    work.write('changed.txt', 'one\n');
    work.write('removed.txt', 'gone soon\n');
    work.write('renamed.txt', 'under another name\n');
    const first = await watchTree(work);
    const durable = new Map(first.marks);
    work.write('changed.txt', 'one\ntwo\n');
    work.remove('removed.txt');
    work.move('renamed.txt', 'new-name.txt');
    work.write('made.txt', 'new\n');
    await waitFor('four drafts', () => first.drafts.length >= 4);
    await first.source.stop();
    const drafts = [...first.drafts];
    for (let written = 0; written <= drafts.length; written += 1) {
      const marks = new Map(durable);
      for (const { key, value } of drafts.slice(0, written).flatMap((draft) => draft.marks ?? [])) {
        if (value === null) marks.delete(key);
        else marks.set(key, value);
      }
      const next = await watchTree(work, {}, marks);
      const left = drafts.slice(written).map(({ type, target }) => `${type} ${target}`);
      expect(next.list()).toEqual(left.sort());
      await next.source.stop();
    }
  });

  it('[OB1.17] says once how much it found when it is asked to announce', async () => {
    const work = tree();
    work.write('a/b/one.txt', '1');
    work.write('two.txt', '2');
    const first = await watchTree(work, { announce: true, label: 'shop/' });
    expect(first.drafts).toHaveLength(1);
    expect(first.drafts[0]).toMatchObject({ type: 'folder-seen', target: 'shop', details: { files: 2, folders: 2 } });
    await first.source.stop();
    const second = await watchTree(work, { announce: true, label: 'shop/' }, first.marks);
    expect(second.drafts).toEqual([]);
  });

  it('[OB1.18] loses none of many new folders with many files', async () => {
    const work = tree();
    const kept = await watchTree(work);
    const expected: string[] = [];
    for (let n = 0; n < 2_000; n += 1) {
      const path = `n${n % 7}/m${n % 31}/k${n % 53}/f${n}.txt`;
      expected.push(path);
      work.write(path, `${n}\n`);
    }
    await waitFor('as many drafts as files', () => created(kept).length >= expected.length);
    expect(created(kept).sort()).toEqual(expected.sort());
    const folders = new Set(expected.map((path) => path.slice(0, path.lastIndexOf('/'))));
    for (const folder of folders) appendFileSync(work.at(`${folder}/late.txt`), 'late\n');
    await waitFor('a draft from every new folder', () => created(kept).length >= expected.length + folders.size);
  });

  it('[OB1.19] loses none of 20,000 files, and none of their removals', async () => {
    const work = tree();
    const kept = await watchTree(work);
    for (let n = 0; n < 20_000; n += 1) work.write(`d${n % 40}/f${n}.txt`, `${n}\n`);
    await waitFor('as many drafts as files', () => created(kept).length >= 20_000);
    expect(new Set(created(kept)).size).toBe(20_000);
    work.remove('.');
    work.folder('.');
    await kept.source.rescan();
    await waitFor('as many removals', () => kept.drafts.filter(({ type }) => type === 'file-deleted').length >= 20_000);
    expect([...kept.marks.keys()]).toEqual(['\0baseline']);
  });
});
