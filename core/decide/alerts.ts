import { type LessOf, lessFactor } from '../attend/noise.ts';
import { alike, readingOf } from '../remember/likeness.ts';
import type { Settings } from '../settings.ts';
import type { Insight, Observation, Stamp } from '../types.ts';

/** What is worth an interruption, and when (DE3). Pure: the clock, the owner's habits and what was told before are arguments. */

/** Something that was told, as far as it is still known. */
export interface Interruption {
  at: Stamp;
  critical: boolean;
  /** What it was about; null when that is gone. */
  insight: Pick<Insight, 'text' | 'evidenceIds'> | null;
}

/** What may interrupt: an insight, since when it waits, and what it rests on. */
export interface Candidate {
  insight: Pick<Insight, 'text' | 'importance' | 'evidenceIds'>;
  since: Stamp;
  evidence: readonly Observation[];
}

/** How things stand at a moment. */
export interface Standing {
  now: Stamp;
  /** Of the local day, 0..1439. */
  minuteOfDay: number;
  life: 'awake' | 'asleep' | 'paused';
  goodMoment: boolean;
  told: readonly Interruption[];
  lessOf: LessOf;
}

export type Ruling =
  | { when: 'now'; why: 'critical' | 'good-moment' }
  | { when: 'later'; why: 'paused' | 'asleep' | 'quiet-hours' | 'no-good-moment' }
  | {
      when: 'never';
      why:
        | 'switched-off'
        | 'not-important'
        | 'less-wanted'
        | 'only-critical'
        | 'waited-too-long'
        | 'told-already'
        | 'budget-spent';
    };

const dayMs = 86_400_000;
/** What waits longer is only listed. */
export const waitAtMostMs = 12 * 3_600_000;
/** How long after a commit, or the end of a test run, the owner is still between two things. */
const boundaryMs = 60_000;
/** Without any activity for so long they have paused. */
const quietMs = 60_000;
/** Between two that are not critical. */
const apartMs = 10 * 60_000;

const never = (why: Extract<Ruling, { when: 'never' }>['why']): Ruling => ({ when: 'never', why });
const later = (why: Extract<Ruling, { when: 'later' }>['why']): Ruling => ({ when: 'later', why });

/** Whether the owner is interrupted with this insight now, later or never, and why. */
export function ruleAlert(candidate: Candidate, standing: Standing, settings: Settings['alerts']): Ruling {
  const rank = rankOf(candidate, standing.lessOf, settings);
  const critical = rank === 'critical';
  if (settings.notify === 'never') return never('switched-off');
  if (rank === 'unimportant') return never('not-important');
  if (rank === 'unwanted') return never('less-wanted');
  if (settings.notify === 'critical' && !critical) return never('only-critical');
  if (standing.now - candidate.since >= waitAtMostMs) return never('waited-too-long');
  if (standing.told.some((each) => isSame(each, candidate, critical, standing.now))) return never('told-already');
  if (standing.life === 'paused') return later('paused');
  if (critical) return { when: 'now', why: 'critical' };
  if (standing.life === 'asleep') return later('asleep');
  if (isQuiet(standing.minuteOfDay, settings.quiet)) return later('quiet-hours');
  if (spentOf(standing.told, standing.now) >= settings.perDay) return never('budget-spent');
  return standing.goodMoment ? { when: 'now', why: 'good-moment' } : later('no-good-moment');
}

/**
 * The owner's "less of this" halves importance each time, for what it rests on. Alone it never silences what is critical: that is told as
 * something important.
 */
function rankOf(
  { insight, evidence }: Candidate,
  lessOf: LessOf,
  settings: Pick<Settings['alerts'], 'importantFrom' | 'criticalFrom'>,
): 'critical' | 'important' | 'unwanted' | 'unimportant' {
  const { importance } = insight;
  const wanted = importance * wantedShare(evidence, lessOf);
  if (wanted >= settings.criticalFrom) return 'critical';
  if (wanted >= settings.importantFrom || importance >= settings.criticalFrom) return 'important';
  return importance >= settings.importantFrom ? 'unwanted' : 'unimportant';
}

/** By the piece of evidence that the owner minds least: what is new in an insight is not held against it. */
const wantedShare = (evidence: readonly Observation[], lessOf: LessOf): number =>
  evidence.length === 0 ? 1 : Math.max(...evidence.map((each) => lessFactor(each, lessOf)));

/** Told within a day, in like words or on the same evidence, whatever its figures are now. What has become critical since is another thing. */
function isSame(told: Interruption, { insight }: Candidate, critical: boolean, now: Stamp): boolean {
  if (!told.insight || !isRecent(told.at, now) || (critical && !told.critical)) return false;
  const { text, evidenceIds } = told.insight;
  const nothingNew = insight.evidenceIds.length > 0 && insight.evidenceIds.every((id) => evidenceIds.includes(id));
  return nothingNew || text === insight.text || alike(readingOf(text), readingOf(insight.text));
}

/** How many interruptions of the last 24 hours count: the critical ones do not. */
const spentOf = (told: readonly Interruption[], now: Stamp): number =>
  told.filter((each) => !each.critical && isRecent(each.at, now)).length;

/** Within a day; a stamp ahead of a clock that was set back is not held against the owner for longer than that. */
export const isRecent = (at: Stamp, now: Stamp): boolean => Math.abs(now - at) < dayMs;

/** Whether a minute of the local day is in quiet hours, which may pass midnight; from and until alike are none. */
export function isQuiet(minuteOfDay: number, quiet: Settings['alerts']['quiet']): boolean {
  const [from, until] = [minutesOf(quiet.from), minutesOf(quiet.until)];
  if (!quiet.enabled || from === until) return false;
  return from < until ? minuteOfDay >= from && minuteOfDay < until : minuteOfDay >= from || minuteOfDay < until;
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Monotonic milliseconds of what makes a moment good; null: not since the start. */
export interface Activity {
  /** Something of the owner's work was seen. */
  activeAt: number;
  /** A piece of work ended: a commit, a test run. */
  boundaryAt: number | null;
  /** The last interruption that was not critical. */
  toldAt: number | null;
}

/** A good moment: just after a boundary or when nothing happened for a minute, and not too soon after the last interruption. */
export function isGoodMoment({ activeAt, boundaryAt, toldAt }: Activity, elapsed: number): boolean {
  if (toldAt !== null && elapsed - toldAt < apartMs) return false;
  return elapsed - activeAt >= quietMs || (boundaryAt !== null && elapsed - boundaryAt < boundaryMs);
}

const boundaries = new Set(['commit-made', 'commit-amended', 'operation-ended', 'branch-switched']);
const endings =
  /^(?:test|tests|build|run|job|process|deploy|check)s?-(?:run-)?(?:passed|failed|ended|finished|done|exited)$/;

/** Whether a piece of work ended with this. */
export const isBoundary = ({ type }: Observation): boolean => boundaries.has(type) || endings.test(type);
