import type { PowerState } from '../core/ports.ts';

/** What the system tells of its power. */
export const powerWords = ['suspend', 'resume', 'lock-screen', 'unlock-screen', 'on-battery', 'on-ac'] as const;
export type PowerWord = (typeof powerWords)[number];

export const atPower = (onBattery: boolean): PowerState => ({ suspended: false, locked: false, onBattery });

/** How the machine stands after this word. */
export function powerAfter(before: PowerState, word: PowerWord): PowerState {
  switch (word) {
    case 'suspend':
      return { ...before, suspended: true };
    case 'resume':
      return { ...before, suspended: false };
    case 'lock-screen':
      return { ...before, locked: true };
    case 'unlock-screen':
      return { ...before, locked: false };
    case 'on-battery':
      return { ...before, onBattery: true };
    case 'on-ac':
      return { ...before, onBattery: false };
  }
}

/** Nobody is there to be told anything, and a locked screen is no place for what was observed. */
export const isAway = ({ suspended, locked }: PowerState): boolean => suspended || locked;
