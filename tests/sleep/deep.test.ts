import { describe, expect, it } from 'vitest';
import type { Memory, MemoryChange } from '../../core/memory.ts';
import { alike, readingOf } from '../../core/remember/likeness.ts';
import { contradictions, type Grounded, generalise, sameRules } from '../../core/sleep/generalise.ts';
import { memory, noon } from '../kit/nouns.ts';
import { answer, fakeSleepModel } from './fake-sleep-model.ts';
import { dayMs, sleepOnce, sleepWorld } from './sleep-world.ts';

const seen = (id: string) => [{ kind: 'observation' as const, id, at: noon, snapshot: 'it was seen' }];
const remember = (each: Memory): MemoryChange => ({
  kind: 'remember',
  memory: each,
  evidence: seen(`seen-${each.id}`),
});
const rule = (when: string, then = 'test-failed', target = 'npm test') => ({
  when: { source: 'files', type: 'file-changed', target: when, place: '/shop' },
  then: { source: 'ci', type: then, target },
  withinMs: 600_000,
});
const pattern = (id: string, over: Partial<Memory> = {}) =>
  memory(id, {
    kind: 'pattern',
    validation: 'seen',
    hits: 4,
    misses: 1,
    rule: rule('src/a.ts'),
    target: 'npm test',
    key: `p-${id}`,
    ...over,
  });
const grounded = (memories: Memory[]): Grounded[] =>
  memories.map((each) => ({ memory: each, evidence: seen(`seen-${each.id}`) }));

/** A night that is deep. */
async function deepNight(changes: MemoryChange[], options: Parameters<typeof sleepWorld>[0] = {}) {
  const world = sleepWorld({ ...options, settings: (settings) => Object.assign(settings.sleep, { deepEvery: 1 }) });
  await world.store.changeMemories(changes);
  await world.work(1);
  const sleep = await sleepOnce(world, world.sleeper, 'cycles');
  return { world, sleep, made: sleep.phases.find((each) => each.phase === 'deep')?.made };
}

describe('deep sleep', () => {
  it('[SL3.1] three different things known of one, something to go by among them, become a principle; fewer do not', () => {
    const about = [
      memory('a', { target: 'npm test', text: '“npm test” was slow on Monday', key: null }),
      memory('b', { target: 'npm test', text: 'Trouble with “npm test” after a merge', key: null }),
      pattern('c', { text: 'After “src/a.ts” changed, “npm test” failed in 4 of 5 cases' }),
    ];
    const [principle] = generalise(grounded(about));
    expect(principle).toMatchObject({ kind: 'principle', key: 'principle:npm test', target: 'npm test', rule: null });
    expect(principle?.text).toContain('in 4 of 5 cases');
    expect(
      principle?.evidence
        .filter((each) => each.kind === 'memory')
        .map((each) => each.id)
        .sort(),
    ).toEqual(['a', 'b', 'c']);
    expect(principle?.evidence.some((each) => each.kind === 'observation')).toBe(true);
    expect(generalise(grounded(about.slice(1)))).toEqual([]);
    expect(
      generalise(
        grounded(
          about
            .slice(0, 2)
            .concat(memory('d', { target: 'npm test', text: 'Trouble with “npm test” after the merge' })),
        ),
      ),
    ).toEqual([]);
  });

  it('[SL4.69] a principle is one short sentence of its own, told by the figures of rules or by what weighs most', () => {
    const after = (id: string, when: string, hits: number) =>
      pattern(id, { text: `After “${when}” changed, “npm test” failed`, rule: rule(when), hits, misses: 1 });
    const about = [
      after('a', 'package-lock.json', 9),
      after('b', 'src/cart.ts', 4),
      memory('c', { target: 'npm test', text: '“npm test” was slow on Monday' }),
    ];
    const [principle] = generalise(grounded(about));
    expect(principle?.text).toBe(
      '“npm test” is a recurring trouble: it failed in 9 of 10 cases after package-lock.json changed and in 4 of 5 cases after src/cart.ts changed.',
    );
    const said = [
      memory('d', { kind: 'lesson', target: 'npm test', text: '“npm test” needs a database', importance: 0.9 }),
      memory('e', { target: 'npm test', text: `${'very '.repeat(200)}slow`, importance: 0.7 }),
      memory('f', { target: 'npm test', text: 'It was skipped on Monday', importance: 0.5 }),
    ];
    const [plain] = generalise(grounded(said));
    expect(plain?.text).toBe('3 memories are about “npm test”; what weighs most: “npm test” needs a database');
    const long = ['a', 'b', 'c', 'd'].map((id) => after(id, `src/${id.repeat(300)}.ts`, 4));
    for (const texts of [about, said, long]) {
      const [one] = generalise(grounded(texts));
      expect(one?.text.length).toBeLessThanOrEqual(280);
      for (const { text } of texts) expect(alike(readingOf(one?.text ?? ''), readingOf(text))).toBe(false);
    }
  });

  it('[SL3.2] three patterns of the same two types in one place become a rule of higher order, with the cases of all', () => {
    const wider = generalise(grounded(['a', 'b', 'c'].map((id) => pattern(id, { rule: rule(`src/${id}.ts`) }))));
    expect(wider).toMatchObject([
      {
        kind: 'pattern',
        hits: 12,
        misses: 3,
        rule: { when: { type: 'file-changed', target: null, place: '/shop' }, then: { target: 'npm test' } },
      },
    ]);
    expect(generalise(grounded(['a', 'b'].map((id) => pattern(id, { rule: rule(`src/${id}.ts`) }))))).toEqual([]);
  });

  it('[SL3.3] no dream is generalised from', () => {
    const dreams = ['a', 'b', 'c'].map((id) => pattern(id, { kind: 'dream', rule: rule(`src/${id}.ts`) }));
    expect(generalise(grounded(dreams))).toEqual([]);
  });

  it('[SL3.4] what contradicts each other is linked, not overwritten', async () => {
    const [one, other] = [pattern('01A'), pattern('01B', { rule: rule('src/a.ts', 'test-passed') })];
    expect(contradictions([one, other])).toEqual([['01A', '01B']]);
    expect(
      contradictions([
        { ...one, contradicts: ['01B'] },
        { ...other, contradicts: ['01A'] },
      ]),
    ).toEqual([]);
    const { world, made } = await deepNight([remember(one), remember(other)]);
    expect(made?.contradictions).toBe(1);
    expect((await world.store.memory('01A'))?.contradicts).toEqual(['01B']);
    expect((await world.store.memory('01B'))?.text).toBe(other.text);
  });

  it('[SL3.5] patterns with the same rule become the oldest of them, or the pinned one, with the evidence of all', async () => {
    const twins = [
      pattern('01A', { hits: 3 }),
      pattern('01B', { hits: 9, misses: 2 }),
      pattern('01C', { rule: rule('src/c.ts') }),
    ];
    expect(sameRules(twins)).toMatchObject([{ kept: { id: '01A' }, others: [{ id: '01B' }] }]);
    expect(sameRules([twins[0]!, { ...twins[1]!, pinned: true }])).toMatchObject([
      { kept: { id: '01B' }, others: [{ id: '01A' }] },
    ]);
    const { world } = await deepNight(twins.map(remember));
    expect(await world.store.memory('01B')).toBe(null);
    expect(await world.store.memory('01A')).toMatchObject({ hits: 9, misses: 2 });
    expect((await world.store.evidenceOf('01A')).map((each) => each.id).sort()).toEqual(['seen-01A', 'seen-01B']);
    expect((await world.store.tombstones(5))[0]).toMatchObject({ id: '01B', why: 'another pattern has the same rule' });
  });

  it('[SL3.6] what was not used for a week loses a tenth of its strength, what is pinned nothing; once, however deep sleep is cut off', async () => {
    const old = { strengthAt: noon - 10 * dayMs, stabilityDays: 365 };
    const { world } = await deepNight([
      remember(memory('01A', { ...old, text: 'apples' })),
      remember(memory('01B', { ...old, text: 'bridges', pinned: true })),
    ]);
    const strength = (await world.store.memory('01A'))?.strength ?? 0;
    expect(strength).toBeCloseTo(0.9 * Math.exp(-10 / 365), 3);
    expect((await world.store.memory('01B'))?.strength).toBe(1);
    await world.work(1);
    await sleepOnce(world, world.sleeper, 'cycles');
    expect((await world.store.memory('01A'))?.strength).toBe(strength);
  });

  it('[SL3.7] the weakest is let go, with the reason on its tombstone', async () => {
    const long = noon - 400 * dayMs;
    const { world, made } = await deepNight([
      remember(
        memory('01A', {
          text: 'cherries',
          importance: 0.3,
          formedAt: long,
          changedAt: long,
          strengthAt: long,
          strength: 0.1,
        }),
      ),
      remember(memory('01B', { text: 'dates', importance: 0.9 })),
    ]);
    expect(made?.forgotten).toBe(1);
    expect(await world.store.memory('01A')).toBe(null);
    expect((await world.store.tombstones(5))[0]?.why).toContain('not used for');
    expect(await world.store.memory('01B')).not.toBe(null);
  });

  it('[SL3.8] what much work went into and nothing is known of is told in the morning and never remembered', async () => {
    const world = sleepWorld({
      settings: (settings) => Object.assign(settings.sleep, { deepEvery: 1, leastWaiting: 100 }),
    });
    for (let n = 0; n < 6; n++) await world.episodeOf([{ target: 'src/secret.ts' }]);
    const sleep = await sleepOnce(world, world.sleeper, 'cycles');
    expect(sleep.digest?.lines.map((each) => each.text)).toEqual([
      'Much happened to src/secret.ts (6 episodes), and nothing is known of it yet.',
    ]);
    expect(await world.store.memories({ limit: 10 })).toEqual([]);
  });

  it('[SL3.9] with a model it remembers what the model generalised, and links only memories that it was shown', async () => {
    const drafts = [
      {
        kind: 'principle' as const,
        text: 'Tests guard the cart',
        key: 'model:cart',
        target: null,
        importance: 0.7,
        rule: null,
        hits: 0,
        misses: 0,
        evidence: [{ kind: 'memory' as const, id: '01A', at: noon, snapshot: 'tests were run' }],
        expiresInDays: null,
      },
    ];
    const { model } = fakeSleepModel({
      generalise: () =>
        answer({
          drafts,
          contradictions: [
            ['01A', '01B'],
            ['01A', 'invented'],
            ['01A', '01A'],
          ],
        }),
    });
    const { world, made } = await deepNight([remember(memory('01A')), remember(memory('01B', { text: 'lemons' }))], {
      model: () => model,
    });
    expect(made?.contradictions).toBe(1);
    const [principle] = await world.store.memories({ kinds: ['principle'], limit: 5 });
    expect(principle).toMatchObject({ text: 'Tests guard the cart', reasoner: model.reasoner });
  });
});
