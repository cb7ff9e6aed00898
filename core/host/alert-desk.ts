import type { LessOf } from '../attend/noise.ts';
import { alertText } from '../decide/alert-text.ts';
import {
  type Activity,
  type Candidate,
  type Interruption,
  isBoundary,
  isGoodMoment,
  isQuiet,
  isRecent,
  ruleAlert,
  type Standing,
  waitAtMostMs,
} from '../decide/alerts.ts';
import type { LifeChart } from '../loop/life.ts';
import type { Clock, Log, Stop, Store } from '../ports.ts';
import type { AlertView } from '../protocol-owner.ts';
import type { Settings } from '../settings.ts';
import type { Insight, Json, Observation, Stamp } from '../types.ts';

/** Interrupts the owner with what is worth it, at a good moment (DE3). */
export interface AlertDesk {
  /** An insight was formed: tells it now, holds it, or leaves it to the list. */
  formed(insight: Insight): void;
  /** Something was seen: the owner is at work, or has just ended a piece of it. */
  heard(observations: readonly Observation[]): void;
  /** They have unlocked the screen, or woken the machine: a good moment. */
  ownerIsBack(): void;
  /** Reads what an earlier start left: what was told, what waits. Never rejects. */
  load(): Promise<void>;
  /** Ends the waiting; resolves when nothing of it runs. Idempotent. */
  stop(): Promise<void>;
}

/** The key under which stands what was told and what waits. No texts: what the owner deletes must not live on here. */
const alertsKey = 'alerts';
const waitingAtMost = 50;
const criticalKept = 100;
const tickMs = 15_000;

interface Waiting {
  id: string;
  since: Stamp;
  importance: number;
}
type Told = Omit<Interruption, 'insight'> & { id: string };

export function createAlertDesk(parts: {
  store: Store;
  clock: Clock;
  log: Log;
  life: Pick<LifeChart, 'life'>;
  nextId: () => string;
  settings: () => Settings['alerts'];
  isAway: () => boolean;
  raise: (alert: AlertView) => void;
  /** An insight is another than before: it has been told. */
  changed: (insight: Insight) => void;
}): AlertDesk {
  const { store, clock, log, settings } = parts;
  let waiting: Waiting[] = [];
  let told: Told[] = [];
  // A start is taken for work: what waited over it waits for the first quiet minute.
  let activity: Activity = { activeAt: clock.elapsed(), boundaryAt: null, toldAt: null };
  let cancel: Stop | null = null;
  let stopped = false;
  /** One after the other, so that two do not both take the last place of the day. */
  let turn: Promise<void> = Promise.resolve();

  function inTurn(task: () => Promise<void>): void {
    turn = turn.then(task).catch(() => log.warn('alerts-failed'));
  }

  /** While something waits it looks again every so often, whatever the clocks do meanwhile. */
  function watch(): void {
    if (stopped || cancel || waiting.length === 0) return;
    cancel = clock.after(tickMs, () => {
      cancel = null;
      waiting = waiting.map((each) => ({ ...each, since: Math.min(each.since, clock.now()) }));
      if (mayTell() || mayTellCritical() || waiting.some(isOverdue)) inTurn(considerAll);
      watch();
    });
  }

  /** Without this nothing that waits is told now, so that nothing need be read. */
  const mayTell = () => lifeNow() === 'awake' && isGood() && !isQuiet(minuteOfDay(clock.now()), settings().quiet);
  /** What is critical asks neither for a good moment nor for the end of quiet hours. */
  const mayTellCritical = () =>
    lifeNow() !== 'paused' && waiting.some(({ importance }) => importance >= settings().criticalFrom);
  const isOverdue = ({ since }: Waiting) => clock.now() - since >= waitAtMostMs;
  const isGood = () => !parts.isAway() && isGoodMoment(activity, clock.elapsed());

  function lifeNow(): Standing['life'] {
    const life = parts.life.life();
    return life === 'running' ? 'awake' : life === 'asleep' ? 'asleep' : 'paused';
  }

  /** The most important first, of equals the newest: it says how things are now. */
  const considerAll = () => consider(waiting.toSorted((a, b) => b.importance - a.importance || b.since - a.since));

  async function consider(these: readonly Waiting[]): Promise<void> {
    const before = waiting;
    const recent = told.filter((each) => isRecent(each.at, clock.now()));
    const insights = await Promise.all(recent.map((each) => store.insight(each.id)));
    const known: Interruption[] = recent.map((each, n) => ({ ...each, insight: insights[n] ?? null }));
    const lessOf: LessOf = new Map((await store.lessOf()).map(({ key, times }) => [key, times]));
    for (const each of these) {
      const candidate = await candidateOf(each);
      if (stopped) return;
      const { when, critical } = candidate ? decide(candidate, known, lessOf) : { when: 'never', critical: false };
      if (when === 'later') continue;
      waiting = waiting.filter(({ id }) => id !== each.id);
      if (when === 'now' && candidate) known.push(await tell(candidate, critical));
    }
    if (waiting !== before) await save();
  }

  /** Read anew: what the owner has judged they have seen, and what they have deleted is not told. */
  async function candidateOf({ id, since }: Waiting): Promise<(Candidate & { insight: Insight }) | null> {
    const insight = await store.insight(id);
    if (!insight || insight.verdict !== null) return null;
    return { insight, since, evidence: await store.observations(insight.evidenceIds) };
  }

  function decide(candidate: Candidate, known: readonly Interruption[], lessOf: LessOf) {
    const now = clock.now();
    const standing = { now, minuteOfDay: minuteOfDay(now), life: lifeNow(), goodMoment: isGood(), told: known, lessOf };
    const { when, why } = ruleAlert(candidate, standing, settings());
    if (when !== 'later') log.debug('alert-ruled', { when, why });
    return { when, critical: why === 'critical' };
  }

  /** First told, then written: what a crash in between tells twice is better than what it does not tell. */
  async function tell(
    { insight, evidence }: Candidate & { insight: Insight },
    critical: boolean,
  ): Promise<Interruption> {
    const at = clock.now();
    told = bounded([...told, { id: insight.id, at, critical }], at);
    if (!critical) activity = { ...activity, toldAt: clock.elapsed() };
    parts.raise({ id: parts.nextId(), insightId: insight.id, ...alertText(insight, evidence, critical), at, critical });
    try {
      await store.toldInsight(insight.id, at);
      // Read anew: the owner may have judged it meanwhile.
      const kept = await store.insight(insight.id);
      if (kept) parts.changed(kept);
    } catch {
      log.warn('alert-unsaved');
    }
    return { at, critical, insight };
  }

  const save = () =>
    store
      .setState(alertsKey, { waiting: waiting.map((each) => ({ ...each })), told: told.map((each) => ({ ...each })) })
      .catch(() => log.warn('alerts-unsaved'));

  return {
    formed({ id, importance }) {
      if (stopped || importance < Math.min(settings().importantFrom, settings().criticalFrom)) return;
      const one = { id, since: clock.now(), importance };
      inTurn(async () => {
        waiting = [...waiting, one].toSorted((a, b) => b.importance - a.importance).slice(0, waitingAtMost);
        try {
          await consider(waiting.includes(one) ? [one] : []);
          // What goes on waiting is new to the store, whether or not it took the place of another.
          if (waiting.includes(one)) await save();
        } finally {
          // A store that fails now may answer at the next look.
          watch();
        }
      });
    },
    heard(observations) {
      const work = observations.filter(({ trust }) => trust === 'observed' || trust === 'owner');
      if (work.length === 0) return;
      const at = clock.elapsed();
      activity = { ...activity, activeAt: at, boundaryAt: work.some(isBoundary) ? at : activity.boundaryAt };
    },
    ownerIsBack() {
      const at = clock.elapsed();
      activity = { ...activity, activeAt: at, boundaryAt: at };
      if (waiting.length > 0) inTurn(considerAll);
    },
    load() {
      inTurn(async () => {
        ({ waiting, told } = keptFromJson(await store.state(alertsKey)));
        watch();
      });
      return turn;
    },
    async stop() {
      stopped = true;
      cancel?.();
      cancel = null;
      await turn;
    },
  };
}

/** Of the local day, 0..1439, whatever the zone does that day. */
function minuteOfDay(at: Stamp): number {
  const time = new Date(at);
  return time.getHours() * 60 + time.getMinutes();
}

/** What still counts: those of a day, and of the critical ones, which nothing else bounds, the newest. */
function bounded(told: readonly Told[], now: Stamp): Told[] {
  const recent = told.filter((each) => isRecent(each.at, now));
  const critical = new Set(recent.filter((each) => each.critical).slice(-criticalKept));
  return recent.filter((each) => !each.critical || critical.has(each));
}

/** What cannot be read is as if it had not been. */
function keptFromJson(value: Json): { waiting: Waiting[]; told: Told[] } {
  const kept = isObject(value) ? value : {};
  return {
    waiting: listOf(kept.waiting)
      .flatMap(({ id, since, importance }) =>
        typeof id === 'string' && typeof since === 'number' && typeof importance === 'number'
          ? [{ id, since, importance }]
          : [],
      )
      .slice(0, waitingAtMost),
    told: listOf(kept.told).flatMap(({ id, at, critical }) =>
      typeof id === 'string' && typeof at === 'number' && typeof critical === 'boolean' ? [{ id, at, critical }] : [],
    ),
  };
}

const listOf = (value: Json | undefined) => (Array.isArray(value) ? value.filter(isObject) : []);
const isObject = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
