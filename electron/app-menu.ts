import type { MenuItemConstructorOptions } from 'electron';

/**
 * The program's own menu. macOS needs one for its keys (copy, paste, quit); elsewhere the page has all it needs without, and none is better
 * than Electron's own, which reloads and opens tools.
 */
export const appMenu = (platform: NodeJS.Platform): MenuItemConstructorOptions[] | null =>
  platform === 'darwin' ? [{ role: 'appMenu' }, { role: 'editMenu' }] : null;
