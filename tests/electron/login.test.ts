import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { autostartEntry, isEntryOn } from '../../electron/autostart-entry.ts';
import { entryFiles } from '../../electron/entry-files.ts';
import { createLogin } from '../../electron/login.ts';
import { loginItem } from '../../electron/login-item.ts';
import { temporaryFolder } from '../kit/data-dir.ts';

const here = { packaged: true, env: {}, home: '/home/ada', execPath: '/opt/Reverie/reverie' };
const noApp = { getLoginItemSettings: () => ({ openAtLogin: false }), setLoginItemSettings() {} };

describe('what starts at login', () => {
  it('[SH4.1] is the system’s own list on macOS and Windows, an autostart entry on Linux, and nothing elsewhere', () => {
    expect(loginItem({ ...here, platform: 'darwin' })).toEqual({ by: 'system' });
    expect(loginItem({ ...here, platform: 'win32' })).toEqual({ by: 'system' });
    const file = '/home/ada/.config/autostart/reverie.desktop';
    expect(loginItem({ ...here, platform: 'linux' })).toEqual({ by: 'entry', program: here.execPath, file });
    expect(loginItem({ ...here, platform: 'freebsd' })).toBeNull();
  });

  it('[SH4.2] is only an installed program: what runs from its sources cannot start at login', () => {
    for (const platform of ['darwin', 'win32', 'linux'] as const)
      expect(loginItem({ ...here, platform, packaged: false })).toBeNull();
  });

  it('[SH4.3] is the AppImage’s own file and the owner’s own configuration folder', () => {
    const [APPIMAGE, APPDIR] = ['/home/ada/Reverie.AppImage', '/tmp/.mount_Rev'];
    const env = { APPIMAGE, APPDIR, XDG_CONFIG_HOME: '/data/config' };
    const inside = { ...here, execPath: `${APPDIR}/reverie`, platform: 'linux' } as const;
    const file = '/data/config/autostart/reverie.desktop';
    expect(loginItem({ ...inside, env })).toEqual({ by: 'entry', program: APPIMAGE, file });
    const relative = loginItem({ ...here, platform: 'linux', env: { XDG_CONFIG_HOME: 'config' } });
    expect(relative).toMatchObject({ file: '/home/ada/.config/autostart/reverie.desktop' });
  });
});

describe('what starts at login, opened from a terminal of another AppImage,', () => {
  it.each([
    [{ APPIMAGE: '/home/ada/Editor.AppImage', APPDIR: '/tmp/.mount_Edi' }],
    [{ APPIMAGE: '/home/ada/Editor.AppImage', APPDIR: '/opt/Rev' }],
    [{ APPIMAGE: '/home/ada/Editor.AppImage', APPDIR: '' }],
    [{ APPIMAGE: '/home/ada/Editor.AppImage' }],
  ])('[SH4.16] is the program itself: %j', (env) => {
    expect(loginItem({ ...here, platform: 'linux', env })).toMatchObject({ program: here.execPath });
  });
});

describe('the autostart entry', () => {
  it('[SH4.4] names the program as the specification wants it', () => {
    const text = autostartEntry('/opt/Reverie/reverie');
    expect(text).toMatch(/^\[Desktop Entry\]\nType=Application\n/);
    expect(text).toContain('\nExec="/opt/Reverie/reverie"\n');
    expect(text).toContain('\nTerminal=false\n');
    expect(text).toMatch(/\n$/);
  });

  it.each([
    ['/opt/a b/reverie', 'Exec="/opt/a b/reverie"'],
    ['/opt/100%/reverie', 'Exec="/opt/100%%/reverie"'],
    ['/opt/"q"/r', String.raw`Exec="/opt/\\"q\\"/r"`],
    ['/opt/$HOME/`id`', 'Exec="/opt/\\\\$HOME/\\\\`id\\\\`"'],
    [String.raw`/opt/a\b`, String.raw`Exec="/opt/a\\\\b"`],
    ['/opt/%u;rm -rf ~', 'Exec="/opt/%%u;rm -rf ~"'],
  ])('[SH4.5] quotes %s so that nothing in it is a command', (program, line) => {
    expect(autostartEntry(program)?.split('\n')).toContain(line);
  });

  it('[SH4.6] is refused for a path that could add lines to it or is no whole path', () => {
    for (const program of ['/opt/a\nExec=evil', '/opt/\r', '/opt/\u0000', 'reverie', ''])
      expect(autostartEntry(program)).toBeNull();
  });

  it('[SH4.7] is off when the desktop has switched it off', () => {
    const text = autostartEntry('/opt/r')!;
    expect(isEntryOn(text)).toBe(true);
    expect(isEntryOn(null)).toBe(false);
    expect(isEntryOn(`${text}Hidden=true\n`)).toBe(false);
    expect(isEntryOn(text.replace('enabled=true', 'enabled=false'))).toBe(false);
  });
});

describe('the switch', () => {
  it('[SH4.8] writes and removes the entry, and says what the file system says', () => {
    const folder = temporaryFolder('login');
    onTestFinished(folder.remove);
    const file = join(folder.path, 'config', 'autostart', 'reverie.desktop');
    const login = createLogin({ by: 'entry', program: '/opt/r', file }, { app: noApp, files: entryFiles })!;
    expect(login.isOn()).toBe(false);
    expect(login.set(true)).toMatchObject({ ok: true });
    expect(login.isOn()).toBe(true);
    expect(statSync(file).isFile()).toBe(true);
    expect(login.set(false)).toMatchObject({ ok: true });
    expect(existsSync(file)).toBe(false);
    expect(login.set(false)).toMatchObject({ ok: true });
    const full = {
      ...entryFiles,
      write: () => {
        throw new Error('no space left');
      },
    };
    const refused = createLogin({ by: 'entry', program: '/opt/r', file }, { app: noApp, files: full })!.set(true);
    expect(refused).toMatchObject({ ok: false, failure: { message: expect.stringContaining('no space left') } });
    const odd = createLogin({ by: 'entry', program: '/opt/\n', file }, { app: noApp, files: entryFiles })!;
    expect(odd.set(true)).toMatchObject({ ok: false });
    expect(odd.set(false)).toMatchObject({ ok: true });
  });

  it('[SH4.9] asks the system and believes only what the system says afterwards', () => {
    let openAtLogin = false;
    const willing = {
      getLoginItemSettings: () => ({ openAtLogin }),
      setLoginItemSettings: (wanted: { openAtLogin?: boolean }) => void (openAtLogin = wanted.openAtLogin === true),
    };
    const login = createLogin({ by: 'system' }, { app: willing, files: entryFiles })!;
    expect([login.set(true).ok, login.isOn()]).toEqual([true, true]);
    expect([login.set(false).ok, login.isOn()]).toEqual([true, false]);
    const refused = createLogin({ by: 'system' }, { app: noApp, files: entryFiles })!.set(true);
    expect(refused).toMatchObject({
      ok: false,
      failure: { code: 'login-item', message: expect.stringMatching(/settings/) },
    });
    expect(createLogin(null, { app: noApp, files: entryFiles })).toBeNull();
  });
});
