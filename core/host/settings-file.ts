import Conf from 'conf';
import type { z } from 'zod';
import { fail, messageOf, ok } from '../errors.ts';
import type { SettingsPort } from '../ports.ts';
import {
  defaultSettings,
  type Settings,
  type SettingsPatch,
  settingsPatchSchema,
  settingsSchema,
} from '../settings.ts';

/**
 * The settings file (`settings.json` in the data folder, readable by its owner alone), validated with the one schema. What the command
 * line says goes before the file for this run, until the owner changes the same field, and is never written into it. A file that cannot be read leaves the last good settings in
 * force and is not touched; `onProblem` says which field and why.
 */
export function openSettings(options: {
  dataDir: string;
  /** From the command line. */
  overrides: SettingsPatch;
  onProblem: (problem: string | null) => void;
}): SettingsPort & { close(): void } {
  const listeners = new Set<(settings: Settings) => void>();
  const overrides = structuredClone(options.overrides) as Record<string, Record<string, unknown>>;
  let good = defaultSettings();
  let inForce = good;
  let problem: string | null = null;
  const report = (words: string | null) => {
    problem = words;
    options.onProblem(words);
  };
  const open = () =>
    new Conf({
      cwd: options.dataDir,
      configName: 'settings',
      configFileMode: 0o600,
      clearInvalidConfig: false,
    });
  let file: Conf | null = null;
  try {
    file = open();
  } catch (thrown) {
    report(`settings.json is not valid JSON (${messageOf(thrown)}); the defaults are in force until it is mended`);
  }

  function read(): void {
    if (!file) return;
    try {
      const checked = settingsSchema.safeParse(file.store);
      if (checked.success) good = checked.data;
      report(checked.success ? null : `settings.json: ${issues(checked.error)}; the last good settings are in force`);
    } catch (thrown) {
      report(`settings.json cannot be read (${messageOf(thrown)}); the last good settings are in force`);
    }
  }
  read();
  enforce();

  function enforce(): void {
    inForce = settingsSchema.parse(merged(good, overrides));
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
      if (!asked.success) return fail({ class: 'permanent', code: 'settings-refused', message: issues(asked.error) });
      const next = settingsSchema.safeParse(merged(good, asked.data));
      if (!next.success) return fail({ class: 'permanent', code: 'settings-refused', message: issues(next.error) });
      try {
        file ??= open();
        for (const [section, values] of Object.entries(asked.data))
          file.set(section, deeply(file.get(section), values));
      } catch (thrown) {
        return fail({
          class: 'resource',
          code: 'settings-unwritable',
          message: `settings.json cannot be written: ${messageOf(thrown)}`,
        });
      }
      good = next.data;
      release(asked.data);
      enforce();
      for (const listener of listeners) listener(inForce);
      return ok(inForce);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => listeners.clear(),
  };
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
