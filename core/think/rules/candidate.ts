import type { Insight } from '../../types.ts';
import type { Seen } from './reading.ts';

/** What one rule has to say about a batch. */
export interface Candidate {
  /** One or two sentences with names and figures. */
  text: string;
  /** The same in a few words, for when another rule is more important; null: then not at all. */
  clause: string | null;
  /** 0..1 */
  importance: number;
  /** 0..1: high for what was counted, lower for what was concluded. */
  confidence: number;
  /** Refs of the observations it rests on. */
  refs: string[];
  /** Which figures made the rule fire, without the rule's name. */
  because: string;
  /** Has to be said even when another rule is more important. */
  must?: boolean;
  /** True for a told insight that reads the same and yet is about something else. */
  isOther?(told: Insight): boolean;
  /** Worth a second look, and what should be so by then. */
  watchFor?: string;
}

/** One way of finding something worth a word; null when it does not apply. */
export interface Rule {
  name: string;
  look(seen: Seen): Candidate | null;
}

/** Sure: counted, not concluded. */
export const countedFact = 0.9;
