import { describe, expect, it } from 'vitest';
import { runCycle } from '../../core/loop/cycle.ts';
import type { Memory } from '../../core/memory.ts';
import type { CycleRecord, Store } from '../../core/ports.ts';
import type { Observation } from '../../core/types.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { dream, memory, noon, observer } from '../kit/nouns.ts';
import { answerText } from '../think/scripted-model.ts';
import { mindWorld } from './mind-double.ts';

const dayMs = 86_400_000;
const rule = {
  when: { type: 'file-changed', target: 'package-lock.json' },
  then: { type: 'test-failed', target: 'npm test' },
  withinMs: 2 * 3_600_000,
};
const pattern = (over: Partial<Memory> = {}) =>
  memory('p1', {
    kind: 'pattern',
    text: 'After the lock file the tests fail.',
    rule,
    hits: 6,
    formedAt: noon - dayMs,
    ...over,
  });
const dreamt = (over: Partial<Memory> = {}) =>
  dream('d1', { text: 'Perhaps the moon breaks the build.', rule, formedAt: noon - dayMs, ...over });

/** A mind that knows this, and whose commits fail while told so. */
async function heedingWorld(known: Memory) {
  const kept = memoryStore();
  const state = { broken: false };
  const store: Store = {
    ...kept,
    async commitCycle(record: CycleRecord) {
      if (state.broken) throw new Error('the disk is full');
      return kept.commitCycle(record);
    },
  };
  await kept.changeMemories([{ kind: 'remember', memory: known, evidence: [] }]);
  const world = await mindWorld({ store, said: [answerText()] });
  const see = observer(noon);
  /** One cycle about one observation. */
  async function cycle(observation: Observation): Promise<string> {
    await world.see(observation);
    return runCycle(world.mind, world.signal);
  }
  const lock = () => see({ target: 'package-lock.json', severity: 'warning' });
  const failed = () => see({ type: 'test-failed', target: 'npm test', severity: 'error' });
  return { ...world, state, cycle, lock, failed };
}

describe('what a cycle heeds', () => {
  it('[ME6.63] a pattern fires: attention and thought know of it, and what it expects is open with the same commit or not at all', async () => {
    const { state, cycle, lock, store, model } = await heedingWorld(pattern());
    const seen = lock();
    state.broken = true;
    expect(await cycle(seen)).toBe('failed');
    expect(await store.openExpectations(10)).toEqual([]);
    state.broken = false;
    expect(await cycle(seen)).toBe('thought');
    expect((await store.observations([seen.id]))[0]?.salience?.learned).toMatchObject({ patternId: 'p1' });
    expect(model.requests.at(-1)?.context?.patterns).toMatchObject([{ patternId: 'p1', observationId: seen.id }]);
    expect(await store.openExpectations(10)).toMatchObject([{ of: 'pattern', ofId: 'p1', causeId: seen.id }]);
  });

  it('[ME6.64] what comes settles it and scores the pattern with the same commit or not at all', async () => {
    const { state, cycle, lock, failed, store } = await heedingWorld(pattern());
    await cycle(lock());
    const came = failed();
    state.broken = true;
    expect(await cycle(came)).toBe('failed');
    expect([(await store.openExpectations(10)).length, (await store.memory('p1'))?.hits]).toEqual([1, 6]);
    state.broken = false;
    await cycle(came);
    expect([(await store.openExpectations(10)).length, (await store.memory('p1'))?.hits]).toEqual([0, 7]);
    expect(await store.settledExpectations('pattern', 10)).toMatchObject([
      { settlement: 'met', observationIds: [came.id] },
    ]);
  });

  it('[ME6.65] a dream is watched like a pattern, but never fires and is in no thought', async () => {
    const { cycle, lock, store, model } = await heedingWorld(dreamt());
    const seen = lock();
    await cycle(seen);
    expect(await store.openExpectations(10)).toMatchObject([{ of: 'dream', ofId: 'd1', causeId: seen.id }]);
    expect((await store.observations([seen.id]))[0]?.salience?.learned ?? null).toBeNull();
    expect(model.requests.length).toBeGreaterThan(0);
    for (const { context, messages } of model.requests) {
      expect(context?.patterns).toEqual([]);
      expect(JSON.stringify({ context, messages })).not.toContain('moon');
    }
  });

  it('[ME6.66] a dream that comes true becomes a pattern that rests on every observation that bore it out, each once, and on nothing else', async () => {
    const { cycle, lock, failed, store, clock } = await heedingWorld(dreamt());
    const causes: string[] = [];
    const bore: string[] = [];
    for (let n = 0; n < 8 && (await store.memory('d1'))?.validation === 'needs-validation'; n++) {
      const [cause, came] = [lock(), failed()];
      await cycle(cause);
      await cycle(came);
      causes.push(cause.id);
      bore.push(came.id);
    }
    expect(await store.memory('d1')).toMatchObject({ kind: 'dream', validation: 'confirmed', hits: bore.length });
    expect(bore.length).toBeGreaterThan(1);
    const [promoted, ...others] = await store.memories({ kinds: ['pattern'], limit: 10 });
    expect(others).toEqual([]);
    expect(promoted).toMatchObject({ validation: 'confirmed', hits: bore.length, support: bore.length, rule });
    const rests = await store.evidenceOf(promoted!.id);
    expect(rests.map(({ id }) => id).toSorted()).toEqual(bore.toSorted());
    await cycle({ ...lock(), occurredAt: clock.now() + 1_000 });
    expect(await store.openExpectations(10), 'from now on it is watched as a pattern').toMatchObject([
      { of: 'pattern', ofId: promoted!.id },
    ]);
  });
});
