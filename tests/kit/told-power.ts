import type { Power, PowerState } from '../../core/ports.ts';

/** A machine whose power stands as the test says. */
export function toldPower(): Power & { become(state: Partial<PowerState>): void; listeners(): number } {
  const listeners = new Set<() => void>();
  let state: PowerState = { suspended: false, locked: false, onBattery: false };
  return {
    now: () => state,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    become(change) {
      state = { ...state, ...change };
      for (const listener of listeners) listener();
    },
    listeners: () => listeners.size,
  };
}
