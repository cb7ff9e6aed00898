import { array, assert, property, string, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextPollMs } from '../../core/observe/adaptive-poll.ts';
import { parseCommits, parseStat } from '../../core/observe/git/commits.ts';
import { type KnownHead, parseMoves } from '../../core/observe/git/head.ts';
import { operationOf } from '../../core/observe/git/operation.ts';
import { stepsOf } from '../../core/observe/git/steps.ts';
import { parseIndex } from '../../core/observe/git/uncommitted.ts';

const id = (letter: string) => letter.repeat(40);
const line = (from: string, to: string, words: string) =>
  `${id(from)} ${id(to)} A B <a@b> 1700000000 +0100\t${words}\n`;
const on = (letter: string, branch: string, detached = false): KnownHead => ({
  hash: id(letter),
  branch,
  detached,
  at: 0,
});

/** The steps that a log makes, each in one word line. */
function story(known: KnownHead, now: KnownHead, lines: string[]): string[] {
  const { moves } = parseMoves(Buffer.from(lines.join('')), 0);
  return stepsOf(known, now, moves).map((step) => {
    const short = (text: string | null) => (text && /^(.)\1{39}$/.test(text) ? text.slice(0, 1) : String(text));
    const where = 'branch' in step ? ` on ${step.branch}` : '';
    return `${step.kind} ${short(step.from)} ${short(step.to)}${where}${step.kind === 'moved' ? ` by ${step.how}` : ''}`;
  });
}

describe('polling', () => {
  it('[OB3.1] polls each second until five polls found nothing, then half as rarely each time, down to once a minute', () => {
    const waits = Array.from({ length: 20 }, (_, empty) => nextPollMs(empty));
    expect(waits.slice(0, 7)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 1_500, 2_250]);
    expect(waits.every((wait, at) => wait >= (waits[at - 1] ?? 0))).toBe(true);
    expect([waits.at(-1), nextPollMs(1e6)]).toEqual([60_000, 60_000]);
  });
});

describe('the log of HEAD', () => {
  it('[OB1.39] makes one step of consecutive commits and of a commit with its amendments', () => {
    const lines = [
      line('0', 'a', 'commit (initial): x'),
      line('a', 'b', 'commit: y (start)'),
      line('b', 'c', 'commit (amend): y'),
    ];
    expect(story({ ...on('a', 'main'), hash: null }, on('c', 'main'), lines)).toEqual([
      'moved null c on main by commit',
    ]);
    expect(
      story(on('b', 'main'), on('d', 'main'), [
        line('b', 'c', 'commit (amend): y'),
        line('c', 'd', 'commit (amend): z'),
      ]),
    ).toEqual(['amended b d on main']);
  });

  it('[OB1.39] makes one step of a rebase with all it replays, and none of an aborted one', () => {
    const start = line('a', 'b', 'rebase (start): checkout main');
    const picks = [line('b', 'c', 'rebase (pick): x'), line('c', 'd', 'rebase (pick): y')];
    const finish = line('d', 'd', 'rebase (finish): returning to refs/heads/side');
    expect(story(on('a', 'side'), on('d', 'side'), [start, ...picks, finish])).toEqual(['moved a d on side by rebase']);
    expect(story(on('a', 'side'), on('e', 'side'), [start, ...picks, finish, line('d', 'e', 'commit: z')])).toEqual([
      'moved a d on side by rebase',
      'moved d e on side by commit',
    ]);
    expect(
      story(on('a', 'side'), on('a', 'side'), [start, line('b', 'a', 'rebase (abort): returning to refs/heads/side')]),
    ).toEqual([]);
  });

  it('[OB1.39] tells commits with the branch they were made on', () => {
    const lines = [
      line('a', 'b', 'checkout: moving from main to side'),
      line('b', 'c', 'commit: x'),
      line('c', 'a', 'checkout: moving from side to main'),
      line('a', 'd', 'merge side: Fast-forward'),
    ];
    expect(story(on('a', 'main'), on('d', 'main'), lines)).toEqual([
      'switched main side',
      'moved b c on side by commit',
      'switched side main',
      'moved a d on main by merge',
    ]);
  });

  it('[OB1.39] reads any bytes without failing', () => {
    assert(
      property(uint8Array({ maxLength: 400 }), array(string(), { maxLength: 5 }), (bytes, words) => {
        const mixed = Buffer.concat([
          Buffer.from(bytes),
          Buffer.from(words.map((text) => line('a', 'b', text)).join('')),
        ]);
        const { moves } = parseMoves(mixed, 0);
        stepsOf(on('a', 'main'), on('b', 'main'), moves);
        parseCommits(mixed);
        parseStat(mixed);
        expect(parseIndex(mixed)).toEqual([]);
      }),
    );
  });
});

describe('operations', () => {
  it('[OB1.29] takes a rebase that picks commits for a rebase, and patches being applied for what they are', () => {
    expect(operationOf(new Set(['rebase-merge', 'CHERRY_PICK_HEAD']))).toBe('rebase');
    expect(operationOf(new Set(['rebase-apply', 'rebase-apply/applying']))).toBe('am');
    expect(operationOf(new Set(['BISECT_LOG', 'MERGE_HEAD']))).toBe('merge');
    expect(operationOf(new Set())).toBeNull();
  });
});
