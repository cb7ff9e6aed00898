import type { App } from 'electron';
import type { Shell } from '../core/ports.ts';
import { autostartEntry, isEntryOn } from './autostart-entry.ts';
import type { LoginItem } from './login-item.ts';
import { words } from './words.ts';

type Login = NonNullable<Shell['login']>;

type SystemItems = {
  getLoginItemSettings(): Pick<ReturnType<App['getLoginItemSettings']>, 'openAtLogin'>;
} & Pick<App, 'setLoginItemSettings'>;

/** The few things that are done to an autostart entry. `read`: null when there is none. */
export interface EntryFiles {
  read(file: string): string | null;
  /** Makes the folder, too. Throws what the file system says. */
  write(file: string, text: string): void;
  remove(file: string): void;
}

/** Start at login, as the system has it; null where it cannot be had. */
export function createLogin(item: LoginItem, by: { app: SystemItems; files: EntryFiles }): Shell['login'] {
  if (!item) return null;
  return item.by === 'system' ? systemLogin(by.app) : entryLogin(item, by.files);
}

function systemLogin(app: SystemItems): Login {
  const isOn = () => app.getLoginItemSettings().openAtLogin;
  return {
    isOn,
    set(on) {
      app.setLoginItemSettings({ openAtLogin: on });
      return isOn() === on ? { ok: true, value: undefined } : refused('permission', words.login.notTaken);
    },
  };
}

function entryLogin({ program, file }: Extract<LoginItem, { by: 'entry' }>, files: EntryFiles): Login {
  return {
    isOn: () => isEntryOn(files.read(file)),
    set(on) {
      const text = autostartEntry(program);
      if (on && text === null) return refused('permanent', words.login.badPath);
      try {
        if (on && text !== null) files.write(file, text);
        else files.remove(file);
        return { ok: true, value: undefined };
      } catch (thrown) {
        return refused('permission', words.login.notWritten(thrown instanceof Error ? thrown.message : String(thrown)));
      }
    },
  };
}

const refused = (kind: 'permanent' | 'permission', message: string): ReturnType<Login['set']> => ({
  ok: false,
  failure: { class: kind, code: 'login-item', message },
});
