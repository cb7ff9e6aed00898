import { Bug, type Failure, fail, messageOf, type Result } from '../errors.ts';
import type { Clock, Log } from '../ports.ts';
import type { Known, Underway } from './known.ts';

/** Long work of which only one goes on at a time (single-flight). */
export interface Flight {
  /** What goes on, its closing look included; null when nothing does. */
  underway(): Underway | null;
  /** Why the last one came to nothing; null once something changed. */
  refused(): Known['refused'];
  /** How long it has been going on. */
  ageMs(): number;
  /** Resolves when what goes on has ended, well or not; at once when nothing does. */
  landed(): Promise<unknown>;
  /** Starts; a bug when something goes on already. Rejects only when the signal aborts. */
  begin<T>(
    work: Omit<Underway, 'share'>,
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
    begin(work, task) {
      if (underway) throw new Bug('long work is under way already');
      const { kind, name } = work;
      underway = { ...work, share: null };
      refused = null;
      startedMs = clock.elapsed();
      parts.onStart();
      const onProgress = (share: number) => {
        underway = { ...work, share: Math.min(1, Math.max(0, share)) };
        parts.onProgress();
      };
      const flying = task(onProgress, signal)
        .catch(unexpected)
        .then(async (result) => {
          if (!result.ok) refused = { failure: result.failure, about: refusals[kind](name), kind };
          parts.log.info('long-work-ended', { kind, code: result.ok ? 'ok' : result.failure.code });
          await parts.onEnd();
          return result;
        })
        .finally(() => {
          underway = null;
          parts.onProgress();
        });
      landed = flying.catch(() => undefined);
      return flying;
    },
    forget() {
      refused = null;
    },
  };
}
