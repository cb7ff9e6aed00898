import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../kit/clock.ts';
import { temporaryFolder } from '../kit/data-dir.ts';
import { checkSleepInvariants } from '../sleep/sleep-invariants.ts';
import type { Measurement } from './measurement.ts';

const program = fileURLToPath(new URL('../sleep/sleep-child.ts', import.meta.url));
const kills = 200;
const seed = 4;

/** How often a mind that sleeps is killed, and what that did to what it remembers. */
export const sleepKills: Measurement = {
  rows: { 'sleep-kills-lost-or-doubled': { unit: 'violations', target: 0, want: 'exactly' } },
  async take() {
    const { violations, killed, inStep } = await killInSleep(kills, seed);
    return {
      'sleep-kills-lost-or-doubled': {
        value: violations.length,
        note: `${killed} SIGKILLs in sleep (${inStep} while a step was being written), after each: every episode learned from at most once and none lost, marks and records agree${violations[0] ? `; first: ${violations[0]}` : ''}`,
      },
    };
  },
};

/**
 * Kills a mind in its sleep so many times, at moments that the seed names, always on the same database, and checks it after each. `inStep`
 * says how many kills fell between the beginning and the end of a write.
 */
export async function killInSleep(times: number, seed: number) {
  const folder = temporaryFolder('kills');
  const file = join(folder.path, 'reverie.db');
  const draw = seededRandom(seed).stream('kills');
  const violations: string[] = [];
  let inStep = 0;
  let episodes = 0;
  let next = makeReady(file, seed);
  try {
    for (let kill = 0; kill < times; kill++) {
      const child = next;
      next = makeReady(file, seed + kill + 1);
      const life = await liveUntilKilled(child, 1 + Math.floor(draw() * 20), draw() * 3);
      if (life.inStep) inStep += 1;
      if (life.episodes < episodes)
        violations.push(`kill ${kill}: ${episodes} episodes were there, now ${life.episodes}`);
      episodes = Math.max(episodes, life.episodes);
      violations.push(...checkSleepInvariants(file).map((words) => `kill ${kill}: ${words}`));
    }
    return { violations, killed: times, inStep, episodes };
  } finally {
    next.kill('SIGKILL');
    folder.remove();
  }
}

/** A mind that waits to be told to begin. */
const makeReady = (file: string, seed: number) =>
  spawn(process.execPath, [program, file, String(seed)], {
    stdio: 'pipe',
    // The same code is read so many times.
    env: { ...process.env, NODE_COMPILE_CACHE: join(dirname(file), 'compiled') },
  });

/** One life: it ends so many milliseconds after the n-th word about a write. */
function liveUntilKilled(
  child: ReturnType<typeof makeReady>,
  words: number,
  afterMs: number,
): Promise<{ episodes: number; inStep: boolean }> {
  let said = 0;
  let last = '';
  let episodes = 0;
  let errors = '';
  child.stderr.on('data', (bytes: Buffer) => {
    errors += bytes.toString('utf8');
  });
  createInterface(child.stdout).on('line', (line) => {
    last = line;
    if (line.startsWith('episodes ')) episodes = Number(line.slice(9));
    if (line !== 'writing' && line !== 'written') return;
    said += 1;
    if (said === words) setTimeout(() => child.kill('SIGKILL'), afterMs);
  });
  child.stdin.write('begin\n');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_, signal) => {
      if (signal === 'SIGKILL') resolve({ episodes, inStep: last === 'writing' });
      else reject(new Error(`the mind ended by itself: ${errors.slice(-2_000)}`));
    });
  });
}
