import { thresholdWith } from '../attend/threshold.ts';
import type { Clock } from '../ports.ts';
import type { Snapshot } from '../protocol.ts';
import type { Identity, Json, Stamp } from '../types.ts';

/** One run of the program. */
export interface Run {
  /** On the clock that only goes forward. */
  startedAt: number;
  /** For how long there were runs before it. */
  beforeMs: number;
}

export const newIdentity = (now: Stamp): Identity => ({
  bornAt: now,
  sessions: 0,
  uptimeMs: 0,
  observations: 0,
  decisions: 0,
  insights: 0,
  thresholdShift: 0,
});

/** Field by field: who learns to count something more is not born anew. */
export function identityFromJson(value: Json | undefined, fresh: Identity): Identity {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fresh;
  const sound = Object.keys(fresh).filter((name) => typeof value[name] === 'number');
  return { ...fresh, ...Object.fromEntries(sound.map((name) => [name, value[name]])) };
}

/** For how long it has run, this run and all before. */
export const uptimeOf = (clock: Clock, { startedAt, beforeMs }: Run): number =>
  beforeMs + Math.max(0, clock.elapsed() - startedAt);

/** As the page sees it; `threshold` is the one that is set. */
export function identityShown(
  { uptimeMs: _written, ...identity }: Identity,
  { startedAt, uptimeBeforeMs, threshold }: { startedAt: Stamp; uptimeBeforeMs: number; threshold: number },
): Snapshot['identity'] {
  return { ...identity, startedAt, uptimeBeforeMs, threshold: thresholdWith(threshold, identity.thresholdShift) };
}
