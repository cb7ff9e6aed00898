import { z } from 'zod';

const unit = z.number().min(0).max(1);
/** A time of day in the owner's zone. */
const hour = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time of day such as 22:00');

/** The one settings schema: version, bounds and defaults. Numbers are the mission's defaults. */
export const settingsSchema = z.object({
  version: z.literal(1).default(1),
  watch: z
    .object({
      /** Absolute folders. Empty: the folder the host was started for. */
      folders: z.array(z.string().min(1)).max(32).default([]),
      /** Extra patterns in .gitignore syntax, on top of the built-in list and of .gitignore files. */
      ignore: z.array(z.string().min(1).max(500)).max(500).default([]),
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
      /** `auto` uses the server while it answers and rules while it does not; `rules` never calls a server. */
      reasoner: z.enum(['auto', 'rules']).default('auto'),
      /** Empty: LM Studio, wherever it says that it listens. */
      baseUrl: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
      apiKey: z.string().max(500).default(''),
      /** The thinker's model key or instance id; empty: what the owner has loaded. */
      name: z.string().max(300).default(''),
      /** Models for the other roles (LM5); empty: the thinker's. */
      roles: z
        .object({
          reasoner: z.string().max(300).default(''),
          fast: z.string().max(300).default(''),
          embedder: z.string().max(300).default(''),
        })
        .prefault({}),
      contextTokens: z.number().int().min(512).max(1_000_000).default(4_000),
      /** The window that is asked for when Reverie loads a model; the loaded one rules. */
      windowTokens: z.number().int().min(1_024).max(2_000_000).default(8_192),
      answerTokens: z.number().int().min(64).max(16_384).default(512),
      /** Beside the answer, for models that reason first. */
      reasoningTokens: z.number().int().min(0).max(32_768).default(2_048),
      /** What becomes of old cycles and weak observations when the prompt is full (TH5). */
      contextStrategy: z.enum(['hybrid', 'important-first', 'truncate', 'masking']).default('hybrid'),
      temperature: z.number().min(0).max(2).default(0.7),
      topP: z.number().min(0).max(1).default(0.9),
      topK: z.number().int().min(0).max(1_000).default(40),
      repeatPenalty: z.number().min(0.5).max(2).default(1.1),
      /** Longest wait for a connection. */
      connectMs: z.number().int().min(100).max(600_000).default(10_000),
      /** Allowance per prompt token for the wait before the first token, on top of `inactivityMs`. */
      prefillMsPerToken: z.number().min(0).max(1_000).default(50),
      /** Longest silence between two tokens. */
      inactivityMs: z.number().int().min(100).max(3_600_000).default(120_000),
      /** Wall time for one call, whatever arrives. */
      callMs: z.number().int().min(1_000).max(3_600_000).default(600_000),
    })
    .prefault({}),
  lmStudio: z
    .object({
      /** Whether Reverie may start the server, and with it the program, by itself; `ask` leaves it to a click. */
      start: z.enum(['ask', 'always']).default('ask'),
      /** Whether a model that is named above may be loaded when a thought needs it. */
      load: z.enum(['ask', 'when-needed']).default('when-needed'),
      /** Idle hours after which the server may unload what Reverie loaded; 0: never. */
      ttlHours: z.number().min(0).max(720).default(0),
      /** What Reverie loaded, when it ends. */
      onQuit: z.enum(['keep', 'unload']).default('keep'),
      /** Waits while LM Studio works for somebody else. */
      yield: z.boolean().default(true),
      /** Where `lms` is, when it is in none of the usual places. */
      lmsPath: z.string().max(1_000).default(''),
      gpu: z.union([z.enum(['max', 'off']), z.number().min(0).max(1)]).default('max'),
      /** Between two looks while it is in use; twice that while it is not. */
      pollMs: z.number().int().min(100).max(600_000).default(15_000),
      /** Longest time one load may take. */
      loadMs: z.number().int().min(10_000).max(3_600_000).default(600_000),
    })
    .prefault({}),
  /** For servers that are not on this machine. */
  remote: z
    .object({
      requestsPerMinute: z.number().int().min(1).max(100_000).default(60),
      tokensPerMinute: z.number().int().min(100).max(100_000_000).default(100_000),
      burst: z.number().min(1).max(10).default(1.2),
    })
    .prefault({}),
  budget: z
    .object({
      /** Zero means stop, not unlimited (LO2). */
      tokensPerHour: z.number().int().min(0).max(1_000_000).default(200_000),
      tokensPerDay: z.number().int().min(0).max(24_000_000).default(2_000_000),
      cyclesPerDay: z.number().int().min(0).max(1_000_000).default(10_000),
      /** Tokens a day by purpose (`thought`, `repair`, …), where one shall have less than the whole. */
      purposes: z.record(z.string().min(1).max(60), z.number().int().min(0).max(24_000_000)).default({}),
    })
    .prefault({}),
  store: z
    .object({
      observationDays: z.number().int().min(1).max(365).default(30),
      /** Consolidated episodes, then insights that the owner neither liked nor pinned. */
      episodeDays: z.number().int().min(1).max(3_650).default(90),
      insightDays: z.number().int().min(1).max(3_650).default(365),
      /** Whatever sleep has learned from them: a mind that never sleeps keeps no more either. */
      episodesAtMost: z.number().int().min(100).max(1_000_000).default(40_000),
      insightsAtMost: z.number().int().min(100).max(1_000_000).default(20_000),
      /** Between two backups of the database; 0: none. */
      backupHours: z.number().min(0).max(720).default(24),
    })
    .prefault({}),
  memory: z
    .object({
      /** Importance for short-term and for long-term memory (ME2). */
      shortTerm: z.number().min(0).max(1).default(0.3),
      longTerm: z.number().min(0).max(1).default(0.7),
      episodes: z.number().int().min(10).max(10_000).default(100),
      workingItems: z.number().int().min(1).max(50).default(10),
      workingTokens: z.number().int().min(100).max(100_000).default(8_000),
      /** Long-term and procedural memories together; the weakest go first. */
      atMost: z.number().int().min(100).max(1_000_000).default(20_000),
      /** Forgotten when less important than this and not recalled for so many days (ME4). */
      forgetBelow: z.number().min(0).max(1).default(0.2),
      forgetDays: z.number().int().min(1).max(3_650).default(30),
      tombstoneDays: z.number().int().min(1).max(365).default(30),
    })
    .prefault({}),
  sleep: z
    .object({
      /** False: only on request. */
      enabled: z.boolean().default(true),
      afterCycles: z.number().int().min(1).max(100_000).default(50),
      idleMinutes: z.number().min(1).max(1_440).default(30),
      leastMs: z.number().int().min(0).max(600_000).default(10_000),
      keepNewest: z.number().int().min(0).max(100).default(5),
      batch: z.number().int().min(1).max(100).default(20),
      leastWaiting: z.number().int().min(1).max(1_000).default(10),
      deepEvery: z.number().int().min(1).max(1_000).default(10),
      dreamChance: z.number().min(0).max(1).default(0.1),
      /** Days that mining looks back. */
      mineDays: z.number().int().min(1).max(90).default(10),
      /** Days after which a dream that was not tested is let go. */
      dreamDays: z.number().int().min(1).max(365).default(14),
      /** Whether a loaded model is asked in sleep. */
      model: z.boolean().default(true),
      tokensPerSleep: z.number().int().min(0).max(10_000_000).default(60_000),
    })
    .prefault({}),
  /** When the owner is interrupted (DE3). */
  alerts: z
    .object({
      /** `critical` interrupts at any hour; `important` waits for a good moment and for the end of quiet hours. */
      notify: z.enum(['important', 'critical', 'never']).default('important'),
      /** Interruptions in 24 hours; critical ones are not counted against it. */
      perDay: z.number().int().min(0).max(100).default(5),
      /** Importance from which an insight is worth an interruption, and from which it is critical. */
      importantFrom: unit.default(0.75),
      criticalFrom: unit.default(0.95),
      quiet: z
        .object({ enabled: z.boolean().default(true), from: hour.default('22:00'), until: hour.default('08:00') })
        .prefault({}),
    })
    .prefault({}),
  power: z
    .object({
      /** `spare`: on battery sleep by itself, vectors and loading a model wait for mains (SH5). */
      onBattery: z.enum(['spare', 'as-usual']).default('spare'),
    })
    .prefault({}),
  page: z
    .object({ welcomed: z.boolean().default(false), theme: z.enum(['system', 'light', 'dark']).default('system') })
    .prefault({}),
});

export type Settings = z.infer<typeof settingsSchema>;

/** Every default, as a complete settings object. */
export const defaultSettings = (): Settings => settingsSchema.parse({});

/** What of the settings the owner may change while it runs, as the page and the settings file spell it. */
export const settingsPatchSchema = z.object({
  model: z
    .object({
      reasoner: z.enum(['auto', 'rules']),
      baseUrl: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]),
      apiKey: z.string().max(500),
      name: z.string().max(300),
      roles: z.object({ reasoner: z.string(), fast: z.string(), embedder: z.string() }).partial(),
    })
    .partial()
    .optional(),
  lmStudio: z
    .object({ start: z.enum(['ask', 'always']), load: z.enum(['ask', 'when-needed']), yield: z.boolean() })
    .partial()
    .optional(),
  watch: z
    .object({
      folders: z.array(z.string().min(1)).max(32),
      ignore: z.array(z.string().min(1).max(500)).max(500),
      uncommittedHours: z.number().min(0.1).max(720),
    })
    .partial()
    .optional(),
  sleep: z
    .object({ enabled: z.boolean(), model: z.boolean(), idleMinutes: z.number().min(1).max(1_440) })
    .partial()
    .optional(),
  budget: z
    .object({
      tokensPerHour: z.number().int().min(0).max(1_000_000),
      tokensPerDay: z.number().int().min(0).max(24_000_000),
      cyclesPerDay: z.number().int().min(0).max(1_000_000),
    })
    .partial()
    .optional(),
  alerts: z
    .object({
      notify: z.enum(['important', 'critical', 'never']),
      perDay: z.number().int().min(0).max(100),
      quiet: z.object({ enabled: z.boolean(), from: hour, until: hour }).partial(),
    })
    .partial()
    .optional(),
  store: z
    .object({
      observationDays: z.number().int().min(1).max(365),
      backupHours: z.number().min(0).max(720),
    })
    .partial()
    .optional(),
  power: z
    .object({ onBattery: z.enum(['spare', 'as-usual']) })
    .partial()
    .optional(),
  page: z
    .object({ welcomed: z.boolean(), theme: z.enum(['system', 'light', 'dark']) })
    .partial()
    .optional(),
});
export type SettingsPatch = z.infer<typeof settingsPatchSchema>;
