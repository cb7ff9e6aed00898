import { describe, expect, it } from 'vitest';
import type { Failure, Result } from '../../core/errors.ts';
import { createEmbeddingDesk } from '../../core/host/embedding-desk.ts';
import type { Embedder, Usage } from '../../core/ports.ts';
import { gatewayWorld } from '../think/gateway-world.ts';
import { silentLog, transient } from '../think/scripted-model.ts';

/** Makes vectors of its length; says what it was asked. */
function embedderDouble(name = 'vectors', over: { length?: number; contextTokens?: number | null } = {}) {
  const world = {
    length: over.length ?? 4,
    fails: null as ((texts: readonly string[]) => Failure | null) | null,
    hangs: false,
    asked: [] as string[][],
    running: 0,
    most: 0,
  };
  const embedder: Embedder = {
    name,
    traits: { place: name, remote: false, concurrency: 1, contextTokens: over.contextTokens ?? null, reasons: false },
    async embed(texts, signal): Promise<Result<{ vectors: Float32Array[]; usage: Usage | null }>> {
      world.asked.push([...texts]);
      world.running += 1;
      world.most = Math.max(world.most, world.running);
      try {
        if (world.hangs)
          await new Promise((_, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
          );
        await Promise.resolve();
        const failure = world.fails?.(texts) ?? null;
        if (failure) return { ok: false, failure };
        const vectors = texts.map((text) => new Float32Array(world.length).fill(text.length));
        return { ok: true, value: { vectors, usage: null } };
      } finally {
        world.running -= 1;
      }
    },
  };
  return { embedder, world };
}

/** What the desk needs of the store, in memory; `items` are in the order in which they were written. */
function storeDouble(count: number) {
  const items = Array.from({ length: count }, (_, at) => ({ n: at + 1, text: `item ${at + 1}` }));
  const vectors = new Map<number, { model: string; vector: Float32Array }>();
  const world = { broken: false, writes: [] as number[][], misfiled: 0, gate: Promise.resolve() };
  return {
    items,
    vectors,
    world,
    withoutVector: async (model: string, limit: number) => {
      if (world.broken) throw new Error('the disk is gone');
      const found = items
        .filter(({ n }) => vectors.get(n)?.model !== model)
        .toReversed()
        .slice(0, limit);
      await world.gate;
      return found;
    },
    setVectors: async (model: string, made: { n: number; vector: Float32Array }[]) => {
      world.writes.push(made.map(({ n }) => n));
      world.misfiled += made.filter(({ vector }) => !model.endsWith(`/${vector.length}`)).length;
      for (const { n, vector } of made) vectors.set(n, { model, vector });
    },
    vectorFigures: async (model: string) => ({
      items: items.length,
      embedded: [...vectors.values()].filter((each) => each.model === model).length,
    }),
  };
}

function desk(count: number, made: ReturnType<typeof embedderDouble> | null = embedderDouble()) {
  const { clock, gateway, spent } = gatewayWorld();
  const store = storeDouble(count);
  const now = { embedder: made?.embedder ?? null, idle: true };
  const open = () =>
    createEmbeddingDesk({
      store,
      embedder: () => now.embedder,
      stillThere: async () => true,
      gateway,
      clock,
      log: silentLog,
      idle: () => now.idle,
    });
  return {
    clock,
    store,
    now,
    spent,
    open,
    desk: open(),
    asked: () => made?.world.asked.flat() ?? [],
    world: made?.world,
  };
}

type Desk = ReturnType<typeof desk>;

/** What a question comes to, without any time passing. */
async function vectorOf({ clock, desk: embeddings }: Pick<Desk, 'clock' | 'desk'>, text: string) {
  const asking = embeddings.vectorFor(text);
  for (let turn = 0; turn < 5; turn++) await clock.pass(0);
  return asking;
}

const texts = (asked: string[]) => asked.filter((text) => text !== 'Reverie');

describe('vectors in the background', () => {
  it('[ME3.70] makes them ten at a time, newest first, one call after another, until nothing is left', async () => {
    const { clock, store, desk: embeddings, world, asked } = desk(25);
    embeddings.wake();
    await clock.pass(60_000);
    expect(store.world.writes.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(store.world.writes[0]).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
    expect(world?.most).toBe(1);
    expect(await embeddings.figures()).toEqual({ model: 'vectors/4', items: 25, embedded: 25 });
    const done = asked().length;
    await clock.pass(3_600_000);
    expect(asked()).toHaveLength(done);
    await embeddings.stop();
    expect(clock.waiting()).toBe(0);
  });

  it('[ME3.70] leaves a pause between two batches', async () => {
    const { clock, store, desk: embeddings } = desk(30);
    embeddings.wake();
    for (let waited = 0; store.world.writes.length < 1 && waited < 100; waited++) await clock.pass(100);
    await clock.pass(100);
    expect(store.world.writes).toHaveLength(1);
    await clock.pass(200);
    expect(store.world.writes).toHaveLength(2);
    await embeddings.stop();
  });

  it('[ME3.71] goes on where it was after a restart, with nothing asked twice', async () => {
    const { clock, store, desk: first, open, asked } = desk(25);
    first.wake();
    for (let waited = 0; store.world.writes.length < 1 && waited < 100; waited++) await clock.pass(100);
    await first.stop();
    expect(store.vectors.size).toBe(10);
    const second = open();
    second.wake();
    await clock.pass(60_000);
    expect(store.vectors.size).toBe(25);
    expect(new Set(texts(asked())).size).toBe(texts(asked()).length);
    await second.stop();
  });

  it('[ME3.72] begins again when something was written, also while it works, and however often it is told', async () => {
    const { clock, store, desk: embeddings } = desk(3);
    embeddings.wake();
    await clock.pass(10_000);
    expect(store.vectors.size).toBe(3);
    store.items.push({ n: 4, text: 'item 4' });
    for (let n = 0; n < 40; n++) {
      embeddings.wake();
      await clock.pass(100);
    }
    expect(store.vectors.size).toBe(4);
    await embeddings.stop();
  });

  it('[ME3.72] does not miss what is written while it looks for the last time', async () => {
    const { clock, store, desk: embeddings } = desk(1);
    embeddings.wake();
    await clock.pass(10_000);
    const gate = Promise.withResolvers<void>();
    store.world.gate = gate.promise;
    embeddings.wake();
    await clock.pass(1_000);
    store.items.push({ n: 2, text: 'item 2' });
    embeddings.wake();
    gate.resolve();
    await clock.pass(0);
    await clock.pass(5_000);
    expect(store.vectors.size).toBe(2);
    await embeddings.stop();
  });

  it('[ME3.73] does nothing without an embedder, and begins when one is there', async () => {
    const made = embedderDouble();
    const { clock, store, now, desk: embeddings, spent } = desk(3, null);
    embeddings.wake();
    await clock.pass(600_000);
    expect(await embeddings.figures()).toEqual({ model: null, items: 3, embedded: 0 });
    expect(await embeddings.vectorFor('what happened?')).toBeNull();
    expect(await spent()).toEqual([]);
    now.embedder = made.embedder;
    await clock.pass(60_000);
    expect(store.vectors.size).toBe(3);
    await embeddings.stop();
  });

  it('[ME3.73] asks nothing while nothing is there to be embedded', async () => {
    const { clock, desk: embeddings, asked } = desk(0);
    embeddings.wake();
    await clock.pass(600_000);
    expect(asked()).toEqual([]);
    await embeddings.stop();
  });

  it('[ME3.74] makes everything anew for another model, and for other lengths of the same', async () => {
    const { clock, store, now, desk: embeddings, world } = desk(12);
    embeddings.wake();
    await clock.pass(60_000);
    const other = embedderDouble('other', { length: 3 });
    now.embedder = other.embedder;
    await clock.pass(120_000);
    expect([...store.vectors.values()].every(({ model }) => model === 'other/3')).toBe(true);
    other.world.length = 6;
    store.items.push({ n: 13, text: 'one more' });
    embeddings.wake();
    await clock.pass(120_000);
    expect([...store.vectors.values()].map(({ model, vector }) => [model, vector.length])).toEqual(
      Array.from({ length: 13 }, () => ['other/6', 6]),
    );
    expect(store.world.misfiled).toBe(0);
    expect(world?.asked.length).toBeGreaterThan(0);
    await embeddings.stop();
  });

  it('[ME3.75] waits while the mind has something to do', async () => {
    const { clock, store, now, desk: embeddings } = desk(3);
    now.idle = false;
    embeddings.wake();
    await clock.pass(60_000);
    expect(store.vectors.size).toBe(0);
    now.idle = true;
    await clock.pass(10_000);
    expect(store.vectors.size).toBe(3);
    await embeddings.stop();
  });

  it('[ME3.76] waits longer after each failure, up to ten minutes, and goes on when it works again', async () => {
    const { clock, store, desk: embeddings, world } = desk(3);
    const at: number[] = [];
    if (world)
      world.fails = () => {
        at.push(clock.elapsed());
        return transient({ code: 'connection-refused' });
      };
    embeddings.wake();
    await clock.pass(7_200_000);
    const waits = at.slice(1).map((each, n) => Math.round((each - (at[n] ?? 0)) / 1_000));
    expect(waits.slice(0, 3).every((wait, n) => n === 0 || wait > (waits[n - 1] ?? 0))).toBe(true);
    expect(Math.max(...waits)).toBeLessThanOrEqual(605);
    expect(at.length).toBeLessThan(25);
    const before = at.length;
    for (let n = 0; n < 50; n++) embeddings.wake();
    await clock.pass(1_000);
    expect(at.length).toBe(before);
    if (world) world.fails = null;
    await clock.pass(1_200_000);
    expect(store.vectors.size).toBe(3);
    await embeddings.stop();
  });

  it('[ME3.76] outlives a store that throws', async () => {
    const { clock, store, desk: embeddings } = desk(3);
    store.world.broken = true;
    embeddings.wake();
    await clock.pass(60_000);
    store.world.broken = false;
    await clock.pass(600_000);
    expect(store.vectors.size).toBe(3);
    await embeddings.stop();
  });

  it('[ME3.77] leaves out a text that the server refuses by itself, and does all others', async () => {
    const { clock, store, desk: embeddings, world } = desk(25);
    if (world)
      world.fails = (asked) =>
        asked.some((text) => text === 'item 20')
          ? { class: 'permanent', code: 'request-refused', message: 'The server refused the request.' }
          : null;
    embeddings.wake();
    await clock.pass(3_600_000);
    expect(store.vectors.size).toBe(24);
    expect(store.vectors.has(20)).toBe(false);
    await embeddings.stop();
  });

  it('[ME3.78] sends at most 2,000 characters of a text, less where the window is small, and never an empty one', async () => {
    const long = `${'x'.repeat(1_999)}🧨${'y'.repeat(1_000_000)}`;
    for (const [contextTokens, most] of [
      [null, 2_000],
      [512, 1_536],
      [8_192, 2_000],
    ] as const) {
      const { clock, store, desk: embeddings, asked } = desk(0, embedderDouble('small', { contextTokens }));
      store.items.push({ n: 1, text: long }, { n: 2, text: '   ' });
      embeddings.wake();
      await clock.pass(60_000);
      expect(
        texts(asked())
          .map(({ length }) => length)
          .toSorted(),
      ).toEqual([1, most]);
      expect(asked().every((text) => text.isWellFormed() && text.trim() !== '')).toBe(true);
      await embeddings.stop();
    }
  });

  it('[ME3.79] puts the task before texts for the nomic family, and before those of no other', async () => {
    const nomic = desk(1, embedderDouble('text-embedding-nomic-embed-text-v1.5'));
    nomic.desk.wake();
    await nomic.clock.pass(60_000);
    await vectorOf(nomic, 'refund');
    expect(nomic.asked()).toContain('search_document: item 1');
    expect(nomic.asked().at(-1)).toBe('search_query: refund');
    await nomic.desk.stop();
    const other = desk(1);
    await vectorOf(other, 'refund');
    expect(other.asked()).toEqual(['refund']);
    await other.desk.stop();
  });

  it('[ME3.80] gives the vector of a question under the name that the store keeps vectors by', async () => {
    const { clock, store, desk: embeddings } = desk(2);
    embeddings.wake();
    await clock.pass(60_000);
    const found = await vectorOf({ clock, desk: embeddings }, 'what happened?');
    expect(found?.vector).toHaveLength(4);
    expect(found?.model).toBe(store.vectors.get(1)?.model);
    expect(await embeddings.vectorFor('  \n ')).toBeNull();
    await embeddings.stop();
    expect(await embeddings.vectorFor('what happened?')).toBeNull();
  });

  it('[ME3.81] gives none when that takes 300 ms, ends the request, and leaves nothing behind', async () => {
    const { clock, desk: embeddings, world } = desk(0);
    if (world) world.hangs = true;
    let over: unknown = 'waiting';
    void embeddings.vectorFor('what happened?').then((found) => (over = found));
    await clock.pass(299);
    expect(over).toBe('waiting');
    await clock.pass(1);
    expect(over).toBeNull();
    expect(world?.running).toBe(0);
    expect(clock.waiting()).toBe(0);
  });

  it('[ME3.81] gives none after a failure, and throws the reason of the caller', async () => {
    const { desk: embeddings, world, clock } = desk(0);
    if (world) world.fails = () => transient({ class: 'resource', code: 'model-load-failed' });
    expect(await vectorOf({ clock, desk: embeddings }, 'what happened?')).toBeNull();
    if (world) [world.fails, world.hangs] = [null, true];
    const caller = new AbortController();
    const asking = embeddings.vectorFor('what else?', caller.signal);
    await clock.pass(0);
    caller.abort(new Error('never mind'));
    await expect(asking).rejects.toThrow('never mind');
  });

  it('[ME3.82] stops in the middle of a call, twice, and is not woken again', async () => {
    const { clock, store, desk: embeddings, world } = desk(12);
    if (world) world.hangs = true;
    embeddings.wake();
    await clock.pass(3_000);
    expect(world?.running).toBe(1);
    await Promise.all([embeddings.stop(), embeddings.stop()]);
    expect([world?.running, clock.waiting(), store.vectors.size]).toEqual([0, 0, 0]);
    embeddings.wake();
    await clock.pass(60_000);
    expect(world?.asked).toHaveLength(1);
  });
});
