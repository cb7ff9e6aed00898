import type { Evidence, ImportanceTerms, MemoryKind, Rule } from '../memory.ts';

/**
 * What a phase of sleep would like to remember. Admission (`remember/admission`) turns drafts into changes: it merges those that say what
 * is known already, links contradictions, and makes dates absolute.
 */
export interface Draft {
  kind: Exclude<MemoryKind, 'note'>;
  text: string;
  /** Equal for what says the same, whatever the figures; null when only the words tell. */
  key: string | null;
  target: string | null;
  /** 0..1 */
  importance: number;
  terms?: Partial<ImportanceTerms>;
  rule: Rule | null;
  /** For rules: cases seen so far that held, and that did not. */
  hits: number;
  misses: number;
  /** Never a dream and never Reverie's own text alone: admission refuses a draft that has no other evidence. */
  evidence: Evidence[];
  /** Days until a dream is let go; null for all others. */
  expiresInDays: number | null;
}
