import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { topicKey } from '../../core/attend/noise.ts';
import type { Store } from '../../core/ports.ts';
import type { Observation } from '../../core/types.ts';
import { bounds, cycleRecord, decision, episode, insight, noon, observer, salience } from '../kit/nouns.ts';

/** What every Store keeps of observations and cycles; memory and sleep are in memory-store.ts. */
export function storeContract(name: string, make: () => Promise<{ store: Store; close: () => Promise<void> }>): void {
  describe(`Store contract: ${name}`, () => {
    let store: Store;
    let close: () => Promise<void>;
    let observe: ReturnType<typeof observer>;
    const write = (...observations: Observation[]) =>
      store.append({ entries: observations.map((observation) => ({ observation, mergeInto: null })), marks: [] });

    beforeEach(async () => {
      ({ store, close } = await make());
      observe = observer();
    });
    afterEach(() => close());

    it('[OB5.1] gives back what was written, whole and in the order it was written', async () => {
      const [a, b] = [observe({ target: 'a\n😀.ts', details: { deep: { list: [1, null, 'x'] } } }), observe()];
      await write(a, b);
      expect(await store.take(10)).toEqual([a, b]);
    });

    it('[OB5.2] an id written twice stays one', async () => {
      const one = observe();
      await write(one);
      await write(one);
      expect((await store.counts()).observations).toBe(1);
    });

    it('[OB4.1] adds to the count of an equal one that still waits, and writes a new row once that was acknowledged', async () => {
      const [first, second, third] = [observe(), observe(), observe()];
      await write(first);
      expect(await store.append({ entries: [{ observation: second, mergeInto: first.id }], marks: [] })).toEqual({
        merged: 1,
      });
      expect(await store.take(10)).toEqual([{ ...first, count: 2, lastAt: second.lastAt }]);
      await store.commitCycle(cycleRecord({ attended: [{ id: first.id, salience: salience() }] }));
      expect(await store.append({ entries: [{ observation: third, mergeInto: first.id }], marks: [] })).toEqual({
        merged: 0,
      });
      expect(await store.take(10)).toEqual([third]);
    });

    it('[OB8.1] a taken batch waits until a cycle is committed with it', async () => {
      const [a, b] = [observe(), observe()];
      await write(a, b);
      await store.take(10);
      expect(await store.take(10)).toHaveLength(2);
      await store.commitCycle(cycleRecord({ attended: [{ id: a.id, salience: salience() }] }));
      expect(await store.take(10)).toEqual([b]);
      expect((await store.observations([a.id]))[0]).toMatchObject({ status: 'done', salience: salience() });
    });

    it('[OB8.2] sets an observation aside at its third failure, with the error, and replays it on request', async () => {
      const one = observe();
      await write(one);
      expect(await store.giveBack([one.id], 'first', noon)).toEqual([]);
      expect(await store.giveBack([one.id], 'second', noon)).toEqual([]);
      expect(await store.giveBack([one.id], 'third', noon)).toEqual([one.id]);
      expect(await store.take(10)).toEqual([]);
      expect(await store.deadLetters(10)).toEqual([{ observation: one, attempts: 3, error: 'third', diedAt: noon }]);
      expect(await store.replay(one.id)).toBe(true);
      expect(await store.replay(one.id)).toBe(false);
      expect(await store.take(10)).toEqual([one]);
    });

    it('[OB8.3] one that failed before comes alone, so that it takes no other down with it', async () => {
      const [a, b] = [observe(), observe()];
      await write(a, b);
      await store.giveBack([a.id], 'broken', noon);
      expect(await store.take(10)).toEqual([a]);
      await store.commitCycle(cycleRecord({ attended: [{ id: a.id, salience: salience() }] }));
      expect(await store.take(10)).toEqual([b]);
    });

    it('[OB5.3] marks are written with their observations, replaced, removed with null, and read back in pages by key', async () => {
      await store.append({
        entries: [],
        marks: [{ source: 's', marks: [1, 2, 3].map((n) => ({ key: `k${n}`, value: [n] })) }],
      });
      await store.append({
        entries: [],
        marks: [
          {
            source: 's',
            marks: [
              { key: 'k2', value: { two: 2 } },
              { key: 'k3', value: null },
            ],
          },
        ],
      });
      expect(await store.markPage('s', '', 1)).toEqual([{ key: 'k1', value: [1] }]);
      expect(await store.markPage('s', 'k1', 5)).toEqual([{ key: 'k2', value: { two: 2 } }]);
      expect(await store.mark('s', 'k1')).toEqual([1]);
      expect(await store.mark('s', 'k3')).toBeNull();
      expect(await store.mark('other', 'k1')).toBeNull();
    });

    it('[ME1.1] keeps episode, insights, proposals and state of a cycle in one step with its acknowledgement', async () => {
      const one = observe();
      await write(one);
      const formed = insight('i1', { evidenceIds: [one.id] });
      const proposal = {
        id: 'p1',
        episodeId: 'e1',
        proposedAt: noon,
        target: 'claude-code' as const,
        command: 'look at it',
        reasoning: 'because it is so',
        priority: 'low' as const,
        confidence: 0.9,
        tainted: true,
        evidenceIds: [one.id],
        status: 'proposed' as const,
      };
      const lived = episode('e1', {
        insightIds: ['i1'],
        observationIds: [one.id],
        decision: decision({ priority: 'high' }),
      });
      await store.commitCycle(
        cycleRecord({
          attended: [{ id: one.id, salience: salience() }],
          episode: lived,
          insights: [formed],
          proposals: [proposal],
          state: { focus: { on: 'a' } },
        }),
      );
      expect(await store.episodes(5)).toEqual([lived]);
      expect(await store.insights({ limit: 5 })).toEqual([formed]);
      expect(await store.insight('i1')).toEqual(formed);
      expect(await store.proposals(5)).toEqual([proposal]);
      expect(await store.state('focus')).toEqual({ on: 'a' });
      expect(await store.counts()).toEqual({
        observations: 1,
        pending: 0,
        dead: 0,
        episodes: 1,
        insights: 1,
        proposals: 1,
        memories: 0,
        dreams: 0,
      });
    });

    it('[ME1.2] tells insights newest first, from before a moment on request, and remembers the verdict', async () => {
      const made = [1, 2, 3].map((n) => insight(`i${n}`, { formedAt: noon + n }));
      await store.commitCycle(cycleRecord({ insights: made }));
      expect((await store.insights({ limit: 2 })).map((each) => each.id)).toEqual(['i3', 'i2']);
      expect((await store.insights({ limit: 5, before: noon + 2 })).map((each) => each.id)).toEqual(['i1']);
      expect(await store.setVerdict('i1', 'useful')).toBe(true);
      expect(await store.setVerdict('none', 'useful')).toBe(false);
      expect((await store.insight('i1'))?.verdict).toBe('useful');
    });

    const idsOf = async (query: Parameters<Store['insights']>[0]) => (await store.insights(query)).map(({ id }) => id);
    const tell = (...texts: string[]) =>
      store.commitCycle(
        cycleRecord({ insights: texts.map((text, n) => insight(`i${n}`, { text, formedAt: noon + n })) }),
      );

    it('[ME7.60] pins an insight and lets it go again; one that is not there cannot be pinned', async () => {
      await tell('one', 'two');
      expect(await store.pinInsight('i1', true)).toBe(true);
      expect((await store.insights({ limit: 5 })).map(({ pinned }) => pinned)).toEqual([true, false]);
      expect(await store.pinInsight('i1', false)).toBe(true);
      expect((await store.insight('i1'))?.pinned).toBe(false);
      expect(await store.pinInsight('none', true)).toBe(false);
    });

    it('[ME7.71] keeps when an insight was told; one that is not there cannot be', async () => {
      await tell('one', 'two');
      expect(await store.toldInsight('i1', noon + 5)).toBe(true);
      expect((await store.insights({ limit: 5 })).map(({ toldAt }) => toldAt)).toEqual([noon + 5, null]);
      expect(await store.toldInsight('none', noon)).toBe(false);
    });

    it('[TH7.5] brings what the owner judged with the score and topic of what was noticed most, newest first, while that is kept', async () => {
      const [a, b, c] = [observe(), observe({ target: 'src/b.ts' }), observe({ target: 'src/c.ts' })];
      await write(a, b, c);
      const noticed = [
        { id: a.id, salience: salience(0.32) },
        { id: b.id, salience: salience(0.4) },
      ];
      await store.commitCycle(cycleRecord({ attended: noticed }));
      const about = [[a.id], [a.id, b.id], [c.id], ['gone'], [b.id]];
      const insights = about.map((evidenceIds, n) => insight(`i${n}`, { evidenceIds, formedAt: noon + n }));
      await store.commitCycle(cycleRecord({ insights }));
      for (const id of ['i0', 'i2', 'i3']) await store.setVerdict(id, 'less');
      await store.setVerdict('i1', 'useful');
      const judged = [
        { useful: true, topic: topicKey(b), score: 0.4 },
        { useful: false, topic: topicKey(a), score: 0.32 },
      ];
      expect(await store.judged(9)).toEqual(judged);
      expect(await store.judged(3)).toEqual(judged.slice(0, 1));
    });

    it('[ME7.61] old insights and those beyond their number go, never a pinned one', async () => {
      await tell('a', 'b', 'c', 'd');
      await store.pinInsight('i0', true);
      await store.pinInsight('i2', true);
      expect(await store.tidy(bounds({ insightsBefore: noon + 9 }))).toMatchObject({ insights: 2 });
      expect(await store.tidy(bounds({ insightsAtMost: 0 }))).toMatchObject({ insights: 0 });
      expect(await idsOf({ limit: 9 })).toEqual(['i2', 'i0']);
    });

    it('[ME7.62] finds insights by words that all stand in them, in any order and whatever their case, accents and endings', async () => {
      await tell(
        'The test of src/cart/total.ts failed twice.',
        'Über die Preise: café closed, TESTS passed',
        'total_price was renamed',
        'nothing of the kind',
      );
      const found = (text: string) => idsOf({ limit: 9, text });
      expect(await found('failed TEST')).toEqual(['i0']);
      expect(await found('test')).toEqual(['i1', 'i0']);
      expect(await found('test cafe')).toEqual(['i1']);
      expect(await found('uber CAFÉ')).toEqual(['i1']);
      expect(await found('src/cart/total.ts')).toEqual(['i0']);
      expect(await found('cart/src')).toEqual([]);
      expect(await found('test zebra')).toEqual([]);
      expect(await found('failed tot'), 'the last word may be only begun').toEqual(['i0']);
      expect(await found('tot failed')).toEqual([]);
      expect(await found('total_price')).toEqual(['i2']);
    });

    it('[ME7.63] takes no character of the query for anything but text; nothing in it asks for nothing', async () => {
      await tell('a "quoted" 🎉 word', 'another');
      const found = (text: string) => idsOf({ limit: 9, text });
      for (const text of [
        '"',
        '(',
        'NEAR(a b',
        'a OR',
        'a* AND -',
        '^',
        ':',
        '\u0000',
        '\ud800',
        '\u0301',
        "'; --",
        'x'.repeat(9_999),
      ])
        expect(await found(text), JSON.stringify(text)).toEqual(/^"$/.test(text) ? ['i0'] : []);
      expect(await found('"quoted"')).toEqual(['i0']);
      expect(await found('🎉')).toEqual(['i0']);
      expect(await found('  ')).toEqual(['i1', 'i0']);
      expect(await found('')).toEqual(['i1', 'i0']);
    });

    it('[ME7.64] finds by importance, verdict and pin, all at once with words and time', async () => {
      const made = Array.from({ length: 8 }, (_, n) =>
        insight(`i${n}`, { text: n % 2 ? 'odd cart' : 'even cart', importance: n / 10, formedAt: noon + n }),
      );
      await store.commitCycle(cycleRecord({ insights: made }));
      await store.setVerdict('i3', 'useful');
      await store.setVerdict('i5', 'less');
      for (const id of ['i2', 'i5', 'i7']) await store.pinInsight(id, true);
      expect(await idsOf({ limit: 9, leastImportance: 0.6 })).toEqual(['i7', 'i6']);
      expect(await idsOf({ limit: 9, verdict: 'useful' })).toEqual(['i3']);
      expect(await idsOf({ limit: 9, verdict: 'less' })).toEqual(['i5']);
      expect(await idsOf({ limit: 9, verdict: 'none', leastImportance: 0.4 })).toEqual(['i7', 'i6', 'i4']);
      expect(await idsOf({ limit: 9, pinned: true })).toEqual(['i7', 'i5', 'i2']);
      expect(await idsOf({ limit: 9, pinned: false, leastImportance: 0.4 })).toEqual(['i6', 'i4']);
      expect(await idsOf({ limit: 9, pinned: true, text: 'odd', verdict: 'none' })).toEqual(['i7']);
      expect(await idsOf({ limit: 1, text: 'odd', before: noon + 7, leastImportance: 0.2 })).toEqual(['i5']);
    });

    it('[ME7.65] pages by the last stamp skip and repeat nothing, however many were formed in one moment', async () => {
      const made = Array.from({ length: 40 }, (_, n) =>
        insight(`i${String(n).padStart(2, '0')}`, { text: 'cart', formedAt: noon + Math.floor(n / 7) }),
      );
      await store.commitCycle(cycleRecord({ insights: made }));
      for (const query of [{}, { text: 'cart' }, { leastImportance: 0.1 }]) {
        const all: string[] = [];
        for (let before = Number.MAX_SAFE_INTEGER; ; ) {
          const page = await store.insights({ limit: 3, before, ...query });
          if (page.length === 0) break;
          all.push(...page.map(({ id }) => id));
          before = page.at(-1)!.formedAt;
        }
        expect(all).toEqual(made.map(({ id }) => id).toReversed());
      }
    });

    it('[AT1.1] lists what was attended to, newest first, without what was ignored', async () => {
      const all = [observe(), observe(), observe()];
      await write(...all);
      const attended = all.map(({ id }, n) => ({
        id,
        salience: salience(0.5, n === 1 ? 'only whitespace changed' : null),
      }));
      await store.commitCycle(cycleRecord({ attended }));
      expect((await store.attended(5)).map((each) => each.id)).toEqual([all[2]!.id, all[0]!.id]);
    });

    it('[ME3.1] sums up what happened to a target: how often, on how many days, how large; another’s wrong clock changes nothing', async () => {
      const day = 86_400_000;
      await write(
        observe({ details: { added: 5, removed: 5 } }, { occurredAt: noon - day, count: 2 }),
        observe({ details: { added: 1, removed: 0 } }),
        observe({ target: 'other.ts' }, { occurredAt: noon + 90 * day }),
      );
      expect(await store.history(['src/a.ts'], noon - 7 * day)).toMatchObject([
        { target: 'src/a.ts', source: 'files', type: 'file-changed', count: 3, days: 2, sizes: [1, 10] },
      ]);
      expect(await store.history(['src/a.ts'], noon - 1000)).toMatchObject([{ count: 1 }]);
    });

    it('[ME3.2] sums up the work since the last commit of a place, whitespace, other places and what equals its commit left out', async () => {
      const before = observe();
      const commit = observe({ type: 'commit-made', target: 'shop', details: { place: '/shop' } });
      const after = [
        observe({ details: { place: '/shop', against: 'commit', added: 9, removed: 4 } }),
        observe({ details: { place: '/shop', against: 'commit', added: 7, removed: 2 } }),
        observe({ target: 'e.ts', details: { place: '/shop', against: 'last-seen', added: 2, removed: 0 } }),
        observe({ target: 'e.ts', details: { place: '/shop', against: 'last-seen', added: 3, removed: 1 } }),
        observe({ target: 'b.ts', details: { place: '/shop', added: 1, removed: 1 } }),
        observe({ target: 'c.ts', details: { place: '/shop', whitespaceOnly: true } }),
        observe({ target: 'd.ts', details: { place: '/elsewhere' } }),
        observe({ target: 'f.ts', details: { place: '/shop', against: 'commit', added: 0, removed: 0 } }),
      ];
      await write(before, commit, ...after);
      expect(await store.session('/shop', noon - 1000, [after[4]!.id])).toEqual({
        startedAt: after[0]!.occurredAt,
        edits: 4,
        files: [
          { target: 'src/a.ts', edits: 2, added: 7, removed: 2 },
          { target: 'e.ts', edits: 2, added: 5, removed: 1 },
        ],
      });
      expect(await store.session('/nowhere', noon - 1000, [])).toEqual({ startedAt: null, edits: 0, files: [] });
    });

    it('[ME3.2] what is found after the commit but happened before is in the commit', async () => {
      const place = { place: '/shop', added: 1, removed: 0 };
      const commit = observe({ type: 'commit-made', target: 'shop', details: { place: '/shop' } });
      const late = observe({ details: place }, { occurredAt: commit.occurredAt - 500 });
      const after = observe({ target: 'b.ts', details: place });
      await write(commit, late, after);
      expect(await store.session('/shop', noon - 1000, [])).toMatchObject({
        startedAt: after.occurredAt,
        files: [{ target: 'b.ts' }],
      });
    });

    it('[DE4.1] hands out a due watch once', async () => {
      const watch = { dueAt: noon + 10, episodeId: 'e1', target: 'src/a.ts', expected: 'a commit' };
      await store.commitCycle(cycleRecord({ watches: [watch] }));
      expect(await store.dueWatches(noon)).toEqual([]);
      expect(await store.dueWatches(noon + 10)).toEqual([watch]);
      expect(await store.dueWatches(noon + 10)).toEqual([]);
    });

    it('[AT3.50] counts what the owner wants less of, and takes it back', async () => {
      await store.addLessOf(['files file-changed a'], 1);
      await store.addLessOf(['files file-changed a', 'b'], 1);
      await store.addLessOf(['b'], -1);
      expect(await store.lessOf()).toEqual([{ key: 'files file-changed a', times: 2 }]);
    });

    it('[TH8.1] adds up what was spent per hour and purpose', async () => {
      await store.spend({ hour: noon, purpose: 'thought', calls: 1, tokens: 100 });
      await store.spend({ hour: noon, purpose: 'thought', calls: 1, tokens: 50 });
      expect(await store.spent(noon)).toEqual([{ hour: noon, purpose: 'thought', calls: 2, tokens: 150 }]);
      expect(await store.spent(noon + 1)).toEqual([]);
    });

    it('[ME4.1] forgets old raw observations, but none that waits; one that an insight cites leaves what it said', async () => {
      const [cited, waiting, old, fresh] = [observe(), observe(), observe(), observe()].map((each) => ({
        ...each,
        occurredAt: noon - 1000,
      }));
      const now = { ...fresh!, occurredAt: noon };
      await write(cited!, waiting!, old!, now);
      await store.commitCycle(
        cycleRecord({
          attended: [cited!, old!, now].map(({ id }) => ({ id, salience: salience() })),
          insights: [insight('i1', { evidenceIds: [cited!.id] })],
        }),
      );
      expect(await store.tidy(bounds({ observationsBefore: noon }))).toMatchObject({ observations: 2, more: false });
      expect((await store.recentObservations(10)).map((each) => each.id)).toEqual([now.id, waiting!.id]);
      expect((await store.observations([cited!.id, old!.id, now.id])).map((each) => [each.id, each.status])).toEqual([
        [cited!.id, 'snapshot'],
        [now.id, 'done'],
      ]);
    });
  });
}
