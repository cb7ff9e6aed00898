import { createContext, useContext, useEffect } from 'react';
import type { SettingsView } from '../core/protocol-owner.ts';
import { useActions, usePart } from './page-context.ts';
import type { SettingsPatch } from './settings-bounds.ts';

/** The settings, asked for at once and whenever they were changed anywhere. Null until the first answer. */
export function useSettings(): { seen: SettingsView | null; problem: string } {
  const actions = useActions();
  const open = usePart((state) => state.link.kind === 'open');
  const changes = usePart((state) => state.settingsChanges);
  useEffect(() => {
    if (open) void actions.refreshSettings();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- a change is a reason to ask, though the count is not used
  }, [actions, open, changes]);
  return usePart((state) => state.settings);
}

export const SettingsContext = createContext<SettingsPatch>({});

/** What is in force, for the rows of the Settings view. */
export const useInForce = (): SettingsPatch => useContext(SettingsContext);
