import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../errors.ts';
import { fail, ok } from '../../errors.ts';
import { probes } from '../../host/spawn.ts';
import { plainLine } from '../text.ts';
import type { Ask, Place } from './place.ts';

/** Where HEAD is. */
export interface Head {
  /** null before the first commit. */
  hash: string | null;
  /** Name of the branch; the short hash when detached. */
  branch: string;
  detached: boolean;
}

/** HEAD as it was last told, and how far its log was read (bytes). */
export interface KnownHead extends Head {
  at: number;
}

/** One line of HEAD's log. */
export interface Move {
  /** null: there was no commit before. */
  from: string | null;
  to: string;
  /** What moved it, e.g. `commit (amend)`, `checkout`, `rebase (start)`. */
  action: string;
  words: string;
  /** Seconds since the epoch, by the clock of whoever moved it. */
  second: number;
  /** Where the line ends in the log, bytes. */
  end: number;
}

export const short = (hash: string): string => hash.slice(0, 10);

/** Reads HEAD through git. Fails with what `runProbe` fails with, or with `head-unreadable`. */
export async function readHead(ask: Ask): Promise<Result<Head>> {
  const said = await ask(probes.gitHead());
  if (said.ok) {
    const [hash = '', name = ''] = said.value.toString('utf8').split('\n');
    if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hash)) return unreadable;
    if (name === 'HEAD') return ok({ hash, branch: short(hash), detached: true });
    return ok({ hash, branch: branchName(name), detached: false });
  }
  if (said.failure.code !== 'probe-refused') return said;
  const branch = await ask(probes.gitBranch());
  if (!branch.ok) return branch.failure.code === 'probe-refused' ? unreadable : branch;
  return ok({ hash: null, branch: branchName(branch.value.toString('utf8').trimEnd()), detached: false });
}

const unreadable = fail({ class: 'permanent', code: 'head-unreadable', message: 'its current commit cannot be read' });

const branchName = (ref: string): string => plainLine(ref.replace(/^refs\/heads\//, ''), 200);

const mostLogBytes = 1_000_000;

/**
 * What moved HEAD since `known`, oldest first, and where its log ends now; null when the log cannot say: there is none, or it was
 * rewritten and the known commit is no longer in it. At most the last megabyte is read.
 */
export async function readMoves(place: Place, known: KnownHead): Promise<{ moves: Move[] | null; end: number }> {
  const log = await readTail(join(place.gitDir, 'logs', 'HEAD'), known.at);
  if (log === null) return { moves: null, end: 0 };
  const parsed = parseMoves(log.bytes, log.start);
  const end = parsed.end;
  if (log.start === known.at && follows(parsed.moves[0], known)) return { moves: parsed.moves, end };
  const whole = await readTail(join(place.gitDir, 'logs', 'HEAD'), 0);
  const all = whole ? parseMoves(whole.bytes, whole.start) : { moves: [], end };
  const last = all.moves.findLastIndex((move) => move.to === known.hash);
  return { moves: last < 0 ? null : all.moves.slice(last + 1), end: all.end };
}

/** A branch without commits starts a chain of its own. */
const follows = (first: Move | undefined, known: KnownHead): boolean =>
  first === undefined || first.from === null || first.from === known.hash;

async function readTail(path: string, from: number): Promise<{ bytes: Buffer; start: number } | null> {
  const file = await open(path).catch(() => null);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const start = Math.max(size < from ? 0 : from, size - mostLogBytes, 0);
    const bytes = Buffer.alloc(size - start);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
    return { bytes: bytes.subarray(0, bytesRead), start };
  } catch {
    return null;
  } finally {
    await file.close();
  }
}

const line = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) .*> (\d{1,12}) [+-]\d{4}(?:\t(.*))?$/;

/** Whole, well-formed lines only; `start` is where the bytes begin in the file. */
export function parseMoves(bytes: Buffer, start: number): { moves: Move[]; end: number } {
  const moves: Move[] = [];
  let at = 0;
  for (let stop = bytes.indexOf(10, at); stop >= 0; stop = bytes.indexOf(10, at)) {
    const match = line.exec(bytes.toString('utf8', at, Math.min(stop, at + 4_000)));
    at = stop + 1;
    if (match) moves.push(moveOf(match, start + at));
  }
  return { moves, end: start + at };
}

function moveOf([, from = '', to = '', second = '', message = '']: RegExpExecArray, end: number): Move {
  const colon = message.indexOf(': ');
  const [action, words] = colon < 0 ? [message, ''] : [message.slice(0, colon), message.slice(colon + 2)];
  return { from: /^0+$/.test(from) ? null : from, to, action, words, second: Number(second), end };
}
