import type { Memory, MemoryChange } from '../memory.ts';
import type { Settings } from '../settings.ts';
import type { Stamp } from '../types.ts';
import { unit } from './importance.ts';

const dayMs = 86_400_000;

/** Of a new memory: without use it has a third of its strength after two months. */
export const firstStabilityDays = 60;
/** However often it is recalled. */
const stabilityAtMostDays = 365;
/** A recall of what was all but forgotten multiplies stability by one and this: together the 2.5 that SM-2 begins with. */
const growth = 1.5;
/** What deep sleep takes (SL3), at most once a week from one memory: sleeps may follow each other quickly. */
const deepDecay = 0.1;
const decayEveryMs = 7 * dayMs;
/** What one pass of sleep takes from an episode in short-term memory, and below what it is out (ME4). */
const fadePerPass = 0.1;
const fadedBelow = 0.1;
/** Importance never falls below this share of itself: from 0.8 on, a memory is not let go for want of use. */
const importanceFloor = 0.25;
/** One pass lets go at most this share for want of use: a wall clock that jumps a year ahead must not empty the mind. */
const letGoShare = 0.05;

type Curve = Pick<Memory, 'strength' | 'strengthAt' | 'stabilityDays'>;

/**
 * Strength 0..1 at a time, on the exponential forgetting curve R = R₀ · exp(−t/S) (Ebbinghaus 1885), t and S in days. Time that ran
 * backwards counts as none, whatever is no number as forgotten.
 */
export function strengthNow(memory: Curve, now: Stamp): number {
  const days = Math.max(0, now - memory.strengthAt) / dayMs;
  return unit((unit(memory.strength) ?? 0) * Math.exp(-days / stabilityOf(memory))) ?? 0;
}

const stabilityOf = ({ stabilityDays }: Pick<Memory, 'stabilityDays'>) =>
  stabilityDays > 0 ? Math.min(stabilityAtMostDays, stabilityDays) : firstStabilityDays;

/**
 * The memory after a recall: full strength, and a stability that has grown by S ← S · (1 + 1.5 · (1 − R)). R is the strength it had, so
 * a recall right after another adds next to nothing and a late one most (the spacing effect; that growth follows from retrievability is
 * Woźniak 1995 and Ye, Su and Cao 2022; the factor 2.5 at most is that of SM-2, Woźniak 1990; recall-grown stability for the memory of
 * a machine is Zhong et al. 2023, MemoryBank). At most 365 days.
 */
export function renewed<M extends Curve & Pick<Memory, 'recalled' | 'recalledAt'>>(memory: M, at: Stamp): M {
  const grown = stabilityOf(memory) * (1 + growth * (1 - strengthNow(memory, at)));
  return {
    ...memory,
    strength: 1,
    strengthAt: at,
    stabilityDays: Math.min(stabilityAtMostDays, grown),
    recalled: memory.recalled + 1,
    recalledAt: at,
  };
}

/** What deep sleep takes from a memory; null when it was renewed or weakened less than a week ago, or is pinned. */
export function decayed(memory: Curve & Pick<Memory, 'id' | 'pinned'>, now: Stamp): MemoryChange | null {
  if (memory.pinned || now - memory.strengthAt < decayEveryMs) return null;
  return { kind: 'weaken', id: memory.id, strength: strengthNow(memory, now) * (1 - deepDecay), at: now };
}

/** An episode's strength after one more pass of sleep; null when it leaves short-term memory. */
export function fadeEpisode(strength: number): number | null {
  const left = (unit(strength) ?? 0) * (1 - fadePerPass);
  return left < fadedBelow ? null : left;
}

type Kept = Curve &
  Pick<Memory, 'id' | 'importance' | 'recalledAt' | 'formedAt' | 'changedAt' | 'pinned' | 'trust' | 'validation'>;

/** Importance as far as strength bears it: importance × (0.25 + 0.75 × strength). */
export function importanceNow(memory: Curve & Pick<Memory, 'importance'>, now: Stamp): number {
  return (unit(memory.importance) ?? 0) * (importanceFloor + (1 - importanceFloor) * strengthNow(memory, now));
}

/**
 * What one pass forgets of all that is kept, and why in words for the owner. First, for want of use: what is less important by now than
 * `forgetBelow` and was neither recalled nor found again for `forgetDays`; never what is pinned, the owner's own, or a dream that waits to be
 * tested; at most a twentieth of all in one pass, weakest first. Then, for want of room: the weakest beyond `atMost`, never what is
 * pinned, and the owner's own only when nothing else is left.
 */
export function letGo(
  memories: readonly Kept[],
  now: Stamp,
  settings: Pick<Settings['memory'], 'atMost' | 'forgetBelow' | 'forgetDays'>,
): { id: string; why: string }[] {
  const weakestFirst = memories
    .filter((each) => !each.pinned)
    .map((memory) => ({ memory, worth: importanceNow(memory, now) }))
    .sort(
      (a, b) =>
        ownersLast(a.memory) - ownersLast(b.memory) || a.worth - b.worth || (a.memory.id < b.memory.id ? -1 : 1),
    );
  const unused = weakestFirst
    .filter(
      ({ memory, worth }) =>
        fades(memory) && worth < settings.forgetBelow && idleDays(memory, now) >= settings.forgetDays,
    )
    .slice(0, Math.max(1, Math.floor(memories.length * letGoShare)));
  const gone = new Set(unused.map((each) => each.memory.id));
  const tooMany = Math.max(0, memories.length - gone.size - settings.atMost);
  const crowdedOut = weakestFirst.filter((each) => !gone.has(each.memory.id)).slice(0, tooMany);
  return [
    ...unused.map(({ memory, worth }) => ({
      id: memory.id,
      why: `its importance has sunk to ${figure(worth)}, and it was not used for ${Math.floor(idleDays(memory, now))} days`,
    })),
    ...crowdedOut.map(({ memory, worth }) => ({
      id: memory.id,
      why: `there was no room: ${settings.atMost.toLocaleString('en')} memories are kept, and this was among the weakest (importance ${figure(worth)} by now)`,
    })),
  ];
}

const fades = ({ trust, validation }: Kept) => trust !== 'owner' && validation !== 'needs-validation';
const ownersLast = ({ trust }: Kept) => (trust === 'owner' ? 1 : 0);
const figure = (worth: number) => Math.floor(worth * 100) / 100;

/** Days since it was formed, last recalled, or found or scored again; 0 when the clock was set back since. */
function idleDays({ formedAt, changedAt, recalledAt }: Kept, now: Stamp): number {
  const days = (now - Math.max(formedAt, changedAt, recalledAt ?? formedAt)) / dayMs;
  return days > 0 ? days : 0;
}
