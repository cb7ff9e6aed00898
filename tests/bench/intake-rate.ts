import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Store } from '../../core/ports.ts';
import { fromObservation } from '../../core/remember/sql/rows.ts';
import { openStore } from '../../core/remember/sql/store.ts';
import type { Observation, ObservationDraft } from '../../core/types.ts';
import { temporaryFolder, temporaryStore } from '../kit/data-dir.ts';
import { intakeBuffer, openIntake } from './bench-intake.ts';
import { figure, type Measurement, median } from './measurement.ts';
import { editDraft } from './samples.ts';

const rounds = 5;
const rowsPerRound = 25_000;
const roundWithinMs = 60_000;

interface Round {
  intakePerSecond: number;
  barePerSecond: number;
  perTransaction: number;
}

/**
 * The intake when it is offered as fast as it takes (stamping, redaction, fingerprint, the way to the database's thread) against nothing
 * but the inserts: the same rows, as many per transaction, the same schema and flushing, statement prepared and JSON made beforehand.
 */
export const againstBareInserts: Measurement = {
  rows: { 'intake-vs-bare-insert': { unit: '× bare', target: 0.4, want: 'at-least' } },
  async take() {
    // One round that does not count warms the code and the disk.
    await oneRound(0);
    const taken: Round[] = [];
    for (let round = 1; round <= rounds; round++) taken.push(await oneRound(round));
    const ratios = taken.map((each) => each.intakePerSecond / each.barePerSecond);
    const rate = (of: (round: Round) => number) => `${figure(median(taken.map(of)))}/s`;
    return {
      'intake-vs-bare-insert': {
        value: median(ratios),
        note: `median of ${rounds} rounds of ${rowsPerRound} rows (${ratios.map(figure).join(', ')}): intake ${rate((each) => each.intakePerSecond)}, bare ${rate((each) => each.barePerSecond)}, ${figure(median(taken.map((each) => each.perTransaction)))} rows a transaction`,
      },
    };
  },
};

async function oneRound(round: number): Promise<Round> {
  const drafts = Array.from({ length: rowsPerRound }, (_, n) => editDraft(round * rowsPerRound + n));
  const { store, close } = await temporaryStore();
  try {
    const batches: Observation[][] = [];
    const append: typeof store.append = (batch) => {
      batches.push(batch.entries.map((entry) => entry.observation));
      return store.append(batch);
    };
    const intakeMs = await throughIntake(drafts, append);
    const written = batches.flat().length;
    if (written !== drafts.length)
      throw new Error(`${drafts.length} offered became ${written} rows: something was folded`);
    const bareMs = bareInserts(batches);
    return {
      intakePerSecond: written / (intakeMs / 1000),
      barePerSecond: written / (bareMs / 1000),
      perTransaction: written / batches.length,
    };
  } finally {
    await close();
  }
}

/** Keeps the buffer filled and never overruns it; milliseconds until everything was durable. */
async function throughIntake(drafts: readonly ObservationDraft[], append: Store['append']): Promise<number> {
  let offered = 0;
  const allOffered = Promise.withResolvers<void>();
  const intake = openIntake({ append }, { onWritten: () => setImmediate(fill), onFailed: allOffered.reject });
  const sink = intake.sink({ id: 'files:/bench', kind: 'files' });
  function fill(): void {
    for (let room = intakeBuffer - intake.figures().waiting; room > 0; room--) {
      const draft = drafts[offered];
      if (!draft) return allOffered.resolve();
      offered += 1;
      sink.offer(draft);
    }
  }
  const patience = setTimeout(() => allOffered.reject(new Error('the intake stood still')), roundWithinMs);
  try {
    const startedAt = performance.now();
    fill();
    await allOffered.promise;
    await intake.flush();
    return performance.now() - startedAt;
  } finally {
    clearTimeout(patience);
    await intake.stop();
  }
}

function bareInserts(batches: readonly Observation[][]): number {
  const folder = temporaryFolder('bare');
  const file = join(folder.path, 'bare.db');
  // The schema with its indexes, as the store makes it.
  openStore(file).close();
  const database = new Database(file);
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    const insert = database.prepare(
      `INSERT INTO observations
       (id, occurred_at, source, type, target, place, severity, priority, details, fingerprint, trust, cause_id, count, first_at, last_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const write = database.transaction((rows: unknown[][]) => {
      for (const row of rows) insert.run(...row);
    });
    const rows = batches.map((batch) => batch.map(fromObservation));
    const startedAt = performance.now();
    for (const batch of rows) write(batch);
    return performance.now() - startedAt;
  } finally {
    database.close();
    folder.remove();
  }
}
