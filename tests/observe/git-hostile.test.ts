import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { probes, runProbe } from '../../core/host/spawn.ts';
import { fakeClock } from '../kit/clock.ts';
import { makeTree, type Tree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';
import { gitWorld, repositoryTree } from './git-world.ts';

let world: ReturnType<typeof gitWorld>;
let tree: Tree;
/** Everything that must not run leaves a file of its name in here. */
let canaries: Tree;
beforeEach(() => {
  world = gitWorld();
  tree = world.own(repositoryTree());
  canaries = world.own(makeTree());
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await world.end();
  expect(world.log.errors).toEqual([]);
});

const canary = (name: string) => `touch '${canaries.at(name)}'; exit 1; #`;
const fired = () => readdirSync(canaries.root);
const forget = () => {
  for (const name of fired()) rmSync(canaries.at(name));
};

/** Makes commits below all machinery, so that only the source could set a canary off. */
function plumb(message: string, content: string): string {
  const bare = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false'];
  writeFileSync(canaries.at('blob'), content);
  const blob = tree.git(...bare, 'hash-object', '-w', '--no-filters', canaries.at('blob')).trim();
  rmSync(canaries.at('blob'));
  tree.git(...bare, 'update-index', '--add', '--cacheinfo', `100644,${blob},src/app.ts`);
  const parent = tree.git(...bare, 'rev-parse', 'HEAD').trim();
  const made = tree.git(...bare, 'write-tree').trim();
  const raw = tree.git(
    ...bare,
    'cat-file',
    'commit',
    tree.git(...bare, 'commit-tree', made, '-p', parent, '-m', message).trim(),
  );
  // A signature that somebody would have to verify.
  writeFileSync(
    canaries.at('commit'),
    raw.replace('\n\n', '\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n'),
  );
  const commit = tree.git(...bare, 'hash-object', '-t', 'commit', '-w', canaries.at('commit')).trim();
  rmSync(canaries.at('commit'));
  tree.git(...bare, 'update-ref', '-m', `commit: ${message}`, 'HEAD', commit);
  return commit;
}

function arm(): void {
  const hooks = readdirSync(tree.at('.git/hooks')).map((name) => name.replace('.sample', ''));
  for (const folder of ['.git/hooks', 'my-hooks']) {
    mkdirSync(tree.at(folder), { recursive: true });
    for (const name of [
      ...hooks,
      'reference-transaction',
      'post-index-change',
      'post-checkout',
      'fsmonitor-watchman',
    ]) {
      writeFileSync(tree.at(`${folder}/${name}`), `#!/bin/sh\n${canary(`hook-${name}`)}\n`);
      chmodSync(tree.at(`${folder}/${name}`), 0o755);
    }
  }
  for (const name of ['gpg', 'ssh-keygen', 'git-remote-evil']) {
    tree.write(name, `#!/bin/sh\n${canary(name)}\n`);
    chmodSync(tree.at(name), 0o755);
  }
  tree.write('.gitattributes', '* filter=evil diff=evil merge=evil\n');
  tree.write('included', `[core]\n\tpager = ${JSON.stringify(canary('included'))}\n`);
  const settings: [string, string][] = [
    ['core.fsmonitor', canary('fsmonitor')],
    ['core.hooksPath', tree.at('my-hooks')],
    ['core.pager', canary('pager')],
    ['core.editor', canary('editor')],
    ['core.askPass', tree.at('gpg')],
    ['core.sshCommand', canary('ssh')],
    ['core.alternateRefsCommand', canary('alternates')],
    ['sequence.editor', canary('sequence')],
    ['credential.helper', `!${canary('credential')}`],
    ['filter.evil.clean', canary('clean')],
    ['filter.evil.smudge', canary('smudge')],
    ['filter.evil.process', canary('process')],
    ['filter.evil.required', 'true'],
    ['diff.external', canary('external')],
    ['diff.evil.command', canary('command')],
    ['diff.evil.textconv', canary('textconv')],
    ['diff.evil.cachetextconv', 'true'],
    ['merge.evil.driver', canary('driver')],
    ['log.showSignature', 'true'],
    ['gpg.program', tree.at('gpg')],
    ['gpg.ssh.program', tree.at('ssh-keygen')],
    ['pager.rev-list', canary('pager-list')],
    ['include.path', tree.at('included')],
    [`includeIf.gitdir:${tree.root}/.path`, tree.at('included')],
  ];
  for (const command of ['log', 'rev-list', 'rev-parse', 'ls-files', 'diff-tree', 'cat-file']) {
    settings.push([`alias.${command}`, `!${canary(`alias-${command}`)}`]);
  }
  for (const [name, value] of settings) tree.git('config', name, value);
}

describe('a repository that wants to run something', () => {
  it('[DL1.1] runs none of the programs that a repository names, whatever happens in it', async () => {
    const first = await world.run(tree.root);
    await first.source.stop();
    arm();
    plumb('While away', 'export const one = 2;\n');
    forget();
    const clock = fakeClock(Date.now());
    const kept = await world.run(tree.root, { clock }, first.marks);
    expect(kept.of('commit-made')[0]?.details).toMatchObject({ subject: 'While away', files: 1, added: 1, removed: 1 });
    plumb('While watched', 'export const one = 3;\n');
    tree.write('src/app.ts', 'export const one = 4;\n');
    tree.touch('.gitattributes');
    await kept.source.rescan();
    clock.jump(10 * 3_600_000);
    await clock.pass(400_000);
    await kept.source.rescan();
    expect(kept.of('commit-made')).toHaveLength(2);
    expect(kept.of('work-uncommitted')).toHaveLength(1);
    for (const probe of [
      probes.gitPlace(),
      probes.gitBlob('src/app.ts'),
      probes.gitTracked(['src']),
      probes.gitUnmerged(),
    ]) {
      expect((await runProbe(probe, { cwd: tree.root })).ok).toBe(true);
    }
    expect(fired()).toEqual([]);
  });

  it('[DL1.1] would notice: git itself runs them when asked the usual way', () => {
    arm();
    plumb('Signed', 'export const one = 2;\n');
    forget();
    tree.write('src/app.ts', 'export const one = 4;\n');
    const usual = (...args: string[]) => {
      try {
        tree.git(...args);
      } catch {
        // It ends badly, as the canaries do.
      }
    };
    usual('status');
    usual('log', '-p', '--ext-diff');
    usual('config', '--remove-section', 'filter.evil');
    usual('diff');
    usual('config', '--unset', 'diff.evil.command');
    usual('diff');
    usual('log', '-p');
    usual('commit', '-m', 'x', 'src/app.ts');
    const ran = ['command', 'external', 'fsmonitor', 'gpg', 'process', 'textconv', 'hook-pre-commit'];
    expect(fired()).toEqual(expect.arrayContaining(ran));
  });

  it.each([
    ['a command as transport', (name: string) => [`ext::touch ${canaries.at(name)}`, '']],
    ['a command for ssh', (name: string) => ['ssh://localhost/x', canary(name)]],
  ])('[DL1.2] fetches no missing object: %s', async (_what, remote) => {
    const first = await world.run(tree.root);
    await first.source.stop();
    const [url = '', ssh = ''] = remote('transport');
    const commit = plumb('Lacks a file', 'export const one = 2;\n');
    const blob = tree.git('rev-parse', `${commit}:src/app.ts`).trim();
    rmSync(tree.at(`.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`));
    tree.git('config', 'core.repositoryFormatVersion', '1');
    tree.git('config', 'extensions.partialClone', 'origin');
    for (const [name, value] of [
      ['url', url],
      ['promisor', 'true'],
      ['partialclonefilter', 'blob:none'],
    ] as const) {
      tree.git('config', `remote.origin.${name}`, value);
    }
    tree.git('config', 'protocol.allow', 'always');
    tree.git('config', 'protocol.ext.allow', 'always');
    if (ssh) tree.git('config', 'core.sshCommand', ssh);
    const kept = await world.run(tree.root, {}, first.marks);
    expect(kept.of('commit-made')[0]?.details.subject).toBe('Lacks a file');
    expect((await runProbe(probes.gitBlob('src/app.ts'), { cwd: tree.root })).ok).toBe(false);
    expect(fired()).toEqual([]);
    expect(() => tree.git('cat-file', 'blob', blob)).toThrow();
    expect(fired()).toEqual(['transport']);
  });

  it('[DL1.3] takes no program from the watched folder, even when PATH has relative entries', async () => {
    tree.write('git', `#!/bin/sh\n${canary('git')}\n`);
    chmodSync(tree.at('git'), 0o755);
    vi.stubEnv('PATH', `.::${process.env.PATH}`);
    const kept = await world.run(tree.root);
    expect(kept.state()).toBe('watching');
    expect(fired()).toEqual([]);
  });

  it('[OB1.35] does not follow core.worktree to another folder', async () => {
    tree.git('config', 'core.worktree', canaries.root);
    const kept = await world.run(tree.root);
    expect(kept.health.at(-1)).toMatchObject({ state: 'degraded', watched: 0 });
    expect(kept.health.at(-1)?.remedy).toBeTruthy();
  });
});

describe('what can be wrong with git or a repository', () => {
  it('[OB1.36] says that git is not installed and what to do, and goes on when it is', async () => {
    const path = process.env.PATH;
    vi.stubEnv('PATH', '');
    const kept = await world.run(tree.root);
    expect(kept.health.at(-1)?.state).toBe('degraded');
    expect(kept.health.at(-1)?.remedy).toContain('Install git');
    vi.stubEnv('PATH', path);
    await kept.source.rescan();
    expect(kept.state()).toBe('watching');
  });

  it.skipIf(process.getuid?.() !== 0)(
    '[OB1.36] names safe.directory when a repository belongs to another user',
    async () => {
      for (const path of ['', '.git']) chownSync(tree.at(path), 65_534, 65_534);
      const kept = await world.run(tree.root);
      expect(kept.health.at(-1)?.state).toBe('degraded');
      expect(kept.health.at(-1)?.remedy).toContain('safe.directory');
      expect(kept.health.at(-1)?.remedy).toContain(tree.root);
    },
  );

  it('[OB1.36] says which repository is damaged, keeps what it knows and goes on when it is repaired', async () => {
    const kept = await world.run(tree.root);
    const branch = tree.at('.git/refs/heads/main');
    const hash = tree.git('rev-parse', 'HEAD');
    writeFileSync(branch, 'nonsense\n');
    await waitFor('the damage to be seen', () => kept.state() === 'degraded');
    writeFileSync(tree.at('.git/HEAD'), '\u0000\u0001 nothing');
    await kept.source.rescan();
    expect(kept.state()).toBe('degraded');
    writeFileSync(tree.at('.git/HEAD'), 'ref: refs/heads/main\n');
    writeFileSync(branch, hash);
    await kept.source.rescan();
    expect(kept.state()).toBe('watching');
    expect(kept.drafts).toEqual([]);
  });

  it('[OB1.36] survives a damaged index, log and configuration', async () => {
    const first = await world.run(tree.root);
    await first.source.stop();
    tree.write('.git/index', 'nonsense');
    tree.write('.git/logs/HEAD', Buffer.from([0xff, 0, 10, 0xfe]));
    const second = await world.run(tree.root, {}, first.marks);
    expect(second.drafts).toEqual([]);
    tree.write('.git/config', '[nonsense');
    await second.source.rescan();
    expect(second.state()).toBe('degraded');
  });

  it('[OB1.37] watches an empty repository and tells its first commit', async () => {
    const empty = world.own(makeTree({ repository: true }));
    const kept = await world.run(empty.root);
    expect(kept.state()).toBe('watching');
    empty.git('checkout', '-q', '-b', 'trunk');
    await waitFor('the switch', () => kept.of('branch-switched').length === 1);
    empty.git('commit', '-q', '--allow-empty', '-m', 'First');
    const first = await waitFor('the commit', () => kept.of('commit-made')[0]);
    expect(first.details).toMatchObject({ subject: 'First', branch: 'trunk', files: 0 });
  });

  it('[OB1.37] leaves bare repositories alone: no work happens in them', async () => {
    const plain = world.own(makeTree());
    plain.git('clone', '-q', '--bare', tree.root, 'bare');
    expect((await world.run(plain.at('bare'))).health.at(-1)).toMatchObject({ state: 'watching', watched: 0 });
    tree.git('config', 'core.bare', 'true');
    expect((await world.run(tree.root)).health.at(-1)).toMatchObject({ state: 'degraded', watched: 0 });
  });

  it('[OB1.37] tells commits in shallow clones and in SHA-256 repositories', async () => {
    tree.write('b', 'b\n');
    tree.commit('Second');
    const plain = world.own(makeTree());
    plain.git('clone', '-q', '--depth', '1', `file://${tree.root}`, 'shallow');
    plain.git('init', '-q', '-b', 'main', '--object-format=sha256', 'long');
    const kept = await world.run(plain.root, { firstLookMs: 3_600_000 });
    expect(kept.of('commit-made').map(({ details }) => [details.subject, details.files])).toEqual([
      ['Second', undefined],
    ]);
    writeFileSync(plain.at('long/a'), 'a\n');
    for (const args of [
      ['add', 'a'],
      ['commit', '-q', '-m', 'Long names'],
    ])
      plain.git('-C', plain.at('long'), ...args);
    plain.git('-C', plain.at('shallow'), 'commit', '-q', '--allow-empty', '-m', 'On top');
    await kept.source.rescan();
    expect(
      kept
        .of('commit-made')
        .slice(1)
        .map(({ details }) => [details.subject, details.files])
        .sort(),
    ).toEqual([
      ['Long names', 1],
      ['On top', 0],
    ]);
  });

  it('[OB1.38] cleans names and subjects of what hides or reorders text, and keeps emoji', async () => {
    const kept = await world.run(tree.root);
    const name = 'odd\u202ename\n\u0007.txt';
    tree.write(name, 'x\n');
    tree.git('add', '-A');
    tree.git(
      'commit',
      '-q',
      '-m',
      `Fix \u001b[31mred\u202e evil\u200b 👩‍💻 ${'long '.repeat(100)}`,
      '--author',
      'B\u202eob <b@b>',
    );
    const { details } = await waitFor('the commit', () => kept.of('commit-made')[0]);
    expect(details.subject).toMatch(/^Fix \[31mred evil 👩‍💻 long/u);
    expect(String(details.subject).length).toBeLessThanOrEqual(200);
    expect(JSON.stringify(details)).not.toMatch(/[\u0000-\u001f\u200b\u202e]|\\u00/u);
    expect(details.author).toBe('B ob');
  });

  it('[OB1.38] believes a date only when it is not in the future and not older than a week', async () => {
    const kept = await world.run(tree.root);
    const at = (date: string) =>
      execFileSync('git', ['commit', '-q', '--allow-empty', '-m', date], {
        cwd: tree.root,
        env: {
          ...process.env,
          GIT_COMMITTER_DATE: date,
          GIT_COMMITTER_NAME: 'A',
          GIT_COMMITTER_EMAIL: 'a@b',
          GIT_AUTHOR_NAME: 'A',
          GIT_AUTHOR_EMAIL: 'a@b',
        },
      });
    at('2001-01-01T00:00:00Z');
    at('2098-01-01T00:00:00Z');
    await kept.source.rescan();
    expect(kept.of('commit-made').map(({ details, occurredAt }) => [details.subject, occurredAt])).toEqual([
      ['2001-01-01T00:00:00Z', undefined],
      ['2098-01-01T00:00:00Z', undefined],
    ]);
  });

  it('[OB1.38] works where the folder has line breaks and quotes in its name', async () => {
    const odd = join(tree.root, 'a\n"b\' $(c)');
    mkdirSync(odd);
    tree.git('init', '-q', '-b', 'main', odd);
    const kept = await world.run(odd);
    expect(kept.health.at(-1)).toMatchObject({ state: 'watching', watched: 1 });
    tree.git('-C', odd, 'commit', '-q', '--allow-empty', '-m', 'Odd');
    await waitFor('the commit', () => kept.of('commit-made').length === 1);
    expect(existsSync(join(odd, '.git'))).toBe(true);
  });
});
