import { monitorEventLoopDelay } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import type { Sink } from '../../core/ports.ts';
import { temporaryStore } from '../kit/data-dir.ts';
import { openIntake } from './bench-intake.ts';
import { figure, type Measurement } from './measurement.ts';
import { editDraft } from './samples.ts';

const perSecond = 20_000;
const seconds = 30;
const sliceMs = 5;
const resolutionMs = 5;

/** Twenty thousand distinct changes a second for half a minute: every one is counted in the database, and the main thread stays free. */
export const steadyFlow: Measurement = {
  rows: {
    'intake-accounted-percent': { unit: '%', target: 100, want: 'exactly' },
    'intake-main-lag-p99-ms': { unit: 'ms', target: 30, want: 'at-most' },
  },
  async take() {
    const { store, file, close } = await temporaryStore();
    try {
      let failed: Error | null = null;
      const intake = openIntake(store, { onFailed: (why) => (failed ??= why) });
      const lag = monitorEventLoopDelay({ resolution: resolutionMs });
      lag.enable();
      const flow = await offerSteadily(intake.sink({ id: 'files:/bench', kind: 'files' }));
      lag.disable();
      await intake.flush();
      if (failed) throw failed;
      const kept = countRows(file);
      await intake.stop();
      const ms = (nanoseconds: number) => figure(nanoseconds / 1e6);
      return {
        'intake-accounted-percent': {
          value: (kept.counted / flow.offered) * 100,
          note: `${kept.counted} counted of ${flow.offered} offered in ${figure(flow.ms / 1000)} s (${figure(flow.offered / (flow.ms / 1000))}/s); ${kept.own} are rows of their own, the others in ${kept.bursts} bursts`,
        },
        'intake-main-lag-p99-ms': {
          value: lag.percentile(99) / 1e6,
          note: `as monitored at a resolution of ${resolutionMs} ms, which every figure includes; median ${ms(lag.percentile(50))}, worst ${ms(lag.max)} ms`,
        },
      };
    } finally {
      await close();
    }
  },
};

/** Offers on schedule, in slices; a slice that comes late offers what is due by then. */
function offerSteadily(sink: Pick<Sink, 'offer'>): Promise<{ offered: number; ms: number }> {
  const total = perSecond * seconds;
  const startedAt = performance.now();
  let offered = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * perSecond));
      for (; offered < due; offered++) sink.offer(editDraft(offered));
      if (offered < total) return;
      clearInterval(timer);
      resolve({ offered, ms: performance.now() - startedAt });
    }, sliceMs);
  });
}

/** Asks the file itself through a connection of its own, not the code that wrote it. */
function countRows(file: string): { counted: number; own: number; bursts: number } {
  const database = new Database(file, { readonly: true });
  try {
    const row = database
      .prepare<[], { counted: number; own: number; bursts: number }>(
        `SELECT sum(count) AS counted, count(*) FILTER (WHERE type <> 'burst') AS own,
                count(*) FILTER (WHERE type = 'burst') AS bursts FROM observations`,
      )
      .get();
    if (!row) throw new Error('the database did not answer');
    return row;
  } finally {
    database.close();
  }
}
