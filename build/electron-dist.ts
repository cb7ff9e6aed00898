import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What decides where Electron is taken from. */
export interface DistPlace {
  platform: NodeJS.Platform;
  arch: string;
  /** Value of REVERIE_ELECTRON_DIST. */
  named: string | undefined;
  /** The folder of the installed `electron` package; it holds no binary unless someone downloaded one into it. */
  electronPackage: string;
  /** The version that the package wants. */
  version: string;
}

/** The folder of an unpacked Electron of the right version and system, or one line that says what is missing and what to do. */
export function findElectronDist(place: DistPlace): { folder: string } | { missing: string } {
  const folder = place.named ? resolve(place.named) : join(place.electronPackage, 'dist');
  const where = place.named ? `REVERIE_ELECTRON_DIST (${folder})` : folder;
  const program = programNames[place.platform] ?? 'electron';
  if (!existsSync(join(folder, program)))
    return { missing: `There is no Electron to pack: ${where} holds no ${program}. ${whatToDo(place)}` };
  const found = versionOf(folder);
  if (found !== place.version)
    return {
      missing: `Electron in ${where} is ${found || 'of an unknown version'}, and ${place.version} is wanted. ${whatToDo(place)}`,
    };
  return { folder };
}

const programNames: Partial<Record<NodeJS.Platform, string>> = { darwin: 'Electron.app', win32: 'electron.exe' };

const whatToDo = ({ platform, arch, version }: DistPlace): string =>
  `Unpack electron-v${version}-${platform}-${arch}.zip from Electron’s releases and name its folder in REVERIE_ELECTRON_DIST, or run “npx install-electron” where downloads are allowed.`;

/** Electron's releases say their version in a file beside the program. */
function versionOf(folder: string): string {
  try {
    return readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
  } catch {
    return '';
  }
}
