import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStoreFile, type StoreFile } from '../../core/host/store-file.ts';
import { workerUrl } from '../../core/host/worker-url.ts';
import { fakeClock } from '../kit/clock.ts';
import { temporaryFolder } from '../kit/data-dir.ts';
import { cycleRecord, insight, memory, noon, observer } from '../kit/nouns.ts';
import { smallDisk } from '../kit/small-disk.ts';
import { silentLog } from '../think/scripted-model.ts';

/** The database file of a data folder: opened, checked, backed up, set aside, restored. */
function folder(path = temporaryFolder('file')) {
  onTestFinished(() => path.remove());
  const clock = fakeClock(noon);
  const file = join(path.path, 'reverie.db');
  const logged: string[] = [];
  const log = {
    ...silentLog,
    warn: (event: string) => void logged.push(event),
    error: (event: string) => void logged.push(event),
  };
  const open = () => openStoreFile({ dataDir: path.path, workerUrl: workerUrl('store'), clock, log });
  return {
    path: path.path,
    file,
    clock,
    logged,
    open,
    async opened(): Promise<StoreFile> {
      const opened = await open();
      if (!opened.ok) throw new Error(opened.failure.message);
      return opened.value;
    },
    aside: () => readdirSync(path.path).filter((name) => /\.bad-\d+$/.test(name)),
    backups: () => (existsSync(join(path.path, 'backups')) ? readdirSync(join(path.path, 'backups')) : []),
  };
}

/** Writes some insights in good order. */
async function remember({ store }: StoreFile, from: number, until: number): Promise<void> {
  const formed = Array.from({ length: until - from }, (_, n) =>
    insight(`i${String(from + n).padStart(6, '0')}`, {
      text: `what was learned of part ${from + n}`,
      formedAt: noon + from + n,
    }),
  );
  await store.commitCycle(cycleRecord({ insights: formed }));
}
const insightsIn = async ({ store }: StoreFile) => (await store.insights({ limit: 500 })).length;

/** As if the program had died: whatever the database has open stays as it is. */
function damage(file: string, fromShare: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, Math.floor(bytes.length * fromShare), Math.floor(bytes.length * fromShare) + 8_192);
  writeFileSync(file, bytes);
}

describe('the database file', () => {
  it('[ME7.50] makes a backup when it is due, keeps the two newest, and none more often', async () => {
    const home = folder();
    const file = await home.opened();
    await remember(file, 0, 5);
    for (let day = 0; day < 4; day++) {
      await file.care.backupIfDue(24);
      await file.care.backupIfDue(24);
      home.clock.jump(25 * 3_600_000);
    }
    expect(home.backups()).toHaveLength(2);
    const copy = new Database(join(home.path, 'backups', home.backups()[0] ?? ''), { readonly: true });
    expect(copy.prepare('SELECT count(*) AS n FROM insights').get()).toEqual({ n: 5 });
    copy.close();
    await file.care.backupIfDue(0);
    await file.store.close();
  });

  it('[ME7.51] a file that is no database any more is set aside whole and the newest sound backup takes its place', async () => {
    const home = folder();
    const file = await home.opened();
    await remember(file, 0, 20);
    await file.care.backupIfDue(24);
    await remember(file, 20, 25);
    await file.store.close();
    const damaged = readFileSync(home.file).fill('no database', 0, 100);
    writeFileSync(home.file, damaged);
    const again = await home.opened();
    expect(await insightsIn(again)).toBe(20);
    expect(readFileSync(join(home.path, home.aside()[0] ?? '')).equals(damaged)).toBe(true);
    expect(again.care.notices.map((each) => each.what).join()).toMatch(
      /set aside as reverie\.db\.bad-\d+ and the backup of .* put in its place/,
    );
    await remember(again, 30, 31);
    expect(await insightsIn(again)).toBe(21);
    await again.store.close();
    const third = await home.opened();
    expect(third.care.notices, 'it is told once').toEqual([]);
    await third.store.close();
  });

  it('[ME7.52] passes over a backup that is damaged itself; with none that is sound a new database is begun', async () => {
    const home = folder();
    const file = await home.opened();
    await remember(file, 0, 20);
    await file.care.backupIfDue(24);
    home.clock.jump(25 * 3_600_000);
    await remember(file, 20, 30);
    await file.care.backupIfDue(24);
    await file.store.close();
    const [older = '', newer = ''] = home.backups().sort();
    writeFileSync(join(home.path, 'backups', newer), 'nothing of a database');
    writeFileSync(home.file, 'nothing either');
    const again = await home.opened();
    expect(await insightsIn(again)).toBe(20);
    await again.store.close();
    truncateSync(join(home.path, 'backups', older), 1_000);
    writeFileSync(home.file, 'nothing again');
    const fresh = await home.opened();
    expect(await insightsIn(fresh)).toBe(0);
    expect(fresh.care.notices[0]?.what).toContain('a new one begun');
    expect(home.aside()).toHaveLength(2);
    await fresh.store.close();
  });

  it('[ME7.53] after an unclean stop every page is looked at once it runs; damage is said then and set aside at the next start', async () => {
    const home = folder();
    const file = await home.opened();
    await remember(file, 0, 60);
    await file.care.backupIfDue(24);
    await file.store.close();
    expect(await (await orderly(home)).checkLater(), 'after a clean stop nothing is read').toBeNull();
    damage(home.file, 0.5);
    writeFileSync(`${home.file}-wal`, '');
    const hurt = await home.open();
    // A small file is looked at before it is used; then there is nothing left to find.
    if (hurt.ok && home.aside().length === 0) {
      const found = await hurt.value.care.checkLater();
      expect(found?.what).toContain('damaged by the last unclean stop');
      expect(found?.remedy).toContain('goes on with the backup');
      await hurt.value.store.close();
      const next = await home.opened();
      expect(await insightsIn(next)).toBe(60);
      await next.store.close();
    } else {
      expect(hurt.ok && (await insightsIn(hurt.value))).toBe(60);
      if (hurt.ok) await hurt.value.store.close();
    }
    expect(home.aside()).toHaveLength(1);
  });

  it('[ME7.54] is never lost to damage at random places: what opens is whole, what does not is set aside (pinned seeds)', async () => {
    const home = folder();
    const file = await home.opened();
    await remember(file, 0, 60);
    await file.care.backupIfDue(24);
    await file.store.close();
    const sound = readFileSync(home.file);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(sound.length - 1),
        fc.integer({ min: 1, max: 20_000 }),
        fc.boolean(),
        async (at, length, cut) => {
          const bytes = Buffer.from(cut ? sound.subarray(0, at) : sound);
          if (!cut) for (let n = at; n < Math.min(bytes.length, at + length); n++) bytes[n] = (n * 31 + at) % 251;
          writeFileSync(home.file, bytes);
          const opened = await home.opened();
          const problem = await opened.store.checkIntegrity();
          if (problem === null) expect([0, 60]).toContain(await insightsIn(opened));
          await remember(opened, 500, 501);
          await opened.store.close();
        },
      ),
      { seed: 20261121, numRuns: 25 },
    );
  });

  it('[ME7.54] a schema that lost a byte is found at the start, though every page is sound', async () => {
    const home = folder();
    const file = await home.opened();
    await remember(file, 0, 5);
    await file.care.backupIfDue(24);
    await file.store.close();
    const bytes = readFileSync(home.file);
    const at = bytes.indexOf('length(text) > 10000');
    expect(at).toBeGreaterThan(0);
    bytes.write('lXngth', at);
    writeFileSync(home.file, bytes);
    const opened = await home.opened();
    expect(home.aside()).toHaveLength(1);
    expect(opened.care.notices[0]?.what).toContain('damaged');
    await remember(opened, 5, 6);
    expect(await insightsIn(opened)).toBe(6);
    await opened.store.close();
  });

  it('[ME7.55] one that another program holds is said in words', async () => {
    const home = folder();
    await (await home.opened()).store.close();
    const holder = new Database(home.file);
    holder.pragma('locking_mode = EXCLUSIVE');
    holder.exec('BEGIN EXCLUSIVE');
    const opened = await home.open();
    holder.close();
    expect(opened).toMatchObject({ ok: false, failure: { code: 'store-unopened' } });
    expect(!opened.ok && opened.failure.message).toMatch(/in use by another program/);
    expect(home.aside(), 'what is held is not damaged').toEqual([]);
  });

  it('[ME7.56] one of a newer version is refused in words and left as it is', async () => {
    const home = folder();
    await (await home.opened()).store.close();
    const future = new Database(home.file);
    future.exec("INSERT INTO migrations (n, name, applied_at) VALUES (99, 'of the future', '2030-01-01')");
    future.close();
    const opened = await home.open();
    expect(!opened.ok && opened.failure.message).toMatch(/written by another version/);
    const after = new Database(home.file, { readonly: true });
    expect(after.prepare('SELECT max(n) AS n FROM migrations').get()).toEqual({ n: 99 });
    after.close();
    expect(home.aside()).toEqual([]);
  });

  it('[ME7.57] a backup that finds the disk full leaves the old ones and no half of a new one', async ({ skip }) => {
    const disk = smallDisk(16);
    if (!disk) return skip('no small disk can be made here');
    const home = folder({ path: disk.path, remove: () => undefined });
    const file = await home.opened();
    await remember(file, 0, 30);
    await file.care.backupIfDue(24);
    expect(home.backups()).toHaveLength(1);
    disk.fill();
    home.clock.jump(25 * 3_600_000);
    await file.care.backupIfDue(24);
    expect(home.backups()).toHaveLength(1);
    expect(home.logged).toContain('backup-failed');
    disk.free();
    await file.store.close();
  });

  it('[ME5.40] what the owner deletes lives on in no backup', async () => {
    const home = folder();
    const file = await home.opened();
    await remember(file, 0, 3);
    await file.care.backupIfDue(24);
    expect(await file.care.dropBackups()).toBe(1);
    expect(home.backups()).toEqual([]);
    await file.store.close();
  });

  it('[ME5.48] what the owner deletes lives on in no database that was set aside; their exports stay', async () => {
    const home = folder();
    const first = await home.opened();
    await remember(first, 0, 3);
    const exported = await first.care.writeExport('json');
    await first.store.close();
    writeFileSync(home.file, 'no database any more');
    const file = await home.opened();
    expect(home.aside()).toHaveLength(1);
    expect(await file.care.dropBackups()).toBe(1);
    expect([home.aside(), existsSync(exported)]).toEqual([[], true]);
    await file.store.close();
  });

  it('[ME5.49] copies that a crash left after a deletion go with the next start in good order', async () => {
    const home = folder();
    const file = await home.opened();
    await file.store.changeMemories([{ kind: 'remember', memory: memory('m1'), evidence: [] }]);
    await file.care.backupIfDue(24);
    expect(await file.store.deleteMemory('nobody')).toBe(false);
    await file.store.close();
    const second = await home.opened();
    expect(home.backups(), 'nothing was deleted').toHaveLength(1);
    expect(await second.store.deleteMemory('m1')).toBe(true);
    await second.store.close();
    writeFileSync(home.file, 'no database any more');
    const third = await home.opened();
    expect(third.care.notices[0]?.remedy).toContain('delete it again');
    expect([home.backups().length, home.aside().length], 'they are all there is').toEqual([1, 1]);
    await third.store.close();
    const stuck = `${home.file}.bad-1`;
    mkdirSync(stuck);
    await (await home.opened()).store.close();
    expect(home.logged).toContain('copies-kept');
    rmdirSync(stuck);
    const fourth = await home.opened();
    expect([home.backups(), home.aside()]).toEqual([[], []]);
    await fourth.store.deleteAll();
    await fourth.care.dropBackups();
    await fourth.care.backupIfDue(24);
    await fourth.store.close();
    const fifth = await home.opened();
    expect(home.backups(), 'the deletion was finished').toHaveLength(1);
    await fifth.store.close();
  });

  it('[ME5.41] the export is JSON or Markdown with all memories, evidence and insights; seen text cannot format it', async () => {
    const home = folder();
    const file = await home.opened();
    await remember(file, 0, 210);
    const hostile = observer(noon)({
      type: 'note-written',
      target: 'owner',
      trust: 'owner',
      details: { text: '# <b>not</b> [a](http://x) heading' },
    });
    await file.store.append({ entries: [{ observation: hostile, mergeInto: null }], marks: [] });
    const json = await file.care.writeExport('json');
    const markdown = await file.care.writeExport('markdown');
    const read = JSON.parse(readFileSync(json, 'utf8')) as {
      memories: { text: string; evidence: unknown[] }[];
      insights: unknown[];
    };
    expect(read.insights).toHaveLength(210);
    expect(read.memories.map((each) => each.text)).toContain('# <b>not</b> [a](http://x) heading');
    const text = readFileSync(markdown, 'utf8');
    expect(text).toContain('what was learned of part 209');
    expect(text).not.toMatch(/<b>|\]\(http/);
    expect(statSync(json).mode & 0o077, 'for the owner alone').toBe(0);
    await file.store.close();
  });
});

/** A start and a stop in good order between two others. */
async function orderly(home: ReturnType<typeof folder>): Promise<StoreFile['care']> {
  const file = await home.opened();
  await file.store.close();
  return file.care;
}
