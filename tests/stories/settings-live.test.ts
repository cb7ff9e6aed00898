import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Engine } from '../../core/host/engine.ts';
import { createLive } from '../../core/host/live.ts';
import type { SettingsPatch } from '../../core/settings.ts';
import { temporaryFolder } from '../kit/data-dir.ts';
import { bareShell } from '../kit/host-parts.ts';
import { pageClient } from '../kit/page-client.ts';
import { makeTree, type Tree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';
import { observed, wholeHost } from '../kit/whole-host.ts';

/** Settings that are changed while the mind runs, with real folders, threads and files. */

async function start(data: { path: string }, watch: string[], fallback: Tree) {
  const live = await createLive({
    dataDir: data.path,
    watch,
    fallbackFolder: fallback.root,
    model: { reasoner: 'rules' },
    firstLookMs: null,
    onProblem: (line) => expect.fail(line),
    shell: bareShell,
  });
  if (!live.ok) throw new Error(live.failure.message);
  const { engine, stop } = live.value;
  onTestFinished(stop);
  await engine.start();
  await watching(engine);
  return { engine, stop, ...doorOf(engine) };
}

const watching = (engine: Engine) =>
  waitFor('everything to be watched', () => {
    const { sources } = engine.snapshot();
    return sources.length > 0 && sources.every(({ state }) => state === 'watching');
  });

function doorOf(engine: Engine) {
  const told = async () => (await engine.query.recent(200)).map(({ type, target }) => `${type} ${target}`).reverse();
  return {
    told,
    async change(patch: SettingsPatch) {
      expect(await engine.send({ kind: 'change-settings', patch })).toEqual({ ok: true });
      await watching(engine);
    },
    seen: (what: string) => waitFor(what, async () => (await told()).includes(what)),
    /** Everything that there is to notice has been noticed and written down. */
    settled: () => engine.settle(),
  };
}

function world() {
  const [shop, blog] = [makeTree(), makeTree()];
  const data = temporaryFolder('settings-live');
  onTestFinished(() => {
    shop.end();
    blog.end();
    data.remove();
  });
  shop.write('old.ts', 'export const old = 1;\n');
  blog.write('post.md', 'once upon a time\n');
  return { shop, blog, data };
}

describe('folders that are changed while it runs', () => {
  it('[SH2.206] [OB1.79] are watched from then on and from then on not, by the names they have for ever; a restart keeps all', async () => {
    const { shop, blog, data } = world();
    const blogName = blog.root.split('/').at(-1);
    const first = await start(data, [shop.root], shop);
    const events: string[] = [];
    first.engine.subscribe(({ kind }) => events.push(kind));
    await first.change({ watch: { folders: [blog.root] } });
    expect(events).toContain('settings-changed');
    const { settings, sources } = first.engine.snapshot();
    expect(settings.folders).toEqual([blog.root]);
    expect(sources.map(({ id }) => id)).toEqual([`files:${blog.root}`, `git:${blog.root}`]);
    expect(await first.engine.query.settings()).toMatchObject({
      watching: [blog.root],
      inForce: { watch: { folders: [blog.root] } },
      file: join(data.path, 'settings.json'),
    });
    shop.write('unseen.ts', 'export {};\n');
    blog.write('second.md', 'and they lived\n');
    await first.seen(`file-created ${blogName}/second.md`);
    await first.settled();
    expect(await first.told()).toEqual([`file-created ${blogName}/second.md`]);
    await first.stop();
    const second = await start(data, [], shop);
    await second.change({ watch: { folders: [blog.root, shop.root] } });
    await second.settled();
    expect(await second.told(), 'what changed while nobody looked is told once, what was known is not').toEqual([
      `file-created ${blogName}/second.md`,
      'file-created unseen.ts',
    ]);
  });

  it('[SH2.207] that cannot be watched are refused in words, and nothing changes', async () => {
    const { shop, data } = world();
    const { engine, seen } = await start(data, [shop.root], shop);
    const refuse = async (patch: unknown) => {
      const outcome = await engine.send({ kind: 'change-settings', patch: patch as SettingsPatch });
      return outcome.ok ? 'taken' : outcome.message;
    };
    const missing = shop.at('nowhere');
    expect(await refuse({ watch: { folders: [shop.root, missing] } })).toBe(
      `Nothing was changed. “${missing}” is no folder on this machine. Check how it is written, or choose one that is there.`,
    );
    expect(await refuse({ watch: { folders: [data.path] } })).toMatch(/would watch itself/);
    expect(await refuse({ watch: { folders: 'all' } })).toMatch(/^Nothing was changed\. The list of watched folders/);
    expect(await refuse({ page: { theme: 'pink' } })).toMatch(/must be system, light or dark/);
    expect(engine.snapshot().settings).toMatchObject({ folders: [shop.root], theme: 'system' });
    shop.write('still.ts', 'export {};\n');
    await seen('file-created still.ts');
  });
});

it('[SH7.94] over the door of the real host settings are seen, tried, changed and refused in words', async () => {
  const owner = wholeHost();
  const { tree } = owner;
  tree.write('shop/a.log', 'x\n');
  tree.write('blog/b.md', 'x\n');
  const host = await owner.start();
  const page = await pageClient(host);
  expect(await page.settings()).toMatchObject({ watching: [tree.root], problem: null });
  expect(await page.previewIgnore({ rules: ['*.log', 'x\\'] })).toMatchObject({
    ignored: 1,
    rules: [
      { matches: 1, problem: null },
      { matches: 0, problem: expect.stringMatching(/backslash/) },
    ],
  });
  expect(await page.pickFolder()).toBeNull();
  expect(await page.send({ kind: 'set-login', on: true })).toMatchObject({ ok: false });
  const wrong = { watch: { uncommittedHours: 0 }, page: { theme: 'pink' } } as unknown as SettingsPatch;
  expect(await page.send({ kind: 'change-settings', patch: wrong })).toEqual({
    ok: false,
    message:
      'Nothing was changed. The hours of uncommitted work must be a number from 0.1 to 720. Enter one in that range. The theme must be system, light or dark. Choose one of these.',
  });
  const patch = { watch: { folders: [tree.at('blog')] }, page: { theme: 'dark' as const } };
  expect(await page.send({ kind: 'change-settings', patch })).toEqual({ ok: true });
  await waitFor('the new folder to be watched', async () => {
    const { sources, settings } = await host.snapshot();
    return settings.theme === 'dark' && sources.every(({ id, state }) => id.endsWith('blog') && state === 'watching');
  });
  tree.write('blog/new.md', 'y\n');
  await waitFor('a change there', () => observed(owner).includes(`file-created ${basename(tree.root)}/blog/new.md`));
});

it('[SH7.93] more folders on the command line than can be watched are refused in words before anything is opened', async () => {
  const { shop, data } = world();
  const live = await createLive({
    dataDir: data.path,
    watch: Array.from({ length: 33 }, (_, n) => shop.at(`f${n}`)),
    fallbackFolder: shop.root,
    model: null,
    firstLookMs: null,
    onProblem: (line) => expect.fail(line),
    shell: bareShell,
  });
  expect(live).toMatchObject({ ok: false, failure: { message: expect.stringMatching(/^33 folders.*32.*Name fewer/) } });
});

describe('ignore rules that are changed while it runs', () => {
  it('[SH2.208] count at once: what they hide is observed no more, what they show is, and neither is told as made or removed', async () => {
    const { shop, data } = world();
    shop.write('trace.log', 'begin\n');
    const { engine, change, seen, settled, told } = await start(data, [shop.root], shop);
    const preview = await engine.query.previewIgnore(['*.log']);
    expect(preview).toMatchObject({ looked: 2, ignored: 1, examples: [{ path: 'trace.log', rule: '*.log' }] });
    await change({ watch: { ignore: ['*.log'] } });
    shop.write('trace.log', 'begin\nmore\n');
    shop.write('one.ts', 'export const one = 1;\n');
    await seen('file-created one.ts');
    await settled();
    expect(await told()).toEqual(['file-created one.ts']);
    await change({ watch: { ignore: [] } });
    await settled();
    expect(await told()).toEqual(['file-created one.ts']);
    shop.write('trace.log', 'begin\nmore\nand more\n');
    await seen('file-changed trace.log');
    await settled();
    expect(await told()).toEqual(['file-created one.ts', 'file-changed trace.log']);
  });

  it('[SH2.209] ten changes at once and files in between: nothing is lost, nothing is told twice', async () => {
    const { shop, blog, data } = world();
    const { engine, settled, told, change } = await start(data, [shop.root], shop);
    const sent: Promise<unknown>[] = [];
    for (let n = 0; n < 10; n++) {
      shop.write(`file-${n}.ts`, `export const n = ${n};\n`);
      const folders = n % 3 === 0 ? [shop.root, blog.root] : [shop.root];
      sent.push(engine.send({ kind: 'change-settings', patch: { watch: { folders, ignore: [`*.kind${n}`] } } }));
      if (n % 4 === 0) await sent.at(-1);
    }
    await Promise.all(sent);
    await change({ watch: { folders: [shop.root], ignore: [] } });
    await settled();
    const files = (await told()).map((each) => each.replace(/ .*\//, ' ')).toSorted();
    expect(files).toEqual(Array.from({ length: 10 }, (_, n) => `file-created file-${n}.ts`));
    expect(JSON.parse(readFileSync(join(data.path, 'settings.json'), 'utf8')).watch).toEqual({
      folders: [shop.root],
      ignore: [],
    });
  });
});
