import type { Failure } from '../errors.ts';
import type { Digest, LearnedFrom, Matcher, Memory, MemoryStore, Sleep, SleepStep } from '../memory.ts';
import type { Clock, Log, Random, Store } from '../ports.ts';
import type { Draft } from '../remember/draft.ts';
import type { RunningSummary } from '../remember/summaries.ts';
import type { Settings } from '../settings.ts';
import type { TokenCounter } from '../think/tokens.ts';
import type { Json, Reasoner, Stamp } from '../types.ts';

/** What a model came to, what that cost, and what was left out of its answer and why (in words). */
export type Asked<T> =
  | { ok: true; value: T; tokens: number; notes: string[] }
  | { ok: false; failure: Failure; tokens: number };

/** The code of a failure that means: the tokens of this sleep do not suffice for this call, which was not made. */
export const spentCode = 'sleep-budget-spent';

/** A model as sleep asks it. Each call is one model call; nothing is thrown but the signal's reason. */
export interface SleepModel {
  reasoner: Reasoner;
  /** Light sleep: what is to be learned from these episodes. */
  learn(material: LearnedFrom[], known: Memory[], signal: AbortSignal): Promise<Asked<Draft[]>>;
  /** Deep sleep: principles and rules of higher order; pairs of ids that contradict each other. */
  generalise(
    memories: Memory[],
    signal: AbortSignal,
  ): Promise<Asked<{ drafts: Draft[]; contradictions: [string, string][] }>>;
  /** Dream: hypotheses whose matchers are chosen by `ref` from the kinds of event that were really seen. */
  imagine(
    material: {
      episodes: LearnedFrom[];
      memories: Memory[];
      patterns: Memory[];
      kinds: { ref: string; matcher: Matcher; words: string }[];
    },
    signal: AbortSignal,
  ): Promise<Asked<Draft[]>>;
  /** Sums up lines in a few sentences. */
  summarise(lines: string[], signal: AbortSignal): Promise<Asked<string>>;
}

/** What of the store sleep uses. */
export type SleepStore = MemoryStore & Pick<Store, 'counts' | 'state' | 'observations' | 'episodes'>;

/** What sleep works with. */
export interface SleepParts {
  store: SleepStore;
  clock: Clock;
  random: Random;
  log: Log;
  nextId: () => string;
  settings: () => Settings;
  /** Who thinks in sleep, given how many tokens it may still spend; null: nobody but the rules. */
  model: (tokensLeft: () => number) => SleepModel | null;
  tokens: TokenCounter;
  running: Running;
}

/** The running summary of the mind that sleeps. */
export interface Running {
  now(): RunningSummary;
  /** Puts another in the place of `of`; does nothing when that is not the one any more: something in it may have been erased. */
  replace(of: RunningSummary, by: RunningSummary): Promise<void>;
}

/** What is still to be done, and up to where it was; one piece of state that moves together with the steps. */
export interface Agenda {
  /** Sleeps begun, without those that went on with one that was cut off. */
  sleeps: number;
  /** Phases that are due and not done: a sleep that is cut off leaves them to the next. */
  deepOwed: boolean;
  dreamOwed: boolean;
  /** Up to which observation (in the store's order) was mined. */
  minedSeq: number;
  /** Up to when the digest has told. */
  toldUntil: Stamp | null;
}

/** What one step writes. */
export interface Step extends Partial<Omit<SleepStep, 'sleep' | 'state'>> {
  agenda?: Partial<Agenda>;
  state?: Record<string, Json>;
  /** What is told in the morning. */
  digest?: Digest;
  /** What came of it, added to the figures of the phase. */
  made?: Record<string, number>;
}

/** One night, as its phases see it. */
export interface Night {
  readonly parts: SleepParts;
  readonly signal: AbortSignal;
  /** Whether anything was seen since the last sleep. */
  readonly news: boolean;
  now(): Stamp;
  sleep(): Sleep;
  agenda(): Agenda;
  /** Writes one step and, with it, how far this sleep has come: all of it or nothing. */
  commit(step: Step): Promise<void>;
  /**
   * What the model makes of it; null when the rules have to do this step: there is no model, the tokens of this sleep are spent, or the
   * answer was of no use, which the phase's note then tells.
   */
  ask<T>(
    call: (model: SleepModel, signal: AbortSignal) => Promise<Asked<T>>,
    isOfUse: (value: T) => boolean,
  ): Promise<T | null>;
  /** Says something about this phase in its record, in words; the same words once. */
  note(words: string): void;
  /** Tells what it does just now, one sentence, and how far it is (0..1), when that is known. */
  says(words: string, progress?: number): void;
  /** Who formed what this step remembers: the model while its last answer was used, else the rules. */
  reasoner(): Reasoner;
}
