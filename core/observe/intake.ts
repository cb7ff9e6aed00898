import { type Failure, messageOf } from '../errors.ts';
import type { AppendBatch, Clock, Log, Sink, SourceHealth, Stop, Store } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { Mark, Observation, ObservationDraft, Stamp } from '../types.ts';
import { type Burst, burstDraft, foldInto, openBurst } from './burst.ts';
import { stampObservation } from './stamp.ts';

export interface IntakeParts {
  store: Pick<Store, 'append'>;
  clock: Clock;
  nextId: () => string;
  settings: () => Settings['intake'];
  log: Log;
  /** Called after every durable write. */
  onWritten: (written: number) => void;
  onHealth: (source: string, health: SourceHealth) => void;
  /** Called when writing fails, and with null when it works again. */
  onTrouble: (failure: Failure | null) => void;
}

export interface IntakeFigures {
  received: number;
  /** Rows written. */
  written: number;
  /** Drafts that added to the count of an equal one. */
  merged: number;
  /** Drafts that became part of a burst. */
  folded: number;
  /** Drafts accepted and not yet durable. */
  waiting: number;
}

export interface Intake {
  sink(source: { id: string; kind: string }): Sink;
  /** Takes one draft past all windows; resolves with its id when it is durable, rejects when it cannot be written. */
  write(kind: string, draft: ObservationDraft): Promise<string>;
  /** Writes everything that waits, open bursts included. */
  flush(): Promise<void>;
  figures(): IntakeFigures;
  stop(): Promise<void>;
}

interface Waiting {
  sourceId: string;
  kind: string;
  draft: ObservationDraft;
  at: Stamp;
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
 */
export function createIntake(parts: IntakeParts): Intake {
  const { clock, log } = parts;
  let singles: Waiting[] = [];
  const perKey = new Map<string, number>();
  const bursts = new Map<string, { sourceId: string; burst: Burst }>();
  let loose = new Map<string, Mark[]>();
  const recent = new Map<string, { id: string; at: number }>();
  const figures = { received: 0, written: 0, merged: 0, folded: 0, inFlight: 0 };
  let cancelTimer: Stop | null = null;
  let writing: Promise<void> | null = null;
  let retryMs = 0;
  let stopped = false;

  function offer(source: { id: string; kind: string }, draft: ObservationDraft): void {
    if (stopped) return;
    figures.received += 1;
    const full = singles.length >= parts.settings().buffer;
    const key = draft.burst ? `${source.id} ${draft.burst.key}` : null;
    if (key !== null && bursts.has(key)) fold(key, source, draft);
    else if (full) fold(key ?? `${source.id} overflow`, source, draft);
    else {
      singles.push({ sourceId: source.id, kind: source.kind, draft, at: clock.now() });
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
    for (const member of members) fold(key, source, member.draft);
  }

  function fold(key: string, source: { id: string; kind: string }, draft: ObservationDraft): void {
    const now = clock.now();
    let open = bursts.get(key);
    if (!open) {
      open = { sourceId: source.id, burst: openBurst(source.kind, draft.burst?.name ?? source.kind, now) };
      bursts.set(key, open);
    }
    foldInto(open.burst, draft, now);
    figures.folded += 1;
    if (open.burst.total >= burstLargest) startWriting();
  }

  /** Marks without a draft; behind an open burst of the same source they wait with it, so that an older mark never overwrites a newer. */
  function remember(sourceId: string, marks: Mark[]): void {
    for (const open of bursts.values()) {
      if (open.sourceId !== sourceId) continue;
      for (const mark of marks) open.burst.marks.push(mark);
      return;
    }
    pushMarks(loose, sourceId, marks);
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
      if (hasWork()) arm();
    });
  }

  const hasWork = () => singles.length > 0 || bursts.size > 0 || loose.size > 0;

  async function writeAll(everything: boolean): Promise<void> {
    for (;;) {
      const chunk = takeChunk(everything);
      if (!chunk) return;
      if (!(await writeChunk(chunk))) return;
      if (singles.length < writeSize && !everything) return;
    }
  }

  interface Chunk {
    singles: Waiting[];
    closed: { key: string; sourceId: string; burst: Burst }[];
    loose: Map<string, Mark[]>;
  }

  function takeChunk(everything: boolean): Chunk | null {
    const taken = singles.splice(0, writeSize);
    perKey.clear();
    for (const each of singles) if (each.draft.burst) countKey(`${each.sourceId} ${each.draft.burst.key}`);
    const closed = [];
    for (const [key, open] of bursts) {
      if (!everything && !isOver(open.burst)) continue;
      bursts.delete(key);
      closed.push({ key, sourceId: open.sourceId, burst: open.burst });
    }
    const marks = loose;
    loose = new Map();
    return taken.length + closed.length + marks.size > 0 ? { singles: taken, closed, loose: marks } : null;
  }

  const countKey = (key: string) => perKey.set(key, (perKey.get(key) ?? 0) + 1);

  function isOver(burst: Burst): boolean {
    const now = clock.now();
    // A clock set back must not keep a burst open for ever.
    const quiet = now - burst.lastAt >= burstQuietMs || now < burst.lastAt;
    return quiet || now - burst.openedAt >= burstLongestMs || burst.total >= burstLargest;
  }

  async function writeChunk(chunk: Chunk): Promise<boolean> {
    const batch = compose(chunk);
    const drafts = chunk.singles.length + chunk.closed.reduce((sum, each) => sum + each.burst.total, 0);
    figures.inFlight = drafts;
    try {
      const { merged } = await parts.store.append(batch);
      figures.written += batch.entries.length - merged;
      figures.merged += drafts - figuresFolded(chunk) - (batch.entries.length - merged - chunk.closed.length);
      if (retryMs > 0) parts.onTrouble(null);
      retryMs = 0;
      if (batch.entries.length > 0) parts.onWritten(batch.entries.length);
      return true;
    } catch (thrown) {
      putBack(chunk);
      retryMs = Math.min(retryCapMs, Math.max(retryFirstMs, retryMs * 2));
      log.error('intake-write-failed', { drafts, retryMs });
      parts.onTrouble({ class: 'resource', code: 'write-failed', message: messageOf(thrown), retryAfterMs: retryMs });
      return false;
    } finally {
      figures.inFlight = 0;
    }
  }

  const figuresFolded = (chunk: Chunk) => chunk.closed.reduce((sum, each) => sum + each.burst.total, 0);

  function putBack(chunk: Chunk): void {
    singles = [...chunk.singles, ...singles];
    for (const { key, sourceId, burst } of chunk.closed) {
      const open = bursts.get(key);
      if (open) mergeBursts(open.burst, burst);
      else bursts.set(key, { sourceId, burst });
    }
    for (const [source, marks] of chunk.loose) loose.set(source, [...marks, ...(loose.get(source) ?? [])]);
  }

  function compose(chunk: Chunk): AppendBatch {
    const now = clock.now();
    const marks = new Map(chunk.loose);
    const entries: AppendBatch['entries'] = [];
    const here = new Map<string, Observation>();
    const add = (kind: string, sourceId: string, draft: ObservationDraft, count: number, at: Stamp) => {
      if (draft.marks) pushMarks(marks, sourceId, draft.marks);
      const observation = stampObservation(draft, kind, parts.nextId(), at);
      observation.count = count;
      const twin = here.get(observation.fingerprint);
      if (twin) {
        twin.count += count;
        twin.lastAt = Math.max(twin.lastAt, observation.lastAt);
        return;
      }
      here.set(observation.fingerprint, observation);
      entries.push({ observation, mergeInto: earlierTwin(observation) });
    };
    for (const each of chunk.singles) add(each.kind, each.sourceId, each.draft, 1, each.at);
    for (const { sourceId, burst } of chunk.closed) add(burst.source, sourceId, burstDraft(burst), burst.total, now);
    return { entries, marks: [...marks].map(([source, list]) => ({ source, marks: list })) };
  }

  /** The id of an equal observation written within the merge window, so that the store may add to it (OB4). */
  function earlierTwin(observation: Observation): string | null {
    const at = clock.elapsed();
    const span = parts.settings().mergeMs;
    const earlier = recent.get(observation.fingerprint);
    if (recent.size >= remembered) forgetOldest(recent);
    if (earlier && at - earlier.at <= span) return earlier.id;
    recent.set(observation.fingerprint, { id: observation.id, at });
    return null;
  }

  async function write(kind: string, draft: ObservationDraft): Promise<string> {
    figures.received += 1;
    const observation = stampObservation(draft, kind, parts.nextId(), clock.now());
    await parts.store.append({ entries: [{ observation, mergeInto: null }], marks: [] });
    figures.written += 1;
    parts.onWritten(1);
    return observation.id;
  }

  async function flush(): Promise<void> {
    while (writing) await writing;
    if (!hasWork()) return;
    startWriting(true);
    await writing;
  }

  return {
    sink: (source) => ({
      offer: (draft) => offer(source, draft),
      remember(marks) {
        if (stopped) return;
        remember(source.id, marks);
        arm();
      },
      health: (health) => parts.onHealth(source.id, health),
    }),
    write,
    flush,
    figures: () => ({
      received: figures.received,
      written: figures.written,
      merged: figures.merged,
      folded: figures.folded,
      waiting:
        singles.length + figures.inFlight + [...bursts.values()].reduce((sum, each) => sum + each.burst.total, 0),
    }),
    async stop() {
      await flush();
      stopped = true;
      cancelTimer?.();
      cancelTimer = null;
    },
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

/** Adds marks to a source's list without copying what is there. */
function pushMarks(lists: Map<string, Mark[]>, source: string, marks: readonly Mark[]): void {
  const list = lists.get(source);
  if (list) for (const mark of marks) list.push(mark);
  else lists.set(source, [...marks]);
}

/** Joins two parts of one burst after a write that failed between them. */
function mergeBursts(into: Burst, from: Burst): void {
  into.openedAt = Math.min(into.openedAt, from.openedAt);
  into.total += from.total;
  into.added += from.added;
  into.removed += from.removed;
  into.marks = [...from.marks, ...into.marks];
  for (const [key, count] of from.byType) into.byType.set(key, (into.byType.get(key) ?? 0) + count);
  for (const [key, count] of from.folders) into.folders.set(key, (into.folders.get(key) ?? 0) + count);
}
