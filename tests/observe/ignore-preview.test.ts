import { describe, expect, it, onTestFinished } from 'vitest';
import { previewRules } from '../../core/observe/files/preview.ts';
import { ruleProblem } from '../../core/observe/files/rule-problem.ts';
import { makeTree, type Tree } from '../kit/tree.ts';
import { watchTree } from './files-bench.ts';

function shop(options: { repository?: boolean } = {}): Tree {
  const tree = makeTree(options);
  onTestFinished(() => tree.end());
  for (const path of ['a.ts', 'x.log', 'docs/b.md', 'docs/y.log', 'gen/c.ts', 'gen/deep/d.ts', 'node_modules/m/e.js'])
    tree.write(path, `${path}\n`);
  return tree;
}

const look = (tree: Tree, rules: string[], more: { most?: number; signal?: AbortSignal; exclude?: string[] } = {}) =>
  previewRules([{ root: tree.root, label: '', exclude: more.exclude ?? [] }], rules, {
    most: more.most ?? 20_000,
    signal: more.signal ?? new AbortController().signal,
  });

const matches = ({ rules }: Awaited<ReturnType<typeof look>>) => rules.map((each) => each.matches);

describe('what ignore rules would leave out', () => {
  it('[SH2.235] counts files by the rule that decides, on top of what is always left out, with examples', async () => {
    const preview = await look(shop(), ['*.log', 'gen/', 'nothing-like-it']);
    expect(preview).toMatchObject({ looked: 6, ignored: 4, partial: false });
    expect(matches(preview)).toEqual([2, 2, 0]);
    expect(preview.examples.toSorted((one, other) => one.path.localeCompare(other.path))).toEqual([
      { path: 'docs/y.log', rule: '*.log' },
      { path: 'gen/c.ts', rule: 'gen/' },
      { path: 'gen/deep/d.ts', rule: 'gen/' },
      { path: 'x.log', rule: '*.log' },
    ]);
  });

  it('[SH2.235] the last rule that fits decides, a ! takes back, and what the built-in list hides can be brought back', async () => {
    const tree = shop();
    expect(matches(await look(tree, ['*.log', 'docs/']))).toEqual([1, 2]);
    expect(matches(await look(tree, ['*.log', '!x.log']))).toEqual([1, 0]);
    expect(await look(tree, ['!node_modules'])).toMatchObject({ looked: 7, ignored: 0 });
    expect(await look(tree, ['!node_modules', 'm/'])).toMatchObject({ looked: 6, ignored: 0 });
  });

  it.each([
    [['*.log', 'gen/']],
    [['/docs', '!docs/b.md']],
    [['docs/*', '!docs/b.md']],
    [['**/d.ts', '!node_modules', '*.js']],
    [['*', '!a.ts']],
    [['[a-', 'x.log\\', '#', '/']],
    [['vendor/x/', '*.md']],
  ])('[SH2.236] is what the watcher does with %j', async (rules) => {
    const tree = shop({ repository: true });
    tree.write('vendor/x/tracked.ts', 'x\n');
    tree.write('.gitignore', 'docs/y.log\n');
    tree.commit('With a tracked vendor folder');
    tree.write('dist/untracked.js', 'x\n');
    const kept = await watchTree(tree, { ignore: rules, exclude: [tree.at('gen/deep')] });
    const known = [...kept.marks].filter(([key, value]) => !key.startsWith('\0') && value !== null);
    await kept.source.stop();
    const { looked, ignored } = await look(tree, rules, { exclude: [tree.at('gen/deep')] });
    expect(looked - ignored).toBe(known.length);
  });

  it('[SH2.237] looks at so many files and no more, and ends early when it is told to', async () => {
    const tree = shop();
    expect(await look(tree, ['*.log'], { most: 3 })).toMatchObject({ looked: 3, partial: true });
    expect(await look(tree, ['*.log'], { signal: AbortSignal.abort() })).toMatchObject({ looked: 0, partial: true });
    tree.end();
    expect(await look(tree, ['*.log'])).toMatchObject({ looked: 0, partial: false });
  });

  it('[SH2.237] shows twenty examples at most, five of one rule', async () => {
    const tree = shop();
    for (let n = 0; n < 60; n++) tree.write(`many/${n % 6}/${n}.kind${n % 6}`, 'x');
    const { examples } = await look(
      tree,
      Array.from({ length: 6 }, (_, n) => `*.kind${n}`),
    );
    expect(examples).toHaveLength(20);
    expect(examples.filter(({ rule }) => rule === '*.kind0').length).toBeLessThanOrEqual(5);
  });
});

describe('an ignore rule that cannot mean what it says', () => {
  it.each([
    ['/home/ada/shop/dist', /Write \/dist instead/],
    ['/home/ada/shop', /Write \/\* instead/],
    ['*.log\n*.tmp', /one rule on each line/],
    ['  ', /nothing in this rule/],
    ['!', /nothing in this rule/],
    ['# remark', /is a remark/],
    ['~/shop/dist', /count from the watched folder/],
    ['C:\\shop', /count from the watched folder/],
    ['./dist', /Leave out the \.\//],
    ['../other', /cannot reach out/],
    ['a/../b', /cannot reach out/],
    ['name\\', /backslash at the end/],
    ['src\\gen', /Write \/ between folders/],
    ['[a-z', /never closed/],
  ])('[SH2.238] %j is told in words', (rule, words) => {
    expect(ruleProblem(rule, ['/home/ada/shop'])).toMatch(words);
  });

  it.each([
    '*.log',
    '/dist',
    '!keep.log',
    'a/**/b',
    '[a-z].ts',
    'name\\\\',
    '\\#x',
    'with space\\ ',
    '\\[x',
    '..hidden',
    '/home/adam',
    '/home/ada/shopping',
  ])('[SH2.238] %j is fine', (rule) => {
    expect(ruleProblem(rule, ['/home/ada/shop'])).toBeNull();
  });
});
