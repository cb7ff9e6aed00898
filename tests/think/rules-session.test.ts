import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Insight } from '../../core/types.ts';
import {
  answerOf,
  commit,
  contextOf,
  edit,
  history,
  minuteMs,
  noonAt,
  type Seed,
  said,
  session,
  toldInsight,
} from './rules-context.ts';

describe('what gives no insight', () => {
  it('[TH1.23] says nothing about white space', async () => {
    const answer = await answerOf(contextOf([edit('src/a.ts', 3, 3, { whitespaceOnly: true })]));
    expect(answer).toMatchObject({ action_type: 'observe', insight: null, evidence: [] });
    expect(answer.reasoning).toContain('src/a.ts');
    expect(answer.reasoning).toContain('white space');
  });

  it('[TH1.23] says nothing about a touch', async () => {
    expect(await said([edit('src/a.ts', 0, 0, { against: 'last-seen' })])).toBe('');
  });

  it('[TH1.23] does not count white space and touches as work', async () => {
    const batch = [edit('src/a.ts', 3, 3, { whitespaceOnly: true }), edit('src/a.ts', 0, 0, { against: 'last-seen' })];
    expect(await said([...batch, edit('src/b.ts', 2, 0)], session(4))).toBe('');
    expect(await said([...batch, edit('src/b.ts', 2, 0)], session(5))).toMatch(/^6 edits/);
  });

  it('[TH1.23] says in its reasoning what was seen and when the next word is due', async () => {
    const { reasoning, insight } = await answerOf(contextOf([edit('src/a.ts', 30, 2)], session(6)));
    expect(insight).toBeNull();
    expect(reasoning).toContain('1 file changed: src/a.ts (+30 −2)');
    expect(reasoning).toContain('stands at 7 edits, the next word is due at 24');
  });
});

describe('sessions', () => {
  it('[TH1.25] tells where work began', async () => {
    expect(await said([edit('src/a.ts', 3, 1, { near: ['parseCart', 'total'] })])).toBe(
      'Work began in shop: src/a.ts changed (+3 −1), near parseCart and total.',
    );
    expect(await said([edit('src/a.ts', 3, 0, {}, 'created')])).toContain('src/a.ts created (+3)');
    expect(await said([edit('b.ts', 0, 0, { from: 'a.ts' }, 'renamed')])).toContain('b.ts renamed from a.ts');
  });

  it('[TH1.25] gives bytes where no lines could be counted', async () => {
    const details = { place: '/home/ada/shop', bytesDelta: 2148, against: 'size', binary: true };
    expect(await said([{ source: 'files', type: 'file-changed', target: 'logo.png', details }])).toContain(
      'logo.png changed (+2.1 kB)',
    );
  });

  it('[TH1.25] tells at 6, 24 and 96 edits where they concentrate, and at no number between', async () => {
    expect(await said([edit('src/a.ts', 30, 2)], session(5))).toBe(
      '6 edits in shop over 25 minutes: 5 in src/a.ts (+30 −2) and 1 in src/b.ts.',
    );
    const spoken: number[] = [];
    for (let edits = 1; edits <= 130; edits += 1) {
      if (await said([edit('src/a.ts', 30, 2)], edits === 1 ? {} : session(edits - 1))) spoken.push(edits);
    }
    expect(spoken).toEqual([1, 6, 24, 96]);
  });

  it('[TH1.25] names the share of the file or folder that holds most of many files', async () => {
    const files = ['src/a.ts', 'src/b.ts', 'src/c.ts', 'docs/d.md'].map((target, index) => ({
      target,
      edits: [5, 1, 1, 4][index] ?? 0,
      added: 1,
      removed: 0,
    }));
    const at = { startedAt: noonAt - 90 * minuteMs };
    expect(
      await said([edit('src/a.ts', 9, 0, {}), ...Array(12).fill(edit('src/a.ts', 9, 0))], {
        session: { ...at, edits: 11, files },
      }),
    ).toBe(
      '24 edits in shop over 1 hour and 30 minutes: 18 of them (75%) in src/a.ts (+9), the rest in 3 other files.',
    );
    expect(
      await said(Array(13).fill(edit('src/b.ts', 9, 0)), {
        session: {
          ...at,
          edits: 23,
          files: files.map((file) => ({ ...file, edits: file.target === 'docs/d.md' ? 2 : 7 })),
        },
      }),
    ).toMatch(/^36 edits .* in src\/b\.ts/);
    const even = files.map((file) => ({ ...file, edits: file.target === 'docs/d.md' ? 4 : 6 }));
    expect(await said(Array(2).fill(edit('src/c.ts', 9, 0)), { session: { ...at, edits: 22, files: even } })).toContain(
      '20 of them (83%) in src/, most often src/c.ts',
    );
  });

  it('[TH1.25] counts a crossing inside one batch once', async () => {
    const batch = Array.from({ length: 12 }, (_, index) => edit(`src/${index % 2}.ts`, index + 1, 0));
    expect(await said(batch)).toBe(
      '12 edits in shop in less than a minute: 6 in src/0.ts (+11) and 6 in src/1.ts (+12).',
    );
  });

  it('[TH1.25] gives lines only where they are exact', async () => {
    const seen = { against: 'last-seen' };
    expect(await said([edit('src/a.ts', 5, 0, seen)], session(5)), 'the earlier sum is not known').toContain(
      '5 in src/a.ts and',
    );
    expect(await said([edit('src/b.ts', 5, 0, seen), edit('src/b.ts', 4, 1, seen)])).toContain(
      '2 edits, all in src/b.ts (+9 −1)',
    );
    expect(await said([edit('src/b.ts', 5, 0), edit('src/b.ts', 4, 1)])).toContain('2 edits, all in src/b.ts (+4 −1)');
  });

  it('[TH1.25] tells where work began although attention kept the first of its edits away', async () => {
    const young = {
      session: { startedAt: noonAt - 1_500, edits: 1, files: [{ target: 'src/a.ts', edits: 1, added: 1, removed: 0 }] },
    };
    expect(await said([edit('src/a.ts', 3, 1)], young)).toBe('Work began in shop: 2 edits, all in src/a.ts (+3 −1).');
    const began = toldInsight('Work began in shop: src/a.ts changed (+1).', 500);
    expect(await said([edit('src/b.ts', 3, 1)], { ...young, told: [began] })).toBe('');
  });

  it('[TH1.25] makes up for a milestone whose edit attention kept away, once', async () => {
    const began = toldInsight('Work began in shop: src/a.ts changed (+1).', 20 * minuteMs);
    expect(await said([edit('src/a.ts', 30, 2)], { ...session(7), told: [began] })).toMatch(/^8 edits in shop/);
    const six = toldInsight('8 edits in shop over 20 minutes: all in src/a.ts (+9).', 5 * minuteMs);
    expect(await said([edit('src/a.ts', 30, 2)], { ...session(8), told: [six, began] })).toBe('');
  });

  it('[TH1.25] mentions a file that comes back day after day', async () => {
    const days = { history: [history('src/a.ts', { days: 5 })] };
    expect(await said([edit('src/a.ts', 30, 2)], { ...session(5), ...days })).toContain(
      'src/a.ts has changed on 5 of the last 7 days.',
    );
  });

  it.each([
    ['one by one', 1],
    ['in threes', 3],
    ['all at once', 13],
  ])(
    '[TH1.24] tells at most three insights about twelve edits and a commit, each with names and figures (%s)',
    async (_, size) => {
      const told = await replay(workday(), size);
      expect(told.length).toBeGreaterThanOrEqual(1);
      expect(told.length).toBeLessThanOrEqual(3);
      for (const { text } of told) {
        expect(text).toMatch(/src\/[ab]\.ts/);
        expect(text).toMatch(/\d/);
      }
      expect(told[0]?.text).toMatch(
        /^Committed “Round totals” on main: 2 files, \+40 −3, most of it in src\/a\.ts .* It closes 12 edits over/,
      );
    },
  );

  it('[TH1.24] tells at most three whichever edits attention keeps away', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (kept, size) => {
          const told = await replay(workday(), size, (at) => kept[at] ?? true);
          expect(told.length).toBeGreaterThanOrEqual(1);
          expect(told.length).toBeLessThanOrEqual(3);
        },
      ),
      { seed: 20_260_603, numRuns: 200 },
    );
  });
});

/** Twelve edits two minutes apart, then a commit of them. */
const workday = (): Seed[] => [
  ...Array.from({ length: 12 }, (_, index) => ({
    ...edit(index % 4 ? 'src/a.ts' : 'src/b.ts', index * 2 + 1, index % 3),
    at: noonAt - (26 - 2 * index) * minuteMs,
    id: `edit-${index}`,
  })),
  {
    ...commit('Round totals', 2, 40, 3, [
      { path: 'src/a.ts', added: 30, removed: 2 },
      { path: 'src/b.ts', added: 10, removed: 1 },
    ]),
    at: noonAt,
  },
];

/** Feeds seeds in batches as the cycle would, with session and told kept; returns what was told, newest first. */
async function replay(seeds: Seed[], size: number, isKept: (at: number) => boolean = () => true): Promise<Insight[]> {
  let told: Insight[] = [];
  for (let from = 0; from < seeds.length; from += size) {
    const before = seeds.slice(0, from).filter(({ source }) => source === 'files');
    const batch = seeds.slice(from, from + size).filter((_, index) => isKept(from + index));
    if (!batch.length) continue;
    const files = new Map<string, { target: string; edits: number; added: number; removed: number }>();
    for (const { target, details } of before) {
      const edits = (files.get(target)?.edits ?? 0) + 1;
      files.set(target, { target, edits, added: Number(details?.added), removed: Number(details?.removed) });
    }
    const now = batch.at(-1)?.at ?? noonAt;
    const { insight } = await answerOf(
      contextOf(batch, {
        now,
        told,
        session: { startedAt: before[0]?.at ?? null, edits: before.length, files: [...files.values()] },
      }),
    );
    if (insight) told = [{ ...toldInsight(insight.text, noonAt - now) }, ...told];
  }
  return told;
}
