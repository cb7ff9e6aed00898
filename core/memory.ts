import type { Episode, Json, Observation, Reasoner, Severity, Stamp, Trust } from './types.ts';

/**
 * The nouns of memory and sleep, and what the store keeps of them. Tiers (ME1): working memory is the mind's own (`remember/working`),
 * short-term are episodes, long-term are memories of the kinds `note`, `learning`, `principle`, `lesson`, procedural are memories of kind
 * `pattern`; `dream` is apart from all of them. The index over all is `items` in the store.
 */

export const memoryKinds = ['note', 'learning', 'principle', 'lesson', 'pattern', 'dream'] as const;
export type MemoryKind = (typeof memoryKinds)[number];

/** The things that can be recalled. A dream never is. */
export const itemKinds = [
  'insight',
  'episode',
  'note',
  'learning',
  'principle',
  'lesson',
  'pattern',
  'summary',
] as const;
export type ItemKind = (typeof itemKinds)[number];

/** Whether later observations bear it out. `seen` rests on observations from the start; the others were dreamt. */
export const validations = ['seen', 'needs-validation', 'confirmed', 'refuted', 'expired'] as const;
export type Validation = (typeof validations)[number];

/** What made it as important as it is, each 0..1; null when it could not be told. The weights are in `remember/importance`. */
export interface ImportanceTerms {
  /** Of the worst observation it rests on. */
  severity: number | null;
  novelty: number | null;
  /** The owner's verdict, pin or correction. */
  owner: number | null;
  /** Whether what was expected came. */
  outcome: number | null;
  /** What the thought that formed it said. */
  thought: number | null;
}

/** Which observations are meant. A field that is absent or null fits all. */
export interface Matcher {
  source?: string | null;
  type?: string | null;
  target?: string | null;
  place?: string | null;
  /** At least this severe. */
  severity?: Severity | null;
}

/** If `when` is seen, `then` is seen within `withinMs` after it: a pattern's rule and a dream's hypothesis alike. */
export interface Rule {
  when: Matcher;
  /** What follows; the words for both are in the memory's text. */
  then: Matcher;
  withinMs: number;
}

/** What is waited for. One without any field waits for nothing that a matcher could tell: then its words are all there is. */
export interface Wanted extends Matcher {
  /** True when it must not be seen: “no further error”. */
  absent?: boolean;
}

export interface Memory {
  id: string;
  kind: MemoryKind;
  /** Dates in it are absolute. */
  text: string;
  /** What is known to say the same has the same key and adds evidence instead of a row; null: only its words tell. */
  key: string | null;
  /** The one thing it is about; null when it is about more. */
  target: string | null;
  /** 0..1 */
  importance: number;
  terms: ImportanceTerms;
  /** 0..1 at `strengthAt`; what it is now says `remember/forgetting`. */
  strength: number;
  strengthAt: Stamp;
  /** Days after which strength has fallen to 1/e. */
  stabilityDays: number;
  recalled: number;
  recalledAt: Stamp | null;
  formedAt: Stamp;
  changedAt: Stamp;
  reasoner: Reasoner;
  /** The sleep that formed it; null when a cycle or the owner did. */
  sleepId: string | null;
  /** `owner` for their own notes and corrections, else `derived`. */
  trust: Trust;
  validation: Validation;
  pinned: boolean;
  /** How many pieces of evidence it has or had; those that are forgotten themselves count on. */
  support: number;
  /** Of patterns and dreams. */
  rule: Rule | null;
  /** How often `when` was followed by `then`, and how often it was not. */
  hits: number;
  misses: number;
  /** After which a dream that was not tested is let go. */
  expiresAt: Stamp | null;
  /** Memories that say the opposite. */
  contradicts: string[];
}

export const evidenceKinds = ['observation', 'episode', 'insight', 'memory'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** One piece of what a memory rests on. */
export interface Evidence {
  kind: EvidenceKind;
  id: string;
  at: Stamp;
  /** What it said, at most 500 bytes: stays when the thing itself is gone. */
  snapshot: string;
}

/** Something that will be known later: whether `wants` is seen until `dueAt`. Patterns, dreams and decisions are judged by it. */
export interface Expectation {
  id: string;
  of: 'pattern' | 'dream' | 'decision';
  /** Of the memory, or of the episode of the decision. */
  ofId: string;
  /** What made it due: only observations after it count. */
  causeId: string | null;
  since: Stamp;
  dueAt: Stamp;
  wants: Wanted;
  /** In words, for what no matcher tells (a decision's `expected_outcome`); else empty. */
  words: string;
  /** What it was believed with, 0..1. */
  confidence: number;
}

export const settlements = ['met', 'not-met', 'unknown'] as const;
export type Settlement = (typeof settlements)[number];

export interface Settled {
  id: string;
  of: Expectation['of'];
  ofId: string;
  settlement: Settlement;
  at: Stamp;
  /** The observations that settled it; empty when nothing came. */
  observationIds: string[];
}

/** What is forgotten can be brought back for 30 days. */
export interface Tombstone {
  id: string;
  kind: MemoryKind;
  text: string;
  /** Why it was forgotten, in words. */
  why: string;
  forgottenAt: Stamp;
  /** The memory as it was. */
  was: Memory;
}

/** One change of what is remembered; several go into one transaction. */
export type MemoryChange =
  /** A new memory, or the same id anew. */
  | { kind: 'remember'; memory: Memory; evidence: Evidence[] }
  /** It was found again: evidence is added (an id that is there already counts once), text and importance may move. */
  | {
      kind: 'reinforce';
      id: string;
      at: Stamp;
      evidence: Evidence[];
      text?: string;
      importance?: number;
      terms?: ImportanceTerms;
      /** New totals, not additions. */
      hits?: number;
      misses?: number;
    }
  | { kind: 'contradict'; id: string; otherId: string }
  | { kind: 'validate'; id: string; validation: Validation; at: Stamp }
  /** Adds to the score of a pattern or dream. */
  | { kind: 'score'; id: string; hits: number; misses: number; at: Stamp }
  | { kind: 'weaken'; id: string; strength: number; importance?: number; at: Stamp }
  | { kind: 'forget'; id: string; why: string; at: Stamp };

/** What is recalled of one thing. */
export interface RecallAsk {
  /** A question or any text; of a long one the beginning counts. */
  text: string;
  now: Stamp;
  limit: number;
  filter?: ItemFilter;
  /** Ids that must not come. */
  exclude?: ReadonlySet<string>;
  /** What it is about beside its words: paths, commands. */
  targets?: readonly string[];
  /** When the owner was away, as far as it is known already; absent: the store knows, when the text speaks of it. */
  away?: { from: Stamp; until: Stamp } | null;
  /** The text as that model sees it; absent or null: words alone. */
  vector?: { model: string; vector: Float32Array } | null;
}

export interface RecallHit {
  kind: ItemKind;
  id: string;
  text: string;
  at: Stamp;
  /** Rank score; comparable inside one answer only. */
  score: number;
  trust: Trust;
  target: string | null;
  /** 0..1 */
  importance: number;
  /** Why it was found, in words: "holds “refund”", "means the same", "from that day", "seen with cart.ts". */
  why: string[];
}

// --- what the store keeps ---------------------------------------------------------------------------------------------------------

/** Narrowing what may be found. Absent: everything. */
export interface ItemFilter {
  kinds?: readonly ItemKind[];
  /** Inclusive. */
  from?: Stamp;
  /** Exclusive. */
  until?: Stamp;
  target?: string;
  trust?: readonly Trust[];
}

/** A thing in the index, as a ranking sees it. `n` numbers it inside the store. */
export interface Item {
  n: number;
  kind: ItemKind;
  id: string;
  text: string;
  at: Stamp;
  target: string | null;
  trust: Trust;
  importance: number;
  /** The group whose members happened together (an episode, a session); null when it is alone. */
  groupId: string | null;
}

/** A word of a query and what it weighs beside the others. */
export interface QueryTerm {
  /** One word, or several that must stand together. */
  text: string;
  /** Matches every word that begins so. */
  prefix?: boolean;
}

/** An observation without its details: what mining looks at. `seq` is the store's own order. */
export interface Brief {
  seq: number;
  id: string;
  at: Stamp;
  source: string;
  type: string;
  target: string;
  place: string | null;
  severity: Severity;
  trust: Trust;
  causeId: string | null;
  count: number;
  attended: boolean;
}

export const sleepPhases = ['light', 'deep', 'dream', 'digest'] as const;
export type SleepPhase = (typeof sleepPhases)[number];
export const sleepReasons = ['cycles', 'idle', 'request', 'shutdown', 'resumed'] as const;
export type SleepReason = (typeof sleepReasons)[number];

/** What one phase of one sleep did. */
export interface PhaseRecord {
  phase: SleepPhase;
  startedAt: Stamp;
  endedAt: Stamp | null;
  /** Who thought in it. */
  reasoner: Reasoner;
  modelCalls: number;
  tokens: number;
  /** What came of it, e.g. {episodes: 40, learnings: 3, merged: 2, patterns: 1, forgotten: 4}. */
  made: Record<string, number>;
  /** Why it ended early or thought without the model, in words; null when nothing was wrong. */
  note: string | null;
}

export interface Sleep {
  id: string;
  reason: SleepReason;
  startedAt: Stamp;
  /** null while it lasts, or when the program ended in the middle of it. */
  endedAt: Stamp | null;
  /** Why it ended: it was done, something critical woke it, the owner did, the program ended. */
  ended: 'done' | 'interrupted' | 'owner' | 'shutdown' | null;
  phases: PhaseRecord[];
  digest: Digest | null;
}

/** "While you slept": what was learned, confirmed, refuted and forgotten since the digest before. */
export interface Digest {
  from: Stamp;
  until: Stamp;
  /** One plain sentence each, most important first. */
  lines: { text: string; memoryIds: string[] }[];
}

/** What the nightly audit found (counts over all memories). */
export interface Audit {
  at: Stamp;
  memories: number;
  byKind: Record<string, number>;
  /** Pairs that say the same in other words. */
  duplicates: number;
  neverRecalled: number;
  contradicted: number;
  /** Those that rest on observed text alone. */
  tainted: number;
  /** Without evidence that can still be opened. */
  withoutEvidence: number;
  bytes: number;
  /** Examples of each, at most five. */
  examples: { what: 'duplicates' | 'contradicted' | 'without-evidence'; ids: string[] }[];
}

/** How confidence compares with what came of it, in tenths (ME6). */
export interface Calibration {
  /** Settled as met or not met. */
  judged: number;
  unknown: number;
  bins: { from: number; until: number; judged: number; met: number; meanConfidence: number }[];
  /** Mean squared difference of confidence and outcome (Brier 1950), 0 is best; null when nothing was judged. */
  brier: number | null;
  /** The owner's word: how many insights were useful, and less wanted. */
  useful: number;
  less: number;
}

/** A span of time in a few sentences; longer spans are made of shorter ones (TH6). */
export interface Summary {
  level: 'day' | 'week' | 'month';
  from: Stamp;
  until: Stamp;
  text: string;
  reasoner: Reasoner;
}

/** Everything that one step of a sleep writes, in one transaction: all of it or nothing. */
export interface SleepStep {
  sleep: Sleep;
  changes: MemoryChange[];
  /** Marked as consolidated by this sleep; one that already is makes the step fail as a whole. */
  consolidated: string[];
  /** Episodes that leave short-term memory by decay. */
  faded: string[];
  expectations: Expectation[];
  settled: Settled[];
  summaries: Summary[];
  state: Record<string, Json>;
}

/** An episode in short-term memory. */
export interface HeldEpisode extends Episode {
  importance: number;
  strength: number;
  /** How often it went into a thought. */
  recalled: number;
}

/** An episode with what is needed to learn from it. */
export interface LearnedFrom {
  episode: HeldEpisode;
  observations: Observation[];
  insights: { id: string; text: string; importance: number; verdict: 'useful' | 'less' | null }[];
}

export interface MemoryQuery {
  kinds?: readonly MemoryKind[];
  validation?: readonly Validation[];
  /** Changed before this, exclusive: for pages, newest first. */
  before?: Stamp;
  sleepId?: string;
  target?: string;
  key?: string;
  pinned?: boolean;
  limit: number;
}

/** The part of the store that remembers. Contract: tests/contracts/memory-store.ts. */
export interface MemoryStore {
  memories(query: MemoryQuery): Promise<Memory[]>;
  memory(id: string): Promise<Memory | null>;
  memoriesById(ids: string[]): Promise<Memory[]>;
  evidenceOf(memoryId: string): Promise<Evidence[]>;
  /** Which memories rest on these things. */
  restingOn(ids: string[]): Promise<{ memoryId: string; id: string }[]>;
  /** Applies changes in one transaction. */
  changeMemories(changes: MemoryChange[]): Promise<void>;
  /** The 200 most important patterns that hold and the 50 newest dreams that wait for validation, with their rules. */
  rules(): Promise<Memory[]>;
  setPinned(id: string, pinned: boolean): Promise<boolean>;
  /** The owner's own words replace it: trust `owner`, the old text becomes evidence. */
  correctMemory(id: string, text: string, at: Stamp): Promise<boolean>;
  /**
   * Really gone: no tombstone, no trace in index, snapshots or the file (secure_delete, then vacuum); copies are the host's business. Only
   * salted hashes of its key and rule stay, so that no night brings it back (`remember/stays-away`).
   */
  deleteMemory(id: string): Promise<boolean>;
  tombstones(limit: number): Promise<Tombstone[]>;
  bringBack(id: string, at: Stamp): Promise<boolean>;
  /** Drops tombstones older than that. */
  bury(before: Stamp): Promise<number>;
  /** What was used in a thought: memories are counted and renewed (ME4), held episodes counted. */
  recalledNow(ids: string[], at: Stamp): Promise<void>;

  // --- the index
  /** What memory holds about a text, best first (`remember/recall`). */
  recall(ask: RecallAsk): Promise<RecallHit[]>;
  /**
   * Full-text, best first (BM25); any term may match. Frequent words are passed over where rare ones are there. `weights`: what each of
   * `matched` adds to the score. `places`: how many places of terms are looked at, all together; absent: as many as the size of the
   * store deserves.
   */
  lexical(
    terms: QueryTerm[],
    filter: ItemFilter,
    limit: number,
    places?: number,
  ): Promise<{ item: Item; score: number; matched: string[]; weights?: number[] }[]>;
  /** Nearest by cosine among vectors of that model, best first. */
  nearest(
    model: string,
    vector: Float32Array,
    filter: ItemFilter,
    limit: number,
  ): Promise<{ item: Item; score: number }[]>;
  /** Newest first inside the filter. */
  recentItems(filter: ItemFilter, limit: number): Promise<Item[]>;
  /** Items without a vector of that model, newest first. */
  withoutVector(model: string, limit: number): Promise<{ n: number; text: string }[]>;
  setVectors(model: string, vectors: { n: number; vector: Float32Array }[]): Promise<void>;
  vectorFigures(model: string): Promise<{ items: number; embedded: number }>;

  // --- short-term memory and sleep
  /** Episodes that wait to be consolidated, oldest first, without the newest `keep`. */
  unconsolidated(keep: number, limit: number): Promise<LearnedFrom[]>;
  unconsolidatedCount(): Promise<number>;
  /** In short-term memory, newest first. */
  heldEpisodes(limit: number): Promise<HeldEpisode[]>;
  /** In short-term memory or not, oldest first; those that are gone are left out. */
  episodesById(ids: string[]): Promise<Episode[]>;
  /** Past episodes about these targets whose outcome is known, newest first. */
  pastWithOutcome(targets: string[], limit: number): Promise<Episode[]>;
  /** Observations in the store's order after `afterSeq`. */
  briefs(query: { afterSeq: number; from: Stamp; limit: number }): Promise<Brief[]>;
  /**
   * For each stretch (`from` exclusive, `until` inclusive) whether anything was told in it by that source, null: by any. The watchers of
   * files and git speak for each other.
   */
  sawSource(stretches: { source: string | null; from: Stamp; until: Stamp }[]): Promise<boolean[]>;
  commitSleep(step: SleepStep): Promise<void>;
  sleeps(limit: number): Promise<Sleep[]>;
  summaries(level: Summary['level'], limit: number): Promise<Summary[]>;

  // --- expectations
  openExpectations(limit: number): Promise<Expectation[]>;
  /** Settled ones of that kind, newest first. */
  settledExpectations(of: Expectation['of'], limit: number): Promise<(Expectation & Settled)[]>;
  /** For ME6: confidence and outcome of every settled decision, and the owner's verdicts. */
  judgements(): Promise<{ confidence: number; settlement: Settlement }[]>;
  verdicts(): Promise<{ useful: number; less: number }>;

  // --- care
  /** Keeps every bound: rows, bytes, ages. One short transaction per call; `more` says that another is due. */
  tidy(bounds: TidyBounds): Promise<{ observations: number; episodes: number; insights: number; more: boolean }>;
  /** quick_check of the whole file; null when it is sound. */
  checkIntegrity(): Promise<string | null>;
  /** A consistent copy of the file; replaces `to` only when it is whole. */
  backup(to: string): Promise<void>;
  bytes(): Promise<number>;
  /** All memories in the order of their ids, page by page; `rests`: on some evidence. Empty at the end. */
  memoryPage(afterId: string, limit: number): Promise<{ memory: Memory; rests: boolean }[]>;
  /** Everything of one page of the export, in a stable order; empty at the end. */
  exportPage(afterId: string, limit: number): Promise<{ memory: Memory; evidence: Evidence[] }[]>;
  /** Forgets everything: every table but the migrations, and the file's free pages. */
  deleteAll(): Promise<void>;
}

export interface TidyBounds {
  /** Observations before this go; what is cited leaves a snapshot. */
  observationsBefore: Stamp;
  /** Consolidated episodes before this go. */
  episodesBefore: Stamp;
  /** Of more than so many the oldest go, consolidated or not. */
  episodesAtMost: number;
  /** Insights before this that are neither useful nor pinned go. */
  insightsBefore: Stamp;
  insightsAtMost: number;
  /** Settled expectations, sleeps and spending before this go. */
  historyBefore: Stamp;
}
