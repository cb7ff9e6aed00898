import { request } from 'node:http';
import { createServer } from 'node:net';
import { atRest, startHeadless } from '../kit/headless.ts';
import { figure, type Measurement, median, pause } from './measurement.ts';
import { makeWatchedFolder } from './watched-folder.ts';

const files = 2_000;
const warmUps = 2;
const counted = 10;
const pollMs = 2;
const deadlineMs = 30_000;

/** From the spawn of node to the first 200 of /healthz; the folder is known from an earlier start and the disk cache is warm. */
const startReady: Measurement = {
  rows: { 'start-ready-ms': { unit: 'ms', target: 1_000, want: 'at-most' } },
  async take() {
    const folder = makeWatchedFolder(files, 100);
    try {
      const port = await freePort();
      const args = ['--watch', folder.tree.root, '--data-dir', folder.dataDir, '--port', String(port)];
      args.push('--model', 'rules');
      await firstLook(args);
      const took: number[] = [];
      for (let n = 0; n < warmUps + counted; n++) took.push(await startOnce(args, port));
      const kept = took.slice(warmUps);
      const range = `${figure(Math.min(...kept))} to ${figure(Math.max(...kept))} ms`;
      const note = `median of ${kept.length} starts (${range}) after ${warmUps} to warm up; rules, ${files} files known`;
      return { 'start-ready-ms': { value: median(kept), note } };
    } finally {
      folder.end();
    }
  },
};

export const measurements: readonly Measurement[] = [startReady];

async function firstLook(args: readonly string[]): Promise<void> {
  const host = await startHeadless(args);
  try {
    await atRest(host);
  } finally {
    await host.end();
  }
}

async function startOnce(args: readonly string[], port: number): Promise<number> {
  const spawnedAt = performance.now();
  const starting = startHeadless(args);
  const healthyAt = await Promise.race([healthy(port), starting.then(() => healthy(port))]);
  const host = await starting;
  await host.end();
  return healthyAt - spawnedAt;
}

/** Asks until /healthz answers 200; the time of that answer. */
async function healthy(port: number): Promise<number> {
  const end = performance.now() + deadlineMs;
  while (performance.now() < end) {
    if ((await statusOf(port)) === 200) return performance.now();
    await pause(pollMs);
  }
  throw new Error(`/healthz did not answer within ${deadlineMs / 1000} s`);
}

const statusOf = (port: number): Promise<number> =>
  new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/healthz', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', () => resolve(0));
    asked.end();
  });

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const taken = createServer();
    taken.on('error', reject);
    taken.listen(0, '127.0.0.1', () => {
      const address = taken.address();
      taken.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
