import { type Failure, messageOf } from '../errors.ts';
import type { AppendBatch, Clock, Log, Sink, Stop, Store } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { Mark, Observation, ObservationDraft, Stamp } from '../types.ts';
import { type Burst, burstDraft, foldInto, openBurst } from './burst.ts';
import { createMarkOrder } from './mark-order.ts';
import { stampObservation } from './stamp.ts';

export interface IntakeParts {
  store: Pick<Store, 'append'>;
  clock: Clock;
  nextId: () => string;
  settings: () => Settings['intake'];
  log: Log;
  /** Called after every durable write with what was in it. */
  onWritten: (observations: readonly Observation[]) => void;
  /** Called when writing fails, and with null when it works again. */
  onTrouble: (failure: Failure | null) => void;
}

export interface IntakeFigures {
  received: number;
  /** Rows written. */
  written: number;
  /** Drafts (a burst is one) that added to the count of an equal one. */
  merged: number;
  /** Drafts that became part of a burst. */
  folded: number;
  /** Drafts accepted and not yet durable. */
  waiting: number;
}

export interface Intake {
  sink(source: { id: string; kind: string }): Pick<Sink, 'offer' | 'remember'>;
  /** Takes one draft past all windows; resolves with its id when it is durable, rejects when it cannot be written. */
  write(kind: string, draft: ObservationDraft): Promise<string>;
  /** Writes everything that waits, open bursts included. */
  flush(): Promise<void>;
  figures(): IntakeFigures;
  stop(): Promise<void>;
}

interface Waiting {
  /** Place in the order of everything offered and remembered. */
  seq: number;
  sourceId: string;
  kind: string;
  draft: ObservationDraft;
  at: Stamp;
  observation?: Observation;
}

interface OpenBurst {
  sourceId: string;
  firstSeq: number;
  burst: Burst;
}

/** One transaction on its way: how many drafts are in it, and how many observations they made before equal ones merged. */
interface Unwritten {
  batch: AppendBatch;
  drafts: number;
  observations: number;
}

/** Rows per transaction: large enough to share one fsync, small enough to leave the main thread alone. */
const writeSize = 500;
const burstQuietMs = 300;
const burstLongestMs = 3_000;
const burstLargest = 5_000;
const retryFirstMs = 1_000;
const retryCapMs = 30_000;
/** Fingerprints kept for merging. */
const remembered = 4_000;

/**
 * The pump between sources and the store: stamps, coalesces, de-duplicates and writes in batches, durably, whatever the thinking side
 * does (OB4, OB5, LO10). Nothing offered is lost without a count: what does not fit the buffer joins the burst of its source.
 *
 * What one source offers and remembers becomes durable in the order it came, never a later part before an earlier one; only inside one
 * transaction may the order change. So a mark never speaks of something that a crash could still lose. A transaction that failed is tried
 * again as it is, with the same ids, before anything else.
 */
export function createIntake(parts: IntakeParts): Intake {
  const { clock, log } = parts;
  let singles: Waiting[] = [];
  const perKey = new Map<string, number>();
  const bursts = new Map<string, OpenBurst>();
  const marks = createMarkOrder();
  const twins = createTwinFinder(() => parts.settings().mergeMs);
  const figures = { received: 0, written: 0, merged: 0, folded: 0 };
  let seq = 0;
  let unwritten: Unwritten | null = null;
  let cancelTimer: Stop | null = null;
  let writing: Promise<void> | null = null;
  let retryMs = 0;
  let stopped = false;

  function offer(source: { id: string; kind: string }, draft: ObservationDraft): void {
    if (stopped) return;
    figures.received += 1;
    const full = singles.length >= parts.settings().buffer;
    const key = draft.burst ? `${source.id} ${draft.burst.key}` : null;
    const each: Waiting = { seq: ++seq, sourceId: source.id, kind: source.kind, draft, at: clock.now() };
    if (draft.marks) keepMarks(source.id, draft.marks);
    if (key !== null && bursts.has(key)) fold(key, each);
    else if (full) fold(key ?? `${source.id} overflow`, each);
    else {
      // What cannot become part of a burst is stamped at once, while the store may still be writing what came before.
      if (key === null) each.observation = stampObservation(draft, source.kind, parts.nextId(), each.at);
      singles.push(each);
      if (key !== null) gather(key, source);
    }
    if (singles.length >= writeSize && retryMs === 0) startWriting();
    arm();
  }

  /** Counts a possible burst; at the threshold its members leave the singles and become one. */
  function gather(key: string, source: { id: string; kind: string }): void {
    const count = (perKey.get(key) ?? 0) + 1;
    perKey.set(key, count);
    if (count < parts.settings().burstSize) return;
    const isMember = (each: Waiting) =>
      each.sourceId === source.id && each.draft.burst !== undefined && `${source.id} ${each.draft.burst.key}` === key;
    const members = singles.filter(isMember);
    singles = singles.filter((each) => !isMember(each));
    perKey.delete(key);
    for (const member of members) fold(key, member);
  }

  function fold(key: string, { seq: firstSeq, sourceId, kind, draft, at }: Waiting): void {
    let open = bursts.get(key);
    if (!open) {
      open = { sourceId, firstSeq, burst: openBurst(kind, draft.burst?.name ?? kind, at) };
      bursts.set(key, open);
    }
    foldInto(open.burst, draft, at);
    figures.folded += 1;
    if (open.burst.total >= burstLargest && retryMs === 0) startWriting();
  }

  const keepMarks = (sourceId: string, given: Mark[]) =>
    marks.keep(sourceId, seq, given, () => firstSeqOfBursts(sourceId));

  /** Where the oldest open burst of a source begins; everything of the source from there on is written together. */
  function firstSeqOfBursts(sourceId: string): number {
    const firsts = [...bursts.values()].map((open) => (open.sourceId === sourceId ? open.firstSeq : Infinity));
    return Math.min(Infinity, ...firsts);
  }

  function arm(): void {
    cancelTimer ??= clock.after(Math.max(parts.settings().windowMs, retryMs), () => {
      cancelTimer = null;
      startWriting();
    });
  }

  function startWriting(everything = false): void {
    if (writing) return;
    writing = writeAll(everything).finally(() => {
      writing = null;
      if (!stopped && hasWork()) arm();
    });
  }

  const hasWork = () => unwritten !== null || singles.length > 0 || bursts.size > 0 || !marks.isEmpty();

  async function writeAll(everything: boolean): Promise<void> {
    for (;;) {
      unwritten ??= takeChunk(everything);
      if (!unwritten) return;
      if (!(await writeOut(unwritten))) return;
      if (singles.length < writeSize && !everything) return;
    }
  }

  function takeChunk(everything: boolean): Unwritten | null {
    const whole = sourcesToEnd(everything);
    const taken = singles.filter((each, n) => n < writeSize || whole.has(each.sourceId));
    singles = singles.filter((each, n) => n >= writeSize && !whole.has(each.sourceId));
    perKey.clear();
    for (const each of singles) if (each.draft.burst) countKey(`${each.sourceId} ${each.draft.burst.key}`);
    const closed = [...bursts].filter(([, open]) => whole.has(open.sourceId));
    for (const [key] of closed) bursts.delete(key);
    return compose(
      taken,
      closed.map(([, open]) => open),
      marks.take(waitsFrom()),
    );
  }

  /** Sources of which everything is due: a burst of theirs is over, or something younger than an open burst is about to be written. */
  function sourcesToEnd(everything: boolean): Set<string> {
    const youngest = new Map<string, number>();
    for (const each of singles.slice(0, writeSize)) youngest.set(each.sourceId, each.seq);
    const due = [...bursts.values()].filter(
      ({ sourceId, firstSeq, burst }) => everything || isOver(burst) || (youngest.get(sourceId) ?? 0) > firstSeq,
    );
    return new Set(due.map((open) => open.sourceId));
  }

  /** Where the first thing of each source that still waits stands in the order. */
  function waitsFrom(): Map<string, number> {
    const firsts = new Map<string, number>();
    for (const { sourceId, seq: at } of singles) if (!firsts.has(sourceId)) firsts.set(sourceId, at);
    for (const { sourceId, firstSeq } of bursts.values())
      firsts.set(sourceId, Math.min(firstSeq, firsts.get(sourceId) ?? firstSeq));
    return firsts;
  }

  const countKey = (key: string) => perKey.set(key, (perKey.get(key) ?? 0) + 1);

  function isOver(burst: Burst): boolean {
    const now = clock.now();
    // A clock set back must not keep a burst open for ever.
    const quiet = now - burst.lastAt >= burstQuietMs || now < burst.lastAt;
    return quiet || now - burst.openedAt >= burstLongestMs || burst.total >= burstLargest;
  }

  async function writeOut({ batch, drafts, observations }: Unwritten): Promise<boolean> {
    let merged: number;
    try {
      ({ merged } = await parts.store.append(batch));
    } catch (thrown) {
      retryMs = Math.min(retryCapMs, Math.max(retryFirstMs, retryMs * 2));
      log.error('intake-write-failed', { drafts, retryMs });
      parts.onTrouble({ class: 'resource', code: 'write-failed', message: messageOf(thrown), retryAfterMs: retryMs });
      return false;
    }
    unwritten = null;
    const written = batch.entries.length - merged;
    figures.written += written;
    figures.merged += observations - written;
    if (retryMs > 0) parts.onTrouble(null);
    retryMs = 0;
    if (batch.entries.length > 0) parts.onWritten(batch.entries.map((entry) => entry.observation));
    return true;
  }

  function compose(taken: Waiting[], closed: OpenBurst[], ready: AppendBatch['marks']): Unwritten | null {
    const entries: AppendBatch['entries'] = [];
    const here = new Map<string, Observation>();
    const add = (observation: Observation) => {
      const twin = here.get(observation.fingerprint);
      if (twin && Math.abs(observation.lastAt - twin.lastAt) <= parts.settings().mergeMs) {
        twin.count += observation.count;
        twin.firstAt = Math.min(twin.firstAt, observation.firstAt);
        twin.lastAt = Math.max(twin.lastAt, observation.lastAt);
        return;
      }
      here.set(observation.fingerprint, observation);
      entries.push({ observation, mergeInto: twins(observation) });
    };
    for (const { observation, draft, kind, at } of taken)
      add(observation ?? stampObservation(draft, kind, parts.nextId(), at));
    for (const { burst } of closed) add(stampBurst(burst, parts.nextId()));
    if (entries.length + ready.length === 0) return null;
    const drafts = taken.length + closed.reduce((sum, { burst }) => sum + burst.total, 0);
    return { batch: { entries, marks: ready }, drafts, observations: taken.length + closed.length };
  }

  async function write(kind: string, draft: ObservationDraft): Promise<string> {
    const observation = stampObservation(draft, kind, parts.nextId(), clock.now());
    await parts.store.append({ entries: [{ observation, mergeInto: null }], marks: [] });
    figures.received += 1;
    figures.written += 1;
    parts.onWritten([observation]);
    return observation.id;
  }

  async function flush(): Promise<void> {
    while (writing) await writing;
    if (!hasWork()) return;
    startWriting(true);
    await Promise.resolve(writing);
  }

  return {
    sink: (source) => ({
      offer: (draft) => offer(source, draft),
      remember(given) {
        if (stopped) return;
        seq += 1;
        keepMarks(source.id, given);
        arm();
      },
    }),
    write,
    flush,
    figures: () => ({
      received: figures.received,
      written: figures.written,
      merged: figures.merged,
      folded: figures.folded,
      waiting:
        singles.length +
        (unwritten?.drafts ?? 0) +
        [...bursts.values()].reduce((sum, each) => sum + each.burst.total, 0),
    }),
    async stop() {
      stopped = true;
      await flush();
      cancelTimer?.();
      cancelTimer = null;
    },
  };
}

/** Finds the id of an equal observation that happened within the merge window, so that the store may add to it (OB4). */
function createTwinFinder(mergeMs: () => number): (observation: Observation) => string | null {
  const recent = new Map<string, { id: string; at: Stamp }>();
  return ({ fingerprint, lastAt, id }) => {
    const earlier = recent.get(fingerprint);
    if (recent.size >= remembered) forgetOldest(recent);
    if (earlier && Math.abs(lastAt - earlier.at) <= mergeMs()) return earlier.id;
    recent.set(fingerprint, { id, at: lastAt });
    return null;
  };
}

/** Drops the older half: insertion order is age. */
function forgetOldest(recent: Map<string, unknown>): void {
  let left = remembered / 2;
  for (const key of recent.keys()) {
    if (left-- <= 0) return;
    recent.delete(key);
  }
}

/** A burst as one observation that counts its members and says when the first and the last came. */
function stampBurst(burst: Burst, id: string): Observation {
  const stamped = stampObservation(burstDraft(burst), burst.source, id, burst.lastAt);
  return { ...stamped, count: burst.total, firstAt: Math.min(burst.openedAt, burst.lastAt) };
}
