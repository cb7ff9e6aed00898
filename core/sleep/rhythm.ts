import type { Sleep, SleepReason } from '../memory.ts';
import type { Settings } from '../settings.ts';
import type { Json, Stamp } from '../types.ts';

/** What sleep is due by; survives a restart as plain JSON. */
export interface Rhythm {
  /** Wake cycles since the last sleep: each has processed something. */
  cycles: number;
  lastCycleAt: Stamp | null;
  lastSleepAt: Stamp | null;
  /** The last sleep was cut off, and what it left is still to be done. */
  cutOff: boolean;
}

/** The rhythm, and what else decides about sleep at this moment. */
export interface Waking extends Rhythm {
  /** The owner asked for it. */
  requested: boolean;
  /** Observations that wait for a cycle. */
  pending: number;
  /** The machine runs on battery that shall be spared: only a request counts. */
  spares: boolean;
}

type RhythmSettings = Pick<Settings, 'sleep' | 'intake'>;

const minuteMs = 60_000;
/** A sleep that was cut off goes on when no cycle has run for so long. */
const calmMs = minuteMs;

export const freshRhythm: Rhythm = { cycles: 0, lastCycleAt: null, lastSleepAt: null, cutOff: false };

/** After one wake cycle. */
export const afterCycle = (rhythm: Rhythm, now: Stamp): Rhythm => ({
  ...rhythm,
  cycles: rhythm.cycles + 1,
  lastCycleAt: now,
});

/** After one sleep. Only what broke in from outside leaves something to go on with; the owner's word ends the night. */
export const afterSleep = (rhythm: Rhythm, sleep: Pick<Sleep, 'ended' | 'endedAt'>): Rhythm => ({
  ...rhythm,
  cycles: 0,
  lastSleepAt: sleep.endedAt,
  cutOff: sleep.ended === 'interrupted' || sleep.ended === 'shutdown',
});

/**
 * Why to sleep now; null when not yet (SL1). By itself it sleeps after so many wake cycles, or when idle for so long with something new
 * since the last sleep, and not while more waits than one cycle takes. A request is never put off.
 */
export function sleepDue(waking: Waking, settings: RhythmSettings, now: Stamp): SleepReason | null {
  if (waking.requested) return 'request';
  if (!settings.sleep.enabled || waking.spares || underPressure(waking, settings)) return null;
  const idleMs = idleFor(waking, now);
  if (waking.cutOff && idleMs >= calmMs) return 'resumed';
  if (waking.cycles >= settings.sleep.afterCycles) return 'cycles';
  const idle = waking.pending === 0 && idleMs >= settings.sleep.idleMinutes * minuteMs;
  return idle && waking.cycles > 0 ? 'idle' : null;
}

const underPressure = ({ pending }: Waking, { intake }: RhythmSettings) => pending > intake.batch;

/** A stamp in the future is of a clock that was set back since: it tells of no cycle. */
const idleFor = ({ lastCycleAt }: Rhythm, now: Stamp) =>
  lastCycleAt === null || lastCycleAt > now ? Infinity : now - lastCycleAt;

/** When it will sleep by itself, in words that follow "sleeps": "after 12 more cycles, or when idle for 30 minutes". */
export function nextSleepWords(waking: Waking, settings: RhythmSettings, now: Stamp): string {
  if (!settings.sleep.enabled) return 'only when you ask for it';
  if (waking.spares) return 'when the machine is on mains again';
  if (underPressure(waking, settings)) return `when fewer than ${settings.intake.batch + 1} observations wait`;
  if (sleepDue(waking, settings, now)) return 'now';
  const left = Math.max(1, settings.sleep.afterCycles - waking.cycles);
  return `after ${counted(left, 'more cycle')}, or when idle for ${counted(settings.sleep.idleMinutes, 'minute')}`;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const rhythmToJson = ({ cycles, lastCycleAt, lastSleepAt, cutOff }: Rhythm): Json => ({
  cycles,
  lastCycleAt,
  lastSleepAt,
  cutOff,
});

/** Reads what an earlier start kept; whatever is missing or odd is as if new. */
export function rhythmFromJson(value: Json): Rhythm {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return freshRhythm;
  const stamp = (kept: Json | undefined) => (typeof kept === 'number' && Number.isFinite(kept) ? kept : null);
  const cycles = stamp(value.cycles);
  return {
    cycles: cycles !== null && cycles >= 0 ? Math.floor(cycles) : 0,
    lastCycleAt: stamp(value.lastCycleAt),
    lastSleepAt: stamp(value.lastSleepAt),
    cutOff: value.cutOff === true,
  };
}
