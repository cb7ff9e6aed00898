import { systemClock, systemRandom } from '../../core/host/system.ts';
import { idMaker } from '../../core/ids.ts';
import { createIntake, type Intake } from '../../core/observe/intake.ts';
import type { Log, Store } from '../../core/ports.ts';
import { defaultSettings } from '../../core/settings.ts';

const nothing = () => undefined;
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** The real intake with default settings over the given store. A write that fails makes a measurement worthless: `onFailed` hears of it. */
export function openIntake(
  store: Pick<Store, 'append'>,
  hear: { onWritten?: () => void; onFailed: (why: Error) => void },
): Intake {
  const settings = defaultSettings();
  return createIntake({
    store,
    clock: systemClock,
    nextId: idMaker(systemClock, systemRandom),
    settings: () => settings.intake,
    log,
    onWritten: hear.onWritten ?? nothing,
    onTrouble: (failure) => failure && hear.onFailed(new Error(`the intake could not write: ${failure.message}`)),
  });
}

/** The most drafts the default settings let wait before anything folds. */
export const intakeBuffer = defaultSettings().intake.buffer;
