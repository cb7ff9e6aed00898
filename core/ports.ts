import type { Failure, Result } from './errors.ts';
import type { Expectation, MemoryChange, MemoryStore, RecallHit, Settled } from './memory.ts';
import type { Settings, SettingsPatch } from './settings.ts';
import type {
  DeadLetter,
  Episode,
  Fired,
  Focus,
  Insight,
  Json,
  Judged,
  Mark,
  Observation,
  ObservationDraft,
  Proposal,
  Reasoner,
  Salience,
  Stamp,
  TargetHistory,
  Trouble,
  Verdict,
  Watch,
} from './types.ts';

/** Ends what was started; idempotent, never throws. */
export type Stop = () => void;

export interface Clock {
  /** Wall clock, milliseconds since the epoch: for stamps. May jump. */
  now(): Stamp;
  /** Monotonic milliseconds: for durations. Never goes back. */
  elapsed(): number;
  /** Calls once after `ms` of monotonic time. */
  after(ms: number, call: () => void): Stop;
}

/** Chance as an argument. Each consumer names its own stream, so that one more draw here changes nothing there. */
export interface Random {
  /** Uniform numbers in 0..1 (1 excluded). */
  stream(name: string): () => number;
}

/** Structured log without content: field values are ids, counts, codes and durations. */
export interface Log {
  debug(event: string, fields?: Record<string, string | number | boolean | null>): void;
  info(event: string, fields?: Record<string, string | number | boolean | null>): void;
  warn(event: string, fields?: Record<string, string | number | boolean | null>): void;
  error(event: string, fields?: Record<string, string | number | boolean | null>): void;
}

// --- the world that is watched -----------------------------------------------------------------------------------------------------

export type SourceState = 'starting' | 'watching' | 'degraded' | 'failed' | 'stopped';

export interface SourceHealth {
  state: SourceState;
  /** For people: what it watches, or what is wrong. */
  message: string;
  /** What to do, when something is wrong. */
  remedy?: string;
  /** How many things it watches, when it counts them. */
  watched?: number;
}

/** Where a source puts what it notices. Never blocks and never throws. */
export interface Sink {
  offer(draft: ObservationDraft): void;
  /** Records marks without an observation: a baseline. */
  remember(marks: Mark[]): void;
  /** Says how the source is; shown to the owner. */
  health(health: SourceHealth): void;
}

/** One thing that is watched. Contract: tests/contracts/source.ts. */
export interface Source {
  /** Stable and unique, e.g. `files:/home/ada/shop`; also the namespace of its marks. */
  readonly id: string;
  /** What its observations carry as `source`: `files`, `git`, `notes`. */
  readonly kind: string;
  /**
   * Starts noticing. Resolves when everything that differs from the marks at this moment has been offered and later changes will be.
   * Rejects only on a bug; what the world refuses is reported through `sink.health`.
   */
  start(sink: Sink, marks: MarkReader): Promise<void>;
  /** Looks again for anything missed; resolves when it has been offered. */
  rescan(): Promise<void>;
  /** Ends every thread, timer and handle it started. Idempotent. */
  stop(): Promise<void>;
}

/** A source as the settings want it, before it is made. */
export interface PlannedSource {
  /** Equal for plans of which it would be the same source with the same options: one that runs goes on. Unique in one plan. */
  same: string;
  make(): Source;
}

/** What is to be watched. */
export interface WatchPlan {
  /** Absolute and real, in the owner's order. */
  folders: readonly string[];
  sources: readonly PlannedSource[];
}

/** Reads a source's own marks, page by page. */
export interface MarkReader {
  /** Up to `limit` marks with keys after `afterKey`, in key order; empty at the end. */
  page(afterKey: string, limit: number): Promise<Mark[]>;
  get(key: string): Promise<Json>;
}

// --- thinking -----------------------------------------------------------------------------------------------------------------------

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** What the thought is about, as data; a model server reads the messages made from it, the rule reasoner reads this. */
export interface ThoughtContext {
  now: Stamp;
  focus: Focus | null;
  /** What attention kept, oldest first. */
  salient: { observation: Observation; salience: Salience; ref: string }[];
  /** What happened to the same targets in the last days, this batch included. */
  history: TargetHistory[];
  /** What happened in the same place since its last commit, this batch excluded. */
  session: WorkSession;
  /** Insights already told, newest first. */
  told: Insight[];
  recalled: RecallHit[];
  /** Learned patterns that these observations set off, surest first. */
  patterns: Fired[];
  /** Everything before the log of cycles in a few sentences; empty when there is nothing yet (TH6). */
  summary: string;
}

/** The stretch of work that is going on: since the last commit, at most 12 hours. */
export interface WorkSession {
  startedAt: Stamp | null;
  /** Edits before this batch. */
  edits: number;
  files: { target: string; edits: number; added: number; removed: number }[];
}

export interface ModelRequest {
  messages: ChatMessage[];
  /** JSON schema (no length bounds) of the wanted answer; null for free text. */
  schema: { name: string; schema: Json } | null;
  /** For the answer. A model that reasons gets `reasoningTokens` beside it (TH2). */
  maxTokens: number;
  reasoningTokens: number;
  temperature: number;
  topP: number;
  /** 0 leaves it to the server. */
  topK: number;
  /** 1 leaves it to the server. */
  repeatPenalty: number;
  context: ThoughtContext | null;
}

export interface Usage {
  promptTokens: number;
  completionTokens: number;
  /** False when the server gave no figures and these are estimates. */
  exact: boolean;
}

/** How a stream ended: by itself, cut by the token limit, or cut by the connection after some text had arrived. */
export type Finish = 'stop' | 'length' | 'broken';

export type ModelEvent =
  /** `model`, here and at the end, is who answers by the server's own word, where that is not who was asked. */
  | { kind: 'token'; channel: 'answer' | 'reasoning'; text: string; model?: string }
  /** `broke` is what broke it off, when that is known. */
  | { kind: 'done'; finish: Finish; usage: Usage | null; model?: string; broke?: Failure }
  | { kind: 'failed'; failure: Failure };

/** What a caller must know of a model to treat it well. */
export interface ModelTraits {
  /** Server and instance: calls with equal places share one queue, one cache, one rate limit. */
  place: string;
  /** Not on this machine: rate limits hold. */
  remote: boolean;
  /** Requests that it may work on at a time. */
  concurrency: number;
  /** The loaded window; null when nobody knows. */
  contextTokens: number | null;
  /** Whether it thinks before it answers, as far as is known. */
  reasons: boolean;
}

/** A mind that can be asked. Contract: tests/contracts/model.ts. */
export interface Model {
  readonly reasoner: Reasoner;
  readonly traits: ModelTraits;
  /**
   * Streams one answer. The last event is `done` or `failed`, exactly once; nothing is thrown but the signal's reason. When the signal
   * aborts, the work behind it ends too.
   */
  answer(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
  /** Whether it would answer now; costs no inference. */
  probe(signal: AbortSignal): Promise<Result<Reasoner>>;
}

/** Turns texts into vectors of one length. */
export interface Embedder {
  readonly name: string;
  readonly traits: ModelTraits;
  /** One vector per text, in order; empty texts are refused as a bug. Throws only the signal's reason. */
  embed(
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<Result<{ vectors: Float32Array[]; usage: Usage | null }>>;
}

// --- remembering --------------------------------------------------------------------------------------------------------------------

/** One cycle, made durable in one transaction: the batch is acknowledged with its episode or not at all (OB8). */
export interface CycleRecord {
  attended: { id: string; salience: Salience }[];
  episode: Episode | null;
  insights: Insight[];
  proposals: Proposal[];
  watches: Watch[];
  /** Memories formed, scored or renewed by this cycle. */
  changes: MemoryChange[];
  /** Ids of memories that went into the thought (ME4). */
  recalled: string[];
  expectations: Expectation[];
  settled: Settled[];
  /** Named pieces of state that must move together with the batch (focus, log of cycles, identity). */
  state: Record<string, Json>;
}

export interface StoredObservation extends Observation {
  salience: Salience | null;
  /** `snapshot`: the observation itself is gone; what was kept of it stands in `details.said`. */
  status: 'pending' | 'done' | 'dead' | 'snapshot';
}

export interface Counts {
  observations: number;
  pending: number;
  dead: number;
  episodes: number;
  insights: number;
  proposals: number;
  memories: number;
  dreams: number;
}

export interface AppendBatch {
  entries: { observation: Observation; mergeInto: string | null }[];
  marks: { source: string; marks: Mark[] }[];
}

/** Which insights are asked for; what is left out asks for nothing. */
export interface InsightFilter {
  limit: number;
  /** Exclusive. */
  before?: Stamp | undefined;
  /**
   * Words that must all stand in it, in any order, whatever their case, accents and English endings; the last one may be only begun. The
   * first 200 characters count.
   */
  text?: string | undefined;
  leastImportance?: number | undefined;
  verdict?: Verdict | 'none' | undefined;
  pinned?: boolean | undefined;
}

/** Everything durable. Contract: tests/contracts/store.ts and tests/contracts/memory-store.ts. */
export interface Store extends MemoryStore {
  /**
   * Writes observations and marks in one durable transaction. An entry with `mergeInto` adds its count to that observation while it is
   * still unacknowledged, else becomes a row of its own. An id written twice stays one. Returns how many were merged.
   */
  append(batch: AppendBatch): Promise<{ merged: number }>;
  /** The oldest unacknowledged observations. One that failed before comes alone, so that it cannot take others down with it. */
  take(limit: number): Promise<Observation[]>;
  commitCycle(record: CycleRecord): Promise<void>;
  /** Counts one failed attempt; at the third they are set aside. Returns those set aside. */
  giveBack(ids: string[], error: string, at: Stamp): Promise<string[]>;
  deadLetters(limit: number): Promise<DeadLetter[]>;
  /** Makes a set-aside observation pending again, as if it had never failed. */
  replay(id: string): Promise<boolean>;
  markPage(source: string, afterKey: string, limit: number): Promise<Mark[]>;
  mark(source: string, key: string): Promise<Json>;
  observations(ids: string[]): Promise<StoredObservation[]>;
  recentObservations(limit: number): Promise<StoredObservation[]>;
  /** The newest observations that attention kept, newest first. */
  attended(limit: number): Promise<Observation[]>;
  /**
   * Newest first. A page holds `limit` of them, and whatever else was formed in the same moment as its last one, so that the last one's
   * stamp as the next `before` skips nothing.
   */
  insights(query: InsightFilter): Promise<Insight[]>;
  insight(id: string): Promise<Insight | null>;
  setVerdict(id: string, verdict: Verdict | null): Promise<boolean>;
  /** Keeps an insight from being tidied away, or lets it go again; false when it is not there. */
  pinInsight(id: string, pinned: boolean): Promise<boolean>;
  /** The owner was interrupted with it; false when it is not there. */
  toldInsight(id: string, at: Stamp): Promise<boolean>;
  /** The newest insights that the owner judged and whose evidence is still there, newest first, each by what of it scored best. */
  judged(limit: number): Promise<Judged[]>;
  episodes(limit: number): Promise<Episode[]>;
  proposals(limit: number): Promise<Proposal[]>;
  history(targets: string[], since: Stamp): Promise<TargetHistory[]>;
  /** File observations in one place (a repository or watched folder) after its last commit, at the earliest after `since`. */
  session(place: string, since: Stamp, excludeIds: string[]): Promise<WorkSession>;
  /** Watches that are due; each is handed out once. */
  dueWatches(now: Stamp): Promise<Watch[]>;
  /** Topics the owner wants less of, with how often they said so. */
  lessOf(): Promise<{ key: string; times: number }[]>;
  addLessOf(keys: string[], by: 1 | -1): Promise<void>;
  state(key: string): Promise<Json>;
  setState(key: string, value: Json): Promise<void>;
  spend(entry: { hour: Stamp; purpose: string; calls: number; tokens: number }): Promise<void>;
  spent(since: Stamp): Promise<{ hour: Stamp; purpose: string; calls: number; tokens: number }[]>;
  counts(): Promise<Counts>;
  close(): Promise<void>;
}

/** What only the host can do for the file behind the store. */
export interface StoreCare {
  /** What was found when the file was opened and the owner should know. */
  notices: readonly Trouble[];
  /** Once, when the mind runs: after an unclean stop looks at every page; resolves with the trouble when one is bad. */
  checkLater(): Promise<Trouble | null>;
  /** Makes a backup when the newest is older than so many hours (0: never). Never rejects. */
  backupIfDue(hours: number): Promise<void>;
  /** Removes every copy: what the owner deleted must not live on in one. */
  dropBackups(): Promise<number>;
  /** Writes all that is remembered into the data folder; resolves with the path, rejects with what the file system says. */
  writeExport(format: 'json' | 'markdown'): Promise<string>;
}

export interface SettingsPort {
  current(): Settings;
  /** What is wrong with the settings file, in words; null when nothing is. */
  problem(): string | null;
  /** Takes over what was changed in the file by hand; while it is as it was nothing is read. */
  look(): void;
  /** Validates and saves; the failure says which field and why. */
  update(patch: SettingsPatch): Result<Settings>;
  onChange(listener: (settings: Settings) => void): Stop;
}

// --- the program around the mind -----------------------------------------------------------------------------------------------------

/** What the program around the mind can do for its owner beside serving the page; null where it cannot. */
export interface Shell {
  kind: 'headless' | 'tray';
  /** The system's own picker; null when the owner chose none. */
  pickFolder: (() => Promise<string | null>) | null;
  /** Whether it starts when the owner logs in. */
  login: { isOn(): boolean; set(on: boolean): Result<void> } | null;
  /** Null where nobody tells of the machine's power. */
  power: Power | null;
}

/** How the machine stands. */
export interface PowerState {
  suspended: boolean;
  locked: boolean;
  onBattery: boolean;
}

/** The machine's power, by the system's own words. */
export interface Power {
  now(): PowerState;
  /** Called after each word of the system, whether or not it changed anything. */
  onChange(listener: () => void): Stop;
}
