import Database from 'better-sqlite3';
import type { Sleep } from '../../core/memory.ts';

interface Row {
  [column: string]: string | number | null;
}

/** What must be true of a database whatever moment a sleep was cut off at; what is not, one sentence each. Reads only. */
export function checkSleepInvariants(file: string): string[] {
  const db = new Database(file, { readonly: true });
  try {
    const all = (sql: string) => db.prepare<[], Row>(sql).all();
    const sleeps = all('SELECT record FROM sleeps ORDER BY started_at, id').map(
      (row) => JSON.parse(String(row.record)) as Sleep,
    );
    return [...fileIsSound(all), ...episodesOf(all, sleeps), ...memoriesOf(all, sleeps), ...sleepsOf(sleeps)];
  } finally {
    db.close();
  }
}

type All = (sql: string) => Row[];
const wrong = (rows: Row[], words: string): string[] => rows.map((row) => `${words}: ${Object.values(row).join(' ')}`);

const fileIsSound = (all: All) =>
  wrong(
    all('PRAGMA quick_check').filter((row) => row.quick_check !== 'ok'),
    'the file is damaged',
  );

/** Each was learned from once: the sleeps' own counts and the marks agree, and none was passed over. */
function episodesOf(all: All, sleeps: readonly Sleep[]): string[] {
  const found = wrong(
    all('SELECT id FROM episodes WHERE consolidated_by IS NOT NULL AND consolidated_by NOT IN (SELECT id FROM sleeps)'),
    'learned from in a sleep that is not there',
  );
  found.push(
    ...wrong(
      all(`SELECT id FROM episodes WHERE held = 1 AND consolidated_by IS NULL
           AND id < (SELECT max(id) FROM episodes WHERE consolidated_by IS NOT NULL)`),
      'passed over',
    ),
    ...wrong(
      all('SELECT id FROM episodes WHERE held = 0 AND importance >= 0.3 AND consolidated_by IS NULL'),
      'left short-term memory without being learned from',
    ),
  );
  const marked = new Map(
    all('SELECT consolidated_by AS id, count(*) AS n FROM episodes WHERE consolidated_by IS NOT NULL GROUP BY 1').map(
      (row) => [String(row.id), Number(row.n)],
    ),
  );
  for (const { id, phases } of sleeps) {
    const told = phases.reduce((sum, each) => sum + (each.made.episodes ?? 0), 0);
    const there = marked.get(id) ?? 0;
    if (told !== there) found.push(`sleep ${id} says ${told} episodes, ${there} are marked`);
  }
  return found;
}

function memoriesOf(all: All, sleeps: readonly Sleep[]): string[] {
  const known = new Set(sleeps.map((each) => each.id));
  const orphans = all('SELECT id, sleep_id FROM memories WHERE sleep_id IS NOT NULL').filter(
    (row) => !known.has(String(row.sleep_id)),
  );
  return [
    ...wrong(orphans, 'formed in a sleep that is not there'),
    ...wrong(
      all("SELECT id FROM memories WHERE trust <> 'owner' AND id NOT IN (SELECT memory_id FROM memory_evidence)"),
      'rests on nothing',
    ),
    ...wrong(
      all(`SELECT memory_id, id FROM memory_evidence e WHERE snapshot = ''
           AND NOT EXISTS (SELECT 1 FROM observations WHERE id = e.id) AND NOT EXISTS (SELECT 1 FROM episodes WHERE id = e.id)
           AND NOT EXISTS (SELECT 1 FROM memories WHERE id = e.id)`),
      'its evidence is gone without a trace',
    ),
    ...wrong(
      all(`SELECT memory_id, id FROM memory_evidence WHERE kind = 'memory'
           AND id IN (SELECT id FROM memories WHERE kind = 'dream')`),
      'rests on a dream',
    ),
    ...wrong(
      all('SELECT kind, key FROM memories WHERE key IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1'),
      'is there twice',
    ),
    ...wrong(
      all("SELECT id FROM items WHERE kind = 'dream' OR id IN (SELECT id FROM memories WHERE kind = 'dream')"),
      'a dream can be recalled',
    ),
    ...wrong(
      all(
        "SELECT id FROM memories m WHERE kind <> 'dream' AND NOT EXISTS (SELECT 1 FROM items WHERE id = m.id AND kind = m.kind)",
      ),
      'cannot be recalled',
    ),
  ];
}

const order = ['light', 'deep', 'dream', 'digest'];

/** Only the last one may be without its end, and its phases stand in their order. */
function sleepsOf(sleeps: readonly Sleep[]): string[] {
  const open = sleeps.slice(0, -1).filter((each) => each.endedAt === null || each.ended === null);
  const mixed = sleeps.filter(({ phases }) => {
    const places = phases.map((each) => order.indexOf(each.phase));
    return places.some((place, at) => place < 0 || (at > 0 && place <= (places[at - 1] ?? -1)));
  });
  return [
    ...open.map(({ id }) => `sleep ${id} was never closed`),
    ...mixed.map(({ id }) => `sleep ${id} has its phases in no order`),
  ];
}
