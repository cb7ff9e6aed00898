import type { Failure } from '../../errors.ts';

const backoff = { firstMs: 1_000, capMs: 30_000 };
const retries = 2;

/** What somebody else acts on: the prober, the keeper of LM Studio, or rules that think meanwhile; or took as long as anyone waits. */
const leftToOthers = new Set([
  'connection-refused',
  'stream-silent',
  'call-too-long',
  'model-crashed',
  'model-unloaded',
  'no-model',
  'context-overflow',
  'insufficient-resources',
  'model-load-failed',
  'busy-elsewhere',
]);

/** Whether a call that failed for the `tried`th time may be sent once more here. */
export function worthRetrying({ class: kind, code, retryAfterMs = 0 }: Failure, tried: number): boolean {
  if (code === 'empty-answer') return tried <= 1;
  if (tried > retries || leftToOthers.has(code)) return false;
  // Asked to stay away for longer than anyone would wait here: another mind thinks meanwhile.
  return (kind === 'transient' || kind === 'rate-limited') && retryAfterMs <= backoff.capMs;
}

/** Exponential backoff with full jitter over its upper half; the server's own retry-after goes first. */
export function retryWaitMs(failure: Failure, tried: number, draw: () => number): number {
  if (failure.retryAfterMs !== undefined) return failure.retryAfterMs;
  const ceiling = Math.min(backoff.capMs, backoff.firstMs * 2 ** (tried - 1));
  return ceiling / 2 + (draw() * ceiling) / 2;
}
