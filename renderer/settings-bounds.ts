import type { SettingsView } from '../core/protocol-owner.ts';

export type SettingsPatch = SettingsView['inForce'];

export interface Bounds {
  least: number;
  most: number;
  isWhole: boolean;
}

/** The figures the owner may set, with the bounds of the settings schema. A test holds them against it: the page does not carry zod. */
export const numberBounds = {
  'watch.uncommittedHours': { least: 0.1, most: 720, isWhole: false },
  'budget.tokensPerHour': { least: 0, most: 1_000_000, isWhole: true },
  'budget.tokensPerDay': { least: 0, most: 24_000_000, isWhole: true },
  'budget.cyclesPerDay': { least: 0, most: 1_000_000, isWhole: true },
  'alerts.perDay': { least: 0, most: 100, isWhole: true },
  'sleep.idleMinutes': { least: 1, most: 1_440, isWhole: false },
  'store.observationDays': { least: 1, most: 365, isWhole: true },
  'store.backupHours': { least: 0, most: 720, isWhole: false },
} as const satisfies Record<string, Bounds>;
export type NumberKey = keyof typeof numberBounds;

export const listBounds = { folders: 32, ignoreRules: 500, ignoreRuleLength: 500 } as const;

type Sections = Record<string, Record<string, unknown> | undefined>;

/** The figure of these settings; the least one where they do not say. */
export function numberAt(settings: SettingsPatch, key: NumberKey): number {
  const [section = '', field = ''] = key.split('.');
  const value = (settings as Sections)[section]?.[field];
  return typeof value === 'number' ? value : numberBounds[key].least;
}

/** The patch that sets just this figure. */
export function numberPatch(key: NumberKey, value: number): SettingsPatch {
  const [section = '', field = ''] = key.split('.');
  return { [section]: { [field]: value } };
}

/** What is wrong with a typed figure. */
export type Wrong = 'empty' | 'no-number' | 'not-whole' | 'out-of-bounds';

/**
 * Reads a typed figure. Blanks and, in whole figures, commas part thousands; elsewhere a comma is a decimal point.
 */
export function readNumber(typed: string, bounds: Bounds): { value: number } | { wrong: Wrong } {
  const bare = typed.replace(/[\s_’']/g, '');
  if (bare === '') return { wrong: 'empty' };
  const text = bounds.isWhole ? bare.replace(/,(?=\d{3}(?:\D|$))/g, '') : bare.replace(',', '.');
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text)) return { wrong: 'no-number' };
  const value = Number(text);
  if (bounds.isWhole && !Number.isInteger(value)) return { wrong: 'not-whole' };
  return value < bounds.least || value > bounds.most ? { wrong: 'out-of-bounds' } : { value };
}
