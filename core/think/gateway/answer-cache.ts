import type { Embedder, Model, ModelRequest } from '../../ports.ts';

/** Keeps the `limit` values that were used last. */
export interface LastUsed<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
}

export function createLastUsed<T>(limit: number): LastUsed<T> {
  const kept = new Map<string, T>();
  return {
    get(key) {
      const value = kept.get(key);
      if (value === undefined) return undefined;
      kept.delete(key);
      kept.set(key, value);
      return value;
    },
    set(key, value) {
      kept.delete(key);
      kept.set(key, value);
      const [oldest] = kept.keys();
      if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
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
  return JSON.stringify([model.traits.place, Object.entries(seen).sort(([a], [b]) => (a < b ? -1 : 1)), processors]);
}

export const vectorKey = ({ name, traits }: Pick<Embedder, 'name' | 'traits'>, text: string): string =>
  JSON.stringify([traits.place, name, text]);
