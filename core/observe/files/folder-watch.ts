import { lstatSync, readdirSync } from 'node:fs';
import type { Clock, SourceHealth } from '../../ports.ts';
import type { Mark } from '../../types.ts';
import { nextPollMs } from '../adaptive-poll.ts';
import { codeOf } from './compare.ts';
import { createDirtyFolders, type Wanted, whole } from './dirty-folders.ts';
import { createHints, type Hints } from './hints.ts';
import { knownOf } from './known-tree.ts';
import { BASELINE_KEY, type FilesConfig } from './messages.ts';
import { createRepositories } from './repositories.ts';
import { createRounds, HOLD_MS, type Mode, type Outlet } from './rounds.ts';
import { createTurns } from './turns.ts';
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
const REST_MOST_MS = 1_000;
const SECOND_LOOK_MS = 250;
const THIRD_LOOK_MS = 1_500;
const DOUBT_CHANGES = 2_000;
const DOUBT_MS = 1_000;
const WARM_PAUSE_MS = 8;

const everything = whole(['']);

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

  const { inTurn, later, cancel, finished } = createTurns(clock, ended.signal);
  const dirty = createDirtyFolders(tree, (folder) => state.rules.hides(folder, true));
  let young = new Set<string>();
  const settled = new Set<string>();
  let hints: Hints | null = null;
  let rootIno = 0;
  let known = false;
  let lost: string | null = null;
  let broken: string | null = null;
  let emptyPolls = 0;
  let restUntil = 0;
  let told = '';

  function hint(folder: string, name: string | null): void {
    dirty.add(folder, name);
    if (known && !lost) settle();
  }
  function settle(): void {
    later('settle', Math.max(SETTLE_MS, restUntil - clock.elapsed()), () => void inTurn(followHints));
  }

  async function followHints(): Promise<void> {
    const wanted = dirty.take();
    const began = clock.elapsed();
    await look(wanted, 'live', false, false);
    if (wanted.some(({ path }) => path === '')) await checkRoot();
    // A folder that takes long to read is read less often while it keeps changing.
    restUntil = clock.elapsed() + Math.min(REST_MOST_MS, clock.elapsed() - began);
    cancel('settle');
    if (dirty.size() > 0) settle();
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
    if (seen.shown.length > 0 && hints) void inTurn(() => watchMore(seen.shown));
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

  async function openWatch(): Promise<void> {
    const opened = createHints({
      root: config.root,
      tree,
      hides: (folder) => state.rules.hides(folder, true),
      maxFolders: config.maxFiles,
      onHint: (folder, name) => {
        if (opened === hints) hint(folder, name);
      },
      onNewFolder: (folder) => {
        young.add(folder);
        later('young', SECOND_LOOK_MS, lookAgainAtYoung);
      },
      onPostponed: () => later('young', SECOND_LOOK_MS, lookAgainAtYoung),
      onTrouble: (code) => {
        if (opened === hints) trouble(code);
      },
    });
    hints = opened;
    rootIno = inoOf(config.root);
    await opened.add(['']);
  }

  function lookAgainAtYoung(): void {
    const now = young;
    young = new Set();
    for (const folder of now) hint(folder, null);
    // Once more later: on a busy machine the watch may stand only then.
    for (const folder of now) settled.add(folder);
    later('settled', THIRD_LOOK_MS, () => {
      for (const folder of settled) hint(folder, null);
      settled.clear();
    });
    void inTurn(async () => {
      const crowd = hints?.takePostponed() ?? [];
      if (crowd.length === 0) return;
      for (const folder of crowd) dirty.add(folder, null);
      await look(dirty.take(), 'live', false, false);
      await watchMore(crowd);
    });
  }

  /** Watches folders that are known but not watched, and looks once more when their watches stand. */
  async function watchMore(folders: string[]): Promise<void> {
    await hints?.add(folders);
    await look(whole(folders), 'live', true, false);
  }

  function trouble(code: string): void {
    if (broken) return;
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
    for (const folder of state.unreadable) if (!tree.folder(folder)) state.unreadable.delete(folder);
    const count = state.unreadable.size;
    await look(whole([...state.unreadable]), 'live', false, false);
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
    tellHealth();
    if (lost) awaitRoot();
    else await firstLooks();
    tellHealth();
  }

  async function checkRoot(): Promise<void> {
    if (lost || inoOf(config.root) === rootIno) return;
    await rewatch();
    await look(everything, 'live', true, false);
  }

  /** Begins the watches anew: the folder is another one now, or the system may allow more than before. */
  async function rewatch(): Promise<void> {
    await closeWatch();
    await openWatch();
  }

  async function firstLooks(): Promise<void> {
    repositories.findTop();
    await look(everything, known ? 'away' : 'baseline', true, true);
    if (lost || ended.signal.aborted) return;
    known = true;
    await openWatch();
    dirty.take();
    await look(everything, 'live', true, true);
    emptyPolls = 0;
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
        if (key === BASELINE_KEY) {
          known = true;
          rounds.learnRules(value);
        } else if (file) tree.set(key, file);
      }
    },
    begin: () => inTurn(reopen),
    rescan: () =>
      inTurn(async () => {
        rounds.renewRules();
        if (lost) await reopen();
        else {
          if (broken) await rewatch();
          dirty.take();
          await look(everything, 'live', true, true);
        }
      }),
    async stop() {
      ended.abort();
      await closeWatch();
      await finished();
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
    return lstatSync(path, { throwIfNoEntry: false })?.ino ?? 0;
  } catch {
    return 0;
  }
}
