import { idMaker } from '../../core/ids.ts';
import { createIntake } from '../../core/observe/intake.ts';
import type { AppendBatch, Log, Store } from '../../core/ports.ts';
import { defaultSettings } from '../../core/settings.ts';
import type { Observation } from '../../core/types.ts';
import { fakeClock, seededRandom } from '../kit/clock.ts';
import { memoryStore } from '../kit/memory-store.ts';

export const noLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

type Append = Store['append'];

/** An intake on a store in memory, with a clock that stands; `append` may be replaced to fail or to wait. */
export function intakeWorld(over: Partial<ReturnType<typeof defaultSettings>['intake']> = {}) {
  const clock = fakeClock();
  const store = memoryStore();
  const settings = { ...defaultSettings().intake, ...over };
  const troubles: (string | null)[] = [];
  const tried: AppendBatch[] = [];
  const door: { append: Append } = { append: store.append };
  let wakes = 0;
  const intake = createIntake({
    store: {
      append(batch) {
        tried.push(structuredClone(batch));
        return door.append(batch);
      },
    },
    clock,
    nextId: idMaker(clock, seededRandom(7)),
    settings: () => settings,
    log: noLog,
    onWritten: () => {
      wakes += 1;
    },
    onTrouble: (failure) => troubles.push(failure && failure.code),
  });
  return {
    clock,
    store,
    intake,
    door,
    troubles,
    tried,
    wakes: () => wakes,
    files: intake.sink({ id: 'files:/shop', kind: 'files' }),
    /** Rows as they lie in the store, oldest first. */
    rows: async (): Promise<Observation[]> => (await store.recentObservations(100_000)).toReversed(),
    mark: (key: string) => store.mark('files:/shop', key),
  };
}

export const refuse: Append = () => Promise.reject(new Error('disk full'));

export const sum = (figures: readonly number[]): number => figures.reduce((total, each) => total + each, 0);
