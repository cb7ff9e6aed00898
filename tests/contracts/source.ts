import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MarkReader, Sink, Source, SourceHealth } from '../../core/ports.ts';
import type { Json, Mark, ObservationDraft } from '../../core/types.ts';
import { waitFor } from '../kit/wait-for.ts';

/** A world that a source watches, as one test needs it. */
export interface SourceBench {
  /** A new source over the same world, as after a restart of the program. */
  open(): Source;
  /** Makes one new change in the world each time; returns how to know the draft that tells it. */
  change(): Promise<(draft: ObservationDraft) => boolean>;
  /** Takes away what the source watches (the folder, the repository). */
  takeAway(): Promise<void>;
  end(): Promise<void>;
}

/** A sink that keeps what it is given, over marks that live as long as `marks` does. */
export function memorySink(marks: Map<string, Json> = new Map()) {
  const drafts: ObservationDraft[] = [];
  const remembered: Mark[] = [];
  const health: SourceHealth[] = [];
  let durable = true;
  const write = (given: Mark[]) => {
    if (!durable) return;
    for (const { key, value } of given) {
      if (value === null) marks.delete(key);
      else marks.set(key, value);
    }
  };
  const sink: Sink = {
    offer(draft) {
      drafts.push(draft);
      write(draft.marks ?? []);
    },
    remember(given) {
      remembered.push(...given);
      write(given);
    },
    health: (state) => void health.push(state),
  };
  const reader: MarkReader = {
    page: async (afterKey, limit) =>
      [...marks]
        .filter(([key]) => key > afterKey)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([key, value]) => ({ key, value })),
    get: async (key) => marks.get(key) ?? null,
  };
  return {
    sink,
    reader,
    marks,
    drafts,
    remembered,
    health,
    state: () => health.at(-1)?.state,
    /** From now on nothing reaches the marks, as when the program dies before the write. */
    crash: () => {
      durable = false;
    },
  };
}

/** What every source does, whatever it watches. */
export function sourceContract(name: string, make: () => Promise<SourceBench>): void {
  describe(`${name} as a source`, () => {
    let bench: SourceBench;
    let started: Source[];
    beforeEach(async () => {
      bench = await make();
      started = [];
    });
    afterEach(async () => {
      for (const source of started) await source.stop();
      await bench.end();
    });
    /** One run of the program: a source, started with these marks. */
    async function run(marks?: Map<string, Json>) {
      const kept = memorySink(marks);
      const source = bench.open();
      started.push(source);
      await source.start(kept.sink, kept.reader);
      return { ...kept, source };
    }

    it('[OB1.1] keeps its id and kind from one run to the next', () => {
      const [first, second] = [bench.open(), bench.open()];
      expect(second.id).toBe(first.id);
      expect(second.kind).toBe(first.kind);
      expect(first.id.startsWith(`${first.kind}:`)).toBe(true);
    });

    it('[OB1.2] takes what it finds at the first start as known and tells nothing of it', async () => {
      const kept = await run();
      expect(kept.drafts).toEqual([]);
      expect(kept.marks.size).toBeGreaterThan(0);
      expect(kept.state()).toBe('watching');
    });

    it('[OB1.3] tells a change that happens while it runs, once', async () => {
      const kept = await run();
      const tells = await bench.change();
      await waitFor('the change to be told', () => kept.drafts.some(tells));
      await kept.source.rescan();
      expect(kept.drafts.filter(tells)).toHaveLength(1);
    });

    it('[OB1.4] tells nothing at a later start when nothing changed', async () => {
      const first = await run();
      await first.source.stop();
      const second = await run(first.marks);
      expect(second.drafts).toEqual([]);
    });

    it('[OB1.5] has told a change made while it was off when its start resolves, and never again', async () => {
      const first = await run();
      await first.source.stop();
      const tells = await bench.change();
      const second = await run(first.marks);
      expect(second.drafts.filter(tells)).toHaveLength(1);
      await second.source.stop();
      const third = await run(second.marks);
      expect(third.drafts).toEqual([]);
    });

    it('[OB1.6] tells again what was not durable when the program died', async () => {
      const first = await run();
      first.crash();
      const tells = await bench.change();
      await waitFor('the change to be told', () => first.drafts.some(tells));
      await first.source.stop();
      const second = await run(first.marks);
      expect(second.drafts.filter(tells)).toHaveLength(1);
    });

    it('[OB1.7] finds a change by looking again, and offers it before the look resolves', async () => {
      const kept = await run();
      const tells = await bench.change();
      await kept.source.rescan();
      expect(kept.drafts.filter(tells)).toHaveLength(1);
    });

    it('[OB1.8] offers nothing after its stop, which may be asked for twice and at any time', async () => {
      const kept = await run();
      await Promise.all([kept.source.stop(), kept.source.stop()]);
      const told = kept.drafts.length;
      await bench.change();
      await kept.source.rescan();
      await kept.source.stop();
      expect(kept.drafts).toHaveLength(told);
      const hurried = bench.open();
      const starting = hurried.start(memorySink().sink, memorySink().reader);
      await hurried.stop();
      await starting;
    });

    it('[OB1.9] leaves no thread, process or timer behind', async () => {
      const before = resources();
      const kept = await run();
      const tells = await bench.change();
      await waitFor('the change to be told', () => kept.drafts.some(tells));
      await kept.source.stop();
      await waitFor('everything it started to end', () => resources() <= before);
    });

    it('[OB1.10] says what is wrong and what to do when there is nothing to watch, and does not throw', async () => {
      await bench.takeAway();
      const kept = await run();
      await waitFor('a health that says so', () => kept.state() === 'failed' || kept.state() === 'degraded');
      expect(kept.health.at(-1)?.message).not.toBe('');
      expect(kept.health.at(-1)?.remedy).toBeTruthy();
      expect(kept.drafts).toEqual([]);
    });

    it('[OB1.11] offers plain data, and marks with every draft', async () => {
      const kept = await run();
      const tells = await bench.change();
      const draft = await waitFor('the change to be told', () => kept.drafts.find(tells));
      expect(JSON.parse(JSON.stringify(draft))).toEqual(draft);
      expect(draft.marks?.length).toBeGreaterThan(0);
      expect(draft.target).not.toBe('');
    });
  });
}

/** Threads, processes, watchers and timers of this process that keep it alive. */
function resources(): number {
  const kinds = ['MessagePort', 'Worker', 'ProcessWrap', 'FSEventWrap', 'StatWatcher'];
  return process.getActiveResourcesInfo().filter((kind) => kinds.includes(kind)).length;
}
