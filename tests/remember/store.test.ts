import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openStoreThread } from '../../core/host/store-thread.ts';
import { workerUrl } from '../../core/host/worker-url.ts';
import { memoryStoreContract } from '../contracts/memory-store.ts';
import { storeContract } from '../contracts/store.ts';
import { temporaryFolder, temporaryStore } from '../kit/data-dir.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { cycleRecord, episode, insight, observer } from '../kit/nouns.ts';

async function inMemory() {
  const store = memoryStore();
  return { store, close: () => store.close() };
}

/** One thread for a whole suite: what was written is deleted before each test. */
function oneForAll() {
  let made: ReturnType<typeof temporaryStore> | null = null;
  afterAll(async () => (await made)?.close());
  return async () => {
    const { store } = await (made ??= temporaryStore());
    await store.deleteAll();
    return { store, close: async () => undefined };
  };
}

storeContract('SQLite in its thread', oneForAll());
storeContract('SQLite in memory', inMemory);
memoryStoreContract('SQLite in its thread', oneForAll());
memoryStoreContract('SQLite in memory', inMemory);

describe('Store on SQLite', () => {
  const cleanups: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const clean of cleanups.splice(0)) await clean();
  });
  const fresh = async () => {
    const made = await temporaryStore();
    cleanups.push(made.close);
    return made;
  };

  it('[OB5.4] keeps everything when it is opened again, marks and pending observations included', async () => {
    const { store, open } = await fresh();
    const one = observer()();
    await store.append({
      entries: [{ observation: one, mergeInto: null }],
      marks: [{ source: 's', marks: [{ key: 'k', value: 1 }] }],
    });
    await store.close();
    const again = await open();
    cleanups.unshift(() => again.close());
    expect(await again.take(5)).toEqual([one]);
    expect(await again.mark('s', 'k')).toBe(1);
  });

  it('[OB5.5] a batch is written whole or not at all', async () => {
    const { store } = await fresh();
    const good = observer()();
    const bad = { ...observer()(), id: 'bad', severity: null as unknown as 'info' };
    await expect(
      store.append({ entries: [good, bad].map((observation) => ({ observation, mergeInto: null })), marks: [] }),
    ).rejects.toThrow(/severity/);
    expect((await store.counts()).observations).toBe(0);
  });

  it('[ME1.3] finds insights, episodes and notes by their words, whatever the query holds', async () => {
    const { store } = await fresh();
    const note = observer()({
      type: 'note-written',
      trust: 'owner',
      details: { text: 'the checkout fails on Safari' },
    });
    await store.append({ entries: [{ observation: note, mergeInto: null }], marks: [] });
    await store.commitCycle(
      cycleRecord({
        insights: [insight('i1', { text: 'checkout.ts grew by 40 lines' })],
        episode: episode('e1', { summary: 'naïve café' }),
      }),
    );
    const find = async (word: string) =>
      (await store.lexical([{ text: word }], {}, 10)).map(({ item }) => item.kind).sort();
    expect(await find('checkout')).toEqual(['insight', 'note']);
    expect(await find('cafe')).toEqual(['episode']);
    for (const odd of ['"', 'AND OR NOT', '*', "'; DROP TABLE insights; --", '(((', '😀', '', 'a'.repeat(5000)])
      await find(odd);
    expect((await store.counts()).insights).toBe(1);
  });

  it('[ME5.1] refuses a database whose history it does not know, and says what to do', async () => {
    const { store, file, open } = await fresh();
    await store.close();
    const db = new Database(file);
    db.prepare("INSERT INTO migrations VALUES (99, 'from the future', '')").run();
    db.close();
    await expect(open()).rejects.toThrow(/another version.*from the future.*another data folder/s);
  });

  it('[ME5.2] rejects a file that is no database, with SQLite’s own code', async () => {
    const folder = temporaryFolder();
    cleanups.push(folder.remove);
    const file = join(folder.path, 'reverie.db');
    writeFileSync(file, 'this is no database at all, but it is long enough to look like a header of one '.repeat(20));
    await expect(
      openStoreThread({ file, workerUrl: workerUrl('store'), onLost: () => undefined }),
    ).rejects.toMatchObject({ code: 'SQLITE_NOTADB' });
  });
});
