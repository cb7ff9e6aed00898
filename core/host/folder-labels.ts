import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { messageOf } from '../errors.ts';
import type { Log, Store } from '../ports.ts';

/**
 * The labels of watched folders, by root. A root that has none is given one, and keeps it for ever: watching another folder later must not
 * rename the targets that memory, expectations and the owner's wishes already name.
 */
export type LabelsFor = (roots: readonly string[]) => ReadonlyMap<string, string>;

/** Where the store keeps them: marks of no source, by root. */
const keptAs = 'folders';
const pageSize = 1_000;

/** Reads the labels given so far. What cannot be read or kept is logged; labels are then given anew. */
export async function openFolderLabels(store: Pick<Store, 'markPage' | 'append'>, log: Log): Promise<LabelsFor> {
  const unkept = (thrown: unknown) => log.warn('folder-labels-unkept', { error: messageOf(thrown) });
  const given = await labelsIn(store).catch((thrown: unknown) => {
    unkept(thrown);
    return new Map<string, string>();
  });
  return (roots) => {
    const added = addLabels(given, roots);
    const marks = added.map(([key, value]) => ({ key, value }));
    if (marks.length > 0) store.append({ entries: [], marks: [{ source: keptAs, marks }] }).catch(unkept);
    return given;
  };
}

async function labelsIn(store: Pick<Store, 'markPage'>): Promise<Map<string, string>> {
  const labels = new Map<string, string>();
  for (let after = ''; ; ) {
    const page = await store.markPage(keptAs, after, pageSize);
    for (const { key, value } of page) if (typeof value === 'string') labels.set(key, value);
    const last = page.at(-1);
    if (!last || page.length < pageSize) return labels;
    after = last.key;
  }
}

/**
 * Gives each new root its label: none to the very first folder when it is alone, else its name with as much of the path as tells it from
 * every other root and from what lies in the folder without a label. Returns those given now.
 */
export function addLabels(given: Map<string, string>, roots: readonly string[]): [string, string][] {
  const fresh = roots.filter((root) => !given.has(root));
  const alone = given.size === 0 && fresh.length === 1;
  const bare = [...given].find(([, label]) => label === '')?.[0];
  const taken = new Set(given.values());
  const isFree = (tail: string, parts: number) =>
    !taken.has(`${tail}/`) &&
    fresh.filter((other) => tailOf(other, parts) === tail).length === 1 &&
    !(bare !== undefined && existsSync(join(bare, tail)));
  const added = fresh.map((root): [string, string] => [root, alone ? '' : labelOf(root, isFree)]);
  for (const [root, label] of added) given.set(root, label);
  return added;
}

function labelOf(root: string, isFree: (tail: string, parts: number) => boolean): string {
  const most = root.split(sep).length;
  let parts = 1;
  while (parts < most && !isFree(tailOf(root, parts), parts)) parts++;
  return `${tailOf(root, parts)}/`;
}

const tailOf = (path: string, parts: number) => path.split(sep).filter(Boolean).slice(-parts).join('/');
