import { describe, expect, it } from 'vitest';
import type { Audit, Memory, MemoryChange, PhaseRecord, Tombstone } from '../../core/memory.ts';
import { takeStock } from '../../core/sleep/audit.ts';
import { digestOf, type Since } from '../../core/sleep/digest.ts';
import { memory, noon } from '../kit/nouns.ts';
import { dayMs, sleepOnce, sleepWorld } from './sleep-world.ts';

const nothing: Since = {
  from: noon - dayMs,
  until: noon,
  learned: [],
  settled: [],
  forgotten: [],
  gaps: [],
  sleep: { phases: [] },
};
const told = (over: Partial<Since>) => digestOf({ ...nothing, ...over })?.lines.map((each) => each.text) ?? [];
const rule = { when: { type: 'file-changed' }, then: { type: 'test-failed' }, withinMs: 60_000 };
const tombstone = (id: string, why: string): Tombstone => ({
  id,
  kind: 'learning',
  text: id,
  why,
  forgottenAt: noon,
  was: memory(id),
});
const phase = (over: Partial<PhaseRecord>): PhaseRecord => ({
  phase: 'light',
  startedAt: noon,
  endedAt: noon,
  reasoner: { kind: 'rules', name: 'rules' },
  modelCalls: 0,
  tokens: 0,
  made: {},
  note: null,
  ...over,
});
const remember = (each: Memory): MemoryChange => ({
  kind: 'remember',
  memory: each,
  evidence: [{ kind: 'observation', id: 'o', at: noon, snapshot: 'seen' }],
});

describe('while you slept', () => {
  it('[SL5.3] tells what was learned, patterns first, with their figures; many in one line more', () => {
    expect(
      told({
        learned: [
          memory('l', { text: 'The cart is rewritten.', importance: 0.9 }),
          memory('p', { kind: 'pattern', text: 'Tests fail after lunch.', rule, hits: 3, misses: 1, importance: 0.5 }),
          memory('q', {
            kind: 'pattern',
            text: 'It broke in 4 of 5 cases.',
            rule,
            hits: 4,
            misses: 1,
            importance: 0.4,
          }),
        ],
      }),
    ).toEqual([
      'New pattern: Tests fail after lunch. It held 3 of 4 times.',
      'New pattern: It broke in 4 of 5 cases.',
      'Learned: The cart is rewritten.',
    ]);
    const many = told({ learned: Array.from({ length: 20 }, (_, n) => memory(`m${n}`)) });
    expect(many).toHaveLength(9);
    expect(many.at(-1)).toBe('And 12 more learnings.');
  });

  it('[SL5.4] tells what became of dreams, what was forgotten and why, and what went wrong', () => {
    const dream = (id: string, over: Partial<Memory>) =>
      memory(id, { kind: 'dream', text: `Perhaps ${id}.`, rule, ...over });
    expect(
      told({
        settled: [
          dream('wrong', { validation: 'refuted', misses: 2 }),
          dream('right', { validation: 'confirmed', hits: 3, misses: 1 }),
          dream('late', { validation: 'expired' }),
        ],
        forgotten: [
          tombstone('a', 'it was not used for 40 days'),
          tombstone('b', 'it was not used for 40 days'),
          tombstone('c', 'you said so'),
        ],
        sleep: {
          phases: [
            phase({ made: { failed: 1 }, note: 'the disk is full' }),
            phase({ phase: 'dream', note: 'The model was slow.' }),
          ],
        },
      }),
    ).toEqual([
      'A dream came true: Perhaps right. It held 3 of 4 times.',
      'A dream was wrong: Perhaps wrong. It held 0 of 2 times.',
      '1 dream could not be tested in time and was let go.',
      '3 memories were forgotten: 2 because it was not used for 40 days, 1 because you said so.',
      'Something went wrong in light sleep: the disk is full',
    ]);
  });

  it('[SL5.5] is nothing when there is nothing to tell', () => {
    expect(digestOf(nothing)).toBe(null);
  });

  it('[SL5.6] names the memories it tells of, in lines of bounded length', () => {
    const digest = digestOf({ ...nothing, learned: [memory('l', { text: `${'very '.repeat(200)}long` })] });
    expect(digest).toMatchObject({ from: nothing.from, until: nothing.until, lines: [{ memoryIds: ['l'] }] });
    expect(digest?.lines[0]?.text.length).toBeLessThanOrEqual(300);
  });

  it('[SL5.7] tells once: the next digest begins where the last one ended, also when sleeps between had none', async () => {
    const world = sleepWorld();
    await world.store.changeMemories([
      remember(memory('01A', { text: 'Apples are red.', formedAt: world.clock.now() - 1_000 })),
    ]);
    const first = await sleepOnce(world, world.sleeper);
    expect(first.digest?.lines.map((each) => each.text)).toEqual(['Learned: Apples are red.']);
    world.clock.jump(dayMs);
    const second = await sleepOnce(world, world.sleeper);
    expect(second.digest).toBe(null);
    world.clock.jump(dayMs);
    await world.store.changeMemories([
      remember(memory('01B', { text: 'Pears are green.', formedAt: world.clock.now() })),
    ]);
    const woken = new AbortController();
    woken.abort('owner');
    await sleepOnce(world, world.sleeper, 'request', 'by-chance', woken.signal);
    const third = await sleepOnce(world, world.sleeper);
    expect(third.digest?.lines.map((each) => each.text)).toEqual(['Learned: Pears are green.']);
  });

  it('[SL5.8] the owner’s own words and dreams that wait are no news', async () => {
    const world = sleepWorld();
    await world.store.changeMemories([
      remember(memory('01A', { kind: 'note', trust: 'owner', formedAt: world.clock.now() })),
      remember(
        memory('01B', {
          kind: 'dream',
          validation: 'needs-validation',
          rule,
          expiresAt: null,
          formedAt: world.clock.now(),
        }),
      ),
    ]);
    expect((await sleepOnce(world, world.sleeper)).digest).toBe(null);
  });
});

describe('the nightly audit', () => {
  it('[SL5.9] counts what is doubled, never recalled, contradicted, on observed text alone, and without evidence', () => {
    const stock = takeStock();
    const add = (each: Memory, rests = true) => stock.add(each, rests);
    add(memory('a', { text: 'After “src/a.ts” changed, “npm test” failed 3 times', contradicts: ['b'] }));
    add(memory('b', { text: 'After “src/a.ts” changed, “npm test” failed 8 times', contradicts: ['a'] }));
    add(memory('c', { text: '“README.md” was written', recalled: 2 }));
    add(memory('d', { text: '“LICENSE” was read' }), false);
    add(memory('e', { kind: 'note', text: 'Remember the milk', trust: 'owner' }), false);
    add(memory('f', { kind: 'dream', text: 'Perhaps “LICENSE” was read' }));
    expect(stock.done()).toEqual({
      memories: 6,
      byKind: { learning: 4, note: 1, dream: 1 },
      duplicates: 1,
      neverRecalled: 4,
      contradicted: 2,
      tainted: 4,
      withoutEvidence: 1,
      examples: [
        { what: 'duplicates', ids: ['a', 'b'] },
        { what: 'contradicted', ids: ['a'] },
        { what: 'contradicted', ids: ['b'] },
        { what: 'without-evidence', ids: ['d'] },
      ],
    });
  });

  it('[SL5.10] is taken every night that has something new, over all memories, and kept for the owner', async () => {
    const world = sleepWorld();
    const many = Array.from({ length: 1_200 }, (_, n) =>
      remember(memory(`01M${String(n).padStart(5, '0')}`, { text: `thing-${n}.ts was seen` })),
    );
    await world.store.changeMemories(many);
    await sleepOnce(world, world.sleeper);
    expect(await world.store.state('audit')).toBe(null);
    await world.work(1);
    await sleepOnce(world, world.sleeper);
    const audit = (await world.store.state('audit')) as unknown as Audit;
    expect(audit).toMatchObject({ memories: 1_200, duplicates: 0 });
    expect(world.clock.now() - audit.at).toBeLessThan(60_000);
    expect(audit.bytes).toBeGreaterThan(10_000);
  });

  it('[SL5.11] what was forgotten longer ago than it may be brought back is buried', async () => {
    const world = sleepWorld();
    await world.store.changeMemories([
      remember(memory('01A')),
      { kind: 'forget', id: '01A', why: 'you said so', at: world.clock.now() },
    ]);
    world.clock.jump(29 * dayMs);
    await sleepOnce(world, world.sleeper);
    expect(await world.store.tombstones(5)).toHaveLength(1);
    world.clock.jump(2 * dayMs);
    await sleepOnce(world, world.sleeper);
    expect(await world.store.tombstones(5)).toEqual([]);
  });
});
