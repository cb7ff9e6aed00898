import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export type Limit = 'too-late' | 'too-large';

export interface Child {
  readonly pid?: number | undefined;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly nodeChildProcess: { once(event: 'exit', call: () => void): unknown };
  kill(signal: 'SIGKILL'): boolean;
}

/**
 * Calls `end` when a child takes too long, says too much or is cancelled; that ends it with its whole group. execa's own limits end the program alone and
 * then wait for whoever else holds its pipes.
 */
export function guardChild(child: Child, timeoutMs: number, signal: AbortSignal | undefined, end: () => void) {
  let broken: Limit | null = null;
  const breakOff = (why: Limit) => {
    broken ??= why;
    end();
  };
  const timer = setTimeout(() => breakOff('too-late'), timeoutMs);
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted) end();
  return {
    broken: (): Limit | null => broken,
    /** From each of its two streams. */
    limitBytes(maxBytes: number) {
      for (const stream of [child.stdout, child.stderr]) {
        let bytes = 0;
        stream?.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxBytes) breakOff('too-large');
        });
      }
    },
    release() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    },
  };
}

/** Drains a stream and keeps the last `most` bytes of it, as text when asked for. */
export function keepEnd(stream: Readable | null, most: number, onText?: (text: string) => void): () => string {
  const decoder = new StringDecoder('utf8');
  let pieces: Buffer[] = [];
  let bytes = 0;
  stream?.on('data', (chunk: Buffer) => {
    pieces.push(chunk);
    bytes += chunk.length;
    if (bytes > 2 * most) {
      pieces = [Buffer.from(Buffer.concat(pieces).subarray(-most))];
      bytes = most;
    }
    onText?.(decoder.write(chunk));
  });
  return () => Buffer.concat(pieces).subarray(-most).toString('utf8');
}

/** A program that was woken may hold the pipes of who woke it, for ever: a second after the end of the child nobody listens any more. */
export function releasePipes(child: Child): () => void {
  let timer: NodeJS.Timeout | undefined;
  child.nodeChildProcess.once('exit', () => {
    timer = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, 1_000);
  });
  return () => clearTimeout(timer);
}
