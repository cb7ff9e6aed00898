import type { LifeChart } from '../loop/life.ts';
import type { Audit, Sleep, SleepPhase, SleepReason } from '../memory.ts';
import type { Clock, Log, Stop, Store } from '../ports.ts';
import type { Command, Outcome, Snapshot } from '../protocol.ts';
import type { DreamsView } from '../protocol-memory.ts';
import { calibrationOf } from '../remember/calibration.ts';
import type { Settings } from '../settings.ts';
import { afterSleep, nextSleepWords, type Rhythm, sleepDue } from '../sleep/rhythm.ts';
import type { Sleeper } from '../sleep/sleeper.ts';
import type { Observation, Stamp } from '../types.ts';
import { memoryView } from './memory-desk.ts';

export type SleepCommand = Extract<Command, { kind: 'sleep-now' | 'dream-now' | 'wake' }>;

/** When it sleeps, what wakes it, and what the Dreams view shows of it. */
export interface SleepDesk {
  /** Looks whether sleep is due, between two cycles; falls asleep by itself when it is. */
  consider(): void;
  /** Something was written down: what is critical, or the owner's word, wakes. */
  heard(observations: readonly Observation[]): void;
  send(command: SleepCommand): Promise<Outcome>;
  view(): Promise<DreamsView>;
  shown(): Pick<Snapshot, 'sleep' | 'digest'> & { phase: SleepPhase | null };
  /** Wakes; resolves when nothing of a sleep runs any more. */
  rouse(): Promise<void>;
  /** Reads what the Now view needs to know of the nights before. */
  load(): Promise<void>;
  /** Wakes, and consolidates once more within `ms` (SL5). Resolves when nothing of it runs. */
  stop(): Promise<void>;
}

const stopWithinMs = 5_000;
/** A digest is news for a day. */
const freshMs = 86_400_000;

export function createSleepDesk(parts: {
  store: Store;
  clock: Clock;
  log: Log;
  settings: () => Settings;
  life: LifeChart;
  sleeper: Sleeper;
  rhythm: { now(): Rhythm; set(rhythm: Rhythm): Promise<void> };
  pending: () => number;
  /** Awake again: what waits may be thought about, and what is remembered has changed. */
  onAwake: (sleep: Sleep | null) => void;
  onChange: () => void;
}): SleepDesk {
  const { store, clock, life, sleeper, settings } = parts;
  let asleep: { night: Promise<void>; wake: (why: 'interrupted' | 'owner' | 'shutdown') => void } | null = null;
  let told: Sleep | null = null;
  /** Asked for in the middle of a thought. */
  let requested: 'always' | 'by-chance' | null = null;

  const waking = () => ({ ...parts.rhythm.now(), requested: requested !== null, pending: parts.pending() });

  function consider(): void {
    const reason = sleepDue(waking(), settings(), clock.now());
    if (reason) fallAsleep(reason, requested ?? 'by-chance');
  }

  function fallAsleep(reason: SleepReason, dream: 'always' | 'by-chance'): boolean {
    if (asleep || !life.can('sleep')) return false;
    life.send('sleep');
    requested = null;
    const controller = new AbortController();
    const unheard = life.onChange(() => {
      if (life.life() !== 'asleep') controller.abort(life.life() === 'paused' ? 'owner' : 'shutdown');
    });
    const night = sleepThrough(reason, dream, controller.signal).finally(unheard);
    asleep = { night, wake: (why) => controller.abort(why) };
    return true;
  }

  async function sleepThrough(reason: SleepReason, dream: 'always' | 'by-chance', signal: AbortSignal): Promise<void> {
    let slept: Sleep | null = null;
    try {
      slept = await sleeper.sleep(reason, { dream }, signal);
      if (slept.digest) told = slept;
      await parts.rhythm.set(afterSleep(parts.rhythm.now(), slept));
    } catch {
      parts.log.error('sleep-failed', { reason });
      // Not at once again: what failed now would fail then, too.
      await parts.rhythm.set(afterSleep(parts.rhythm.now(), { ended: 'done', endedAt: clock.now() })).catch(() => null);
    }
    asleep = null;
    life.send('wake');
    parts.onAwake(slept);
  }

  async function send(command: SleepCommand): Promise<Outcome> {
    if (command.kind === 'wake') {
      if (!asleep) return { ok: false, message: 'Reverie is awake already.' };
      asleep.wake('owner');
      return { ok: true };
    }
    if (asleep) return { ok: false, message: 'Reverie sleeps already.' };
    if (life.life() === 'paused') return { ok: false, message: 'Reverie is paused. Resume it, then it can sleep.' };
    if (life.life() !== 'running') return { ok: false, message: 'Reverie is not running, so it cannot sleep.' };
    requested = command.kind === 'dream-now' ? 'always' : 'by-chance';
    consider();
    return asleep ? { ok: true } : { ok: true, said: 'It falls asleep after this thought.' };
  }

  async function view(): Promise<DreamsView> {
    const now = clock.now();
    const [dreams, sleeps, audit, judgements, verdicts] = await Promise.all([
      store.memories({ kinds: ['dream'], limit: 1_000 }),
      store.sleeps(60),
      store.state('audit'),
      store.judgements(),
      store.verdicts(),
    ]);
    const counts = { waiting: 0, confirmed: 0, refuted: 0, expired: 0 };
    for (const { validation } of dreams)
      if (validation === 'needs-validation') counts.waiting += 1;
      else if (validation !== 'seen') counts[validation] += 1;
    const waits = (dream: (typeof dreams)[number]) => Number(dream.validation === 'needs-validation');
    return {
      at: now,
      dreams: dreams
        .toSorted((a, b) => waits(b) - waits(a) || b.changedAt - a.changedAt)
        .slice(0, 100)
        .map((dream) => memoryView(dream, now)),
      counts,
      sleeps,
      audit: audit as Audit | null,
      calibration: calibrationOf(judgements, verdicts),
      next: nextSleepWords(waking(), settings(), now),
    };
  }

  return {
    consider,
    heard(observations) {
      if (asleep && observations.some((each) => each.severity === 'critical' || each.trust === 'owner'))
        asleep.wake('interrupted');
    },
    send,
    view,
    shown() {
      const seen = asleep ? sleeper.view() : null;
      return { sleep: seen, phase: seen?.phase ?? null, digest: freshDigest(told, clock.now()) };
    },
    async rouse() {
      asleep?.wake('owner');
      await asleep?.night;
    },
    async load() {
      told = (await store.sleeps(10)).find((each) => each.digest !== null) ?? null;
    },
    async stop() {
      asleep?.wake('shutdown');
      await asleep?.night;
      const late = new AbortController();
      const cancel: Stop = clock.after(stopWithinMs, () => late.abort('shutdown'));
      await sleeper.consolidateAtStop(late.signal).catch(() => parts.log.warn('last-consolidation-failed'));
      cancel();
    },
  };
}

const freshDigest = (told: Sleep | null, now: Stamp): Snapshot['digest'] =>
  told?.digest && now - told.digest.until < freshMs ? told.digest : null;
