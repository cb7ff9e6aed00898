import type { Clock, Stop } from '../../ports.ts';
import type { StreamToken } from './processor.ts';

/** Some tokens of one channel in a row. */
export interface Chunk {
  channel: StreamToken['channel'];
  text: string;
  tokens: number;
}

export interface Chunker {
  push(token: StreamToken): void;
  /** Hands over what is left and stops the timer; tokens after it are handed over one by one. */
  end(): void;
  /** Stops the timer and forgets what is left. Idempotent. */
  stop: Stop;
}

/**
 * Puts tokens together (TH2): a chunk is handed over when it has `tokens` tokens, when its first token is `ms` old (by a timer, so also while
 * nothing arrives), when the channel changes, and at the end. No chunk is empty, no token is lost, the order stays.
 */
export function createChunker(options: {
  clock: Clock;
  tokens?: number;
  ms?: number;
  onChunk: (chunk: Chunk) => void;
}): Chunker {
  const { clock, tokens: most = 50, ms = 100, onChunk } = options;
  let chunk: Chunk | null = null;
  let stopTimer: Stop | null = null;
  let ended = false;

  const stop = (): void => {
    stopTimer?.();
    stopTimer = null;
    chunk = null;
    ended = true;
  };
  const flush = (): void => {
    stopTimer?.();
    stopTimer = null;
    const full = chunk;
    chunk = null;
    if (full) onChunk(full);
  };
  return {
    push({ channel, text }) {
      if (chunk && chunk.channel !== channel) flush();
      chunk = { channel, text: (chunk?.text ?? '') + text, tokens: (chunk?.tokens ?? 0) + 1 };
      if (ended || chunk.tokens >= most) flush();
      else stopTimer ??= clock.after(ms, flush);
    },
    end() {
      flush();
      ended = true;
    },
    stop,
  };
}
