import { decayFocus, moveFocus } from '../attend/focus.ts';
import { type Attention, attend } from '../attend/salience.ts';
import { judgedAtMost, learnedShift, thresholdWith } from '../attend/threshold.ts';
import type { Fired, Observation } from '../types.ts';
import { uptimeOf } from './identity.ts';
import type { Mind, Working } from './mind.ts';

/** Scores the batch against the focus as time has left it, lifted by the learned patterns it sets off, and moves the focus (AT1, AT2). */
export async function attendTo(
  mind: Mind,
  batch: readonly Observation[],
  learned: readonly Fired[],
): Promise<{ attention: Attention; working: Working }> {
  const { attend: settings } = mind.settings();
  const now = mind.clock.now();
  const [attended, less, judged] = await Promise.all([
    mind.store.attended(settings.compareWith),
    mind.store.lessOf(),
    mind.store.judged(judgedAtMost),
  ]);
  const thresholdShift = learnedShift(settings.threshold, judged);
  const threshold = thresholdWith(settings.threshold, thresholdShift);
  const faded = decayFocus(mind.working.now.focus, mind.working.now.focusAt, now, settings.focusHalfLifeMinutes);
  const lessOf = new Map(less.map(({ key, times }) => [key, times]));
  const attention = attend(batch, { attended, focus: faded.focus, lessOf, learned }, { ...settings, threshold });
  const focus = attention.salient.length > 0 ? moveFocus(faded, attention.salient, now, settings) : faded;
  const { identity, place } = mind.working.now;
  const placeNow = attention.salient
    .map((each) => each.observation.details.place)
    .findLast((each) => typeof each === 'string');
  const counted = {
    ...identity,
    observations: identity.observations + batch.length,
    uptimeMs: uptimeOf(mind.clock, mind.run),
    thresholdShift,
  };
  return {
    attention,
    working: { ...mind.working.now, focus, focusAt: now, place: placeNow ?? place, identity: counted },
  };
}
