import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fail, messageOf, ok, type Result } from '../errors.ts';
import type { Clock, Log, Store, StoreCare } from '../ports.ts';
import type { Trouble } from '../types.ts';
import { exportMemory } from './export-memory.ts';
import { openStoreThread, StoreError } from './store-thread.ts';

/** The one database file, its backups, and what is done when it is damaged: it is set aside, and stays until the owner deletes something. */
export interface StoreFile {
  store: Store;
  care: StoreCare;
}

/** Kept beside each other: the newest may hold a damage that nobody has noticed yet. */
const backupsKept = 2;
const hourMs = 3_600_000;
const asideName = /^reverie\.db\.bad-\d+(-wal|-shm)?$/;
const backupName = /^reverie-(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.db$/;

interface Options {
  dataDir: string;
  workerUrl: URL;
  clock: Clock;
  log: Log;
}

/**
 * Opens the database of a data folder. One that is none any more, or that the last run found damaged, is set aside and the newest sound
 * backup takes its place; without one a fresh database is begun. Fails with words when it is in use, of another version, or cannot be read.
 */
export async function openStoreFile(options: Options): Promise<Result<StoreFile>> {
  const { dataDir, clock, log } = options;
  const file = join(dataDir, 'reverie.db');
  const backups = join(dataDir, 'backups');
  const marker = `${file}.damaged`;
  const erasing = `${file}.erasing`;
  const uncleanStop = existsSync(`${file}-wal`) && statSync(file, { throwIfNoEntry: false }) !== undefined;
  const open = () =>
    openStoreThread({ file, workerUrl: options.workerUrl, onLost: (why) => log.error('store-lost', { why }) });
  const notices: Trouble[] = [];

  const stamp = () => new Date(clock.now()).toISOString().replace(/\D/g, '').slice(0, 14);
  const listBackups = () =>
    existsSync(backups)
      ? readdirSync(backups)
          .filter((name) => backupName.test(name))
          .sort()
          .reverse()
          .map((name) => join(backups, name))
      : [];

  /** Old databases too: those that were set aside. The owner's own exports stay. */
  function dropCopies(): number {
    const aside = readdirSync(dataDir).filter((name) => asideName.test(name));
    const half = join(backups, 'half-made.db');
    const all = [...listBackups(), ...aside.map((name) => join(dataDir, name)), ...(existsSync(half) ? [half] : [])];
    for (const each of all) rmSync(each, { force: true });
    rmSync(erasing, { force: true });
    return all.length;
  }

  /** From before the deleting until no copy is left a file says so: what a crash cut short is finished with the next start. */
  const marked =
    <T extends unknown[], R>(erase: (...args: T) => Promise<R>) =>
    async (...args: T): Promise<R> => {
      const wasMarked = existsSync(erasing);
      writeFileSync(erasing, '', { mode: 0o600 });
      const erased = await erase(...args);
      if (erased === false && !wasMarked) rmSync(erasing, { force: true });
      return erased;
    };

  function setAside(): string {
    let at = clock.now();
    // The clock may stand, or have been set back: nothing that was set aside is written over.
    while (existsSync(`${file}.bad-${at}`)) at += 1;
    const aside = `${file}.bad-${at}`;
    for (const suffix of ['', '-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
    rmSync(marker, { force: true });
    log.error('store-set-aside');
    return aside;
  }

  /** The newest backup that opens; one that does not is passed over and stays where it is. */
  async function openBackup(): Promise<{ store: Store; from: string } | null> {
    for (const from of listBackups()) {
      copyFileSync(from, file);
      try {
        const store = await open();
        const bad = await store.checkIntegrity();
        if (bad === null) return { store, from };
        await store.close();
      } catch (thrown) {
        log.warn('backup-unusable', { why: thrown instanceof StoreError ? thrown.code : 'error' });
      }
      for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    }
    return null;
  }

  async function recover(): Promise<Store> {
    const aside = setAside();
    const restored = await openBackup();
    notices.push(damagedNotice(basename(aside), restored && madeAt(restored.from), clock.now(), existsSync(erasing)));
    return restored?.store ?? open();
  }

  async function openOrRecover(): Promise<Store> {
    if (existsSync(marker) && existsSync(file)) return recover();
    try {
      return await open();
    } catch (thrown) {
      if (isDamage(thrown)) return recover();
      throw thrown;
    }
  }

  let store: Store;
  try {
    store = await openOrRecover();
  } catch (thrown) {
    return fail({
      class: 'permanent',
      code: 'store-unopened',
      message: unopened(dataDir, thrown),
    });
  }

  // After a recovery the copies are all there is of what was lost: they go with the next start in good order.
  if (existsSync(erasing) && notices.length === 0)
    try {
      log.info('copies-dropped', { count: dropCopies() });
    } catch (thrown) {
      log.warn('copies-kept', { why: messageOf(thrown) });
    }

  async function makeBackup(): Promise<void> {
    mkdirSync(backups, { recursive: true, mode: 0o700 });
    await store.backup(join(backups, `reverie-${stamp()}.db`));
    for (const old of listBackups().slice(backupsKept)) rmSync(old, { force: true });
    log.info('backup-made');
  }

  const care: StoreCare = {
    notices,
    async checkLater() {
      const bad = uncleanStop ? await store.checkIntegrity() : null;
      if (bad === null) return null;
      writeFileSync(marker, '', { mode: 0o600 });
      log.error('store-damaged');
      return foundDamaged(listBackups().length > 0, clock.now());
    },
    async backupIfDue(hours) {
      const [newest] = listBackups();
      const age = newest ? clock.now() - madeAt(newest) : Number.POSITIVE_INFINITY;
      // One from the future is of a clock that was set back since.
      if (hours === 0 || existsSync(marker) || (age >= 0 && age < hours * hourMs)) return;
      await makeBackup().catch((thrown: unknown) =>
        log.warn('backup-failed', { why: thrown instanceof StoreError ? thrown.code : messageOf(thrown) }),
      );
    },
    dropBackups: async () => dropCopies(),
    async writeExport(format) {
      const folder = join(dataDir, 'exports');
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, `memory-${stamp()}.${format === 'json' ? 'json' : 'md'}`);
      await exportMemory(store, path, format, clock.now());
      return path;
    },
  };
  const { deleteMemory, deleteAll } = store;
  return ok({ store: { ...store, deleteMemory: marked(deleteMemory), deleteAll: marked(deleteAll) }, care });
}

/** When a backup was made, by its name: a copied file has another time. */
function madeAt(path: string): number {
  const [, ...digits] = backupName.exec(basename(path)) ?? [];
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = digits.map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

const isDamage = (thrown: unknown) => thrown instanceof StoreError && /SQLITE_(NOTADB|CORRUPT)/.test(thrown.code);

function unopened(dataDir: string, thrown: unknown): string {
  const busy = thrown instanceof StoreError && /SQLITE_(BUSY|LOCKED)/.test(thrown.code);
  return busy
    ? `The database in ${dataDir} is in use by another program. Close that program, or choose another folder (with --data-dir, or REVERIE_DATA_DIR for the tray).`
    : `The database in ${dataDir} cannot be opened: ${messageOf(thrown)}. Mend it, or choose another folder (with --data-dir, or REVERIE_DATA_DIR for the tray).`;
}

const damagedNotice = (aside: string, backupAt: number | null, now: number, wasErasing: boolean): Trouble => ({
  key: 'store-set-aside',
  at: now,
  what: `The database was damaged; it was set aside as ${aside}${backupAt === null ? ' and a new one begun' : ` and the backup of ${new Date(backupAt).toISOString().slice(0, 16).replace('T', ' ')} UTC put in its place`}.`,
  means:
    backupAt === null
      ? 'What was remembered before is in the old file.'
      : 'What was remembered after that backup is in the old file; what changed since is looked at again.',
  remedy: wasErasing
    ? 'What you deleted last may be back: delete it again. If it happens again, check the disk.'
    : 'Nothing has to be done. If it happens again, check the disk.',
  severity: 'warning',
});

const foundDamaged = (hasBackup: boolean, now: number): Trouble => ({
  key: 'store-damaged',
  at: now,
  what: 'The database was damaged by the last unclean stop.',
  means: hasBackup
    ? 'Some of what is remembered cannot be read. A sound backup is there.'
    : 'Some of what is remembered cannot be read, and there is no backup.',
  remedy: `Start Reverie again: it sets the damaged file aside and ${hasBackup ? 'goes on with the backup' : 'begins a new one'}.`,
  severity: 'error',
});
