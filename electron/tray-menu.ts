import type { TraySeen } from './tray-state.ts';
import { words } from './words.ts';

export type MenuAct = 'open' | 'pause' | 'resume' | 'sleep-now' | 'wake' | 'settings' | 'quit';

export type MenuEntry = { act: MenuAct; label: string; enabled: boolean } | 'separator';

/** The tray's menu as it stands; what cannot be done now is there, but cannot be chosen. */
export function trayMenu({ life }: Pick<TraySeen, 'life'>): MenuEntry[] {
  const lives = life === 'running' || life === 'asleep';
  const { menu } = words;
  return [
    { act: 'open', label: menu.open, enabled: true },
    'separator',
    life === 'paused'
      ? { act: 'resume', label: menu.resume, enabled: true }
      : { act: 'pause', label: menu.pause, enabled: lives },
    life === 'asleep'
      ? { act: 'wake', label: menu.wake, enabled: true }
      : { act: 'sleep-now', label: menu.sleepNow, enabled: life === 'running' },
    'separator',
    { act: 'settings', label: menu.settings, enabled: true },
    { act: 'quit', label: menu.quit, enabled: true },
  ];
}
