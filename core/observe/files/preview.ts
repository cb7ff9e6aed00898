import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { IgnorePreview } from '../../protocol-owner.ts';
import { createIgnoreRules, createRuleFinder, type IgnoreRules, readPatterns } from './ignore.ts';
import { childPath } from './known-tree.ts';
import { createRepositories, type Repositories } from './repositories.ts';
import { ruleProblem } from './rule-problem.ts';

/** One watched folder, as its source has it. */
export interface PreviewFolder {
  /** Absolute and real. */
  root: string;
  label: string;
  exclude: string[];
}

const sliceMs = 12;
/** Stands for what is left out anyway: no rule of the owner decides there. */
const byNone = -1;
const examplesAtMost = 20;
const examplesPerRule = 5;

/** A folder on the way, and what is known of it: whether it is watched without the rules, and which of them leaves it out. */
interface Place {
  path: string;
  watched: boolean;
  hiddenBy: number | null;
}

/** A folder that looks like build output; it counts after all when git tracks files in it. */
interface Passed {
  above: Place;
  path: string;
}

/** What is asked of one watched folder: the rules that hold anyway, and those with the owner's. */
interface Judges {
  folder: PreviewFolder;
  always: IgnoreRules;
  withRules: IgnoreRules;
  repositories: Repositories;
}

/**
 * What these rules of the owner would leave out of the folders, on top of what is always left out; judged by the same rules that the
 * watcher has. Looks at `most` files at most and ends early when the signal aborts: `partial` then. What cannot be read is passed over.
 */
export async function previewRules(
  folders: readonly PreviewFolder[],
  rules: readonly string[],
  { most, signal }: { most: number; signal: AbortSignal },
): Promise<IgnorePreview> {
  const roots = folders.map(({ root }) => root);
  const counted = rules.map((rule) => ({ rule, matches: 0, problem: ruleProblem(rule, roots) }));
  const decidedBy = createRuleFinder(rules);
  const examples: IgnorePreview['examples'] = [];
  let [looked, ignored] = [0, 0];
  let sliceEnd = performance.now() + sliceMs;

  const over = () => signal.aborted || looked >= most;

  function judge({ always, withRules }: Judges, above: Place, path: string, isFolder: boolean): Place {
    const watched = above.watched && !always.ignores(path, isFolder);
    if (above.hiddenBy !== null) return { path, watched, hiddenBy: above.hiddenBy };
    const hiddenBy = withRules.ignores(path, isFolder) ? (decidedBy(path, isFolder) ?? byNone) : null;
    return { path, watched, hiddenBy };
  }

  function countFile({ path, watched, hiddenBy }: Place, label: string): void {
    if (!watched && hiddenBy !== null) return;
    looked += 1;
    const by = hiddenBy === null ? undefined : counted[hiddenBy];
    if (!by) return;
    ignored += 1;
    by.matches += 1;
    if (by.matches <= examplesPerRule && examples.length < examplesAtMost)
      examples.push({ path: label + path, rule: by.rule });
  }

  /** Looks into these folders and what is below them; returns those that it passed because they look like build output. */
  async function lookInto(judges: Judges, places: Place[]): Promise<Passed[]> {
    const passed: Passed[] = [];
    for (const above of places) {
      for (const entry of await entriesOf(join(judges.folder.root, above.path))) {
        if (over()) return passed;
        if (entry.name === '.git') judges.repositories.note(above.path);
        const path = childPath(above.path, entry.name);
        const isFolder = entry.isDirectory();
        if (!isFolder && !entry.isFile() && !entry.isSymbolicLink()) continue;
        const place = judge(judges, above, path, isFolder);
        if (!isFolder) countFile(place, judges.folder.label);
        else if (place.watched || place.hiddenBy === null) places.push(place);
        else if (above.watched && judges.always.passed.has(path)) passed.push({ above, path });
        if (performance.now() > sliceEnd) {
          await new Promise<void>((next) => setImmediate(next));
          sliceEnd = performance.now() + sliceMs;
        }
      }
    }
    return passed;
  }

  async function lookAt(folder: PreviewFolder): Promise<void> {
    const read = remembering(readPatterns);
    const { root, exclude } = folder;
    const tracked = new Set<string>();
    const always = createIgnoreRules({ root, ignore: [], exclude, tracked, read });
    const withRules = createIgnoreRules({ root, ignore: [...rules], exclude, tracked, read });
    const judges = { folder, always, withRules, repositories: createRepositories(root, signal) };
    judges.repositories.findTop();
    for (let places: Place[] = [{ path: '', watched: true, hiddenBy: null }]; places.length > 0; ) {
      const passed = await lookInto(judges, places);
      for (const path of await judges.repositories.trackedAmong(passed.map(({ path }) => path))) tracked.add(path);
      const shown = passed.filter(({ path }) => tracked.has(path));
      places = shown.map(({ above, path }) => judge(judges, above, path, true));
    }
  }

  for (const folder of folders) if (!over()) await lookAt(folder);
  return { looked, ignored, examples, rules: counted, partial: over() };
}

/** Empty for a folder that is gone or may not be read. */
const entriesOf = (folder: string): Promise<Dirent[]> => readdir(folder, { withFileTypes: true }).catch(() => []);

/** Reads each file once. */
function remembering(read: (file: string) => string | null): (file: string) => string | null {
  const known = new Map<string, string | null>();
  return (file) => {
    const before = known.get(file);
    if (before !== undefined) return before;
    const text = read(file);
    known.set(file, text);
    return text;
  };
}
