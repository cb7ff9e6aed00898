import { Bug } from '../../errors.ts';

export interface BoundedBuffer<T> {
  /**
   * Resolves with true when the item is in, at once or when the consumer has caught up; with false when nobody will take it any more
   * (closed, or the consumer left). Rejects with the reason of an abort, and with a Bug when producers that do not wait exceed the capacity.
   */
  push(item: T): Promise<boolean>;
  /** No more will come: the consumer gets what is there, waiting items included, and then the end. Idempotent. */
  close(): void;
  /** Drops everything; both sides get the reason. Idempotent; after it nothing is held. */
  abort(reason: unknown): void;
  /** Items held, those of waiting producers included; never more than the capacity. */
  held(): number;
  /** For one consumer. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined>;
}

interface Waiting<T> {
  item: T;
  taken: (took: boolean) => void;
  failed: (reason: unknown) => void;
}

interface Hungry<T> {
  give: (result: IteratorResult<T, undefined>) => void;
  fail: (reason: unknown) => void;
}

/**
 * Stands between a producer and a slow consumer (TH2): above the high water mark producers wait until it has drained below the low one, so
 * that nothing is dropped and nothing grows. `high` and `low` are shares of the capacity.
 */
export function createBoundedBuffer<T>(
  options: { capacity?: number; high?: number; low?: number } = {},
): BoundedBuffer<T> {
  const { capacity = 10_000, high = 0.8, low = 0.2 } = options;
  if (capacity < 2) throw new Bug('a bounded buffer needs room for one item and one that waits');
  const highMark = Math.min(capacity - 1, Math.max(1, Math.floor(capacity * high)));
  const lowMark = Math.floor(capacity * low);
  const items = createQueue<T>();
  const producers = createQueue<Waiting<T>>();
  const consumers = createQueue<Hungry<T>>();
  let full = false;
  let state: 'open' | 'closed' | 'left' | 'aborted' = 'open';
  let why: unknown;

  const put = (item: T): void => {
    const hungry = consumers.shift();
    if (hungry) hungry.give({ done: false, value: item });
    else items.push(item);
    full ||= items.size() >= highMark;
  };
  const admit = (): void => {
    if (items.size() <= lowMark) full = false;
    while (producers.size() > 0 && !full) {
      const waiting = producers.shift();
      if (!waiting) return;
      put(waiting.item);
      waiting.taken(true);
    }
  };
  const feed = (): void => {
    for (let hungry = consumers.shift(); hungry; hungry = consumers.shift()) {
      if (state === 'aborted') hungry.fail(why);
      else hungry.give({ done: true, value: undefined });
    }
  };
  const leave = (): void => {
    if (state === 'aborted') return;
    state = 'left';
    items.clear();
    for (let waiting = producers.shift(); waiting; waiting = producers.shift()) waiting.taken(false);
    feed();
  };
  const held = () => items.size() + producers.size();

  return {
    held,
    async push(item) {
      if (state === 'aborted') throw why;
      if (state !== 'open') return false;
      if (!full) {
        put(item);
        return true;
      }
      if (held() >= capacity) throw new Bug(`more than ${capacity} items: a producer does not wait for its push`);
      return new Promise<boolean>((taken, failed) => producers.push({ item, taken, failed }));
    },
    close() {
      if (state !== 'open') return;
      state = 'closed';
      if (held() === 0) feed();
    },
    abort(reason) {
      if (state === 'aborted' || state === 'left') return;
      state = 'aborted';
      why = reason;
      items.clear();
      for (let waiting = producers.shift(); waiting; waiting = producers.shift()) waiting.failed(reason);
      feed();
    },
    [Symbol.asyncIterator]: () => ({
      async next() {
        if (state === 'aborted') throw why;
        if (items.size() > 0) {
          const value = items.shift() as T;
          admit();
          return { done: false, value };
        }
        if (state !== 'open') return { done: true, value: undefined };
        return new Promise<IteratorResult<T, undefined>>((give, fail) => consumers.push({ give, fail }));
      },
      async return() {
        leave();
        return { done: true, value: undefined };
      },
    }),
  };
}

/** First in, first out, in amortised constant time: an array is not shifted, its used front is cut off now and then. */
function createQueue<T>() {
  let entries: T[] = [];
  let front = 0;
  return {
    size: () => entries.length - front,
    push: (entry: T): void => void entries.push(entry),
    shift(): T | undefined {
      if (front === entries.length) return undefined;
      const entry = entries[front];
      front += 1;
      if (front > 64 && front * 2 > entries.length) {
        entries = entries.slice(front);
        front = 0;
      }
      return entry;
    },
    clear(): void {
      entries = [];
      front = 0;
    },
  };
}
