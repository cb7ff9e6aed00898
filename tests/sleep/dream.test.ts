import { describe, expect, it } from 'vitest';
import type { Brief, Memory, MemoryChange } from '../../core/memory.ts';
import { baseRate, beyondChance } from '../../core/sleep/beyond-chance.ts';
import { type DreamMaterial, isTestable, kindsOf, recombine, ruleKey } from '../../core/sleep/recombine.ts';
import { seededRandom } from '../kit/clock.ts';
import { episode, memory, noon, observer } from '../kit/nouns.ts';
import { answer, fakeSleepModel } from './fake-sleep-model.ts';
import { dayMs, sleepOnce, sleepWorld } from './sleep-world.ts';

const a = { source: 'files', type: 'file-changed', target: 'src/a.ts', place: '/shop' };
const b = { source: 'ci', type: 'test-failed', target: 'npm test', place: '/shop' };
const c = { source: 'git', type: 'commit-made', target: 'shop', place: '/shop' };
const pattern = (id: string, when: typeof a, then: typeof a, over: Partial<Memory> = {}) =>
  memory(id, {
    kind: 'pattern',
    validation: 'seen',
    rule: { when, then, withinMs: 600_000 },
    target: then.target,
    key: `p-${id}`,
    ...over,
  });
const material = (over: Partial<DreamMaterial> = {}): DreamMaterial => ({
  episodes: [],
  memories: [],
  patterns: [],
  ...over,
});
const draw = () => seededRandom(3).stream('dream');
const dreamt = (of: DreamMaterial, known: string[] = []) => recombine(of, new Set(known), draw(), 14);
const rulesOf = (of: DreamMaterial) => dreamt(of).map((each) => each.key);

const see = observer();
const held = (id: string, ...kinds: (typeof a)[]) => ({
  episode: { ...episode(id, { startedAt: noon + id.length }), importance: 0.5, strength: 1, recalled: 0 },
  observations: kinds.map(({ source, type, target, place }) => see({ type, target, details: { place } }, { source })),
  insights: [],
});

const remember = (each: Memory): MemoryChange => ({
  kind: 'remember',
  memory: each,
  evidence: [{ kind: 'observation', id: `seen-${each.id}`, at: noon, snapshot: 'it was seen' }],
});

describe('recombining', () => {
  it('[SL4.1] two patterns where one ends as the other begins: perhaps the first leads to the last', () => {
    const of = material({ patterns: [pattern('01A', a, b), pattern('01B', b, c)] });
    const chain = dreamt(of).find((each) => each.key === ruleKey({ when: a, then: c }));
    expect(chain).toMatchObject({
      kind: 'dream',
      importance: 0.3,
      hits: 0,
      misses: 0,
      expiresInDays: 14,
      rule: { withinMs: 1_200_000 },
    });
    expect(chain?.evidence.map((each) => each.id)).toEqual(['01A', '01B']);
    expect(chain?.text).toBe(
      'Perhaps: after src/a.ts changed comes a commit on shop, within 20 minutes; one pattern ends where another begins.',
    );
  });

  it('[SL4.2] a pattern that holds for one thing may hold for another, in a place where both types were seen', () => {
    const elsewhere = [
      { ...a, target: 'src/x.ts', place: '/bank' },
      { ...b, target: 'make check', place: '/bank' },
    ] as const;
    const of = material({ patterns: [pattern('01A', a, b)], episodes: [held('e1', ...elsewhere)] });
    expect(rulesOf(of)).toContain(ruleKey({ when: elsewhere[0], then: elsewhere[1] }));
    expect(rulesOf(of)).not.toContain(ruleKey({ when: elsewhere[0], then: b }));
  });

  it('[SL4.3] a pattern turned round; what came some time after another; what is known of one and where a pattern ends', () => {
    expect(rulesOf(material({ patterns: [pattern('01A', a, b)] }))).toEqual([ruleKey({ when: b, then: a })]);
    expect(rulesOf(material({ episodes: [held('e', a), held('e22', c)] }))).toEqual([ruleKey({ when: a, then: c })]);
    const known = { memory: memory('01M'), observations: held('e', c).observations };
    expect(rulesOf(material({ memories: [known], patterns: [pattern('01A', a, b)] }))).toContain(
      ruleKey({ when: c, then: b }),
    );
  });

  it('[SL4.4] every matcher is of a kind of event that was really seen, and no hypothesis is of one kind twice', () => {
    const of = material({
      episodes: [held('e', a, b), held('e22', c)],
      patterns: [pattern('01A', a, b), pattern('01B', b, c)],
    });
    const kinds = kindsOf(of);
    for (const { rule } of dreamt(of)) expect(rule && isTestable(rule, kinds)).toBe(true);
    expect(isTestable({ when: a, then: { ...b, target: 'invented' }, withinMs: 1 }, kinds)).toBe(false);
    expect(isTestable({ when: a, then: a, withinMs: 1 }, kinds)).toBe(false);
    expect(isTestable({ when: {}, then: b, withinMs: 1 }, kinds)).toBe(false);
    expect(isTestable({ when: a, then: b, withinMs: 0 }, kinds)).toBe(false);
  });

  it('[SL4.5] what is a pattern already, or was dreamt before, is not dreamt again', () => {
    const of = material({ patterns: [pattern('01A', a, b), pattern('01B', b, c)] });
    const keys = dreamt(of).map((each) => each.key ?? '');
    expect(keys).toContain(ruleKey({ when: a, then: c }));
    expect(dreamt(of, keys)).toEqual([]);
    expect(ruleKey({ when: a, then: b })).toBe(
      ruleKey({ when: { ...a, place: null }, then: { type: b.type, target: b.target, severity: 'error' } }),
    );
  });

  it('[SL4.6] the same seed dreams the same', () => {
    const of = material({
      episodes: [held('e', a, b), held('e22', c)],
      patterns: [pattern('01A', a, b), pattern('01B', b, c)],
    });
    expect(dreamt(of)).toEqual(dreamt(of));
  });
});

describe('what comes anyway', () => {
  const brief = (seq: number, at: number, over: Partial<Brief> = {}): Brief => ({
    seq,
    id: `o${seq}`,
    at,
    ...a,
    severity: 'info',
    trust: 'observed',
    causeId: null,
    count: 1,
    attended: false,
    ...over,
  });
  /** Something every quarter of an hour; the tests fail five minutes after every `each`th of them. */
  const morning = (each: number, over: Partial<Brief> = {}) =>
    Array.from({ length: 40 }, (_, n) => [
      brief(2 * n, noon + n * 900_000, { target: `src/${n}.ts` }),
      ...(n % each === 0 ? [brief(2 * n + 1, noon + n * 900_000 + 300_000, { ...b, ...over })] : []),
    ]).flat();
  const later = noon + dayMs;
  const idea = { when: a, then: b, withinMs: 600_000 };

  it('[SL4.66] is told by the moments of activity in the place of the dream that it followed', () => {
    expect(baseRate(idea, morning(1), later)).toBe(1);
    expect(baseRate(idea, morning(4), later)).toBeCloseTo(0.25, 1);
    expect(baseRate(idea, morning(1, { causeId: 'own' }), later), 'what Reverie did itself does not count').toBe(0);
    expect(baseRate(idea, morning(1).slice(0, 6), later), 'too little was seen').toBe(null);
    expect(baseRate({ ...idea, when: { ...a, place: '/bank' } }, morning(1), later)).toBe(null);
    expect(baseRate(idea, morning(1), noon), 'no time is over').toBe(null);
  });

  it('[SL4.66] is not dreamt of; of the rest their novelty says how seldom it comes', () => {
    const drafts = dreamt(material({ patterns: [pattern('01A', a, b), pattern('01B', b, c)] }));
    const ofTests = drafts.filter((each) => each.rule?.then.target === c.target);
    const beyond = (each: number, over: Partial<Brief>) =>
      beyondChance(ofTests, { seen: morning(each, over), now: later, atMost: 3 });
    expect(ofTests.length).toBeGreaterThan(0);
    expect(beyond(1, c)).toEqual([]);
    expect(beyond(10, c).map((each) => each.terms?.novelty)).toEqual(ofTests.map(() => expect.closeTo(0.8, 1)));
    expect(beyondChance(drafts, { seen: [], now: later, atMost: 2 })).toHaveLength(2);
  });
});

describe('the dream', () => {
  it('[SL4.7] leaves at most three hypotheses that need validation and are let go after fourteen days', async () => {
    const world = sleepWorld();
    await world.days(60);
    await sleepOnce(world, world.sleeper, 'cycles');
    await world.work(1);
    const sleep = await sleepOnce(world, world.sleeper, 'request', 'always');
    const dreams = await world.store.memories({ kinds: ['dream'], limit: 50 });
    expect(dreams.length).toBeGreaterThan(0);
    expect(dreams.length).toBeLessThanOrEqual(3);
    for (const each of dreams) {
      expect(each).toMatchObject({
        validation: 'needs-validation',
        importance: 0.3,
        hits: 0,
        misses: 0,
        sleepId: sleep.id,
      });
      expect(each.expiresAt).toBe(each.formedAt + 14 * dayMs);
    }
    expect(sleep.phases.find((each) => each.phase === 'dream')?.made.dreams).toBe(dreams.length);
  });

  it('[SL4.8] over two hundred dreams none cites a dream, none can be recalled, and none is there twice', async () => {
    const world = sleepWorld({
      settings: (settings) => Object.assign(settings.sleep, { mineDays: 2, deepEvery: 1_000 }),
    });
    const all = new Map<string, Memory>();
    for (let n = 0; n < 200; n++) {
      if (n % 10 === 0) await world.days(12, n + 1);
      await sleepOnce(world, world.sleeper, 'request', 'always');
      for (const each of await world.store.memories({ kinds: ['dream'], limit: 100 })) all.set(each.id, each);
    }
    expect(all.size).toBeGreaterThan(20);
    const items = await world.store.recentItems({}, 100_000);
    expect(items.filter(({ id }) => all.has(id))).toEqual([]);
    const cited = (await Promise.all([...all.keys()].map((id) => world.store.evidenceOf(id)))).flat();
    expect(cited.length).toBeGreaterThan(0);
    expect(cited.filter(({ id }) => all.has(id))).toEqual([]);
    expect(new Set([...all.values()].map((each) => each.key)).size).toBe(all.size);
    expect((await world.store.lexical([{ text: 'perhaps' }], {}, 10)).length).toBe(0);
  });

  it('[SL4.9] is given no dream, whoever thinks; of what a model imagines only what is new, testable and of seen kinds is kept', async () => {
    const shown: Memory[] = [];
    const { model } = fakeSleepModel({
      imagine: ({ memories, patterns, kinds }) => {
        shown.push(...memories, ...patterns);
        const draft = (when: object, then: object, evidence: string[]) => ({
          kind: 'learning' as const,
          text: 'Perhaps so',
          key: null,
          target: null,
          importance: 1,
          rule: { when, then, withinMs: 600_000 },
          hits: 9,
          misses: 0,
          evidence: evidence.map((id) => ({ kind: 'memory' as const, id, at: 1, snapshot: 'x' })),
          expiresInDays: null,
        });
        const named = (target: string) => kinds.find((each) => each.matcher.target === target)?.matcher ?? {};
        const [one, other] = [named('src/a.ts'), named('README.md')];
        return answer([
          draft(one, other, ['01DREAM', 'invented']),
          draft(one, one, []),
          draft(one, { type: 'invented', target: 'nowhere' }, []),
          draft(one, other, []),
        ]);
      },
    });
    const world = sleepWorld({ model: () => model });
    await world.store.changeMemories([
      remember(
        memory('01DREAM', {
          kind: 'dream',
          validation: 'needs-validation',
          key: 'd',
          rule: { when: a, then: b, withinMs: 1 },
        }),
      ),
      remember(pattern('01P', a, b)),
      remember(memory('01L')),
    ]);
    await world.episodeOf([{ target: 'src/a.ts' }, { target: 'README.md' }]);
    await sleepOnce(world, world.sleeper, 'request', 'always');
    expect(shown.map((each) => each.id).sort()).toEqual(['01L', '01P']);
    const made = (await world.store.memories({ kinds: ['dream'], limit: 10 })).filter((each) => each.id !== '01DREAM');
    expect(made).toMatchObject([
      { importance: 0.3, hits: 0, validation: 'needs-validation', reasoner: model.reasoner },
    ]);
    const evidence = await world.store.evidenceOf(made[0]?.id ?? '');
    expect(evidence.length).toBeGreaterThan(0);
    expect(evidence.map((each) => each.id)).not.toContain('01DREAM');
    expect(evidence.map((each) => each.id)).not.toContain('invented');
  });

  it('[SL4.10] with too little to dream of it says so', async () => {
    const world = sleepWorld();
    const sleep = await sleepOnce(world, world.sleeper, 'request', 'always');
    expect(sleep.phases.find((each) => each.phase === 'dream')).toMatchObject({
      made: {},
      note: 'Nothing came together that could be tested.',
    });
  });

  it('[SL4.11] what nothing could test in its time has expired', async () => {
    const world = sleepWorld();
    const dream = (id: string, expiresAt: number) =>
      remember(
        memory(id, {
          kind: 'dream',
          validation: 'needs-validation',
          key: id,
          rule: { when: a, then: b, withinMs: 1 },
          expiresAt,
        }),
      );
    await world.store.changeMemories([dream('01OLD', world.clock.now()), dream('01NEW', world.clock.now() + dayMs)]);
    const sleep = await sleepOnce(world, world.sleeper, 'request');
    expect((await world.store.memory('01OLD'))?.validation).toBe('expired');
    expect((await world.store.memory('01NEW'))?.validation).toBe('needs-validation');
    expect(sleep.digest?.lines.map((each) => each.text)).toEqual([
      '1 dream could not be tested in time and was let go.',
    ]);
  });
});
