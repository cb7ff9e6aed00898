import { createKeeper } from '../../core/lmstudio/keeper.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { createBreaker } from '../../core/think/gateway/breaker.ts';
import type { Json } from '../../core/types.ts';
import { fakeClock } from '../kit/clock.ts';
import { type LmStudioDouble, lmStudioDouble } from '../kit/lm-studio-double.ts';
import { silentLog } from '../think/scripted-model.ts';

/** A keeper in a world that the test moves by hand. */
export function keeperWorld(
  over: Partial<LmStudioDouble['world']> = {},
  change: (settings: Settings) => void = () => undefined,
  keptBefore: Json = null,
) {
  const clock = fakeClock();
  const breaker = createBreaker({ clock });
  const studio = lmStudioDouble(over);
  const settings = defaultSettings();
  change(settings);
  const kept = { now: keptBefore };
  /** Calls to the server, as the gateway would count them. */
  const calls = { running: 0 };
  let changes = 0;
  const make = () =>
    createKeeper({
      lmStudio: studio,
      settings: () => settings,
      breaker,
      clock,
      log: silentLog,
      kept: {
        read: async () => kept.now,
        write: async (value) => {
          kept.now = value;
        },
      },
      callsRunning: () => calls.running,
      memoryBytes: 32_000_000_000,
      onChange: () => {
        changes += 1;
      },
    });
  const keeper = make();
  const never = new AbortController().signal;
  return { clock, breaker, studio, settings, kept, calls, keeper, never, changes: () => changes };
}
