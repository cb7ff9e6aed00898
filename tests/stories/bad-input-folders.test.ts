import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { viewDatabase } from '../kit/database-view.ts';
import { atRest, startHeadless } from '../kit/headless.ts';
import { waitFor } from '../kit/wait-for.ts';
import { observed, staysAlive, wholeHost } from '../kit/whole-host.ts';

/** The whole host on several folders, and on one that holds its own data. */

describe('more than one folder', () => {
  it('[OB1.77] each is told under a label of its own, also when two have one name', async () => {
    const owner = wholeHost();
    const { tree } = owner;
    for (const place of ['shop/web', 'blog/web', 'api']) tree.folder(place);
    const folders = ['shop/web', 'blog/web', 'api'].flatMap((place) => ['--watch', tree.at(place)]);
    const host = await startHeadless(['--data-dir', owner.dataDir, '--model', 'rules', ...folders]);
    onTestFinished(() => host.end('SIGKILL').then(() => undefined));
    await atRest(host);
    for (const place of ['shop/web', 'blog/web', 'api']) tree.write(`${place}/index.ts`, 'export {};\n');
    await waitFor('all three', () => observed(owner).length === 3);
    expect(observed(owner).sort()).toEqual([
      'file-created api/index.ts',
      'file-created blog/web/index.ts',
      'file-created shop/web/index.ts',
    ]);
    tree.remove('blog/web');
    await waitFor('the one that went to be said', async () =>
      (await host.snapshot()).sources.some((each) => each.state === 'failed' && each.id.includes('blog')),
    );
    tree.write('api/more.ts', 'export {};\n');
    await waitFor('the others to be watched on', () => observed(owner).includes('file-created api/more.ts'));
  });

  it('[OB1.78] a folder given twice, inside another or beside another in one repository tells each thing once', async () => {
    const owner = wholeHost({ repository: true });
    const { tree } = owner;
    for (const place of ['web/src', 'api']) tree.write(`${place}/index.ts`, 'export {};\n');
    tree.commit('Begin');
    symlinkSync(tree.at('web'), `${tree.root}-link`);
    onTestFinished(() => rmSync(`${tree.root}-link`));
    const folders = [tree.at('web'), `${tree.root}-link`, tree.at('web'), tree.at('web/src'), tree.at('api')];
    const args = ['--data-dir', owner.dataDir, '--model', 'rules', ...folders.flatMap((each) => ['--watch', each])];
    const host = await startHeadless(args);
    onTestFinished(() => host.end('SIGKILL').then(() => undefined));
    await atRest(host);
    expect((await host.snapshot()).settings.folders).toEqual([tree.at('web'), tree.at('web/src'), tree.at('api')]);
    tree.write('web/a.ts', 'export const a = 1;\n');
    tree.write('web/src/b.ts', 'export const b = 1;\n');
    tree.write('api/c.ts', 'export const c = 1;\n');
    await waitFor('all three', () => observed(owner).length >= 3);
    await atRest(host);
    tree.commit('Add three files');
    await waitFor('the commit', () => observed(owner).some((each) => each.startsWith('commit-made')));
    await atRest(host);
    const { observations } = viewDatabase(owner.dataDir);
    expect(observations.map((each) => `${each.count} ${each.type} ${each.target}`).sort()).toEqual([
      '1 commit-made ' + observations.find((each) => each.source === 'git')?.target,
      '1 file-created api/c.ts',
      '1 file-created src/b.ts',
      '1 file-created web/a.ts',
    ]);
  });
});

describe('its own data', () => {
  it('[OB7.10] in a data folder inside the watched one is never observed, whatever is written into it', async () => {
    const owner = wholeHost({ repository: true });
    const { tree } = owner;
    const inside = tree.at('state/reverie');
    const host = await owner.start('--data-dir', inside);
    await atRest(host);
    await host.note('this note is written into the data folder');
    await staysAlive(host, { tree, dataDir: inside }, 'first.ts');
    writeFileSync(join(inside, 'settings.json'), '{}');
    await staysAlive(host, { tree, dataDir: inside }, 'last.ts');
    await atRest(host);
    const seen = viewDatabase(inside);
    const changes = seen.observations.filter((each) => each.source !== 'notes');
    expect(changes.map((each) => `${each.type} ${each.target}`)).toEqual([
      'file-created first.ts',
      'file-created last.ts',
    ]);
    expect([...seen.files.keys()].sort()).toEqual(['first.ts', 'last.ts']);
    rmSync(inside, { recursive: true, force: true });
  });
});
