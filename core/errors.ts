/**
 * The closed union of expected failures. An expected failure is a value; a broken invariant throws `Bug`; a cancellation is neither
 * and travels as the AbortSignal's reason.
 */
export type FailureClass = 'transient' | 'rate-limited' | 'model-output' | 'resource' | 'permission' | 'permanent';

export interface Failure {
  /** One of the classes of LO4; decides between retry, fallback, skip and telling the owner. */
  class: FailureClass;
  /** Stable and greppable, e.g. `connection-refused`, `budget-spent`, `stream-silent`. */
  code: string;
  /** For people: what happened. Never contains observed content. */
  message: string;
  /** Milliseconds after which a retry makes sense, when the other side said so. */
  retryAfterMs?: number;
}

export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const fail = (failure: Failure): { ok: false; failure: Failure } => ({ ok: false, failure });

/** A broken invariant: our mistake, not the world's. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** The words of anything thrown, without a stack, at most 500 characters. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return text.length > 500 ? `${text.slice(0, 499)}…` : text;
}
