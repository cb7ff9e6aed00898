import type { Snapshot } from '../core/protocol.ts';

export type Theme = Snapshot['settings']['theme'];

/** Also read by `public/theme.js`, before the first paint. */
const key = 'reverie-theme';

/**
 * Shows the page in that theme and keeps it for the next opening, so that the first paint is right. Where storage is blocked the next
 * opening starts in the theme of the system.
 */
export function applyTheme(theme: Theme, root: HTMLElement, storage: () => Storage): void {
  root.style.colorScheme = theme === 'system' ? '' : theme;
  try {
    if (theme === 'system') storage().removeItem(key);
    else storage().setItem(key, theme);
  } catch {
    // Blocked storage throws on access.
  }
}
