import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { AppendBatch, Counts, CycleRecord, RecallHit, StoredObservation, WorkSession } from '../../ports.ts';
import type {
  DeadLetter,
  Episode,
  Insight,
  Json,
  Mark,
  Observation,
  Proposal,
  Stamp,
  TargetHistory,
  Verdict,
  Watch,
} from '../../types.ts';
import { migrations } from './migrations.ts';
import * as rows from './rows.ts';

/** Attempts after which an observation is set aside (OB8). */
const attemptsAtMost = 3;
/** Checked at every start up to this size (about 2 ms a megabyte), larger ones after an unclean stop only. */
const alwaysCheckedBytes = 64 * 1024 * 1024;
/** The first SQLite without the write-ahead-log bug that could corrupt a database. */
const oldestSqlite = '3.51.3';
const edits = `('file-created', 'file-changed', 'file-deleted', 'file-renamed', 'burst')`;

/** The store's work, synchronous; it runs in a worker thread behind the Store port. */
export type SyncStore = ReturnType<typeof openStore>;

/**
 * Opens the one database file: write-ahead log, every commit flushed (`synchronous=FULL`). Throws when the file is no database
 * (`SQLITE_NOTADB`) or a damaged one (`SQLITE_CORRUPT`), when its history is not ours, or when SQLite is too old to be trusted.
 */
export function openStore(file: string) {
  const doubtful = isDoubtful(file);
  const db = new Database(file, { timeout: 5_000 });
  try {
    if (doubtful) check(db);
    prepare(db);
  } catch (thrown) {
    db.close();
    throw thrown;
  }
  const statements = new Map<string, Database.Statement<unknown[], rows.Row>>();
  const sql = (text: string): Database.Statement<unknown[], rows.Row> => {
    let statement = statements.get(text);
    if (!statement) {
      statement = db.prepare<unknown[], rows.Row>(text);
      statements.set(text, statement);
    }
    return statement;
  };
  const count = (text: string, ...values: unknown[]): number => rows.number(sql(text).get(...values)?.n);
  const inList = (values: readonly unknown[]) => JSON.stringify(values);

  function append(batch: AppendBatch): { merged: number } {
    let merged = 0;
    for (const { observation, mergeInto } of batch.entries) {
      const changes = mergeInto
        ? sql('UPDATE observations SET count = count + ?, last_at = max(last_at, ?) WHERE id = ? AND status = 0').run(
            observation.count,
            observation.lastAt,
            mergeInto,
          ).changes
        : 0;
      if (changes === 1) merged += 1;
      else insertObservation(observation);
    }
    for (const { source, marks } of batch.marks) for (const mark of marks) writeMark(source, mark);
    return { merged };
  }

  function insertObservation(observation: Observation): void {
    sql(
      `INSERT INTO observations
       (id, occurred_at, source, type, target, place, severity, priority, details, fingerprint, trust, cause_id, count, first_at, last_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    ).run(...rows.fromObservation(observation));
    if (observation.type === 'note-written')
      index('note', observation.id, rows.text(observation.details.text), observation.occurredAt);
  }

  function writeMark(source: string, mark: Mark): void {
    if (mark.value === null) sql('DELETE FROM marks WHERE source = ? AND key = ?').run(source, mark.key);
    else
      sql('INSERT OR REPLACE INTO marks (source, key, value) VALUES (?, ?, ?)').run(
        source,
        mark.key,
        JSON.stringify(mark.value),
      );
  }

  const index = (kind: RecallHit['kind'], id: string, text: string, at: Stamp) =>
    sql('INSERT INTO search (text, kind, id, at) VALUES (?, ?, ?, ?)').run(text, kind, id, at);

  function take(limit: number): Observation[] {
    const head = sql('SELECT attempts FROM observations WHERE status = 0 ORDER BY seq LIMIT 1').get();
    if (!head) return [];
    const alone = rows.number(head.attempts) > 0;
    const taken = alone
      ? sql('SELECT * FROM observations WHERE status = 0 ORDER BY seq LIMIT 1').all()
      : sql('SELECT * FROM observations WHERE status = 0 AND attempts = 0 ORDER BY seq LIMIT ?').all(limit);
    return taken.map(rows.toObservation);
  }

  function commitCycle(record: CycleRecord): void {
    for (const { id, salience } of record.attended)
      sql('UPDATE observations SET status = 1, error = NULL, attended = ?, salience = ? WHERE id = ?').run(
        salience.ignored === null ? 1 : 0,
        JSON.stringify(salience),
        id,
      );
    for (const insight of record.insights) insertInsight(insight);
    for (const proposal of record.proposals) sql(rows.insertProposal).run(...rows.fromProposal(proposal));
    if (record.episode) insertEpisode(record.episode);
    for (const watch of record.watches)
      sql('INSERT INTO watches (due_at, episode_id, target, expected) VALUES (?, ?, ?, ?)').run(
        watch.dueAt,
        watch.episodeId,
        watch.target,
        watch.expected,
      );
    for (const [key, value] of Object.entries(record.state)) setState(key, value);
  }

  function insertInsight(insight: Insight): void {
    sql(rows.insertInsight).run(...rows.fromInsight(insight));
    for (const id of insight.evidenceIds)
      sql('INSERT OR IGNORE INTO evidence (observation_id, insight_id) VALUES (?, ?)').run(id, insight.id);
    index('insight', insight.id, insight.text, insight.formedAt);
  }

  function insertEpisode(episode: Episode): void {
    sql(rows.insertEpisode).run(...rows.fromEpisode(episode));
    index('episode', episode.id, episode.summary, episode.startedAt);
  }

  function giveBack(ids: string[], error: string, at: Stamp): string[] {
    const dead: string[] = [];
    for (const id of ids) {
      sql('UPDATE observations SET attempts = attempts + 1, error = ? WHERE id = ? AND status = 0').run(error, id);
      const died = sql(
        'UPDATE observations SET status = 2, died_at = ? WHERE id = ? AND status = 0 AND attempts >= ?',
      ).run(at, id, attemptsAtMost);
      if (died.changes === 1) dead.push(id);
    }
    return dead;
  }

  function search(query: string, limit: number): RecallHit[] {
    const match = rows.matchExpression(query);
    if (match === null) return [];
    return sql(
      'SELECT kind, id, text, at, -bm25(search) AS score FROM search WHERE search MATCH ? ORDER BY bm25(search) LIMIT ?',
    )
      .all(match, limit)
      .map(rows.toHit);
  }

  function history(targets: string[], since: Stamp): TargetHistory[] {
    return sql(
      `SELECT target, source, type, sum(count) AS n, count(DISTINCT date(occurred_at / 1000, 'unixepoch', 'localtime')) AS days,
              max(last_at) AS last_at,
              json_group_array(coalesce(json_extract(details, '$.added'), 0) + coalesce(json_extract(details, '$.removed'), 0) ORDER BY seq DESC) AS sizes
       FROM observations WHERE target IN (SELECT value FROM json_each(?)) AND occurred_at >= ?
       GROUP BY target, source, type`,
    )
      .all(inList(targets), since)
      .map(rows.toHistory);
  }

  function session(place: string, since: Stamp, excludeIds: string[]): WorkSession {
    const committed =
      sql(`SELECT max(seq) AS seq FROM observations WHERE place = ? AND type IN ('commit-made', 'commit-amended')
      AND occurred_at >= ? AND id NOT IN (SELECT value FROM json_each(?))`).get(place, since, inList(excludeIds));
    const work = `FROM observations WHERE place = ? AND seq > ? AND type IN ${edits} AND occurred_at >= ?
      AND coalesce(json_extract(details, '$.whitespaceOnly'), 0) = 0
      AND NOT coalesce(json_extract(details, '$.against') = 'commit' AND json_extract(details, '$.added') + json_extract(details, '$.removed') = 0, 0)
      AND id NOT IN (SELECT value FROM json_each(?))`;
    const values = [place, rows.number(committed?.seq), since, inList(excludeIds)];
    const startedAt = sql(`SELECT min(occurred_at) AS at ${work}`).get(...values)?.at;
    // With a single max() SQLite takes the bare columns from the row that holds it: the newest.
    const files = sql(
      `SELECT target, count(*) AS edits, max(seq), json_extract(details, '$.against') AS against,
              json_extract(details, '$.added') AS added, json_extract(details, '$.removed') AS removed,
              sum(json_extract(details, '$.added')) AS added_sum, sum(json_extract(details, '$.removed')) AS removed_sum
       ${work} GROUP BY target ORDER BY edits DESC LIMIT 200`,
    ).all(...values);
    return rows.toSession(files, startedAt);
  }

  function dueWatches(now: Stamp): Watch[] {
    const due = sql('SELECT * FROM watches WHERE due_at <= ? ORDER BY due_at LIMIT 20').all(now);
    for (const row of due) sql('DELETE FROM watches WHERE n = ?').run(row.n);
    return due.map(rows.toWatch);
  }

  function addLessOf(keys: string[], by: 1 | -1): void {
    for (const key of keys)
      sql(
        'INSERT INTO less_of (key, times) VALUES (?, max(0, ?)) ON CONFLICT (key) DO UPDATE SET times = max(0, times + ?)',
      ).run(key, by, by);
    sql('DELETE FROM less_of WHERE times = 0').run();
  }

  function setState(key: string, value: Json): void {
    sql('INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)').run(key, JSON.stringify(value));
  }

  function prune(before: Stamp): number {
    return sql(
      `DELETE FROM observations WHERE status = 1 AND occurred_at < ? AND seq IN (SELECT seq FROM observations ORDER BY seq LIMIT 5000)
         AND id NOT IN (SELECT observation_id FROM evidence)`,
    ).run(before).changes;
  }

  const counts = (): Counts => ({
    observations: count('SELECT coalesce(max(seq), 0) AS n FROM observations'),
    pending: count('SELECT count(*) AS n FROM observations WHERE status = 0'),
    dead: count('SELECT count(*) AS n FROM observations WHERE status = 2'),
    episodes: count('SELECT count(*) AS n FROM episodes'),
    insights: count('SELECT count(*) AS n FROM insights'),
    proposals: count('SELECT count(*) AS n FROM proposals'),
  });

  return {
    append: db.transaction(append),
    take,
    commitCycle: db.transaction(commitCycle),
    giveBack: db.transaction(giveBack),
    deadLetters: (limit: number): DeadLetter[] =>
      sql('SELECT * FROM observations WHERE status = 2 ORDER BY seq DESC LIMIT ?').all(limit).map(rows.toDeadLetter),
    replay: (id: string): boolean =>
      sql(
        'UPDATE observations SET status = 0, attempts = 0, error = NULL, died_at = NULL WHERE id = ? AND status = 2',
      ).run(id).changes === 1,
    markPage: (source: string, afterKey: string, limit: number): Mark[] =>
      sql('SELECT key, value FROM marks WHERE source = ? AND key > ? ORDER BY key LIMIT ?')
        .all(source, afterKey, limit)
        .map(rows.toMark),
    mark: (source: string, key: string): Json =>
      rows.json(sql('SELECT value FROM marks WHERE source = ? AND key = ?').get(source, key)?.value, null),
    observations: (ids: string[]): StoredObservation[] =>
      sql('SELECT * FROM observations WHERE id IN (SELECT value FROM json_each(?)) ORDER BY seq')
        .all(inList(ids))
        .map(rows.toStored),
    recentObservations: (limit: number): StoredObservation[] =>
      sql('SELECT * FROM observations ORDER BY seq DESC LIMIT ?').all(limit).map(rows.toStored),
    attended: (limit: number): Observation[] =>
      sql('SELECT * FROM observations WHERE attended = 1 ORDER BY seq DESC LIMIT ?').all(limit).map(rows.toObservation),
    insights: ({ limit, before }: { limit: number; before?: Stamp }): Insight[] =>
      sql('SELECT * FROM insights WHERE formed_at < ? ORDER BY formed_at DESC, id DESC LIMIT ?')
        .all(before ?? Number.MAX_SAFE_INTEGER, limit)
        .map(rows.toInsight),
    insight: (id: string): Insight | null => {
      const row = sql('SELECT * FROM insights WHERE id = ?').get(id);
      return row ? rows.toInsight(row) : null;
    },
    setVerdict: (id: string, verdict: Verdict | null): boolean =>
      sql('UPDATE insights SET verdict = ? WHERE id = ?').run(verdict, id).changes === 1,
    episodes: (limit: number): Episode[] =>
      sql('SELECT * FROM episodes ORDER BY id DESC LIMIT ?').all(limit).map(rows.toEpisode),
    proposals: (limit: number): Proposal[] =>
      sql('SELECT * FROM proposals ORDER BY id DESC LIMIT ?').all(limit).map(rows.toProposal),
    search,
    history,
    session,
    dueWatches: db.transaction(dueWatches),
    lessOf: (): { key: string; times: number }[] =>
      sql('SELECT key, times FROM less_of')
        .all()
        .map((row) => ({ key: String(row.key), times: rows.number(row.times) })),
    addLessOf: db.transaction(addLessOf),
    state: (key: string): Json => rows.json(sql('SELECT value FROM state WHERE key = ?').get(key)?.value, null),
    setState,
    spend: (entry: { hour: Stamp; purpose: string; calls: number; tokens: number }): void => {
      sql(
        `INSERT INTO spend (hour, purpose, calls, tokens) VALUES (?, ?, ?, ?)
         ON CONFLICT (hour, purpose) DO UPDATE SET calls = calls + excluded.calls, tokens = tokens + excluded.tokens`,
      ).run(entry.hour, entry.purpose, entry.calls, entry.tokens);
    },
    spent: (since: Stamp) => sql('SELECT * FROM spend WHERE hour >= ?').all(since).map(rows.toSpend),
    counts,
    prune: db.transaction(prune),
    close: () => {
      if (db.open) db.pragma('optimize');
      db.close();
    },
  };
}

/** A log that is left over tells of a stop that was none. */
function isDoubtful(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats !== undefined && (stats.size <= alwaysCheckedBytes || existsSync(`${file}-wal`));
}

/** One bad page is found by whoever needs it next, perhaps in a month; so every page is looked at before anything is written. */
function check(db: Database.Database): void {
  const found = db.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw Object.assign(new Error(String(found)), { code: 'SQLITE_CORRUPT' });
}

function prepare(db: Database.Database): void {
  const version = String(db.prepare<[], { v: string }>('SELECT sqlite_version() AS v').get()?.v);
  if (version.localeCompare(oldestSqlite, 'en', { numeric: true }) < 0)
    throw new Error(
      `SQLite ${version} is too old to be trusted with a write-ahead log; ${oldestSqlite} or newer is needed`,
    );
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('journal_size_limit = 16777216');
  migrate(db);
}

/** Applies what is missing, each step in its own transaction; refuses a history that this program did not write. */
function migrate(db: Database.Database): void {
  db.exec(
    'CREATE TABLE IF NOT EXISTS migrations (n INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)',
  );
  const applied = db.prepare<[], { n: number; name: string }>('SELECT n, name FROM migrations ORDER BY n').all();
  for (const step of applied) {
    const ours = migrations.find((each) => each.n === step.n);
    if (ours?.name !== step.name)
      throw new Error(
        `this data folder was written by another version (step ${step.n} “${step.name}” is unknown here); use that version or another data folder`,
      );
  }
  for (const step of migrations.slice(applied.length))
    db.transaction(() => {
      db.exec(step.sql);
      db.prepare("INSERT INTO migrations (n, name, applied_at) VALUES (?, ?, datetime('now'))").run(step.n, step.name);
    })();
}
