import { type FSWatcher, realpathSync, watch } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type Failure, messageOf } from '../../errors.ts';
import type { Clock, Log, MarkReader, Sink, Source, Stop } from '../../ports.ts';
import { nextPollMs } from '../adaptive-poll.ts';
import type { FirstLook } from '../git/follow-head.ts';
import { healthOf, missingRoot } from '../git/health.ts';
import { askIn, findTops, openPlace } from '../git/place.ts';
import { createRepository } from '../git/repository.ts';
import { type WatchedRepository, watchRepository } from '../git/watch-repository.ts';

export interface GitSourceOptions {
  root: string;
  /** Put before the name of a repository: "" or "name/". */
  label: string;
  uncommittedHours: number;
  clock: Clock;
  /** How far back to tell commits of a repository that was never seen before; null: what it holds is the baseline. */
  firstLookMs: number | null;
  log: Log;
}

const discoverEveryMs = 5 * 60_000;
/** Long enough for `git init` to write a whole `.git`. */
const newGitMs = 250;

/**
 * Notices commits, branches, merges and rebases in progress and long-uncommitted work, in the repository that holds `root` and in those up
 * to three folders below it. Runs nothing but the git probes of `host/spawn`, which only read and start no program that a repository names.
 */
export function createGitSource(options: GitSourceOptions): Source {
  const { clock, log } = options;
  const root = realPath(options.root);
  const controller = new AbortController();
  const { signal } = controller;
  const repositories = new Map<string, WatchedRepository>();
  const broken = new Map<string, Failure>();
  let connected: { sink: Sink; marks: MarkReader; startedAt: number } | null = null;
  let rootThere = false;
  let rootWatcher: FSWatcher | null = null;
  let lastHealth = '';
  let failedRounds = 0;
  let discovering: Promise<unknown> = Promise.resolve();
  let stopTimer: Stop | null = null;

  function report(): void {
    if (!connected || signal.aborted) return;
    const failing = [...repositories].flatMap(([top, each]) => {
      const failure = each.failure();
      return failure ? [{ top, failure }] : [];
    });
    const troubles = [...[...broken].map(([top, failure]) => ({ top, failure })), ...failing];
    const health = rootThere ? healthOf(basename(root), repositories.size, troubles) : missingRoot(root);
    const text = JSON.stringify(health);
    if (text !== lastHealth) connected.sink.health(health);
    lastHealth = text;
  }

  /** Finds what came and went since the last time, one round at a time; resolves when all of it was offered. */
  function discover(firstLook: FirstLook): Promise<void> {
    const round = discovering.then(async () => {
      if (signal.aborted) return;
      try {
        await discoverOnce(firstLook);
      } catch (thrown) {
        if (!signal.aborted) throw thrown;
      }
    });
    discovering = round.catch(() => null);
    return round;
  }

  async function discoverOnce(firstLook: FirstLook): Promise<void> {
    const tops = await findTops(root).catch(() => null);
    rootThere = tops !== null;
    if (!rootThere) unwatchRoot();
    await Promise.all([...repositories.keys()].filter((top) => !tops?.includes(top)).map(leave));
    broken.clear();
    watchRoot();
    await Promise.all((tops ?? []).filter((top) => !repositories.has(top)).map((top) => enter(top, firstLook)));
    failedRounds = rootThere && broken.size === 0 ? 0 : failedRounds + 1;
    report();
    later(failedRounds > 0 ? nextPollMs(failedRounds) : discoverEveryMs);
  }

  async function enter(top: string, firstLook: FirstLook): Promise<void> {
    const ask = askIn(top, signal);
    const place = await openPlace(top, ask);
    if (!connected || signal.aborted) return;
    if (!place.ok) return void broken.set(top, place.failure);
    const { label, uncommittedHours } = options;
    const { sink, marks } = connected;
    const repository = createRepository({
      place: place.value,
      label,
      uncommittedHours,
      clock,
      sink,
      marks,
      ask,
      firstLook,
    });
    const onLook = (look: { state: string }) => (look.state === 'gone' ? later(0) : report());
    const watched = watchRepository({ repository, clock, log, onLook });
    repositories.set(top, watched);
    await watched.open();
  }

  /** What is known is dropped only when the repository was removed; a folder that is out of reach may come back. */
  async function leave(top: string): Promise<void> {
    const repository = repositories.get(top);
    repositories.delete(top);
    await repository?.stop();
    const error = await lstat(join(top, '.git')).then(
      () => null,
      (thrown: NodeJS.ErrnoException) => thrown.code,
    );
    if (rootThere && !signal.aborted && error === 'ENOENT') repository?.forget();
  }

  /** A hint for `git init` in the folder itself; one further down is found by the next round. */
  function watchRoot(): void {
    if (!rootThere || rootWatcher || signal.aborted) return;
    try {
      rootWatcher = watch(root, (_event, name) => name === '.git' && !repositories.has(root) && later(newGitMs));
      rootWatcher.on('error', unwatchRoot);
    } catch (thrown) {
      log.warn('git-root-watch-failed', { error: messageOf(thrown) });
    }
  }

  function unwatchRoot(): void {
    rootWatcher?.close();
    rootWatcher = null;
  }

  function later(ms: number): void {
    stopTimer?.();
    stopTimer = signal.aborted ? null : clock.after(ms, () => void sinceStart().catch(unexpected));
  }

  function unexpected(thrown: unknown): void {
    log.error('git-discovery-failed', { error: messageOf(thrown) });
    later(discoverEveryMs);
  }

  const sinceStart = () => discover({ kind: 'log', since: connected?.startedAt ?? clock.now() });

  return {
    id: `git:${root}`,
    kind: 'git',
    async start(sink, marks) {
      connected = { sink, marks, startedAt: clock.now() };
      const spanMs = options.firstLookMs;
      await discover(spanMs === null ? { kind: 'nothing' } : { kind: 'recent', spanMs });
    },
    async rescan() {
      if (!connected || signal.aborted) return;
      await sinceStart();
      await Promise.all([...repositories.values()].map((each) => each.rescan()));
      report();
    },
    async stop() {
      controller.abort(new Error('the git source was stopped'));
      stopTimer?.();
      unwatchRoot();
      await Promise.all([...repositories.values()].map((each) => each.stop()));
      await discovering;
      // One that was being entered when the stop came.
      await Promise.all([...repositories.values()].map((each) => each.stop()));
    },
  };
}

/** The id must stay the same while the folder is away, so a missing one keeps the name it was given. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
