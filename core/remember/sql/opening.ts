import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { migrations } from './migrations.ts';

/** How long another process may hold the file up. */
export const busyMs = 5_000;
/** Checked at every start up to this size (about 2 ms a megabyte); a larger one after an unclean stop, by `checkIntegrity`, when it runs. */
const alwaysCheckedBytes = 8 * 1024 * 1024;
/** The first SQLite without the write-ahead-log bug that could corrupt a database. */
const oldestSqlite = '3.51.3';

/**
 * Opens the one database file: write-ahead log, every commit flushed (`synchronous=FULL`), what is deleted overwritten with zeros, free
 * pages given back bit by bit. Throws when the file is no database (`SQLITE_NOTADB`) or a damaged one (`SQLITE_CORRUPT`), when its history
 * is not ours, or when SQLite is too old to be trusted.
 */
export function openDatabase(file: string): Database.Database {
  const small = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= alwaysCheckedBytes;
  const db = new Database(file, { timeout: busyMs });
  try {
    const problem = small ? quickCheck(db) : null;
    if (problem !== null) throw Object.assign(new Error(problem), { code: 'SQLITE_CORRUPT' });
    prepare(db);
    if (!isSealed(db)) throw Object.assign(new Error('its schema is damaged'), { code: 'SQLITE_CORRUPT' });
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** One bad page is found by whoever needs it next, perhaps in a month; this looks at every page. Null when all are sound. */
export function quickCheck(db: Database.Database): string | null {
  const found = String(db.pragma('quick_check(1)', { simple: true }));
  return found === 'ok' ? null : found;
}

function prepare(db: Database.Database): void {
  const version = String(db.prepare<[], { v: string }>('SELECT sqlite_version() AS v').get()?.v);
  if (version.localeCompare(oldestSqlite, 'en', { numeric: true }) < 0)
    throw new Error(
      `SQLite ${version} is too old to be trusted with a write-ahead log; ${oldestSqlite} or newer is needed`,
    );
  const applied = history(db);
  // Takes effect in a new file, and in an older one with its first VACUUM.
  db.pragma('auto_vacuum = INCREMENTAL');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('secure_delete = ON');
  db.pragma('journal_size_limit = 16777216');
  // 16 MB at most, as far as they are used: a year's indexes do not fit into the usual two.
  db.pragma('cache_size = -16384');
  migrate(db, applied);
}

/** How many steps it has; throws at a history that this program did not write. Changes nothing: such a file is left as it is. */
function history(db: Database.Database): number {
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'").get()) return 0;
  const applied = db.prepare<[], { n: number; name: string }>('SELECT n, name FROM migrations ORDER BY n').all();
  for (const step of applied) {
    const ours = migrations.find((each) => each.n === step.n);
    if (ours?.name !== step.name)
      throw new Error(
        `this data folder was written by another version (step ${step.n} “${step.name}” is unknown here); use that version or another data folder`,
      );
  }
  return applied.length;
}

/** Applies what is missing, each step in its own transaction. */
function migrate(db: Database.Database, applied: number): void {
  db.exec(
    'CREATE TABLE IF NOT EXISTS migrations (n INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)',
  );
  for (const step of migrations.slice(applied))
    db.transaction(() => {
      db.exec(step.sql);
      sealSchema(db);
      db.prepare("INSERT INTO migrations (n, name, applied_at) VALUES (?, ?, datetime('now'))").run(step.n, step.name);
    })();
}

const hasSeal = (db: Database.Database) =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'seal'").get() !== undefined;

/** Keeps the words that tables and indexes were made with, so that `isSealed` can tell whether they still are those. */
function sealSchema(db: Database.Database): void {
  if (!hasSeal(db)) return;
  db.exec(`DELETE FROM seal;
    INSERT INTO seal SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!'`);
}

/**
 * False when a byte of the schema was lost: every page is sound then, the file opens, and each write fails. What others added is their own
 * business.
 */
const isSealed = (db: Database.Database): boolean =>
  db
    .prepare('SELECT 1 FROM seal LEFT JOIN sqlite_schema AS now ON now.name = seal.name WHERE now.sql IS NOT seal.sql')
    .get() === undefined;
