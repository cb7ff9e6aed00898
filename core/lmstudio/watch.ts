import { messageOf } from '../errors.ts';
import type { Clock, Log, Stop } from '../ports.ts';
import { isHiccup } from './changes.ts';
import type { LmStudio, Sighting } from './lm-studio.ts';

/** Looks at the server again and again: calmly while all is well, with a greeting each second while it is away and something waits (LM1). */
export interface Watch {
  /** What the last look found; null before the first. */
  sighting(): Sighting | null;
  /** Looks now; who asks during a look gets that one. */
  look(): Promise<void>;
  /** Looks after whatever goes on: for what changed just now. */
  lookAfresh(): Promise<void>;
  /** Something waits for the server: from now on it is looked for more eagerly. */
  hasten(): void;
  /** A thought uses it. */
  used(): void;
  /** When it was used last, in ms ago. */
  usedAgoMs(): number;
  /** What was seen is of another server: nothing is known any more, and a look under way counts no more. */
  forget(): void;
  start(): void;
  stop(): Promise<void>;
}

const greetEveryMs = 1_000;
/** While it is away, every so many greetings give way to a whole look: it may come back at another port. */
const greetsPerLook = 15;
const hiccupMs = 2_000;
/** Something waited this recently: look eagerly. */
const eagerMs = 60_000;
/** In use this recently: look at the steady pace, else at half of it. */
const inUseMs = 300_000;
const never = Number.NEGATIVE_INFINITY;

export function createWatch(parts: {
  lmStudio: Pick<LmStudio, 'look' | 'greets'>;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  pollMs: () => number;
  /** False while the owner wants no server: then nothing is asked. */
  applies: () => boolean;
  onSighting: (before: Sighting | null, now: Sighting) => void;
}): Watch {
  const { clock, signal } = parts;
  let sighting: Sighting | null = null;
  let looking: Promise<void> | null = null;
  let turning: Promise<void> = Promise.resolve();
  let cancelTimer: Stop | null = null;
  let dueMs = Number.POSITIVE_INFINITY;
  let hiccups = 0;
  let generation = 0;
  let greetings = 0;
  let wantedMs = never;
  let usedMs = never;

  const ago = (ms: number) => clock.elapsed() - ms;
  const isAway = () => sighting !== null && (sighting.server.kind === 'away' || sighting.server.kind === 'unwell');
  const isEager = () => ago(wantedMs) < eagerMs && isAway();

  function look(): Promise<void> {
    looking ??= lookOnce().finally(() => {
      looking = null;
    });
    return looking;
  }

  async function lookOnce(): Promise<void> {
    const mine = generation;
    try {
      const seen = await parts.lmStudio.look(signal);
      if (mine === generation) absorb(seen);
    } catch (thrown) {
      if (!signal.aborted) parts.log.error('look-failed', { why: messageOf(thrown).slice(0, 80) });
    }
  }

  function absorb(next: Sighting): void {
    if (isHiccup(next) && sighting?.server.kind === 'open' && hiccups++ === 0) return sooner();
    hiccups = 0;
    const before = sighting;
    sighting = next;
    parts.onSighting(before, next);
  }

  function nextLookMs(): number {
    const pollMs = parts.pollMs();
    if (hiccups > 0) return Math.min(hiccupMs, pollMs);
    if (isEager()) return Math.min(greetEveryMs, pollMs);
    return ago(Math.max(wantedMs, usedMs)) < inUseMs ? pollMs : pollMs * 2;
  }

  function arm(): void {
    cancelTimer?.();
    cancelTimer = null;
    if (signal.aborted) return;
    dueMs = clock.elapsed() + nextLookMs();
    cancelTimer = clock.after(nextLookMs(), () => {
      cancelTimer = null;
      turning = turn().then(arm);
    });
  }

  /** The next look comes earlier when there is now more reason for it; never later. */
  function sooner(): void {
    if (cancelTimer && clock.elapsed() + nextLookMs() < dueMs) arm();
  }

  async function turn(): Promise<void> {
    if (!parts.applies()) return;
    const greetOnly = isEager() && ++greetings % greetsPerLook !== 0;
    if (!greetOnly || (await parts.lmStudio.greets(signal).catch(() => false))) await look();
  }

  return {
    sighting: () => sighting,
    look,
    async lookAfresh() {
      await looking;
      await look();
    },
    hasten() {
      wantedMs = clock.elapsed();
      sooner();
    },
    used() {
      usedMs = clock.elapsed();
      sooner();
    },
    usedAgoMs: () => ago(usedMs),
    forget() {
      generation += 1;
      sighting = null;
      hiccups = 0;
    },
    start: arm,
    /** The signal has been aborted before: then nothing is armed again. */
    async stop() {
      cancelTimer?.();
      await Promise.allSettled([looking, turning]);
      cancelTimer?.();
    },
  };
}
