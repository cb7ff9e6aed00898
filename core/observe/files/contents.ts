import { createHash, hash as hashOnce } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { codeOf } from './compare.ts';

/** Larger files are hashed and counted, not compared. */
export const MAX_TEXT_BYTES = 1_000_000;
/** Larger files are not even hashed. */
const MAX_HASH_BYTES = 64_000_000;
const KEEP_EACH_BYTES = 256_000;
const KEEP_ALL_BYTES = 8_000_000;
const SNIFF_BYTES = 8_192;

export type Reading =
  /** `text` is null for what is binary or too large to compare, `hash` for what is too large to read. */
  | { kind: 'read'; hash: string | null; text: Buffer | null; binary: boolean }
  /** It is being written: its size or time is not what was seen before, or changed during the reading. */
  | { kind: 'moved' }
  | { kind: 'gone' }
  | { kind: 'refused' };

/** Reads a regular file as it was when `expected` was seen. Follows no link, waits for no pipe, never throws. */
export function readWhole(file: string, expected: { size: number; mtimeMs: number }): Reading {
  let open: number;
  try {
    // Windows has neither flag; there they are undefined, that is 0.
    open = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
  } catch (thrown) {
    return { kind: codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ENOTDIR' ? 'gone' : 'refused' };
  }
  try {
    const same = () => {
      const stats = fstatSync(open);
      return stats.isFile() && stats.size === expected.size && stats.mtimeMs === expected.mtimeMs;
    };
    if (!same()) return { kind: 'moved' };
    const reading = expected.size <= MAX_TEXT_BYTES ? readText(open, expected.size) : readLarge(open, expected.size);
    return reading && same() ? reading : { kind: 'moved' };
  } catch {
    return { kind: 'refused' };
  } finally {
    closeSync(open);
  }
}

function readText(open: number, size: number): Reading | null {
  const content = Buffer.allocUnsafeSlow(size);
  for (let at = 0; at < size; ) {
    const got = readSync(open, content, at, size - at, at);
    if (got === 0) return null;
    at += got;
  }
  const binary = content.subarray(0, SNIFF_BYTES).includes(0);
  return { kind: 'read', hash: hashOf(content), text: binary ? null : content, binary };
}

function readLarge(open: number, size: number): Reading {
  const piece = Buffer.allocUnsafeSlow(SNIFF_BYTES * 32);
  const first = piece.subarray(0, readSync(open, piece, 0, SNIFF_BYTES, 0));
  const binary = first.includes(0);
  if (size > MAX_HASH_BYTES) return { kind: 'read', hash: null, text: null, binary };
  const sum = createHash('sha1');
  for (let at = 0; at < size; ) {
    const got = readSync(open, piece, 0, piece.length, at);
    if (got === 0) break;
    sum.update(piece.subarray(0, got));
    at += got;
  }
  return { kind: 'read', hash: sum.digest('hex').slice(0, 16), text: null, binary };
}

/** Tells contents apart; 64 bits of SHA-1, no protection against anybody. */
export const hashOf = (content: Buffer) => hashOnce('sha1', content, 'hex').slice(0, 16);

/** The last versions seen, least recently used first out: at most 8 MB of texts of at most 256 KB. */
export interface Versions {
  get(path: string): Buffer | null;
  keep(path: string, content: Buffer): void;
  forget(path: string): void;
  /** Whether this much more fits without anything going. */
  hasRoom(bytes: number): boolean;
}

export function createVersions(): Versions {
  const kept = new Map<string, Buffer>();
  let total = 0;
  function forget(path: string): void {
    total -= kept.get(path)?.length ?? 0;
    kept.delete(path);
  }
  return {
    forget,
    hasRoom: (bytes) => bytes <= KEEP_EACH_BYTES && total + bytes <= KEEP_ALL_BYTES,
    get(path) {
      const content = kept.get(path);
      if (!content) return null;
      kept.delete(path);
      kept.set(path, content);
      return content;
    },
    keep(path, content) {
      forget(path);
      if (content.length > KEEP_EACH_BYTES) return;
      kept.set(path, content);
      total += content.length;
      for (const oldest of kept.keys()) {
        if (total <= KEEP_ALL_BYTES) break;
        forget(oldest);
      }
    },
  };
}
