import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, closeSync, openSync, readdirSync, symlinkSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeTree, type Tree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';
import { watchTree } from './files-bench.ts';

function tree(options: { repository?: boolean } = {}): Tree {
  const made = makeTree(options);
  onTestFinished(() => made.end());
  return made;
}

describe('the file source and a hostile world', () => {
  it('[OB1.12] takes names with line breaks, emoji, control characters, quotes and backslashes as they are', async () => {
    const work = tree({ repository: true });
    const names = [
      'new\nline.txt',
      '🦊 fox.md',
      'bell\u0007\u001b[31m.txt',
      `quo"te'.txt`,
      '-rf',
      ' space ',
      'a\tb',
      '__proto__',
    ];
    if (process.platform === 'linux') names.push('back\\slash.txt');
    const kept = await watchTree(work);
    for (const name of names) work.write(`in ${name}/${name}`, 'x\n');
    for (const name of names) await kept.told('file-created', `in ${name}/${name}`);
    work.commit('All');
    for (const name of names) appendFileSync(work.at(`in ${name}/${name}`), 'y\n');
    for (const name of names) {
      const { details } = await kept.told('file-changed', `in ${name}/${name}`);
      expect(details).toMatchObject({ against: 'commit', added: 1 });
    }
  });

  it.runIf(process.platform === 'linux')('[OB1.12] goes on beside names that are no text', async () => {
    const work = tree();
    const strange = Buffer.concat([Buffer.from(`${work.root}/bad-`), Buffer.from([0xff, 0xfe]), Buffer.from('.txt')]);
    const kept = await watchTree(work);
    closeSync(openSync(strange, 'w'));
    work.write('good.txt', 'x');
    await kept.told('file-created', 'good.txt');
    await kept.quiet();
    expect(kept.list()).toEqual(['file-created good.txt']);
  });

  it('[OB1.12] follows no link: neither a loop, nor out of the folder, nor into a file', async () => {
    const work = tree();
    const outside = tree();
    outside.write('secret.txt', 'nobody reads this\n');
    work.write('a/b/file.txt', 'x');
    symlinkSync(work.root, work.at('a/b/loop'));
    const kept = await watchTree(work);
    symlinkSync(outside.root, work.at('out'));
    symlinkSync(outside.at('secret.txt'), work.at('link.txt'));
    symlinkSync('nowhere', work.at('dangling'));
    const told = await kept.told('file-created', 'link.txt');
    await kept.told('file-created', 'dangling');
    outside.write('secret.txt', 'changed behind the link\n');
    await kept.quiet();
    expect(kept.list()).toEqual(['file-created dangling', 'file-created link.txt', 'file-created out']);
    expect(told.details['excerpt']).toBeUndefined();
    expect(told.details['added']).toBeUndefined();
  });

  it.runIf(process.platform !== 'win32')('[OB1.12] leaves pipes and sockets alone', async () => {
    const work = tree();
    const kept = await watchTree(work);
    execFileSync('mkfifo', [work.at('pipe')]);
    const server = createServer().listen(work.at('socket'));
    await new Promise((listening) => server.once('listening', listening));
    onTestFinished(() => void server.close());
    work.write('end.txt', 'x');
    await kept.told('file-created', 'end.txt');
    await kept.quiet();
    expect(kept.list()).toEqual(['file-created end.txt']);
  });

  it('[OB10.2] waits for a file that is being written, and tells it whole', async () => {
    const work = tree();
    const kept = await watchTree(work);
    const file = openSync(work.at('growing.txt'), 'w');
    for (let n = 0; n < 200; n += 1) {
      writeSync(file, `line ${n}\n`);
      await new Promise((next) => setImmediate(next));
    }
    closeSync(file);
    const lines = () => kept.drafts.reduce((sum, { details }) => sum + Number(details['added'] ?? 0), 0);
    await waitFor('all lines to be counted', () => lines() === 200);
    expect(kept.drafts[0]?.type).toBe('file-created');
  });

  it('[OB10.2] says sizes only for a file that is too large to compare, and still knows a touch of it', async () => {
    const work = tree();
    work.write('large.txt', 'line\n'.repeat(300_000));
    const kept = await watchTree(work);
    appendFileSync(work.at('large.txt'), 'more\n');
    const { details } = await kept.told('file-changed', 'large.txt');
    expect(details).toMatchObject({ against: 'size', bytesDelta: 5, bytes: 1_500_005 });
    work.touch('large.txt');
    await kept.quiet();
    expect(kept.drafts).toHaveLength(1);
  });

  it('[OB1.13] tells only the removal of a file that goes while it is looked at', async () => {
    const work = tree();
    const kept = await watchTree(work);
    for (let n = 0; n < 50; n += 1) {
      work.write(`short-${n}.txt`, 'x');
      work.remove(`short-${n}.txt`);
    }
    work.write('end.txt', 'x');
    await kept.told('file-created', 'end.txt');
    await kept.quiet();
    const balance = new Map<string, number>();
    for (const { type, target } of kept.drafts) {
      balance.set(target, (balance.get(target) ?? 0) + (type === 'file-deleted' ? -1 : 1));
    }
    balance.delete('end.txt');
    expect([...balance.values()].every((left) => left === 0)).toBe(true);
    expect([...kept.marks.keys()].sort()).toEqual(['\0baseline', 'end.txt']);
  });

  it('[OB1.10] watches the first files of too many and says so', async () => {
    const work = tree();
    for (let n = 0; n < 30; n += 1) work.write(`d${n % 3}/f${n}.txt`, 'x');
    const kept = await watchTree(work, { maxFiles: 10 });
    expect(kept.health.at(-1)).toMatchObject({ state: 'degraded', watched: 10 });
    expect(kept.health.at(-1)?.remedy).toContain('.gitignore');
    expect(kept.drafts).toEqual([]);
  });

  it('[OB1.10] starts when its folder appears, and finds it again when it comes back', async () => {
    const work = tree();
    const kept = await watchTree({ root: work.at('later') });
    expect(kept.state()).toBe('failed');
    work.write('later/a.txt', 'a\n');
    await waitFor('it to watch', () => kept.state() === 'watching');
    expect(kept.drafts).toEqual([]);
    work.move('later', 'elsewhere');
    await waitFor('it to notice the loss', () => kept.state() === 'failed');
    expect(kept.drafts).toEqual([]);
    work.write('elsewhere/b.txt', 'b\n');
    work.move('elsewhere', 'later');
    await kept.told('file-created', 'b.txt');
    work.write('later/c.txt', 'c\n');
    await kept.told('file-created', 'c.txt');
    expect(kept.list()).toEqual(['file-created b.txt', 'file-created c.txt']);
  });

  it('[OB1.10] goes on when its folder is replaced by another of the same name', async () => {
    const work = tree();
    work.write('here/a.txt', 'a\n');
    const kept = await watchTree({ root: work.at('here') });
    work.write('next/b.txt', 'b\n');
    work.move('here', 'old');
    work.move('next', 'here');
    await kept.told('file-created', 'b.txt');
    await waitFor('it to watch', () => kept.state() === 'watching');
    work.write('here/c.txt', 'c\n');
    await kept.told('file-created', 'c.txt');
  });

  it.runIf(process.platform !== 'win32')(
    '[OB1.10] names a folder it may not read, keeps what it knew of it, and goes on',
    async () => {
      const work = tree();
      chmodSync(work.root, 0o755);
      const child = new URL('./files-child.ts', import.meta.url).pathname;
      const { stdout } = await promisify(execFile)(process.execPath, [child, work.at('root')]);
      const said = JSON.parse(stdout);
      expect(said.missing).toMatchObject({ state: 'failed', remedy: expect.any(String) });
      expect(said.all).toMatchObject({ state: 'watching', watched: 2 });
      expect(said.closed).toMatchObject({ state: 'degraded', message: expect.stringContaining('closed'), watched: 2 });
      expect(said.nothing).toMatchObject({ state: 'failed', message: expect.stringContaining('may not be read') });
      expect(said.again).toMatchObject({ state: 'watching', watched: 2 });
      expect(said.drafts).toEqual([]);
    },
  );

  it('[OB1.8] writes nothing into the folder it watches', async () => {
    const work = tree({ repository: true });
    work.write('a.txt', 'a\n');
    work.commit('A');
    const inGit = () => readdirSync(join(work.root, '.git')).sort();
    const before = inGit();
    const kept = await watchTree(work);
    appendFileSync(work.at('a.txt'), 'b\n');
    await kept.told('file-changed', 'a.txt');
    expect(readdirSync(work.root).sort()).toEqual(['.git', 'a.txt']);
    expect(inGit()).toEqual(before);
  });
});
