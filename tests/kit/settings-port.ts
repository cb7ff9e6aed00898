import { ok } from '../../core/errors.ts';
import type { SettingsPort } from '../../core/ports.ts';
import type { Settings } from '../../core/settings.ts';

/** Settings in memory that can be changed as the page changes them. */
export function settingsPort(settings: Settings): SettingsPort {
  const listeners = new Set<(settings: Settings) => void>();
  return {
    problem: () => null,
    current: () => settings,
    look: () => undefined,
    update(patch) {
      for (const section of [
        'model',
        'lmStudio',
        'watch',
        'sleep',
        'budget',
        'alerts',
        'store',
        'power',
        'page',
      ] as const)
        Object.assign(settings[section], patch[section]);
      for (const listener of listeners) listener(settings);
      return ok(settings);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
