import { chmodSync, chownSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { forNobody, startAsNobody, whyNoNobody } from '../kit/as-nobody.ts';
import { type DatabaseView, viewDatabase } from '../kit/database-view.ts';
import { atRest } from '../kit/headless.ts';
import { waitFor } from '../kit/wait-for.ts';
import { observed, staysAlive, wholeHost } from '../kit/whole-host.ts';

/** The whole host in front of a folder that is wrong, hostile, or too much. */
const noNobody = whyNoNobody();

describe('a folder that cannot be watched', () => {
  it('[OB1.70] that does not exist is said with a remedy, the host runs, and watches it as soon as it is there', async () => {
    const owner = wholeHost();
    owner.tree.end();
    const host = await owner.start();
    const wrong = await waitFor('the missing folder to be said', async () => {
      const { sources } = await host.snapshot();
      return sources.every((each) => each.state === 'failed') && sources;
    });
    for (const { message, remedy } of wrong) {
      expect(message).toContain(owner.tree.root);
      expect(message).toContain('does not exist');
      expect(remedy).toMatch(/[Mm]ake|[Cc]reate/);
    }
    expect((await host.note('the folder will come')).id).not.toBe('');
    await waitFor('a thought about the note', async () => (await host.snapshot()).counts.episodes === 1);
    mkdirSync(owner.tree.root);
    await atRest(host);
    await staysAlive(host, owner);
  });

  it.skipIf(noNobody)(
    `[OB1.71] that may not be read is said with a remedy${noNobody ? ` (${noNobody})` : ''}`,
    async () => {
      const owner = wholeHost();
      if (forNobody) chownSync(owner.dataDir, forNobody.uid, forNobody.gid);
      owner.tree.write('closed/secret.txt', 'x');
      chmodSync(owner.tree.root, 0o000);
      const host = startAsNobody(owner.args());
      const files = await waitFor('the forbidden folder to be said', async () =>
        (await host.snapshot()).sources.find((each) => each.id.startsWith('files:') && each.state === 'failed'),
      );
      expect(files.message).toContain('may not be read');
      expect(files.remedy).toContain('Allow this user to read');
      chmodSync(owner.tree.root, 0o755);
      chmodSync(owner.tree.at('closed'), 0o000);
      const part = await waitFor('the forbidden part to be said', async () =>
        (await host.snapshot()).sources.find((each) => each.id.startsWith('files:') && each.state === 'degraded'),
      );
      expect(part.message).toContain('1 folder may not be read (closed)');
      chmodSync(owner.tree.at('closed'), 0o755);
      await waitFor('the folder to be watched', async () =>
        (await host.snapshot()).sources.every((each) => each.state === 'watching'),
      );
    },
  );

  it('[OB1.72] that goes away while it is watched is said, and found again with what changed meanwhile', async () => {
    const owner = wholeHost();
    owner.tree.write('kept.txt', 'kept\n');
    owner.tree.write('lost.txt', 'lost\n');
    const host = await owner.start();
    await atRest(host);
    const aside = `${owner.tree.root}-aside`;
    renameSync(owner.tree.root, aside);
    onTestFinished(() => rmSync(aside, { recursive: true, force: true }));
    await waitFor('the loss to be said', async () =>
      (await host.snapshot()).sources.some((each) => each.state === 'failed' && each.remedy),
    );
    expect(observed(owner), 'a folder out of reach is not a folder emptied').toEqual([]);
    rmSync(join(aside, 'lost.txt'));
    writeFileSync(join(aside, 'new.txt'), 'new\n');
    renameSync(aside, owner.tree.root);
    await atRest(host);
    await waitFor('what changed', () => observed(owner).length >= 2);
    expect(observed(owner).sort()).toEqual(['file-created new.txt', 'file-deleted lost.txt']);
    await staysAlive(host, owner);
  });
});

/** How many files one observation says were made. */
function madeIn({ type, details, count }: DatabaseView['observations'][number]): number {
  if (type === 'burst') return (details['byType'] as Record<string, number>)['file-created'] ?? 0;
  return type === 'file-created' ? count : 0;
}

describe('a folder that is too much at once', () => {
  it('[OB1.73] 5,000 files in a burst are counted to the last one, told in few observations, and thought about once or twice', async () => {
    const owner = wholeHost();
    const host = await owner.start();
    await atRest(host);
    for (let n = 0; n < 5_000; n++) owner.tree.write(`many/${n % 50}/file-${n}.txt`, `${n}\n`);
    const made = () => viewDatabase(owner.dataDir).observations.reduce((sum, each) => sum + madeIn(each), 0);
    await waitFor('every file to be told', () => made() >= 5_000);
    const now = await atRest(host);
    expect(made()).toBe(5_000);
    expect(viewDatabase(owner.dataDir).files.size).toBe(5_000);
    expect(now.counts.observations).toBeLessThan(100);
    expect(now.counts.insights).toBeLessThanOrEqual(3);
    await staysAlive(host, owner);
  });
});

describe('a folder full of traps', () => {
  it('[OB1.74] strange names, links in circles, binary, huge and vanishing files stop nothing and are told in plain words', async () => {
    const owner = wholeHost({ repository: true });
    const { tree } = owner;
    tree.write('src/app.ts', 'export const app = 1;\n');
    tree.commit('Begin');
    const host = await owner.start();
    await atRest(host);
    const names = [
      'new\nline.txt',
      '🦊 fox.md',
      'bell\u0007\u001b[31m.txt',
      '-rf',
      ' space ',
      '__proto__',
      'constructor',
    ];
    for (const name of names) tree.write(`odd ${name}/${name}`, 'x\n');
    symlinkSync(tree.root, tree.at('loop'));
    symlinkSync('loop2', tree.at('loop2'));
    tree.write('binary.bin', Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 7) % 256)));
    tree.write('huge.log', 'a line of a huge file\n'.repeat(1_000_000));
    for (let n = 0; n < 40; n++) {
      tree.write(`gone-${n}.txt`, 'x');
      tree.remove(`gone-${n}.txt`);
    }
    const known = () => viewDatabase(owner.dataDir).files;
    await waitFor('all that stayed to be known', () => {
      const files = known();
      return (
        names.every((name) => files.has(`odd ${name}/${name}`)) && files.has('huge.log') && files.has('binary.bin')
      );
    });
    await atRest(host);
    expect([...known().keys()].filter((path) => path.startsWith('gone-'))).toEqual([]);
    expect([...known().keys()].filter((path) => path.startsWith('loop/'))).toEqual([]);
    await staysAlive(host, owner);
    const insights = await host.insights();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    for (const each of insights) expect(each.text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect((await host.snapshot()).troubles).toEqual([]);
  });

  it('[OB1.75] a half-written file is told as it grows, and its last state is what is known', async () => {
    const owner = wholeHost();
    const { tree } = owner;
    const host = await owner.start();
    await atRest(host);
    tree.write('half.json', '{"a": [1, 2,');
    await waitFor('the first half', () => observed(owner).length > 0);
    tree.write('half.json', '{"a": [1, 2, 3]}\n');
    await waitFor('the whole', () => viewDatabase(owner.dataDir).files.get('half.json')?.size === 17);
    await atRest(host);
    const { observations } = viewDatabase(owner.dataDir);
    expect(observations.map((each) => each.type)).toEqual(['file-created', 'file-changed']);
    await staysAlive(host, owner);
  });

  it('[OB1.76] a repository that names programs runs none of them, and its commits are told', async () => {
    const owner = wholeHost({ repository: true });
    const { tree } = owner;
    const canaries = wholeHost().tree;
    const canary = (name: string) => `touch '${canaries.at(name)}'; exit 1; #`;
    tree.write('src/app.ts', 'export const app = 1;\n');
    tree.commit('Begin');
    tree.write('.gitattributes', '* filter=evil diff=evil\n');
    for (const [name, value] of [
      ['core.fsmonitor', canary('fsmonitor')],
      ['core.hooksPath', tree.at('hooks')],
      ['core.pager', canary('pager')],
      ['filter.evil.clean', canary('clean')],
      ['filter.evil.smudge', canary('smudge')],
      ['filter.evil.required', 'true'],
      ['diff.external', canary('external')],
      ['diff.evil.textconv', canary('textconv')],
      ['alias.rev-list', `!${canary('alias')}`],
    ] as const)
      tree.git('config', name, value);
    for (const folder of ['hooks', '.git/hooks'])
      for (const hook of ['post-index-change', 'reference-transaction', 'post-checkout', 'pre-commit']) {
        tree.write(`${folder}/${hook}`, `#!/bin/sh\n${canary(hook)}\n`);
        chmodSync(tree.at(`${folder}/${hook}`), 0o755);
      }
    const host = await owner.start();
    await atRest(host);
    tree.write('src/app.ts', 'export const app = 2;\n');
    await waitFor('the edit', () => observed(owner).includes('file-changed src/app.ts'));
    const inert = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false'];
    const made = tree
      .git(...inert, 'commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'Made below all machinery')
      .trim();
    tree.git(...inert, 'update-ref', '-m', 'commit: Made below all machinery', 'HEAD', made);
    await waitFor('the commit', () => observed(owner).some((each) => each.startsWith('commit-made')));
    await atRest(host);
    expect(readdirSync(canaries.root)).toEqual([]);
    expect(() => tree.git('status')).toThrow('clean filter');
    expect(readdirSync(canaries.root), 'git itself, asked the usual way, runs them').toContain('clean');
  });
});
