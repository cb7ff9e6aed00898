import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What decides whether a tray can run here. */
export interface Surroundings {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  /** Path of Electron's binary; null when it was not downloaded. */
  binary: string | null;
  /** The user is the system's administrator: Electron's sandbox refuses to start for one on Linux. */
  root: boolean;
}

/** One line that says why the tray cannot run here, or null when it can. */
export function trayObstacle({ platform, env, binary, root }: Surroundings): string | null {
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY)
    return 'There is no display here, so there can be no tray.';
  if (binary === null)
    return 'Electron’s binary is not on this machine, so there can be no tray; “npx install-electron” brings it.';
  if (platform === 'linux' && root) return 'Electron does not run as root, so there can be no tray.';
  return null;
}

/** The same for this machine, with the binary when it can. Never starts a download. */
export function trayHere(): { binary: string } | { obstacle: string } {
  const binary = electronBinary();
  const { platform, env } = process;
  const obstacle = trayObstacle({ platform, env, binary, root: process.getuid?.() === 0 });
  return obstacle === null && binary !== null ? { binary } : { obstacle: obstacle ?? '' };
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
