import { basename } from 'node:path';
import type { Failure } from '../../errors.ts';
import type { Clock, MarkReader, Sink } from '../../ports.ts';
import { plainLine } from '../text.ts';
import { type FirstLook, followHead } from './follow-head.ts';
import { followOperation } from './follow-operation.ts';
import { followWork } from './follow-work.ts';
import { holdsHead, operationOf } from './operation.ts';
import type { Ask, Place } from './place.ts';
import { readSignature, type Signature, sameSignature } from './signature.ts';
import { markKey, markNames, type Telling } from './telling.ts';

export interface RepositoryParts {
  place: Place;
  label: string;
  uncommittedHours: number;
  clock: Clock;
  sink: Sink;
  marks: MarkReader;
  ask: Ask;
  firstLook: FirstLook;
}

export interface Look {
  /** `gone`: there is no repository any more. */
  state: 'same' | 'changed' | 'gone';
  failure: Failure | null;
}

/** One repository and what is known of it. The caller takes one look after the other and decides when. */
export interface Repository {
  readonly place: Place;
  /** Reads the marks and tells what differs from them, or makes the baseline. */
  open(): Promise<Look>;
  /** `eager` reads everything, whatever the stats say, and waits for nothing. */
  look(how: 'hinted' | 'eager'): Promise<Look>;
  /** Removes the marks: the repository is gone for good. */
  forget(): void;
}

/** Puts the followers of HEAD, of what is in progress and of lying work behind one cheap look at the files of the git folder. */
export function createRepository(parts: RepositoryParts): Repository {
  const phase = { away: false };
  const telling = tellingOf(parts, phase);
  const head = followHead(telling, parts.firstLook);
  const operation = followOperation(telling);
  const work = followWork(telling, parts.uncommittedHours);
  let seen: Signature | null = null;

  const branch = () => {
    const known = head.known();
    return known && !known.detached ? known.branch : null;
  };

  async function look(how: 'hinted' | 'eager'): Promise<Look> {
    const now = await readSignature(parts.place, branch());
    if (now === null) return { state: 'gone', failure: null };
    const state = seen === null || sameSignature(seen, now) ? 'same' : 'changed';
    const before = how === 'eager' ? null : seen;
    const running = operationOf(now.operation);
    const operated = before === null || operationOf(before.operation) !== running;
    const moved = before === null || before.head !== now.head;
    const indexed = before === null || before.index !== now.index;
    // What goes wrong below is looked at again.
    seen = null;
    if ((moved || operated) && !holdsHead(running)) {
      const read = await head.look();
      if (!read.ok) return { state, failure: read.failure };
    }
    const about = { hash: head.known()?.hash ?? null, patient: how === 'hinted' };
    const settled = !(operated || (indexed && running)) || (await operation.look(running, about));
    await work.look(moved || indexed);
    if (settled) seen = now;
    return { state, failure: null };
  }

  async function open(): Promise<Look> {
    await Promise.all([head.load(), operation.load(), work.load()]);
    if (head.known() !== null) {
      phase.away = true;
      const found = await look('eager');
      phase.away = false;
      return found;
    }
    const now = await readSignature(parts.place, null);
    if (now === null) return { state: 'gone', failure: null };
    const read = await head.look();
    if (!read.ok) return { state: 'same', failure: read.failure };
    await operation.begin(operationOf(now.operation), head.known()?.hash ?? null);
    work.rest();
    return { state: 'same', failure: null };
  }

  const forget = () => parts.sink.remember(markNames.map((name) => ({ key: markKey(parts.place, name), value: null })));

  return { place: parts.place, open, look, forget };
}

/** What closes or undoes work weighs more than an edit, so that no focus keeps it from being thought about (OB2: moved by source rules). */
const weights: Record<string, number> = {
  'commit-made': 4,
  'commit-amended': 3,
  'history-rewritten': 3,
  'operation-started': 2,
};

function tellingOf(parts: RepositoryParts, phase: { away: boolean }): Telling {
  const { place, clock, ask, sink, marks } = parts;
  const repo = plainLine(basename(place.top), 200).toWellFormed();
  return {
    place,
    clock,
    ask,
    sink,
    marks,
    draft: (type, details, severity = 'info') => ({
      type,
      target: `${parts.label}${repo}`,
      severity,
      priorityShift: weights[type] ?? 0,
      trust: 'observed',
      details: { place: place.top, repo, ...details, ...(phase.away ? { whileAway: true } : {}) },
    }),
  };
}
