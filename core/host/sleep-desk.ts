import type { LifeChart } from '../loop/life.ts';
import type { Audit, Memory, Sleep, SleepPhase, SleepReason } from '../memory.ts';
import type { Clock, Log, Stop, Store } from '../ports.ts';
import type { Command, Outcome, Snapshot } from '../protocol.ts';
import type { DreamsView } from '../protocol-memory.ts';
import { calibrationOf } from '../remember/calibration.ts';
import type { Settings } from '../settings.ts';
import { auditKey } from '../sleep/audit.ts';
import { countGone, dreamCounts } from '../sleep/dream-counts.ts';
import { afterSleep, nextSleepWords, type Rhythm, sleepDue, type Waking } from '../sleep/rhythm.ts';
import type { Sleeper } from '../sleep/sleeper.ts';
import type { Observation, Stamp } from '../types.ts';
import { memoryView } from './memory-desk.ts';
import type { PowerDesk } from './power-desk.ts';

export type SleepCommand = Extract<Command, { kind: 'sleep-now' | 'dream-now' | 'wake' }>;

/** When it sleeps, what wakes it, and what the Dreams view shows of it. */
export interface SleepDesk {
  /** Looks whether sleep is due, between two cycles; falls asleep by itself when it is. */
  consider(): void;
  /** Something was written down: what is critical, or the owner's word, wakes; while awake it keeps sleep off until it was thought about. */
  heard(observations: readonly Observation[]): void;
  send(command: SleepCommand): Promise<Outcome>;
  view(): Promise<DreamsView>;
  shown(): Pick<Snapshot, 'sleep' | 'digest'> & { phase: SleepPhase | null };
  /** The machine is suspended, or its battery spared: a sleep is broken off and goes on later. One that was asked for ends only with the machine. */
  putOff(): void;
  /** Wakes, and takes back a request; resolves when nothing of a sleep runs any more. */
  rouse(): Promise<void>;
  /** Reads what the nights before left: the digest, and whether one was cut off with the program. Never rejects. */
  load(): Promise<void>;
  /** Wakes, and consolidates once more within `ms` (SL5). Resolves when nothing of it runs. */
  stop(): Promise<void>;
}

const stopWithinMs = 5_000;
/** A digest is news for a day. */
const freshMs = 86_400_000;
const dreamsAtMost = 5_000;
const dreamsShown = 100;
const sleepsShown = 60;

export function createSleepDesk(parts: {
  store: Store;
  clock: Clock;
  log: Log;
  settings: () => Settings;
  life: LifeChart;
  sleeper: Sleeper;
  rhythm: { now(): Rhythm; set(rhythm: Rhythm): Promise<void> };
  pending: () => number;
  power: Pick<PowerDesk, 'isSuspended' | 'spares'>;
  /** Awake again: what waits may be thought about, and what is remembered has changed. */
  onAwake: (sleep: Sleep | null) => void;
  /** It does something else in its sleep, or is further. */
  onChange: () => void;
}): SleepDesk {
  const { store, clock, life, sleeper, settings } = parts;
  const ends = [
    sleeper.onChange(parts.onChange),
    // Who asks for sleep and then for a pause wants the pause.
    life.onChange(() => {
      if (life.life() === 'paused') requested = null;
    }),
  ];
  let asleep: { night: Promise<void>; wake: (why: 'interrupted' | 'owner' | 'shutdown') => void } | null = null;
  let told: Sleep | null = null;
  /** Asked for in the middle of a thought. */
  let requested: 'always' | 'by-chance' | null = null;
  /** So many cycles must have run before it sleeps: one of them takes what cannot wait. */
  let awakeUntil = 0;
  /** The program ended in the middle of the last sleep; null until that is known. */
  let brokenOff: boolean | null = null;

  function waking(): Waking {
    const rhythm = parts.rhythm.now();
    return {
      ...rhythm,
      cutOff: rhythm.cutOff || brokenOff === true,
      requested: requested !== null,
      pending: parts.pending(),
      spares: parts.power.spares(),
    };
  }

  function consider(): void {
    if (parts.power.isSuspended()) return;
    if (parts.pending() > 0 && parts.rhythm.now().cycles < awakeUntil) return;
    const reason = sleepDue(waking(), settings(), clock.now());
    if (reason) fallAsleep(reason, requested ?? 'by-chance');
  }

  function fallAsleep(reason: SleepReason, dream: 'always' | 'by-chance'): boolean {
    if (asleep || !life.can('sleep')) return false;
    life.send('sleep');
    requested = null;
    awakeUntil = 0;
    const controller = new AbortController();
    const unwatched = life.onChange(() => {
      if (life.life() !== 'asleep') controller.abort(life.life() === 'paused' ? 'owner' : 'shutdown');
    });
    const night = sleepThrough(reason, dream, controller.signal).finally(unwatched);
    asleep = { night, wake: (why) => controller.abort(why) };
    return true;
  }

  async function sleepThrough(reason: SleepReason, dream: 'always' | 'by-chance', signal: AbortSignal): Promise<void> {
    let slept: Sleep | null = null;
    try {
      slept = await sleeper.sleep(reason, { dream }, signal);
      if (slept.digest) told = slept;
      brokenOff = false;
      await parts.rhythm.set(afterSleep(parts.rhythm.now(), slept));
    } catch {
      parts.log.error('sleep-failed', { reason });
      // Not at once again: what failed now would fail then, too.
      brokenOff = false;
      await parts.rhythm.set(afterSleep(parts.rhythm.now(), { ended: 'done', endedAt: clock.now() })).catch(() => null);
    }
    await countGone(store).catch(() => parts.log.warn('dreams-uncounted'));
    awakeUntil = Math.min(awakeUntil, parts.rhythm.now().cycles + 1);
    asleep = null;
    life.send('wake');
    parts.onAwake(slept);
  }

  async function send(command: SleepCommand): Promise<Outcome> {
    if (command.kind === 'wake') {
      if (asleep) asleep.wake('owner');
      else if (requested) requested = null;
      else return { ok: false, message: 'Reverie is awake already.' };
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
      store.memories({ kinds: ['dream'], limit: dreamsAtMost }),
      store.sleeps(sleepsShown),
      store.state(auditKey),
      store.judgements(),
      store.verdicts(),
    ]);
    return {
      at: now,
      dreams: dreams
        .toSorted((a, b) => waits(b) - waits(a) || b.changedAt - a.changedAt)
        .slice(0, dreamsShown)
        .map((dream) => memoryView(dream, now)),
      counts: await dreamCounts(store, dreams),
      sleeps,
      audit: audit as Audit | null,
      calibration: calibrationOf(judgements, verdicts),
      next: nextSleepWords(waking(), settings(), now),
    };
  }

  return {
    consider,
    heard(observations) {
      if (!observations.some((each) => each.severity === 'critical' || each.trust === 'owner')) return;
      // The cycle that runs now does not have it yet; the next one takes it.
      awakeUntil = parts.rhythm.now().cycles + 2;
      asleep?.wake('interrupted');
    },
    send,
    view,
    shown() {
      const seen = asleep ? sleeper.view() : null;
      return { sleep: seen, phase: seen?.phase ?? null, digest: freshDigest(told, clock.now()) };
    },
    putOff() {
      if (parts.power.isSuspended() || (parts.power.spares() && sleeper.view()?.reason !== 'request'))
        asleep?.wake('interrupted');
    },
    async rouse() {
      requested = null;
      asleep?.wake('owner');
      await asleep?.night;
    },
    async load() {
      const sleeps = await store.sleeps(sleepsShown).catch(() => null);
      if (!sleeps) return parts.log.warn('nights-unread');
      told = sleeps.find((each) => each.digest !== null) ?? null;
      // At the start alone: later an open one is that of this night.
      brokenOff ??= sleeps[0]?.endedAt === null;
    },
    async stop() {
      for (const end of ends) end();
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

const waits = ({ validation }: Memory): number => Number(validation === 'needs-validation');
