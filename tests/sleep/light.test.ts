import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Memory, Sleep, SleepStep } from '../../core/memory.ts';
import type { Store } from '../../core/ports.ts';
import { learnFrom } from '../../core/sleep/learn-from.ts';
import { minedAtKey } from '../../core/sleep/light.ts';
import { createSleeper } from '../../core/sleep/sleeper.ts';
import { episode, insight, memory, observer } from '../kit/nouns.ts';
import { answer, fakeSleepModel } from './fake-sleep-model.ts';
import { dayMs, failedTest, hourMs, passing, sleepOnce, sleepWorld } from './sleep-world.ts';

const change = (target: string) => ({ target, details: { added: 2, place: '/shop' } });
const byKey = (memories: Memory[], start: string) => memories.filter((each) => each.key?.startsWith(start));

/** How often each episode was marked, by the steps that were written. */
function countingMarks(store: Store) {
  const marked = new Map<string, number>();
  const steps: SleepStep[] = [];
  const counting: Store = {
    ...store,
    commitSleep: async (step) => {
      await store.commitSleep(step);
      steps.push(step);
      for (const id of step.consolidated) marked.set(id, (marked.get(id) ?? 0) + 1);
    },
  };
  return { counting, marked, steps };
}

describe('light sleep', () => {
  it('[SL2.1] takes all but the newest five, oldest first, in batches of twenty', async () => {
    const world = sleepWorld();
    const ids = await world.work(52);
    const { counting, steps } = countingMarks(world.store);
    await sleepOnce(world, createSleeper({ ...world.parts, store: counting }), 'cycles');
    const batches = steps.map((step) => step.consolidated).filter((each) => each.length > 0);
    expect(batches).toEqual([ids.slice(0, 20), ids.slice(20, 40), ids.slice(40, 47)]);
  });

  it('[SL2.2] takes none while fewer than ten wait beyond the newest five', async () => {
    const world = sleepWorld();
    await world.work(14);
    const early = await sleepOnce(world, world.sleeper, 'idle');
    expect(early.phases[0]?.made.episodes).toBe(undefined);
    await world.work(1);
    const later = await sleepOnce(world, world.sleeper, 'idle');
    expect(later.phases[0]?.made.episodes).toBe(10);
  });

  it('[SL2.3] marks episodes in the same step as what was learned from them', async () => {
    const world = sleepWorld();
    const { counting, steps } = countingMarks(world.store);
    for (let n = 0; n < 15; n++) await world.episodeOf([change('src/cart.ts')]);
    await sleepOnce(world, createSleeper({ ...world.parts, store: counting }), 'cycles');
    const [step] = steps.filter((each) => each.consolidated.length > 0);
    expect(step?.consolidated).toHaveLength(10);
    expect(step?.changes.some((each) => each.kind === 'remember' && each.memory.key === 'theme:src/cart.ts')).toBe(
      true,
    );
  });

  it('[SL2.4] however often and wherever sleeps are cut off, each episode is learned from exactly once and none is passed over', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ work: fc.integer({ min: 0, max: 30 }), cutAfter: fc.integer({ min: 0, max: 14 }) }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.constantFrom('interrupted', 'owner', 'shutdown', 'crash'),
        async (nights, how) => {
          const world = sleepWorld({
            settings: (settings) => Object.assign(settings.sleep, { batch: 4, keepNewest: 2 }),
          });
          const { counting, marked } = countingMarks(world.store);
          const all: string[] = [];
          for (const { work, cutAfter } of nights) {
            all.push(...(await world.work(work)));
            const waking = new AbortController();
            let steps = 0;
            const cut: Store = {
              ...counting,
              commitSleep: async (step) => {
                if (how === 'crash' && steps >= cutAfter) throw new Error('the program died');
                await counting.commitSleep(step);
                if (++steps === cutAfter && how !== 'crash') waking.abort(how);
              },
            };
            const sleeping = createSleeper({ ...world.parts, store: cut }).sleep(
              'cycles',
              { dream: 'always' },
              waking.signal,
            );
            await passing(
              world.clock,
              sleeping.catch(() => null),
            );
          }
          await sleepOnce(world, createSleeper({ ...world.parts, store: counting }), 'resumed');
          const left = await world.store.unconsolidatedCount();
          expect([...marked.values()].every((times) => times === 1)).toBe(true);
          expect([...marked.keys()].sort()).toEqual(all.slice(0, marked.size).sort());
          expect(marked.size + left).toBe(all.length);
          expect(left).toBeLessThan(12);
          const sleeps = await world.store.sleeps(50);
          const told = sleeps.flatMap((each) => each.phases).reduce((sum, each) => sum + (each.made.episodes ?? 0), 0);
          expect(told).toBe(marked.size);
          expect(sleeps.filter((each) => each.ended === null)).toEqual([]);
        },
      ),
      { seed: 24, numRuns: 40 },
    );
  });

  it('[SL2.5] a sleep that the program did not live to end is closed by the next, which goes on with it', async () => {
    const world = sleepWorld({ settings: (settings) => Object.assign(settings.sleep, { deepEvery: 1 }) });
    await world.days(20);
    let steps = 0;
    const dying: Store = {
      ...world.store,
      commitSleep: (step) =>
        ++steps > 3 ? Promise.reject(new Error('the program died')) : world.store.commitSleep(step),
    };
    await expect(sleepOnce(world, createSleeper({ ...world.parts, store: dying }), 'cycles')).rejects.toThrow('died');
    expect((await world.store.sleeps(1))[0]).toMatchObject({ endedAt: null, ended: null });
    const next = await sleepOnce(world, createSleeper(world.parts), 'cycles');
    expect(next).toMatchObject({ reason: 'resumed', ended: 'done' });
    expect(next.phases.map((each) => each.phase)).toContain('deep');
    const [, cut] = await world.store.sleeps(2);
    expect(cut).toMatchObject({ ended: 'interrupted' });
    expect(cut?.endedAt).toBeLessThanOrEqual(next.startedAt);
  });

  it('[SL2.6] learns themes, troubles with what came before them, and what was followed by the same trouble again', async () => {
    const world = sleepWorld();
    for (let n = 0; n < 15; n++)
      await world.episodeOf(
        n < 4 ? [change('src/cart.ts'), failedTest(n)] : [change(n % 2 ? 'src/cart.ts' : `src/x${n}.ts`)],
      );
    await sleepOnce(world, world.sleeper, 'cycles');
    const memories = await world.store.memories({ limit: 100 });
    expect(byKey(memories, 'theme:src/cart.ts')[0]?.text).toMatch(
      /“src\/cart\.ts” was what work was about in 7 of 10 episodes from 2026-/,
    );
    expect(byKey(memories, 'trouble:test-failed:npm test')[0]?.text).toMatch(
      /^Trouble with “npm test” 4 times .* Before it, src\/cart\.ts changed/,
    );
    expect(byKey(memories, 'link:file-changed:src/cart.ts>test-failed:npm test')[0]?.text).toMatch(
      /^4 times from .* “src\/cart\.ts” .* was soon followed by “npm test”/,
    );
    for (const each of memories.filter(({ kind, key }) => kind === 'learning' && !key?.startsWith('frequent'))) {
      expect(each.importance).toBe(0.6);
      const evidence = await world.store.evidenceOf(each.id);
      expect(evidence.length).toBeGreaterThan(0);
      expect(evidence.every((one) => one.snapshot !== '')).toBe(true);
    }
  });

  it('[SL2.7] an episode that was recalled often, or that the owner found useful, leaves what it told as a learning; what was remembered at once or led to nothing does not', async () => {
    const world = sleepWorld();
    const told = async (text: string, importance: number, verdict: 'useful' | null) => {
      const id = world.nextId();
      const { observations } = await world.episodeOf([change(`src/${text}.ts`)], {
        importance,
        insightIds: [id],
        summary: `${text} was seen`,
      });
      await world.store.commitCycle({
        ...emptyCycle,
        insights: [
          insight(id, { text: `${text} needs a look`, verdict, evidenceIds: observations.map((each) => each.id) }),
        ],
      });
    };
    await told('grave', 0.7, null);
    await told('recalled', 0.4, null);
    await told('liked', 0.35, 'useful');
    await told('slight', 0.4, null);
    await world.episodeOf([change('src/silent.ts')], { importance: 0.9, summary: 'silent was seen' });
    await world.work(14);
    const held = await world.store.heldEpisodes(100);
    const recalled = held.flatMap(({ id, summary }) => (summary.startsWith('recalled') ? [id] : []));
    for (let n = 0; n < 3; n++) await world.store.recalledNow(recalled, world.clock.now());
    await sleepOnce(world, world.sleeper, 'cycles');
    const texts = (await world.store.memories({ kinds: ['learning'], limit: 100 })).map((each) => each.text).join('\n');
    expect(texts).toContain('recalled needs a look');
    expect(texts).toContain('liked needs a look');
    expect(texts).not.toMatch(/grave|slight|silent|\d\d:\d\d: liked/);
  });

  it('[SL2.8] nothing that Reverie caused or concluded itself is learned from', async () => {
    const world = sleepWorld();
    for (let n = 0; n < 20; n++)
      await world.episodeOf([
        { type: 'second-look', target: 'src/cart.ts', trust: 'app', severity: 'error', details: {} },
      ]);
    await sleepOnce(world, world.sleeper, 'cycles');
    expect(await world.store.memories({ limit: 10 })).toEqual([]);
    expect(await world.store.unconsolidatedCount()).toBe(5);
  });

  it('[SL2.9] with a model it remembers what the model learned, as formed by the model', async () => {
    const { model } = fakeSleepModel({
      learn: (material) =>
        answer([
          {
            kind: 'learning',
            text: 'The cart is rewritten in small steps',
            key: 'model:cart',
            target: 'src/cart.ts',
            importance: 0.6,
            rule: null,
            hits: 0,
            misses: 0,
            evidence: material.flatMap(({ observations }) =>
              observations.map((each) => ({
                kind: 'observation' as const,
                id: each.id,
                at: each.occurredAt,
                snapshot: each.target,
              })),
            ),
            expiresInDays: null,
          },
        ]),
    });
    const world = sleepWorld({ model: () => model });
    await world.work(40);
    const sleep = await sleepOnce(world, world.sleeper, 'cycles');
    const [learned] = (await world.store.memories({ limit: 50 })).filter((each) => each.text.startsWith('The cart is'));
    expect(learned).toMatchObject({ reasoner: model.reasoner, sleepId: sleep.id });
    expect(sleep.phases[0]).toMatchObject({ reasoner: model.reasoner });
  });

  it('[SL2.10] what was counted over the last days becomes patterns and learnings, once, however many nights follow', async () => {
    const world = sleepWorld();
    await world.days(60);
    await sleepOnce(world, world.sleeper, 'cycles');
    const [first] = await world.store.memories({ kinds: ['pattern'], limit: 50 });
    expect(first?.rule).not.toBe(null);
    await world.days(20, 9);
    await sleepOnce(world, world.sleeper, 'cycles');
    const patterns = await world.store.memories({ kinds: ['pattern'], limit: 50 });
    expect(new Set(patterns.map((each) => each.key)).size).toBe(patterns.length);
  });

  it('[SL2.66] counts once a night, but always when the owner asks and when the clock was set back', async () => {
    const world = sleepWorld();
    await world.days(30);
    const mined = async (reason: 'idle' | 'request' | 'cycles') => {
      await world.episodeOf([change('src/cart.ts')]);
      const before = await world.store.state(minedAtKey);
      await sleepOnce(world, world.sleeper, reason);
      return (await world.store.state(minedAtKey)) !== before;
    };
    expect(await mined('idle')).toBe(true);
    world.clock.jump(5 * hourMs);
    expect(await mined('idle')).toBe(false);
    expect(await mined('request')).toBe(true);
    world.clock.jump(5 * hourMs);
    expect(await mined('idle')).toBe(false);
    world.clock.jump(2 * hourMs);
    expect(await mined('cycles'), 'a nap leaves it to the night').toBe(false);
    world.clock.jump(9 * hourMs);
    expect(await mined('idle')).toBe(true);
    world.clock.jump(20 * hourMs);
    expect(await mined('cycles')).toBe(true);
    world.clock.jump(-48 * hourMs);
    expect(await mined('idle')).toBe(true);
  });

  it('[SL2.67] leaves at most four learnings of a batch, and of trouble what came again', () => {
    const see = observer();
    const material = (n: number, targets: string[]) => ({
      episode: { ...episode(`e${n}`), importance: 0.4, strength: 1, recalled: 5 },
      observations: [
        see({ target: 'src/cart.ts', details: { place: '/shop' } }),
        ...targets.map((target) => see({ ...failedTest(n), target }, { source: 'ci' })),
      ],
      insights: [{ id: `i${n}`, text: `src/part-${n}.ts needs a look`, importance: 0.4, verdict: 'useful' as const }],
    });
    const all = Array.from({ length: 20 }, (_, n) => material(n, ['npm test', 'make check', 'cargo test']));
    const keys = learnFrom(all).map((each) => each.key?.split(':')[0]);
    expect(keys).toEqual(['trouble', 'trouble', 'link', 'link']);
    const once = learnFrom([material(1, ['npm test']), ...Array.from({ length: 3 }, (_, n) => material(n + 2, []))]);
    expect(once.filter((each) => each.key?.startsWith('trouble'))).toEqual([]);
  });

  it('[SL2.68] takes for a theme only what is clearly above the rest', () => {
    const see = observer();
    const batch = (targets: string[][]) =>
      learnFrom(
        targets.map((each, n) => ({
          episode: { ...episode(`e${n}`), importance: 0.3, strength: 1, recalled: 0 },
          observations: each.map((target) => see({ target })),
          insights: [],
        })),
      ).map((each) => each.key);
    const both = Array.from({ length: 10 }, () => ['src/cart.ts', 'src/order.ts']);
    expect(batch(both)).toEqual([]);
    expect(batch(both.map((each, n) => (n < 6 ? each : ['src/cart.ts'])))).toEqual(['theme:src/cart.ts']);
    expect(batch(both.map((_, n) => [n < 3 ? 'src/cart.ts' : `src/x${n}.ts`]))).toEqual([]);
  });

  it('[SL2.11] reads what it counts in pages and lets the others take their turn in between', async () => {
    const world = sleepWorld();
    await world.days(30);
    const limits: number[] = [];
    const watched: Store = {
      ...world.store,
      briefs: (query) => {
        limits.push(query.limit);
        return world.store.briefs(query);
      },
    };
    let turns = 0;
    const clock = { ...world.clock, after: (ms: number, call: () => void) => (turns++, world.clock.after(ms, call)) };
    await sleepOnce(world, createSleeper({ ...world.parts, clock, store: watched }), 'cycles');
    expect(Math.max(...limits)).toBe(2_000);
    expect(turns).toBeGreaterThan(3);
  });

  it('[SL2.12] what has been learned from loses a tenth in each pass and leaves short-term memory when too little is left; what waits stays', async () => {
    const world = sleepWorld();
    const all = await world.work(20);
    const [oldest = '', newest = ''] = [all[0], all.at(-1)];
    const strengthOf = async (id: string) =>
      (await world.store.heldEpisodes(100)).find((each) => each.id === id)?.strength;
    await sleepOnce(world, world.sleeper, 'cycles');
    expect(await strengthOf(oldest)).toBeCloseTo(0.9);
    expect(await strengthOf(newest)).toBe(1);
    for (let n = 0; n < 20; n++) await sleepOnce(world, world.sleeper, 'request');
    expect(await strengthOf(oldest)).toBeCloseTo(0.9 ** 21);
    await sleepOnce(world, world.sleeper, 'request');
    expect(await strengthOf(oldest)).toBe(undefined);
    expect(await world.store.heldEpisodes(100)).toHaveLength(5);
  });

  it('[SL2.13] short-term memory keeps the newest hundred; none leaves it without being learned from', async () => {
    const world = sleepWorld();
    await world.work(130);
    await sleepOnce(world, world.sleeper, 'cycles');
    expect(await world.store.heldEpisodes(1_000)).toHaveLength(100);
    const waiting = sleepWorld({ settings: (settings) => Object.assign(settings.sleep, { keepNewest: 125 }) });
    await waiting.work(130);
    await sleepOnce(waiting, waiting.sleeper, 'cycles');
    expect(await waiting.store.heldEpisodes(1_000)).toHaveLength(130);
  });

  it('[SL2.14] settles what was expected and is overdue by what was seen, and scores the pattern that expected it', async () => {
    const world = sleepWorld();
    const rule = {
      when: { type: 'file-changed', target: 'src/cart.ts' },
      then: { type: 'test-failed', target: 'npm test' },
      withinMs: hourMs,
    };
    await world.store.changeMemories([
      { kind: 'remember', memory: memory('01PATTERN', { kind: 'pattern', rule, validation: 'seen' }), evidence: [] },
    ]);
    const since = world.clock.now();
    const expectation = {
      id: '01EXPECTED',
      of: 'pattern' as const,
      ofId: '01PATTERN',
      causeId: null,
      since,
      dueAt: since + hourMs,
      wants: rule.then,
      words: '',
      confidence: 0.7,
    };
    await world.store.commitCycle({ ...emptyCycle, expectations: [expectation] });
    await world.episodeOf([failedTest(1)]);
    world.clock.jump(3 * hourMs);
    await sleepOnce(world, world.sleeper, 'idle');
    expect(await world.store.openExpectations(10)).toEqual([]);
    expect(await world.store.memory('01PATTERN')).toMatchObject({ hits: 1, misses: 0 });
  });

  it('[SL2.15] days, weeks and months that are over are summed up once, longer ones from shorter ones', async () => {
    const world = sleepWorld();
    for (let day = 0; day < 40; day++) {
      await world.episodeOf([change(`src/day-${day}.ts`)], { summary: `src/day-${day}.ts changed` });
      world.clock.jump(dayMs - 61_000 - 1_000);
      if (day % 3 === 0) await sleepOnce(world, world.sleeper, 'idle');
    }
    await sleepOnce(world, world.sleeper, 'idle');
    const days = await world.store.summaries('day', 100);
    const weeks = await world.store.summaries('week', 100);
    const months = await world.store.summaries('month', 100);
    expect(days).toHaveLength(40);
    expect(days.at(-1)?.text).toContain('src/day-0.ts changed');
    expect(weeks.map((each) => new Date(each.from).getDay())).toEqual([1, 1, 1, 1, 1]);
    expect(weeks[0]?.text).toContain('src/day-2');
    expect(months).toHaveLength(1);
    expect(months[0]?.text).toContain('src/day-');
    for (const each of [...days, ...weeks, ...months]) expect(each.until).toBeLessThanOrEqual(world.clock.now());
  });

  it('[SL2.16] repeated mistakes of decisions become lessons', async () => {
    const world = sleepWorld();
    for (let n = 0; n < 3; n++) {
      const { id, observations } = await world.episodeOf([failedTest(n)], { targets: ['npm test'] });
      const since = world.clock.now();
      const wants = { severity: 'error' as const, target: 'npm test', source: 'ci', absent: true };
      const expectation = {
        id: world.nextId(),
        of: 'decision' as const,
        ofId: id,
        causeId: observations[0]?.id ?? null,
        since,
        dueAt: since + hourMs,
        wants,
        words: 'No further error on npm test.',
        confidence: 0.8,
      };
      await world.store.commitCycle({ ...emptyCycle, expectations: [expectation] });
      await world.episodeOf([failedTest(n + 10)]);
      world.clock.jump(3 * hourMs);
    }
    const sleep: Sleep = await sleepOnce(world, world.sleeper, 'idle');
    const [lesson] = await world.store.memories({ kinds: ['lesson'], limit: 5 });
    expect(lesson?.text).toContain('No further error on npm test');
    expect(sleep.phases[0]?.made.lessons).toBe(1);
  });
});

const emptyCycle = {
  attended: [],
  episode: null,
  insights: [],
  proposals: [],
  watches: [],
  changes: [],
  recalled: [],
  expectations: [],
  settled: [],
  state: {},
};
