import { spawn } from 'node:child_process';
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

/** What the host costs while nothing happens: a folder it knows from an earlier start, at rest for 5 s, then watched for a minute. */
const atIdle: Measurement = {
  rows: {
    'idle-cpu-percent': { unit: '% of a core', target: 0.5, want: 'at-most' },
    'idle-rss-mb': { unit: 'MB', target: 150, want: 'at-most' },
  },
  take: () =>
    withFolder({ files: 2_000, folders: 100 }, async (args) => {
      const first = await withHost(args, atRestFigures);
      return withHost(args, async (host) => idleReadings(await idleMinute(host), first));
    }),
};

async function atRestFigures(host: HeadlessHost): Promise<ProcessFigures> {
  await atRest(host);
  await pause(restMs);
  return processFigures(host.pid);
}

interface Idle {
  ms: number;
  /** What an empty Node that is woken once a second cost in the same time: what this machine asks for a wake. */
  emptyMs: number;
  /** At its beginning, and then every few seconds to its end. */
  seen: ProcessFigures[];
}

async function idleMinute(host: HeadlessHost): Promise<Idle> {
  const empty = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1_000)'], { stdio: 'ignore' });
  try {
    const seen = [await atRestFigures(host)];
    const emptyBefore = processFigures(empty.pid ?? 0).cpuMs;
    const startedAt = performance.now();
    while (performance.now() - startedAt < spanMs) {
      await pause(sampleMs);
      seen.push(processFigures(host.pid));
    }
    const emptyMs = processFigures(empty.pid ?? 0).cpuMs - emptyBefore;
    return { ms: performance.now() - startedAt, emptyMs, seen };
  } finally {
    empty.kill();
  }
}

function idleReadings({ ms, emptyMs, seen }: Idle, firstStart: ProcessFigures) {
  const last = seen.at(-1) ?? firstStart;
  const spent = (of: 'cpuMs' | 'childCpuMs') => last[of] - (seen[0]?.[of] ?? 0);
  const own = spent('cpuMs');
  const children = spent('childCpuMs');
  return {
    'idle-cpu-percent': {
      value: ((own + children) / ms) * 100,
      note: `${figure(own)} ms of its own and ${figure(children)} ms of its children in ${figure(ms / 1000)} s; 2,000 files in a repository, no server answers; an empty Node that wakes once a second cost ${figure(emptyMs)} ms beside it`,
    },
    'idle-rss-mb': {
      value: Math.max(firstStart.rssMb, ...seen.map((each) => each.rssMb)),
      note: `the highest of ${seen.length} looks at a start on a known folder and of its first start (${figure(firstStart.rssMb)} MB); ${memoryNote(last)}`,
    },
  };
}

/** The same host on a very large tree. */
const largeTree: Measurement = {
  large: true,
  rows: { 'watch-100k-rss-mb': { unit: 'MB', target: 400, want: 'at-most' } },
  take: () =>
    withFolder({ files: 100_000, folders: 1_000 }, async (args) => {
      const first = await withHost(args, settledFigures);
      const again = await withHost(args, settledFigures);
      return {
        'watch-100k-rss-mb': {
          value: Math.max(first.rssMb, again.rssMb),
          note: `first start ${figure(first.rssMb)} MB (${memoryNote(first)}), next start ${figure(again.rssMb)} MB (${memoryNote(again)})`,
        },
      };
    }),
};

export const measurements: readonly Measurement[] = [atIdle, largeTree];

const memoryNote = ({ pssMb, peakMb }: ProcessFigures) =>
  `${pssMb === null ? '' : `its proportional share is ${figure(pssMb)} MB; `}${figure(peakMb)} MB at its peak since the start`;

/** The arguments of a host for a folder of that size; the folder is gone afterwards. */
async function withFolder<T>(
  size: { files: number; folders: number },
  use: (args: readonly string[]) => Promise<T>,
): Promise<T> {
  // Says at once, and not after minutes of work, that a system has no /proc.
  processFigures(process.pid);
  const folder = makeWatchedFolder(size.files, size.folders);
  try {
    const where = ['--watch', folder.tree.root, '--data-dir', folder.dataDir];
    return await use([...where, '--port', '0', '--model', noServer]);
  } finally {
    folder.end();
  }
}

async function withHost<T>(args: readonly string[], look: (host: HeadlessHost) => Promise<T>): Promise<T> {
  const host = await startHeadless(args);
  try {
    return await look(host);
  } finally {
    await host.end();
  }
}

/** Once it watches everything, has nothing to write, and has used less than 2 % of a core for five seconds. */
async function settledFigures(host: HeadlessHost): Promise<ProcessFigures> {
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
  return processFigures(host.pid);
}
