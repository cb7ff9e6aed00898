import { statSync } from 'node:fs';
import { join } from 'node:path';
import Conf from 'conf';
import type { z } from 'zod';
import { fail, messageOf, ok, type Result } from '../errors.ts';
import type { SettingsPort } from '../ports.ts';
import {
  defaultSettings,
  type Settings,
  type SettingsPatch,
  settingsPatchSchema,
  settingsSchema,
} from '../settings.ts';
import { refusalWords, unreadableWords, unwritableWords } from './settings-refusal.ts';

/** What is asked of conf; electron-store is one, too. */
type SettingsFile = Pick<Conf, 'store' | 'set'>;
/** Opens `settings.json` in this folder. Throws when it is not valid JSON. */
export type OpenFile = (dataDir: string, how: { configFileMode: number; clearInvalidConfig: boolean }) => SettingsFile;

const openConf: OpenFile = (cwd, how) => new Conf({ cwd, configName: 'settings', ...how });

/**
 * The settings file (`settings.json` in the data folder, readable by its owner alone), validated with the one schema. What the command
 * line says goes before the file for this run, until the owner changes the same field, and is never written into it. A file that cannot be read leaves the last good settings in
 * force and is not touched; `onProblem` says which field and why. It is read at the start, around every change, and when `look` finds that it was changed by hand.
 */
export function openSettings(options: {
  dataDir: string;
  /** Opens the file; the tray brings electron-store, which is conf in Electron. */
  open?: OpenFile;
  /** From the command line. */
  overrides: SettingsPatch;
  onProblem: (problem: string | null) => void;
  /** What of a valid change the world allows, and how it is to be saved; none given: all of it, as it is. */
  admit?: (patch: SettingsPatch, now: Settings) => Result<SettingsPatch>;
}): SettingsPort & { close(): void } {
  const listeners = new Set<(settings: Settings) => void>();
  const overrides = structuredClone(options.overrides) as Record<string, Record<string, unknown>>;
  let good = defaultSettings();
  let inForce = good;
  let problem: string | null = null;
  /** What the file was like when it was read last. */
  let seen: string | null = null;
  const report = (words: string | null) => {
    problem = words;
    options.onProblem(words);
  };
  const open = () => (options.open ?? openConf)(options.dataDir, { configFileMode: 0o600, clearInvalidConfig: false });
  let file: SettingsFile | null = null;
  try {
    file = open();
  } catch (thrown) {
    report(`settings.json is not valid JSON (${messageOf(thrown)}); the defaults are in force until it is mended`);
  }

  /** Takes over what the file says. False: it cannot be read whole, and nothing was taken. */
  function read(): boolean {
    seen = looksOf(options.dataDir);
    if (!file) return false;
    try {
      const checked = settingsSchema.safeParse(file.store);
      if (checked.success) good = checked.data;
      report(checked.success ? null : `settings.json: ${issues(checked.error)}; the last good settings are in force`);
      return checked.success;
    } catch (thrown) {
      report(`settings.json cannot be read (${messageOf(thrown)}); the last good settings are in force`);
      return false;
    }
  }
  read();
  enforce();

  function enforce(): void {
    inForce = settingsSchema.parse(merged(good, overrides));
  }

  function tell(): void {
    enforce();
    for (const listener of listeners) listener(inForce);
  }

  /** A file that was no JSON at the start may have been mended since. Throws when it was not. */
  function opened(): SettingsFile {
    if (file) return file;
    file = open();
    read();
    tell();
    return file;
  }

  /** All sections at once: what fails changes none of them. Throws when the file can be neither read nor written. */
  function write(target: SettingsFile, change: Record<string, unknown>): void {
    const { store } = target;
    target.set(
      Object.fromEntries(Object.entries(change).map(([section, values]) => [section, deeply(store[section], values)])),
    );
  }

  /** What the owner changes is no longer decided by the command line. */
  function release(patch: Record<string, unknown>): void {
    for (const [section, values] of Object.entries(patch))
      for (const field of Object.keys(values as object)) delete overrides[section]?.[field];
  }

  return {
    problem: () => problem,
    current: () => inForce,
    update(patch) {
      const asked = settingsPatchSchema.safeParse(patch);
      if (!asked.success) return refused(asked.error);
      const target = attempt(opened);
      if (!target.ok) return target;
      const admitted = options.admit?.(asked.data, inForce) ?? ok(asked.data);
      if (!admitted.ok) return admitted;
      const change = admitted.value;
      const checked = settingsSchema.safeParse(merged(good, change));
      if (!checked.success) return refused(checked.error);
      const written = attempt(() => write(target.value, change));
      if (!written.ok) return written;
      // A file with another wrong field in it still holds the change: it goes onto the last good settings.
      if (!read()) good = settingsSchema.parse(merged(good, change));
      seen = looksOf(options.dataDir);
      release(change);
      tell();
      return ok(inForce);
    },
    look() {
      const now = looksOf(options.dataDir);
      if (now === seen) return;
      seen = now;
      if (!file) return void attempt(opened);
      const before = JSON.stringify([good, problem]);
      read();
      if (JSON.stringify([good, problem]) !== before) tell();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => listeners.clear(),
  };
}

/** Differs whenever the file was written, replaced or removed. */
function looksOf(dataDir: string): string | null {
  try {
    const found = statSync(join(dataDir, 'settings.json'), { throwIfNoEntry: false });
    return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : null;
  } catch {
    return null;
  }
}

const refused = (error: z.ZodError) =>
  fail({ class: 'permanent', code: 'settings-refused', message: refusalWords(error.issues) });

/** Work on the file; why it failed is told for people. */
function attempt<T>(work: () => T): Result<T> {
  try {
    return ok(work());
  } catch (thrown) {
    const why = messageOf(thrown);
    return thrown instanceof SyntaxError
      ? fail({ class: 'permanent', code: 'settings-unreadable', message: unreadableWords(why) })
      : fail({ class: 'resource', code: 'settings-unwritable', message: unwritableWords(why) });
  }
}

const issues = (error: z.ZodError) =>
  error.issues.map((issue) => `${issue.path.join('.') || 'settings'}: ${issue.message}`).join('; ');

/** A patch names only what it changes, at any depth. */
const merged = (base: Settings, patch: Record<string, unknown>): unknown => deeply(base, patch);

function deeply(base: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const next: Record<string, unknown> = isObject(base) ? { ...base } : {};
  for (const [field, value] of Object.entries(patch)) next[field] = deeply(next[field], value);
  return next;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
