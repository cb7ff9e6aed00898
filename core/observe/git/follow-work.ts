import { markKey, type Telling, tell } from './telling.ts';
import { findUncommitted } from './uncommitted.ts';

export interface WorkFollower {
  load(): Promise<void>;
  /** Puts the next check off, as if one had just been made. */
  rest(): void;
  /** `maybe`: there is a reason to think that something changed. Checks only when the last check is old enough. */
  look(maybe: boolean): Promise<void>;
}

const dayMs = 24 * 3_600_000;
const shortestMs = 5 * 60_000;
const longestMs = 3_600_000;

/**
 * Tells work that has been lying without a commit for longer than `hours`: once per stretch, and again after each further day. Checked at
 * most every five minutes; an edit leaves no trace in the git folder, so without any reason it is checked each hour, and four times within
 * `hours` when those are few.
 */
export function followWork(telling: Telling, hours: number): WorkFollower {
  const { clock, place } = telling;
  const key = markKey(place, 'dirty');
  const spanMs = hours * 3_600_000;
  const withoutReasonMs = Math.max(shortestMs, Math.min(longestMs, spanMs / 4));
  let toldAt: number | null = null;
  let checkedAt: number | null = null;
  let maybe = true;

  async function check(): Promise<void> {
    const now = clock.now();
    const found = await findUncommitted(telling.ask, place.top, now);
    if (found === null) return;
    maybe = found.files > 0;
    if (found.files === 0) {
      if (toldAt !== null) tell(telling, null, [{ key, value: null }]);
      toldAt = null;
      return;
    }
    // A stamp from the future is a clock that was wrong: it counts as just now.
    const agoMs = toldAt === null ? dayMs : now - toldAt;
    if (now - found.oldestAt < spanMs || (agoMs < dayMs && agoMs >= 0)) return;
    toldAt = now;
    tell(telling, telling.draft('work-uncommitted', { ...found }, 'warning'), [{ key, value: now }]);
  }

  return {
    rest() {
      checkedAt = clock.elapsed();
    },
    async look(reason) {
      maybe ||= reason;
      const sinceMs = checkedAt === null ? Number.POSITIVE_INFINITY : clock.elapsed() - checkedAt;
      if (sinceMs < (maybe ? shortestMs : withoutReasonMs)) return;
      checkedAt = clock.elapsed();
      await check();
    },
    async load() {
      const known = await telling.marks.get(key);
      toldAt = typeof known === 'number' ? known : null;
    },
  };
}
