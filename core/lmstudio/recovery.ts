import type { Failure } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { Breaker } from '../think/gateway/breaker.ts';
import type { Belongings } from './belongings.ts';
import type { Catalogue, Instance } from './catalogue.ts';
import { type Crashes, isCrash } from './crashes.ts';
import type { Flight } from './flight.ts';
import type { Loads } from './loads.ts';
import type { Target } from './target.ts';
import { within } from './waiting.ts';
import type { Watch } from './watch.ts';

/** How long a thought waits for a look or a load before rules think (LM1). */
export const patienceMs = 60_000;

/** Failures that say nothing about the server. */
const notItsFault = new Set([
  'budget-spent',
  'purpose-budget-spent',
  'larger-than-budget',
  'larger-than-rate',
  'unreadable-answer',
  'repetition',
  'runaway',
  'runaway-reasoning',
  'window-too-small',
  'circuit-open',
  'busy-elsewhere',
]);
/** Somebody unloaded it, or it expired. */
const notThere = new Set(['model-unloaded', 'no-model', 'model-missing']);

/**
 * What to ask after a call to `target` failed, null when rules should think: looks why it failed; after a crash loads the model again
 * once, and opens the breaker at the second (LM2). Throws only the signal's reason.
 */
export function createRecovery(parts: {
  clock: Clock;
  watch: Watch;
  flight: Flight;
  loads: Loads;
  belongings: Belongings;
  crashes: Crashes;
  breaker: Breaker;
  settings: () => Settings;
  catalogue: () => Catalogue | null;
  now: () => Target | null;
  use: () => Target | null;
  wanted: (signal: AbortSignal) => Promise<Target | null>;
  onCrash: () => void;
}): (failure: Failure, target: Target, signal: AbortSignal) => Promise<Target | null> {
  const { clock, watch, flight, crashes, now } = parts;

  async function afterCrash(crashed: Instance): Promise<Target | null> {
    parts.onCrash();
    parts.belongings.forgive(crashed.key);
    if (!crashes.mayReload(crashed.key)) {
      parts.breaker.trip(
        `${crashed.key} crashed again after it had been loaded anew. A smaller context, another runtime or another model may help.`,
        'owner',
      );
      return null;
    }
    const other = now();
    if (other && other.instance.id !== crashed.id) return parts.use();
    const entry = parts.catalogue()?.models.find(({ key }) => key === crashed.key);
    if (flight.underway()) await flight.landed();
    else if (entry && parts.settings().lmStudio.load === 'when-needed')
      await parts.loads.load(entry, crashed.contextTokens ?? parts.settings().model.windowTokens, 'crash');
    else return null;
    return parts.use();
  }

  /** The window may be smaller than was believed: with the figure just read a shorter prompt may fit. */
  function withSmallerWindow({ instance }: Target): Target | null {
    const again = now();
    const known = again?.instance.contextTokens ?? null;
    return known !== null && known < (instance.contextTokens ?? Number.POSITIVE_INFINITY) ? again : null;
  }

  return async (failure, target, signal) => {
    if (notItsFault.has(failure.code)) return null;
    watch.hasten();
    await within(clock, patienceMs, watch.lookAfresh(), signal);
    const catalogue = parts.catalogue();
    const gone = catalogue?.tellsLoaded === true && !catalogue.instances.some(({ id }) => id === target.instance.id);
    if (isCrash(failure, { serverAnswers: catalogue !== null, instanceGone: gone }))
      return within(clock, patienceMs, afterCrash(target.instance), signal);
    if (failure.code === 'context-overflow') return withSmallerWindow(target);
    if (!notThere.has(failure.code)) return null;
    // In the middle of an answer nothing expires: its owner sent it away.
    if (failure.code === 'model-unloaded' && gone && !parts.belongings.expires(target.instance))
      parts.belongings.eject(target.instance.key);
    const other = await parts.wanted(signal);
    return other?.instance.id === target.instance.id ? null : other;
  };
}
