import type { Failure } from '../../errors.ts';

export interface StreamToken {
  channel: 'answer' | 'reasoning';
  text: string;
}

/** Why a stream is ended before its end: all that is wanted has been said, or what comes is worth nothing. */
export type Verdict = { kind: 'complete' } | { kind: 'cut'; why: Failure };

/** Watches one stream and may end it (TH2). Made anew for each attempt; holds a bounded window, never the whole. */
export interface Processor {
  readonly name: string;
  /** Judges after each token; the first verdict of any processor ends the stream. */
  push(token: StreamToken): Verdict | null;
}
