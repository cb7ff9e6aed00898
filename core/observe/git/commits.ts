import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { probes } from '../../host/spawn.ts';
import type { Details } from '../../types.ts';
import { plainLine } from '../text.ts';
import { short } from './head.ts';
import type { Ask, Place } from './place.ts';

/** One commit as git lists it; texts are cleaned. */
export interface Commit {
  hash: string;
  parents: string[];
  /** Committer date, seconds since the epoch. */
  second: number;
  author: string;
  subject: string;
}

/** Reads the lines of `probes.gitCommits`; lines of another shape are left out. */
export function parseCommits(bytes: Buffer): Commit[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .map((line) => line.split('\0'))
    .filter((fields) => fields.length === 5)
    .map(([hash = '', parents = '', second = '', author = '', subject = '']) => ({
      hash,
      parents: parents.split(' ').filter(Boolean),
      second: Number(second) || 0,
      author: plainLine(author, 100).toWellFormed(),
      subject: plainLine(subject, 200).toWellFormed(),
    }));
}

const mostPathsShown = 5;

/**
 * Lines added and removed per path, from `git diff-tree -M --numstat -z`; binary files count as files without lines, and a renamed one,
 * whose record has an empty path and is followed by its old and its new name, counts once under the new.
 */
export function parseStat(bytes: Buffer): Details {
  const paths: { path: string; added: number; removed: number }[] = [];
  const records = bytes.toString('utf8').split('\0');
  for (let at = 0; at < records.length; at++) {
    const [added, removed, ...rest] = records[at]?.split('\t') ?? [];
    if (rest.length === 0) continue;
    const path = rest.join('\t') || records[(at += 2)] || '';
    paths.push({ path, added: Number(added) || 0, removed: Number(removed) || 0 });
  }
  const sum = (key: 'added' | 'removed') => paths.reduce((total, each) => total + each[key], 0);
  const top = paths.sort((a, b) => b.added + b.removed - a.added - a.removed).slice(0, mostPathsShown);
  return {
    files: paths.length,
    added: sum('added'),
    removed: sum('removed'),
    top: top.map((each) => ({ ...each, path: plainLine(each.path, 200).toWellFormed() })),
  };
}

/** What changed between two commits; empty when git cannot say in time and size, or objects are missing. */
export async function measure(ask: Ask, from: string | null, to: string): Promise<Details> {
  const said = await ask(probes.gitStat(from, to), { maxBytes: 2_000_000, timeoutMs: 5_000 });
  return said.ok ? parseStat(said.value) : {};
}

/** The details of one commit. One at the edge of a shallow clone has parents nobody fetched: nothing to compare with. */
export async function commitDetails(ask: Ask, place: Place, commit: Commit): Promise<Details> {
  const { hash, parents, author, subject } = commit;
  const atEdge = parents.length === 0 && (await shallowEdges(place)).includes(hash);
  const sizes = atEdge ? {} : await measure(ask, parents[0] ?? null, hash);
  return { hash: short(hash), subject, author, merge: parents.length > 1, ...sizes };
}

async function shallowEdges(place: Place): Promise<string[]> {
  const text = await readFile(join(place.commonDir, 'shallow'), 'utf8').catch(() => '');
  return text.split('\n');
}
