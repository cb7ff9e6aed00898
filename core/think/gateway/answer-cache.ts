import { hashText } from '../../observe/stamp.ts';
import type { Embedder, Model, ModelRequest } from '../../ports.ts';

/** Keeps the values that were used last: a thousand, and sixteen megabytes of them at most. */
export interface LastUsed<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
}

const mostEntries = 1_000;
const mostBytes = 16_000_000;

export function createLastUsed<T>(options: {
  bytesOf: (value: T) => number;
  entries?: number;
  bytes?: number;
}): LastUsed<T> {
  const { bytesOf, entries = mostEntries, bytes = mostBytes } = options;
  const kept = new Map<string, T>();
  let held = 0;

  function forget(key: string): void {
    const value = kept.get(key);
    if (value === undefined) return;
    kept.delete(key);
    held -= bytesOf(value);
  }

  return {
    get(key) {
      const value = kept.get(key);
      if (value === undefined) return undefined;
      kept.delete(key);
      kept.set(key, value);
      return value;
    },
    set(key, value) {
      forget(key);
      kept.set(key, value);
      held += bytesOf(value);
      for (const oldest of kept.keys()) {
        if (kept.size <= entries && held <= bytes) return;
        forget(oldest);
      }
    },
  };
}

/**
 * What two calls must share to have one answer: the place, every setting, the words, the schema, and the processors that may end the stream.
 * Null where chance has a say, or where no server is asked.
 */
export function answerKey(
  model: Pick<Model, 'reasoner' | 'traits'>,
  request: ModelRequest,
  processors: readonly string[],
): string | null {
  if (request.temperature !== 0 || model.reasoner.kind === 'rules') return null;
  // The context is for rules only: a server sees the messages that were made of it.
  const { context: _, ...seen } = request;
  return short([model.traits.place, Object.entries(seen).sort(([a], [b]) => (a < b ? -1 : 1)), processors]);
}

export const vectorKey = ({ name, traits }: Pick<Embedder, 'name' | 'traits'>, text: string): string =>
  short([traits.place, name, text]);

/** A key of a few bytes instead of a whole prompt. */
function short(value: unknown): string {
  const text = JSON.stringify(value);
  return `${hashText(text)} ${text.length}`;
}
