import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { type Failure, messageOf } from '../../errors.ts';
import type { Clock, Log, Stop } from '../../ports.ts';
import { nextPollMs } from '../adaptive-poll.ts';
import type { Place } from './place.ts';
import type { Look, Repository } from './repository.ts';

export interface WatchedRepository {
  open(): Promise<void>;
  rescan(): Promise<void>;
  /** What was wrong at the last look. */
  failure(): Failure | null;
  forget(): void;
  /** Resolves when no look runs any more. */
  stop(): Promise<void>;
}

export interface WatchParts {
  repository: Repository;
  clock: Clock;
  log: Log;
  /** Called after every look that brought something new about the repository itself. */
  onLook: (look: Look) => void;
}

/** Long enough for git to finish what it writes together, short enough not to be noticed. */
const settleMs = 30;

/**
 * Looks at one repository whenever its git folder changes, and polls as a safety net where no event comes (OB3). One look at a time; the
 * poll slows down while it finds nothing.
 */
export function watchRepository({ repository, clock, log, onLook }: WatchParts): WatchedRepository {
  let failure: Failure | null = null;
  let emptyPolls = 0;
  let stopped = false;
  let watcher: FSWatcher | null = null;
  let running: Promise<unknown> = Promise.resolve();
  let stopPoll: Stop | null = null;
  let stopSettling: Stop | null = null;

  /** After a stop nothing runs, and what a stop interrupted is no failure. */
  function inTurn(take: () => Promise<Look>): Promise<Look | null> {
    const turn = running.then(async () => {
      if (stopped) return null;
      try {
        return await take();
      } catch (thrown) {
        if (stopped) return null;
        throw thrown;
      }
    });
    running = turn.catch(() => null);
    return turn;
  }

  async function look(take: () => Promise<Look>, polled: boolean): Promise<void> {
    const found = await inTurn(take);
    if (found === null || stopped) return;
    if (found.state === 'changed') emptyPolls = 0;
    else if (polled) emptyPolls += 1;
    const news = found.state === 'gone' || found.failure?.code !== failure?.code;
    failure = found.failure;
    stopPoll?.();
    stopPoll = found.state === 'gone' ? null : clock.after(nextPollMs(emptyPolls), () => unasked(true));
    if (news) onLook(found);
  }

  /** Nobody waits for this look: a bug in it is shown as a failure and the poll goes on. */
  function unasked(polled: boolean): void {
    look(() => repository.look('hinted'), polled).catch((thrown: unknown) => {
      log.error('git-look-failed', { error: messageOf(thrown) });
      failure = { class: 'permanent', code: 'bug', message: 'an error of ours' };
      stopPoll?.();
      stopPoll = clock.after(nextPollMs(++emptyPolls), () => unasked(true));
      onLook({ state: 'same', failure });
    });
  }

  /** Further hints while one settles belong to it; a steady stream cannot put the look off. */
  function hint(): void {
    if (stopped || stopSettling) return;
    stopSettling = clock.after(settleMs, () => {
      stopSettling = null;
      unasked(false);
    });
  }

  return {
    async open() {
      watcher = await watchFolders(repository.place, hint, log);
      if (stopped) await watcher.close();
      await look(repository.open, false);
    },
    rescan: () => look(() => repository.look('eager'), false),
    failure: () => failure,
    forget: () => repository.forget(),
    async stop() {
      stopped = true;
      stopPoll?.();
      stopSettling?.();
      await watcher?.close();
      await running;
    },
  };
}

/** Watches the folders of the git folder in which moves of HEAD show, none below them. Resolves when events will come. */
async function watchFolders(place: Place, hint: () => void, log: Log): Promise<FSWatcher> {
  const logs = join(place.gitDir, 'logs');
  const folders = [place.gitDir, logs, join(place.commonDir, 'refs', 'heads')].filter((folder) => existsSync(folder));
  const watcher = watch(folders, {
    depth: 0,
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (_path, stats) => stats !== undefined && !stats.isDirectory(),
  });
  watcher.on('raw', (_event, name) => {
    if (name === 'logs' && !folders.includes(logs)) watcher.add(logs);
    hint();
  });
  await new Promise<void>((resolve) => {
    watcher.once('ready', resolve);
    watcher.on('error', (error) => {
      log.warn('git-watch-failed', { error: messageOf(error) });
      resolve();
    });
  });
  return watcher;
}
