import { Worker } from 'node:worker_threads';
import type { Store } from '../ports.ts';
import type { StoreAnswer, StoreCall } from './workers/store.ts';

/** A store call that the database refused; `code` is SQLite's own where it has one. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const methods = [
  'append',
  'take',
  'commitCycle',
  'giveBack',
  'deadLetters',
  'replay',
  'markPage',
  'mark',
  'observations',
  'recentObservations',
  'attended',
  'insights',
  'insight',
  'setVerdict',
  'episodes',
  'proposals',
  'search',
  'history',
  'session',
  'dueWatches',
  'lessOf',
  'addLessOf',
  'state',
  'setState',
  'spend',
  'spent',
  'counts',
  'prune',
] as const satisfies readonly Exclude<keyof Store, 'close'>[];

type Missing = Exclude<keyof Store, (typeof methods)[number] | 'close'>;
const complete: Missing extends never ? true : Missing = true;

/**
 * Opens the database file in a thread of its own and gives it the Store port. Rejects with a StoreError when it cannot be opened. A
 * thread that dies rejects every call after that; `onLost` says so once.
 */
export async function openStoreThread(options: {
  file: string;
  workerUrl: URL;
  onLost: (why: string) => void;
}): Promise<Store> {
  const worker = new Worker(options.workerUrl, { workerData: { file: options.file }, name: 'store' });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let next = 1;
  let lost: StoreError | null = null;
  let closing: Promise<void> | null = null;

  const lose = (why: string) => {
    if (lost) return;
    lost = new StoreError('lost', why);
    for (const call of waiting.values()) call.reject(lost);
    waiting.clear();
    if (!closing) options.onLost(why);
  };
  worker.on('error', (error) => lose(error.message));
  worker.on('exit', () => lose('the database thread has ended'));
  worker.on('message', (answer: StoreAnswer) => {
    const call = waiting.get(answer.n);
    waiting.delete(answer.n);
    if (answer.ok) call?.resolve(answer.value);
    else call?.reject(new StoreError(answer.code, answer.message));
  });

  const wait = (n: number) => new Promise<unknown>((resolve, reject) => waiting.set(n, { resolve, reject }));
  const call = (method: string, args: unknown[]): Promise<unknown> => {
    if (lost) return Promise.reject(lost);
    const n = next++;
    const answered = wait(n);
    worker.postMessage({ n, method, args } satisfies StoreCall);
    return answered;
  };

  try {
    await wait(0);
  } catch (thrown) {
    closing = Promise.resolve();
    await worker.terminate();
    throw thrown;
  }

  const proxy: Record<string, unknown> = {};
  for (const method of complete ? methods : []) proxy[method] = (...args: unknown[]) => call(method, args);
  proxy.close = () => {
    closing ??= call('close', []).then(
      () => worker.terminate().then(() => undefined),
      () => worker.terminate().then(() => undefined),
    );
    return closing;
  };
  return proxy as unknown as Store;
}
