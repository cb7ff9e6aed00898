import type { Brief } from '../../memory.ts';
import type { Stamp } from '../../types.ts';
import { bursts } from './bursts.ts';
import { activityOf } from './chance.ts';
import { changePoints } from './change-points.ts';
import { coChanges } from './co-changes.ts';
import { createEventLog } from './event-log.ts';
import { repeatedFailures } from './failures.ts';
import type { Finding, FindingKind } from './finding.ts';
import { orderHappenings, spanOf } from './happenings.ts';
import { rhythms } from './rhythms.ts';
import { sequences } from './sequences.ts';
import { frequentThemes, themesOf } from './themes.ts';

/** Learns by counting, without a model. Bounded: at most 300,000 happenings of 30,000 kinds are held, whatever comes. */
export interface Miner {
  /** Takes a page of briefs in the store's order; a few milliseconds for 2,000. */
  take(page: readonly Brief[]): void;
  /**
   * What was found, most important first, at most 40. Work is done in parts of a few milliseconds with a `yield` after each, so that the caller
   * can let the loop turn: `for (;;) { const part = search.next(); if (part.done) return part.value; await aTurn(); }`.
   */
  search(): Generator<undefined, Finding[]>;
  /** The same in one go: for tests and small data. */
  findings(): Finding[];
}

/** How many of each kind a night may bring: the most important of each. */
const atMost: Record<FindingKind, number> = {
  'repeated-failure': 10,
  sequence: 10,
  'co-change': 6,
  burst: 3,
  'change-point': 4,
  frequent: 4,
  rhythm: 3,
};

/** A miner for the `days` days before `now`; anything observed later than `now` or earlier is passed over. */
export function createMiner({ now, days }: { now: Stamp; days: number }): Miner {
  const span = spanOf(now, days);
  const { log, take } = createEventLog({ from: span.since, until: now });

  function* search(): Generator<undefined, Finding[]> {
    const seen = yield* orderHappenings(log, span);
    const activity = activityOf(seen);
    yield;
    const themes = themesOf(seen);
    yield;
    const all = [
      yield* repeatedFailures(seen),
      yield* sequences(seen, activity),
      yield* coChanges(seen),
      yield* bursts(seen, themes),
      yield* changePoints(seen),
      frequentThemes(seen, themes),
      yield* rhythms(seen, activity),
    ];
    return all
      .flatMap((found) => found.toSorted(byImportance).slice(0, found[0] ? atMost[found[0].kind] : 0))
      .toSorted(byImportance);
  }

  function findings(): Finding[] {
    const parts = search();
    for (;;) {
      const part = parts.next();
      if (part.done) return part.value;
    }
  }

  return { take, search, findings };
}

const byImportance = (a: Finding, b: Finding) =>
  b.importance - a.importance || b.confidence - a.confidence || (a.key < b.key ? -1 : 1);
