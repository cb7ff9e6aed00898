import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { migrations } from '../../core/remember/sql/migrations.ts';
import { openStore } from '../../core/remember/sql/store.ts';
import type { Observation } from '../../core/types.ts';
import { seededRandom } from '../kit/clock.ts';
import { temporaryFolder } from '../kit/data-dir.ts';
import {
  bounds,
  cycleRecord,
  episode,
  evidence,
  insight,
  memory,
  noon,
  observer,
  salience,
  sleepStep,
} from '../kit/nouns.ts';

const dayMs = 86_400_000;

describe('the file of the store', () => {
  const cleanups: (() => void)[] = [];
  afterEach(() => {
    for (const clean of cleanups.splice(0).reverse()) clean();
  });
  const folder = () => {
    const made = temporaryFolder('store-file');
    cleanups.push(made.remove);
    return made.path;
  };
  const opened = (file = join(folder(), 'reverie.db')) => {
    const store = openStore(file);
    cleanups.push(() => store.close());
    return { store, file };
  };
  const write = (store: ReturnType<typeof openStore>, ...observations: Observation[]) =>
    store.append({ entries: observations.map((observation) => ({ observation, mergeInto: null })), marks: [] });
  /** Every byte that is on the disk. */
  const bytesOf = (file: string) =>
    ['', '-wal']
      .filter((suffix) => existsSync(file + suffix))
      .map((suffix) =>
        readFileSync(file + suffix)
          .toString('latin1')
          .toLowerCase(),
      )
      .join('');
  const filler = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      kind: 'remember' as const,
      memory: memory(`f${n}`, {
        text: `filler number ${n} about badgers ${'and more '.repeat(n % 30)}`,
        key: `key ${n}`,
      }),
      evidence: [evidence(`o${n}`)],
    }));

  it('[ME5.34] not one byte of a deleted memory stays in file or log, whatever became of it before', () => {
    const { store, file } = opened();
    store.changeMemories(filler(300));
    const secret = 'zyxotter zyxbadger';
    const remember = {
      kind: 'remember' as const,
      memory: memory('m1', { text: secret, key: 'zyxkey', target: 'zyxtarget' }),
      evidence: [evidence('o1', { snapshot: 'zyxsnapshot' })],
    };
    store.changeMemories([
      remember,
      { kind: 'remember', memory: memory('m2'), evidence: [evidence('m1', { kind: 'memory', snapshot: secret })] },
    ]);
    store.changeMemories(
      filler(300).map((each) => ({ ...each, memory: { ...each.memory, id: `g${each.memory.id}`, key: null } })),
    );
    store.changeMemories([{ kind: 'forget', id: 'm1', why: 'zyxwhy', at: noon }]);
    store.bringBack('m1', noon);
    store.correctMemory('m1', 'zyxcorrected', noon);
    expect(bytesOf(file)).toContain('zyxotter');
    expect(store.deleteMemory('m1')).toBe(true);
    expect(bytesOf(file)).not.toContain('zyx');
    expect(bytesOf(file)).toContain('filler number');
    expect([store.checkIntegrity(), store.counts().memories]).toEqual([null, 601]);
  });

  it('[ME5.35] not one byte of a deleted note stays, though it was an observation and was quoted', () => {
    const { store, file } = opened();
    const see = observer();
    const note = see({ type: 'note-written', trust: 'owner', details: { text: 'zyxotter is due' } });
    write(store, note, ...Array.from({ length: 50 }, () => see()));
    store.commitCycle(
      cycleRecord({
        attended: [{ id: note.id, salience: salience() }],
        episode: episode('e1', { summary: 'you wrote “zyxotter is due”', observationIds: [note.id] }),
        insights: [insight('i1', { text: 'zyxotter matters', evidenceIds: [note.id] })],
      }),
    );
    expect(bytesOf(file)).toContain('zyxotter');
    store.deleteMemory(note.id);
    expect(bytesOf(file)).not.toContain('zyx');
  });

  it('[ME5.36] an erasing that was cut short is finished with the next care', () => {
    const { store, file } = opened();
    store.changeMemories([{ kind: 'remember', memory: memory('m1', { text: 'zyxotter' }), evidence: [] }]);
    const reader = new Database(file, { readonly: true });
    const reading = reader.prepare('SELECT text FROM memories').iterate();
    reading.next();
    try {
      store.deleteMemory('m1');
    } catch {
      // A reader in the way may also refuse the rewriting as a whole.
    }
    expect(store.memory('m1')).toBeNull();
    expect(bytesOf(file)).toContain('zyxotter');
    reading.return?.();
    reader.close();
    store.tidy(bounds());
    expect(bytesOf(file)).not.toContain('zyx');
  });

  it('[ME5.37] deleting everything leaves a file as small as a new one, without a word of the old', () => {
    const { store, file } = opened();
    const fresh = store.bytes();
    store.changeMemories(filler(2_000));
    write(store, ...Array.from({ length: 2_000 }, observer().bind(null, {}, {})));
    expect(store.bytes()).toBeGreaterThan(fresh * 3);
    store.deleteAll();
    expect(store.bytes()).toBeLessThan(fresh * 1.2);
    expect(bytesOf(file)).not.toMatch(/filler|src\/a\.ts/);
  });

  it('[ME7.32] a backup is whole, compact, for the owner’s eyes only, and replaces an older one only when it is done', () => {
    const { store, file } = opened();
    store.changeMemories(filler(50));
    const to = join(folder(), 'backup.db');
    store.backup(to);
    store.changeMemories([{ kind: 'remember', memory: memory('m1'), evidence: [] }]);
    store.backup(to);
    expect(statSync(to).mode & 0o777).toBe(0o600);
    const copy = opened(to).store;
    expect([copy.checkIntegrity(), copy.counts()]).toEqual([null, store.counts()]);
    expect(copy.lexical([{ text: 'badgers' }], {}, 99)).toHaveLength(50);
    expect(existsSync(`${file}-wal`)).toBe(true);
  });

  it('[ME7.33] a backup that fails leaves the old one and no half one, and says why', () => {
    const { store } = opened();
    const place = folder();
    const to = join(place, 'backup.db');
    mkdirSync(to);
    expect(() => store.backup(to)).toThrow();
    expect(() => store.backup(join(place, 'nowhere', 'backup.db'))).toThrow();
    expect(readdirSync(place)).toEqual(['backup.db']);
  });

  it('[ME7.34] damage is found by looking at every page; a large file is not held up by that when it is opened', () => {
    const place = folder();
    const file = join(place, 'reverie.db');
    const first = openStore(file);
    const text = 'x'.repeat(9_000);
    first.changeMemories(
      filler(1_200).map((each) => ({ ...each, memory: { ...each.memory, text: `${each.memory.id} ${text}` } })),
    );
    first.close();
    const bytes = readFileSync(file);
    expect(bytes.length).toBeGreaterThan(8 * 1024 * 1024);
    bytes.fill(7, bytes.length >> 1, (bytes.length >> 1) + 40_960);
    writeFileSync(file, bytes);
    const { store } = opened(file);
    expect(store.checkIntegrity()).toMatch(/./);
  });

  it('[ME7.35] whatever bytes are broken, opening either works or refuses with the code of the database', () => {
    const file = join(folder(), 'reverie.db');
    const first = openStore(file);
    first.changeMemories(filler(100));
    first.close();
    const sound = readFileSync(file);
    const draw = seededRandom(11).stream('bytes');
    for (let round = 0; round < 40; round++) {
      const bytes = Buffer.from(round % 8 === 0 ? sound.subarray(0, Math.floor(draw() * sound.length)) : sound);
      for (let n = 0; n < 1 + draw() * 200 && bytes.length > 0; n++)
        bytes[Math.floor(draw() * bytes.length)] = Math.floor(draw() * 256);
      writeFileSync(file, bytes);
      try {
        const store = openStore(file);
        store.checkIntegrity();
        store.close();
      } catch (thrown) {
        expect(String((thrown as { code?: string }).code), `round ${round}: ${String(thrown)}`).toMatch(
          /^SQLITE_(CORRUPT|NOTADB)/,
        );
      }
    }
  });

  it('[ME7.36] a store of the first version is carried over: its notes become memories, and all is found as before', () => {
    const file = join(folder(), 'reverie.db');
    const old = new Database(file);
    old.exec('CREATE TABLE migrations (n INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)');
    old.exec(migrations[0]!.sql);
    old.prepare('INSERT INTO migrations VALUES (1, ?, ?)').run(migrations[0]!.name, '2026-06-01');
    old.exec(`
      INSERT INTO observations (id, occurred_at, source, type, target, severity, priority, details, fingerprint, trust, count, first_at, last_at, status)
        VALUES ('n1', ${noon}, 'notes', 'note-written', 'note', 'info', 5, '{"text":"otters are due"}', 'f', 'owner', 1, ${noon}, ${noon}, 1);
      INSERT INTO episodes VALUES ('e1', ${noon}, ${noon}, 'observation', 'badgers dug', '["n1"]', '["i1"]',
        '{"action_type":"observe"}', 'observed', '{"kind":"rules","name":"rules"}');
      INSERT INTO insights VALUES ('i1', 'foxes slept', '["n1"]', 0.9, 0.5, ${noon}, '{"kind":"rules","name":"rules"}', NULL);
      INSERT INTO search (text, kind, id, at) VALUES
        ('otters are due', 'note', 'n1', ${noon}), ('badgers dug', 'episode', 'e1', ${noon}), ('foxes slept', 'insight', 'i1', ${noon});`);
    old.close();
    const { store } = opened(file);
    expect(store.memory('n1')).toMatchObject({ kind: 'note', text: 'otters are due', trust: 'owner', importance: 0.8 });
    expect(store.evidenceOf('n1')).toMatchObject([{ kind: 'observation', id: 'n1', snapshot: 'otters are due' }]);
    const found = (text: string) =>
      store.lexical([{ text }], {}, 5).map(({ item }) => [item.kind, item.id, item.groupId]);
    expect([found('otters'), found('badgers'), found('foxes')]).toEqual([
      [['note', 'n1', null]],
      [['episode', 'e1', 'e1']],
      [['insight', 'i1', 'e1']],
    ]);
    expect(store.unconsolidated(0, 5).map((each) => each.episode.id)).toEqual(['e1']);
    expect(store.counts()).toMatchObject({ memories: 1, dreams: 0, episodes: 1 });
    expect([store.deleteMemory('n1'), store.checkIntegrity()]).toEqual([true, null]);
  });

  /** A file as a program of an earlier version left it. */
  function fileOfVersion(n: number): { file: string; db: Database.Database } {
    const file = join(folder(), 'reverie.db');
    const db = new Database(file);
    db.exec('CREATE TABLE migrations (n INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)');
    for (const step of migrations.slice(0, n)) {
      db.exec(step.sql);
      db.prepare('INSERT INTO migrations VALUES (?, ?, ?)').run(step.n, step.name, '2026-06-01');
    }
    return { file, db };
  }

  it('[ME7.66] a store of the second version is carried over: its insights are there, judged as before and none pinned', () => {
    const { file, db } = fileOfVersion(2);
    const put = db.prepare(
      `INSERT INTO insights (id, text, evidence_ids, confidence, importance, formed_at, reasoner, verdict)
       VALUES (?, ?, '["o1"]', 0.9, 0.5, ?, '{"kind":"rules","name":"rules"}', ?)`,
    );
    put.run('i1', 'foxes slept', noon, 'useful');
    put.run('i2', 'foxes woke', noon + 1, null);
    db.exec(`INSERT INTO items (kind, id, text, at, trust, importance)
      SELECT 'insight', id, text, formed_at, 'derived', 0.5 FROM insights;
      INSERT INTO search (search) VALUES ('rebuild')`);
    db.close();
    const { store } = opened(file);
    expect(store.insights({ limit: 5 }).map(({ id, verdict, pinned }) => [id, verdict, pinned])).toEqual([
      ['i2', null, false],
      ['i1', 'useful', false],
    ]);
    expect(store.insights({ limit: 5, text: 'fox slept' }).map(({ id }) => id)).toEqual(['i1']);
    expect([store.pinInsight('i2', true), store.insights({ limit: 5, pinned: true }).length]).toEqual([true, 1]);
    store.close();
    const again = opened(file).store;
    expect([again.insight('i2')?.pinned, again.checkIntegrity()]).toEqual([true, null]);
  });

  it('[ME7.67] an insight that the index over all tiers lacks, or holds only the beginning of, is found as any other', () => {
    const { store, file } = opened();
    const long = `foxes ${'x '.repeat(6_000)}otters slept`;
    store.commitCycle(
      cycleRecord({ insights: [insight('i1', { text: long }), insight('i2', { text: 'Badgers dug at the café' })] }),
    );
    store.close();
    const db = new Database(file);
    db.exec(`INSERT INTO search (search, rowid, text) SELECT 'delete', n, text FROM items WHERE id = 'i2';
      DELETE FROM items WHERE id = 'i2'`);
    db.close();
    const again = opened(file).store;
    const found = (text: string) => again.insights({ limit: 5, text }).map(({ id }) => id);
    expect([found('otter foxes'), found('CAFE badger'), found('dug otters'), found('digs')]).toEqual([
      ['i1'],
      ['i2'],
      [],
      [],
    ]);
  });

  it('[ME7.69] an insight of which a byte was lost does not take the others with it', () => {
    const { store, file } = opened();
    store.commitCycle(cycleRecord({ insights: [insight('i1', { evidenceIds: ['o1'] }), insight('i2')] }));
    store.close();
    const db = new Database(file);
    db.exec(`UPDATE insights SET evidence_ids = '["o1', reasoner = '{"kind' WHERE id = 'i1'`);
    db.close();
    const again = opened(file).store;
    expect(again.insights({ limit: 5 })).toEqual([insight('i2'), insight('i1')]);
  });

  it('[ME7.37] a file that was large gives its free pages back, bit by bit', () => {
    const { store, file } = opened();
    const see = observer();
    const many = Array.from({ length: 4_000 }, () => see({ details: { text: 'x'.repeat(1_000) } }));
    write(store, ...many);
    store.commitCycle(cycleRecord({ attended: many.map(({ id }) => ({ id, salience: salience() })) }));
    const large = store.bytes();
    for (let n = 0; n < 4; n++) store.tidy(bounds({ observationsBefore: noon + dayMs }));
    store.close();
    expect(statSync(file).size).toBeLessThan(large / 3);
  });

  it('[ME7.38] a power cut in a step of sleep leaves all of it or nothing', () => {
    const { store, file } = opened();
    store.commitCycle(cycleRecord({ episode: episode('e1') }));
    const step = sleepStep({ consolidated: ['e1'], changes: filler(3) });
    const copies: string[] = [];
    const copy = (name: string) => {
      const to = join(folder(), name);
      for (const suffix of ['', '-wal']) writeFileSync(to + suffix, readFileSync(file + suffix));
      copies.push(to);
    };
    copy('before.db');
    const walBefore = statSync(`${file}-wal`).size;
    store.commitSleep(step);
    copy('after.db');
    const wal = readFileSync(`${file}-wal`);
    for (let cut = walBefore; cut < wal.length; cut += 4_120 * 3) {
      const to = join(folder(), `cut-${cut}.db`);
      writeFileSync(to, readFileSync(file));
      writeFileSync(`${to}-wal`, wal.subarray(0, cut + 1_000));
      copies.push(to);
    }
    const ends = copies.map((each) => {
      const { store: again } = opened(each);
      return `${again.unconsolidatedCount()} waits, ${again.counts().memories} memories, ${again.sleeps(5).length} sleeps`;
    });
    expect([...new Set(ends)].sort()).toEqual(['0 waits, 3 memories, 1 sleeps', '1 waits, 0 memories, 0 sleeps']);
  });
});
