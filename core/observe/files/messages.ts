import type { SourceHealth } from '../../ports.ts';
import type { Mark, ObservationDraft } from '../../types.ts';

/** What the thread of the file source is given when it starts. */
export interface FilesConfig {
  /** Absolute and real. */
  root: string;
  /** Before every target: "" or "name/". */
  label: string;
  ignore: string[];
  maxFiles: number;
  /** Absolute folders that are never looked at. */
  exclude: string[];
  /** Whether a first start tells how much it found. */
  announce: boolean;
}

export type ToFilesThread =
  | { kind: 'marks'; marks: Mark[] }
  /** All marks were sent: look, and go on looking. */
  | { kind: 'begin' }
  | { kind: 'rescan'; n: number }
  /** One `drafts` or `remember` message was taken. */
  | { kind: 'taken' }
  | { kind: 'stop' };

export type FromFilesThread =
  /** At most 500. */
  | { kind: 'drafts'; drafts: ObservationDraft[] }
  /** At most 1000. */
  | { kind: 'remember'; marks: Mark[] }
  | { kind: 'health'; health: SourceHealth }
  | { kind: 'started' }
  | { kind: 'rescanned'; n: number }
  | { kind: 'log'; event: string; fields: Record<string, string | number | boolean | null> };

/**
 * Says that every file that was there at the first start has its mark, and which patterns of the owner and excluded folders were in force,
 * so that files that others show are not taken for new ones. The NUL keeps it apart from every path.
 */
export const BASELINE_KEY = '\u0000baseline';

export const DRAFTS_PER_MESSAGE = 500;
export const MARKS_PER_MESSAGE = 1000;
