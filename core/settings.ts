import { z } from 'zod';

/** The one settings schema: version, bounds and defaults. Numbers are the mission's defaults. */
export const settingsSchema = z.object({
  version: z.literal(1).default(1),
  watch: z
    .object({
      /** Absolute folders. Empty: the folder the host was started for. */
      folders: z.array(z.string().min(1)).max(32).default([]),
      /** Extra patterns in .gitignore syntax, on top of the built-in list and of .gitignore files. */
      ignore: z.array(z.string().min(1)).max(500).default([]),
      maxFiles: z.number().int().min(1_000).max(2_000_000).default(200_000),
      /** Hours after which uncommitted work is worth a word. */
      uncommittedHours: z.number().min(0.1).max(720).default(4),
    })
    .prefault({}),
  intake: z
    .object({
      windowMs: z.number().int().min(0).max(5_000).default(100),
      /** Equal fingerprints inside this span merge into one observation. */
      mergeMs: z.number().int().min(0).max(600_000).default(2_000),
      burstSize: z.number().int().min(2).max(1_000).default(20),
      buffer: z.number().int().min(10).max(100_000).default(1_000),
      batch: z.number().int().min(1).max(500).default(50),
    })
    .prefault({}),
  attend: z
    .object({
      weights: z
        .object({
          relevance: z.number().min(0).max(1).default(0.4),
          novelty: z.number().min(0).max(1).default(0.4),
          urgency: z.number().min(0).max(1).default(0.2),
        })
        .prefault({}),
      threshold: z.number().min(0).max(1).default(0.3),
      keep: z.number().int().min(1).max(50).default(10),
      compareWith: z.number().int().min(1).max(200).default(20),
      noisePerSecond: z.number().min(0.1).max(1_000).default(10),
      focusHalfLifeMinutes: z.number().min(1).max(10_080).default(30),
      /** Cycles in a row that another topic must lead before the focus moves to it. */
      focusCycles: z.number().int().min(1).max(100).default(3),
    })
    .prefault({}),
  model: z
    .object({
      /** `auto` and `server` use the server while it answers and rules while it does not; `rules` never calls a server. */
      reasoner: z.enum(['auto', 'rules']).default('auto'),
      baseUrl: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:1234/v1'),
      apiKey: z.string().max(500).default(''),
      /** Model id; empty: the first that the server lists and that is no embedding model. */
      name: z.string().max(300).default(''),
      contextTokens: z.number().int().min(512).max(1_000_000).default(4_000),
      windowTokens: z.number().int().min(1_024).max(2_000_000).default(8_192),
      answerTokens: z.number().int().min(64).max(16_384).default(512),
      temperature: z.number().min(0).max(2).default(0.7),
      topP: z.number().min(0).max(1).default(0.9),
      inactivityMs: z.number().int().min(100).max(3_600_000).default(120_000),
      /** Wall time for one call, whatever arrives. */
      callMs: z.number().int().min(1_000).max(3_600_000).default(600_000),
      probeMs: z.number().int().min(200).max(600_000).default(15_000),
    })
    .prefault({}),
  budget: z
    .object({
      /** Zero means stop, not unlimited (LO2). */
      tokensPerHour: z.number().int().min(0).max(1_000_000).default(200_000),
      tokensPerDay: z.number().int().min(0).max(24_000_000).default(2_000_000),
      cyclesPerDay: z.number().int().min(0).max(1_000_000).default(10_000),
    })
    .prefault({}),
  store: z.object({ observationDays: z.number().int().min(1).max(365).default(30) }).prefault({}),
  page: z.object({ welcomed: z.boolean().default(false) }).prefault({}),
});

export type Settings = z.infer<typeof settingsSchema>;

/** Every default, as a complete settings object. */
export const defaultSettings = (): Settings => settingsSchema.parse({});

/** What of the settings the owner may change while it runs, as the page and the settings file spell it. */
export const settingsPatchSchema = z.object({
  model: z
    .object({
      reasoner: z.enum(['auto', 'rules']),
      baseUrl: z.url({ protocol: /^https?$/ }),
      name: z.string().max(300),
    })
    .partial()
    .optional(),
  page: z.object({ welcomed: z.boolean() }).partial().optional(),
});
export type SettingsPatch = z.infer<typeof settingsPatchSchema>;
