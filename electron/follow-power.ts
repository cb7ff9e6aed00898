import { powerMonitor } from 'electron';
import type { Stop } from '../core/ports.ts';
import { atPower, isAway, type Power, powerAfter, powerWords } from './power.ts';

/** How the machine stands, by the system's own words. `onBack` is called when its owner comes back. */
export function followPower(onBack: () => void): { now: () => Power; end: Stop } {
  const monitor: NodeJS.EventEmitter = powerMonitor;
  let power = atPower(powerMonitor.isOnBatteryPower());
  const listeners = powerWords.map((word) => ({
    word,
    hear() {
      const before = power;
      power = powerAfter(before, word);
      if (isAway(before) && !isAway(power)) onBack();
    },
  }));
  for (const { word, hear } of listeners) monitor.on(word, hear);
  return {
    now: () => power,
    end() {
      for (const { word, hear } of listeners) monitor.off(word, hear);
    },
  };
}
