import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { inertGitEnv } from './spawn-git.ts';

/** Absolute folders of PATH. A relative one would let the watched folder, our working folder, name the program. */
export const searchPath = (): string[] =>
  (process.env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));

/** Where the program is. Looked up by us, since Windows looks into the working folder first. */
export async function findProgram(name: string): Promise<string | null> {
  for (const folder of searchPath()) {
    const file = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
    try {
      await access(file, constants.X_OK);
      if ((await stat(file)).isFile()) return file;
    } catch {
      // Not here: the next folder.
    }
  }
  return null;
}

/** Only what a read-only probe needs of the environment: nothing that names a key, a token or another program. */
export const probeEnv = (): Record<string, string> => ({
  ...inertGitEnv,
  ...kept('HOME', 'USERPROFILE', 'HOMEDRIVE', 'HOMEPATH', 'XDG_CONFIG_HOME', 'APPDATA', 'ProgramData', ...anySystem),
  PATH: searchPath().join(delimiter),
  NoDefaultCurrentDirectoryInExePath: '1',
});

/**
 * Only what `lms` needs: the owner's folders, and for a program that it wakes the owner's screen. No token; no colours, which version 4 of
 * its library reads from `FORCE_COLOR` alone.
 */
export const lmsEnv = (userHome: string): Record<string, string> => ({
  ...kept('APPDATA', 'LOCALAPPDATA', 'ProgramData', ...anySystem),
  ...kept('DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'),
  HOME: userHome,
  ...(process.platform === 'win32' && { USERPROFILE: userHome }),
  PATH: searchPath().join(delimiter),
  FORCE_COLOR: '0',
});

const anySystem = ['SystemRoot', 'TEMP', 'TMP', 'TMPDIR'];

function kept(...names: string[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of names) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
