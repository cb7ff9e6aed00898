import { describe, expect, it } from 'vitest';
import type { MemoryItem, MemorySearch } from '../../core/protocol-memory.ts';
import { createActions } from '../../renderer/actions.ts';
import { startOfDay, untilWords } from '../../renderer/age.ts';
import type { Calls } from '../../renderer/connect.ts';
import { anyMemory, joinOlder, memoryPage, mostHeld, queryFor } from '../../renderer/memory-ask.ts';
import { auditWords, brierWords, madeOf, strengthWords } from '../../renderer/memory-words.ts';
import { sharesOf } from '../../renderer/phase-shares.ts';
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
    expect(queryFor(anyMemory, nowAt)).toEqual({});
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

describe('[SH2.132] shares of a night', () => {
  it('are in proportion and together one; none is too thin to be seen, and a night of no length is shared out', () => {
    expect(sharesOf([1, 3])).toEqual([0.25, 0.75]);
    const [thin, thick] = sharesOf([1, 100_000]);
    expect(thin).toBeGreaterThan(0.02);
    expect(thin! + thick!).toBeCloseTo(1);
    expect(sharesOf([0, 0])).toEqual([0.5, 0.5]);
  });
});
