import fc from 'fast-check';
import { expect, it } from 'vitest';
import { idMaker } from '../../core/ids.ts';
import { createIntake, type Intake } from '../../core/observe/intake.ts';
import { noteDraft } from '../../core/observe/sources/notes.ts';
import type { AppendBatch, Sink, Store } from '../../core/ports.ts';
import { defaultSettings } from '../../core/settings.ts';
import type { Observation } from '../../core/types.ts';
import { fakeClock, seededRandom } from '../kit/clock.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { cycleRecord, draft, salience } from '../kit/nouns.ts';
import { noLog, sum } from './intake-world.ts';

/**
 * A world of two sources with four things each. A thing only ever grows; a source offers by how much it grew since it last looked, with a
 * mark of how far it has looked, as a source of files does with its sizes. After a crash a new source reads the marks and offers what they
 * do not show. Then for every thing: what the stored observations add up to is what it grew, however they were merged, folded and retried.
 */
const sources = ['s0', 's1'] as const;
const things = 4;
/** Each thing counts in a digit of its own, so that the sum inside a burst still tells them apart. */
const digit = (thing: number) => 1_000 ** thing;

type Step =
  | { do: 'grow'; source: number; thing: number; by: number; burst: number }
  | { do: 'cursor'; source: number }
  | { do: 'pass'; ms: number }
  | { do: 'jump'; ms: number }
  | { do: 'note' | 'think' | 'flush' | 'crash' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('grow' as const),
      source: fc.nat(1),
      thing: fc.nat(things - 1),
      by: fc.constantFrom(1, 2),
      burst: fc.nat(2),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cursor' as const), source: fc.nat(1) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(5, 40, 110, 350, 3_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('jump' as const), ms: fc.constantFrom(-60_000, 60_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('note' as const, 'think' as const, 'flush' as const, 'crash' as const),
    }),
  },
);

/** How much every thing of a source grew according to these rows. */
function toldOf(rows: readonly Observation[], source: string): number[] {
  const total = sum(
    rows
      .filter((row) => row.details.origin === source || row.details.place === source)
      .map((row) => {
        // A burst holds the sum of its members; equal bursts may have merged.
        const times = row.type === 'burst' ? row.count / Number(row.details.total) : row.count;
        return times * Number(row.details.added ?? 0);
      }),
  );
  return Array.from({ length: things }, (_, thing) => Math.floor(total / digit(thing)) % 1_000);
}

async function live(steps: readonly Step[], seed: number): Promise<void> {
  const store = memoryStore();
  const clock = fakeClock();
  const draw = seededRandom(seed).stream('store');
  const nextId = idMaker(clock, seededRandom(seed));
  const settings = { ...defaultSettings().intake, buffer: 10, burstSize: 3 };
  const grown = sources.map(() => Array.from({ length: things }, () => 0));
  let healthy = false;
  let notes = 0;
  let committed = 0;
  const wrong: string[] = [];
  let life = await begin(false);

  const rows = async () => (await store.recentObservations(100_000)) as Observation[];

  /** One run of the program: its own door to the store, which closes at the crash; what is under way then is written or not, by chance. */
  async function begin(afterCrash: boolean) {
    const door = { open: true, committed: 0 };
    const apply = async (batch: AppendBatch) => {
      const answer = await store.append(batch);
      const count = sum(batch.entries.map((each) => each.observation.count));
      door.committed += count;
      committed += count;
      await checkMarks();
      return answer;
    };
    const append: Store['append'] = async (batch) => {
      const chance = healthy ? 1 : draw();
      if (!door.open) return new Promise(() => undefined);
      if (chance < 0.25) throw new Error('disk full');
      if (chance < 0.5) await new Promise<void>((resolve) => clock.after(chance * 400, resolve));
      if (!door.open && chance < 0.4) return new Promise(() => undefined);
      const answer = await apply(batch);
      return door.open ? answer : new Promise(() => undefined);
    };
    const intake: Intake = createIntake({
      store: { append },
      clock,
      nextId,
      settings: () => settings,
      log: noLog,
      onWritten: () => undefined,
      onTrouble: () => undefined,
    });
    const sinks = sources.map((id) => intake.sink({ id, kind: 'files' }));
    const run = { door, intake, sinks, seen: grown.map((each) => [...each]), notes: 0 };
    if (afterCrash)
      for (const [n, id] of sources.entries())
        for (let thing = 0; thing < things; thing++) {
          run.seen[n]![thing] = Number((await store.mark(id, `t${thing}`)) ?? 0);
          look(run, n, thing, 0);
        }
    return run;
  }

  /** The source looks at one thing and offers by how much it grew. */
  function look(
    run: { sinks: Pick<Sink, 'offer' | 'remember'>[]; seen: number[][] },
    source: number,
    thing: number,
    burst: number,
  ): void {
    const now = grown[source]![thing]!;
    const before = run.seen[source]![thing]!;
    if (now === before) return;
    run.seen[source]![thing] = now;
    const id = sources[source]!;
    run.sinks[source]!.offer(
      draft({
        target: `${id}/t${thing}`,
        details: { added: (now - before) * digit(thing), origin: id, place: id },
        marks: [{ key: `t${thing}`, value: now }],
        ...(burst > 0 ? { burst: { key: `b${burst}`, name: 'files' } } : {}),
      }),
    );
  }

  /** Marks show exactly what is told, and a remembered cursor never more. All is read at one moment: the double reads when it is asked. */
  async function checkMarks(): Promise<void> {
    const keys = [...Array.from({ length: things }, (_, thing) => `t${thing}`), 'cursor'];
    const [now, ...marks] = await Promise.all([
      rows(),
      ...sources.map((id) => Promise.all(keys.map(async (key) => Number((await store.mark(id, key)) ?? 0)))),
    ]);
    for (const [n, id] of sources.entries()) {
      const told = toldOf(now, id);
      const [cursor, ...shown] = marks[n]!.toReversed();
      if (shown.toReversed().join() !== told.join())
        wrong.push(`marks of ${id}: ${shown.toReversed().join()}, told: ${told.join()}`);
      if (cursor! > sum(told)) wrong.push(`cursor of ${id}: ${cursor}, told: ${sum(told)}`);
    }
  }

  async function take(each: Step): Promise<void> {
    if (each.do === 'grow') {
      grown[each.source]![each.thing]! += each.by;
      look(life, each.source, each.thing, each.burst);
    } else if (each.do === 'cursor')
      life.sinks[each.source]!.remember([{ key: 'cursor', value: sum(life.seen[each.source]!) }]);
    else if (each.do === 'pass') await clock.pass(each.ms);
    else if (each.do === 'jump') clock.jump(each.ms);
    else if (each.do === 'note') {
      const run = life;
      void run.intake.write('notes', noteDraft('remember the milk')).then(
        () => {
          notes += 1;
          run.notes += 1;
        },
        () => undefined,
      );
    } else if (each.do === 'think') {
      const attended = (await store.take(50)).map(({ id }) => ({ id, salience: salience() }));
      await store.commitCycle(cycleRecord({ attended }));
    } else if (each.do === 'flush') void life.intake.flush();
    else {
      life.door.open = false;
      await clock.pass(500); // what was under way reaches the store, or does not, before anything starts again
      life = await begin(true);
    }
  }

  for (const each of steps) await take(each);
  await clock.pass(1_000); // slow writes end, by success or failure
  healthy = true;
  await clock.pass(40_000); // longer than the longest wait between two tries
  await life.intake.flush();

  expect(wrong).toEqual([]);
  const stored = await rows();
  for (const [n, id] of sources.entries()) expect(toldOf(stored, id), `what ${id} told`).toEqual(grown[n]);
  const figures = life.intake.figures();
  expect(figures.waiting).toBe(0);
  expect(figures.received, 'everything offered is in a row').toBe(life.door.committed);
  expect(sum(stored.map((row) => row.count)), 'every row counts what was written into it').toBe(committed);
  expect(stored.filter((row) => row.type === 'note-written').length, 'acknowledged notes').toBeGreaterThanOrEqual(
    notes,
  );
  await life.intake.stop();
  expect(clock.waiting()).toBe(0);
}

it('[OB5.20] no accepted observation is lost or doubled and no mark runs ahead, whatever the order of offers, time, failures and crashes', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), fc.integer(), live), {
    seed: 20260601,
    numRuns: 200,
  });
});
