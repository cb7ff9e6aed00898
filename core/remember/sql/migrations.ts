/** The schema's history. A step that has shipped is never edited; a store whose history we do not know is refused. */
export interface Migration {
  n: number;
  name: string;
  sql: string;
}

export const migrations: readonly Migration[] = [
  {
    n: 1,
    name: 'first house',
    sql: `
CREATE TABLE observations (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  occurred_at INTEGER NOT NULL,
  source TEXT NOT NULL,
  type TEXT NOT NULL,
  target TEXT NOT NULL,
  place TEXT,
  severity TEXT NOT NULL,
  priority REAL NOT NULL,
  details TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  trust TEXT NOT NULL,
  cause_id TEXT,
  count INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  status INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  died_at INTEGER,
  attended INTEGER NOT NULL DEFAULT 0,
  salience TEXT
);
CREATE INDEX observations_pending ON observations (seq) WHERE status = 0;
CREATE INDEX observations_dead ON observations (seq) WHERE status = 2;
CREATE INDEX observations_attended ON observations (seq) WHERE attended = 1;
CREATE INDEX observations_target ON observations (target, seq);
CREATE INDEX observations_place ON observations (place, seq) WHERE place IS NOT NULL;

CREATE TABLE marks (source TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (source, key)) WITHOUT ROWID;

CREATE TABLE episodes (
  id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, type TEXT NOT NULL, summary TEXT NOT NULL,
  observation_ids TEXT NOT NULL, insight_ids TEXT NOT NULL, decision TEXT NOT NULL, outcome TEXT NOT NULL, reasoner TEXT NOT NULL
);
CREATE TABLE insights (
  id TEXT PRIMARY KEY, text TEXT NOT NULL, evidence_ids TEXT NOT NULL, confidence REAL NOT NULL, importance REAL NOT NULL,
  formed_at INTEGER NOT NULL, reasoner TEXT NOT NULL, verdict TEXT
);
CREATE INDEX insights_formed ON insights (formed_at);
CREATE TABLE evidence (observation_id TEXT NOT NULL, insight_id TEXT NOT NULL, PRIMARY KEY (observation_id, insight_id)) WITHOUT ROWID;
CREATE TABLE proposals (
  id TEXT PRIMARY KEY, episode_id TEXT NOT NULL, proposed_at INTEGER NOT NULL, target TEXT NOT NULL, command TEXT NOT NULL,
  reasoning TEXT NOT NULL, priority TEXT NOT NULL, confidence REAL NOT NULL, tainted INTEGER NOT NULL, evidence_ids TEXT NOT NULL,
  status TEXT NOT NULL
);
CREATE TABLE watches (n INTEGER PRIMARY KEY, due_at INTEGER NOT NULL, episode_id TEXT NOT NULL, target TEXT NOT NULL, expected TEXT NOT NULL);
CREATE INDEX watches_due ON watches (due_at);
CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE spend (
  hour INTEGER NOT NULL, purpose TEXT NOT NULL, calls INTEGER NOT NULL, tokens INTEGER NOT NULL, PRIMARY KEY (hour, purpose)
) WITHOUT ROWID;
CREATE TABLE less_of (key TEXT PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5(text, kind UNINDEXED, id UNINDEXED, at UNINDEXED, tokenize = "unicode61 remove_diacritics 2 tokenchars '_'");
`,
  },
];
