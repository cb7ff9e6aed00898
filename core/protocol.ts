import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import {
  type DreamsView,
  digestSchema,
  dreamsViewSchema,
  type MemoryDetail,
  type MemoryItem,
  type MemorySearch,
  memoryCommands,
  memoryDetailSchema,
  memoryItemSchema,
  memoryQuerySchema,
  recallHitSchema,
  type TombstoneView,
  tombstoneSchema,
} from './protocol-memory.ts';
import {
  type AnswerView,
  answerSchema,
  askSchema,
  hostSchema,
  type IgnorePreview,
  ignorePreviewSchema,
  ignoreRulesSchema,
  ownerCommands,
  ownerEvents,
  type SettingsView,
  settingsViewSchema,
} from './protocol-owner.ts';
import type { SettingsPatch } from './settings.ts';

/**
 * What crosses to a window or a client. Commands go down, events come up; everything is checked with these schemas at the door of the
 * more privileged side. The snapshot is the Now view; lists and searches are queries.
 */

const stamp = z.number();
const unit = z.number().min(0).max(1);
const id = z.string().min(1).max(64);
const isObject = (given: unknown): boolean => typeof given === 'object' && given !== null;

export const reasonerSchema = z.object({ kind: z.enum(['rules', 'server']), name: z.string() });

export const salienceSchema = z.object({
  score: z.number(),
  terms: z.object({ relevance: z.number().nullable(), novelty: z.number().nullable(), urgency: z.number() }),
  ignored: z.string().nullable(),
  nearestId: z.string().nullable(),
  /** The learned pattern that made it more salient; absent when none did. */
  learned: z.object({ patternId: z.string(), text: z.string(), confidence: unit }).nullish(),
});

export const observationSchema = z.object({
  id,
  occurredAt: stamp,
  source: z.string(),
  type: z.string(),
  target: z.string(),
  severity: z.enum(['debug', 'info', 'warning', 'error', 'critical']),
  priority: z.number(),
  details: z.record(z.string(), z.json()),
  fingerprint: z.string(),
  trust: z.enum(['owner', 'app', 'derived', 'observed']),
  causeId: z.string().nullable(),
  count: z.number(),
  firstAt: stamp,
  lastAt: stamp,
  salience: salienceSchema.nullable(),
  /** `snapshot`: the observation itself is gone; `text` is what was kept of it. */
  status: z.enum(['pending', 'done', 'dead', 'snapshot']),
  /** The same in one line of words, for people. */
  text: z.string(),
});
export type ObservationView = z.infer<typeof observationSchema>;

export const insightSchema = z.object({
  id,
  text: z.string(),
  evidenceIds: z.array(id),
  confidence: unit,
  importance: unit,
  formedAt: stamp,
  /** When the owner was interrupted with it; null: it is only listed. */
  toldAt: stamp.nullable(),
  reasoner: reasonerSchema,
  verdict: z.enum(['useful', 'less']).nullable(),
  pinned: z.boolean(),
});

export const proposalSchema = z.object({
  id,
  episodeId: id,
  proposedAt: stamp,
  target: z.enum(['claude-code', 'claude-flow', 'memory']),
  command: z.string(),
  reasoning: z.string(),
  priority: z.enum(['low', 'medium', 'high', 'critical']),
  confidence: unit,
  tainted: z.boolean(),
  evidenceIds: z.array(id),
  status: z.literal('proposed'),
});

export const troubleSchema = z.object({
  key: z.string(),
  at: stamp,
  what: z.string(),
  means: z.string(),
  remedy: z.string(),
  severity: z.enum(['info', 'warning', 'error']),
});

export const deadLetterSchema = z.object({
  observation: observationSchema,
  attempts: z.number(),
  error: z.string(),
  diedAt: stamp,
});

/** How the model server stands (LM1); the words for the owner come with it. */
export const serverStates = [
  'looking',
  'not-installed',
  'not-running',
  'server-off',
  'auth-required',
  'no-model',
  'loading',
  'ready',
  'busy',
  'crashed',
  'circuit-open',
] as const;

/** Something the owner can do about it with one click. `model` names what a load is about. */
export const offerSchema = z.object({
  action: z.enum([
    'start-server',
    'load-model',
    'get-model',
    'test-model',
    'try-again',
    'open-lm-studio',
    'set-token',
    'install',
  ]),
  label: z.string(),
  why: z.string(),
  model: z.string().nullable(),
});
export type Offer = z.infer<typeof offerSchema>;

export const serverSchema = z.object({
  state: z.enum(serverStates),
  since: stamp,
  product: z.enum(['lm-studio', 'llmster', 'bionic', 'openai']).nullable(),
  /** `http://127.0.0.1:1234`; null while none is known. */
  address: z.string().nullable(),
  /** The instance that thinks, when one does. */
  model: z.string().nullable(),
  /** What the owner sees, one sentence; what Reverie does by itself meanwhile, one sentence. */
  what: z.string(),
  does: z.string(),
  offers: z.array(offerSchema),
  /** 0..1 while a model loads; null when nothing loads or nobody tells. */
  progress: unit.nullable(),
});
export type ServerView = z.infer<typeof serverSchema>;

/** One rung of the ladder, for the page and the doctor. */
export const rungSchema = z.object({
  name: z.enum(['installed', 'running', 'server', 'token', 'models', 'loaded', 'context', 'lms']),
  state: z.enum(['good', 'bad', 'warning', 'unknown']),
  says: z.string(),
  /** How to mend it; null when there is nothing to mend. */
  remedy: z.string().nullable(),
});
export type Rung = z.infer<typeof rungSchema>;

export const roles = ['thinker', 'reasoner', 'fast', 'embedder'] as const;
export const laneNames = ['owner', 'loop', 'sleep', 'agents'] as const;

/** Everything the Model view shows. */
export const modelViewSchema = z.object({
  at: stamp,
  server: serverSchema,
  rungs: z.array(rungSchema),
  api: z.enum(['v1', 'v0', 'openai']).nullable(),
  lms: z.object({ path: z.string().nullable(), version: z.string().nullable(), problem: z.string().nullable() }),
  /** False in HTTP-only mode: nobody can tell whether LM Studio works for somebody else. */
  canTellBusy: z.boolean(),
  roles: z.array(
    z.object({
      role: z.enum(roles),
      /** What the settings name; empty: nothing. */
      wanted: z.string(),
      /** The instance in use; null when none is. */
      using: z.string().nullable(),
      why: z.string(),
      /** What would suit this role on this machine; `key` null when it is not on the disk, then `get` names the download. */
      advice: z.object({ name: z.string(), key: z.string().nullable(), get: z.string(), why: z.string() }).nullable(),
    }),
  ),
  instances: z.array(
    z.object({
      id: z.string(),
      key: z.string(),
      type: z.enum(['llm', 'embedding', 'other']),
      contextTokens: z.number().nullable(),
      parallel: z.number().nullable(),
      ttlMs: z.number().nullable(),
      /** Until the server unloads it by itself. */
      remainingMs: z.number().nullable(),
      sizeBytes: z.number().nullable(),
      work: z.enum(['idle', 'processing-prompt', 'generating', 'computing-embedding', 'loading', 'unknown']),
      queued: z.number().nullable(),
      /** Loaded by Reverie: only these may it unload. */
      ours: z.boolean(),
      inUse: z.boolean(),
      remote: z.boolean(),
      /** Another copy of the same model is loaded. */
      duplicate: z.boolean(),
    }),
  ),
  /** The first 200, loaded ones before others, then by name; `modelsTotal` counts all. */
  models: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      type: z.enum(['llm', 'embedding', 'other']),
      params: z.string().nullable(),
      quantization: z.string().nullable(),
      sizeBytes: z.number().nullable(),
      maxContextTokens: z.number().nullable(),
      loaded: z.boolean(),
      remote: z.boolean(),
    }),
  ),
  modelsTotal: z.number(),
  calls: z.object({
    running: z.array(z.object({ lane: z.enum(laneNames), purpose: z.string(), tokens: z.number(), ms: z.number() })),
    waiting: z.record(z.enum(laneNames), z.number()),
    /** Of the last answers; null before the first. */
    tokensPerSecond: z.number().nullable(),
    firstTokenMs: z.number().nullable(),
    /** Since the start. */
    answered: z.number(),
    failed: z.number(),
    cacheHits: z.number(),
    stoppedEarly: z.number(),
    preempted: z.number(),
  }),
  breaker: z.object({
    state: z.enum(['closed', 'open', 'half-open']),
    /** Why it opened and what closes it; null while it is closed. */
    why: z.string().nullable(),
    since: stamp.nullable(),
  }),
  /** Tokens of the last 24 hours by purpose, most first, five at most. */
  purposes: z.array(
    z.object({ purpose: z.string(), calls: z.number(), tokens: z.number(), limit: z.number().nullable() }),
  ),
});
export type ModelView = z.infer<typeof modelViewSchema>;

export const lives = ['initializing', 'recovering', 'running', 'asleep', 'paused', 'stopping', 'stopped'] as const;
/** The last four only while asleep. */
export const stages = [
  'resting',
  'perceive',
  'attend',
  'reflect',
  'decide',
  'act',
  'light',
  'deep',
  'dream',
  'digest',
] as const;

export const snapshotSchema = z.object({
  /** The host's clock when it was made: pages show ages against this, never against their own clock. */
  at: stamp,
  life: z.enum(lives),
  stage: z.enum(stages),
  focus: z.object({ topic: z.string(), since: stamp, why: z.string(), strength: unit }).nullable(),
  reasoner: reasonerSchema.extend({
    /** Why this one, in words: e.g. "no server answers at 127.0.0.1:1234". */
    why: z.string(),
  }),
  server: serverSchema,
  thought: z
    .object({
      id: z.string(),
      text: z.string(),
      /** What it is thinking about. */
      about: z.string(),
      reasoner: reasonerSchema,
      startedAt: stamp,
      done: z.boolean(),
    })
    .nullable(),
  sources: z.array(
    z.object({
      id: z.string(),
      state: z.enum(['starting', 'watching', 'degraded', 'failed', 'stopped']),
      message: z.string(),
      remedy: z.string().optional(),
      watched: z.number().optional(),
    }),
  ),
  troubles: z.array(troubleSchema),
  counts: z.object({
    observations: z.number(),
    pending: z.number(),
    dead: z.number(),
    episodes: z.number(),
    insights: z.number(),
    proposals: z.number(),
    memories: z.number(),
    dreams: z.number(),
  }),
  intake: z.object({
    received: z.number(),
    written: z.number(),
    merged: z.number(),
    folded: z.number(),
    waiting: z.number(),
  }),
  budget: z.object({
    hourUsed: z.number(),
    hourLimit: z.number(),
    dayUsed: z.number(),
    dayLimit: z.number(),
    /** Of this day (UTC). */
    cycles: z.object({ used: z.number(), limit: z.number() }),
  }),
  identity: z.object({
    bornAt: stamp,
    /** When this run began. */
    startedAt: stamp,
    /** For how long it had run before that, in all sessions. */
    uptimeBeforeMs: z.number(),
    sessions: z.number(),
    observations: z.number(),
    decisions: z.number(),
    insights: z.number(),
    /** By how much the owner's verdicts move the threshold of attention, and where it stands with that. */
    thresholdShift: z.number(),
    threshold: unit,
  }),
  host: hostSchema,
  /** Null where the host is told nothing of it. `spares`: what nobody waits for is put off until there is mains. */
  power: z.object({ onBattery: z.boolean(), spares: z.boolean() }).nullable(),
  /** While it sleeps; null while awake. */
  sleep: z
    .object({
      since: stamp,
      phase: z.enum(['light', 'deep', 'dream', 'digest']),
      reason: z.enum(['cycles', 'idle', 'request', 'shutdown', 'resumed']),
      /** What it does just now, one sentence. */
      says: z.string(),
      /** 0..1, when it can tell. */
      progress: unit.nullable(),
    })
    .nullable(),
  /** The digest of the last night, while it is fresh (a day); null when there is none. */
  digest: digestSchema.nullable(),
  settings: z.object({
    sleep: z.object({ enabled: z.boolean(), model: z.boolean() }),
    reasoner: z.enum(['auto', 'rules']),
    baseUrl: z.string(),
    model: z.string(),
    folders: z.array(z.string()),
    dataDir: z.string(),
    welcomed: z.boolean(),
    theme: z.enum(['system', 'light', 'dark']),
    /** Whether an API token is stored; the token itself never leaves the host. */
    hasToken: z.boolean(),
    lmStudio: z.object({
      start: z.enum(['ask', 'always']),
      load: z.enum(['ask', 'when-needed']),
      yield: z.boolean(),
    }),
  }),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

export const commandSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pause') }),
  z.object({ kind: z.literal('resume') }),
  z.object({ kind: z.literal('judge-insight'), id, verdict: z.enum(['useful', 'less']).nullable() }),
  z.object({ kind: z.literal('replay-dead-letter'), id }),
  /** Any object passes this door: the settings check it with the schema of a patch and say in words what is wrong. */
  z.object({ kind: z.literal('change-settings'), patch: z.custom<SettingsPatch>((given) => isObject(given)) }),
  z.object({ kind: z.literal('clear-focus') }),
  /** The click is the consent: this may wake a closed LM Studio. */
  z.object({ kind: z.literal('start-server') }),
  /** Loads a model of the list and makes it the one for the role. */
  z.object({ kind: z.literal('load-model'), key: z.string().min(1).max(300), role: z.enum(roles) }),
  /** Downloads a model by its catalogue name: only ever on this command. */
  z.object({ kind: z.literal('get-model'), name: z.string().min(1).max(300) }),
  /** Only what Reverie loaded. */
  z.object({ kind: z.literal('unload-model'), id: z.string().min(1).max(300) }),
  /** One answer of one token, on demand. */
  z.object({ kind: z.literal('test-model') }),
  /** Closes the breaker and looks again at once. */
  z.object({ kind: z.literal('try-again') }),
  z.object({ kind: z.literal('dismiss-trouble'), key: z.string() }),
  ...memoryCommands,
  ...ownerCommands,
]);
export type Command = z.infer<typeof commandSchema>;

export const noteSchema = z.object({ text: z.string().trim().min(1).max(10_000) });

/** What a command came to. A refusal says what happened, what it means and what to do. */
export const outcomeSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), said: z.string().optional() }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);
export type Outcome = z.infer<typeof outcomeSchema>;

export const insightQuerySchema = z.object({
  limit: z.number().int().min(1).max(500).default(50),
  before: stamp.optional(),
  /** Words that must stand in it, in any order. */
  text: z.string().max(200).optional(),
  leastImportance: unit.optional(),
  verdict: z.enum(['useful', 'less', 'none']).optional(),
  pinned: z.boolean().optional(),
});
export type InsightQuery = z.input<typeof insightQuerySchema>;

export const eventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot-changed'), snapshot: snapshotSchema }),
  /** The readable part of the running thought, whole: a client that missed one loses nothing. */
  z.object({ kind: z.literal('thought-grew'), id: z.string(), text: z.string() }),
  z.object({ kind: z.literal('insight-formed'), insight: insightSchema }),
  /** The owner's verdict or pin is another, or they were told of it. */
  z.object({ kind: z.literal('insight-changed'), insight: insightSchema }),
  z.object({ kind: z.literal('proposal-made'), proposal: proposalSchema }),
  /** What is remembered or dreamt has changed: lists and views may ask again. */
  z.object({ kind: z.literal('memory-changed') }),
  ...ownerEvents,
]);
export type EngineEvent = z.infer<typeof eventSchema>;

/** The one contract of page and host, whatever the transport. */
export const contract = {
  snapshot: oc.output(snapshotSchema),
  send: oc.input(commandSchema).output(outcomeSchema),
  /** Resolves when the note is durable. */
  note: oc.input(noteSchema).output(z.object({ id })),
  insights: oc.input(insightQuerySchema).output(z.array(insightSchema)),
  evidence: oc.input(z.object({ ids: z.array(id).max(200) })).output(z.array(observationSchema)),
  recent: oc
    .input(z.object({ limit: z.number().int().min(1).max(200).default(30) }))
    .output(z.array(observationSchema)),
  proposals: oc
    .input(z.object({ limit: z.number().int().min(1).max(200).default(50) }))
    .output(z.array(proposalSchema)),
  deadLetters: oc
    .input(z.object({ limit: z.number().int().min(1).max(200).default(50) }))
    .output(z.array(deadLetterSchema)),
  /** What memory holds about a text, best first, each with why; time expressions are understood. */
  search: oc
    .input(z.object({ query: z.string().max(500), limit: z.number().int().min(1).max(100).default(20) }))
    .output(z.array(recallHitSchema)),
  /** The Memory view: found things or the newest, with their memories. */
  memories: oc.input(memoryQuerySchema).output(z.array(memoryItemSchema)),
  /** One memory with its evidence; null when it is not there any more. */
  memory: oc.input(z.object({ id })).output(memoryDetailSchema.nullable()),
  tombstones: oc
    .input(z.object({ limit: z.number().int().min(1).max(500).default(100) }))
    .output(z.array(tombstoneSchema)),
  /** The Dreams view as it stands. */
  dreams: oc.output(dreamsViewSchema),
  /** Begins to answer a question and resolves at once; the answer comes as `answer-grew`. */
  ask: oc.input(askSchema).output(z.object({ id })),
  /** The last questions of this run with their answers, newest first. */
  answers: oc.output(z.array(answerSchema)),
  settings: oc.output(settingsViewSchema),
  /** What these rules would leave out, on top of what is always left out. */
  previewIgnore: oc.input(z.object({ rules: ignoreRulesSchema })).output(ignorePreviewSchema),
  /** Opens the host's own picker; null when the owner chose none, or the host has none. */
  pickFolder: oc.output(z.string().nullable()),
  /** The Model view as it stands; costs no inference. */
  model: oc.output(modelViewSchema),
  /** Starts with a `snapshot-changed`, so that a page that connects again is whole at once. */
  events: oc.output(eventIterator(eventSchema)),
};

export type InsightView = z.infer<typeof insightSchema>;
export type ProposalView = z.infer<typeof proposalSchema>;
export type DeadLetterView = z.infer<typeof deadLetterSchema>;
export type RecallHitView = z.infer<typeof recallHitSchema>;

/** The engine as its hosts see it; `host/serve` and the tray offer exactly this through the contract. */
export interface Door {
  snapshot(): Snapshot;
  send(command: Command): Promise<Outcome>;
  /** Resolves with the id when the note is durable; rejects when it cannot be written. */
  note(text: string): Promise<{ id: string }>;
  query: {
    insights(query: z.output<typeof insightQuerySchema>): Promise<InsightView[]>;
    evidence(ids: string[]): Promise<ObservationView[]>;
    recent(limit: number): Promise<ObservationView[]>;
    proposals(limit: number): Promise<ProposalView[]>;
    deadLetters(limit: number): Promise<DeadLetterView[]>;
    search(query: string, limit: number): Promise<RecallHitView[]>;
    model(): Promise<ModelView>;
    memories(query: MemorySearch): Promise<MemoryItem[]>;
    memory(id: string): Promise<MemoryDetail | null>;
    tombstones(limit: number): Promise<TombstoneView[]>;
    dreams(): Promise<DreamsView>;
    answers(): Promise<AnswerView[]>;
    settings(): Promise<SettingsView>;
    previewIgnore(rules: string[]): Promise<IgnorePreview>;
  };
  /** Begins to answer; resolves with the id under which the answer grows. */
  ask(text: string): Promise<{ id: string }>;
  pickFolder(): Promise<string | null>;
  /** Calls for every event, in order, until the returned function is called. */
  subscribe(listener: (event: EngineEvent) => void): () => void;
}
