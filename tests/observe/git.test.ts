import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, utimesSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/host/system.ts';
import { createGitSource } from '../../core/observe/sources/git.ts';
import { sourceContract } from '../contracts/source.ts';
import { fakeClock } from '../kit/clock.ts';
import { makeTree, type Tree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';
import { countingLog, gitWorld, repositoryTree } from './git-world.ts';

sourceContract('git', async () => {
  const tree = repositoryTree();
  let commits = 0;
  return {
    open: () =>
      createGitSource({
        root: tree.root,
        label: '',
        uncommittedHours: 4,
        clock: systemClock,
        firstLookMs: null,
        log: countingLog(),
      }),
    async change() {
      const subject = `Change ${++commits}`;
      tree.write('src/app.ts', `export const one = ${commits + 1};\n`);
      tree.commit(subject);
      return (draft) => draft.type === 'commit-made' && draft.details.subject === subject;
    },
    async takeAway() {
      tree.end();
    },
    end: async () => tree.end(),
  };
});

let world: ReturnType<typeof gitWorld>;
let tree: Tree;
beforeEach(() => {
  world = gitWorld();
  tree = world.own(repositoryTree());
});
afterEach(async () => {
  await world.end();
  expect(world.log.errors).toEqual([]);
});

/** Commits a change of one file. */
function edit(subject: string, path = 'src/app.ts', where = tree): void {
  where.write(path, `${subject}\n`);
  where.commit(subject);
}

describe('commits', () => {
  it('[OB1.20] tells a commit with its subject, author, branch, place and size', async () => {
    const kept = await world.run(tree.root, { label: 'work/' });
    tree.write('src/app.ts', 'export const one = 1;\nexport const two = 2;\n');
    tree.write('notes.md', '# Notes\n');
    tree.commit('Add two\n\nA body that is not told.');
    const draft = await waitFor('the commit', () => kept.of('commit-made')[0]);
    expect(draft).toMatchObject({ target: `work/${basename(tree.root)}`, severity: 'info', trust: 'observed' });
    expect(draft.details).toEqual({
      place: tree.root,
      repo: basename(tree.root),
      hash: tree.git('rev-parse', 'HEAD').slice(0, 10),
      subject: 'Add two',
      author: 'Ada',
      branch: 'main',
      merge: false,
      files: 2,
      added: 2,
      removed: 0,
      top: [
        { path: 'notes.md', added: 1, removed: 0 },
        { path: 'src/app.ts', added: 1, removed: 0 },
      ],
    });
    expect(draft.burst).toBeUndefined();
    expect(draft.occurredAt).toBe(Number(tree.git('log', '-1', '--format=%ct')) * 1000);
  });

  it('[OB1.21] tells several commits one by one, oldest first, and as a burst when they are more than ten', async () => {
    const first = await world.run(tree.root);
    await first.source.stop();
    for (const name of ['a', 'b', 'c']) edit(name);
    const second = await world.run(tree.root, {}, first.marks);
    expect(second.of('commit-made').map((draft) => draft.details.subject)).toEqual(['a', 'b', 'c']);
    expect(second.of('commit-made').every((draft) => draft.details.whileAway === true && !draft.burst)).toBe(true);
    await second.source.stop();
    for (let count = 0; count < 11; count++) tree.git('commit', '-q', '--allow-empty', '-m', `n${count}`);
    const third = await world.run(tree.root, {}, second.marks);
    expect(third.of('commit-made')).toHaveLength(11);
    expect(third.drafts[0]?.burst).toEqual({ key: `git:${tree.root}`, name: 'commits' });
  });

  it('[OB1.21] tells ten thousand pulled commits as one with their count', async () => {
    const kept = await world.run(tree.root);
    const stream = Array.from(
      { length: 10_000 },
      (_, at) =>
        `commit refs/heads/far\ncommitter A <a@b> ${1_700_000_000 + at} +0000\ndata 2\nc\n${at === 0 ? 'from refs/heads/main^0\n' : ''}`,
    ).join('\n');
    execFileSync('git', ['fast-import', '--quiet'], { cwd: tree.root, input: `${stream}\n` });
    tree.git('merge', '-q', '--ff-only', 'far');
    const draft = await waitFor('the pull', () => kept.of('commit-made')[0]);
    expect(draft.details).toMatchObject({ count: 10_000, branch: 'main', subject: 'c' });
    await kept.source.rescan();
    expect(kept.of('commit-made')).toHaveLength(1);
  });

  it('[OB1.22] tells what was committed on a branch that came and went between two looks, with its branch', async () => {
    const first = await world.run(tree.root);
    await first.source.stop();
    tree.git('checkout', '-q', '-b', 'side');
    edit('On the side');
    tree.git('checkout', '-q', 'main');
    const second = await world.run(tree.root, {}, first.marks);
    expect(second.drafts.map(({ type, details }) => [type, details.branch ?? details.to])).toEqual([
      ['branch-switched', 'side'],
      ['commit-made', 'side'],
      ['branch-switched', 'main'],
    ]);
  });

  it('[OB1.22] does not tell commits that merely arrive by switching, nor those it has told before when they are merged', async () => {
    tree.git('checkout', '-q', '-b', 'far');
    edit('Far away');
    tree.git('checkout', '-q', 'main');
    const kept = await world.run(tree.root);
    tree.git('checkout', '-q', 'far');
    await waitFor('the switch', () => kept.of('branch-switched').length === 1);
    edit('Seen being made');
    await waitFor('the commit', () => kept.of('commit-made').length === 1);
    tree.git('checkout', '-q', 'main');
    tree.git('merge', '-q', '--ff-only', 'far');
    await kept.source.rescan();
    expect(kept.of('commit-made').map((draft) => draft.details.subject)).toEqual(['Seen being made', 'Far away']);
    expect(kept.of('branch-switched').map(({ details }) => [details.from, details.to])).toEqual([
      ['main', 'far'],
      ['far', 'main'],
    ]);
  });

  it('[OB1.22] tells that a branch moved on when all it gained was told before', async () => {
    const kept = await world.run(tree.root);
    tree.git('checkout', '-q', '-b', 'side');
    edit('Mine');
    await waitFor('the commit', () => kept.of('commit-made').length === 1);
    tree.git('checkout', '-q', 'main');
    tree.git('merge', '-q', '--ff-only', 'side');
    await kept.source.rescan();
    expect(kept.of('commit-made')).toHaveLength(1);
    expect(kept.of('branch-advanced')[0]?.details).toMatchObject({ branch: 'main', count: 1 });
  });

  it('[OB1.23] tells a merge commit as a merge', async () => {
    const kept = await world.run(tree.root);
    tree.git('checkout', '-q', '-b', 'side');
    edit('Side', 'side.txt');
    tree.git('checkout', '-q', 'main');
    edit('Main', 'main.txt');
    tree.git('merge', '-q', '--no-edit', 'side');
    await kept.source.rescan();
    const merge = kept.of('commit-made').find((draft) => draft.details.merge === true);
    expect(merge?.details).toMatchObject({
      branch: 'main',
      files: 1,
      top: [{ path: 'side.txt', added: 1, removed: 0 }],
    });
    expect(kept.of('commit-made')).toHaveLength(3);
  });

  it('[OB1.24] tells at the very first look the recent commits of the current branch when asked to, and only those', async () => {
    edit('Recent');
    const kept = await world.run(tree.root, { firstLookMs: 24 * 3_600_000 });
    expect(kept.of('commit-made').map((draft) => draft.details.subject)).toEqual(['Begin', 'Recent']);
    await kept.source.stop();
    const again = await world.run(tree.root, { firstLookMs: 24 * 3_600_000 }, kept.marks);
    expect(again.drafts).toEqual([]);
  });

  it('[OB1.25] loses and doubles nothing when the program dies after any draft', async () => {
    const before = await world.run(tree.root);
    await before.source.stop();
    edit('one');
    edit('two');
    tree.git('checkout', '-q', '-b', 'side');
    edit('three');
    const wanted = ['commit-made one', 'commit-made two', 'branch-switched', 'commit-made three'];
    for (let lived = 0; lived <= wanted.length; lived++) {
      const marks = new Map(before.marks);
      const dying = await world.run(tree.root, {}, new Map(before.marks));
      await dying.source.stop();
      for (const draft of dying.drafts.slice(0, lived))
        for (const mark of draft.marks ?? []) marks.set(mark.key, mark.value);
      const after = await world.run(tree.root, {}, marks);
      const told = [...dying.drafts.slice(0, lived), ...after.drafts];
      expect(told.map((draft) => [draft.type, draft.details.subject].filter(Boolean).join(' '))).toEqual(wanted);
      await after.source.stop();
    }
  });
});

describe('rewriting', () => {
  it('[OB1.26] tells an amended commit as amended, not as made again', async () => {
    const kept = await world.run(tree.root);
    edit('Draft');
    await waitFor('the commit', () => kept.of('commit-made')[0]);
    const from = tree.git('rev-parse', 'HEAD').slice(0, 10);
    tree.git('commit', '-q', '--amend', '-m', 'Final');
    const amended = await waitFor('the amendment', () => kept.of('commit-amended')[0]);
    expect(amended.details).toMatchObject({ from, subject: 'Final', branch: 'main', files: 1 });
    await kept.source.rescan();
    expect(kept.types()).toEqual(['commit-made', 'commit-amended']);
  });

  it('[OB1.26] tells only the last form of a commit that was amended before anyone looked', async () => {
    const first = await world.run(tree.root);
    await first.source.stop();
    edit('Draft');
    tree.git('commit', '-q', '--amend', '-m', 'Final');
    const second = await world.run(tree.root, {}, first.marks);
    expect(second.drafts.map(({ type, details }) => [type, details.subject])).toEqual([['commit-made', 'Final']]);
  });

  it('[OB1.27] tells a reset that drops commits as rewritten history, with how and how many', async () => {
    edit('one');
    edit('two');
    const kept = await world.run(tree.root);
    tree.git('reset', '-q', '--hard', 'HEAD~2');
    const draft = await waitFor('the reset', () => kept.of('history-rewritten')[0]);
    expect(draft.details).toMatchObject({ how: 'reset', branch: 'main', dropped: 2, gained: 0 });
  });

  it('[OB1.27] tells a rebase as one rewriting of the branch, whatever it replays', async () => {
    tree.git('checkout', '-q', '-b', 'side');
    for (const name of ['a', 'b', 'c']) edit(name, `${name}.txt`);
    tree.git('checkout', '-q', 'main');
    edit('Main', 'main.txt');
    tree.git('checkout', '-q', 'side');
    const kept = await world.run(tree.root);
    tree.git('rebase', '-q', 'main');
    await waitFor('the rebase', () => kept.of('history-rewritten').length === 1);
    await kept.source.rescan();
    expect(kept.types().filter((type) => !type.startsWith('operation'))).toEqual(['history-rewritten']);
    expect(kept.of('history-rewritten')[0]?.details).toMatchObject({
      how: 'rebase',
      branch: 'side',
      dropped: 3,
      gained: 4,
    });
  });

  it('[OB1.27] falls back to what the branch can reach when HEAD has no log', async () => {
    tree.git('config', 'core.logAllRefUpdates', 'false');
    rmSync(tree.at('.git/logs'), { recursive: true });
    const kept = await world.run(tree.root);
    edit('Unlogged');
    await waitFor('the commit', () => kept.of('commit-made').length === 1);
    tree.git('reset', '-q', '--hard', 'HEAD~1');
    const reset = await waitFor('the reset', () => kept.of('history-rewritten')[0]);
    expect(reset.details).toMatchObject({ how: 'moved', dropped: 1 });
    tree.git('checkout', '-q', '-b', 'side');
    await waitFor('the switch', () => kept.of('branch-switched').length === 1);
  });
});

describe('branches', () => {
  it('[OB1.28] names a detached HEAD by its short hash', async () => {
    edit('two');
    const kept = await world.run(tree.root);
    tree.git('checkout', '-q', 'HEAD~1');
    const away = await waitFor('the switch', () => kept.of('branch-switched')[0]);
    expect(away.details).toMatchObject({ from: 'main', to: tree.git('rev-parse', 'HEAD').slice(0, 10) });
    tree.git('checkout', '-q', 'main');
    await waitFor('the way back', () => kept.of('branch-switched').length === 2);
    expect(kept.types()).toEqual(['branch-switched', 'branch-switched']);
  });

  it('[OB1.28] says nothing of a switch there and back between two looks, and follows a renamed branch', async () => {
    tree.git('branch', 'side');
    const first = await world.run(tree.root);
    await first.source.stop();
    tree.git('checkout', '-q', 'side');
    tree.git('checkout', '-q', 'main');
    const second = await world.run(tree.root, {}, first.marks);
    expect(second.drafts).toEqual([]);
    tree.git('branch', '-m', 'trunk');
    const renamed = await waitFor('the new name', () => second.of('branch-switched')[0]);
    expect(renamed.details).toMatchObject({ from: 'main', to: 'trunk' });
  });
});

describe('operations', () => {
  function conflict(): void {
    tree.git('checkout', '-q', '-b', 'side');
    edit('theirs');
    tree.git('checkout', '-q', 'main');
    edit('ours');
  }
  const tryTo = (...args: string[]) => {
    try {
      tree.git(...args);
    } catch {
      // Conflicts: that is what we want.
    }
  };

  it.each([
    ['merge', ['merge', 'side'], ['merge', '--abort']],
    ['rebase', ['rebase', 'side'], ['rebase', '--abort']],
    ['cherry-pick', ['cherry-pick', 'side'], ['cherry-pick', '--abort']],
  ])('[OB1.29] tells a %s with conflicts as a warning, and its end', async (operation, begin, abort) => {
    conflict();
    const kept = await world.run(tree.root);
    tryTo(...begin);
    const started = await waitFor('the start', () => kept.of('operation-started')[0]);
    expect(started).toMatchObject({ severity: 'warning', details: { operation, conflicts: ['src/app.ts'] } });
    tree.git(...abort);
    const ended = await waitFor('the end', () => kept.of('operation-ended')[0]);
    expect(ended).toMatchObject({ severity: 'info', details: { operation, headMoved: false } });
    await kept.source.rescan();
    expect(kept.types()).toEqual(['operation-started', 'operation-ended']);
  });

  it('[OB1.29] tells a revert and a bisect without conflicts as info, once they last', async () => {
    for (const name of ['a', 'b', 'c']) edit(name);
    const kept = await world.run(tree.root);
    tree.git('bisect', 'start', 'HEAD', 'HEAD~3');
    const bisect = await waitFor('the bisect', () => kept.of('operation-started')[0]);
    expect(bisect).toMatchObject({ severity: 'info', details: { operation: 'bisect' } });
    tree.git('bisect', 'reset');
    await waitFor('its end', () => kept.of('operation-ended').length === 1);
    tryTo('revert', '--no-edit', 'HEAD~1');
    const revert = await waitFor('the revert', () => kept.of('operation-started')[1]);
    expect(revert).toMatchObject({ severity: 'warning', details: { operation: 'revert' } });
    expect(kept.of('branch-switched')).toEqual([]);
  });

  it('[OB1.29] tells an operation that began while it was off, and takes one that is there at first as known', async () => {
    conflict();
    const first = await world.run(tree.root);
    await first.source.stop();
    tryTo('merge', 'side');
    const second = await world.run(tree.root, {}, first.marks);
    expect(second.types()).toEqual(['operation-started']);
    await second.source.stop();
    const fresh = await world.run(tree.root);
    await fresh.source.rescan();
    expect(fresh.drafts).toEqual([]);
    tree.git('merge', '--abort');
    await waitFor('its end', () => fresh.of('operation-ended').length === 1);
  });
});

describe('uncommitted work', () => {
  const hourMs = 3_600_000;
  /** A source on a clock that we move, over real files. */
  async function worked() {
    const clock = fakeClock(Date.now());
    const kept = await world.run(tree.root, { clock });
    const afterHours = async (hours: number) => {
      clock.jump(hours * hourMs - 6 * 60_000);
      await clock.pass(6 * 60_000);
      await kept.source.rescan();
    };
    return { ...kept, clock, afterHours };
  }

  it('[OB1.30] warns of work that lies without a commit for longer than the hours set, once, and again each further day', async () => {
    const kept = await worked();
    tree.write('src/app.ts', 'export const one = 2;\n');
    await kept.afterHours(3);
    expect(kept.drafts).toEqual([]);
    await kept.afterHours(2);
    const draft = kept.of('work-uncommitted')[0];
    expect(draft).toMatchObject({ severity: 'warning', details: { files: 1, paths: ['src/app.ts'] } });
    await kept.afterHours(5);
    expect(kept.of('work-uncommitted')).toHaveLength(1);
    await kept.afterHours(24);
    expect(kept.of('work-uncommitted')).toHaveLength(2);
    tree.commit('At last');
    await kept.afterHours(1);
    tree.write('src/app.ts', 'export const one = 3;\n');
    await kept.afterHours(30);
    expect(kept.of('work-uncommitted')).toHaveLength(3);
  });

  it('[OB1.31] counts edits of the same length, staged and deleted files; not touched, untracked or set-aside ones', async () => {
    for (const name of ['edited', 'staged', 'deleted', 'touched', 'aside']) tree.write(name, `${name} 1\n`);
    tree.commit('More files');
    const kept = await worked();
    tree.write('edited', 'edited 2\n');
    tree.write('staged', 'staged 2\n');
    tree.git('add', 'staged');
    tree.remove('deleted');
    utimesSync(tree.at('touched'), 1_000, 1_000);
    tree.write('untracked', 'new\n');
    tree.git('update-index', '--skip-worktree', 'aside');
    tree.write('aside', 'aside 2\n');
    await kept.afterHours(5);
    const { details } = await waitFor('the warning', () => kept.of('work-uncommitted')[0]);
    expect(details.files).toBe(3);
    expect([...(details.paths as string[])].sort()).toEqual(['deleted', 'edited', 'staged']);
  });
});

describe('finding repositories', () => {
  it('[OB1.32] watches the repository that holds the folder and those below it, linked worktrees too', async () => {
    tree.folder('inner');
    const inner = { ...tree, root: tree.at('inner') };
    tree.git('init', '-q', '-b', 'main', 'inner');
    tree.git('-C', inner.root, 'commit', '-q', '--allow-empty', '-m', 'Inner');
    tree.git('worktree', 'add', '-q', 'linked', '-b', 'linked');
    tree.git('init', '-q', 'node_modules/lib');
    const kept = await world.run(tree.at('src'));
    expect(kept.health.at(-1)).toMatchObject({ state: 'watching', watched: 1 });
    const wide = await world.run(tree.root);
    expect(wide.health.at(-1)).toMatchObject({ state: 'watching', watched: 3 });
    tree.git('-C', tree.at('linked'), 'commit', '-q', '--allow-empty', '-m', 'Linked');
    const draft = await waitFor('the commit', () => wide.of('commit-made')[0]);
    expect(draft.details).toMatchObject({ place: tree.at('linked'), branch: 'linked', subject: 'Linked' });
    tree.git('-C', inner.root, 'commit', '-q', '--allow-empty', '-m', 'Inner 2');
    await waitFor('the inner commit', () =>
      wide.of('commit-made').some(({ details }) => details.subject === 'Inner 2'),
    );
  });

  it('[OB1.33] finds a repository that is made in the watched folder, and tells its first commit', async () => {
    const plain = world.own(makeTree());
    const kept = await world.run(plain.root);
    expect(kept.health.at(-1)).toMatchObject({ state: 'watching', watched: 0 });
    plain.git('init', '-q', '-b', 'main');
    await waitFor('the repository', () => kept.health.at(-1)?.watched === 1);
    edit('First', 'a.txt', plain);
    await waitFor('the commit', () => kept.of('commit-made').length === 1);
    plain.git('init', '-q', '-b', 'main', 'deep/down');
    plain.git('-C', plain.at('deep/down'), 'commit', '-q', '--allow-empty', '-m', 'Early');
    await kept.source.rescan();
    expect(kept.of('commit-made').map((draft) => draft.details.subject)).toEqual(['First', 'Early']);
  });

  it('[OB1.33] takes the history of a clone that appears as known', async () => {
    edit('two');
    const plain = world.own(makeTree());
    const kept = await world.run(plain.root);
    plain.git('clone', '-q', tree.root, 'copy');
    await kept.source.rescan();
    expect(kept.health.at(-1)?.watched).toBe(1);
    expect(kept.drafts).toEqual([]);
  });

  it('[OB1.34] lets go of a repository that is removed while it is watched and forgets it', async () => {
    const kept = await world.run(tree.root);
    expect([...kept.marks.values()].length).toBeGreaterThan(0);
    tree.remove('.git');
    await waitFor('the loss', () => kept.health.at(-1)?.watched === 0);
    await waitFor('the marks to go', () => kept.marks.size === 0);
    expect(kept.state()).toBe('watching');
  });

  it('[OB1.34] keeps what it knows while the whole folder is away, and goes on when it is back', async () => {
    const kept = await world.run(tree.root);
    renameSync(tree.root, `${tree.root}-away`);
    await kept.source.rescan();
    expect(kept.health.at(-1)).toMatchObject({ state: 'failed' });
    expect(kept.health.at(-1)?.remedy).toBeTruthy();
    renameSync(`${tree.root}-away`, tree.root);
    edit('Meanwhile');
    await waitFor('the commit', () => kept.of('commit-made').length === 1);
    await waitFor('a health that says so', () => kept.state() === 'watching');
  });
});
