import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createWatchPlanner } from '../../core/host/watch-planner.ts';
import { admitFolders } from '../../core/host/watched-folders.ts';
import { defaultSettings } from '../../core/settings.ts';
import { makeTree } from '../kit/tree.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function world() {
  const tree = makeTree();
  onTestFinished(() => tree.end());
  for (const folder of ['shop/inner', 'blog', 'data/logs', 'home/code'])
    mkdirSync(tree.at(folder), { recursive: true });
  writeFileSync(tree.at('shop/a.ts'), '');
  const admit = (given: string[], now: string[] = []) =>
    admitFolders(given, { dataDir: tree.at('data'), now, userHome: tree.at('home') });
  return { tree, admit };
}

describe('folders the owner names', () => {
  it('[SH2.225] are taken by whole path, with ~ for home and each once, by whatever name', () => {
    const { tree, admit } = world();
    symlinkSync(tree.at('shop'), tree.at('link'));
    expect(admit([`${tree.at('shop')}/`, tree.at('link'), '~/code', tree.at('shop/inner'), tree.at('shop')])).toEqual({
      ok: true,
      value: [tree.at('shop'), tree.at('home/code'), tree.at('shop/inner')],
    });
    expect(admit([])).toEqual({ ok: true, value: [] });
  });

  it.each([
    ['missing', /is no folder on this machine\. Check how it is written/],
    ['shop/a.ts', /is a file\. Choose the folder/],
    ['shop/a.ts/below', /is no folder on this machine/],
    ['data', /would watch itself\. Choose another/],
    ['data/logs', /would watch itself/],
  ])('[SH2.226] %s is refused in words', (name, words) => {
    const { tree, admit } = world();
    const refused = admit([tree.at('shop'), tree.at(name)]);
    expect(refused).toMatchObject({ ok: false, failure: { message: expect.stringMatching(words) } });
    expect(!refused.ok && refused.failure.message).toContain(`Nothing was changed. “${tree.at(name)}”`);
  });

  it('[SH2.226] a path that is not whole is refused with the whole one that may be meant', () => {
    const { tree, admit } = world();
    expect(admit(['code'])).toMatchObject({
      ok: false,
      failure: {
        message: `Nothing was changed. “code” is not a whole path. Write where the folder is, such as ${tree.at('home/code')}.`,
      },
    });
  });

  it('[SH2.227] one that is watched already may be away for the moment without standing in the way of another', () => {
    const { tree, admit } = world();
    const away = tree.at('usb');
    expect(admit([away, tree.at('blog')], [away])).toEqual({ ok: true, value: [away, tree.at('blog')] });
  });
});

describe('what is planned for them', () => {
  function planner() {
    const { tree } = world();
    const made = createWatchPlanner({
      dataDir: tree.at('data'),
      fallbackFolder: tree.at('blog'),
      firstLookMs: null,
      labelsFor: (roots) => new Map(roots.map((root) => [root, ''])),
      log: silent,
    });
    const watch = defaultSettings().watch;
    const same = (more: Partial<typeof watch>) => made.plan({ ...watch, ...more }).sources.map((each) => each.same);
    return { tree, made, watch, same };
  }

  it('[SH2.228] a change makes only those sources others that hang on it', () => {
    const { tree, same } = planner();
    const folders = [tree.at('shop')];
    const [files, git] = same({ folders });
    expect(same({ folders, uncommittedHours: 8 })[0]).toBe(files);
    expect(same({ folders, uncommittedHours: 8 })[1]).not.toBe(git);
    expect(same({ folders, ignore: ['*.log'] })[0]).not.toBe(files);
    expect(same({ folders, ignore: ['*.log'] })[1]).toBe(git);
    expect(same({ folders: [join(tree.root, 'link', '..', 'shop')] })).toEqual([files, git]);
    tree.folder('shop/other');
    const three = [tree.at('shop'), tree.at('shop/inner'), tree.at('shop/other')];
    expect(same({ folders: three }).toSorted()).toEqual(same({ folders: three.toReversed() }).toSorted());
  });

  it('[SH2.229] none is Reverie’s own data, also when the file says so; an empty list is the folder it was started for', () => {
    const { tree, made, watch } = planner();
    const folders = (...given: string[]) => made.plan({ ...watch, folders: given }).folders;
    expect(folders(tree.at('data'), tree.at('data/logs'), tree.at('shop'))).toEqual([tree.at('shop')]);
    expect(folders()).toEqual([tree.at('blog')]);
    rmSync(tree.at('shop'), { recursive: true });
    expect(folders(tree.at('shop')), 'one that is away stays').toEqual([tree.at('shop')]);
  });
});
