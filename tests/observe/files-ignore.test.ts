import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createIgnoreRules } from '../../core/observe/files/ignore.ts';
import { makeTree, type Tree } from '../kit/tree.ts';
import { warmed, watchTree } from './files-bench.ts';

function tree(options: { repository?: boolean } = {}): Tree {
  const made = makeTree(options);
  onTestFinished(() => made.end());
  return made;
}

/** Rules over pattern files given as text. */
const rules = (files: Record<string, string> = {}, ignore: string[] = [], tracked: string[] = []) =>
  createIgnoreRules({
    root: '/w',
    ignore,
    exclude: ['/w/.reverie'],
    tracked: new Set(tracked),
    read: (file) => files[file] ?? null,
  });

describe('what is not looked at', () => {
  it.each([
    '.git/HEAD',
    'node_modules/x/index.js',
    'packages/a/node_modules/b.js',
    'dist/app.js',
    'target/debug/x',
    '.next/cache/y',
    'src/__pycache__/m.pyc',
    '.venv/lib/a.py',
    'coverage/index.html',
    'src/.app.ts.swp',
    'notes.md~',
    '.#lock',
    '4913',
    'x.tmp',
    'a/.DS_Store',
  ])('[AT3.4] leaves out %j without being told to', (path) => {
    expect(rules().hides(path, false)).toBe(true);
  });

  it.each([
    'src/app.ts',
    'README.md',
    '.gitignore',
    '.github/workflows/ci.yml',
    'tests/build.test.ts',
    'a/distance.ts',
    '.env',
  ])('[AT3.4] looks at %j', (path) => {
    expect(rules().hides(path, false)).toBe(false);
  });

  it('[AT3.5] never looks into its own data folder or into the inside of version control, whatever a pattern says', () => {
    const open = rules({ '/w/.gitignore': '!.git\n!.reverie\n' }, ['!.git/**', '!.reverie']);
    expect(open.hides('.reverie/mind.db', false)).toBe(true);
    expect(open.hides('.git/index', false)).toBe(true);
    expect(open.hides('sub/.git/index', false)).toBe(true);
  });

  it('[AT3.6] follows .gitignore files with the precedence of git', () => {
    const work = tree({ repository: true });
    work.write('.gitignore', '*.log\n/only-here.txt\nlogs/\n!keep.log\nsecret*\n[Bb]in2/\n**/deep/*.x\n');
    work.write('a/.gitignore', '!special.log\nlocal.txt\n');
    work.write('a/b/.gitignore', 'special.log\n');
    work.write('.git/info/exclude', 'excluded.txt\n*.mine\n');
    const paths = [
      'x.log',
      'keep.log',
      'a/special.log',
      'a/b/special.log',
      'only-here.txt',
      'a/only-here.txt',
      'logs/z.txt',
      'a/logs/q',
      'a/local.txt',
      'local.txt',
      'excluded.txt',
      'a/b/c.mine',
      'secret-plan',
      'Bin2/x',
      'u/deep/v.x',
      'u/v.x',
      'name with space.log',
    ];
    for (const path of paths) work.write(path, 'x');
    const own = createIgnoreRules({ root: work.root, ignore: [], exclude: [], read: readOrNull });
    for (const path of paths) expect([path, own.hides(path, false)]).toEqual([path, gitIgnores(work, path)]);
  });

  it('[AT3.6] takes back a folder with a deeper .gitignore, as git does', () => {
    const files = { '/w/.gitignore': 'gen/\n', '/w/a/.gitignore': '!gen/\n' };
    expect(rules(files).hides('a/gen/x.ts', false)).toBe(false);
    expect(rules(files).hides('gen/x.ts', false)).toBe(true);
  });

  it('[AT3.7] ranks the owner’s patterns above .gitignore', () => {
    const own = rules({ '/w/.gitignore': '*.log\n' }, ['!wanted.log', '*.csv']);
    expect(own.hides('wanted.log', false)).toBe(false);
    expect(own.hides('other.log', false)).toBe(true);
    expect(own.hides('data.csv', false)).toBe(true);
  });

  it('[AT3.8] looks into a folder with a build-like name when git tracks files in it', async () => {
    expect(rules({}, [], ['build']).hides('build/config.ts', false)).toBe(false);
    const work = tree({ repository: true });
    work.write('build/config.ts', 'export const a = 1;\n');
    work.write('packages/x/bin/tool.js', 'a();\n');
    work.commit('With tools');
    work.write('dist/app.js', 'b();\n');
    const kept = await watchTree(work);
    expect(kept.marks.has('build/config.ts') && kept.marks.has('packages/x/bin/tool.js')).toBe(true);
    work.write('build/config.ts', 'export const a = 2;\n');
    work.write('packages/x/bin/tool.js', 'c();\n');
    work.write('dist/app.js', 'd();\n');
    await kept.told('file-changed', 'build/config.ts');
    await kept.told('file-changed', 'packages/x/bin/tool.js');
    await kept.quiet();
    expect(kept.list()).toEqual(['file-changed build/config.ts', 'file-changed packages/x/bin/tool.js']);
  });

  it('[AT3.9] follows a changed .gitignore at once: what it hides or shows is not told as removed or made', async () => {
    const work = tree();
    work.write('.gitignore', 'hidden/\n');
    work.write('hidden/old.txt', 'x');
    work.write('shown/old.txt', 'x');
    work.write('end.txt', 'x');
    const kept = await watchTree(work);
    await warmed(kept, 'shown/old.txt');
    work.write('.gitignore', 'shown/\n');
    await kept.told('file-changed', '.gitignore');
    work.write('hidden/new.txt', 'y');
    await kept.told('file-created', 'hidden/new.txt');
    work.write('shown/new.txt', 'y');
    await kept.quiet();
    expect(kept.list()).toEqual(['file-changed .gitignore', 'file-created hidden/new.txt']);
    expect(kept.marks.has('hidden/old.txt')).toBe(true);
    expect(kept.marks.has('shown/old.txt')).toBe(false);
  });

  it('[AT3.9] tells a file that is made together with a changed .gitignore', async () => {
    const work = tree();
    const kept = await watchTree(work);
    work.write('.gitignore', '*.log\n');
    work.write('made.txt', 'x');
    work.write('made.log', 'x');
    await kept.told('file-created', 'made.txt');
    await kept.quiet();
    expect(kept.list()).toEqual(['file-created .gitignore', 'file-created made.txt']);
  });
});

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function gitIgnores(work: Tree, path: string): boolean {
  try {
    work.git('check-ignore', '-q', '--no-index', path);
    return true;
  } catch {
    return false;
  }
}
