import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Details } from '../../core/types.ts';

/** What a database holds, read beside or after its host without writing to it. */
export interface DatabaseView {
  /** Oldest first, in the order they were written. */
  observations: {
    id: string;
    source: string;
    type: string;
    target: string;
    details: Details;
    count: number;
    status: 'pending' | 'done' | 'dead';
  }[];
  /** What the file source knows: size and time of each file, by path. */
  files: Map<string, { size: number; mtimeMs: number }>;
  /** Observation ids of each episode. */
  episodes: string[][];
}

/** Reads the database of a data folder as it is now. */
export function viewDatabase(dataDir: string): DatabaseView {
  const db = new Database(join(dataDir, 'reverie.db'), { readonly: true });
  try {
    return { observations: observationsIn(db), files: filesIn(db), episodes: episodesIn(db) };
  } finally {
    db.close();
  }
}

interface ObservationRow {
  id: string;
  source: string;
  type: string;
  target: string;
  details: string;
  count: number;
  status: 0 | 1 | 2;
}

const observationsIn = (db: Database.Database): DatabaseView['observations'] =>
  db
    .prepare<[], ObservationRow>(
      'SELECT id, source, type, target, details, count, status FROM observations ORDER BY seq',
    )
    .all()
    .map((row) => ({
      ...row,
      details: JSON.parse(row.details) as Details,
      status: (['pending', 'done', 'dead'] as const)[row.status],
    }));

function filesIn(db: Database.Database): DatabaseView['files'] {
  const rows = db
    .prepare<[], { key: string; value: string }>("SELECT key, value FROM marks WHERE source LIKE 'files:%'")
    .all();
  const files: DatabaseView['files'] = new Map();
  for (const { key, value } of rows) {
    const mark: unknown = JSON.parse(value);
    if (Array.isArray(mark)) files.set(key, { size: Number(mark[0]), mtimeMs: Number(mark[1]) });
  }
  return files;
}

const episodesIn = (db: Database.Database): string[][] =>
  db
    .prepare<[], { ids: string }>('SELECT observation_ids AS ids FROM episodes')
    .all()
    .map(({ ids }) => JSON.parse(ids) as string[]);
