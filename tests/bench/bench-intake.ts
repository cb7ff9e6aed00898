import { systemClock, systemRandom } from '../../core/host/system.ts';
import { idMaker } from '../../core/ids.ts';
import { createIntake, type Intake } from '../../core/observe/intake.ts';
import type { Log, Store } from '../../core/ports.ts';
import { defaultSettings } from '../../core/settings.ts';

const nothing = () => undefined;
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** The real intake with default settings over the given store. A write that fails makes the measurement worthless and throws at `check`. */
export function openIntake(
  store: Pick<Store, 'append'>,
  onWritten: () => void = nothing,
): { intake: Intake; check: () => void } {
  const settings = defaultSettings();
  let trouble: string | null = null;
  const intake = createIntake({
    store,
    clock: systemClock,
    nextId: idMaker(systemClock, systemRandom),
    settings: () => settings.intake,
    log,
    onWritten,
    onHealth: nothing,
    onTrouble: (failure) => {
      if (failure) trouble = failure.message;
    },
  });
  return {
    intake,
    check() {
      if (trouble !== null) throw new Error(`the intake could not write: ${trouble}`);
    },
  };
}

/** The most drafts the default settings let wait before anything folds. */
export const intakeBuffer = defaultSettings().intake.buffer;
