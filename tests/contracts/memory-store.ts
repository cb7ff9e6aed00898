import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MemoryChange, Summary } from '../../core/memory.ts';
import type { Store } from '../../core/ports.ts';
import { sawAmong } from '../../core/remember/expectations.ts';
import type { Episode, Observation } from '../../core/types.ts';
import {
  bounds,
  cycleRecord,
  dream,
  episode,
  evidence,
  expectation,
  insight,
  memory,
  noon,
  observer,
  salience,
  sleepRecord,
  sleepStep,
} from '../kit/nouns.ts';

const dayMs = 86_400_000;
const rules = { kind: 'rules' as const, name: 'rules' };

/** What every Store keeps of memory and sleep. */
export function memoryStoreContract(
  name: string,
  make: () => Promise<{ store: Store; close: () => Promise<void> }>,
): void {
  describe(`MemoryStore contract: ${name}`, () => {
    let store: Store;
    let close: () => Promise<void>;
    let observe: ReturnType<typeof observer>;
    const write = (...observations: Observation[]) =>
      store.append({ entries: observations.map((observation) => ({ observation, mergeInto: null })), marks: [] });
    const change = (...changes: MemoryChange[]) => store.changeMemories(changes);
    const live = async (...episodes: Episode[]) => {
      for (const each of episodes) await store.commitCycle(cycleRecord({ episode: each }));
    };
    const indexed = async () => (await store.recentItems({}, 100)).map((item) => `${item.kind} ${item.id}`).sort();
    const found = async (word: string) =>
      (await store.lexical([{ text: word }], {}, 20)).map(({ item }) => item.id).sort();
    const idsOf = (list: { id: string }[]) => list.map(({ id }) => id);

    beforeEach(async () => {
      ({ store, close } = await make());
      observe = observer();
    });
    afterEach(() => close());

    it('[ME3.29] recalls in one trip, whatever goes with the question', async () => {
      await store.commitCycle(cycleRecord({ insights: [insight('a', { text: 'the refund fails', formedAt: noon })] }));
      await store.commitCycle(cycleRecord({ insights: [insight('b', { text: 'the refund works', formedAt: noon })] }));
      const [item] = await store.withoutVector('m', 1);
      await store.setVectors('m', [{ n: item?.n ?? 0, vector: new Float32Array([1, 0]) }]);
      const hits = await store.recall({
        text: 'refund',
        now: noon,
        limit: 5,
        exclude: new Set(['a']),
        filter: { kinds: ['insight'] },
        targets: ['src/refund.ts'],
        vector: { model: 'm', vector: new Float32Array([1, 0]) },
      });
      expect(hits).toMatchObject([{ id: 'b', score: 1, why: expect.arrayContaining(['holds “refund”']) }]);
    });

    it('[ME7.1] gives a memory back as it was remembered, with its evidence, newest first', async () => {
      const one = memory('m1', {
        kind: 'pattern',
        key: 'k',
        target: 'src/a.ts',
        rule: { when: { target: 'src/a.ts' }, then: { type: 'test-failed' }, withinMs: 1000 },
        hits: 3,
        misses: 1,
        sleepId: 's1',
        support: 2,
        recalledAt: noon,
      });
      await change({ kind: 'remember', memory: one, evidence: [evidence('o1'), evidence('o2', { at: noon + 1 })] });
      expect(await store.memory('m1')).toEqual(one);
      expect(await store.memoriesById(['none', 'm1'])).toEqual([one]);
      expect(await store.memory('none')).toBeNull();
      expect(idsOf(await store.evidenceOf('m1'))).toEqual(['o2', 'o1']);
      expect(await store.restingOn(['o1', 'elsewhere'])).toEqual([{ memoryId: 'm1', id: 'o1' }]);
      expect(await store.counts()).toMatchObject({ memories: 1, dreams: 0 });
    });

    it('[ME7.2] finds memories by kind, validation, target, key, sleep, pin and time, newest first', async () => {
      await change(
        { kind: 'remember', memory: memory('m1', { changedAt: noon + 1, target: 'a', sleepId: 's1' }), evidence: [] },
        { kind: 'remember', memory: memory('m2', { changedAt: noon + 2, key: 'k', pinned: true }), evidence: [] },
        { kind: 'remember', memory: dream('d1', { changedAt: noon + 3 }), evidence: [] },
      );
      const asked = async (query: Partial<Parameters<Store['memories']>[0]>) =>
        idsOf(await store.memories({ limit: 10, ...query }));
      expect(await asked({})).toEqual(['d1', 'm2', 'm1']);
      expect(await asked({ limit: 1 })).toEqual(['d1']);
      expect(await asked({ before: noon + 2 })).toEqual(['m1']);
      expect(await asked({ kinds: ['learning'], pinned: false })).toEqual(['m1']);
      expect(await asked({ pinned: true })).toEqual(['m2']);
      expect(await asked({ validation: ['needs-validation'] })).toEqual(['d1']);
      expect([await asked({ target: 'a' }), await asked({ key: 'k' }), await asked({ sleepId: 's1' })]).toEqual([
        ['m1'],
        ['m2'],
        ['m1'],
      ]);
    });

    it('[ME7.3] what says the same by its key adds evidence to what is there instead of a row', async () => {
      const said = (id: string, text: string, importance: number) =>
        memory(id, { kind: 'pattern', key: 'k', text, importance, hits: 4, changedAt: noon + 9 });
      await change(
        { kind: 'remember', memory: said('m1', 'it fails often', 0.7), evidence: [evidence('o1')] },
        {
          kind: 'remember',
          memory: said('m2', 'it fails four times', 0.6),
          evidence: [evidence('o1'), evidence('o2')],
        },
        { kind: 'remember', memory: memory('m3', { kind: 'lesson', key: 'k' }), evidence: [] },
      );
      expect(idsOf(await store.memories({ limit: 9 })).sort()).toEqual(['m1', 'm3']);
      expect(await store.memory('m1')).toMatchObject({
        text: 'it fails four times',
        importance: 0.7,
        support: 2,
        hits: 4,
      });
      expect(await found('often')).toEqual([]);
      expect(await found('four')).toEqual(['m1']);
    });

    it('[ME7.4] evidence counts once, however often it is brought; of many the newest 200 are kept and all are counted', async () => {
      await change({ kind: 'remember', memory: memory('m1'), evidence: [evidence('o0')] });
      const bring = (from: number, until: number) => ({
        kind: 'reinforce' as const,
        id: 'm1',
        at: noon + until,
        evidence: Array.from({ length: until - from }, (_, n) => evidence(`o${from + n}`, { at: noon + from + n })),
      });
      await change(bring(0, 3), bring(0, 3));
      expect(await store.memory('m1')).toMatchObject({ support: 3, changedAt: noon + 3 });
      await change(bring(3, 260));
      await change(bring(0, 10));
      expect((await store.memory('m1'))?.support).toBe(260);
      const kept = await store.evidenceOf('m1');
      expect([kept.length, kept[0]?.id, kept.at(-1)?.id]).toEqual([200, 'o259', 'o60']);
    });

    it('[ME7.5] reinforcing moves text, importance and figures; of a memory that is not there it changes nothing', async () => {
      await change({ kind: 'remember', memory: memory('m1'), evidence: [] });
      const terms = { severity: 1, novelty: null, owner: null, outcome: null, thought: null };
      await change(
        {
          kind: 'reinforce',
          id: 'm1',
          at: noon + 5,
          evidence: [],
          text: 'otters',
          importance: 0.9,
          terms,
          hits: 2,
          misses: 1,
        },
        { kind: 'reinforce', id: 'none', at: noon + 5, evidence: [evidence('o1')] },
        { kind: 'score', id: 'm1', hits: 1, misses: 0, at: noon + 6 },
        { kind: 'weaken', id: 'm1', strength: 0.4, importance: 0.8, at: noon + 7 },
        { kind: 'validate', id: 'm1', validation: 'confirmed', at: noon + 8 },
      );
      expect(await store.memory('m1')).toMatchObject({
        text: 'otters',
        importance: 0.8,
        terms,
        hits: 3,
        misses: 1,
        strength: 0.4,
        strengthAt: noon + 7,
        validation: 'confirmed',
        changedAt: noon + 8,
      });
      expect(await found('otters')).toEqual(['m1']);
      expect(await store.restingOn(['o1'])).toEqual([]);
    });

    it('[ME7.6] links what contradicts each other on both sides, and overwrites neither', async () => {
      await change(
        { kind: 'remember', memory: memory('m1'), evidence: [] },
        { kind: 'remember', memory: memory('m2', { contradicts: ['m1'] }), evidence: [] },
        { kind: 'contradict', id: 'm1', otherId: 'm1' },
        { kind: 'contradict', id: 'm1', otherId: 'none' },
      );
      expect((await store.memory('m1'))?.contradicts).toEqual(['m2']);
      expect((await store.memory('m2'))?.contradicts).toEqual(['m1']);
    });

    it('[ME7.7] what is forgotten leaves a tombstone and every index, and comes back whole and fresh', async () => {
      const one = memory('m1', { text: 'otters swim', strength: 0.1, importance: 0.5, kind: 'pattern', key: 'k' });
      await change(
        { kind: 'remember', memory: one, evidence: [evidence('o1')] },
        { kind: 'remember', memory: memory('m2', { contradicts: ['m1'] }), evidence: [] },
      );
      const was = await store.memory('m1');
      await change({ kind: 'forget', id: 'm1', why: 'never recalled', at: noon + 1 });
      expect([await store.memory('m1'), await found('otters'), await store.evidenceOf('m1')]).toEqual([null, [], []]);
      expect((await store.memory('m2'))?.contradicts).toEqual([]);
      expect(await store.tombstones(5)).toEqual([
        { id: 'm1', kind: 'pattern', text: 'otters swim', why: 'never recalled', forgottenAt: noon + 1, was },
      ]);
      expect(await store.bringBack('m1', noon + 2)).toBe(true);
      expect(await store.bringBack('m1', noon + 2)).toBe(false);
      expect(await store.memory('m1')).toEqual({
        ...was,
        strength: 1,
        strengthAt: noon + 2,
        recalledAt: noon + 2,
        changedAt: noon + 2,
      });
      expect([await found('otters'), idsOf(await store.evidenceOf('m1')), await store.tombstones(5)]).toEqual([
        ['m1'],
        ['o1'],
        [],
      ]);
    });

    it('[ME7.8] what was learned anew meanwhile takes back the evidence of what is brought back', async () => {
      const said = (id: string) => memory(id, { key: 'k' });
      await change({ kind: 'remember', memory: said('m1'), evidence: [evidence('o1')] });
      await change({ kind: 'forget', id: 'm1', why: 'weak', at: noon });
      await change({ kind: 'remember', memory: said('m2'), evidence: [evidence('o2')] });
      expect(await store.bringBack('m1', noon + 1)).toBe(true);
      expect(idsOf(await store.memories({ limit: 5 }))).toEqual(['m2']);
      expect(idsOf(await store.evidenceOf('m2')).sort()).toEqual(['o1', 'o2']);
    });

    it('[ME7.9] what is pinned is not forgotten; tombstones are buried by age', async () => {
      for (const id of ['m1', 'm2', 'm3']) await change({ kind: 'remember', memory: memory(id), evidence: [] });
      expect([await store.setPinned('m1', true), await store.setPinned('none', true)]).toEqual([true, false]);
      await change(
        { kind: 'forget', id: 'm1', why: 'weak', at: noon },
        { kind: 'forget', id: 'm2', why: 'weak', at: noon + 1 },
        { kind: 'forget', id: 'm3', why: 'weak', at: noon + 2 },
        { kind: 'forget', id: 'none', why: 'weak', at: noon },
      );
      expect(idsOf(await store.memories({ limit: 5 }))).toEqual(['m1']);
      expect(idsOf(await store.tombstones(5))).toEqual(['m3', 'm2']);
      expect(await store.bury(noon + 2)).toBe(1);
      expect(idsOf(await store.tombstones(5))).toEqual(['m3']);
    });

    it('[ME7.10] the owner’s correction replaces the text for good, and the old text becomes evidence', async () => {
      await change({ kind: 'remember', memory: memory('m1', { text: 'otters swim', key: 'k' }), evidence: [] });
      expect(await store.correctMemory('m1', 'badgers dig', noon + 5)).toBe(true);
      expect(await store.correctMemory('m1', 'badgers dig deep', noon + 6)).toBe(true);
      expect(await store.correctMemory('none', 'x', noon)).toBe(false);
      await change({ kind: 'reinforce', id: 'm1', at: noon + 7, evidence: [], text: 'otters again' });
      expect(await store.memory('m1')).toMatchObject({ text: 'badgers dig deep', trust: 'owner', terms: { owner: 1 } });
      expect((await store.evidenceOf('m1')).map((each) => each.snapshot)).toEqual(['badgers dig', 'otters swim']);
      expect([await found('otters'), await found('badgers')]).toEqual([[], ['m1']]);
      expect((await store.recentItems({}, 1))[0]?.trust).toBe('owner');
    });

    it('[ME7.11] dreams are never in the index, are evidence for nothing, and are counted apart', async () => {
      await change(
        { kind: 'remember', memory: dream('d1', { text: 'perhaps otters' }), evidence: [] },
        { kind: 'reinforce', id: 'd1', at: noon, evidence: [], text: 'surely otters' },
        { kind: 'remember', memory: memory('m1'), evidence: [evidence('d1', { kind: 'memory' }), evidence('o1')] },
        { kind: 'remember', memory: dream('d2'), evidence: [evidence('d1', { kind: 'memory' })] },
      );
      await change({ kind: 'forget', id: 'd2', why: 'expired', at: noon });
      await store.bringBack('d2', noon);
      await store.correctMemory('d2', 'otters, says the owner', noon);
      expect([await found('otters'), await indexed()]).toEqual([[], ['learning m1']]);
      expect(idsOf(await store.evidenceOf('m1'))).toEqual(['o1']);
      expect(await store.restingOn(['d1'])).toEqual([]);
      expect(await store.counts()).toMatchObject({ memories: 1, dreams: 2 });
    });

    it('[ME7.12] rules are patterns that hold and dreams that wait to be tested', async () => {
      const rule = dream('x').rule;
      const pattern = (id: string, over = {}) => memory(id, { kind: 'pattern', rule, ...over });
      const all = [
        pattern('p1'),
        pattern('p2', { validation: 'refuted' }),
        pattern('p3', { rule: null }),
        pattern('p4', { validation: 'confirmed' }),
        dream('d1'),
        dream('d2', { validation: 'expired' }),
        dream('d3', { validation: 'confirmed' }),
      ];
      await change(...all.map((each) => ({ kind: 'remember' as const, memory: each, evidence: [] })));
      expect(idsOf(await store.rules())).toEqual(['d1', 'p1', 'p4']);
    });

    it('[ME7.12] they are told as they are after each change, whatever it was', async () => {
      const pattern = (id: string) => memory(id, { kind: 'pattern', rule: dream('x').rule, text: `pattern ${id}` });
      for (const id of ['p1', 'p2'])
        await change({ kind: 'remember', memory: pattern(id), evidence: [evidence('o1')] });
      const steps: (() => Promise<unknown>)[] = [
        () => change({ kind: 'score', id: 'p1', hits: 2, misses: 1, at: noon }),
        () => change({ kind: 'reinforce', id: 'p1', at: noon, evidence: [evidence('o2')], text: 'pattern p1 again' }),
        () => change({ kind: 'contradict', id: 'p1', otherId: 'p2' }),
        () => change({ kind: 'weaken', id: 'p1', strength: 0.5, importance: 0.2, at: noon }),
        () => change({ kind: 'validate', id: 'p1', validation: 'confirmed', at: noon }),
        () => store.recalledNow(['p1'], noon + 5),
        () => store.correctMemory('p1', 'the owner’s words', noon),
        () => store.correctMemory('p1', 'the owner’s other words', noon),
        () => store.setPinned('p1', true),
        () => store.setPinned('p1', false),
        () => change({ kind: 'forget', id: 'p1', why: 'weak', at: noon }),
        () => store.bringBack('p1', noon),
        () => change({ kind: 'remember', memory: { ...pattern('p1'), importance: 0.9 }, evidence: [] }),
        () => store.deleteMemory('p1'),
        () => change({ kind: 'forget', id: 'p2', why: 'weak', at: noon }),
        () => store.bringBack('p2', noon),
        () => store.deleteAll(),
      ];
      for (const [n, step] of steps.entries()) {
        const before = await store.rules();
        await step();
        const after = await store.rules();
        expect(after, `after step ${n}`).not.toEqual(before);
        expect(after, `after step ${n}`).toEqual(await store.memoriesById(idsOf(after)));
      }
    });

    it('[ME7.13] what went into a thought is counted, renewed and fades more slowly; what is no memory is passed over', async () => {
      await change({
        kind: 'remember',
        memory: memory('m1', { strength: 0.3, strengthAt: noon - 5 * dayMs }),
        evidence: [],
      });
      await store.recalledNow(['m1', 'm1', 'i1'], noon);
      const once = await store.memory('m1');
      expect(once).toMatchObject({ recalled: 1, recalledAt: noon, strength: 1, strengthAt: noon });
      expect(once?.stabilityDays).toBeGreaterThan(10);
      await store.commitCycle(cycleRecord({ episode: episode('e1', { endedAt: noon + dayMs }), recalled: ['m1'] }));
      expect(await store.memory('m1')).toMatchObject({ recalled: 2, recalledAt: noon + dayMs });
    });

    it('[ME7.14] a note becomes a memory in the same step, with itself as evidence, and outlives the observation', async () => {
      const note = observe({ type: 'note-written', trust: 'owner', details: { text: 'otters are due on Friday' } });
      await write(note, note);
      expect(await store.memory(note.id)).toMatchObject({
        kind: 'note',
        text: 'otters are due on Friday',
        trust: 'owner',
        importance: 0.8,
        support: 1,
        formedAt: note.occurredAt,
      });
      await store.commitCycle(cycleRecord({ attended: [{ id: note.id, salience: salience() }] }));
      await store.tidy(bounds({ observationsBefore: noon + dayMs }));
      expect(await store.recentObservations(5)).toEqual([]);
      expect(await found('otters')).toEqual([note.id]);
      expect(await store.evidenceOf(note.id)).toMatchObject([{ kind: 'observation', id: note.id }]);
      expect(await store.observations([note.id])).toMatchObject([{ status: 'snapshot', type: 'note-written' }]);
    });

    it('[ME7.15] insights and episodes worth it are in the index, those of one cycle in one group', async () => {
      const lived = (id: string, over = {}) => episode(id, { targets: ['src/a.ts'], ...over });
      await store.commitCycle(
        cycleRecord({ episode: lived('e1', { importance: 0.3 }), insights: [insight('i1', { importance: 0.9 })] }),
      );
      await live(lived('e2', { importance: 0.29 }), lived('e3', { outcome: 'otters proposed', targets: ['a', 'b'] }));
      expect(await indexed()).toEqual(['episode e1', 'episode e3', 'insight i1']);
      expect(await found('otters')).toEqual(['e3']);
      const items = await store.recentItems({ target: 'src/a.ts' }, 5);
      expect(items.map(({ kind, groupId, trust }) => `${kind} ${groupId} ${trust}`).sort()).toEqual([
        'episode e1 derived',
        'insight e1 derived',
      ]);
    });

    it('[ME7.16] an episode comes back with importance, tags, targets and up to three related ones, never itself', async () => {
      const whole = episode('e1', {
        importance: 0.4,
        tags: ['trouble'],
        targets: ['a'],
        relatedIds: ['x', 'e1', 'y', 'z', 'w'],
      });
      await live(whole);
      expect(await store.episodes(1)).toEqual([{ ...whole, relatedIds: ['x', 'y', 'z'] }]);
      expect(await store.heldEpisodes(5)).toMatchObject([{ id: 'e1', importance: 0.4, strength: 1 }]);
    });

    it('[ME4.80] episodes are found by id, in short-term memory or not, oldest first', async () => {
      await live(episode('e1'), episode('e2', { importance: 0.1 }), episode('e3'));
      expect(idsOf(await store.heldEpisodes(5))).toEqual(['e3', 'e1']);
      expect(await store.episodesById(['e2', 'gone', 'e1'])).toEqual([
        episode('e1'),
        episode('e2', { importance: 0.1 }),
      ]);
      expect(await store.episodesById([])).toEqual([]);
    });

    it('[ME7.17] episodes wait to be learned from oldest first, without the newest, with all that is needed', async () => {
      const one = observe();
      await write(one);
      await store.commitCycle(
        cycleRecord({
          episode: episode('e1', { observationIds: [one.id], insightIds: ['i1'] }),
          insights: [insight('i1')],
        }),
      );
      await live(episode('e2'), episode('e3', { importance: 0.1 }), episode('e4'), episode('e5'));
      expect(await store.unconsolidatedCount()).toBe(4);
      const waiting = await store.unconsolidated(1, 2);
      expect(waiting.map(({ episode: each }) => each.id)).toEqual(['e1', 'e2']);
      expect(idsOf(await store.unconsolidated(1, 9).then((all) => all.map((each) => each.episode)))).toEqual([
        'e1',
        'e2',
        'e4',
      ]);
      expect(waiting[0]?.observations).toMatchObject([one]);
      expect(waiting[0]?.insights).toEqual([{ id: 'i1', text: insight('i1').text, importance: 0.5, verdict: null }]);
      expect(await store.unconsolidated(9, 9)).toEqual([]);
    });

    it('[ME7.18] a step of sleep is written whole', async () => {
      await live(episode('e1'), episode('e2'));
      const summary: Summary = {
        level: 'day',
        from: noon,
        until: noon + dayMs,
        text: 'a day of otters',
        reasoner: rules,
      };
      await store.commitCycle(cycleRecord({ expectations: [expectation('x1')] }));
      await store.commitSleep(
        sleepStep({
          changes: [{ kind: 'remember', memory: memory('m1'), evidence: [evidence('e1', { kind: 'episode' })] }],
          consolidated: ['e1'],
          expectations: [expectation('x2')],
          settled: [{ id: 'x1', of: 'pattern', ofId: 'm1', settlement: 'met', at: noon, observationIds: ['o1'] }],
          summaries: [summary],
          state: { cursor: 5 },
        }),
      );
      expect([await store.unconsolidatedCount(), (await store.memory('m1'))?.id, await store.state('cursor')]).toEqual([
        1,
        'm1',
        5,
      ]);
      expect(idsOf(await store.openExpectations(5))).toEqual(['x2']);
      expect(await store.summaries('day', 5)).toEqual([summary]);
      const done = sleepRecord('s1', { endedAt: noon + 5, ended: 'done' });
      await store.commitSleep(sleepStep({ sleep: done, summaries: [{ ...summary, text: 'again' }] }));
      await store.commitSleep(sleepStep({ sleep: sleepRecord('s2', { startedAt: noon + 9 }) }));
      expect(await store.sleeps(5)).toEqual([sleepRecord('s2', { startedAt: noon + 9 }), done]);
      expect((await store.summaries('day', 5)).map((each) => each.text)).toEqual(['again']);
    });

    it('[TH6.6] a summary of a day, a week or a month is found by its words and its time, once, in its newest form', async () => {
      const day = (from: number, text: string): Summary => ({
        level: 'day',
        from,
        until: from + dayMs,
        text,
        reasoner: rules,
      });
      await store.commitSleep(
        sleepStep({ summaries: [day(noon, 'otters came'), { ...day(noon, 'otters'), level: 'month' }] }),
      );
      await store.commitSleep(sleepStep({ summaries: [day(noon, 'herons came'), day(noon + dayMs, 'foxes came')] }));
      expect([await found('otters'), await found('herons')]).toEqual([[`month ${noon}`], [`day ${noon}`]]);
      const items = await store.recentItems({ kinds: ['summary'], from: noon + dayMs, until: noon + 2 * dayMs }, 9);
      expect(items.map(({ id, text }) => [id, text])).toEqual([[`day ${noon + dayMs}`, 'foxes came']]);
    });

    it('[ME7.19] a step that would learn twice from one episode fails as a whole', async () => {
      await live(episode('e1'), episode('e2'));
      await store.commitSleep(sleepStep({ consolidated: ['e1'] }));
      for (const id of ['e1', 'unknown']) {
        const step = sleepStep({
          sleep: sleepRecord('s2'),
          changes: [{ kind: 'remember', memory: memory('m1'), evidence: [] }],
          consolidated: ['e2', id],
          state: { cursor: 1 },
        });
        await expect(store.commitSleep(step)).rejects.toThrow(id);
      }
      expect([await store.unconsolidatedCount(), await store.memory('m1'), await store.state('cursor')]).toEqual([
        1,
        null,
        null,
      ]);
      expect(idsOf(await store.sleeps(5))).toEqual(['s1']);
    });

    it('[ME7.20] an episode fades by its strength and leaves short-term memory and index, but not before it was learned from', async () => {
      await live(episode('e1', { summary: 'otters' }), episode('e2'));
      await store.commitSleep(
        sleepStep({
          consolidated: ['e1'],
          changes: [{ kind: 'weaken', id: 'e2', strength: 0.9, at: noon }],
        }),
      );
      expect(await store.heldEpisodes(5)).toMatchObject([
        { id: 'e2', strength: 0.9 },
        { id: 'e1', strength: 1 },
      ]);
      expect(await found('otters')).toEqual(['e1']);
      await store.commitSleep(sleepStep({ faded: ['e1', 'e2'] }));
      expect(idsOf(await store.heldEpisodes(5))).toEqual(['e2']);
      expect(await indexed()).toEqual(['episode e2']);
      expect(idsOf(await store.episodes(5))).toEqual(['e2', 'e1']);
    });

    it('[ME7.21] expectations wait in the order they are due, are settled once, and decisions are judged by them', async () => {
      const of = 'decision' as const;
      const expectations = [
        expectation('x1', { dueAt: noon + 3 }),
        expectation('x2', { dueAt: noon + 2, of, ofId: 'e1', words: 'a commit', confidence: 0.9 }),
        expectation('x3', { dueAt: noon + 1, of, ofId: 'e2', confidence: 0.4 }),
      ];
      await store.commitCycle(cycleRecord({ expectations }));
      await store.commitCycle(cycleRecord({ expectations }));
      expect(await store.openExpectations(2)).toEqual([expectations[2], expectations[1]]);
      const settled = (id: string, ofId: string, settlement: 'met' | 'unknown', at: number) => ({
        id,
        of,
        ofId,
        settlement,
        at,
        observationIds: ['o1'],
      });
      await store.commitCycle(cycleRecord({ settled: [settled('x2', 'e1', 'met', noon + 5)] }));
      await store.commitCycle(
        cycleRecord({ settled: [settled('x2', 'e1', 'unknown', noon + 6), settled('x3', 'e2', 'unknown', noon + 6)] }),
      );
      expect(await store.settledExpectations(of, 5)).toEqual([
        { ...expectations[2], settlement: 'unknown', at: noon + 6, observationIds: ['o1'] },
        { ...expectations[1], settlement: 'met', at: noon + 5, observationIds: ['o1'] },
      ]);
      expect(await store.settledExpectations('pattern', 5)).toEqual([]);
      expect(await store.judgements()).toEqual([
        { confidence: 0.4, settlement: 'unknown' },
        { confidence: 0.9, settlement: 'met' },
      ]);
    });

    it('[ME7.22] past episodes about the same come with their outcome once it is known', async () => {
      const lived = [
        episode('e1', { targets: ['a', 'b'], outcome: 'observed' }),
        episode('e2', { targets: ['a'] }),
        episode('e3', { targets: ['b'] }),
        episode('e4', { targets: ['a'], outcome: 'proposed' }),
      ];
      await live(...lived);
      const settle = (n: number, settlement: 'met' | 'not-met' | 'unknown') => ({
        expectations: [expectation(`x${n}`, { of: 'decision', ofId: `e${n}` })],
        settled: [
          { id: `x${n}`, of: 'decision' as const, ofId: `e${n}`, settlement, at: noon + n, observationIds: [] },
        ],
      });
      for (const [n, settlement] of [
        [1, 'met'],
        [2, 'unknown'],
        [3, 'met'],
        [4, 'not-met'],
      ] as const)
        await store.commitCycle(cycleRecord(settle(n, settlement)));
      expect((await store.pastWithOutcome(['a', 'z'], 5)).map(({ id, outcome }) => [id, outcome])).toEqual([
        ['e4', 'proposed; what was expected did not come'],
        ['e1', 'observed; what was expected came'],
      ]);
      expect(idsOf(await store.pastWithOutcome(['a'], 1))).toEqual(['e4']);
    });

    it('[ME7.23] tells observations in the store’s order, page by page, from a moment on', async () => {
      const all = [0, 1, 2, 3, 4].map((n) => observe({}, { occurredAt: noon + [0, 40, 10, 30, 50][n]! }));
      await write(...all);
      await store.commitCycle(cycleRecord({ attended: [{ id: all[1]!.id, salience: salience() }] }));
      const first = await store.briefs({ afterSeq: 0, from: noon + 20, limit: 2 });
      expect(first).toMatchObject([
        { id: all[1]!.id, at: noon + 40, place: '/shop', attended: true },
        { id: all[3]!.id, attended: false },
      ]);
      const rest = await store.briefs({ afterSeq: first[1]!.seq, from: noon + 20, limit: 9 });
      expect(idsOf(rest)).toEqual([all[4]!.id]);
    });

    it('[ME6.37] tells of any stretch of time whether a source told something in it, as its observations would', async () => {
      const at = (source: string, occurredAt: number) => observe({}, { source, occurredAt });
      const seen = [at('git', noon), at('system', noon + 10), at('system', noon + 40), at('files', noon + 30)];
      await write(...seen);
      const moments = [0, 9, 10, 11, 29, 30, 40, 50].map((ms) => noon + ms);
      const stretches = [null, 'files', 'git', 'system', 'calendar'].flatMap((source) =>
        moments.flatMap((from) => moments.map((until) => ({ source, from, until }))),
      );
      const among = sawAmong(seen);
      expect(await store.sawSource(stretches)).toEqual(
        stretches.map(({ source, from, until }) => among(source, from, until)),
      );
      expect(await store.sawSource([])).toEqual([]);
    });

    it('[ME7.24] counts the owner’s verdicts', async () => {
      await store.commitCycle(cycleRecord({ insights: ['a', 'b', 'c'].map((id) => insight(id)) }));
      await store.setVerdict('a', 'useful');
      await store.setVerdict('b', 'less');
      expect(await store.verdicts()).toEqual({ useful: 1, less: 1 });
    });

    it('[ME7.25] an observation that is gone says what it said wherever it is cited, in at most 500 bytes', async () => {
      const [cited, rested, other] = [observe({ target: 'ä'.repeat(400) }), observe({ severity: 'error' }), observe()];
      await write(cited, rested, other);
      await store.commitCycle(
        cycleRecord({
          attended: [cited, rested, other].map(({ id }) => ({ id, salience: salience() })),
          insights: [insight('i1', { evidenceIds: [cited.id] })],
          changes: [{ kind: 'remember', memory: memory('m1'), evidence: [evidence(rested.id)] }],
        }),
      );
      expect(await store.tidy(bounds({ observationsBefore: noon + dayMs }))).toMatchObject({ observations: 3 });
      const left = await store.observations([cited.id, rested.id, other.id]);
      expect(left.map(({ id, status, salience: none }) => [id, status, none])).toEqual([
        [cited.id, 'snapshot', null],
        [rested.id, 'snapshot', null],
      ]);
      const { id, source, type, target, occurredAt, severity, trust } = rested;
      expect(left[1]).toMatchObject({ id, source, type, target, occurredAt, severity, trust });
      expect(left[1]?.details).toEqual({ said: expect.stringMatching(/^src\/a\.ts changed, \+3 −1/) });
      expect(Buffer.byteLength(String(left[0]?.details.said))).toBeLessThanOrEqual(500);
      await store.tidy(bounds({ insightsBefore: noon + dayMs }));
      expect(idsOf(await store.observations([cited.id, rested.id]))).toEqual([rested.id]);
    });

    it('[ME7.26] a clock that jumps a year ahead lets go of two days at once, not of a month', async () => {
      const days = Array.from({ length: 30 }, (_, n) => observe({}, { occurredAt: noon + n * dayMs }));
      await write(...days);
      await store.commitCycle(cycleRecord({ attended: days.map(({ id }) => ({ id, salience: salience() })) }));
      const ahead = bounds({ observationsBefore: noon + 365 * dayMs });
      expect(await store.tidy(ahead)).toMatchObject({ observations: 2, more: false });
      expect(await store.tidy(bounds({ observationsBefore: noon + 3 * dayMs }))).toMatchObject({ observations: 1 });
    });

    it('[ME7.40] a jump of the clock takes no more from a busy day either, in however many pieces it is done', async () => {
      const busy = Array.from({ length: 4_000 }, (_, n) => observe({}, { occurredAt: noon + n * 60_000 }));
      await write(...busy);
      await store.commitCycle(cycleRecord({ attended: busy.map(({ id }) => ({ id, salience: salience() })) }));
      const gone: number[] = [];
      for (let more = true; more; ) {
        const tidied = await store.tidy(bounds({ observationsBefore: noon + 365 * dayMs }));
        gone.push(tidied.observations);
        more = tidied.more;
      }
      expect(gone).toEqual([2_000, 880]);
    });

    it('[ME7.27] old episodes go once they were learned from or never entered short-term memory; one that waits stays', async () => {
      await live(
        episode('e1'),
        episode('e2'),
        episode('e3', { importance: 0.1 }),
        episode('e4', { endedAt: noon + dayMs }),
      );
      await store.commitSleep(sleepStep({ consolidated: ['e1', 'e4'] }));
      expect(await store.tidy(bounds({ episodesBefore: noon + dayMs }))).toMatchObject({ episodes: 2 });
      expect(idsOf(await store.episodes(9))).toEqual(['e4', 'e2']);
      expect(await indexed()).toEqual(['episode e2', 'episode e4']);
    });

    it('[ME7.49] of too many episodes the oldest go, whether sleep has learned from them or not', async () => {
      await live(episode('e1'), episode('e2'), episode('e3'), episode('e4'));
      await store.commitSleep(sleepStep({ consolidated: ['e3'] }));
      expect(await store.tidy(bounds({ episodesAtMost: 2 }))).toMatchObject({ episodes: 2, more: false });
      expect(idsOf(await store.episodes(9))).toEqual(['e4', 'e3']);
      expect(await indexed()).toEqual(['episode e3', 'episode e4']);
    });

    it('[ME7.28] old insights go, and the oldest beyond their number; never one that the owner called useful', async () => {
      const made = Array.from({ length: 6 }, (_, n) => insight(`i${n}`, { formedAt: noon + n, evidenceIds: ['o1'] }));
      await store.commitCycle(cycleRecord({ insights: made }));
      await store.setVerdict('i0', 'useful');
      expect(await store.tidy(bounds({ insightsBefore: noon + 2 }))).toMatchObject({ insights: 1 });
      expect(await store.tidy(bounds({ insightsAtMost: 3 }))).toMatchObject({ insights: 2, more: false });
      expect(idsOf(await store.insights({ limit: 9 }))).toEqual(['i5', 'i4', 'i0']);
      expect(await indexed()).toEqual(['insight i0', 'insight i4', 'insight i5']);
    });

    it('[ME7.29] old history goes: settled expectations, spending, and sleeps beyond the newest hundred', async () => {
      await store.commitCycle(
        cycleRecord({
          expectations: [expectation('x1'), expectation('x2')],
          settled: [{ id: 'x1', of: 'pattern', ofId: 'm1', settlement: 'met', at: noon, observationIds: [] }],
        }),
      );
      await store.spend({ hour: noon, purpose: 'thought', calls: 1, tokens: 1 });
      for (let n = 0; n < 103; n++)
        await store.commitSleep(sleepStep({ sleep: sleepRecord(`s${n}`, { startedAt: noon + n }) }));
      await store.tidy(bounds({ historyBefore: noon + 200 }));
      expect([(await store.sleeps(500)).length, (await store.sleeps(500)).at(-1)?.id]).toEqual([100, 's3']);
      expect([await store.settledExpectations('pattern', 5), await store.spent(0)]).toEqual([[], []]);
      expect(idsOf(await store.openExpectations(5))).toEqual(['x2']);
    });

    it('[ME7.30] a long care is done in pieces, and says that there is more', async () => {
      const many = Array.from({ length: 2_500 }, () => observe());
      await write(...many);
      await store.commitCycle(cycleRecord({ attended: many.map(({ id }) => ({ id, salience: salience() })) }));
      const past = bounds({ observationsBefore: noon + dayMs });
      expect(await store.tidy(past)).toMatchObject({ observations: 2_000, more: true });
      expect(await store.tidy(past)).toMatchObject({ observations: 500, more: false });
    });

    it('[ME7.31] a text of a megabyte is cut with a mark, wherever it comes from', async () => {
      const long = `otters ${'x'.repeat(1_000_000)}`;
      await change({
        kind: 'remember',
        memory: memory('m1', { text: long }),
        evidence: [evidence('o1', { snapshot: long })],
      });
      await change({ kind: 'remember', memory: memory('m2', { text: '😀'.repeat(9_000) }), evidence: [] });
      await store.correctMemory('m2', '\ud800 alone', noon);
      const [text, snapshot] = [(await store.memory('m1'))?.text, (await store.evidenceOf('m1'))[0]?.snapshot];
      expect([text?.length, text?.endsWith('… (cut)')]).toEqual([10_000, true]);
      expect(Buffer.byteLength(String(snapshot))).toBe(500);
      expect((await store.memory('m2'))?.text.isWellFormed()).toBe(true);
      expect(await found('otters')).toEqual(['m1']);
    });

    it('[ME5.30] exports every memory with its evidence, page by page, in a stable order', async () => {
      await change(
        { kind: 'remember', memory: memory('m2'), evidence: [evidence('o1')] },
        { kind: 'remember', memory: memory('m1'), evidence: [] },
        { kind: 'remember', memory: dream('d1'), evidence: [] },
      );
      const first = await store.exportPage('', 2);
      const second = await store.exportPage('m1', 2);
      expect([...first, ...second].map((each) => each.memory.id)).toEqual(['d1', 'm1', 'm2']);
      expect(second[0]?.evidence).toEqual([evidence('o1')]);
      expect(await store.exportPage('m2', 2)).toEqual([]);
      const pages = [...(await store.memoryPage('', 2)), ...(await store.memoryPage('m1', 2))];
      expect(pages.map(({ memory: { id }, rests }) => [id, rests])).toEqual([
        ['d1', false],
        ['m1', false],
        ['m2', true],
      ]);
      expect(pages.map((each) => each.memory)).toEqual([...first, ...second].map((each) => each.memory));
      expect(await store.memoryPage('m2', 2)).toEqual([]);
    });

    it('[ME5.31] what the owner deletes leaves no trace, also where others name it', async () => {
      await change(
        { kind: 'remember', memory: memory('m1', { text: 'otters' }), evidence: [evidence('o1')] },
        {
          kind: 'remember',
          memory: memory('m2', { kind: 'principle', contradicts: ['m1'] }),
          evidence: [evidence('m1', { kind: 'memory', snapshot: 'otters' }), evidence('o2')],
        },
        {
          kind: 'remember',
          memory: memory('m3', { contradicts: ['m1'] }),
          evidence: [evidence('m1', { kind: 'memory' })],
        },
        { kind: 'forget', id: 'm3', why: 'weak', at: noon },
      );
      const line = (text: string, ...memoryIds: string[]) => ({ text, memoryIds });
      const digest = { from: noon, until: noon, lines: [line('otters', 'm1', 'm2'), line('other', 'm2')] };
      const summary = { level: 'day' as const, from: noon, until: noon, text: 'today: otters', reasoner: rules };
      await store.commitSleep(
        sleepStep({
          sleep: sleepRecord('s1', { digest }),
          expectations: [expectation('x1', { ofId: 'm1' })],
          settled: [{ id: 'x1', of: 'pattern', ofId: 'm1', settlement: 'met', at: noon, observationIds: [] }],
          summaries: [summary],
        }),
      );
      expect([await store.deleteMemory('m1'), await store.deleteMemory('m1')]).toEqual([true, false]);
      expect([await store.memory('m1'), await found('otters'), await store.restingOn(['m1'])]).toEqual([null, [], []]);
      expect(idsOf(await store.tombstones(5))).toEqual(['m3']);
      expect((await store.sleeps(1))[0]?.digest?.lines).toEqual([line('other', 'm2')]);
      expect([await store.summaries('day', 5), await store.settledExpectations('pattern', 5)]).toEqual([[], []]);
      await store.bringBack('m3', noon);
      expect(await store.memory('m3')).toMatchObject({ contradicts: [] });
      expect(await store.evidenceOf('m3')).toEqual([]);
      expect(await store.deleteMemory('m3')).toBe(true);
      await change({ kind: 'forget', id: 'm2', why: 'weak', at: noon });
      expect([await store.deleteMemory('m2'), await store.tombstones(5)]).toEqual([true, []]);
    });

    it('[ME5.32] a note that is deleted takes with it the observation, and what quoted it', async () => {
      const note = observe({ type: 'note-written', trust: 'owner', details: { text: 'otters at four' } });
      const other = observe();
      await write(note, other);
      await store.commitCycle(
        cycleRecord({
          attended: [note, other].map(({ id }) => ({ id, salience: salience() })),
          episode: episode('e1', { observationIds: [note.id, other.id], summary: 'you wrote “otters at four”' }),
          insights: [insight('i1', { evidenceIds: [note.id] }), insight('i2', { evidenceIds: [other.id] })],
          changes: [{ kind: 'remember', memory: memory('m1'), evidence: [evidence('e1', { kind: 'episode' })] }],
        }),
      );
      expect(await store.deleteMemory(note.id)).toBe(true);
      expect([await store.observations([note.id, other.id]).then(idsOf), await found('otters')]).toEqual([
        [other.id],
        [],
      ]);
      expect([await store.episodes(5), idsOf(await store.insights({ limit: 5 }))]).toEqual([[], ['i2']]);
      expect(await store.evidenceOf('m1')).toEqual([]);
    });

    it('[ME5.33] everything can be deleted, and the store goes on', async () => {
      await write(observe(), observe({ type: 'note-written', trust: 'owner', details: { text: 'otters' } }));
      await live(episode('e1'));
      await store.append({ entries: [], marks: [{ source: 's', marks: [{ key: 'k', value: 1 }] }] });
      await change({ kind: 'remember', memory: dream('d1'), evidence: [] });
      await store.commitSleep(sleepStep({ state: { a: 1 } }));
      const none = await store
        .counts()
        .then((counts) => Object.fromEntries(Object.keys(counts).map((key) => [key, 0])));
      await store.deleteAll();
      expect(await store.counts()).toEqual(none);
      expect([await indexed(), await found('otters'), await store.sleeps(5), await store.state('a')]).toEqual([
        [],
        [],
        [],
        null,
      ]);
      expect(await store.mark('s', 'k')).toBeNull();
      await write(observe());
      await change({ kind: 'remember', memory: memory('m1', { text: 'badgers' }), evidence: [] });
      expect(await store.counts()).toMatchObject({ observations: 1, memories: 1 });
      expect([await found('badgers'), await store.checkIntegrity()]).toEqual([['m1'], null]);
    });
  });
}
