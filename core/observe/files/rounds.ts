import { join } from 'node:path';
import type { Clock } from '../../ports.ts';
import type { Json, Mark, ObservationDraft } from '../../types.ts';
import { type CompareState, compareFolders, type Differences } from './compare.ts';
import { createVersions, readWhole, type Versions } from './contents.ts';
import { type Change, type DescribeContext, type Described, describeChange } from './describe.ts';
import { type Wanted, whole } from './dirty-folders.ts';
import { createIgnoreRules, type IgnoreRules, parentOf, readPatterns } from './ignore.ts';
import { allMarks, createKnownTree, fileMark, type Known, type KnownTree } from './known-tree.ts';
import { BASELINE_KEY, DRAFTS_PER_MESSAGE, type FilesConfig, MARKS_PER_MESSAGE } from './messages.ts';
import { pairChanges } from './pair.ts';
import type { Repositories } from './repositories.ts';

/** What a look is for: to learn what is there, to find what changed while nobody looked, or to follow what happens. */
export type Mode = 'baseline' | 'away' | 'live';

export interface Look {
  /** Folders with a file that is being written: look again. */
  again: string[];
  /** How many files differed. */
  found: number;
  /** Why the watched folder could not be read, when it could not. */
  rootLost: string | null;
  /** Some deletions wait to be paired with creations: look again (at nothing) after `HOLD_MS`. */
  holds: boolean;
  /** Folders that the rules had hidden and now show, besides folders that are new. */
  shown: string[];
}

export interface Rounds {
  readonly tree: KnownTree;
  readonly versions: Versions;
  readonly state: CompareState;
  /** Takes what the mark of the baseline says of the rules that the last run looked with; before the first look. */
  learnRules(value: Json): void;
  /** One look: compares, tells or remembers, and resolves when it is on its way. Never two at a time. */
  look(wanted: Wanted, options: { mode: Mode; deep: boolean; final: boolean }): Promise<Look>;
  /** Reads all pattern files, and asks git what it tracks, again at the next look. */
  renewRules(): void;
}

export interface Outlet {
  drafts(drafts: ObservationDraft[]): Promise<void>;
  remember(marks: Mark[]): Promise<void>;
}

/** How long a deletion waits for the creation that makes it a renaming. */
export const HOLD_MS = 200;
/** How long a file may go on being written before it is told as it is. */
const WRITING_MS = 1_000;
/** More changes than this in one look are a burst: sizes only. */
const BURST = 30;

export function createRounds(options: {
  config: FilesConfig;
  clock: Clock;
  repositories: Repositories;
  outlet: Outlet;
  stopped: () => boolean;
}): Rounds {
  const { config, clock, repositories, outlet } = options;
  const tree = createKnownTree();
  const versions = createVersions();
  const newRules = (tracked?: Set<string>) =>
    createIgnoreRules({ ...config, read: readPatterns, ...(tracked && { tracked }) });
  const state: CompareState = {
    root: config.root,
    tree,
    rules: newRules(),
    maxFiles: config.maxFiles,
    unreadable: new Set(),
    learning: false,
    crowded: false,
    stopped: options.stopped,
  };
  const held = new Map<string, { path: string; before: Known; since: number }>();
  const writing = new Map<string, number>();
  /** Of the last run, until the first look has followed them. */
  let formerRules: FormerRules | null = null;

  async function look(
    wanted: Wanted,
    { mode, deep, final }: { mode: Mode; deep: boolean; final: boolean },
  ): Promise<Look> {
    const all = deep && wanted.some(({ path }) => path === '');
    if (all) state.crowded = false;
    state.learning = mode === 'baseline';
    const seen = await compareFolders(state, wanted, deep);
    const idle = { again: [], found: 0, holds: held.size > 0, shown: [] };
    if (seen.rootLost) return { ...idle, rootLost: seen.rootLost };
    if (all) repositories.keepOnly(seen.repositories);
    const tracked = await lookIntoTracked(seen);
    const hidden = mode === 'live' ? await followRules(seen) : hiddenBefore();
    await forgetDropped(seen);
    if (mode === 'baseline') {
      await rememberAll(seen);
      return { ...idle, rootLost: null };
    }
    const adopted = seen.created.filter(({ path }) => hidden.some((rules) => rules.hides(path, false)));
    const adoptedPaths = new Set(adopted.map(({ path }) => path));
    await remember(adopted.map(({ path, known }) => fileMark(path, known)));
    const { changes, left } = pair(
      seen.created.filter(({ path }) => !adoptedPaths.has(path)),
      seen.deleted,
      mode,
      final,
    );
    for (const { found, before } of seen.changed) changes.push({ type: 'changed', path: found.path, found, before });
    for (const { path, before } of left) changes.push({ type: 'deleted', path, before });
    const again = await tell(changes, mode);
    if (mode === 'away' && !hasRulesOf(formerRules)) await outlet.remember([baselineMark()]);
    return {
      again,
      found: changes.length,
      rootLost: null,
      holds: held.size > 0,
      shown: [...tracked, ...(mode === 'live' && hidden.length > 0 ? seen.ruleFolders : [])],
    };
  }

  /** Git may track files in folders that look like build output: those are looked into after all. */
  async function lookIntoTracked(seen: Differences): Promise<string[]> {
    for (const folder of seen.repositories) repositories.note(folder);
    const tracked = await repositories.trackedAmong(state.rules.passed);
    const shown = tracked.filter((folder) => !state.rules.tracked.has(folder));
    for (const folder of shown) state.rules.tracked.add(folder);
    if (shown.length > 0) merge(seen, await compareFolders(state, whole(shown.map(parentOf)), false));
    return shown;
  }

  /** Changed pattern files: looks again with new rules; returns the rules as they were. What those hid is not new. */
  async function followRules(seen: Differences): Promise<IgnoreRules[]> {
    const before: IgnoreRules[] = [];
    for (let turn = 0, folders = seen.ruleFolders; folders.length > 0 && turn < 3; turn += 1) {
      before.push(state.rules);
      state.rules = newRules(state.rules.tracked);
      const more = await compareFolders(state, whole(folders), true);
      folders = more.ruleFolders;
      merge(seen, more);
    }
    // What the new rules hide was not there.
    seen.created = seen.created.filter(({ path, known }) => tree.file(path) === known);
    seen.changed = seen.changed.filter(({ found }) => tree.file(found.path) === found.known);
    return before;
  }

  /** The owner's rules as they were before this run, when they were others. What those hid is not new either. */
  function hiddenBefore(): IgnoreRules[] {
    if (formerRules === null || hasRulesOf(formerRules)) return [];
    const { tracked } = state.rules;
    return [createIgnoreRules({ root: config.root, ...formerRules, tracked, read: readPatterns })];
  }

  const hasRulesOf = (other: FormerRules | null): boolean =>
    other !== null && JSON.stringify([other.ignore, other.exclude]) === JSON.stringify([config.ignore, config.exclude]);

  /** Written after all that was found with these rules is on its way. */
  function baselineMark(): Mark {
    const { ignore, exclude } = config;
    formerRules = { ignore, exclude };
    return { key: BASELINE_KEY, value: { ignore, exclude } };
  }

  async function forgetDropped(seen: Differences): Promise<void> {
    for (const path of seen.dropped) versions.forget(path);
    await remember(seen.dropped.filter((path) => !tree.file(path)).map((path) => fileMark(path, null)));
  }

  async function rememberAll(seen: Differences): Promise<void> {
    await remember(seen.deleted.map(({ path }) => fileMark(path, null)));
    for (const marks of allMarks(tree.root, MARKS_PER_MESSAGE)) await outlet.remember(marks);
    const end = baselineMark();
    if (config.announce) await outlet.drafts([folderSeen(end)]);
    else await outlet.remember([end]);
  }

  function folderSeen(mark: Mark): ObservationDraft {
    return {
      type: 'folder-seen',
      target: config.label.replace(/\/$/, '') || (config.root.split(/[\\/]/).findLast(Boolean) ?? config.root),
      severity: 'info',
      trust: 'observed',
      details: {
        root: config.root,
        place: repositories.placeOf(''),
        files: tree.fileCount(),
        folders: tree.folderCount() - 1,
      },
      marks: [mark],
    };
  }

  async function remember(marks: Mark[]): Promise<void> {
    for (let at = 0; at < marks.length; at += MARKS_PER_MESSAGE)
      await outlet.remember(marks.slice(at, at + MARKS_PER_MESSAGE));
  }

  /** Pairs creations with deletions of this look and of the last ones; young deletions without a partner wait. */
  function pair(created: Differences['created'], deleted: Differences['deleted'], mode: Mode, final: boolean) {
    const now = clock.elapsed();
    for (const each of deleted) held.set(each.path, { ...each, since: now });
    let reads = 0;
    const { changes, left } = pairChanges(created, [...held.values()], (found) => {
      reads += 1;
      const reading = reads > 200 ? null : readWhole(join(config.root, found.path), found.known);
      return reading?.kind === 'read' ? reading.hash : null;
    });
    held.clear();
    const told: Differences['deleted'] = [];
    for (const each of left) {
      if (final || mode === 'away' || now - each.since >= HOLD_MS) told.push(each);
      else held.set(each.path, each);
    }
    return { changes, left: told };
  }

  async function tell(changes: Change[], mode: Mode): Promise<string[]> {
    const brief = changes.length > BURST;
    const context: DescribeContext = {
      ...config,
      versions,
      placeOf: repositories.placeOf,
      committed: repositories.committed,
      brief,
      whileAway: mode === 'away',
      mayWait,
      now: clock.now,
    };
    const again = new Set<string>();
    for (let at = 0; at < changes.length; at += DRAFTS_PER_MESSAGE) {
      const some = changes.slice(at, at + DRAFTS_PER_MESSAGE);
      const described = await twoAtOnce(some, (change) => describeChange(change, context));
      await send(some, described, again);
    }
    return [...again];
  }

  async function send(changes: Change[], described: Described[], again: Set<string>): Promise<void> {
    const drafts: ObservationDraft[] = [];
    const marks: Mark[] = [];
    described.forEach((each, index) => {
      const change = changes[index];
      if (!change) return;
      if (each.kind === 'again') takeBack(change, again);
      else writing.delete(change.path);
      if (each.kind === 'told') drafts.push(each.draft);
      if (each.kind === 'same') marks.push(...each.marks);
    });
    if (marks.length > 0) await outlet.remember(marks);
    if (drafts.length > 0) await outlet.drafts(drafts);
  }

  /** As if it had not been seen: the next look finds it again. */
  function takeBack(change: Change, again: Set<string>): void {
    again.add(parentOf(change.path));
    if (change.type === 'changed') tree.set(change.path, change.before);
    else tree.remove(change.path);
    if (change.type === 'renamed')
      held.set(change.from, { path: change.from, before: change.before, since: clock.elapsed() });
  }

  function mayWait(path: string): boolean {
    const now = clock.elapsed();
    const since = writing.get(path) ?? now;
    // Files that went while they were written leave their entry behind.
    if (writing.size > 1_000) writing.clear();
    writing.set(path, since);
    return now - since < WRITING_MS;
  }

  function renewRules(): void {
    state.rules = newRules(state.rules.tracked);
    repositories.askAgain();
  }

  return {
    tree,
    versions,
    state,
    look,
    renewRules,
    learnRules(value) {
      formerRules = formerRulesOf(value);
    },
  };
}

type FormerRules = Pick<FilesConfig, 'ignore' | 'exclude'>;

/** Null for what says nothing of rules: then nobody knows, and what is there now counts as new. */
function formerRulesOf(value: Json): FormerRules | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { ignore, exclude } = value;
  const texts = (list: Json | undefined): list is string[] =>
    Array.isArray(list) && list.every((each) => typeof each === 'string');
  return texts(ignore) && texts(exclude) ? { ignore, exclude } : null;
}

function merge(into: Differences, more: Differences): void {
  // Not `push(...more)`: a hundred thousand arguments are too many.
  for (const each of more.created) into.created.push(each);
  for (const each of more.changed) into.changed.push(each);
  for (const each of more.deleted) into.deleted.push(each);
  for (const each of more.dropped) into.dropped.push(each);
  for (const each of more.ruleFolders) into.ruleFolders.push(each);
}

/** Two lanes over one list; results in its order. */
async function twoAtOnce<T, R>(items: T[], call: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const entries = items.entries();
  const lane = async () => {
    for (const [index, item] of entries) results[index] = await call(item);
  };
  await Promise.all([lane(), lane()]);
  return results;
}
