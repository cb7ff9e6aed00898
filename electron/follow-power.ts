import { powerMonitor } from 'electron';
import type { Power, Stop } from '../core/ports.ts';
import { atPower, powerAfter, powerWords } from './power.ts';

/** How the machine stands, by the system's own words; `end` stops listening. */
export function followPower(): Power & { end: Stop } {
  const monitor: NodeJS.EventEmitter = powerMonitor;
  const listeners = new Set<() => void>();
  let power = atPower(powerMonitor.isOnBatteryPower());
  const heard = powerWords.map((word) => ({
    word,
    hear() {
      power = powerAfter(power, word);
      for (const listener of listeners) listener();
    },
  }));
  for (const { word, hear } of heard) monitor.on(word, hear);
  return {
    now: () => power,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    end() {
      for (const { word, hear } of heard) monitor.off(word, hear);
    },
  };
}
