import { atRest, type HeadlessHost, startHeadless } from '../kit/headless.ts';
import { type ProcessFigures, processFigures } from '../kit/machine.ts';
import { waitFor } from '../kit/wait-for.ts';
import { figure, type Measurement, pause } from './measurement.ts';
import { makeWatchedFolder } from './watched-folder.ts';

/** A model server is looked for, as in life, and none is there: nothing listens on the discard port. */
const noServer = 'http://127.0.0.1:9/v1';
const restMs = 5_000;
const spanMs = 60_000;
const sampleMs = 5_000;
const settleWithinMs = 300_000;

/** What the host costs while nothing happens: first start on 2,000 files, at rest for 5 s, then observed for a minute. */
const atIdle: Measurement = {
  rows: {
    'idle-cpu-percent': { unit: '% of a core', target: 0.5, want: 'at-most' },
    'idle-rss-mb': { unit: 'MB', target: 150, want: 'at-most' },
  },
  take: () =>
    withHost({ files: 2_000, folders: 100 }, async (host) => {
      await atRest(host);
      await pause(restMs);
      const startedAt = performance.now();
      const first = processFigures(host.pid);
      const seen: ProcessFigures[] = [];
      while (performance.now() - startedAt < spanMs) {
        await pause(sampleMs);
        seen.push(processFigures(host.pid));
      }
      const ms = performance.now() - startedAt;
      const last = seen.at(-1) ?? first;
      const own = last.cpuMs - first.cpuMs;
      const children = last.childCpuMs - first.childCpuMs;
      return {
        'idle-cpu-percent': {
          value: ((own + children) / ms) * 100,
          note: `${figure(own)} ms of its own and ${figure(children)} ms of its children in ${figure(ms / 1000)} s; 2,000 files in a repository, no server answers`,
        },
        'idle-rss-mb': {
          value: Math.max(...seen.map((each) => each.rssMb)),
          note: `the highest of ${seen.length} looks; ${memoryNote(last)}`,
        },
      };
    }),
};

/** The same host on a very large tree. */
const largeTree: Measurement = {
  large: true,
  rows: { 'watch-100k-rss-mb': { unit: 'MB', target: 400, want: 'at-most' } },
  take: () =>
    withHost({ files: 100_000, folders: 1_000 }, async (host) => {
      const startedAt = performance.now();
      await settled(host);
      const settledAfterS = (performance.now() - startedAt) / 1000;
      const seen = processFigures(host.pid);
      return {
        'watch-100k-rss-mb': {
          value: seen.rssMb,
          note: `first start, settled after ${figure(settledAfterS)} s; ${memoryNote(seen)}`,
        },
      };
    }),
};

export const measurements: readonly Measurement[] = [atIdle, largeTree];

const memoryNote = ({ pssMb, peakMb }: ProcessFigures) =>
  `${pssMb === null ? '' : `its proportional share is ${figure(pssMb)} MB; `}${figure(peakMb)} MB at its peak since the start`;

async function withHost<T>(
  size: { files: number; folders: number },
  look: (host: HeadlessHost) => Promise<T>,
): Promise<T> {
  // Says at once, and not after minutes of work, that a system has no /proc.
  processFigures(process.pid);
  const folder = makeWatchedFolder(size.files, size.folders);
  try {
    const host = await startHeadless([
      ...['--watch', folder.tree.root, '--data-dir', folder.dataDir],
      ...['--port', '0', '--model', noServer],
    ]);
    try {
      return await look(host);
    } finally {
      await host.end();
    }
  } finally {
    folder.end();
  }
}

/** Watches everything, has nothing to write, and has used less than 2 % of a core for five seconds. */
async function settled(host: HeadlessHost): Promise<void> {
  await waitFor(
    'the host to settle',
    async () => {
      const { sources, intake } = await host.snapshot();
      if (intake.waiting > 0 || !sources.every((source) => source.state === 'watching')) return false;
      const before = processFigures(host.pid).cpuMs;
      await pause(restMs);
      return processFigures(host.pid).cpuMs - before < restMs * 0.02;
    },
    settleWithinMs,
  );
}
