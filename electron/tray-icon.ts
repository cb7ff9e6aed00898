import type { TrayState } from './tray-state.ts';

/**
 * The icon's file for a state, below the folder of tray icons. macOS gets a template, which it paints for a light or dark bar by itself;
 * Windows an .ico with all its sizes; everything else a PNG. Electron finds the `@2x` beside the one that is named.
 */
export function trayIcon(state: TrayState, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return `${state}Template.png`;
  return platform === 'win32' ? `${state}.ico` : `${state}.png`;
}
