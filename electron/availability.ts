import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What decides whether a tray can run here. */
export interface Surroundings {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  /** Path of Electron's binary; null when it was not downloaded. */
  binary: string | null;
  /** Whether the tray shell is part of this version. */
  shell: boolean;
}

/** One line that says why the tray cannot run here, or null when it can. */
export function trayObstacle({ platform, env, binary, shell }: Surroundings): string | null {
  if (!shell) return 'The tray shell is not part of this version yet.';
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY)
    return 'There is no display here, so there can be no tray.';
  if (binary === null) return 'Electron’s binary is not on this machine, so there can be no tray.';
  return null;
}

/** The same for this machine. Never starts a download: it only looks where the package would have put its binary. */
export function whyNoTray(): string {
  return trayObstacle({ platform: process.platform, env: process.env, binary: electronBinary(), shell: false }) ?? '';
}

/** Importing `electron` in plain Node downloads; its path file and its folder say the same without. */
function electronBinary(): string | null {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
    const binary = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}
