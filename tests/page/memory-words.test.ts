import { describe, expect, it } from 'vitest';
import type { MemoryItem, MemorySearch, SleepView } from '../../core/protocol-memory.ts';
import type { AnswerView } from '../../core/protocol-owner.ts';
import { createActions } from '../../renderer/actions.ts';
import { startOfDay, untilWords } from '../../renderer/age.ts';
import type { Calls } from '../../renderer/connect.ts';
import { episodeWords, keptEpisodeWords } from '../../renderer/episode-words.ts';
import {
  anyMemory,
  joinOlder,
  leavesOut,
  type MemoryAsk,
  memoryPage,
  mostHeld,
  queryFor,
} from '../../renderer/memory-ask.ts';
import { auditWords, brierWords, madeOf, phasesWords, strengthWords } from '../../renderer/memory-words.ts';
import { restOf, sharesOf } from '../../renderer/phase-shares.ts';
import { changeFor, createStore, firstState } from '../../renderer/store.ts';
import { stateWords } from '../../renderer/words.ts';

const dayMs = 86_400_000;
const nowAt = new Date(2026, 5, 5, 15, 4).getTime();

const item = (id: string, at: number): MemoryItem => ({
  kind: 'note',
  id,
  text: id,
  at,
  score: 0,
  trust: 'owner',
  target: null,
  importance: 0.5,
  why: [],
  memory: null,
});

describe('[SH2.130] a question to memory', () => {
  it('names only what narrows it; spans are whole local days', () => {
    expect(queryFor({ ...anyMemory, kind: 'all' }, nowAt)).toEqual({});
    expect(
      queryFor({ text: ' a ', kind: 'note', trust: 'owner', span: 'week', pinned: true, target: 't' }, nowAt),
    ).toEqual({
      text: 'a',
      kinds: ['note'],
      trust: ['owner'],
      from: new Date(2026, 4, 30).getTime(),
      pinned: true,
      target: 't',
    });
    expect(startOfDay(nowAt)).toBe(new Date(2026, 5, 5).getTime());
  });

  it('asks for whole pages, at most 200, and holds at most 240', () => {
    expect([0, 1, 30, 31, 199, 999].map(memoryPage)).toEqual([30, 30, 30, 60, 200, 200]);
    const held = Array.from({ length: mostHeld }, (_, index) => item(`h${index}`, nowAt - index));
    const joined = joinOlder({ items: held, headless: false }, [item('h239', 0), item('older', 0)]);
    expect(joined.items.length).toBe(mostHeld);
    expect(joined.items.at(-1)?.id).toBe('older');
    expect(joined.headless).toBe(true);
  });

  it('only the newest is answered, and a failed one leaves what was known', async () => {
    const store = createStore();
    const gates: PromiseWithResolvers<MemoryItem[]>[] = [];
    const memories = async (_: Partial<MemorySearch>) => {
      const gate = Promise.withResolvers<MemoryItem[]>();
      gates.push(gate);
      return gate.promise;
    };
    const calls = { memories } as unknown as Calls;
    const actions = createActions(store, { calls: () => calls, retryNow() {}, close() {} });
    const first = actions.findMemories({ ...anyMemory, text: 'a' });
    const second = actions.findMemories({ ...anyMemory, text: 'ab' });
    gates[1]!.resolve([item('second', 1)]);
    await second;
    gates[0]!.resolve([item('first', 1)]);
    await first;
    expect(store.get().memory.items.map(({ id }) => id)).toEqual(['second']);
    const third = actions.findMemories();
    gates[2]!.reject(new Error('locked'));
    await third;
    expect(store.get().memory).toMatchObject({ items: [{ id: 'second' }], problem: 'locked' });
  });

  it('[SH8.44] an answer that was let go is emptied on the page, whatever it showed, and no older list brings it back', () => {
    const bare: AnswerView = {
      id: 'a1',
      question: 'Why?',
      askedAt: 1,
      state: 'stopped',
      text: '',
      reasoner: null,
      why: '',
      evidence: [],
      problem: 'A memory was deleted.',
    };
    for (const state of ['recalling', 'answering', 'done', 'stopped', 'failed'] as const) {
      const shown: AnswerView = { ...bare, state, text: 'It fails on Fridays.', problem: null };
      const told = (...answers: AnswerView[]) =>
        answers.reduce(
          (page, each) => ({ ...page, ...changeFor(page, { kind: 'answer-grew', answer: each }) }),
          firstState,
        ).answers.items;
      expect(told(shown, bare), state).toEqual([bare]);
      expect(told(bare, shown), `${state}, late`).toEqual([bare]);
    }
  });

  it('[SH8.45] after everything was deleted neither answers nor an alert are left on the page', async () => {
    const store = createStore();
    const calls = { send: async () => ({ ok: true }), insights: async () => [], proposals: async () => [] };
    const actions = createActions(store, { calls: () => calls as unknown as Calls, retryNow() {}, close() {} });
    const answer = { id: 'a1', text: 'It fails.' } as AnswerView;
    const alert = { id: 'x', insightId: 'i', title: 'npm test', body: 'It fails.', at: 1, critical: false };
    store.set({ answers: { items: [answer], loaded: true, problem: '' }, alert });
    await actions.send({ kind: 'delete-everything', confirm: 'delete everything' });
    expect([store.get().answers.items, store.get().alert]).toEqual([[], null]);
  });

  it('a change of memory is counted, so that whoever shows some of it asks again', () => {
    expect(changeFor(firstState, { kind: 'memory-changed' })).toEqual({ memoryChanges: 1 });
  });
});

describe('[SH2.131] in words', () => {
  it('times to come', () =>
    expect([-1, 90_000, 5 * 3_600_000, dayMs, 13.5 * dayMs].map((ms) => untilWords(nowAt + ms, nowAt))).toEqual([
      'now',
      'in 1 min',
      'in 5 h',
      'in 1 day',
      'in 13 days',
    ]));

  it('what a phase made, zeros left out, unknown names as they are', () => {
    expect(madeOf({ episodes: 40, learnings: 1, merged: 0, oddities: 2 })).toBe(
      '40 episodes read, 1 learning, 2 oddities',
    );
    expect(madeOf({ learnings: 0 })).toBe('nothing new');
  });

  it('the Brier score against a coin', () => {
    expect([0.02, 0.17, 0.25, 0.4].map((each) => brierWords(each).split(/[:(]/)[1]?.trim())).toEqual([
      'its confidence can be relied on',
      'its confidence says something',
      'hardly better than saying 50 % every time',
      'worse than saying 50 % every time',
    ]);
  });

  it('an audit with nothing to tell, and one memory', () => {
    const clean = { at: 0, memories: 1, byKind: {}, duplicates: 0, neverRecalled: 0, contradicted: 0, tainted: 0 };
    const audit = { ...clean, withoutEvidence: 0, bytes: 4_096, examples: [] };
    expect(auditWords(audit)).toBe('1 memory in 4 KB. Nothing stands out.');
    expect(auditWords({ ...audit, contradicted: 1, duplicates: 1 })).toBe(
      '1 memory in 4 KB; 1 pair says the same, 1 is contradicted.',
    );
  });

  it('strength and sleep', () => {
    expect([1, 0.5, 0.2, 0.1].map(strengthWords)).toEqual(['fresh', 'clear', 'fading', 'nearly gone']);
    expect((['light', 'dream', 'digest'] as const).map((stage) => stateWords({ life: 'asleep', stage }))).toEqual([
      'Asleep, light sleep',
      'Dreaming',
      'Asleep',
    ]);
  });
});

describe('[SH2.132] [SH2.302] shares of a night', () => {
  it('are in proportion and together one; none is too thin to be seen, and a night of no length is shared out', () => {
    expect(sharesOf([1, 3], 4)).toEqual({ phases: [0.25, 0.75], rest: 0 });
    const [thin, thick] = sharesOf([1, 100_000], 100_001).phases;
    expect(thin).toBeGreaterThan(0.02);
    expect(thin! + thick!).toBeCloseTo(1);
    expect(sharesOf([0, 0], 0)).toEqual({ phases: [0.5, 0.5], rest: 0 });
  });

  it('leave rest to itself: 29 ms of light sleep in a night of 10 s are a sliver, and the rest is rest', () => {
    const { phases, rest } = sharesOf([29, 6], 10_000);
    expect(phases.every((share) => share > 0.02 && share < 0.03)).toBe(true);
    expect(rest).toBeGreaterThan(0.9);
    expect(phases[0]! + phases[1]! + rest).toBeCloseTo(1);
  });

  it('know of no rest where nobody could see it, nor where a phase is longer than the night that is known of', () => {
    expect([restOf([9_900], 10_000), restOf([9_000], 10_000), restOf([5_000], 0)]).toEqual([0, 1_000, 0]);
  });

  it('are told to who hears them, rest with them', () => {
    const at = { reasoner: { kind: 'rules', name: 'rules' }, modelCalls: 0, tokens: 0, made: {}, note: null } as const;
    const sleep: SleepView = {
      id: 's',
      reason: 'request',
      startedAt: 0,
      endedAt: 10_000,
      ended: 'done',
      phases: [{ ...at, phase: 'light', startedAt: 0, endedAt: 29 }],
      digest: null,
    };
    expect(phasesWords(sleep, 20_000)).toBe('Light 29 ms, Rest 10 s');
    expect(phasesWords({ ...sleep, endedAt: 29 }, 20_000)).toBe('Light 29 ms');
  });
});

describe('[SH2.304] what is looked at', () => {
  const kindsFor = (patch: Partial<MemoryAsk>) => queryFor({ ...anyMemory, ...patch }, nowAt).kinds;
  const memories = ['note', 'learning', 'principle', 'lesson', 'pattern'];

  it('is what is remembered, unless a kind or everything is chosen', () => {
    expect([
      kindsFor({}),
      kindsFor({ pinned: true }),
      kindsFor({ span: 'week' }),
      kindsFor({ trust: 'owner' }),
    ]).toEqual(Array.from({ length: 4 }, () => memories));
    expect(kindsFor({ kind: 'all' })).toBeUndefined();
    expect(kindsFor({ kind: 'summary' })).toEqual(['summary']);
  });

  it('is everything for words, for one thing, and for whom no memory comes from; a chosen kind stands', () => {
    for (const patch of [{ text: 'refund' }, { target: 'a.ts' }, { trust: 'observed' }, { trust: 'app' }] as const)
      expect([kindsFor(patch), kindsFor({ ...patch, kind: 'episode' })]).toEqual([undefined, ['episode']]);
    expect(kindsFor({ text: '  ' })).toEqual(memories);
    expect([
      leavesOut(anyMemory),
      leavesOut({ ...anyMemory, text: 'a' }),
      leavesOut({ ...anyMemory, kind: 'all' }),
    ]).toEqual([true, false, false]);
  });
});

describe('[SH2.303] the words of an episode', () => {
  it.each([
    ['look.mjs created, +12 −0\nobserve', 'look.mjs created, +12 −0', 'noted'],
    ['a; b\nreflect; told: Two at once.; with care', 'a; b', 'thought over; told you: Two at once.; with care'],
    ['a\ndelegate; no room', 'a', 'work was proposed; no room'],
    ['a\nnot acted on: too unsure', 'a', 'not acted on: too unsure'],
    ['a\ninvent; told: b', 'a', 'invent; told you: b'],
    ['a\nconstructor', 'a', 'constructor'],
    ['only one line', 'only one line', ''],
  ])('%j', (text, summary, outcome) => expect(episodeWords(text)).toEqual({ summary, outcome }));

  it('as evidence keep their arrow, and only the outcome after it is put in words', () => {
    expect(keptEpisodeWords('a → b changed → observe; told: c')).toBe('a → b changed → noted; told you: c');
    expect(keptEpisodeWords('Edited total.ts → observer.ts twice.')).toBe('Edited total.ts → observer.ts twice.');
  });
});
