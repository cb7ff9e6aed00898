import { type Failure, fail, messageOf, type Result } from '../errors.ts';
import type { Clock, Log } from '../ports.ts';
import type { Known, Underway } from './known.ts';

/** Loads, downloads and starts: long work of which only one goes on at a time (single-flight). */
export interface Flight {
  /** What goes on; null when nothing does. */
  underway(): Underway | null;
  /** Why the last one came to nothing; null once something changed. */
  refused(): Known['refused'];
  /** How long it has been going on. */
  ageMs(): number;
  /** Resolves when what goes on has ended, well or not; at once when nothing does. */
  landed(): Promise<unknown>;
  /** Starts; a bug when something goes on already. Rejects only when the signal aborts. */
  begin<T>(
    work: Pick<Underway, 'kind' | 'name'>,
    task: (onProgress: (share: number) => void, signal: AbortSignal) => Promise<Result<T>>,
  ): Promise<Result<T>>;
  /** The last refusal counts no more. */
  forget(): void;
}

const refusals: Record<Underway['kind'], (name: string) => string> = {
  load: (name) => `${name} could not be loaded`,
  get: (name) => `${name} could not be downloaded`,
  start: () => 'LM Studio’s server could not be started',
};

export function createFlight(parts: {
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  onStart: () => void;
  onProgress: () => void;
  /** Awaited before the work counts as landed: the look that shows what it came to. */
  onEnd: () => Promise<void>;
}): Flight {
  const { clock, signal } = parts;
  let underway: Underway | null = null;
  let refused: Known['refused'] = null;
  let startedMs = 0;
  let landed: Promise<unknown> = Promise.resolve();

  const unexpected = (thrown: unknown): { ok: false; failure: Failure } => {
    signal.throwIfAborted();
    return fail({ class: 'permanent', code: 'failed', message: messageOf(thrown) });
  };

  return {
    underway: () => underway,
    refused: () => refused,
    ageMs: () => clock.elapsed() - startedMs,
    landed: () => landed,
    begin({ kind, name }, task) {
      underway = { kind, name, share: null };
      refused = null;
      startedMs = clock.elapsed();
      parts.onStart();
      const onProgress = (share: number) => {
        underway = { kind, name, share: Math.min(1, Math.max(0, share)) };
        parts.onProgress();
      };
      const work = task(onProgress, signal)
        .catch(unexpected)
        .then(async (result) => {
          underway = null;
          if (!result.ok) refused = { failure: result.failure, about: refusals[kind](name) };
          parts.log.info('long-work-ended', { kind, code: result.ok ? 'ok' : result.failure.code });
          await parts.onEnd();
          return result;
        });
      landed = work.catch(() => {
        underway = null;
      });
      return work;
    },
    forget() {
      refused = null;
    },
  };
}
