import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, SourceHealth, Stop } from '../../ports.ts';
import type { Mark } from '../../types.ts';
import { nextPollMs } from '../adaptive-poll.ts';
import { codeOf } from './compare.ts';
import { type Hints, openHints } from './hints.ts';
import { parentOf } from './ignore.ts';
import { knownOf } from './known-tree.ts';
import { BASELINE_KEY, type FilesConfig } from './messages.ts';
import { createRepositories } from './repositories.ts';
import { createRounds, HOLD_MS, type Mode, type Outlet, type Wanted } from './rounds.ts';
import { createWarmUp } from './warm.ts';
import { describeHealth } from './watch-health.ts';

/** Follows one folder: turns hints into looks, one after the other. */
export interface FolderWatch {
  /** Takes some of the marks of earlier runs; all of them before `begin`. */
  learn(marks: Mark[]): void;
  /** Looks for the first time; resolves when all that differs is on its way, or when the folder cannot be read for now. */
  begin(): Promise<void>;
  rescan(): Promise<void>;
  stop(): Promise<void>;
}

const SETTLE_MS = 40;
const SETTLE_MOST_MS = 1_000;
const NAMES_FROM_FILES = 500;
const NAMES_MOST = 64;
const SECOND_LOOK_MS = 250;
const DOUBT_CHANGES = 2_000;
const DOUBT_MS = 1_000;
const WARM_PAUSE_MS = 8;

const everything: Wanted = [{ path: '', names: null }];

export function createFolderWatch(options: {
  config: FilesConfig;
  clock: Clock;
  outlet: Outlet;
  onHealth: (health: SourceHealth) => void;
  onLog: (event: string, fields: Record<string, string | number | boolean | null>) => void;
}): FolderWatch {
  const { config, clock, outlet, onLog } = options;
  const ended = new AbortController();
  const repositories = createRepositories(config.root, ended.signal);
  const rounds = createRounds({ config, clock, repositories, outlet, stopped: () => ended.signal.aborted });
  const { tree, state } = rounds;

  const dirty = new Map<string, Set<string> | null>();
  let young = new Set<string>();
  const timers = new Map<string, Stop>();
  let queue: Promise<void> = Promise.resolve();
  let hints: Hints | null = null;
  let rootIno = 0;
  let known = false;
  let lost: string | null = null;
  let broken: string | null = null;
  let emptyPolls = 0;
  let pauseMs = SETTLE_MS;
  let told = '';

  /** Calls once after a while; a timer of the same name that already runs stays as it is. */
  function later(name: string, ms: number, call: () => void): void {
    if (ended.signal.aborted || timers.has(name)) return;
    const stop = clock.after(ms, () => {
      timers.delete(name);
      call();
    });
    timers.set(name, stop);
  }
  function cancel(name: string): void {
    timers.get(name)?.();
    timers.delete(name);
  }
  /** Work on the tree, one piece at a time and in order. */
  function inTurn(job: () => Promise<void>): Promise<void> {
    const done = queue.then(() => (ended.signal.aborted ? undefined : job()));
    queue = done;
    return done;
  }

  function hint(folder: string, name: string | null): void {
    const names = dirty.get(folder);
    const few =
      name !== null && (names?.size ?? 0) < NAMES_MOST && (tree.folder(folder)?.files.size ?? 0) > NAMES_FROM_FILES;
    if (names === null) return;
    if (!few) dirty.set(folder, null);
    else if (names) names.add(name);
    else dirty.set(folder, new Set([name]));
    if (known && !lost) later('settle', pauseMs, () => void inTurn(followHints));
  }

  function takeHints(): Wanted {
    const wanted = new Map<string, ReadonlySet<string> | null>();
    for (const [folder, names] of dirty) {
      if (folder !== '' && state.rules.hides(folder, true)) continue;
      let at = folder;
      while (at !== '' && !tree.folder(at)) at = parentOf(at);
      wanted.set(at, at === folder && wanted.get(at) !== null ? names : null);
    }
    dirty.clear();
    return [...wanted].map(([path, names]) => ({ path, names }));
  }

  async function followHints(): Promise<void> {
    cancel('settle');
    const wanted = takeHints();
    const began = clock.elapsed();
    await look(wanted, 'live', false, false);
    // A folder that takes long to read is read less often while it keeps changing.
    pauseMs = Math.min(SETTLE_MOST_MS, Math.max(SETTLE_MS, 2 * (clock.elapsed() - began)));
    if (wanted.some(({ path }) => path === '')) await checkRoot();
    if (dirty.size > 0) later('settle', pauseMs, () => void inTurn(followHints));
    pauseMs = SETTLE_MS;
  }

  async function look(wanted: Wanted, mode: Mode, deep: boolean, final: boolean): Promise<number> {
    const seen = await rounds.look(wanted, { mode, deep, final });
    if (seen.rootLost) {
      await lose(seen.rootLost);
      return 0;
    }
    for (const folder of seen.again) hint(folder, null);
    if (seen.holds)
      later('held', HOLD_MS, () => void inTurn(() => look([], 'live', false, false).then(() => undefined)));
    for (const folder of seen.shown) watchShown(folder);
    if (mode === 'live' && seen.found > DOUBT_CHANGES) {
      cancel('doubt');
      later('doubt', DOUBT_MS, () => void inTurn(() => lookEverywhere()));
    }
    tellHealth();
    return seen.found;
  }

  async function lookEverywhere(): Promise<void> {
    const found = await look(everything, 'live', true, true);
    emptyPolls = found > 0 ? 0 : emptyPolls + 1;
  }

  /** Folders that chokidar was told to leave out and that count now. */
  function watchShown(folder: string): void {
    const top = tree.folder(folder);
    for (const below of top ? [top, ...top.folders.values()] : []) hints?.add(below.path);
  }

  function openWatch(): Promise<void> {
    const watch = openHints({
      root: config.root,
      wanted: (folder) =>
        folder === '' ||
        (!state.rules.hides(folder, true) && (tree.folder(folder) !== null || tree.folderCount() < config.maxFiles)),
      onHint: (folder, name) => {
        if (watch === hints) hint(folder, name);
      },
      onNewFolder: (folder) => {
        young.add(folder);
        later('young', SECOND_LOOK_MS, lookAgainAtYoung);
      },
      onTrouble: (code) => {
        if (watch === hints) trouble(code);
      },
    });
    hints = watch;
    rootIno = inoOf(config.root);
    return Promise.race([
      watch.ready,
      new Promise<void>((done) => ended.signal.addEventListener('abort', () => done(), { once: true })),
    ]);
  }

  function lookAgainAtYoung(): void {
    const now = young;
    young = new Set();
    for (const folder of now) hint(folder, null);
  }

  function trouble(code: string): void {
    onLog('watch-trouble', { code });
    if (code === 'ENOSPC' || code === 'EMFILE' || code === 'ENFILE') broken = code;
    else later('doubt', DOUBT_MS, () => void inTurn(lookEverywhere));
    tellHealth();
  }

  /** Looks from time to time, only while something keeps the system from telling. */
  function poll(): void {
    if (lost || (!broken && state.unreadable.size === 0)) return;
    later('poll', nextPollMs(emptyPolls), () => {
      void inTurn(async () => {
        if (broken) await lookEverywhere();
        else if (!lost) await lookAtUnreadable();
        poll();
      });
    });
  }

  async function lookAtUnreadable(): Promise<void> {
    const count = state.unreadable.size;
    await look(
      [...state.unreadable].map((path) => ({ path, names: null })),
      'live',
      false,
      false,
    );
    emptyPolls = state.unreadable.size === count ? emptyPolls + 1 : 0;
  }

  async function lose(code: string): Promise<void> {
    lost = code;
    emptyPolls = 0;
    cancel('settle');
    await closeWatch();
    tellHealth();
    awaitRoot();
  }

  function awaitRoot(): void {
    later('root', nextPollMs(emptyPolls), () => {
      emptyPolls += 1;
      void inTurn(() => (lost ? reopen() : Promise.resolve()));
    });
  }

  /** The folder may be back: starts over with what is known of it. */
  async function reopen(): Promise<void> {
    lost = rootTrouble(config.root);
    if (lost) awaitRoot();
    else await firstLooks();
    tellHealth();
  }

  async function checkRoot(): Promise<void> {
    if (lost || inoOf(config.root) === rootIno) return;
    await closeWatch();
    await openWatch();
    await look(everything, 'live', true, false);
  }

  async function firstLooks(): Promise<void> {
    await repositories.findTop();
    await look(everything, known ? 'away' : 'baseline', true, true);
    if (lost || ended.signal.aborted) return;
    known = true;
    await openWatch();
    dirty.clear();
    await look(everything, 'live', true, true);
    emptyPolls = 0;
    if (dirty.size > 0) later('settle', SETTLE_MS, () => void inTurn(followHints));
    if (!lost) warmUp(createWarmUp(config.root, tree, rounds.versions));
  }

  function warmUp(slice: () => Mark[] | null): void {
    later('warm', WARM_PAUSE_MS, () => {
      void inTurn(async () => {
        const marks = lost ? null : slice();
        if (marks && marks.length > 0) await outlet.remember(marks);
        if (marks) warmUp(slice);
      });
    });
  }

  function tellHealth(): void {
    const health = describeHealth({ ...config, lost, broken, state, ready: known && hints !== null });
    const text = JSON.stringify(health);
    if (text !== told && !ended.signal.aborted) options.onHealth(health);
    told = text;
    poll();
  }

  async function closeWatch(): Promise<void> {
    const closing = hints;
    hints = null;
    broken = null;
    await closing?.close();
  }

  return {
    learn(marks) {
      for (const { key, value } of marks) {
        const file = knownOf(value);
        if (key === BASELINE_KEY) known = true;
        else if (file) tree.set(key, file);
      }
    },
    begin: () => inTurn(reopen),
    rescan: () =>
      inTurn(async () => {
        rounds.renewRules();
        if (lost) await reopen();
        else {
          takeHints();
          await look(everything, 'live', true, true);
        }
      }),
    async stop() {
      ended.abort();
      for (const name of [...timers.keys()]) cancel(name);
      await closeWatch();
      await queue;
    },
  };
}

/** Why a folder cannot be watched: an errno name, or null when it can. */
function rootTrouble(root: string): string | null {
  try {
    readdirSync(root);
    return null;
  } catch (thrown) {
    return codeOf(thrown);
  }
}

function inoOf(path: string): number {
  try {
    return lstatSync(join(path), { throwIfNoEntry: false })?.ino ?? 0;
  } catch {
    return 0;
  }
}
