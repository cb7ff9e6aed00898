/** How this program is started when its owner logs in: by the system's own list, by an autostart entry, or not at all. */
export type LoginItem = { by: 'system' } | { by: 'entry'; program: string; file: string } | null;

/**
 * Which of them it is here. Only an installed program has one: what was started from its sources would start a bare Electron. An AppImage
 * is started by its own file, because the program inside is in another place each time; what another AppImage left in the environment of
 * the programs that it started is not that file.
 */
export function loginItem(here: {
  platform: NodeJS.Platform;
  packaged: boolean;
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  execPath: string;
}): LoginItem {
  if (!here.packaged) return null;
  if (here.platform === 'darwin' || here.platform === 'win32') return { by: 'system' };
  if (here.platform !== 'linux') return null;
  const { XDG_CONFIG_HOME: told, APPIMAGE, APPDIR } = here.env;
  const isAppImage = APPDIR && here.execPath.startsWith(`${APPDIR.replace(/\/+$/, '')}/`);
  const config = told?.startsWith('/') ? told : `${here.home}/.config`;
  return {
    by: 'entry',
    program: (isAppImage && APPIMAGE) || here.execPath,
    file: `${config}/autostart/reverie.desktop`,
  };
}
