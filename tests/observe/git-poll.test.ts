import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../core/ports.ts';
import { fakeClock } from '../kit/clock.ts';
import type { Tree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';
import { gitWorld, repositoryTree } from './git-world.ts';

/** A file system that never tells anything: its watcher breaks, or is merely silent. */
vi.mock('chokidar', () => ({
  watch: (folders: string[]) => {
    const watcher = new EventEmitter();
    const broken = folders.some((folder) => folder.includes('logs'));
    setImmediate(() => (broken ? watcher.emit('error', new Error('no watches left')) : watcher.emit('ready')));
    return Object.assign(watcher, { close: async () => {}, add: () => watcher });
  },
}));

let world: ReturnType<typeof gitWorld>;
let tree: Tree;
beforeEach(() => {
  world = gitWorld();
  tree = world.own(repositoryTree());
});
afterEach(() => world.end());

describe('a git source without events', () => {
  it('[OB3.2] finds a commit by polling', async () => {
    const clock = fakeClock(Date.now());
    const kept = await world.run(tree.root, { clock });
    tree.git('commit', '-q', '--allow-empty', '-m', 'Unheard');
    await clock.pass(1_000);
    await waitFor('the commit', () => kept.of('commit-made').length === 1);
  });

  it('[OB3.3] starts no process for a poll that finds nothing, and polls once a minute in the end', async () => {
    const clock = fakeClock(Date.now());
    const waits: number[] = [];
    const after: Clock['after'] = (ms, call) => {
      waits.push(ms);
      return clock.after(ms, call);
    };
    await world.run(tree.root, { clock: { ...clock, after } });
    const second = async () => {
      await clock.pass(1_000);
      await waitFor('the next poll and the next round to be set', () => clock.waiting() === 2);
    };
    // The first look after the baseline reads everything once.
    await second();
    let processes = 0;
    const count = () => void processes++;
    subscribe('child_process', count);
    for (let passed = 1; passed < 290; passed++) await second();
    unsubscribe('child_process', count);
    expect(processes).toBe(0);
    const polls = waits.filter((ms) => ms <= 60_000);
    expect(polls.slice(0, 7)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 1_500, 2_250]);
    expect(polls.at(-1)).toBe(60_000);
  });
});
