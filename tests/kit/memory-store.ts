import type { Store } from '../../core/ports.ts';
import { openStore } from '../../core/remember/sql/store.ts';

/** The real store over a database in memory, without a thread: everything but durability. */
export function memoryStore(): Store {
  return promised(openStore(':memory:'));
}

/** A synchronous store behind the port: answers, and what is thrown, arrive as promises. */
export function promised(sync: ReturnType<typeof openStore>): Store {
  const methods = sync as unknown as Record<string, (...args: unknown[]) => unknown>;
  const entries = Object.keys(methods).map((name) => [
    name,
    // What crosses to a thread is copied; here too, so that nobody changes what the other holds.
    async (...args: unknown[]) => structuredClone(methods[name]?.(...structuredClone(args))),
  ]);
  return Object.fromEntries(entries) as Store;
}
