import type { SettingsPort, Shell, Stop } from '../ports.ts';
import type { Command, EngineEvent, Outcome } from '../protocol.ts';
import type { HostView, IgnorePreview, SettingsView } from '../protocol-owner.ts';
import { defaultSettings, type Settings, type SettingsPatch, settingsPatchSchema } from '../settings.ts';

type SettingsCommand = Extract<Command, { kind: 'change-settings' | 'set-login' }>;

/** The settings as their owner sees and changes them, and what the program around the mind can do for its owner. */
export interface SettingsDesk {
  view(): SettingsView;
  host(): HostView;
  /** What these rules would leave out; a newer question ends an older one early. */
  previewIgnore(rules: string[]): Promise<IgnorePreview>;
  /** The system's own picker, one at a time; null when none was chosen or there is none. */
  pickFolder(): Promise<string | null>;
  send(command: SettingsCommand): Outcome;
  /** Tells every change from now on. */
  start(): void;
  /** Ends what still looks. Idempotent. */
  stop(): void;
}

const noLogin =
  'Reverie cannot start when you log in from here: only its tray program can. Use the start-up programs of your system instead.';

export function createSettingsDesk(parts: {
  settings: SettingsPort;
  shell: Shell;
  facts: { settingsFile: string };
  watching: () => readonly string[];
  /** Looks until the signal aborts; then tells what it has found so far. */
  preview: (rules: readonly string[], signal: AbortSignal) => Promise<IgnorePreview>;
  emit: (event: EngineEvent) => void;
  onChange: () => void;
}): SettingsDesk {
  const { settings, shell } = parts;
  /** Asked of the system only when it may have changed: a snapshot is made twenty times a second. */
  let login = loginOf(shell);
  let picking: Promise<string | null> | null = null;
  let previewing: AbortController | null = null;
  let unheard: Stop = () => undefined;

  function setLogin(on: boolean): Outcome {
    if (!shell.login) return { ok: false, message: noLogin };
    const set = shell.login.set(on);
    login = loginOf(shell);
    parts.onChange();
    return set.ok ? { ok: true } : { ok: false, message: set.failure.message };
  }

  function change(patch: SettingsPatch): Outcome {
    const saved = settings.update(patch);
    parts.onChange();
    return saved.ok ? { ok: true } : { ok: false, message: saved.failure.message };
  }

  return {
    view() {
      const before = login;
      login = loginOf(shell);
      if (login !== before) parts.onChange();
      return {
        inForce: shownOf(settings.current()),
        defaults: shownOf(defaultSettings()),
        watching: [...parts.watching()],
        file: parts.facts.settingsFile,
        problem: settings.problem(),
      };
    },
    host: () => ({ kind: shell.kind, picksFolders: shell.pickFolder !== null, login }),
    previewIgnore(rules) {
      previewing?.abort();
      previewing = new AbortController();
      return parts.preview(rules, previewing.signal);
    },
    async pickFolder() {
      picking ??=
        shell.pickFolder?.().finally(() => {
          picking = null;
        }) ?? null;
      return picking;
    },
    send: (command) => (command.kind === 'set-login' ? setLogin(command.on) : change(command.patch)),
    start() {
      unheard();
      unheard = settings.onChange(() => parts.emit({ kind: 'settings-changed' }));
    },
    stop() {
      unheard();
      previewing?.abort();
    },
  };
}

const loginOf = ({ login }: Shell): HostView['login'] => (login ? (login.isOn() ? 'on' : 'off') : 'cannot');

/** What of the settings the owner may change; the token never leaves the host. */
function shownOf(settings: Settings): SettingsPatch {
  const { model, ...shown } = settingsPatchSchema.parse(settings);
  const { apiKey: _token, ...rest } = model ?? {};
  return { ...shown, model: rest };
}
