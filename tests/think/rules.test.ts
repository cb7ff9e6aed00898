import { describe, expect, it } from 'vitest';
import {
  answerOf,
  commit,
  contextOf,
  edit,
  git,
  history,
  hourMs,
  minuteMs,
  noonAt,
  note,
  type Seed,
  said,
  session,
  toldInsight,
} from './rules-context.ts';

describe('commits', () => {
  const top = [
    { path: 'src/a.ts', added: 30, removed: 2 },
    { path: 'src/b.ts', added: 10, removed: 10 },
  ];

  it('[TH1.26] tells subject, branch, size, centre and the edits it closes', async () => {
    expect(await said([commit('Fix rounding', 3, 45, 12, top)], session(12))).toBe(
      'Committed “Fix rounding” on main: 3 files, +45 −12, most of it in src/a.ts (+30 −2). It closes 12 edits over 25 minutes.',
    );
  });

  it('[TH1.26] names the one file of a small commit', async () => {
    expect(await said([commit('Fix', 1, 4, 1, [{ path: 'src/a.ts', added: 4, removed: 1 }])])).toBe(
      'Committed “Fix” on main: src/a.ts, +4 −1.',
    );
  });

  it('[TH1.26] sums several commits up', async () => {
    expect(await said([commit('One', 3, 45, 12, top), commit('Two', 1, 4, 1, top.slice(0, 1))])).toBe(
      '2 commits on main: 4 changed files, +49 −13, most of it in src/a.ts (+60 −4); the newest is “Two”.',
    );
  });

  it('[TH1.26] does not claim that commits of other files close the session', async () => {
    expect(
      await said([commit('Pulled', 1, 4, 1, [{ path: 'lib/z.c', added: 4, removed: 1 }])], session(12)),
    ).not.toContain('close');
  });

  it('[TH1.26] tells a merge and an amended commit apart', async () => {
    const merge = commit('Merge branch next', 0, 0, 0);
    const merged = await said([{ ...merge, details: { ...merge.details, merge: true } }], session(12));
    expect(merged).toBe('Merged “Merge branch next” on main: no files of its own.');
    expect(await said([{ ...commit('Fix', 3, 45, 12, top), type: 'commit-amended' }])).toMatch(
      /^Amended “Fix” on main: 3 files/,
    );
  });

  it('[TH1.26] leaves out the size that the source could not tell', async () => {
    expect(await said([git('commit-made', { hash: 'abcdef1234', branch: 'main' })])).toBe(
      'Committed “abcdef1234” on main.',
    );
  });

  it('[TH1.26] does not count edits that came after the commit', async () => {
    const made = { ...commit('Fix', 3, 45, 12, top), at: noonAt - 10 * minuteMs };
    expect(await said([made, { ...edit('src/a.ts', 1, 0), at: noonAt }], session(3))).toContain(
      'It closes 3 edits over 15 minutes.',
    );
    const sameSecond = { ...edit('src/a.ts', 1, 0), at: made.at + 900 };
    expect(await said([made, sameSecond], session(3))).toContain('It closes 4 edits');
  });
});

describe('what is unusual', () => {
  const sizes = (...of: number[]) => ({ history: [history('src/a.ts', { sizes: of })], ...session(7) });

  it('[TH1.27] tells a change that is over three times the largest of five or more before', async () => {
    expect(await said([edit('src/a.ts', 100, 21)], sizes(121, 40, 3, 5, 6, 7))).toBe(
      'Unusual for src/a.ts: 121 lines changed since its last commit (+100 −21); the 5 changes before had at most 40.',
    );
    expect(
      await said([edit('src/a.ts', 100, 20)], sizes(120, 40, 3, 5, 6, 7)),
      'three times is not more than three times',
    ).toBe('');
    expect(await said([edit('src/a.ts', 100, 21)], sizes(121, 40, 3, 5, 6)), 'four are too few').toBe('');
    expect(await said([edit('src/a.ts', 19, 0)], sizes(19, 1, 1, 1, 1, 1)), 'nineteen lines are too few').toBe('');
  });

  it('[TH1.27] tells five deleted files, not four', async () => {
    const gone = (count: number) =>
      Array.from({ length: count }, (_, index) => edit(`old/${index}.ts`, 0, 10, {}, 'deleted'));
    expect(await said(gone(5), session(6))).toBe('5 files deleted in shop: old/0.ts, old/1.ts, old/2.ts and 2 more.');
    expect(await said(gone(4), session(6))).toBe('');
  });

  it('[TH1.27] tells 200 removed lines, not 199, and not again those that were gone before', async () => {
    expect(await said([edit('src/a.ts', 3, 202)], session(6))).toBe('200 lines removed in shop, from src/a.ts.');
    expect(await said([edit('src/a.ts', 3, 201)], session(6))).toBe('');
  });

  it('[TH1.28] tells a burst with its size, kinds and main folder', async () => {
    const details = {
      name: 'files',
      total: 1204,
      byType: { 'file-changed': 304, 'file-created': 900 },
      folders: { src: 460, 'src/gen': 744 },
      place: '/home/ada/shop',
      of: [],
    };
    const burst: Seed = { source: 'files', type: 'burst', target: 'shop', details };
    expect(await said([burst])).toBe(
      '1,204 files changed at once in shop: 900 created and 304 changed; most of it (62%) in src/gen/.',
    );
    expect(await said([git('branch-switched', { from: 'main', to: 'next' }), burst])).toContain(
      'as the branch was switched to next',
    );
    expect(await said([{ ...burst, details: { ...details, folders: { 'src/gen': 602 } } }])).toContain(
      'the largest part (602) in src/gen/',
    );
    expect(await said([{ ...burst, details: { ...details, whileAway: true } }])).toMatch(
      /^While Reverie was off: 1,204 files changed in shop/,
    );
    expect(
      await said([
        {
          source: 'git',
          type: 'burst',
          target: 'shop',
          details: { name: 'commits', total: 40, folders: { './': 40 } },
        },
      ]),
    ).toBe('40 commits arrived at once.');
    expect(await said([{ ...burst, details: { ...details, byType: { 'file-deleted': 1204 } } }])).toMatch(
      /^1,204 files deleted in shop/,
    );
  });
});

describe('what repeats', () => {
  const warning: Seed = { source: 'ci', type: 'lint-failed', target: 'x.ts', severity: 'warning' };
  const before = (count: number, days: number) => ({
    history: [history('x.ts', { source: 'ci', type: 'lint-failed', count, days })],
  });

  it('[TH1.29] tells the same warning from the third time on', async () => {
    expect(await said([warning], before(3, 2))).toBe('“lint failed” on x.ts for the 3rd time on 2 of the last 7 days.');
    expect(await said([warning], before(4, 1))).toBe('“lint failed” on x.ts for the 4th time within one day.');
    expect(await said([warning], before(2, 2))).toBe('');
  });

  it('[TH1.29] tells a deleted file that was restored', async () => {
    expect(await said([edit('src/a.ts', 0, 0, {}, 'created')], session(5))).toContain(
      'src/a.ts is back to its committed version',
    );
  });

  it('[TH1.29] tells a file that is back to its committed version', async () => {
    expect(await said([edit('src/a.ts', 0, 0)], session(5))).toBe(
      'src/a.ts is back to its committed version after 4 edits.',
    );
    expect(await said([edit('src/z.ts', 0, 0)], session(5)), 'never edited').toBe('');
    expect(await said([edit('src/a.ts', 0, 0), edit('src/a.ts', 1, 0)], session(7)), 'edited again').toBe('');
    expect(
      await said([edit('src/a.ts', 0, 0), git('branch-switched', { to: 'next' })], session(7)),
      'the commit moved',
    ).not.toContain('back');
  });
});

describe('what is unfinished', () => {
  it('[TH1.30] names the conflicts of an operation that has not ended', async () => {
    const merge = git('operation-started', { operation: 'merge', conflicts: ['src/a.ts', 'src/b.ts'] }, 'warning');
    expect(await said([merge])).toBe('A merge in shop has conflicts in src/a.ts and src/b.ts; it waits for you.');
    expect(await said([merge, git('operation-ended', { operation: 'merge' })])).toBe('');
    expect(await said([git('operation-ended', { operation: 'merge' }), merge])).toContain('has conflicts');
  });

  it('[TH1.30] tells work that has long waited for a commit', async () => {
    const details = { files: 5, oldestAt: noonAt - 5 * hourMs, paths: ['a.ts', 'b.ts'] };
    expect(await said([git('work-uncommitted', details, 'warning')])).toBe(
      '5 files in shop have waited for 5 hours to be committed: a.ts, b.ts and 3 more.',
    );
  });

  it('[TH1.30] tells a branch switch with open edits, and no other', async () => {
    const change = git('branch-switched', { from: 'main', to: 'next' });
    expect(await said([change], session(5))).toBe(
      'Switched from main to next with 5 edits since the last commit (src/a.ts and src/b.ts). Uncommitted work may have come along.',
    );
    expect(await said([change])).toBe('');
  });

  it('[TH1.30] tells rewritten history by the commits it cost', async () => {
    expect(
      await said([git('history-rewritten', { from: 'abc', to: 'def', how: 'rebase', dropped: 3, gained: 1 })]),
    ).toBe('The history of shop was rewritten by rebase: 3 commits dropped, 1 new commit in place.');
    expect(await said([git('history-rewritten', { how: 'moved' })])).toBe('The history of shop was rewritten.');
  });
});

describe('beginnings', () => {
  it('[TH1.31] sums up what changed while Reverie was off, and counts none of it as work', async () => {
    const away = [edit('src/a.ts', 30, 2), edit('src/b.ts', 10, 10), edit('c.md', 0, 5, {}, 'deleted')].map((seed) => ({
      ...seed,
      details: { ...seed.details, whileAway: true },
    }));
    expect(await said(away)).toBe('While Reverie was off: 2 files changed and 1 deleted (+40 −17), most in src/.');
    expect(await said(away.slice(0, 1))).toBe('While Reverie was off: 1 file changed (+30 −2): src/a.ts.');
  });

  it('[TH1.34] tells that a folder is watched, and how large it is', async () => {
    const details = { root: '/home/ada/shop', files: 2014, folders: 310 };
    expect(await said([{ source: 'files', type: 'folder-seen', target: 'shop', details }])).toBe(
      'Now watching shop: 2,014 files in 310 folders.',
    );
  });
});

describe('notes', () => {
  it('[TH1.32] quotes a note and ties it to what was seen of the file it names', async () => {
    const answer = await answerOf(
      contextOf([note('Check the rounding in a.ts')], { ...session(5), history: [history('src/a.ts')] }),
    );
    expect(answer.insight?.text).toBe('You noted: “Check the rounding in a.ts”. src/a.ts changed 4 times today.');
    expect(answer.insight?.importance).toBeGreaterThanOrEqual(0.6);
    expect(answer.priority).toBe('medium');
    expect(await said([note('Look at src/b.ts')], session(5))).toContain(
      'src/b.ts changed once since the last commit.',
    );
    expect(await said([note('Alba is a town')], { history: [history('src/alb.ts')] }), 'part of a word').toContain(
      'Nothing seen so far',
    );
  });

  it('[TH1.32] ties it to the nearest memory, but not to itself', async () => {
    const hit = {
      kind: 'insight' as const,
      id: 'x',
      text: 'Committed the rounding.',
      at: noonAt - 48 * hourMs,
      score: 1,
      trust: 'derived' as const,
      target: null,
      importance: 0.5,
      why: [],
    };
    expect(
      await said([note('Check rounding', 'n')], {
        recalled: [{ ...hit, kind: 'note', id: 'n', text: 'Check rounding' }, hit],
      }),
    ).toBe('You noted: “Check rounding”. Nearest in memory, 2 days ago: “Committed the rounding.”.');
    expect(await said([note('Check', 'n')], { recalled: [{ ...hit, id: 'n' }] })).toContain(
      'Nothing seen so far relates to it.',
    );
  });

  it('[TH1.32] says plainly when nothing relates, and cuts a long note', async () => {
    expect(await said([note('Buy milk')])).toBe('You noted: “Buy milk”. Nothing seen so far relates to it.');
    const long = await said([note('word '.repeat(100))]);
    expect(long).toMatch(/^You noted: “(word )+word…” Nothing/);
    expect(/“(.*)”/.exec(long)?.[1]?.length).toBeLessThanOrEqual(160);
  });

  it('[TH1.32] answers the same words again when they were written again', async () => {
    const told = (id: string) => ({
      told: [toldInsight('You noted: “Buy milk”. Nothing seen so far relates to it.', minuteMs, [id])],
    });
    expect(await said([note('Buy milk', 'second')], told('first'))).toContain('Buy milk');
    expect(await said([note('Buy milk', 'first')], told('first'))).toBe('');
  });
});

describe('alarms', () => {
  const failed: Seed = {
    source: 'ci',
    type: 'test-failed',
    target: 'cart.test.ts',
    severity: 'error',
    count: 3,
    details: { message: 'expected 3 to be 4' },
  };

  it('[TH1.33] tells errors of any source with source, target and count', async () => {
    expect(await said([failed])).toBe(
      'Error from ci: “test failed” on cart.test.ts, 3 times. It says: “expected 3 to be 4”.',
    );
    expect(await said([failed, { source: 'disk', type: 'full', target: '/', severity: 'critical' }])).toBe(
      'Critical from disk: “full” on /, once; error from ci: “test failed” on cart.test.ts, 3 times.',
    );
  });

  it('[TH1.33] asks for a second look', async () => {
    expect((await answerOf(contextOf([failed]))).metadata).toMatchObject({ should_monitor: true, next_check: 300 });
  });

  it('[TH1.36] keeps the owner’s note beside an error, with the evidence of both', async () => {
    const answer = await answerOf(contextOf([failed, note('Tests are slow'), edit('src/a.ts', 1, 0)]));
    expect(answer.insight?.text).toMatch(/^Error from ci: .* You also noted: “Tests are slow”\.$/);
    expect(answer.evidence).toEqual(['o1', 'o2']);
    const longNote = await said([
      { ...failed, target: 'x'.repeat(300), details: { message: 'm'.repeat(300) } },
      note('n'.repeat(500)),
    ]);
    expect(longNote).toContain('You also noted: “nnn');
    expect(longNote.length).toBeLessThanOrEqual(280);
  });

  it('[TH1.36] adds a second matter in a short clause, and leaves small ones out', async () => {
    const merge = git('operation-started', { operation: 'merge', conflicts: ['a.ts'] }, 'warning');
    expect(await said([commit('Fix', 1, 1, 0), merge])).toBe(
      'A merge in shop has conflicts in a.ts; it waits for you. Also committed: “Fix”.',
    );
    expect(await said([merge, edit('src/a.ts', 1, 0)])).not.toContain('Work began');
  });
});

describe('repetition', () => {
  it('[TH1.35] does not say again what was told with other figures', async () => {
    const told = [toldInsight('Work began in shop: src/a.ts changed (+9 −4).')];
    const answer = await answerOf(contextOf([edit('src/a.ts', 3, 1)], { told }));
    expect(answer.insight).toBeNull();
    expect(answer.reasoning).toContain('told already');
    expect(await said([edit('src/b.ts', 3, 1)], { told })).toContain('src/b.ts');
  });

  it('[TH1.35] does not say again what was told with more beside it', async () => {
    const told = [
      toldInsight('“lint failed” on x.ts for the 3rd time on 2 of the last 7 days. Also committed: “Fix”.'),
    ];
    const entry = history('x.ts', { source: 'ci', type: 'lint-failed', count: 4, days: 3 });
    expect(
      await said([{ source: 'ci', type: 'lint-failed', target: 'x.ts', severity: 'warning' }], {
        told,
        history: [entry],
      }),
    ).toBe('');
  });

  it('[TH1.35] says the next milestone although only its figures differ', async () => {
    const six = toldInsight('6 edits in shop over 10 minutes: 5 in src/a.ts (+30 −2) and 1 in src/b.ts.');
    expect(await said([edit('src/a.ts', 60, 4)], { ...session(23), told: [six] })).toMatch(/^24 edits in shop/);
  });

  it('[TH1.35] takes figures in quotes and in names for what they are', async () => {
    const told = [toldInsight('Committed “Release 1.2.3” on main: package.json, +1 −1.')];
    const release = (subject: string) => commit(subject, 1, 1, 1, [{ path: 'package.json', added: 1, removed: 1 }]);
    expect(await said([release('Release 1.2.4')], { told })).toContain('1.2.4');
    expect(await said([release('Release 1.2.3')], { told })).toBe('');
  });

  it('[TH1.35] reminds again on the next day', async () => {
    const seeds = [git('work-uncommitted', { files: 5, oldestAt: noonAt - 50 * hourMs, paths: ['a.ts'] }, 'warning')];
    const text = '5 files in shop have waited for 2 days to be committed: a.ts and 4 more.';
    expect(await said(seeds, { told: [toldInsight(text, 2 * hourMs)] })).toBe('');
    expect(await said(seeds, { told: [toldInsight(text, 24 * hourMs)] })).toBe(text);
  });
});
