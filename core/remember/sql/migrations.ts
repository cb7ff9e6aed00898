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
  {
    n: 2,
    name: 'memory and sleep',
    sql: `
-- What can be recalled, whatever it is: the index over all tiers. Dreams are never in it.
CREATE TABLE items (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  text TEXT NOT NULL,
  at INTEGER NOT NULL,
  target TEXT,
  trust TEXT NOT NULL,
  importance REAL NOT NULL,
  group_id TEXT,
  UNIQUE (kind, id)
);
CREATE INDEX items_at ON items (at);
CREATE INDEX items_target ON items (target, at) WHERE target IS NOT NULL;
CREATE INDEX items_group ON items (group_id) WHERE group_id IS NOT NULL;
INSERT INTO items (kind, id, text, at, trust, importance)
  SELECT kind, id, text, at, CASE kind WHEN 'note' THEN 'owner' ELSE 'derived' END, 0.5 FROM search GROUP BY kind, id;
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5(text, content = 'items', content_rowid = 'n', tokenize = "porter unicode61 remove_diacritics 2 tokenchars '_'");
CREATE VIRTUAL TABLE words USING fts5vocab(search, 'row');
CREATE TABLE vectors (n INTEGER PRIMARY KEY, model TEXT NOT NULL, scale REAL NOT NULL, components BLOB NOT NULL);
CREATE INDEX vectors_model ON vectors (model);

CREATE TABLE memories (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL, key TEXT, target TEXT, importance REAL NOT NULL, terms TEXT NOT NULL,
  strength REAL NOT NULL, strength_at INTEGER NOT NULL, stability_days REAL NOT NULL, recalled INTEGER NOT NULL, recalled_at INTEGER,
  formed_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, reasoner TEXT NOT NULL, sleep_id TEXT, trust TEXT NOT NULL,
  validation TEXT NOT NULL, pinned INTEGER NOT NULL, support INTEGER NOT NULL, rule TEXT, hits INTEGER NOT NULL, misses INTEGER NOT NULL,
  expires_at INTEGER
);
CREATE UNIQUE INDEX memories_key ON memories (kind, key) WHERE key IS NOT NULL;
CREATE INDEX memories_changed ON memories (changed_at);
CREATE INDEX memories_target ON memories (target) WHERE target IS NOT NULL;
CREATE INDEX memories_sleep ON memories (sleep_id) WHERE sleep_id IS NOT NULL;
CREATE INDEX memories_rule ON memories (kind, validation) WHERE rule IS NOT NULL;
CREATE INDEX memories_kind ON memories (kind, changed_at);
CREATE TABLE memory_evidence (
  memory_id TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, snapshot TEXT NOT NULL,
  PRIMARY KEY (memory_id, kind, id)
) WITHOUT ROWID;
CREATE INDEX memory_evidence_id ON memory_evidence (id);
CREATE TABLE contradictions (id TEXT NOT NULL, other_id TEXT NOT NULL, PRIMARY KEY (id, other_id)) WITHOUT ROWID;
CREATE TABLE tombstones (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL, why TEXT NOT NULL, forgotten_at INTEGER NOT NULL,
  was TEXT NOT NULL, evidence TEXT NOT NULL
);
CREATE INDEX tombstones_at ON tombstones (forgotten_at);
-- What is left of a raw observation while an insight or a memory cites it.
CREATE TABLE snapshots (
  id TEXT PRIMARY KEY, occurred_at INTEGER NOT NULL, source TEXT NOT NULL, type TEXT NOT NULL, target TEXT NOT NULL,
  severity TEXT NOT NULL, priority REAL NOT NULL, trust TEXT NOT NULL, cause_id TEXT, count INTEGER NOT NULL, said TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX evidence_insight ON evidence (insight_id);
CREATE INDEX observations_at ON observations (occurred_at);
CREATE INDEX observations_source ON observations (source, occurred_at);
-- What happened to a target, and the work in a place, by when it happened; the first answers by itself, without the rows.
DROP INDEX observations_target;
CREATE INDEX observations_target ON observations (target, occurred_at, source, type, count, last_at,
  coalesce(json_extract(details, '$.added'), 0) + coalesce(json_extract(details, '$.removed'), 0));
DROP INDEX observations_place;
CREATE INDEX observations_work ON observations (place, occurred_at)
  WHERE type IN ('file-created', 'file-changed', 'file-deleted', 'file-renamed', 'burst');
CREATE INDEX observations_commits ON observations (place, occurred_at) WHERE type IN ('commit-made', 'commit-amended');

ALTER TABLE episodes ADD COLUMN importance REAL;
ALTER TABLE episodes ADD COLUMN strength REAL NOT NULL DEFAULT 1;
ALTER TABLE episodes ADD COLUMN tags TEXT;
ALTER TABLE episodes ADD COLUMN related TEXT;
ALTER TABLE episodes ADD COLUMN targets TEXT;
-- held: 1 in short-term memory, 0 not or no longer; consolidated_by: the sleep that learned from it.
ALTER TABLE episodes ADD COLUMN held INTEGER NOT NULL DEFAULT 1;
ALTER TABLE episodes ADD COLUMN consolidated_by TEXT;
ALTER TABLE episodes ADD COLUMN recalled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX episodes_waiting ON episodes (id) WHERE held = 1 AND consolidated_by IS NULL;
CREATE INDEX episodes_held ON episodes (id) WHERE held = 1;
CREATE INDEX episodes_ended ON episodes (ended_at);
CREATE INDEX insights_verdict ON insights (verdict) WHERE verdict IS NOT NULL;

CREATE TABLE expectations (
  id TEXT PRIMARY KEY, of TEXT NOT NULL, of_id TEXT NOT NULL, cause_id TEXT, since INTEGER NOT NULL, due_at INTEGER NOT NULL,
  wants TEXT NOT NULL, words TEXT NOT NULL, confidence REAL NOT NULL, settlement TEXT, settled_at INTEGER, observation_ids TEXT
);
CREATE INDEX expectations_open ON expectations (due_at) WHERE settlement IS NULL;
CREATE INDEX expectations_settled ON expectations (of, settled_at) WHERE settlement IS NOT NULL;
CREATE INDEX expectations_of ON expectations (of_id);
CREATE TABLE sleeps (id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, ended_at INTEGER, record TEXT NOT NULL);
CREATE INDEX sleeps_started ON sleeps (started_at);
CREATE TABLE summaries (
  level TEXT NOT NULL, from_at INTEGER NOT NULL, until_at INTEGER NOT NULL, text TEXT NOT NULL, reasoner TEXT NOT NULL,
  PRIMARY KEY (level, from_at)
) WITHOUT ROWID;

-- Notes from before are memories now: they outlive the observation they came with.
INSERT INTO memories
  SELECT id, 'note', substr(details ->> '$.text', 1, 10000), NULL, NULL, 0.8,
    '{"severity":null,"novelty":null,"owner":1,"outcome":null,"thought":null}', 1, occurred_at, 60, 0, NULL, occurred_at, occurred_at,
    '{"kind":"rules","name":"rules"}', NULL, 'owner', 'seen', 0, 1, NULL, 0, 0, NULL
  FROM observations WHERE type = 'note-written' AND details ->> '$.text' IS NOT NULL;
INSERT INTO memory_evidence SELECT id, 'observation', id, formed_at, substr(text, 1, 120) FROM memories;
UPDATE items SET importance = 0.8 WHERE kind = 'note';
UPDATE items SET group_id = id WHERE kind = 'episode';
UPDATE items SET group_id = told.episode FROM
  (SELECT episodes.id AS episode, each.value AS insight FROM episodes, json_each(episodes.insight_ids) AS each) AS told
  WHERE items.kind = 'insight' AND items.id = told.insight;
INSERT INTO items (kind, id, text, at, trust, importance)
  SELECT 'note', id, text, formed_at, 'owner', 0.8 FROM memories WHERE id NOT IN (SELECT id FROM items WHERE kind = 'note');
DELETE FROM items WHERE kind = 'note' AND id NOT IN (SELECT id FROM memories);
INSERT INTO search (search) VALUES ('rebuild');
`,
  },
  {
    n: 3,
    name: 'pinned insights',
    sql: `
ALTER TABLE insights ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
CREATE INDEX insights_pinned ON insights (formed_at) WHERE pinned = 1;
-- The index over all tiers holds only the beginning of a text as long as that.
CREATE INDEX insights_long ON insights (formed_at) WHERE length(text) > 10000;
`,
  },
  {
    n: 4,
    name: 'kinds of a target, summaries in the index',
    sql: `
DROP INDEX observations_target;
CREATE INDEX observations_kinds ON observations (target, source, type, occurred_at, count, last_at,
  coalesce(json_extract(details, '$.added'), 0) + coalesce(json_extract(details, '$.removed'), 0));

INSERT INTO items (kind, id, text, at, trust, importance)
  SELECT 'summary', level || ' ' || from_at, text, from_at, 'derived', CASE level WHEN 'day' THEN 0.4 WHEN 'week' THEN 0.5 ELSE 0.6 END
  FROM summaries;
INSERT INTO search (rowid, text) SELECT n, text FROM items WHERE kind = 'summary';
`,
  },
  {
    n: 5,
    name: 'patterns at work, the seal of the schema',
    sql: `
-- What every table and index was made with: see \`sealSchema\`.
CREATE TABLE seal (name TEXT PRIMARY KEY, sql TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX memories_at_work ON memories (pinned DESC, importance DESC, hits DESC, id)
  WHERE rule IS NOT NULL AND kind = 'pattern' AND validation IN ('seen', 'confirmed');
`,
  },
  {
    n: 6,
    name: 'when an insight was told, judged insights',
    sql: `
ALTER TABLE insights ADD COLUMN told_at INTEGER;
CREATE INDEX insights_judged ON insights (formed_at) WHERE verdict IS NOT NULL;
`,
  },
];
