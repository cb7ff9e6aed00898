import { describe, expect, it } from 'vitest';
import { boundsOf, createChores } from '../../core/host/chores.ts';
import { createLife } from '../../core/loop/life.ts';
import type { TidyBounds } from '../../core/memory.ts';
import { defaultSettings } from '../../core/settings.ts';
import type { ObservationDraft } from '../../core/types.ts';
import { fakeClock } from '../kit/clock.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { cycleRecord, memory, noon } from '../kit/nouns.ts';
import { silentLog } from '../think/scripted-model.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** Chores over the real store; `more` is how often a round of tidying has more to do. */
function choresWorld(options: { more?: () => boolean; tidy?: () => Promise<void> } = {}) {
  const clock = fakeClock(noon);
  const store = memoryStore();
  const life = createLife();
  life.send('recover');
  life.send('wake');
  const settings = defaultSettings();
  const seen = {
    written: [] as ObservationDraft[],
    tidied: [] as TidyBounds[],
    buried: [] as number[],
    considered: 0,
    looks: 0,
  };
  const warned: string[] = [];
  const chores = createChores({
    store: {
      ...store,
      async tidy(bounds) {
        seen.tidied.push(bounds);
        await options.tidy?.();
        return { ...(await store.tidy(bounds)), more: options.more?.() ?? false };
      },
      async bury(before) {
        seen.buried.push(before);
        return store.bury(before);
      },
    },
    clock,
    log: { ...silentLog, warn: (event) => void warned.push(event) },
    life,
    settings: () => settings,
    intake: {
      async write(_source, draft) {
        seen.written.push(draft);
        return 'id';
      },
    },
    considerSleep: () => void (seen.considered += 1),
    lookAtSettings: () => void (seen.looks += 1),
  });
  return { clock, store, life, settings, seen, warned, chores };
}

describe('what is done now and then', () => {
  it('[SL1.94] [SH7.104] looks every half minute whether sleep is due, and at the settings', async () => {
    const { chores, clock, seen } = choresWorld();
    chores.start();
    await clock.pass(5 * minuteMs);
    expect([seen.considered, seen.looks]).toEqual([10, 10]);
    chores.stop();
  });

  it('[LO7.45] a second look that is due becomes an observation of its own, once; while paused it waits', async () => {
    const { chores, clock, store, life, seen } = choresWorld();
    const watch = (dueAt: number, target: string) => ({ dueAt, episodeId: 'e1', target, expected: 'no further error' });
    await store.commitCycle(
      cycleRecord({ watches: [watch(noon + minuteMs, 'src/a.ts'), watch(noon + hourMs, 'src/later.ts')] }),
    );
    life.send('pause');
    chores.start();
    await clock.pass(2 * minuteMs);
    expect(seen.written).toEqual([]);
    life.send('resume');
    await clock.pass(5 * minuteMs);
    expect(seen.written).toEqual([
      {
        type: 'second-look',
        target: 'src/a.ts',
        severity: 'info',
        trust: 'app',
        details: { expected: 'no further error', episode: 'e1' },
      },
    ]);
    chores.stop();
  });

  it('[ME4.71] tidies soon after the start and then every hour, in pieces until there is no more, and then buries', async () => {
    let left = 3;
    const { chores, clock, store, settings, seen } = choresWorld({ more: () => --left > 0 });
    await store.changeMemories([
      { kind: 'remember', memory: memory('m1'), evidence: [] },
      { kind: 'forget', id: 'm1', why: 'it faded', at: noon - 40 * dayMs },
    ]);
    chores.start();
    await clock.pass(3 * minuteMs);
    expect([seen.tidied.length, seen.buried.length]).toEqual([3, 1]);
    expect(seen.tidied[2]).toEqual(boundsOf(settings.store, noon + 2 * minuteMs));
    expect(await store.tombstones(10)).toEqual([]);
    await clock.pass(2 * hourMs);
    expect([seen.tidied.length, seen.buried.length]).toEqual([5, 3]);
    chores.stop();
  });

  it('[ME4.72] the bounds are the days of the settings, counted back from now', () => {
    const settings = {
      ...defaultSettings().store,
      observationDays: 3,
      episodeDays: 5,
      insightDays: 7,
      episodesAtMost: 1_200,
      insightsAtMost: 900,
    };
    expect(boundsOf(settings, noon)).toEqual({
      observationsBefore: noon - 3 * dayMs,
      episodesBefore: noon - 5 * dayMs,
      insightsBefore: noon - 7 * dayMs,
      episodesAtMost: 1_200,
      insightsAtMost: 900,
      historyBefore: noon - 5 * dayMs,
    });
  });

  it('[LO7.46] one that fails is logged and done again at its time', async () => {
    const { chores, clock, seen, warned } = choresWorld({ tidy: () => Promise.reject(new Error('full')) });
    chores.start();
    await clock.pass(3 * hourMs);
    expect(warned).toEqual(['task-failed', 'task-failed', 'task-failed']);
    expect([seen.tidied.length, seen.buried]).toEqual([3, []]);
    chores.stop();
  });

  it('[LO7.47] after a stop nothing is done and nothing waits, also when it came in the middle of tidying', async () => {
    const held = Promise.withResolvers<void>();
    const { chores, clock, seen } = choresWorld({ more: () => true, tidy: () => held.promise });
    chores.start();
    await clock.pass(3 * minuteMs);
    expect(seen.tidied).toHaveLength(1);
    chores.stop();
    held.resolve();
    await clock.pass(5 * hourMs);
    expect([seen.tidied.length, seen.buried.length, clock.waiting()]).toEqual([1, 0, 0]);
    expect(seen.considered).toBeLessThan(7);
  });
});
