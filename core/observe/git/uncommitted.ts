import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { probes } from '../../host/spawn.ts';
import type { Stamp } from '../../types.ts';
import { plainLine } from '../text.ts';
import type { Ask } from './place.ts';

/** One entry of the index with the stat data that git keeps. */
export interface IndexEntry {
  mode: string;
  oid: string;
  stage: number;
  /** Bytes: a name need not be UTF-8. */
  path: Buffer;
  mtimeSeconds: number;
  mtimeNanos: number;
  size: number;
  flags: number;
}

export interface Uncommitted {
  files: number;
  oldestAt: Stamp;
  /** Oldest first, at most ten. */
  paths: string[];
}

const mostEntries = 20_000;
const mostBytesHashed = 64_000_000;
const largestHashed = 1_000_000;
const atOnce = 32;
const mostPaths = 10;

const header = /^(\d{6}) ([0-9a-f]{40,64}) ([0-3])\t/;
const figures = /mtime: (\d+):(\d+)\n[^\n]*\n[^\n]*\n {2}size: (\d+)\tflags: ([0-9a-f]+)\n$/;

/** Reads `git ls-files -s -z --debug`, whole entries only, at most 20,000. */
export function parseIndex(bytes: Buffer): IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (let at = 0; entries.length < mostEntries; ) {
    const nul = bytes.indexOf(0, at);
    const end = nul < 0 ? -1 : afterLines(bytes, nul + 1, 5);
    if (end < 0) break;
    const tab = bytes.indexOf(9, at) + 1;
    const head = header.exec(bytes.toString('latin1', at, tab));
    const stat = figures.exec(bytes.toString('latin1', nul + 1, end));
    if (head && stat) entries.push({ ...entryOf(head, stat), path: bytes.subarray(tab, nul) });
    at = end;
  }
  return entries;
}

function afterLines(bytes: Buffer, from: number, lines: number): number {
  let at = from;
  for (let line = 0; line < lines; line++) {
    const stop = bytes.indexOf(10, at);
    if (stop < 0) return -1;
    at = stop + 1;
  }
  return at;
}

const entryOf = ([, mode = '', oid = '', stage = '']: RegExpExecArray, stat: RegExpExecArray) => ({
  mode,
  oid,
  stage: Number(stage),
  mtimeSeconds: Number(stat[1]),
  mtimeNanos: Number(stat[2]),
  size: Number(stat[3]),
  flags: Number.parseInt(stat[4] ?? '0', 16),
});

/** `assume-unchanged` and `skip-worktree` are promises of the owner not to look; submodules keep their own work. */
const looksAt = (entry: IndexEntry): boolean =>
  entry.stage === 0 && entry.mode !== '160000' && (entry.flags & 0x8000) === 0 && (entry.flags & 0x40000000) === 0;

/**
 * Tracked files with work that no commit holds: files that differ from the index, and staged changes. Compares stat data, and content by
 * our own hash where only the time differs; git never reads the work tree, so no filter runs. Content that went through a filter (line
 * ends, large-file pointers) and was touched since counts as changed. `files` is 0 when there is none; null when git cannot say.
 */
export async function findUncommitted(ask: Ask, top: string, now: Stamp): Promise<Uncommitted | null> {
  const index = await ask(probes.gitIndex(), { maxBytes: 8_000_000, keepPart: true });
  if (!index.ok) return null;
  const entries = parseIndex(index.value).filter(looksAt);
  const changed = new Map<string, Stamp>();
  const budget = { bytes: mostBytesHashed };
  for (let at = 0; at < entries.length; at += atOnce) {
    const judged = entries.slice(at, at + atOnce).map(async (entry) => {
      if (await differs(top, entry, budget))
        changed.set(entry.path.toString('utf8'), await changedAt(top, entry.path, now));
    });
    await Promise.all(judged);
  }
  for (const path of await stagedPaths(ask)) {
    if (!changed.has(path)) changed.set(path, await changedAt(top, Buffer.from(path), now));
  }
  return summary(changed, now);
}

function summary(changed: Map<string, Stamp>, now: Stamp): Uncommitted {
  const oldest = [...changed].sort((a, b) => a[1] - b[1]);
  const paths = oldest.slice(0, mostPaths).map(([path]) => plainLine(path, 200).toWellFormed());
  return { files: oldest.length, oldestAt: oldest[0]?.[1] ?? now, paths };
}

async function stagedPaths(ask: Ask): Promise<string[]> {
  const said = await ask(probes.gitStaged(), { keepPart: true });
  return said.ok ? said.value.toString('utf8').split('\0').filter(Boolean).slice(0, mostEntries) : [];
}

const inside = (top: string, path: Buffer): Buffer => Buffer.concat([Buffer.from(`${top}/`), path]);

async function differs(top: string, entry: IndexEntry, budget: { bytes: number }): Promise<boolean> {
  const file = inside(top, entry.path);
  const stat = await lstat(file, { bigint: true }).catch((error: NodeJS.ErrnoException) => error.code ?? 'unknown');
  if (typeof stat === 'string') return stat === 'ENOENT' || stat === 'ENOTDIR';
  const link = entry.mode === '120000';
  if (link ? !stat.isSymbolicLink() : !stat.isFile()) return true;
  if (entry.flags & 0x20000000) return true;
  if (sameStat(stat, entry)) return false;
  // Git empties the size of an entry it could not be sure of.
  if (entry.size !== 0 && Number(stat.size & 0xffffffffn) !== entry.size) return true;
  const size = Number(stat.size);
  if (size > largestHashed || size > budget.bytes) return false;
  budget.bytes -= size;
  const content = await (link ? readlink(file, 'buffer') : readFile(file)).catch(() => null);
  return content !== null && blobId(content, entry.oid.length) !== entry.oid;
}

function sameStat(stat: BigIntStats, entry: IndexEntry): boolean {
  const nanos = Number(stat.mtimeNs % 1_000_000_000n);
  const seconds = Number(stat.mtimeNs / 1_000_000_000n);
  const sameTime = seconds === entry.mtimeSeconds && (nanos === entry.mtimeNanos || entry.mtimeNanos === 0);
  return sameTime && Number(stat.size & 0xffffffffn) === entry.size;
}

/** Git's name for content: the hash over `blob`, its length and itself. */
function blobId(content: Buffer, digits: number): string {
  const hash = createHash(digits === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** When a file was changed; for a deleted one, when the nearest folder that is left was. */
async function changedAt(top: string, path: Buffer, now: Stamp): Promise<Stamp> {
  const own = await lstat(inside(top, path)).catch(() => null);
  if (own) return Math.min(now, own.mtimeMs);
  for (let folder = dirname(join(top, path.toString('utf8'))); folder.startsWith(top); folder = dirname(folder)) {
    const stat = await lstat(folder).catch(() => null);
    if (stat) return Math.min(now, stat.mtimeMs);
  }
  return now;
}
